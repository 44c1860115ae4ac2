#!/usr/bin/env python3
"""The schema of scenario files against the shipped files and against faulty ones.

usage: check_schema.py PROGRAM DATASETS

Every shipped scenario fits the schema, is taken by the program, and has a source and a note. Every faulty file is refused by the program with its
words, and by the schema too unless the fault is one that no schema sees. A measure that a shipped scenario replaces differs from the law's row only
in columns that are there to be changed, so that the law's own lists and conditions stay as they are.
"""

import csv
import json
import pathlib
import subprocess
import sys
import tempfile

import jsonschema

QUESTION = ["--into", "US", "--from", "DE", "--hts", "8703230190"]
CHANGED = {"rate", "from", "until", "collected_from", "collected_until", "yields_to", "note"}

GOOD = {"programme": "s122", "partners": "*", "products": "*", "effect": "add", "rate": 0.1, "source": "none"}


def measure(**columns):
    """A scenario that adds a good measure with some columns changed; None takes a column away."""
    stated = {name: value for name, value in {**GOOD, **columns}.items() if value is not None}
    return change(action="add", id="m", measure=stated)


def change(**keys):
    return scenario(changes=[keys])


def scenario(**keys):
    return {"name": "x", "on": "2025-01-01", "changes": [], **keys}


def survival(*entries):
    return scenario(survival=[{"programme": name, "probability": probability} for name, probability in entries])


IN_DOUBT = ["s122", "reciprocal", "brazil_40", "india_oil", "s232_autos", "s232_wood", "s232_semi"]

# What is taken, so that a fault below can only come from what it changes.
SOUND = [
    scenario(),
    {"scenarios": [scenario(), {"name": "y", "base": "x", "changes": []}], "note": "n", "source": "s"},
    measure(),
    measure(rate="0.1"),
    measure(effect="relieve", rate=None, programme="s122_relief"),
    measure(effect="top_up", base="mfn"),
    measure(effect="specific", rate="$1/kg"),
    measure(base="content:steel_share", until="2026-01-01", status="unconfirmed"),
    change(action="remove", id="programme:s122"),
    survival(),
    survival(*((name, 0.5) for name in IN_DOUBT[:6])),
    survival(("s122", 0), ("reciprocal", 1)),
]

# Faults that both see: the file, and words of the program's message.
FAULTS = [
    ([], "expected an object"),
    ({"name": "x"}, "needs changes"),
    ({"changes": []}, "needs a name"),
    ({"name": "", "changes": []}, "1 to 63 bytes"),
    ({"name": "x" * 64, "changes": []}, "1 to 63 bytes"),
    (scenario(chnages=[]), "unknown key"),
    (scenario(on="2025-02-30"), "not a day"),
    (scenario(on="2025-2-3"), "not a day"),
    (scenario(on=20250203), "found a number"),
    (scenario(note=None), "null says nothing"),
    (scenario(source=7), "found a number"),
    (scenario(changes={}), "expected an array"),
    ({"scenarios": []}, "no scenarios"),
    ({"scenarios": [scenario(name=str(i)) for i in range(1025)]}, "1025 scenarios"),
    ({"scenarios": [scenario()], "name": "y"}, "unknown key"),
    ({"scenarios": [scenario()], "note": 1}, "found a number"),
    (change(action="drop", id="m"), "add, replace or remove"),
    (change(action="remove"), "needs the id"),
    (change(action="remove", id=""), "may not be empty"),
    (change(action="remove", id="us_s122_10", measure=GOOD), "takes no measure"),
    (change(action="add", id="m"), "need a measure"),
    (change(action="add", id="m m", measure=GOOD), "without spaces"),
    (change(action="add", id="m", measure={**GOOD, "colour": "red"}), "unknown key"),
    (measure(programme=None), "no such programme"),
    (measure(partners=None), "no partners"),
    (measure(products=None), "no products"),
    (measure(effect=None), "no such effect"),
    (measure(effect="ad"), "no such effect"),
    (measure(source=None), "without a source"),
    (measure(rate=None), "not a rate"),
    (measure(rate=11), "out of range"),
    (measure(rate=True), "found true"),
    (measure(base="value"), "no such base"),
    (measure(base="mfn"), "which column it tops up"),
    (measure(effect="top_up"), "which column it tops up"),
    (measure(effect="relieve", programme="s122_relief"), "relieve has no rate"),
    (measure(until="soon"), "until"),
    (measure(status="sure"), "unconfirmed"),
    (scenario(survival={}), "expected an array"),
    (survival(*((name, 0.5) for name in IN_DOUBT)), "at most 6"),
    (survival(("s122", 1.01)), "out of range"),
    (survival(("s122", -0.01)), "out of range"),
    (survival(("s122", "0.5")), "found a text"),
    (survival(("", 0.5)), "1 to 63 bytes"),
    (scenario(survival=[{"programme": "s122"}]), "give the probability"),
    (scenario(survival=[{"probability": 0.5}]), "name the programme"),
    (scenario(survival=[{"programme": "s122", "probability": 0.5, "p": 1}]), "unknown key"),
    (scenario(survival=["s122"]), "expected an object"),
]

# Faults that need the law or a look at two places: the program alone sees them.
UNSEEN = [
    (survival(("no_such_programme", 0.5)), "no such programme"),
    (survival(("s122", 0.5), ("s122", 0.6)), "given twice"),
    ({"scenarios": [scenario(), scenario()]}, "given twice"),
    (scenario(base="z"), "earlier in the same file"),
    (scenario(name="é" * 32), "1 to 63 bytes"),
    (change(action="remove", id="no_such_measure"), "no such measure"),
    (change(action="replace", id="no_such_measure", measure=GOOD), "no such measure"),
    (measure(yields_to="no_such_programme"), "no such programme"),
    (measure(products="@no_such_list"), "no_such_list"),
]


class Checker:
    """Counts faults while it compares program and schema."""

    def __init__(self, program, datasets, folder):
        self.program = program
        self.datasets = datasets
        self.path = pathlib.Path(folder) / "scenario.json"
        schema = json.loads((datasets / "scenario" / "scenario.schema.json").read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        self.validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
        self.faults = 0

    def expect(self, holds, words):
        if not holds:
            self.faults += 1
            print(words)

    def fits(self, content):
        return next(iter(self.validator.iter_errors(content)), None) is None

    def program_says(self, path, name):
        command = [self.program, "rate", *QUESTION, "--scenarios", str(path), "--scenario", name, "--format", "jsonl"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return done.returncode, done.stderr

    def says_of(self, content):
        self.path.write_text(json.dumps(content), encoding="utf-8")
        return self.program_says(self.path, "x")

    def sound(self):
        for content in SOUND:
            code, words = self.says_of(content)
            self.expect(code == 0, f"the program refuses {content}: {words}")
            self.expect(self.fits(content), f"the schema refuses {content}")

    def faulty(self):
        for content, message in FAULTS + UNSEEN:
            shown = str(content)[:200]
            code, words = self.says_of(content)
            self.expect(code == 65 and message in words and str(self.path) in words, f"the program says of {shown}: {code} {words}")
        for content, _ in FAULTS:
            self.expect(not self.fits(content), f"the schema takes {str(content)[:200]}")
        for content, _ in UNSEEN:
            self.expect(self.fits(content), f"the schema sees this fault after all; move it: {str(content)[:200]}")

    def law_rows(self):
        rows = {}
        for table in self.datasets.glob("law/*/measures/*.csv"):
            with open(table, encoding="utf-8", newline="") as stream:
                for row in csv.DictReader(stream):
                    rows[row["id"]] = {**row, "importer": table.parts[-3].upper()}
        return rows

    def replaced(self, path, stated, row):
        """A measure that is replaced says what the law's row says, columns apart that are there to be changed."""
        for column, value in row.items():
            if column in CHANGED or column == "id":
                continue
            usual = {"importer": row["importer"], "base": "customs_value"}.get(column, "")
            found = str(stated.get(column, usual))
            self.expect(found == (value or usual), f"{path.name}: {row['id']}: {column} is {found}, in the law {value}")

    def shipped(self):
        rows = self.law_rows()
        paths = sorted((self.datasets / "scenarios").glob("*.json"))
        self.expect(len(paths) > 0, "no scenarios are shipped")
        names = []
        for path in paths:
            whole = json.loads(path.read_text(encoding="utf-8"))
            for error in self.validator.iter_errors(whole):
                self.expect(False, f"{path.name}: {error.json_path}: {error.message}")
            self.expect(whole.get("source") and whole.get("note"), f"{path.name}: a source and a note are missing")
            for one in whole.get("scenarios", [whole]):
                names.append(one["name"])
                code, words = self.program_says(path, one["name"])
                self.expect(code == 0, f"{path.name}: {one['name']}: {words}")
                for part in one["changes"]:
                    if part["action"] == "replace":
                        self.replaced(path, part["measure"], rows[part["id"]])
        self.expect(len(set(names)) == len(names), "two shipped scenarios have one name: they could not be scored in one run")


def main():
    with tempfile.TemporaryDirectory() as folder:
        checker = Checker(sys.argv[1], pathlib.Path(sys.argv[2]), folder)
        checker.sound()
        checker.faulty()
        checker.shipped()
    print(f"{len(SOUND)} sound and {len(FAULTS) + len(UNSEEN)} faulty files, {checker.faults} faults")
    return 1 if checker.faults else 0


if __name__ == "__main__":
    sys.exit(main())
