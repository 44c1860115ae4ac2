#!/usr/bin/env python3
"""Asks the program for duties under the shipped scenarios and compares them with rates.csv, whose numbers were worked out by hand.

usage: check_rates.py PROGRAM FOLDER_OF_SCENARIOS RATES_CSV

A row of rates.csv: the file and its scenario, the question, the total (empty: there must be none), the parts by authority and how they were worked
out. Every shipped scenario has two rows or more.
"""

import collections
import csv
import json
import pathlib
import subprocess
import sys

TOLERANCE = 1e-9


def ask(program, folder, row):
    """The answer of `rate` under the row's scenario."""
    command = [program, "rate", "--scenarios", str(folder / (row["file"] + ".json")), "--scenario", row["scenario"]]
    command += ["--into", row["into"], "--from", row["from"], "--hts", row["hts"], "--format", "json"]
    if row["on"]:
        command += ["--on", row["on"]]
    for fact in filter(None, row["facts"].split(";")):
        command += ["--fact", fact]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ValueError(done.stderr.strip())
    return json.loads(done.stdout)


def differences(answer, row):
    """What of the answer is not as the row says."""
    wanted = {"total": float(row["total"]) if row["total"] else None}
    found = {"total": answer["total"]["central"]}
    for part in row["parts"].split():
        name, value = part.split("=")
        wanted[name] = float(value)
        found[name] = answer["by_authority"][name]
    for name, value in wanted.items():
        same = found[name] == value if None in (found[name], value) else abs(found[name] - value) < TOLERANCE
        if not same:
            yield f"{name} is {found[name]}, worked out as {value}"
    if answer.get("scenario") != row["scenario"]:
        yield f"the answer names the scenario {answer.get('scenario')}"


def shipped(folder):
    """(file, scenario) of every shipped scenario."""
    for path in sorted(folder.glob("*.json")):
        whole = json.loads(path.read_text(encoding="utf-8"))
        for scenario in whole.get("scenarios", [whole]):
            yield path.stem, scenario["name"]


def main():
    program, folder, table = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
    faults = []
    asked = collections.Counter()
    with open(table, encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for number, row in enumerate(rows, 1):
        asked[row["file"], row["scenario"]] += 1
        try:
            found = list(differences(ask(program, folder, row), row))
        except ValueError as fault:
            found = [str(fault)]
        faults += [f"row {number}, {row['scenario']} {row['from']} {row['hts']} ({row['working']}): {fault}" for fault in found]
    faults += [f"{file}.json: {name} has fewer than two rows" for file, name in shipped(folder) if asked[file, name] < 2]
    print(*faults, sep="\n")
    print(f"{len(rows)} rates asked, {len(faults)} faults")
    return 1 if faults or not rows else 0


if __name__ == "__main__":
    sys.exit(main())
