#!/usr/bin/env python3
"""Makes datasets/demo/real/{firms,sales,purchases}.csv: Dutch, German, Belgian, Chinese and Japanese industries as firms.

usage: demo_real.py DATA_FOLDER [OUTPUT_FOLDER]

DATA_FOLDER holds the source files named in datasets/SOURCES.md. datasets/demo/README.md says what is fact and what is estimate. Prints
the totals that the README quotes."""

import collections
import csv
import pathlib
import sys

import demo_sources

LARGEST_PRODUCTS = 15
MILLION = 1e6


def euro(value):
    return f"{value:.2f}"


def write(path, header, lines):
    with open(path, "w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(lines)


class Economy:
    """One country: its accounts or input-output columns as {industry: (revenue, purchases)} in EUR of 2024, and the factors used."""

    def __init__(self, row, industries, rates, accounts, world):
        self.code, self.name, self.census, self.wiod = row["country"], row["name"], row["census"], row["wiod"]
        self.year = int(row["base_year"])
        self.labour_share = float(row["labour_share"])
        growth_usd = float(row["gdp_2024_usd"]) / float(row["gdp_base_usd"])
        self.flow_factor = float(row["gdp_2024_usd"]) / float(row["gdp_2011_usd"]) / rates[2024]
        if row["accounts"]:
            self.factor = growth_usd * rates[2016] / rates[2024]
            self.figures = self.from_accounts(row["accounts"], accounts, world)
        else:
            self.factor = growth_usd / rates[2024]
            self.figures = self.from_world_table(industries, world)
        self.figures = {
            industry: (revenue * self.factor * MILLION, purchases * self.factor * MILLION)
            for industry, (revenue, purchases) in self.figures.items()
        }

    def from_accounts(self, geo, accounts, world):
        """Output and output less value added per industry. The file leaves C10-C12 and C31-C33 empty: what manufacturing has beyond the
        industries given is split between the two as in the world table of 2011."""
        figures = {}
        for (place, indicator, industry), value in accounts.items():
            if place == geo and indicator == "PROD" and industry != "C":
                added = accounts[geo, "VA", industry]
                figures[industry.replace("_", "-")] = (value, value - added)
        parts = [pair for name, pair in figures.items() if name.startswith("C")]
        rest = accounts[geo, "PROD", "C"] - sum(pair[0] for pair in parts)
        rest_added = accounts[geo, "VA", "C"] - sum(pair[0] - pair[1] for pair in parts)
        makers = {"C10-C12": self.wiod + "_c3", "C31-C33": self.wiod + "_c16"}
        output = {name: world.output(maker) for name, maker in makers.items()}
        added = {name: world.output(maker) - world.inputs(maker) for name, maker in makers.items()}
        for name in makers:
            revenue = rest * output[name] / sum(output.values())
            figures[name] = (revenue, revenue - rest_added * added[name] / sum(added.values()))
        return figures

    def from_world_table(self, industries, world):
        figures = {}
        for row in industries:
            if row["industry"] not in ("C20", "C21", "C26", "C27"):
                makers = [f"{self.wiod}_{column}" for column in row["wiod"].split()]
                figures[row["industry"]] = (sum(map(world.output, makers)), sum(map(world.inputs, makers)))
        return figures


def read_accounts(data):
    return {
        (row["geo"], row["indic_pi"], row["nace_r2"]): float(row["value"])
        for row in demo_sources.rows(data / "sectors" / "eurostat_national_accounts_nace_2010_2018.csv.gz")
        if row["time"] == "2016" and row["value"] and row["nace_r2"][0] in "ABC"
    }


def industry_of(division, figures, industries):
    for row in industries:
        if row["industry"] in figures and division in row["division"].split():
            return row["industry"]
    return None


def make_sales(data, economies, industries, divisions, rates):
    """Sales lines to the US, and per country the totals: all, assigned, on codes of the 2026 schedule, renamed."""
    schedule, renamed = demo_sources.schedule_codes(data), demo_sources.renamed_codes(data)
    by_census = {economy.census: economy for economy in economies}
    lines = collections.defaultdict(float)
    totals = collections.defaultdict(collections.Counter)
    for hs10, census, value in demo_sources.imports(data):
        economy = by_census.get(census)
        if economy is None:
            continue
        total = totals[economy.code]
        total["all"] += value
        industry = industry_of(divisions.division(hs10[:6]), economy.figures, industries)
        if industry is None:
            continue
        code = renamed.get(hs10, hs10) if hs10 not in schedule else hs10
        total["assigned"] += value
        total["in schedule"] += value if code in schedule else 0
        total["renamed"] += value if code != hs10 else 0
        lines[f"{economy.code}-{industry}", code] += value / rates[2024]
    return lines, totals


def product_shares(data, figures, industries, divisions):
    """{industry: [(hs6, share)]}: the largest products of US imports from China in each industry, scaled to 1, and the part they cover."""
    value = collections.defaultdict(collections.Counter)
    for hs10, census, usd in demo_sources.imports(data):
        if census == "5700":
            industry = industry_of(divisions.division(hs10[:6]), figures, industries)
            if industry:
                value[industry][hs10[:6]] += usd
    shares, covered = {}, {}
    for industry, products in value.items():
        chosen = sorted(products.items(), key=lambda item: (-item[1], item[0]))[:LARGEST_PRODUCTS]
        total = sum(usd for _, usd in chosen)
        shares[industry] = [(hs6, usd / total) for hs6, usd in chosen]
        covered[industry] = total / sum(products.values())
    return shares, covered


def column_share(economy, row, industries):
    """The part of a world-table column that an industry takes when several industries of the country share it: by revenue."""
    peers = [peer["industry"] for peer in industries if peer["wiod"] == row["wiod"] and peer["industry"] in economy.figures]
    return economy.figures[row["industry"]][0] / sum(economy.figures[peer][0] for peer in peers)


def make_purchases(economies, industries, world, china, shares):
    lines = {}
    for economy in economies:
        if economy.code == "CN":
            continue
        for row in industries:
            if row["industry"] not in economy.figures:
                continue
            part = column_share(economy, row, industries)
            for supplier in industries:
                if supplier["industry"] not in china.figures:
                    continue
                flow = part * sum(
                    world.flow("CHN_" + sold, f"{economy.wiod}_{bought}")
                    for sold in supplier["wiod"].split() for bought in row["wiod"].split()
                )
                for hs6, share in shares.get(supplier["industry"], []):
                    value = flow * share * economy.flow_factor * MILLION
                    if value >= 0.01:
                        lines[f"{economy.code}-{row['industry']}", hs6] = value
    return lines


def make_firms(economies, industries):
    for economy in economies:
        for row in industries:
            if row["industry"] in economy.figures:
                revenue, purchases = economy.figures[row["industry"]]
                surplus = (revenue - purchases) * (1 - economy.labour_share)
                yield (f"{economy.code}-{row['industry']}", economy.code, row["main_division"], euro(revenue), euro(purchases),
                       euro(surplus), f"{economy.name}: {row['description']} (industry, {economy.year} scaled to 2024)")


def report(firms, sales, purchases, totals, covered):
    revenue = {firm[0]: float(firm[3]) for firm in firms}
    bought = {firm[0]: float(firm[4]) for firm in firms}
    sold = collections.Counter()
    for (firm, _), value in sales.items():
        sold[firm] += value
    paid = collections.Counter()
    for (firm, _), value in purchases.items():
        paid[firm] += value
    print(f"{len(firms)} firms, {len(sales)} sales lines, {len(purchases)} purchase lines")
    for country, total in totals.items():
        print(country, {name: round(value / 1e9, 3) for name, value in total.items()}, "billion USD")
    for firm in revenue:
        print(f"{firm:12} revenue {revenue[firm] / 1e9:9.2f}  to US {sold[firm] / revenue[firm]:7.2%}  from CN {paid[firm] / bought[firm]:7.2%}")
        if sold[firm] > revenue[firm] or paid[firm] > bought[firm]:
            print("  exceeds what the accounts allow")
    print("products cover", {industry: round(part, 2) for industry, part in covered.items()})


def main(data, output):
    industries = demo_sources.assumption("industries")
    rates = {int(row["year"]): float(row["usd_per_eur"]) for row in demo_sources.assumption("exchange_rates")}
    divisions, world, accounts = demo_sources.Divisions(data), demo_sources.WorldTable(data), read_accounts(data)
    economies = [Economy(row, industries, rates, accounts, world) for row in demo_sources.assumption("economies")]
    china = next(economy for economy in economies if economy.code == "CN")
    sales, totals = make_sales(data, economies, industries, divisions, rates)
    shares, covered = product_shares(data, china.figures, industries, divisions)
    purchases = make_purchases(economies, industries, world, china, shares)
    firms = list(make_firms(economies, industries))
    output.mkdir(parents=True, exist_ok=True)
    write(output / "firms.csv", ("firm_id", "country", "sector", "revenue_eur", "purchases_eur", "ebitda_eur", "name"), firms)
    write(output / "sales.csv", ("firm_id", "hs", "destination", "value_eur"),
          ((firm, code, "US", euro(value)) for (firm, code), value in sorted(sales.items())))
    write(output / "purchases.csv", ("firm_id", "hs", "origin", "value_eur"),
          ((firm, code, "CN", euro(value)) for (firm, code), value in sorted(purchases.items())))
    report(firms, sales, purchases, totals, covered)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    default = pathlib.Path(__file__).resolve().parent.parent / "demo" / "real"
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]) if len(sys.argv) == 3 else default)
