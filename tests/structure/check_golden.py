#!/usr/bin/env python3
"""Checks that the worked cases of tests/golden show every programme of the law on its first and last day and on the days beside them.

usage: check_golden.py PROGRAM SOURCE
A case shows a programme when a layer of it stands in the answer; the case beside it has the same product, origin and facts one day before the first or
after the last day. Programmes without an end have no last day; a first day with which the tables begin has no day before.
"""

import csv
import datetime
import glob
import json
import os
import re
import subprocess
import sys
from collections import defaultdict


def read_table(path):
    with open(path, encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def beside(day, days):
    return (datetime.date.fromisoformat(day) + datetime.timedelta(days)).isoformat()


def spans(law):
    """Return {programme: (first day, last day or "")}."""
    found = {}
    for path in glob.glob(os.path.join(law, "*", "measures", "*.csv")):
        for row in read_table(path):
            first, end = found.get(row["programme"], ("9999", ""))
            until = row["until"] or "9999"
            found[row["programme"]] = (min(first, row["from"]), max(end, until))
    return {name: (first, "" if end == "9999" else beside(end, -1)) for name, (first, end) in found.items()}


def programmes_shown(program, row):
    """Return the programmes with a layer in the answer to a case."""
    command = [program, "rate", "--into", row["into"], "--from", row["from"], "--hts", row["hts"], "--on", row["on"], "--format", "json"]
    for fact in filter(None, re.split(r"\s*[;&,]\s*", row["facts"])):
        command += ["--fact", fact]
    answer = json.loads(subprocess.run(command, capture_output=True, text=True).stdout)
    return {layer["programme"] for layer in answer["layers"] if layer["verdict"] != "skip"}


def cases_by_day(rows):
    """Return {day: {(into, hts, from, facts): case}}."""
    cases = defaultdict(dict)
    for row in rows:
        cases[row["on"]][row["into"], row["hts"], row["from"], row["facts"]] = row
    return cases


def is_shown(programme, day, other_day, cases, shown):
    """Does a case of `day` show the programme, with the same case on `other_day` beside it?"""
    pairs = cases[day].keys() & cases[other_day].keys()
    return any(programme in shown(cases[day][case]) for case in pairs)


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    program, source = sys.argv[1:]
    law = os.path.join(source, "datasets", "law")
    rows = [row for path in sorted(glob.glob(os.path.join(source, "tests", "golden", "*.csv"))) for row in read_table(path)]
    cases, known, faults = cases_by_day(rows), {}, []
    begin = {row["from"] for row in read_table(os.path.join(law, "coverage.csv"))}

    def shown(row):
        key = (row["into"], row["hts"], row["from"], row["on"], row["facts"])
        if key not in known:
            known[key] = programmes_shown(program, row)
        return known[key]

    span = spans(law)
    for programme in (row["programme"] for row in read_table(os.path.join(law, "programmes.csv"))):
        if programme not in span:
            faults.append(f"{programme}: no measure stands under it")
            continue
        first, last = span[programme]
        if first not in begin and not is_shown(programme, first, beside(first, -1), cases, shown):
            faults.append(f"{programme}: no case on {beside(first, -1)} and {first}, its first day")
        if last and not is_shown(programme, last, beside(last, 1), cases, shown):
            faults.append(f"{programme}: no case on {last}, its last day, and {beside(last, 1)}")
    for fault in faults:
        print(f"check_golden: {fault}", file=sys.stderr)
    print(f"check_golden: {len(span)} programmes, {len(rows)} cases, {len(faults)} gaps")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
