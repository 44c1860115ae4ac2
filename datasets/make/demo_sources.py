"""What the demo's real tables and product mix are computed from: the source files and the assumptions beside the tables."""

import collections
import csv
import gzip
import json
import pathlib

ASSUMPTIONS = pathlib.Path(__file__).resolve().parent.parent / "demo" / "assumptions"

# Divisions that the concordance names beside the maker of a good (repair, trade in waste, publishing ...). They are only taken
# when a product has no other division.
SERVICE_DIVISIONS = {"33", "35", "36", "37", "38", "58", "59", "60", "71", "74", "79", "85", "90", "91", "95", "96"}


def rows(path):
    """Rows of a CSV file as dictionaries; .gz is opened as such."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def assumption(name):
    """Rows of one table of datasets/demo/assumptions."""
    return list(rows(ASSUMPTIONS / (name + ".csv")))


class Divisions:
    """HS6 to ISIC Rev. 4 division: the concordance where it names one maker, else the longest prefix of hs_division.csv that is among
    its candidates, else the longest prefix at all, else the lowest candidate. None: not goods of an industry (chapters 97 to 99)."""

    def __init__(self, data):
        self.candidates = collections.defaultdict(set)
        for row in rows(data / "nomenclature" / "concordance_hs_isic4.csv.gz"):
            self.candidates[row["HS_6d"]].add(row["ISIC4_2d"])
        self.preferred = {row["hs_prefix"]: row["division"] for row in assumption("hs_division")}

    def preferences(self, hs6):
        return [self.preferred[hs6[:size]] for size in range(6, 1, -1) if hs6[:size] in self.preferred]

    def division(self, hs6):
        if hs6[:2] >= "97":
            return None
        makers = self.candidates[hs6] - SERVICE_DIVISIONS
        if len(makers) == 1:
            return next(iter(makers))
        preferences = self.preferences(hs6)
        for division in preferences:
            if division in makers:
                return division
        if preferences:
            return preferences[0]
        return min(makers) if makers else None


def imports(data):
    """(hs10, Census country code, customs value in USD) of every positive flow of the US import statistics of 2024."""
    for row in rows(data / "trade" / "us_imports_hs10_country_2024.csv.gz"):
        value = float(row["imports"])
        if value > 0:
            yield row["hs10"], row["cty_code"], value


def schedule_codes(data):
    """The ten-digit codes of the 2026 schedule (revision 10)."""
    with gzip.open(data / "us-hts" / "hts_2026_rev_10.json.gz", "rt", encoding="utf-8") as stream:
        codes = {line["htsno"].replace(".", "") for line in json.load(stream)}
    return {code for code in codes if len(code) == 10} | {code + "00" for code in codes if len(code) == 8}


def renamed_codes(data):
    """Old code to new code where the concordance says that a line was only renumbered: one old, one new."""
    pairs = [
        (row["old_hts10"], row["new_hts10"])
        for row in rows(data / "us-hts" / "hts_concordance.csv")
        if row["change_type"] == "rename"
    ]
    old_count = collections.Counter(old for old, _ in pairs)
    new_count = collections.Counter(new for _, new in pairs)
    return {old: new for old, new in pairs if old_count[old] == 1 and new_count[new] == 1}


class WorldTable:
    """The world input-output table of 2011, million USD: WIOD 2013 release, 41 regions x 35 industries."""

    def __init__(self, data):
        with gzip.open(data / "input-output" / "wiod2013_wiot_2011.csv.gz", "rt", encoding="utf-8", newline="") as stream:
            reader = csv.reader(stream)
            header = next(reader)
            self.column = {name: position for position, name in enumerate(header)}
            self.row = {line[0]: line for line in reader}

    def flow(self, seller, buyer):
        return float(self.row[seller][self.column[buyer]])

    def output(self, industry):
        return self.flow(industry, "output")

    def inputs(self, industry):
        return sum(self.flow(seller, industry) for seller in self.row)
