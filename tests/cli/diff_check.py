#!/usr/bin/env python3
"""Checks the decomposition of `diff` against scores of every state on the way, each made by `score` itself.

usage: diff_check.py PROGRAM GENERATOR DATASETS
TOLMUUR_SEED: another portfolio, other changes.
"""

import csv
import itertools
import json
import math
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

SEED = int(os.environ.get("TOLMUUR_SEED", "5"))
DAYS_A = ["--on", "2025-08-07", "--on", "2026-03-01"]
DAYS_B = ["--on", "2025-04-12", "--on", "2026-03-02", "--baseline", "2025-02-10"]
SETTINGS = ["--settings", "half_margin=0.3", "--settings", "market_elasticity=0.7", "--tiers", "2", "--assume", "entry"]
STEPS = ("law", "data", "parameter")


class Wrong(Exception):
    """What must hold does not."""


def expect(holds, message):
    if not holds:
        raise Wrong(message)


# ---- inputs --------------------------------------------------------------------------------------------------------


def edit(path, change):
    """Rewrites a CSV file: change(row) gives the rows that take its place."""
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        rows = [new for row in reader for new in change(row)]
        names = reader.fieldnames
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def change_supply(folder, chance):
    """Other values, lines that come and go, other figures, a firm that is new and one that is gone."""

    def lines(row):
        if row["firm_id"] == "FX0000007" or chance.random() < 0.01:
            return []
        if chance.random() < 0.03:
            row["value_eur"] = str(round(float(row["value_eur"]) * chance.choice([0.2, 0.9, 3]), 2))
        more = dict(row, firm_id="NEW1") if row["firm_id"] == "FX0000001" else dict(row, hs="870323")
        return [row, more] if row["firm_id"] == "FX0000001" or chance.random() < 0.01 else [row]

    def firms(row):
        if row["firm_id"] == "FX0000007":
            return []
        if chance.random() < 0.05 and row["ebitda_eur"] != "":
            row["ebitda_eur"] = str(float(row["ebitda_eur"]) * 0.5)
        if chance.random() < 0.05:
            row["contribution_margin"] = "0.5"
        return [row, dict(row, firm_id="NEW1", name="New")] if row["firm_id"] == "FX0000001" else [row]

    for name, change in (("sales", lines), ("purchases", lines), ("firms", firms)):
        edit(folder / f"{name}.csv", change)


class Stage:
    """Books, tables and settings of both runs, and the scores of any mixture of them."""

    def __init__(self, program, generator, datasets, folder):
        self.program, self.folder, self.scored = program, folder, {}
        self.environment = dict(os.environ, LC_ALL="C", TOLMUUR_CACHE="")
        self.environment.pop("TOLMUUR_SEED", None)  # of this test; to the program it is an option
        for side in "ab":
            subprocess.run([generator, "--firms", "300", "--lines", "5000", "--named", "27", "--seed", str(SEED), "--format", "csv",
                            "--tables", f"{datasets}/demo", str(folder / side)], check=True, capture_output=True)
        change_supply(folder / "b", random.Random(SEED))
        for side in "ab":
            self.call("build", str(folder / side), "-o", str(folder / f"{side}.book"))
        self.compile(datasets)

    def call(self, *words):
        done = subprocess.run([self.program, *words], env=self.environment, capture_output=True, text=True, check=False)
        expect(done.returncode == 0, f"{words}: exit {done.returncode}: {done.stderr}")
        return done

    def compile(self, datasets):
        """Tables a; tables law: a measure is another one; tables b: elasticities as well."""
        source = self.folder / "source"
        for part in ("law", "parameters", "economy", "market", "sectors", "nomenclature"):
            shutil.copytree(pathlib.Path(datasets) / part, source / part)

        def measure(row):
            return [dict(row, rate="0.12") if row["id"] == "us_s122_10" else row]

        def elasticity(row):
            return [dict(row, sigma=str(1 + 0.8 * (float(row["sigma"]) - 1)))]

        self.call("law", "compile", str(source), "-o", str(self.folder / "a.tables"))
        edit(source / "law/us/measures/section_122.csv", measure)
        self.call("law", "compile", str(source), "-o", str(self.folder / "law.tables"))
        edit(source / "parameters/elasticity.csv", elasticity)
        self.call("law", "compile", str(source), "-o", str(self.folder / "b.tables"))

    def words(self, book, tables, days, settings):
        return ["score", str(self.folder / f"{book}.book"), "--tables", str(self.folder / f"{tables}.tables"), *days, *settings]

    def rows(self, *state):
        """Rows of a state by firm and place of the scenario."""
        key = json.dumps(state)
        if key not in self.scored:
            path = self.folder / "state.csv"
            self.call(*self.words(*state), "-o", str(path))
            place = {name: i for i, name in enumerate(state[2][1:4:2])}
            with path.open(newline="", encoding="utf-8") as file:
                self.scored[key] = {(row["firm_id"], place[row["scenario"]]): row for row in csv.DictReader(file)}
        return self.scored[key]

    def run(self, name, *state):
        self.call(*self.words(*state), "-o", str(self.folder / name), "--replace")


# ---- checks --------------------------------------------------------------------------------------------------------


def number(row, name):
    return None if row is None or row[name] == "" else float(row[name])


def adds_up(parts, rounding, total, what):
    """The parts in every order, then the rounding: exactly."""
    for order in itertools.permutations(parts):
        expect(sum(order) + rounding == total, f"{what}: {order} and {rounding} are not {total!r}")


def check_mover(mover, key, states):
    eur = [0.0 if key not in rows else number(rows[key], "ebitda_change_eur") for rows in states]
    score = [number(rows.get(key), "score") for rows in states]
    expect(mover["eur"]["change"] == eur[-1] - eur[0], f"{key}: change is {mover['eur']}, states are {eur}")
    parts = [mover["eur"][step] for step in STEPS]
    adds_up(parts, mover["eur"]["rounding"], mover["eur"]["change"], f"{key}, EUR")
    slack = 8 * math.ulp(max(map(abs, eur)))
    for step, part, before, after in zip(STEPS, parts, eur, eur[1:]):
        expect(abs(part - (after - before)) <= slack, f"{key}: {step} is {part!r}, states give {after - before!r}")
        expect(after != before or abs(part) <= slack, f"{key}: {step} is {part!r}, though nothing changed")
    points = [mover["points"][step] for step in STEPS]
    if None in score:
        expect(points == [None] * 3, f"{key}: points are {points} though scores are {score}")
    else:
        adds_up(points, mover["points"]["rounding"], mover["points"]["change"], f"{key}, points")
        for step, part, before, after in zip(STEPS, points, score, score[1:]):
            expect(abs(part - (after - before)) <= 1e-12, f"{key}: {step} is {part!r} points, states give {after - before!r}")


def check_parts(mover, key):
    """Parts of the steps add up to the steps."""
    for step, cause in mover["causes"].items():
        parts = [part["ebitda_eur"] for part in cause["parts"]] + [cause["other_parts"]["ebitda_eur"]]
        for order in (parts, parts[::-1], sorted(parts)):
            expect(sum(order) + cause["rounding_eur"] == mover["eur"][step], f"{key}: parts of {step} are {parts}, not {mover['eur'][step]!r}")
        kinds = sum(cause["by_kind_eur"].values()) + cause["rounding_eur"]
        expect(kinds == mover["eur"][step], f"{key}: kinds of {step} give {kinds!r}, not {mover['eur'][step]!r}")


def moved(before, after, threshold):
    if before is None or after is None or before["band"] != after["band"]:
        return True
    if before["score"] == "" or after["score"] == "":
        return before["score"] != after["score"]
    a, b = float(before["score"]), float(after["score"])
    return a != b and abs(b - a) >= threshold


def supply_values(folder):
    """Value by firm, side, code and partner country, as the book merges lines."""
    country, values = {}, {}
    with (folder / "firms.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            country[row["firm_id"]] = row["country"]
    for side, partner in (("sales", "destination"), ("purchases", "origin")):
        with (folder / f"{side}.csv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                key = (row["firm_id"], side, row["hs"].replace(".", ""), row[partner])
                values[key] = values.get(key, 0) + float(row["value_eur"])
    return values


def check_lines(stage, answer, books):
    """Lines that changed have the values of the supply tables."""
    values = [supply_values(stage.folder / book) for book in books]
    seen = 0
    for mover in answer["movers"]:
        for part in mover["causes"].get("data", {"parts": []})["parts"]:
            if part["kind"] not in ("sales", "purchases"):
                continue
            partner = part["importer"] if part["kind"] == "sales" else part["origin"]
            key = (mover["firm_id"], part["kind"], part["hs"].replace(".", ""), partner)
            for side, value in zip("ab", values):
                told = part["value_eur"][side]
                expect((told is None) == (key not in value) and (told is None or abs(told - value[key]) <= 1e-6 * told + 1e-6),
                       f"{key}: {told} in {side}, the table has {value.get(key)}")
            seen += part["change"] != "same"
    return seen


def layers(stage, part, tables, day, assume):
    """Measures of a line by `rate`: id and rate."""
    done = stage.call("rate", "--into", part["importer"], "--from", part["origin"], "--hts", part["hs"], "--on", day, "--assume", assume,
                      "--tables", str(stage.folder / f"{tables}.tables"), "--format", "json")
    answer = json.loads(done.stdout)
    rates = {}
    for layer in answer["layers"]:
        if layer["rate"] != 0:
            rates[layer["measure"]] = rates.get(layer["measure"], 0) + layer["rate"]
    if answer["base"]["rate"]:
        rates["base_rate"] = answer["base"]["rate"]
    return rates


def check_measures(stage, answer, sides, assume, most=12):
    """The measures told are those by which `rate` differs."""
    seen = {"own": 0, "partner": 0, "sector": 0}
    for mover in answer["movers"]:
        law = mover["causes"]["law"]
        line, sector = law["line"], law["line_of_sector"]
        whose = "partner" if law["line_of"] is not None else "sector" if sector is not None else "own"
        if line is None or seen[whose] == most:
            continue
        if sector is not None:
            through = law["parts"][0]
            side, kind = {"buying_sector": ("origin", "sales"), "selling_sector": ("importer", "purchases")}[through["kind"]]
            expect(line["kind"] == kind and line["value_eur"] == {"a": None, "b": None} and line["ebitda_eur"] is None, f"{mover['firm_id']}: {line} is no flow of a {through['kind']}")
            expect((through["country"], through["industry"]) == (sector["country"], sector["industry"]) and line[side] == through["country"],
                   f"{mover['firm_id']}: most came through {through}, and the flow is {line}")
        before, after = (layers(stage, line, tables, mover["scenario"][side], assume) for side, tables in zip("ab", sides))
        names = {name for name in {*before, *after} if before.get(name, 0) != after.get(name, 0)}
        told = {m["measure"]: (m["rate"]["a"], m["rate"]["b"]) for m in mover["causes"]["law"]["measures"] if not m["baseline"]}
        expect(told == {name: (before.get(name, 0), after.get(name, 0)) for name in names},
               f"{mover['firm_id']}: told {told}, rate says {before} and {after}")
        expect(told or sector is None, f"{mover['firm_id']}: the flow of its sector has no measure that changed")
        seen[whose] += bool(told)
    expect(all(seen.values()), f"too few measures were told: {seen}")


def check_case(stage, name, first, last, threshold=1):
    """first and last: book, tables, days, settings. The tables of the state after the law are `law`: they have the parameters of the first."""
    tables = "law" if last[1] == "b" else last[1]
    path = [first, (first[0], tables, last[2], first[3]), (last[0], tables, last[2], first[3]), last]
    states = [stage.rows(*state) for state in path]
    stage.run("run_a", *first)
    stage.run("run_b", *last)
    done = stage.call("diff", str(stage.folder / "run_a"), str(stage.folder / "run_b"), "--threshold", str(threshold), "--top", "0",
                      "--format", "json")
    answer = json.loads(done.stdout)
    expect(answer["explained"], f"{name}: no causes: {answer['not_explained_because']}")
    place = {pair["scenario"]["a"]: i for i, pair in enumerate(answer["scenarios"])}
    told = {(mover["firm_id"], place[mover["scenario"]["a"]]): mover for mover in answer["movers"]}
    keys = {*states[0], *states[-1]}
    wanted = {key for key in keys if moved(states[0].get(key), states[-1].get(key), threshold)}
    expect(set(told) == wanted, f"{name}: movers differ: {set(told) ^ wanted}")
    expect(len(wanted) > 5, f"{name}: only {len(wanted)} moved; this proves nothing")
    sizes = [abs(mover["eur"]["change"]) for mover in answer["movers"]]
    expect(sizes == sorted(sizes, reverse=True), f"{name}: the greatest change is not first")
    for key, mover in told.items():
        check_mover(mover, key, states)
        check_parts(mover, key)
    for i, pair in enumerate(answer["scenarios"]):
        for step in ("change", *STEPS):
            wanted_sum = math.fsum(mover["eur"][step] for key, mover in told.items() if key[1] == i)
            expect(math.isclose(pair["movers_eur"][step], wanted_sum, rel_tol=1e-12, abs_tol=1e-6), f"{name}: {step} of all movers")
    check_csv(stage, answer, threshold)
    if first[0] != last[0]:
        expect(check_lines(stage, answer, (first[0], last[0])) > 0, f"{name}: no changed line was told")
    if first[2] != last[2] or tables != first[1]:
        check_measures(stage, answer, (first[1], tables), "entry" if "entry" in first[3] else "trade")
    return answer


def check_csv(stage, answer, threshold):
    """The same as CSV, whatever the threads and the instruction set."""
    output = stage.folder / "moved.csv"
    words = ["diff", str(stage.folder / "run_a"), str(stage.folder / "run_b"), "--threshold", str(threshold), "--top", "0", "-o", str(output)]
    stage.call(*words)
    first = output.read_bytes()
    stage.call(*words, "--threads", "3", "--isa", "scalar")
    expect(first == output.read_bytes(), "CSV differs with threads and instruction set")
    with output.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    expect(len(rows) == len(answer["movers"]), "CSV and JSON differ in their rows")
    for row, mover in zip(rows, answer["movers"]):
        expect(row["firm_id"] == mover["firm_id"] and row["move"] == mover["move"], f"CSV and JSON differ: {row}")
        for step in STEPS:
            expect(number(row, f"{step}_eur") == mover["eur"][step], f"CSV and JSON differ: {row}")
            expect(number(row, f"{step}_score") == mover["points"][step], f"CSV and JSON differ: {row}")
        expect(row["main_cause"] == (mover["main_cause"] or ""), f"CSV and JSON differ: {row}")
        expect((mover["main_cause"] is None) or row["cause"] != "", f"no cause in words: {row}")


def check_all(stage):
    first = ("a", "a", DAYS_A, [])
    answer = check_case(stage, "all at once", first, ("b", "b", DAYS_B, SETTINGS))
    expect({"new", "gone", "up", "down"} <= {mover["move"] for mover in answer["movers"]}, "some kind of move is missing")
    expect({mover["main_cause"] for mover in answer["movers"]} >= set(STEPS), "some kind of cause is missing")
    only = {
        "law": ("a", "a", DAYS_B, []),
        "data": ("b", "a", DAYS_A, []),
        "parameter": ("a", "a", DAYS_A, SETTINGS),
    }
    for step, last in only.items():
        answer = check_case(stage, f"only {step}", first, last)
        others = [mover["eur"][other] for mover in answer["movers"] for other in STEPS if other != step]
        expect(not any(others), f"only {step}: others are not 0")
    answer = check_case(stage, "tables", first, ("a", "b", DAYS_A, []), 0)
    expect(any(mover["eur"]["law"] for mover in answer["movers"]) and any(mover["eur"]["parameter"] for mover in answer["movers"]),
           "tables: law and parameters should both have a part")


def main():
    program, generator, datasets = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        try:
            check_all(Stage(program, generator, datasets, pathlib.Path(folder)))
        except Wrong as wrong:
            print(f"seed {SEED}: {wrong}")
            return 1
    print("every part is what the states give")
    return 0


sys.exit(main())
