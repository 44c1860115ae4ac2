"""Average values of facts by product and origin, for questions about a flow of goods.

Use: python3 make_averages.py DATA_FOLDER AVERAGES_FOLDER
DATA_FOLDER holds us-measures/ (usmca_product_shares.csv.gz, metal_content_shares_bea_hs10.csv.gz) and trade/. Writes usmca.csv and
metal_content.csv. A prefix stands for the codes beneath it; a longer prefix wins.
"""

import csv
import gzip
import os
import sys
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal

COLUMNS = ["fact", "hs", "origin", "from", "until", "value", "source"]
USMCA_SOURCE = "USITC DataWeb, S and S+"
METAL_SOURCE = "BEA requirements"
ORIGINS = {"1220": "CA", "2010": "MX"}
METALS = {"steel_share": "steel_share", "alu_share": "aluminum_share", "copper_share": "copper_share"}
# Articles of base metal: their metal is the whole article, which is what a missing content share means anyway.
METAL_CHAPTERS = ("72", "73", "74", "76")
LENGTHS = (2, 4, 6, 8, 10)


def read(path):
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def rounded(number, how=ROUND_HALF_EVEN):
    """Four decimals, written without superfluous zeros."""
    text = format(Decimal(number).quantize(Decimal("0.0001"), rounding=how), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


class Prefix:
    """A prefix with what lies beneath it, and how many rows it takes to give every code beneath its value.

    cost[value] holds for a prefix that is given the value from above or by a row of its own; `other` for any value not in it.
    """

    def __init__(self, text, codes, depth):
        self.text = text
        self.below = []
        if depth == len(LENGTHS):
            self.cost = {codes[0][1]: 0}
            self.other = 1
        else:
            groups = {}
            for code in codes:
                groups.setdefault(code[0][: LENGTHS[depth]], []).append(code)
            self.below = [Prefix(longer, group, depth + 1) for longer, group in groups.items()]
            self.other = sum(child.rows(None) for child in self.below)
            self.cost = {value: sum(child.rows(value) for child in self.below)
                         for value in {value for child in self.below for value in child.cost}}
        self.best = min(self.cost, key=lambda value: (self.cost[value], value))

    def rows(self, inherited):
        return min(self.cost.get(inherited, self.other), self.cost[self.best] + 1)

    def write(self, inherited):
        """The rows (prefix, value) themselves."""
        own = inherited is None or self.cost[self.best] + 1 < self.cost.get(inherited, self.other)
        if not self.below:
            own = inherited not in self.cost
        value = self.best if own else inherited
        return [(self.text, value)] * own + [row for child in self.below for row in child.write(value)]


def table_rows(fact, origin, source, values):
    """values: ten-digit code -> text of its value."""
    chapters = {}
    for code in sorted(values):
        chapters.setdefault(code[:2], []).append((code, values[code]))
    return [[fact, prefix, origin, "", "", value, source]
            for chapter, codes in chapters.items() for prefix, value in Prefix(chapter, codes, 1).write(None)]


def check(rows, fact, origin, values):
    """Every code gets the value it had."""
    by_prefix = {row[1]: row[5] for row in rows if row[0] == fact and row[2] == origin}
    for code, value in values.items():
        prefix = next(code[:length] for length in reversed(LENGTHS) if code[:length] in by_prefix)
        assert by_prefix[prefix] == value, (fact, origin, code)


def write(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(sorted(rows, key=lambda row: (row[0], row[2], row[1])))
    print(os.path.basename(path), len(rows))


def usmca(data):
    """Share of the value of imports that was entered under USMCA. Pairs without trade tell nothing and are left out."""
    traded = {(row["hs10"], row["cty_code"]) for row in read(os.path.join(data, "trade/us_imports_hs10_country_2024.csv.gz"))
              if float(row["imports"]) > 0}
    shares = {origin: {} for origin in ORIGINS}
    for row in read(os.path.join(data, "us-measures/usmca_product_shares.csv.gz")):
        share = float(row["usmca_share"])
        if share > 0 or (row["hts10"], row["cty_code"]) in traded:
            shares[row["cty_code"]][row["hts10"]] = rounded(min(share, 1))
    rows = []
    for number, origin in ORIGINS.items():
        found = table_rows("usmca", origin, USMCA_SOURCE, shares[number])
        check(found, "usmca", origin, shares[number])
        rows += found
    return rows


def metal_content(data):
    """Dollars of metal needed for a dollar of the product's industry; together at most 1. Industries without a figure are left out."""
    contents = {fact: {} for fact in METALS}
    for row in read(os.path.join(data, "us-measures/metal_content_shares_bea_hs10.csv.gz")):
        if row["bea_detail_code"] == "NA" or row["hs10"].startswith(METAL_CHAPTERS):
            continue
        content = {fact: Decimal(row[column]) for fact, column in METALS.items()}
        whole = max(Decimal(1), sum(content.values()))
        for fact, part in content.items():
            contents[fact][row["hs10"]] = rounded(part / whole, ROUND_DOWN)
    rows = []
    for fact, values in contents.items():
        found = table_rows(fact, "*", METAL_SOURCE, values)
        check(found, fact, "*", values)
        rows += found
    return rows


def main(data, averages):
    os.makedirs(averages, exist_ok=True)
    write(os.path.join(averages, "usmca.csv"), usmca(data))
    write(os.path.join(averages, "metal_content.csv"), metal_content(data))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
