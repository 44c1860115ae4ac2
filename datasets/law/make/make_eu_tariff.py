"""The common customs tariff of the European Union as it stood at the end of 2020: law/eu/base_rates.csv.

Usage: make_eu_tariff.py SOURCES OUT, SOURCES the folder with eu-tariff and nomenclature, OUT the folder law/eu.

The source prints the nomenclature of 2017. A subheading of 2022 that did not exist then gets a row of six digits where all
subheadings it came from bear one and the same percentage; its text says so, and it is unconfirmed, for the concordance names
only the main predecessor. Where all lines of a subheading bear one percentage, a row of six digits, unconfirmed too, answers for lines
split since. Others stay without a row: their base is unknown.
"""

import csv
import os
import re
import sys

from law_text import read_rows

FIRST_DAY = "2020-12-31"
HS2022_DAY = "2022-01-01"
SOURCE = "Common Customs Tariff, end of 2020"

PERCENT_ONLY = re.compile(r"(\d+(?:\.\d+)?)%")
LEADING_PERCENT = re.compile(r"(\d+(?:\.\d+)?)%?\s*(\+|MIN)")
AMOUNT = re.compile(r"EUR|€")
# A percentage that an amount of money may undercut, or an amount between two percentages: no part of it is certain.
CAPPED_BY_AMOUNT = re.compile(r"MAX\s+[\d.,]+\s*(EUR|€)|(EUR|€).*MIN\s+[\d.]+%")
SEASON = re.compile(r"\b(JAN|FEB|MAR|APR|MAY|JUN|JUNE|JUL|AUG|SEP|OCT|NOV|DEC)\b")


def fraction(percent):
    """A percentage in digits as a decimal fraction in digits, without rounding."""
    whole, _, part = percent.partition(".")
    digits = whole.rjust(3, "0")
    text = f"{digits[:-2]}.{digits[-2:]}{part}".rstrip("0").rstrip(".")
    return text or "0"


def parse(text):
    """(kind, ad valorem part) of a printed duty. What cannot be told from the text alone is unknown, never free."""
    alone = PERCENT_ONLY.fullmatch(text)
    if alone:
        rate = fraction(alone.group(1))
        return ("free", "0") if rate == "0" else ("ad_valorem", rate)
    if SEASON.search(text):
        return "unknown", ""
    leading = LEADING_PERCENT.match(text)
    if leading and " + " in text and "MAX" in text and AMOUNT.search(text.split("MAX")[1]):
        return "compound", fraction(leading.group(1))  # both sides of the ceiling hold a percentage and an amount
    if CAPPED_BY_AMOUNT.search(text):
        return "unknown", ""
    if leading:
        return "compound", fraction(leading.group(1))
    if AMOUNT.search(text) and "%" not in text.replace("% vol", "").replace("% sacchar", ""):
        return "specific", ""
    return "unknown", ""


def tariff_rows(tariff, subheadings_2022):
    """One row per line; a line whose subheading is no longer in the nomenclature of 2022 ends with it.

    Ten digits beneath a line of eight are suspensions and quotas of a single day: the line of eight stands for them.
    """
    lines = {line["commodity"] for line in tariff}
    for line in tariff:
        if len(line["commodity"]) == 10 and line["commodity"][:8] in lines:
            continue
        text = re.sub(r"\s+", " ", line["cet_duty_rate"]).strip()
        kind, rate = parse(text)
        until = "" if line["commodity"][:6] in subheadings_2022 else HS2022_DAY
        yield line["commodity"], FIRST_DAY, until, kind, rate, text, SOURCE, ""


def uniform_rows(rows):
    """A row of six digits where all lines of a subheading bear one and the same percentage, for lines that were split later."""
    duties = {}
    for hs, begin, until, kind, rate, text, *_ in rows:
        duties.setdefault(hs[:6], set()).add((begin, until, kind, rate, text))
    for subheading, found in sorted(duties.items()):
        begin, until, kind, rate, text = min(found)
        if len(found) == 1 and kind in ("free", "ad_valorem"):
            note = f"{text}, as on all lines of {subheading}"
            yield subheading, begin, until, kind, rate, note, SOURCE, "unconfirmed"


def mapped_rows(rows, concordance):
    """Subheadings of 2022 whose predecessors of 2017 all bear one and the same percentage."""
    duties = {}
    for hs, _, _, kind, rate, text, *_ in rows:
        duties.setdefault(hs[:6], set()).add((kind, rate, text))
    parents = {}
    for row in concordance:
        parents.setdefault(row["HS6_6d"], set()).add(row["HS5_6d"])
    for new, old in sorted(parents.items()):
        if new in duties:
            continue
        found = set().union(*(duties.get(code, {("unknown", "", "")}) for code in old))
        kind, rate, text = min(found)
        if len(found) == 1 and kind in ("free", "ad_valorem"):
            note = f"{text}, carried over from {' '.join(sorted(old))} (nomenclature of 2017)"
            yield new, HS2022_DAY, "", kind, rate, note, SOURCE + "; concordance 2022 to 2017", "unconfirmed"


def main(sources, out):
    tariff = read_rows(os.path.join(sources, "eu-tariff", "eu_common_tariff_2020.csv.gz"))
    concordance = read_rows(os.path.join(sources, "nomenclature", "concordance_hs6_hs5.csv"))
    rows = list(tariff_rows(tariff, {row["HS6_6d"] for row in concordance}))
    rows += [*uniform_rows(rows), *mapped_rows(rows, concordance)]
    os.makedirs(out, exist_ok=True)
    with open(os.path.join(out, "base_rates.csv"), "w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["hs", "from", "until", "kind", "rate", "text", "source", "status"])
        writer.writerows(sorted(rows))


if __name__ == "__main__":
    main(*sys.argv[1:])
