#!/usr/bin/env python3
"""Runs a grid of scores with --stages, asks `--dry-run` the same, and prints the factor between forecast and reality by stage.

    python3 bench/forecast.py [--program FILE] [--json FILE] [--before COMMAND] BOOK...

Each book is scored with 1, 4 and 16 scenarios; with and without rows written as CSV and Parquet, with 256 draws, and with --tiers 0.
--before is run before each measurement: what makes memory ready, where the machine needs that. --grid small is a third of it, for a quick look.
--reuse takes the measurements of an earlier --json and only asks for forecasts, to fit costs. --cpu compares CPU seconds of all threads instead of
seconds on the clock: what other work on the machine does to them is less. A factor above 1 means that the forecast is too high."""
import argparse
import csv
import io
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import time

DAYS = """2025-08-10 2018-07-10 2025-04-04 2026-03-01 2018-09-25 2019-05-11 2019-09-02 2025-02-05 2025-03-05 2025-03-13 2025-04-06
2025-04-12 2025-05-15 2025-06-05 2025-08-02 2025-11-15""".split()
STAGES = "open verify markets tables network draws lines write totals total".split()


def runs(grid):
    """Scenarios, ending of the output, further options."""
    if grid == "small":
        return [(1, None, []), (1, ".csv", []), (1, ".parquet", []), (4, None, ["--draws", "256"]), (16, None, []),
                (16, None, ["--tiers", "0"])]
    extra = [(None, []), (".csv", []), (".parquet", []), (None, ["--draws", "256"]), (None, ["--tiers", "0"])]
    return [(scenarios, ending, options) for scenarios in (1, 4, 16) for ending, options in extra
            if not (scenarios == 16 and options[:1] == ["--draws"])]


def command(program, book, scenarios, ending, options, folder):
    words = [program, "score", book, "--baseline", "2025-01-01", *options]
    for day in DAYS[:scenarios]:
        words += ["--on", day]
    if ending:
        words += ["-o", os.path.join(folder, "scores" + ending)]
    return words


def measured(words):
    """Seconds and bytes by stage from the table on stderr; the whole process beside them."""
    started = time.monotonic()
    process = subprocess.Popen([*words, "--stages"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    _, talk = process.communicate()
    if process.returncode != 0:
        sys.exit(talk)
    found = {}
    for line in talk.splitlines():
        words_of_line = line.replace(",", "").split()
        if words_of_line and words_of_line[0] in STAGES and len(words_of_line) >= 4:
            found[words_of_line[0]] = (float(words_of_line[1]), 1e6 * float(words_of_line[3]), float(words_of_line[2]))
    lines = re.search(r" firms, ([\d,]+) lines, ", talk)
    found["book_lines"] = int(lines.group(1).replace(",", ""))
    found["process"] = (time.monotonic() - started, found["total"][1], found["total"][2])
    return found


def forecast(words):
    started = time.monotonic()
    text = subprocess.run([*words, "--dry-run", "--format", "csv"], check=True, stdout=subprocess.PIPE, text=True,
                          stderr=subprocess.DEVNULL).stdout
    found = {row["stage"]: (float(row["seconds"]), float(row["peak_bytes"]), float(row["cpu_seconds"])) for row in csv.DictReader(io.StringIO(text))}
    found["process"] = (time.monotonic() - started, 0, 0)
    return found


def key_of(case):
    return case["book"], case["scenarios"], case["output"], tuple(case["options"])


def show(case, real, guess, which):
    line = [f"{case['book']:>14} {case['scenarios']:>2} {case['output'] or '-':>8} {' '.join(case['options']) or '-':>11}"]
    line.append(f"{real['total'][which]:7.2f} s {guess['total'][which]:7.2f} s {guess['total'][which] / real['total'][which]:5.2f}")
    line.append(f"{real['total'][1] / 1e6:6.0f} MB {guess['total'][1] / 1e6:6.0f} MB {guess['total'][1] / real['total'][1]:5.2f}")
    stages = [f"{stage} {real[stage][which]:.3f}/{guess[stage][which]:.3f}" for stage in STAGES[:-1]
              if max(real[stage][which], guess[stage][which]) > 0.03 * real["total"][which]]
    print(" |".join([*line, " " + ", ".join(stages)]), flush=True)


def summary(results, which):
    print("\nfactor forecast/reality by stage, seconds where it takes 50 ms and more: geometric mean, least, greatest")
    for stage in STAGES:
        factors = [r["forecast"][stage][which] / r["real"][stage][which] for r in results
                   if r["real"][stage][which] > 0.05 and r["forecast"][stage][which] > 0]
        memory = [r["forecast"][stage][1] / r["real"][stage][1] for r in results
                  if r["real"][stage][0] > 0.0005 and r["real"][stage][1] > 0]
        for what, values in (("seconds", factors), ("memory", memory)):
            if values:
                mean = math.exp(sum(map(math.log, values)) / len(values))
                inside = sum(1 / 1.3 <= v <= 1.3 for v in values)
                print(f"{stage:>8} {what:>7}: {mean:5.2f} {min(values):5.2f} {max(values):5.2f}   {inside} of {len(values)} within 30 %")


def growth(results):
    """Exponent of CPU seconds in lines of the book, least squares on logarithms, where several books had the same run."""
    print("\nexponent of CPU seconds in lines: all stages; those that walk lines, links or firms (without markets and tables)")
    groups = {}
    for result in results:
        if "book_lines" in result["real"]:
            groups.setdefault(key_of(result)[1:], []).append(result["real"])
    for key, reals in groups.items():
        if len(reals) < 2:
            continue
        exponents = []
        for stages in (STAGES[:-1], [s for s in STAGES[:-1] if s not in ("open", "markets", "tables")]):
            x = [math.log(real["book_lines"]) for real in reals]
            y = [math.log(max(1e-3, sum(real[stage][2] for stage in stages))) for real in reals]
            mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
            exponents.append(sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y)) / sum((a - mean_x) ** 2 for a in x))
        print(f"{key[0]:>3} scenarios {key[1] or '-':>8} {' '.join(key[2]) or '-':>11}: {exponents[0]:5.2f} {exponents[1]:5.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="build/release/tolmuur")
    parser.add_argument("--json", help="write all measurements here")
    parser.add_argument("--before", help="shell command before each measurement")
    parser.add_argument("--grid", choices=["full", "small"], default="full")
    parser.add_argument("--reuse", help="measurements of an earlier run")
    parser.add_argument("--cpu", action="store_true", help="compare CPU seconds")
    parser.add_argument("--no-forecast", action="store_true", help="only measure")
    parser.add_argument("book", nargs="+")
    arguments = parser.parse_args()
    os.environ["TOLMUUR_CACHE"] = ""  # every run prices every market
    which = 2 if arguments.cpu else 0
    results = []
    kept = {}
    if arguments.reuse:
        with open(arguments.reuse, encoding="utf-8") as file:
            kept = {key_of(case): case["real"] for case in json.load(file)}
    with tempfile.TemporaryDirectory(dir=os.path.dirname(os.path.abspath(arguments.book[0]))) as folder:
        for book in arguments.book:
            for scenarios, ending, options in runs(arguments.grid):
                words = command(arguments.program, book, scenarios, ending, options, folder)
                guess = None if arguments.no_forecast else forecast(words)
                case = {"book": os.path.basename(book), "scenarios": scenarios, "output": ending, "options": options}
                real = kept.get(key_of(case))
                if real is None and arguments.before:
                    subprocess.run(arguments.before, shell=True, check=True)
                real = real or measured(words)
                results.append({**case, "real": real, "forecast": guess})
                show(case, real, guess or real, which)
                if arguments.json:
                    with open(arguments.json, "w", encoding="utf-8") as file:
                        json.dump(results, file, indent=1)
    if not arguments.no_forecast:
        summary(results, which)
    growth(results)


if __name__ == "__main__":
    main()
