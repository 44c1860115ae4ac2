"""The schedule archives, imported one after the other, give the base rates that datasets/make/schedule.py made of them.

usage: check_archives.py PROGRAM DATASETS_FOLDER ARCHIVES_FOLDER; exit code 77 (skipped) when there are no archives.

Two implementations, one in C and one in Python, agree row by row. The columns that cannot: `source` (the file's name here), and the days of
statistical lines, which Python takes from the change records; for these the codes alone are compared, without the watches of chapter 91, whose
numbers stand in a statistical note and not in the archives.
"""

import csv
import os
import subprocess
import sys
import tempfile

program, datasets, archives = sys.argv[1:]
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(datasets, "make"))
import schedule  # noqa: E402

if not os.path.isdir(archives):
    sys.exit(77)


def read(path):
    with open(path, encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def codes(rows):
    return {row[0] for row in rows if not row[0].startswith("91")}


with tempfile.TemporaryDirectory() as folder:
    os.mkdir(os.path.join(folder, "us"))
    with open(os.path.join(folder, "coverage.csv"), "w", encoding="utf-8") as stream:
        stream.write("importer,from,until,base_from,source\nUS,2018-01-01,,2025-01-01,archives\n")
    for name, _, _, day in schedule.ARCHIVES:
        archive = os.path.join(archives, f"hts_{name}.json.gz")
        subprocess.run([program, "law", "import-hts", archive, "--from", day, "--tables", folder], check=True,
                       stdout=subprocess.DEVNULL)
    shipped = os.path.join(datasets, "law", "us")
    made = os.path.join(folder, "us")
    ours = [row[:-1] for row in read(os.path.join(made, "base_rates.csv"))]
    theirs = [row[:-1] for row in read(os.path.join(shipped, "base_rates.csv"))]
    differing = [pair for pair in zip(ours, theirs) if pair[0] != pair[1]]
    if differing or len(ours) != len(theirs):
        sys.exit(f"base rates differ: {len(ours)} and {len(theirs)} rows, first {differing[:1]}")
    lines = codes(read(os.path.join(made, "tariff_lines.csv"))) ^ codes(read(os.path.join(shipped, "tariff_lines.csv")))
    if lines:
        sys.exit(f"statistical lines differ: {sorted(lines)[:5]}")
    print(f"{len(ours)} rows alike")
