"""Make sectors/contribution_margin.csv and sectors/nace_isic3.csv.

Contribution margin = 1 - variable cost / output, with intermediate consumption as the variable cost: labour counts as fixed in the
short run. So it is value added / output. Reads the Eurostat national accounts (sectors/eurostat_national_accounts_...csv.gz), else
the world input-output table of 2011 (input-output/wiod2013_wiot_2011.csv.gz); nomenclature/country-codes.csv for ISO codes.
"""

import csv
from statistics import median

from tables import open_text, paths, read_rows, short_number, write_rows

# NACE Rev. 2 divisions by section.
SECTIONS = {
    "A": (1, 3), "B": (5, 9), "C": (10, 33), "D": (35, 35), "E": (36, 39), "F": (41, 43), "G": (45, 47), "H": (49, 53),
    "I": (55, 56), "J": (58, 63), "K": (64, 66), "L": (68, 68), "M": (69, 75), "N": (77, 82), "O": (84, 84), "P": (85, 85),
    "Q": (86, 88), "R": (90, 93), "S": (94, 96), "T": (97, 98), "U": (99, 99),
}  # fmt: skip
NOT_IN_NACE = {34, 40, 44, 48, 54, 57, 67, 76, 83, 89}

# NACE Rev. 2 divisions of each industry (ISIC Rev. 3) of the world input-output table; veterinary work (75) stands with health there.
INDUSTRIES = {
    "AtB": (1, 2, 3), "C": (5, 6, 7, 8, 9), "15t16": (10, 11, 12), "17t18": (13, 14), "19": (15,), "20": (16,),
    "21t22": (17, 18, 58), "23": (19,), "24": (20, 21), "25": (22,), "26": (23,), "27t28": (24, 25), "29": (28, 33),
    "30t33": (26, 27), "34t35": (29, 30), "36t37": (31, 32), "E": (35, 36), "F": (41, 42, 43), "50": (45,), "51": (46,),
    "52": (47, 95), "H": (55, 56), "60": (49,), "61": (50,), "62": (51,), "63": (52, 79), "64": (53, 61), "J": (64, 65, 66),
    "70": (68,), "71t74": (62, 63, 69, 70, 71, 72, 73, 74, 77, 78, 80, 81, 82), "L": (84, 99), "M": (85,),
    "N": (75, 86, 87, 88), "O": (37, 38, 39, 59, 60, 90, 91, 92, 93, 94, 96), "P": (97, 98),
}  # fmt: skip

# Households as employers have no intermediate consumption: 1 by definition, for every country.
HOUSEHOLDS = "T"

EUROSTAT_TO_ISO2 = {"EL": "GR", "UK": "GB"}
WIOD_TO_ISO3 = {"ROM": "ROU"}
WIOD_YEAR = 2011
# A share outside is an artefact of a table (an empty industry, a refinery at a loss), not a cost structure.
LEAST, MOST = 0.02, 0.98


def divisions_of(name):
    """The NACE divisions of a Eurostat aggregate: C, C29_C30, C10-C12, M72."""
    if name in SECTIONS:
        first, last = SECTIONS[name]
    elif "-" in name or "_" in name:
        first, last = (int(part[1:]) for part in name.replace("_", "-").split("-"))
    else:
        first = last = int(name[1:])
    return [division for division in range(first, last + 1) if division not in NOT_IN_NACE]


def plausible(margin):
    return LEAST <= margin <= MOST


def read_eurostat(data):
    """Return {(country, aggregate): (margin, year)} of the latest year with output and value added."""
    cells = {}
    for row in read_rows(data, "sectors", "eurostat_national_accounts_nace_2010_2018.csv.gz"):
        if row["value"] and row["indic_pi"] in ("PROD", "VA"):
            cells.setdefault((row["geo"], row["nace_r2"], int(row["time"])), {})[row["indic_pi"]] = float(row["value"])
    latest = {}
    for (geo, name, year), cell in sorted(cells.items(), key=lambda item: item[0][2]):
        if len(cell) == 2 and cell["PROD"] > 0 and plausible(cell["VA"] / cell["PROD"]):
            latest[EUROSTAT_TO_ISO2.get(geo, geo), name] = cell["VA"] / cell["PROD"], year
    return latest


def read_world_table(data):
    """Return {(ISO3 country, industry): (intermediate inputs, output)} of the world input-output table, million USD."""
    code_of = {row["code"]: row["isic3"] for row in read_rows(data, "input-output", "wiod2013_industries.csv")}
    with open_text(data, "input-output", "wiod2013_wiot_2011.csv.gz") as stream:
        reader = csv.reader(stream)
        header = next(reader)
        columns = [i for i, name in enumerate(header) if "_c" in name]
        inputs, output = dict.fromkeys(columns, 0.0), {}
        for row in reader:
            output[row[0]] = float(row[-1] or 0)
            for i in columns:
                inputs[i] += float(row[i] or 0)
    table = {}
    for i in columns:
        country, industry = header[i].split("_")
        table[WIOD_TO_ISO3.get(country, country), code_of[industry]] = inputs[i], output[header[i]]
    return table


def margin_of(table, country, industries):
    """1 - intermediate inputs / output of several industries together, or None."""
    cells = [table[country, industry] for industry in industries if (country, industry) in table]
    output = sum(cell[1] for cell in cells)
    margin = 1 - sum(cell[0] for cell in cells) / output if output > 0 else 0
    return margin if plausible(margin) else None


def world_rows(data):
    """Return {(ISO2 country, NACE code): (margin, year, source)} from the world input-output table."""
    table = read_world_table(data)
    iso2 = {row["ISO3166-1-Alpha-3"]: row["ISO3166-1-Alpha-2"] for row in read_rows(data, "nomenclature", "country-codes.csv")}
    industry_of = {division: industry for industry, group in INDUSTRIES.items() for division in group}
    rows = {}
    for country in sorted({key[0] for key in table} & iso2.keys()):
        for section in SECTIONS.keys() - {HOUSEHOLDS}:
            divisions = divisions_of(section)
            wanted = [(section, sorted({industry_of[division] for division in divisions}))]
            wanted += [(f"{division:02}", [industry_of[division]]) for division in divisions]
            for nace, industries in wanted:
                margin = margin_of(table, country, industries)
                if margin is not None:
                    rows[iso2[country], nace] = margin, WIOD_YEAR, "WIOD 2013 release, " + "+".join(industries)
    return rows


def eurostat_rows(data):
    """Return the same from the Eurostat accounts: the finest aggregate for a division, the section for its letter."""
    rows, width = {}, {}
    for (country, name), (margin, year) in read_eurostat(data).items():
        if name in ("TOTAL", HOUSEHOLDS):
            continue
        divisions = divisions_of(name)
        keys = [f"{division:02}" for division in divisions] + ([name] if name in SECTIONS else [])
        for nace in keys:
            if len(divisions) < width.get((country, nace), 1000):
                width[country, nace] = len(divisions)
                rows[country, nace] = margin, year, "Eurostat national accounts, " + name
    return rows


def merged_rows(data):
    """Eurostat before the world table; but a whole section of many industries does not displace a finer industry of 2011."""
    rows = world_rows(data)
    for key, row in eurostat_rows(data).items():
        name = row[2].rsplit(" ", 1)[1]
        coarse = key[1].isdigit() and name in ("C", "M", "J", "N", "S")
        if not (coarse and key in rows):
            rows[key] = row
    return rows


def world_medians(rows):
    """A row with country `*` per NACE code: the median over all countries; its year is the oldest that went in."""
    by_code = {}
    for (_, nace), (margin, year, _) in rows.items():
        by_code.setdefault(nace, []).append((margin, year))
    for nace in (HOUSEHOLDS, *(f"{division:02}" for division in divisions_of(HOUSEHOLDS))):
        by_code[nace] = [(1.0, WIOD_YEAR)]
    return {
        ("*", nace): (median(margin for margin, _ in cells), min(year for _, year in cells), "median of the countries")
        for nace, cells in by_code.items()
    }


def main():
    data, out = paths()
    rows = merged_rows(data)
    rows.update(world_medians(rows))
    table = ((country, nace, short_number(margin, 4), year, source) for (country, nace), (margin, year, source) in sorted(rows.items()))
    write_rows(out, "sectors/contribution_margin.csv", ["country", "nace", "contribution_margin", "year", "source"], table)
    names = {row["isic3"]: row["description"] for row in read_rows(data, "input-output", "wiod2013_industries.csv")}
    links = sorted((f"{division:02}", industry, names[industry]) for industry, group in INDUSTRIES.items() for division in group)
    write_rows(out, "sectors/nace_isic3.csv", ["nace_division", "isic3_wiod", "description"], links)
    expected = {f"{division:02}" for section in SECTIONS for division in divisions_of(section)} | SECTIONS.keys()
    gaps = sorted(nace for nace in expected if ("*", nace) not in rows)
    if gaps or len(links) != len({link[0] for link in links}):
        raise SystemExit(f"NACE codes without a median: {gaps}, or a division in two industries")


if __name__ == "__main__":
    main()
