"""Compares the product lists of two independent collections with each other and with the lists of the law tables; writes the report.

Use: python3 cross_check_lists.py DATA_FOLDER LAW_FOLDER REPORT.md
DATA_FOLDER holds us-measures and us-lists. Lists are compared by tariff lines, so that a code of eight digits and all the numbers beneath it are
one and the same; what differs is printed as the shortest codes that hold the differing lines and no other.
"""

import os
import re
import sys

from law_text import read_rows, read_text

SHOWN = 60  # codes of one kind of disagreement that the report prints; the rest are counted


class Schedule:
    """The tariff lines that some edition in the tables held."""

    def __init__(self, law):
        lines = {row["hs"] for row in read_rows(os.path.join(law, "us", "tariff_lines.csv"))}
        lines |= {row["hs"] for row in read_rows(os.path.join(law, "us", "base_rates.csv"))}
        above = {code[:length] for code in lines for length in range(2, len(code))}
        self.lines = sorted(lines - above)
        self.beneath = {}
        for line in self.lines:
            for length in range(2, len(line) + 1):
                self.beneath.setdefault(line[:length], set()).add(line)

    def expand(self, codes):
        """Lines beneath the codes; a code that no edition held stands for itself."""
        found = set()
        for code in codes:
            code = code[:8] if len(code) == 10 and code.endswith("00") and code not in self.beneath else code
            found |= self.beneath.get(code, {code})
        return found

    def shorten(self, lines):
        """Shortest codes of 4, 6, 8 or 10 digits that hold these lines and no other."""
        found, left = [], set(lines)
        for line in sorted(lines):
            if line not in left:
                continue
            if line not in self.beneath:
                found.append(line)
                continue
            length = next(length for length in (4, 6, 8, 10) if self.beneath[line[:length]] <= lines)
            found.append(line[:length])
            left -= self.beneath[line[:length]]
        return found


def digits(text):
    """The digits of a code; nothing for chapters 98 and 99, which are not products."""
    code = re.sub(r"\D", "", text)
    return "" if code.startswith(("98", "99")) else code


def column(path, name, **wanted):
    """One column of a list, of the rows whose other columns have the wanted values (one or several)."""
    def fits(row):
        return all(row[key] in (value if isinstance(value, tuple) else (value,)) for key, value in wanted.items())
    rows = [{key.lstrip("\ufeff"): value for key, value in row.items() if key} for row in read_rows(path)]
    return {digits(row[name]) for row in rows if fits(row)} - {""}


def on_day(path, name, begin, end, day):
    """Codes of a list with days (the last day in force, NA for open) on one day."""
    return {digits(row[name]) for row in read_rows(path)
            if (row[begin] in ("", "NA") or row[begin] <= day) and (row[end] in ("", "NA") or day <= row[end])} - {""}


def plain(path):
    return {digits(line) for line in read_text(path).splitlines()} - {""}


def numbered(path):
    """Codes in the second column of a list without a header, whose leading zeros are lost."""
    return {digits(line.split(",")[1]).zfill(8) for line in read_text(path).splitlines() if line.count(",") >= 2 and digits(line.split(",")[1])}


def ours(law, importer, names, day):
    codes = set()
    for name in names.split():
        for row in read_rows(os.path.join(law, importer, "products", name + ".csv")):
            if (not row["from"] or row["from"] <= day) and (not row["until"] or day < row["until"]):
                codes.add(digits(row["hs"]))
    return codes - {""}


def measured(law, name, prefix):
    """Codes that the measures of a file whose id begins with the prefix name themselves."""
    codes = set()
    for row in read_rows(os.path.join(law, "us", "measures", name)):
        if row["id"].startswith(prefix):
            codes |= {code for code in row["products"].split() if code.isdigit()}
    return codes


def pairs(data, law):
    """(title, day, first list, second list, list of the tables); a list is (name, codes) or None."""
    first = lambda name: os.path.join(data, "us-measures", name)
    second = lambda name: os.path.join(data, "us-lists", name)
    metal, derived, annexes = first("s232_metal_chapter_products.csv"), first("s232_derivative_products.csv"), first("s232_annex_products.csv")
    march = ("", "2025-03-12", "2025-04-03")

    def tables(names, day, importer="us", more=frozenset()):
        return names.replace(" ", ", ") + " (tables)", ours(law, importer, names, day) | more

    yield ("Steel derivatives, 2025-06-23", None,
           ("derivatives by chapter", column(metal, "hts_prefix", metal_type="steel", kind="derivative", effective_date=march[1])),
           ("steel-tariffs", column(second("steel-tariffs.csv"), "HTSUS")),
           tables("s232_steel_derivatives_2020 s232_steel_derivatives_73 s232_steel_derivatives_other", "2025-06-23"))
    yield ("Aluminium derivatives, 2025-03-12", None,
           ("derivatives", column(derived, "hts_prefix", derivative_type="aluminum", effective_date="")
            | column(metal, "hts_prefix", metal_type="aluminum", kind="derivative", effective_date=march[1:])),
           ("alu-tariffs", column(second("alu-tariffs.csv"), "HTSUS")),
           tables("s232_alu_derivatives_2020 s232_alu_derivatives_76 s232_alu_derivatives_other", "2025-04-04"))
    yield ("Copper, 2025-08-01", None, ("s232_copper_products", column(first("s232_copper_products.csv"), "hts10")),
           ("copper-list", column(second("copper-list.csv"), "HTSUS")), tables("s232_copper", "2025-08-01"))
    yield ("Copper, 2025-08-01: numbers of ten digits", None, ("copper", column(first("copper.csv"), "I_COMMODITY")),
           ("copper-list", column(second("copper-list.csv"), "HTSUS")), tables("s232_copper", "2025-08-01"))
    vehicles = measured(law, "section_232_vehicles.csv", "us_s232_autos_25")
    yield ("Parts of cars, 2025-05-03", None, ("s232_auto_parts", plain(first("s232_auto_parts.txt"))),
           ("auto-tariffs less vehicles", column(second("auto-tariffs.csv"), "HTSUS") - vehicles),
           tables("s232_auto_parts", "2025-05-03", more=measured(law, "section_232_vehicles.csv", "us_s232_auto_parts_computers")))
    appearance = first("annex_ii_first_appearance.csv")
    of_day = lambda day: on_day(appearance, "prefix", "first_effective_date", "end_effective_date", day)
    electronics = column(second("consumer_electronics_EO14257_apr11.csv"), "HTSUS")
    yield ("Reciprocal tariff, Annex II, 2025-04-05", None, ("annex_ii_first_appearance", of_day("2025-04-05")),
           ("annex-II-exemptions, consumer_electronics", column(second("annex-II-exemptions.csv"), "HTSUS") | electronics),
           tables("reciprocal_annex_ii", "2025-04-05", more=measured(law, "ieepa_reciprocal.csv", "us_reciprocal_electronics")))
    yield ("Reciprocal tariff, Annex II, 2025-11-14", None, ("annex_ii_first_appearance", of_day("2025-11-14")),
           ("annex-II-exemptions-nov14", column(second("annex-II-exemptions-nov14.csv"), "HTSUS")),
           tables("reciprocal_annex_ii", "2025-11-14", more=measured(law, "ieepa_reciprocal.csv", "us_reciprocal_electronics")))
    surcharge = [column(second(f"section122-{kind}-exemptions.csv"), "hts_code") for kind in ("product", "aircraft")]
    yield ("Section 122, products and civil aircraft", None, ("s122_exempt_products", column(first("s122_exempt_products.csv"), "hts8")),
           ("section122-product-exemptions, section122-aircraft-exemptions", set.union(*surcharge)),
           tables("s122_exempt s122_civil_aircraft", "2026-03-01"))
    yield ("Section 122, products", None, None, ("section122-product-exemptions", surcharge[0]), tables("s122_exempt", "2026-03-01"))
    yield ("Section 122, civil aircraft", None, None,
           ("section122-aircraft-exemptions", column(second("section122-aircraft-exemptions.csv"), "hts_code")),
           tables("s122_civil_aircraft", "2026-03-01"))
    brazil = second("brazil-301-exemptions.csv")
    yield ("Section 301 Brazil, products, civil aircraft and medicines", None,
           ("s301_brazil_exempt_products", column(first("s301_brazil_exempt_products.csv"), "hts8")), ("brazil-301-exemptions", column(brazil, "HTSUS")),
           tables("s301_brazil_exempt s301_brazil_aircraft s301_brazil_pharma", "2026-07-22"))
    yield ("Section 301 Brazil, products", None, None, ("brazil-301-exemptions, flat and named", column(brazil, "HTSUS", category=("flat", "named"))),
           tables("s301_brazil_exempt", "2026-07-22"))
    for kind in ("aircraft", "pharma"):
        yield (f"Section 301 Brazil, {kind}", None, None, (f"brazil-301-exemptions, {kind}", column(brazil, "HTSUS", category=kind)),
               tables("s301_brazil_" + kind, "2026-07-22"))
    first_day = dict(ch99_code="9903.01.77", effective_date_start="2025-08-06")
    yield ("IEEPA Brazil, exempt products of the first order", None,
           ("country_eo_exempt_products", column(first("country_eo_exempt_products.csv"), "hts10", **first_day)),
           ("brazil-airplane-exemptions, brazil-non-airplane-exemptions", column(second("brazil-airplane-exemptions.csv"), "HTSUS")
            | column(second("brazil-non-airplane-exemptions.csv"), "HTSUS")), tables("brazil_40_exempt brazil_40_aircraft", "2025-08-06"))
    for kind in ("alcohol", "dairy", "autos"):
        yield (f"Section 338 Canada, {kind}", None, None, (f"canada-338-{kind}", column(second(f"canada-338-{kind}.csv"), "HTSUS")),
               tables("s338_" + kind, "2026-08-22"))
    yield ("Section 338 Canada, civil aircraft", None, None,
           ("canada-338-aircraft-exempt", column(second("canada-338-aircraft-exempt.csv"), "HTSUS")), tables("s338_aircraft", "2026-08-22"))
    for name, annex, listed in (("IA", "1a", "s232_metals_1a"), ("IB", "1b", "s232_metals_1b"), ("III-temporary", "3", "s232_metals_3")):
        yield (f"Section 232 metals, annex {name}, 2026-04-06", None,
               ("s232_annex_products", column(annexes, "hts_prefix", annex=annex, effective_date="2026-04-06")),
               ("metals-annex-" + name, column(second(f"metals-annex-{name}.csv"), "HTSUS")), tables(listed, "2026-04-06"))
    yield ("Section 232 metals, annex II: taken out on 2026-04-06", None,
           ("s232_annex_products", column(annexes, "hts_prefix", annex="2", effective_date="2026-04-06")),
           ("metals-annex-II-removed", column(second("metals-annex-II-removed.csv"), "HTSUS")), None)
    for name, label in (("1", "1"), ("2", "2"), ("3", "3"), ("4a", "4A")):
        yield (f"Section 301 China, list {label}", None, ("s301_product_lists", column(first("s301_product_lists.csv"), "hts8", list=label)), None,
               tables("s301_list_" + name, "2026-01-01"))
    yield ("Section 301 forced labour, products, civil aircraft and medicines", None, ("s301fl_exempt_products", column(first("s301fl_exempt_products.csv"), "hts8")), None,
           tables("s301fl_exempt s301fl_aircraft s301fl_pharma", "2026-07-24"))
    yield ("Section 232 medicines", None, ("s232_pharma_products", column(first("s232_pharma_products.csv"), "hts10")), None,
           tables("s232_pharma", "2026-07-31"))
    for rate, listed in (("10", "cn_us_mar_10"), ("15", "cn_us_mar_15")):
        path = os.path.join(law, "cn", "products", listed + ".csv")
        if os.path.exists(path):
            yield (f"China on US goods, {rate} % of March 2025 (codes of the Chinese tariff)", "codes", None,
                   (f"china-{rate}-percent-030425", numbered(second(f"china-{rate}-percent-030425.csv"))), tables(listed, "2025-03-10", "cn"))


def shown(codes):
    text = " ".join(codes[:SHOWN])
    return text + (f" and {len(codes) - SHOWN} more" if len(codes) > SHOWN else "")


def compare(schedule, title, unit, lists):
    """Row of the summary, and the paragraphs about what differs."""
    known = [entry for entry in lists if entry is not None]
    expand = (lambda codes: set(codes)) if unit == "codes" else schedule.expand
    shorten = sorted if unit == "codes" else schedule.shorten
    sets = {name: expand(codes) for name, codes in known}
    every = set.union(*sets.values())
    common = set.intersection(*sets.values())
    by_holders = {}
    for line in every - common:
        by_holders.setdefault(tuple(name for name in sets if line in sets[name]), set()).add(line)
    row = f"| {title} | " + " | ".join("-" if entry is None else str(len(sets[entry[0]])) for entry in lists) + f" | {len(common)} | {len(every - common)} |"
    text = []
    for holders in sorted(by_holders):
        lines = by_holders[holders]
        missing = [name for name in sets if name not in holders]
        text.append(f"- in {', '.join(holders)}, not in {', '.join(missing)}: {len(lines)} lines: {shown(shorten(lines))}")
    return row, text


HEAD = """# Where the lists disagree

Made by `datasets/law/make/cross_check_lists.py` from two independent collections of product lists and from the lists of the tables. "First" is the collection with days
(`us-measures`), "second" the other (`us-lists`); a list that only one of them has is compared with the tables alone. Numbers are tariff lines (the finest number that some edition
of the schedule at hand held), so that a code of eight digits and all numbers beneath it are the same. "All" counts what every list holds, "differ" what at least one lacks. Where
the sources of a disagreement are known, [timeline.md](timeline.md), [us-2026-second-half.md](us-2026-second-half.md) and [us-safeguards-and-late-232.md](us-safeguards-and-late-232.md) tell which was kept
and why: the printed text goes before both lists.

| list | first | second | tables | all | differ |
| --- | --- | --- | --- | --- | --- |
"""


def main(data, law, report):
    schedule = Schedule(law)
    rows, details = [], []
    for title, unit, *lists in pairs(data, law):
        row, text = compare(schedule, title, unit, lists)
        rows.append(row)
        if text:
            details.append(f"## {title}\n\n" + "\n".join(text) + "\n")
        print(row)
    with open(report, "w", encoding="utf-8") as stream:
        stream.write(HEAD + "\n".join(rows) + "\n\n" + "\n".join(details))


if __name__ == "__main__":
    main(*sys.argv[1:4])
