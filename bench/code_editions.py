#!/usr/bin/env python3
"""How much of the US imports of 2024 stands on codes of another edition of the schedule than that of a day.

usage: code_editions.py TOLMUUR IMPORTS LINES DAY

IMPORTS: hs10,country,imports of 2024 (gzip); LINES: datasets/law/us/tariff_lines.csv. Every code that is no statistical line of the day is
put to `tolmuur rate`; its flags say whether the concordance maps it, whether its first eight digits answer, or whether nothing does.
"""

import collections
import csv
import gzip
import json
import subprocess
import sys


def read_imports(path):
    """Value of each ten-digit code over all origins, USD."""
    usd = collections.Counter()
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            usd[row["hs10"]] += float(row["imports"])
    return usd


def read_lines(path, day):
    """The statistical lines of the day."""
    with open(path, encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream)
        return {row["hs"] for row in rows if row["from"] <= day and (not row["until"] or day < row["until"])}


def how_answered(program, code, day):
    """mapped, eight digits or unknown."""
    command = [program, "rate", "--into", "US", "--from", "DE", "--hts", code, "--on", day, "--format", "json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    answer = json.loads(done.stdout)
    if "code_mapped" in answer["flags"]:
        return "mapped"
    return "unknown" if answer["total"]["central"] is None else "eight digits"


def main():
    program, imports, lines, day = sys.argv[1:]
    usd, in_force = read_imports(imports), read_lines(lines, day)
    codes, value = collections.Counter(), collections.Counter()
    for code in sorted(usd):
        how = "exact" if code in in_force else how_answered(program, code, day)
        codes[how] += 1
        value[how] += usd[code]
        if how in ("unknown", "eight digits"):
            print(f"  {how}: {code}, {usd[code] / 1e9:.3f} bn USD", file=sys.stderr)
    for how in ("exact", "mapped", "eight digits", "unknown"):
        print(f"{how:<12} {codes[how]:>6} codes {100 * value[how] / sum(value.values()):>9.4f} % of the imports of 2024")


if __name__ == "__main__":
    main()
