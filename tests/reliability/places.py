#!/usr/bin/env python3
"""The same output in every language and time zone, and on a leap day.

usage: places.py PROGRAM
"""

import shutil
import subprocess
import sys

from trial import LONG, Trial, digest, write_portfolio

# Decimal commas, other digits and scripts, casing of their own (Turkish), other calendars and orders of letters.
LOCALES = ["de_DE", "fr_FR", "tr_TR", "fa_IR", "ar_EG", "hi_IN", "ja_JP", "zh_CN", "ru_RU", "sv_SE", "lt_LT", "nl_NL"]
ZONES = ["UTC", "America/New_York", "Asia/Kolkata", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Australia/Lord_Howe"]
DAYS = ["--on", "2024-02-29", "--on", "2025-08-10"]


def make_locales(folder, wanted):
    """Compiles the locales into a folder; those that are not on this machine are left out."""
    made = []
    for name in wanted if shutil.which("localedef") else []:
        where = folder / f"{name}.UTF-8"
        done = subprocess.run(["localedef", "-i", name, "-f", "UTF-8", "--no-archive", where], capture_output=True, check=False)
        if done.returncode <= 1 and where.exists():
            made.append(where.name)
    return made


def answers(trial, environment):
    """One hash over everything that a user gets, on stdout and in files."""
    trial.run("build", "supply", "-o", "p.book", environment=environment)
    trial.run("score", "p.book", *DAYS, "-o", "scores.csv", environment=environment)
    said = [trial.run(*words, environment=environment).stdout
            for words in (["score", "p.book", *DAYS], ["firm", "p.book", "A1", *DAYS], ["firm", "p.book", "C3", *DAYS, "--format", "json"],
                          ["rate", "--into", "US", "--from", "DE", "--hts", "8703230190", "--on", "2024-02-29", "--value", "1234.5"])]
    return digest(trial.folder / "p.book"), digest(trial.folder / "scores.csv"), *said


def main():
    trial = Trial(sys.argv[1])
    write_portfolio(trial.folder / "supply")
    plain = answers(trial, {"LC_ALL": "C", "TZ": "UTC"})
    trial.expect("2024-02-29" in plain[2], "the leap day is a day")
    (trial.folder / "locales").mkdir()
    names = make_locales(trial.folder / "locales", LOCALES if LONG else LOCALES[1:3])
    for name in names:
        environment = {"LC_ALL": name, "LANG": name, "LANGUAGE": name[:2], "LOCPATH": str(trial.folder / "locales"), "TZ": "UTC"}
        trial.expect(answers(trial, environment) == plain, f"locale {name}: other output")
    zones = ZONES if LONG else ZONES[3:4]
    for zone in zones:
        trial.expect(answers(trial, {"LC_ALL": "C", "TZ": zone}) == plain, f"time zone {zone}: other output")
    trial.end(f"{len(names)} locales and {len(zones)} time zones")


main()
