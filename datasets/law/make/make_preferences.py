"""Preferences by the symbols of the column of special rates: lists of free products, and the measures that claims bring in.

Use: python3 make_preferences.py LAW_FOLDER
LAW_FOLDER holds us/base_rates.csv; us/products/free_*.csv and us/measures/preferences.csv are written there. A prefix in a list stands for its lines
when all of them are free, in column 1 or under the programme. A rate that is lowered but not free is a measure of its own, with its lines.
The references "See 9822.05.20" lead to quotas of chapters 98 and 99, which count as used up: those lines keep column 1.
"""

import csv
import os
import re
import sys

from law_text import ListWriter, read_rows

COLUMNS = ("id,programme,partners,partners_except,products,products_except,effect,rate,base,from,until,collected_from,collected_until,conditions,"
           "yields_to,source,status,note").split(",")
FIRST_DAY = "2018-01-01"
# Where several claims are made the lowest rate counts (general note 3(a)(iii)): the two that always free go first, and then USMCA, which always does too.
# Other agreements and programmes are values of one fact, so only one of them is claimed.
AIRCRAFT, GSP, AGREEMENT, REGION = "preference_aircraft", "preference_gsp", "preference", "preference_region"
YIELDS = {AIRCRAFT: "", GSP: AIRCRAFT, AGREEMENT: f"{AIRCRAFT} {GSP}", REGION: f"{AIRCRAFT} {GSP} {AGREEMENT}"}
CAFTA = "CR DO GT HN NI SV"

# list: symbols
LISTS = {"usmca": "S S+", "au": "AU", "bh": "BH", "cl": "CL", "co": "CO", "cafta": "P P+", "il": "IL", "jo": "JO", "kr": "KR", "ma": "MA", "om": "OM",
         "pa": "PA", "pe": "PE", "sg": "SG", "jp": "JP", "np": "NP", "aircraft": "C", "pharma": "K", "dyes": "L", "automotive": "B", "agoa": "D",
         "cbera": "E", "cbera_part": "E*", "cbtpa": "R", "gsp": "A", "gsp_part": "A*", "gsp_least": "A+"}

AGOA_LAPSE = ("2025-10-01", "2026-02-04", "2027-01-01")  # lapsed from, collected as free again from, ends
AGOA_SOURCE = "HTSUS general note 16; Public Law 119-75, section 5019; proclamation of 2026-05-19, clauses 1, 2 and 4"
HAITI_SOURCE = "HTSUS subchapter XX of chapter 98, note 6; Public Law 119-75, section 5020; proclamation of 2026-05-19, clause 5"
RENEWED = "Lapsed on 2025-10-01, renewed as from that day on 2026-02-03 with duties paid back"


def note_source(number=None):
    return "HTSUS general note 3(c)(i)" + (f" and general note {number}" if number else "") + "; column of special rates"


def claim(name, programme, partners, listed, condition, source, **more):
    """One measure that makes the products of a list (or prefixes) free."""
    row = dict.fromkeys(COLUMNS, "")
    row.update(id="us_preference_" + name, programme=programme, partners=partners, products=listed, effect="replace", rate="0",
               base="customs_value", conditions=condition, yields_to=YIELDS[programme], source=source)
    row["from"] = FIRST_DAY
    row.update(more)
    return row


def agreement_claims():
    rows = [claim("usmca", AGREEMENT, "USMCA_PARTNERS", "@free_usmca", "usmca=yes", note_source(11), **{"from": "2020-07-01"})]
    notes = {"AU": 28, "BH": 30, "CL": None, "CO": 34, "IL": None, "JO": None, "KR": 33, "MA": 27, "OM": None, "PA": 35, "PE": 32, "SG": 25, "JP": 36}
    for code, note in notes.items():
        first = "2020-01-01" if code == "JP" else FIRST_DAY
        rows.append(claim(code.lower(), AGREEMENT, code, "@free_" + code.lower(), "fta=" + code, note_source(note), **{"from": first}))
    for code in CAFTA.split():
        rows.append(claim(code.lower(), AGREEMENT, code, "@free_cafta", "fta=" + code, note_source(29)))
    rows.append(claim("cafta", AGREEMENT, CAFTA, "@free_cafta", "fta=P", note_source(29)))
    return rows


def renewed(name, partners, listed, condition, source, **more):
    """A programme that lapsed and was renewed backwards: free throughout, collected with the gap."""
    lapsed, collected, ends = AGOA_LAPSE
    note = "; ".join(text for text in (more.pop("note", ""), RENEWED) if text)
    return [claim(name, REGION, partners, listed, condition, source, until=lapsed, **more),
            claim(name + "_renewed", REGION, partners, listed, condition, source, note=note,
                  **{"from": lapsed, "until": ends, "collected_from": collected, "collected_until": ends}, **more)]


def other_claims():
    every = {"partners_except": "COLUMN2"}
    apparel = "A claim under the headings of chapter 98 for apparel, all of whose terms and quantities are met"
    rows = [
        claim("aircraft", AIRCRAFT, "*", "@free_aircraft", "civil_aircraft=yes", note_source(6), **every),
        claim("pharma", REGION, "*", "@free_pharma", "fta=K", note_source(13), note="Only the substances named in the Pharmaceutical Appendix", **every),
        claim("dyes", REGION, "*", "@free_dyes", "fta=L", note_source(14), note="Only the chemicals named in the Intermediate Chemicals for Dyes Appendix",
              **every),
        claim("automotive", REGION, "CA", "@free_automotive", "fta=B", note_source(5)),
        claim("np", REGION, "NP", "@free_np", "fta=NP", "HTSUS general note 3(c)(i); Trade Facilitation and Trade Enforcement Act of 2015, section 915",
              until="2026-01-01", note="Until 2025-12-31; the column of special rates shows the symbol still"),
        claim("cbera", REGION, "CBERA", "@free_cbera", "fta=E", note_source(7)),
        claim("cbera_part", REGION, "CBERA", "@free_cbera_part", "fta=E", note_source(7), status="unconfirmed",
              note="Symbol E*: some articles of these lines are not eligible; general note 7 is not at hand"),
        claim("cbtpa", REGION, "CBTPA", "@free_cbtpa", "fta=R", note_source(17)),
        claim("cbtpa_apparel", REGION, "CBTPA", "61 62", "fta=R", "HTSUS headings 9820.11.03 to 9820.11.33", note=apparel),
    ]
    rows += renewed("agoa", "AGOA", "@free_agoa", "fta=D", AGOA_SOURCE)
    rows += renewed("agoa_apparel", "AGOA", "61 62", "fta=D", "HTSUS headings 9819.11.03 to 9819.11.30; " + AGOA_SOURCE, partners_except="RW",
                    products_except="@free_agoa", note=apparel)
    rows += renewed("haiti", "HT", "61 62 854430", "fta=HT", "HTSUS headings 9820.61.25 to 9820.62.30 and 9820.85.44; " + HAITI_SOURCE, note=apparel)
    gsp = {"until": "2021-01-01"}
    rows += [
        claim("gsp", GSP, "GSP", "@free_gsp", "gsp_claim=yes", note_source(4), **gsp),
        claim("gsp_part", GSP, "GSP", "@free_gsp_part", "gsp_claim=yes", note_source(4), status="unconfirmed",
              note="Symbol A*: the countries that are not eligible for a line (general note 4(d)) are not at hand", **gsp),
        claim("gsp_least", GSP, "GSP_LEAST_DEVELOPED", "@free_gsp_least", "gsp_claim=yes", note_source(4), status="unconfirmed",
              note="Symbol A+: the least developed countries of general note 4(b)(i) are not confirmed by a text at hand", **gsp),
    ]
    return rows


# symbol: partners, condition, general note, first day
REDUCED = {"KR": ("KR", "fta=KR", 33, FIRST_DAY), "CO": ("CO", "fta=CO", 34, FIRST_DAY), "PA": ("PA", "fta=PA", 35, FIRST_DAY),
           "JP": ("JP", "fta=JP", 36, "2020-01-01"), "JO": ("JO", "fta=JO", None, FIRST_DAY), "E": ("CBERA", "fta=E", 7, FIRST_DAY)}


def special_rates(special):
    """Pairs of (rate, symbol) in a text like `Free (A,AU) 2.1% (KR)`."""
    for rate, symbols in re.findall(r"([^()]*)\(([^()]*)\)", special):
        for symbol in re.split(r"[,\s]+", symbols):
            if symbol.strip("."):
                yield rate.strip().rstrip(","), symbol.strip(".")


def shortest(lines, prefix=""):
    """Shortest prefixes whose lines are all free and not all free in column 1 anyway. lines: code -> (free, dutiable)."""
    below = {code: state for code, state in lines.items() if code.startswith(prefix)}
    if not any(free and dutiable for free, dutiable in below.values()):
        return []
    if prefix and all(free for free, _ in below.values()):
        return [prefix]
    length = len(prefix) + 2
    return [found for longer in sorted({code[:length] for code in below if len(code) >= length})
            for found in shortest(below, longer)]


def free_list(rows, symbols, first_edition):
    """Rows of the list of the lines that are free under one of the symbols."""
    lines, free_rows = {}, {}
    for row in rows:
        dutiable = row["kind"] != "free"
        granted = any(rate.startswith("Free") and symbol in symbols for rate, symbol in special_rates(row["special"]))
        before = lines.get(row["hs"], (True, False))
        lines[row["hs"]] = (before[0] and (granted or not dutiable), before[1] or dutiable)
        if granted and dutiable:
            free_rows.setdefault(row["hs"], []).append(row)
    source = "column of special rates, symbol " + " ".join(symbols) + "; "
    found = [(code, "", "", source + "HTSUS 2025 basic") for code in shortest(lines)]
    # Lines that are free in some periods only: from the day of the edition that says so; the first edition also counts for the time before it.
    return found + [(code, "" if row["from"] == first_edition else row["from"], row["until"], source + row["source"])
                    for code, periods in free_rows.items() if not lines[code][0] for row in periods]


def reduced_rates(rows):
    """(symbol, from, until, rate as printed) -> lines. Rates of column 1 itself and references to other headings are left out."""
    periods = {}
    for row in sorted(rows, key=lambda row: (row["hs"], row["from"])):
        for rate, symbol in special_rates(row["special"]):
            if symbol in REDUCED and re.match(r"[\d.$]", rate) and rate != row["text"]:
                known = periods.setdefault((symbol, row["hs"]), [])
                if known and known[-1][1] == row["from"] and known[-1][2] == rate:
                    known[-1] = (known[-1][0], row["until"], rate)  # another symbol's rate changed on that day
                else:
                    known.append((row["from"], row["until"], rate))
    found = {}
    for (symbol, line), known in periods.items():
        for begin, end, rate in known:
            found.setdefault((symbol, begin, end, rate), set()).add(line)
    return found


def split_rate(rate):
    """`6.9¢/kg + 0.9%` -> ("0.009", "6.9¢/kg"); either part may be missing: "0", ""."""
    percent = re.search(r"(?:^|\+\s*)([\d.]+)%$", rate)
    return (f"{float(percent[1]) / 100:.10g}" if percent else "0"), (rate[:percent.start()].strip() if percent else rate)


def slug(text):
    return re.sub(r"[^a-z0-9]+", "_", text.lower().replace("%", " percent").replace("¢", " cents").replace(".", "p")).strip("_")


def reduced_claims(rows, first_edition):
    """Measures for the percentages of one symbol and period (0 where only an amount is due), and for the amounts beside them."""
    groups = {}
    for (symbol, begin, end, rate), lines in reduced_rates(rows).items():
        percent, amount = split_rate(rate)
        groups.setdefault((symbol, begin, end, "replace", percent), set()).update(lines)
        if amount:
            groups.setdefault((symbol, begin, end, "specific", amount), set()).update(lines)
    measures = []
    for (symbol, begin, end, effect, rate), lines in sorted(groups.items()):
        partners, condition, note, first = REDUCED[symbol]
        printed = rate if effect == "specific" else f"{float(rate) * 100:.10g}%"
        name = slug(f"{symbol} {printed}") + (f"_until_{end[:4]}" if end else "" if begin == first_edition else f"_from_{begin[:4]}")
        measure = claim(name, REGION if symbol == "E" else AGREEMENT, partners, " ".join(sorted(lines)), condition, note_source(note), until=end,
                        effect=effect, rate=rate)
        measure["from"] = first if begin == first_edition else begin
        if effect == "replace" and rate == "0":
            measure["note"] = "Lines for which the column of special rates has an amount per unit alone; it is a measure of its own"
        measures.append(measure)
    return measures


def main(law):
    rows = read_rows(os.path.join(law, "us", "base_rates.csv"))
    first_edition = min(row["from"] for row in rows)
    lists = ListWriter(os.path.join(law, "us", "products"))
    for name, symbols in LISTS.items():
        print(name, lists.write("free_" + name, free_list(rows, symbols.split(), first_edition)))
    measures = agreement_claims() + other_claims() + reduced_claims(rows, first_edition)
    with open(os.path.join(law, "us", "measures", "preferences.csv"), "w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(measures)
    print("measures", len(measures))


if __name__ == "__main__":
    main(sys.argv[1])
