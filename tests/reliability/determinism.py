#!/usr/bin/env python3
"""One hash whatever the order of rows, threads, instruction set, pinning and compiler.

usage: determinism.py PROGRAM [OTHER_PROGRAM...]      other builds of the same source
"""

import json
import pathlib
import random
import sys

from trial import LONG, TABLES, Trial, digest, write_portfolio

RUNS = 200 if LONG else 10
QUESTION = ["--on", "2025-04-12", "--on", "2025-08-10", "--draws", "64", "--settings", "half_margin=0.2"]


def main():
    trial = Trial(sys.argv[1])
    programs = [trial.program] + [str(pathlib.Path(path).resolve()) for path in sys.argv[2:] if pathlib.Path(path).exists()]
    chance = random.Random(10)
    isas = [isa["name"] for isa in json.loads(trial.run("doctor", "--format", "json").stdout)["isas"] if isa["runnable"]]
    books, scores = set(), set()
    for number in range(RUNS):
        trial.program = chance.choice(programs)
        tables = {name: chance.sample(rows, len(rows)) for name, rows in TABLES.items()}
        write_portfolio(trial.folder / "supply", tables)
        built = trial.run("build", "supply", "-o", "p.book")
        variant = ["--threads", str(chance.choice([1, 2, 3, 7])), "--isa", chance.choice(isas), *chance.choice([[], ["--no-pin"]])]
        scored = trial.run("score", "p.book", *QUESTION, *variant, "-o", "scores.csv", environment={"TOLMUUR_CACHE": ""})
        trial.expect(built.returncode == 0 and scored.returncode == 0, f"run {number}: {built.stderr}{scored.stderr}")
        if not trial.wrong:
            books.add(digest(trial.folder / "p.book"))
            scores.add(digest(trial.folder / "scores.csv"))
    trial.expect(len(books) == 1 and len(scores) == 1, f"{len(books)} hashes of the book, {len(scores)} of the scores")
    trial.end(f"determinism over {RUNS} runs, {len(programs)} builds, {'|'.join(isas)}")


main()
