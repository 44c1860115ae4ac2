"""A second reading of the law tables, to check the program by: the largest products of a country, rated here from the rows themselves.

usage: national_rates_check.py PROGRAM IMPORTS DATASETS COUNTRY DAY [COUNT]
Prints each product with its rows and both totals, and the average over them; exits with 1 when a total differs. It knows what docs/law.md says of the
central reading and no more: nothing is shared with the program, and amounts per unit are left out as they are there.
"""

import json
import operator
import os
import subprocess
import sys

from national_rates import facts, read_imports, read_table

OPERATORS = {"=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def in_force(row, day):
    return row["from"] <= day and (not row["until"] or day < row["until"])


class Law:
    def __init__(self, folder, day):
        self.day, self.folder, self.lists = day, folder, {}
        self.facts = {row["name"]: row for row in read_table(folder, "facts.csv")}
        self.groups = [row for row in read_table(folder, "groups.csv") if in_force(row, day)]
        measures = os.path.join(folder, "us", "measures")
        self.measures = [row for name in sorted(os.listdir(measures)) for row in read_table(measures, name) if in_force(row, day)]
        self.base = [row for row in read_table(folder, "us", "base_rates.csv") if in_force(row, max(day, "2025-01-01"))]

    def names(self, text, country):
        """Does a partners column name the country?"""
        words = text.split()
        return "*" in words or country in words or any(row["country"] == country and row["group"] in words for row in self.groups)

    def list_rows(self, name):
        if name not in self.lists:
            self.lists[name] = [row["hs"] for row in read_table(self.folder, "us", "products", name + ".csv") if in_force(row, self.day)]
        return self.lists[name]

    def covers(self, text, hs):
        """Does a products column name the product?"""
        for word in text.split():
            starts = self.list_rows(word[1:]) if word.startswith("@") else [word]
            if word == "*" or any(hs.startswith(start) for start in starts):
                return True
        return False

    def base_row(self, hs):
        return max((row for row in self.base if hs.startswith(row["hs"])), key=lambda row: len(row["hs"]))

    def value(self, fact, given):
        """Return the fact as given, else its central value; None: none."""
        text = given.get(fact) or self.facts[fact]["central"] or None
        return float(text) if text is not None and self.facts[fact]["type"] in ("share", "number") else text

    def holds(self, conditions, given):
        for term in filter(None, conditions.split(" & ")):
            sign = next(sign for sign in ("!=", "<=", ">=", "=", "<", ">") if sign in term)
            fact, wanted = (part.strip() for part in term.split(sign, 1))
            value = self.value(fact, given)
            if value is None or not OPERATORS[sign](value, float(wanted) if isinstance(value, float) else wanted):
                return False
        return True

    def active(self, hs, country, given):
        """The measures that apply, each after those it yields to."""
        rows = [
            row
            for row in self.measures
            if self.names(row["partners"], country)
            and not self.names(row["partners_except"], country)
            and self.covers(row["products"], hs)
            and not self.covers(row["products_except"], hs)
            and self.holds(row["conditions"], given)
        ]
        ordered = []
        while rows:
            left = {row["programme"] for row in rows}
            ready = [row for row in rows if not left & (set(row["yields_to"].split()) - {row["programme"]})]
            ordered += ready
            rows = [row for row in rows if row not in ready]
        return ordered

    def contents(self, rows, given):
        """Parts of one value: what is not given is cut to the room that is left, in the order of facts.csv."""
        used = {row["base"].split(":")[1] for row in rows if row["base"].startswith("content:")}
        room = max(0, 1 - sum(self.value(fact, given) for fact in used & given.keys()))
        share = {}
        for fact in (name for name in self.facts if name in used):
            share[fact] = self.value(fact, given) if fact in given else min(room, self.value(fact, given))
            room -= 0 if fact in given else share[fact]
        return share

    def total(self, hs, country, given):
        """Return the central total and the rows that added to it."""
        base = self.base_row(hs)
        column1 = float(base["rate"] or 0)
        second = self.names("COLUMN2", country) and base["column2_kind"]
        rate = float(base["column2_rate"] or 0) if second else column1
        rows, taken, total, added = self.active(hs, country, given), {}, rate, []
        content = self.contents(rows, given)
        for row in rows:
            kind, _, fact = row["base"].partition(":")
            own = content.get(fact, 1) if kind == "content" else 1 - self.value(fact, given) if kind == "rest" else 1
            share = own * max(0, 1 - sum(taken.get(programme, 0) for programme in row["yields_to"].split()))
            taken[row["programme"]] = min(1, taken.get(row["programme"], 0) + share)
            stated = float(row["rate"] or 0)
            duty = {
                "add": stated,
                "top_up": max(0, stated - (column1 if kind == "mfn" else rate)),
                "replace": stated - rate,
            }.get(row["effect"], 0)
            total += duty * share
            if duty * share:
                added.append(f"{row['id']} {100 * duty * share:.2f}")
        return total, added


def of_program(program, hs, country, day, fact_text):
    command = [program, "rate", "--into", "US", "--from", country, "--hts", hs, "--on", day, "--format", "json"]
    for fact in fact_text.split(";"):
        command += ["--fact", fact]
    answer = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return answer["total"]["central"], "aggregate" in answer["flags"]


def main():
    if len(sys.argv) not in (6, 7):
        sys.exit(__doc__)
    program, imports, datasets, country, day = sys.argv[1:6]
    count = int(sys.argv[6]) if len(sys.argv) == 7 else 30
    codes = {row["census"]: row["alpha2"] for row in read_table(datasets, "nomenclature", "countries.csv")}
    flows = sorted((-usd, hs) for hs, origin, usd in read_imports(imports, codes)[0] if origin == country)
    law, faults, duty, value = Law(os.path.join(datasets, "law"), day), 0, 0, 0
    for usd, hs in flows[:count]:
        theirs, aggregate = of_program(program, hs, country, day, facts(hs))
        if aggregate:
            print(f"{hs} {-usd / 1e6:9.0f} M  no line of the day: left to the program")
            continue
        ours, added = law.total(hs, country, dict(fact.split("=") for fact in facts(hs).split(";")))
        same = abs(ours - theirs) < 1e-12
        faults += not same
        duty, value = duty - usd * ours, value - usd
        print(f"{hs} {-usd / 1e6:9.0f} M  {100 * ours:6.2f} % {'=' if same else '!= %.4f' % (100 * theirs)}  {'; '.join(added)}")
    print(f"{country} on {day}: {100 * duty / value:.2f} % on {value / 1e9:.2f} bn USD, {faults} differences")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
