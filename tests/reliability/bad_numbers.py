#!/usr/bin/env python3
"""Every number that is none is refused with its row and column, and no output holds one that is not finite.

usage: bad_numbers.py PROGRAM
"""

import json
import sys

from trial import FIRMS, HEADERS, TABLES, Trial, write_portfolio

BAD = ["nan", "NaN", "inf", "-inf", "Infinity", "1e999", "-1e999", "1_000", "1,000", "0x10", "1e", "--1", "+5", " 5", "5 ", "1.2.3", "1e-400",
       "1e19", "½", "١٢", "1\u00a0000", "5%", "€5", "null", "NULL", "true"]
NOT_NEGATIVE = ["-1", "-0.01", "-1e-5"]
# Denormals and the smallest that is taken; numbers that look odd and are sound.
GOOD = ["0", "-0", "1e-6", "1e18", "0.1", "1E5", "12345678901234567890e-5", ".5", "5."]
COLUMNS = {"firms": [(4, "revenue_eur"), (5, "purchases_eur"), (6, "ebitda_eur"), (7, "interest_eur")], "sales": [(3, "value_eur")],
           "purchases": [(3, "value_eur")]}


def quoted(value):
    """One CSV cell."""
    return f'"{value}"' if "," in value else value


def put(trial, table, row, column, value):
    """The portfolio with one cell replaced."""
    rows = [list(cells) for cells in TABLES[table]]
    rows[row][column] = quoted(value)
    write_portfolio(trial.folder / "supply", TABLES | {table: rows})


def check_json(trial, value):
    """The same value in JSON lines, typed where JSON can say it and as text."""
    for text in (f'"{value}"', value):
        write_portfolio(trial.folder / "json")
        names = HEADERS["firms"].split(",")
        lines = []
        for firm in FIRMS:
            lines.append(json.dumps({name: cell for name, cell in zip(names, firm) if cell != ""}))
        lines[1] = lines[1].replace('"revenue_eur": 5000000', f'"revenue_eur": {text}')
        (trial.folder / "json" / "firms.csv").unlink()
        (trial.folder / "json" / "firms.jsonl").write_text("\n".join(lines) + "\n")
        done = trial.run("check", "json")
        trial.expect(done.returncode == 65 and "row 2" in done.stderr, f"JSON {text}: exit {done.returncode}: {done.stderr[:200]}")
        (trial.folder / "json" / "firms.jsonl").unlink()


def main():
    trial = Trial(sys.argv[1])
    for table, columns in COLUMNS.items():
        for column, name in columns:
            for value in BAD + (NOT_NEGATIVE if name != "ebitda_eur" else []):
                put(trial, table, 1, column, value)
                done = trial.run("check", "supply")
                trial.expect(done.returncode == 65 and f"{table}.csv: row 2: {name}: " in done.stderr,
                             f"{table}.{name} {value!r}: exit {done.returncode}: {done.stderr[:200]}")
    for value in ["NaN", "Infinity", "-Infinity", "1e999", "1_000", "nan", "-1"]:
        check_json(trial, value)
    for value in GOOD:
        put(trial, "sales", 1, 3, value)
        trial.run("build", "supply", "-o", "p.book")
        done = trial.run("score", "p.book", "--on", "2025-08-10", "-o", "scores.csv", "--draws", "16")
        trial.expect(done.returncode == 0, f"good {value}: {done.stderr[:200]}")
        cells = (trial.folder / "scores.csv").read_text().lower().replace("\n", ",").split(",")
        trial.expect(not {"nan", "-nan", "inf", "-inf", "-0"} & set(cells), f"good {value}: an output that is not finite")
    trial.end("bad numbers")


main()
