"""Make sectors/resilience.csv, sectors/momentum.csv and parameters/resilience.csv.

Reads the Eurostat national accounts (sectors/eurostat_national_accounts_...csv.gz), the world input-output table of 2011
(input-output/wiod2013_wiot_2011.csv.gz), nomenclature/country-codes.csv, and this repository's sectors/gdp_deflator.csv. An indicator
without a source has no row: automation, digitalisation, investment_rate, chain_cooperation and liquidity are known for firms only.
"""

import csv
import math
import os
from statistics import mean, median, pstdev

from sectors import EUROSTAT_TO_ISO2, INDUSTRIES, SECTIONS, WIOD_TO_ISO3, WIOD_YEAR, divisions_of
from tables import open_text, paths, read_rows, short_number, write_rows

# ---- energy -------------------------------------------------------------------------------------------------------

# What counts as energy: mining and quarrying, refined petroleum, electricity with gas and water. Of these refineries are bought from
# as well, but the crude that they buy (mining) is their material.
ENERGY = ("C", "23", "E")
REFINERIES, MINING = "23", "C"
# Sections that are energy, or hold it: what they buy of it is what they sell. Households as employers (T) buy nothing.
LEFT_OUT = {"B", "D", "E", "T"}


def energy_cells(data):
    """Return {(ISO3 country, industry): (purchases of energy, output)}, million USD."""
    code_of = {row["code"]: row["isic3"] for row in read_rows(data, "input-output", "wiod2013_industries.csv")}
    with open_text(data, "input-output", "wiod2013_wiot_2011.csv.gz") as stream:
        reader = csv.reader(stream)
        header = next(reader)
        columns = [i for i, name in enumerate(header) if "_c" in name]
        energy, output = dict.fromkeys(columns, 0.0), {}
        for row in reader:
            output[row[0]] = float(row[-1] or 0)
            seller = code_of.get(row[0].rpartition("_")[2])
            if seller in ENERGY:
                for i in columns:
                    material = seller == MINING and code_of[header[i].partition("_")[2]] == REFINERIES
                    energy[i] += 0 if material else float(row[i] or 0)
    cells = {}
    for i in columns:
        country, industry = header[i].split("_")
        if code_of[industry] not in (MINING, "E") and output[header[i]] > 0:
            cells[WIOD_TO_ISO3.get(country, country), code_of[industry]] = energy[i], output[header[i]]
    return cells


def energy_rows(data):
    """Return {(country, nace): (share, year, source)}; country `*` is the median of the countries."""
    cells = energy_cells(data)
    iso2 = {row["ISO3166-1-Alpha-3"]: row["ISO3166-1-Alpha-2"] for row in read_rows(data, "nomenclature", "country-codes.csv")}
    industry_of = {division: industry for industry, group in INDUSTRIES.items() for division in group}
    rows = {}
    for country in sorted({key[0] for key in cells} & iso2.keys()):
        for section in SECTIONS.keys() - LEFT_OUT:
            divisions = divisions_of(section)
            wanted = [(section, sorted({industry_of[division] for division in divisions}))]
            wanted += [(f"{division:02}", [industry_of[division]]) for division in divisions]
            for nace, industries in wanted:
                found = [cells[country, industry] for industry in industries if (country, industry) in cells]
                # Cells are rounded to millions: a share of 0 is a small industry, not one without energy.
                if sum(cell[0] for cell in found) > 0:
                    share = sum(cell[0] for cell in found) / sum(cell[1] for cell in found)
                    used = "+".join(industry for industry in industries if (country, industry) in cells)
                    rows[iso2[country], nace] = share, WIOD_YEAR, "WIOD 2013 release, " + used
    by_code = {}
    for (_, nace), row in rows.items():
        by_code.setdefault(nace, []).append(row[0])
    rows.update({("*", nace): (median(shares), WIOD_YEAR, "median of the countries") for nace, shares in by_code.items()})
    return rows


# ---- productivity ---------------------------------------------------------------------------------------------------

# No output of their own to measure by hours: imputed rents, government, households, international bodies.
NOT_MARKET = {"L", "O", "P", "Q", "T", "U"}
FIRST_YEAR = 2010
# The published copy has lost final zeros of some figures (62900 stands as 629): a year this many times off the others is such a one.
FACTOR_OFF = 3
YEARS_NEEDED = 6
# A trend beyond is an artefact (moved head offices, a refinery's margins), not a productivity.
STEEPEST = 0.1


def price_levels():
    """Return {country: {year: price level, FIRST_YEAR = 1}} of GDP."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "sectors", "gdp_deflator.csv")
    levels = {}
    with open(path, encoding="utf-8", newline="") as stream:
        for row in sorted(csv.DictReader(stream), key=lambda row: (row["country"], int(row["year"]))):
            level = levels.setdefault(row["country"], {FIRST_YEAR: 1.0})
            level[int(row["year"])] = level[int(row["year"]) - 1] * (1 + float(row["growth"]))
    return levels


def trend(points):
    """Least-squares slope of the logarithm over the years, as a growth rate."""
    middle = mean(year for year, _ in points)
    level = mean(math.log(value) for _, value in points)
    slope = sum((year - middle) * (math.log(value) - level) for year, value in points)
    return math.expm1(slope / sum((year - middle) ** 2 for year, _ in points))


def aggregate_trends(data):
    """Return {(country, Eurostat aggregate): (growth, first year, last year)} of value added per hour at prices of FIRST_YEAR."""
    cells, levels = {}, price_levels()
    for row in read_rows(data, "sectors", "eurostat_national_accounts_nace_2010_2018.csv.gz"):
        country, year = EUROSTAT_TO_ISO2.get(row["geo"], row["geo"]), int(row["time"])
        if row["indic_pi"] in ("VA", "EMP") and row["value"] and float(row["value"]) > 0 and year in levels.get(country, {}):
            cells.setdefault((country, row["nace_r2"]), {}).setdefault(year, {})[row["indic_pi"]] = float(row["value"])
    trends = {}
    for (country, name), years in cells.items():
        points = [(year, cell["VA"] / cell["EMP"] / levels[country][year]) for year, cell in sorted(years.items()) if len(cell) == 2]
        usual = median(value for _, value in points) if points else 0
        points = [(year, value) for year, value in points if usual / FACTOR_OFF < value < usual * FACTOR_OFF]
        if len(points) >= YEARS_NEEDED and abs(trend(points)) <= STEEPEST:
            trends[country, name] = trend(points), points[0][0], points[-1][0]
    return trends


def productivity_rows(data):
    """The finest aggregate for a division, the section for its letter."""
    rows, width = {}, {}
    for (country, name), (growth, first, last) in aggregate_trends(data).items():
        if name == "TOTAL" or name[0] in NOT_MARKET:
            continue
        divisions = divisions_of(name)
        for nace in [f"{division:02}" for division in divisions] + ([name] if name in SECTIONS else []):
            if len(divisions) < width.get((country, nace), 1000):
                width[country, nace] = len(divisions)
                rows[country, nace] = growth, last, f"Eurostat national accounts, {name}, trend {first}-{last}"
    return rows


# ---- cited figures ----------------------------------------------------------------------------------------------------

# Dutch industry as three Dutch banks described it in the first half of 2025; not official statistics at hand, so marked `cited`.
BANKS = "Dutch banks on industry, 2025: "
CITED = {
    ("NL", "C", "vacancy_difficulty"): (0.36, 2025, BANKS + "36 % of industrial firms had vacancies that were hard to fill in early 2025"),
    ("NL", "C", "productivity_growth"): (
        ((1 - 0.013) * (1 - 0.002)) ** 0.5 - 1,
        2024,
        BANKS + "labour productivity -1.3 % in 2023 and -0.2 % in 2024, yearly mean",
    ),
}

# (country, NACE): (production in 2024, expected in 2025 or None, source). The banks' technology industry is taken as metal products to
# transport equipment; they give no figures for its parts.
TECHNOLOGY = BANKS + "production of the technology industry -5 % in 2024"
MOMENTUM = {("NL", "C"): (-0.025, 0.01, "ING Research, outlook of Dutch industry, February 2025: -2.5 % in 2024, 1 % expected for 2025")}
MOMENTUM.update({("NL", str(division)): (-0.05, None, TECHNOLOGY) for division in range(25, 31)})


def resilience_rows(data):
    """Return {(country, nace, indicator): (value, year, source, status)}."""
    rows = {}
    for indicator, found in (("energy_cost_share", energy_rows(data)), ("productivity_growth", productivity_rows(data))):
        rows.update({(country, nace, indicator): (*row, "") for (country, nace), row in found.items()})
    # A section's figure of today stands before trends of its divisions that end years earlier.
    for country, section, indicator in CITED:
        for division in divisions_of(section):
            rows.pop((country, f"{division:02}", indicator), None)
    rows.update({key: (*row, "cited") for key, row in CITED.items()})
    return rows


# ---- scales and weights -------------------------------------------------------------------------------------------------

# indicator: (stated mean, stated deviation or None for those of the table, beta, why). beta is judgement: its sign is economics, its
# size is what one deviation does to ln V.
HALF = (0.5, 0.25)
WEIGHTS = {
    "vacancy_difficulty": (0.36, 0.15, 0.05, "who cannot fill vacancies cannot redirect production to other goods or customers"),
    "productivity_growth": (None, None, -0.06, "growing output per hour leaves room to bear costs without losing the market"),
    "energy_cost_share": (None, None, 0.07, "a second cost that the firm does not set, and that moves with the same crises"),
    "automation": (*HALF, -0.05, "fewer hands for each unit: volume can move without hiring"),
    "digitalisation": (*HALF, -0.05, "knows its chain, sees a shock early and replans"),
    "investment_rate": (0.05, 0.04, -0.05, "renews products and processes; who halts investment lives on the past"),
    "chain_cooperation": (*HALF, -0.06, "partners share the pain and open other sources and markets"),
    "liquidity": (1.5, 0.5, -0.09, "time to adjust before the bank has to decide; the first thing that fails in a shock"),
    "sector_momentum": (0.0, 0.05, -0.08, "a blow in a shrinking sector meets order books that are already thin"),
}
STATED = {
    "vacancy_difficulty": "mean: the one figure known; deviation: stated",
    "investment_rate": "stated: share of revenue, usual in manufacturing",
    "liquidity": "stated: current ratio, usual in manufacturing",
    "sector_momentum": "stated: growth of production a year; none is neutral",
}


def scale_rows(rows):
    """Mean and deviation over the divisions of all countries where the table has them, else as stated."""
    for indicator, (middle, deviation, beta, why) in WEIGHTS.items():
        source = STATED.get(indicator, "stated: an indicator from 0 to 1")
        if deviation is None:
            values = [row[0] for key, row in rows.items() if key[2] == indicator and key[0] != "*" and key[1].isdigit()]
            middle, deviation = mean(values), pstdev(values)
            source = f"{len(values)} rows of sectors/resilience.csv"
        yield indicator, short_number(middle, 4), short_number(deviation, 4), short_number(beta), source, why


def main():
    data, out = paths()
    rows = resilience_rows(data)
    header = ["country", "nace", "indicator", "value", "year", "source", "status"]
    table = ((*key, short_number(row[0], 4), *row[1:]) for key, row in sorted(rows.items()))
    write_rows(out, "sectors/resilience.csv", header, table)
    header = ["country", "nace", "outcome_2024", "outlook_2025", "source", "status"]
    table = (
        (*key, short_number(outcome), "" if outlook is None else short_number(outlook), source, "cited")
        for key, (outcome, outlook, source) in sorted(MOMENTUM.items())
    )
    write_rows(out, "sectors/momentum.csv", header, table)
    header = ["indicator", "mean", "deviation", "beta", "source", "why"]
    write_rows(out, "parameters/resilience.csv", header, scale_rows(rows))


if __name__ == "__main__":
    main()
