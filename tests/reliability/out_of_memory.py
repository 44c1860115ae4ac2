#!/usr/bin/env python3
"""Every allocation of the program fails in turn, alone or with all after it: a clean exit code with words, never a crash, nothing kept, the old
output intact.

usage: out_of_memory.py PROGRAM FAILING_MALLOC
"""

import json
import pathlib
import sys

from trial import LONG, Trial, digest, leftovers, write_portfolio

DAY = ["--on", "2025-08-10"]
# Name, words, output that must be the old one or the whole new one.
CASES = [("rate", ["rate", "--into", "US", "--from", "DE", "--hts", "8703230190", *DAY], None),
         ("law", ["law", "list", "--from", "BR", *DAY], None),
         ("check", ["check", "supply"], None),
         ("build", ["build", "supply", "-o", "out.book"], "out.book"),
         ("score", ["score", "sound.book", *DAY, "-o", "out.csv"], "out.csv"),
         ("totals", ["score", "sound.book", *DAY, "--by", "sector", "--draws", "16"], None),
         ("firm", ["firm", "sound.book", "A1", *DAY], None),
         ("company", ["firm", "--input", "company.json", *DAY, "--format", "json"], None)]
MOST = 100000 if LONG else 8
CLEAN = {0, 65, 66, 69, 71, 73, 74}


def numbers(total):
    """Which allocations fail: all of them, or some of each part of the run."""
    return range(1, total + 1) if total <= MOST else sorted({1 + i * (total - 1) // (MOST - 1) for i in range(MOST)})


def run(trial, library, words, at, once):
    """One run in which an allocation fails, or are counted where `at` is "count": the numbers of those that were told, and how many blocks were
    not given back at its end."""
    log = trial.folder / "reached"
    log.unlink(missing_ok=True)
    environment = {"LD_PRELOAD": library, "TOLMUUR_FAIL_AT": str(at), "TOLMUUR_FAIL_LOG": str(log), "TOLMUUR_CACHE": ""}
    done = trial.run(*words, environment=environment | ({"TOLMUUR_FAIL_ONCE": "1"} if once else {}))
    lines = log.read_text().splitlines() if log.exists() else []
    kept = sum(int(line.removeprefix("kept ")) for line in lines if line.startswith("kept "))
    return done, [int(line) for line in lines if not line.startswith("kept ")], kept


def try_case(trial, library, name, words, output):
    # Of the process that asks for most: a child goes on counting where its parent stood.
    _, told, kept = run(trial, library, words, "count", False)
    total = max(told, default=0)
    trial.expect(total > 0, f"{name}: no allocation fails, so that nothing is tried")
    trial.expect(kept == 0, f"{name}: keeps {kept} blocks of its {total} allocations")
    for at in numbers(total):
        for once in (True, False):
            if output:
                (trial.folder / output).write_bytes(b"old\n")
            done, reached, kept = run(trial, library, words, at, once)
            what = f"{name}: allocation {at} of {total}{' alone' if once else ''}: exit {done.returncode}: {done.stderr[:200]}"
            trial.expect(done.returncode in CLEAN and (done.returncode == 0 or done.stderr.startswith("tolmuur: ")), what)
            trial.expect(kept == 0, what + f" (keeps {kept} blocks)")
            if output and reached:
                found = (trial.folder / output).read_bytes()
                trial.expect(found == b"old\n" or digest(trial.folder / output) == digest(trial.folder / f"sound.{output}"), what + " (output)")
                trial.expect(done.returncode == 0 or leftovers(trial.folder) == [], what + f" (left {leftovers(trial.folder)})")
                for left in leftovers(trial.folder):
                    (trial.folder / left).unlink()
    print(f"{name}: {len(numbers(total))} of {total} allocations")


def main():
    trial = Trial(sys.argv[1])
    library = str(pathlib.Path(sys.argv[2]).resolve())
    write_portfolio(trial.folder / "supply")
    (trial.folder / "company.json").write_text(json.dumps({
        "firm_id": "X1", "country": "NL", "sector": "C25", "revenue_eur": 1e7,
        "sales": [{"hs": "7326908688", "destination": "US", "value_eur": 3e6}]}))
    trial.expect(trial.run("build", "supply", "-o", "sound.book").returncode == 0, "no book")
    for _, words, output in CASES:
        done = trial.run(*words)
        trial.expect(done.returncode == 0, f"{words}: {done.stderr[:300]}")
        if output:
            (trial.folder / output).replace(trial.folder / f"sound.{output}")
    if not trial.wrong:
        for name, words, output in CASES:
            try_case(trial, library, name, words, output)
    trial.end("failing allocations")


main()
