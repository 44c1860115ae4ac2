"""What the law of one day means for Dutch industry, car parts and European machinery: every figure of docs/findings.md.

usage: findings.py PROGRAM DATASETS OUT PAGE
  PROGRAM   the built tolmuur
  DATASETS  the folder with economy/, market/ and nomenclature/
  OUT       gets goods.csv, car_parts.csv, routes.csv, machinery.csv and numbers.csv
  PAGE      is written from findings_page.md beside this program: its {{name}} are the rows of numbers.csv, its {{table NAME}} the tables

Losses, rates and diversion are answers of PROGRAM (sectors, rate --batch, score); sums, shares and routes are made here. The program stops when the
sector network computed here is not that of PROGRAM.
"""

import csv
import json
import os
import re
import subprocess
import sys
import tempfile
from collections import defaultdict

from findings_network import Network, read_table

BEFORE, DAY, PEAK = "2025-01-01", "2025-08-10", "2025-04-12"
HOME, US, CHINA = "NLD", "USA", "CHN"
CARS = "34t35"
LEAST_CHINA = 0.10
LAPTOPS = "847130"
SAME = 1e-9

# The measures on China alone, round: 20 % (fentanyl) and 10 % (reciprocal) on all machinery, nothing new for anybody else.
CHINA_ALONE = {
    "name": "china_alone", "on": BEFORE, "source": "illustration",
    "changes": [{"action": "add", "id": "china_alone", "measure": {
        "programme": "fentanyl_china", "partners": "CN", "products": "84", "effect": "add", "rate": 0.3, "source": "illustration"}}],
}  # fmt: skip


def run(command, faults=(0,)):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode not in faults:
        sys.exit(f"{' '.join(command)}: exit code {done.returncode}\n{done.stderr}")
    return done.stdout


def sectors(program, *options):
    """Return {(region, industry): row} with numbers as floats."""
    text = run([program, "sectors", "--format", "json", "--top", "64", *options])
    return {(row["region"], row["industry"]): row for row in json.loads(text)}


def loss(row):
    return row["direct_demand_loss"] + row["indirect_demand_loss"]


def through(row):
    return {item["region"]: item["demand_loss"] for item in row["through"]}


class Report:
    """Numbers by name and tables by name; writes the files."""

    def __init__(self, out):
        self.out, self.numbers, self.tables = out, {}, {}

    def number(self, name, text):
        assert name not in self.numbers, name
        self.numbers[name] = text

    def percent(self, name, value, digits=1):
        self.number(name, f"{100 * value:.{digits}f} %")

    def billions(self, name, value):
        self.number(name, f"{round(value / 1e9, 1) + 0.0:.1f}")

    def save(self, name, header, rows):
        with open(os.path.join(self.out, name), "w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows)

    def table(self, name, header, rows):
        lines = [header, ["---"] * len(header), *rows]
        self.tables[name] = "\n".join(f"| {' | '.join(line)} |" for line in lines)

    def page(self, template, path):
        def put(found):
            kind, _, name = found.group(1).partition(" ")
            return self.tables[name] if kind == "table" else self.numbers[kind]

        with open(template, encoding="utf-8") as stream:
            text = re.sub(r"\{\{(.+?)\}\}", put, stream.read())
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text)
        self.save("numbers.csv", ["name", "value"], sorted(self.numbers.items()))


# ---- Dutch industries ------------------------------------------------------------------------------------------------


def goods_of(network):
    """Farming, mining and manufacturing: what comes before electricity in the table."""
    industries = list(network.titles)
    return industries[: industries.index("E")]


def report_goods(report, network, union, answers):
    header = (
        "industry,title,output_musd_2011,us_share,direct_loss,indirect_loss,through_home,through_eu,through_others,cost_rise,"
        "loss_short,loss_home_gain"
    ).split(",")
    rows, lines = [], []
    for industry in goods_of(network):
        node = HOME, industry
        row, by = answers["long"][node], through(answers["long"][node])
        home, eu = by.get(HOME, 0.0), sum(by.get(region, 0.0) for region in union)
        values = [
            network.share_into(node, US), row["direct_demand_loss"], row["indirect_demand_loss"], home, eu,
            row["indirect_demand_loss"] - home - eu, row["direct_cost_rise"] + row["indirect_cost_rise"],
            loss(answers["short"][node]), loss(answers["home_gain"][node]),
        ]  # fmt: skip
        rows.append([industry, network.titles[industry], f"{network.output[node]:.0f}", *(f"{value:.6f}" for value in values)])
        shown = [values[i] for i in (0, 1, 2, 4, 6, 7, 8)]
        lines.append((loss(row), [network.titles[industry], *(f"{100 * value:.2f}" for value in shown)]))
    report.save("goods.csv", header, rows)
    head = ["industry", "sold to the US", "direct loss", "indirect loss", "of it through the EU", "cost rise", "loss, short", "loss, home gain"]
    report.table("goods", head, [line for _, line in sorted(lines, key=lambda item: -item[0])])
    report_all_goods(report, network, union, answers)


def report_all_goods(report, network, union, answers):
    nodes = [(HOME, industry) for industry in goods_of(network)]
    whole = sum(network.output[node] for node in nodes)
    for name in ("long", "short", "home_gain", "peak"):
        rows = answers[name]
        report.percent(f"goods_direct_{name}", sum(network.output[n] * rows[n]["direct_demand_loss"] for n in nodes) / whole, 2)
        report.percent(f"goods_indirect_{name}", sum(network.output[n] * rows[n]["indirect_demand_loss"] for n in nodes) / whole, 2)
    rows = answers["long"]
    report.percent("goods_cost", sum(network.inputs[n] * rows[n]["indirect_cost_rise"] for n in nodes) / sum(network.inputs[n] for n in nodes), 2)
    mining, machines = (HOME, "C"), (HOME, "29")
    report.percent("mining_through_belgium", through(rows[mining])["BEL"], 2)
    report.percent("mining_to_belgian_refineries", network.sold(mining, "BEL", "23") / network.output[mining], 0)
    report.percent("machinery_direct", rows[machines]["direct_demand_loss"])
    report.percent("machinery_us_share", network.share_into(machines, US))


def report_services(report, network, datasets, rows):
    """Services that also make a few goods: what the goods' mean duty does to all that they sell."""
    node = CHINA, "71t74"
    report.percent("services_direct", rows[node]["direct_demand_loss"])
    report.number("services_sold_musd", f"{network.into[node, US]:,.0f}")
    report.number("services_goods_musd", f"{goods_sold_usd(datasets, 'CN', '71t74') / 1e6:.1f}")
    goods = goods_of(network)
    without = network.indirect({key: row["direct_demand_loss"] if key[1] in [*goods, "E"] else 0.0 for key, row in rows.items()})
    nodes = [(HOME, industry) for industry in goods]
    part = 1 - sum(network.output[n] * without[n] for n in nodes) / sum(network.output[n] * rows[n]["indirect_demand_loss"] for n in nodes)
    report.percent("services_part", part)


def goods_sold_usd(datasets, origin, industry, counts=lambda hs6: True):
    """US imports of 2024 of what an industry makes."""
    division = {row["hs6"]: row["isic4_division"] for row in read_table(datasets, "nomenclature", "hs_isic4.csv")}
    industry_of = {row["nace_division"]: row["isic3_wiod"] for row in read_table(datasets, "sectors", "nace_isic3.csv")}
    return sum(
        float(row["imports_usd"])
        for row in read_table(datasets, "market", "import_shares", "US.csv")
        if row["origin"] == origin and industry_of.get(division.get(row["hs6"])) == industry and counts(row["hs6"])
    )


# ---- car parts -------------------------------------------------------------------------------------------------------


def report_car_parts(report, network, union, answers):
    node, rows, shares = (HOME, CARS), [], {}
    for name in ("long", "short"):
        row = answers[name][node]
        parts = {"direct": row["direct_demand_loss"], **through(row)}
        shares[name] = {route: value / loss(row) for route, value in parts.items()}
        rows += [[name, route, f"{value:.8f}", f"{shares[name][route]:.6f}"] for route, value in parts.items()]
        report.percent(f"cars_loss_{name}", loss(row), 2)
        report.percent(f"cars_direct_{name}", row["direct_demand_loss"], 2)
        report.percent(f"cars_direct_share_{name}", shares[name]["direct"], 0)
        report.percent(f"cars_eu_share_{name}", sum(shares[name].get(region, 0.0) for region in union), 0)
        report.percent(f"cars_germany_share_{name}", shares[name]["DEU"], 0)
    report.save("car_parts.csv", ["horizon", "first_customer", "demand_loss", "share"], rows)
    greatest = sorted(shares["long"], key=lambda route: -shares["long"][route])[:9]
    cells = [[network.regions.get(r, "the US, directly"), *(f"{100 * shares[h].get(r, 0.0):.0f}" for h in ("long", "short"))] for r in greatest]
    report.table("car_parts", ["first customer in", "share of the loss, long", "short"], cells)
    to_germany, to_us = network.into[node, "DEU"], network.into[node, US]
    report.number("table_to_germany", f"{to_germany:,.0f}")
    report.number("table_to_us", f"{to_us:,.0f}")
    report.number("table_ratio", f"{to_germany / to_us:.1f}")
    report.number("table_parts_ratio", f"{network.sold(node, 'DEU', CARS) / network.sold(node, US, CARS):.1f}")
    report.percent("cars_lost_of_us_sales", answers["long"][node]["direct_demand_loss"] / network.share_into(node, US), 0)


def report_elasticities(report, datasets):
    sigma = {row["hs"]: float(row["sigma"]) for row in read_table(datasets, "parameters", "elasticity.csv")}
    report.number("sigma_aircraft_parts", f"{sigma['880730']:.0f}")
    report.number("sigma_turbine_parts", f"{sigma['841191']:.0f}")
    scale = {row["horizon"]: row["substitution_scale"] for row in read_table(datasets, "parameters", "response.csv") if row["hs"] == "*"}
    report.number("short_scale", scale["short"])


def report_composition(report, datasets):
    """What the industry sold to the US in 2024."""
    whole = goods_sold_usd(datasets, "NL", CARS)
    report.number("us_imports_cars_musd", f"{whole / 1e6:,.0f}")
    report.number("us_imports_parts_musd", f"{goods_sold_usd(datasets, 'NL', CARS, lambda hs6: hs6.startswith('8708')) / 1e6:,.0f}")
    for name, chapters in (("aircraft", ("88", "8411")), ("vehicles", ("87",))):
        part = goods_sold_usd(datasets, "NL", CARS, lambda hs6, chapters=chapters: hs6.startswith(chapters))
        report.percent(f"us_imports_{name}", part / whole, 0)


def report_routes(report, network, union, answers):
    """Dutch value added by whose exports to the US carry it: all sales alike, or as the day's duties strike them."""
    wanted = {(HOME, industry): network.value_added((HOME, industry)) for industry in network.titles}
    carried, rows, share = network.carried(wanted), [], {}
    own = {"alike": lambda n: network.share_into(n, US), "day": lambda n: answers["long"][n]["direct_demand_loss"]}
    scopes = {"cars": [CARS], "goods": goods_of(network)}
    for scope, industries in scopes.items():
        for weight, of in own.items():
            money = {region: sum(carried[region, i] * of((region, i)) for i in industries) for region in [HOME, *union]}
            whole = sum(money.values())
            share[scope, weight] = {region: value / whole for region, value in money.items()}
            rows += [[scope, weight, region, f"{value:.3f}", f"{value / whole:.6f}"] for region, value in money.items()]
            report.percent(f"routes_{scope}_{weight}_eu", 1 - share[scope, weight][HOME], 0)
            report.percent(f"routes_{scope}_{weight}_gdp", whole / sum(wanted.values()), 2)
    report_makers(report, network, union, wanted)
    report.save("routes.csv", ["exports", "weight", "exporter", "dutch_value_added_musd", "share"], rows)
    first = share["cars", "alike"]
    greatest = sorted(first, key=lambda region: -first[region])[:8]
    cells = [[network.regions[r], *(f"{100 * share[key][r]:.0f}" for key in share)] for r in greatest]
    report.table("routes", ["exporter to the US", "cars, all sales alike", "cars, the day", "goods, all alike", "goods, the day"], cells)


def report_makers(report, network, union, wanted):
    """Which Dutch industries make what other countries' exports of cars carry, all sales alike."""
    abroad = network.indirect({(region, CARS): network.share_into((region, CARS), US) for region in union})
    made = {node: abroad[node] * value for node, value in wanted.items()}
    whole, goods = sum(made.values()), goods_of(network)
    report.percent("makers_cars", made[HOME, CARS] / whole, 0)
    report.percent("makers_other_goods", sum(made[HOME, industry] for industry in goods if industry != CARS) / whole, 0)
    report.percent("makers_services", sum(made[HOME, industry] for industry in network.titles if industry not in goods) / whole, 0)


# ---- machinery -------------------------------------------------------------------------------------------------------


def read_machinery(datasets, union):
    """Return {hs6: {group: {origin: USD}}} of the machinery of which China sells the US at least a tenth."""
    flows = defaultdict(lambda: {"CN": {}, "EU": {}, "others": {}})
    for row in read_table(datasets, "market", "import_shares", "US.csv"):
        if row["hs6"].startswith("84"):
            origin = row["origin"]
            group = "CN" if origin == "CN" else "EU" if origin in union else "others"
            flows[row["hs6"]][group][origin] = float(row["imports_usd"])
    every = len(flows)
    whole = lambda groups: sum(sum(of.values()) for of in groups.values())  # noqa: E731
    return {hs6: groups for hs6, groups in flows.items() if sum(groups["CN"].values()) >= LEAST_CHINA * whole(groups)}, every


def rate(program, folder, asked, day):
    """Return {(hs6, origin): central duty} where there is one."""
    batch = os.path.join(folder, "asked.csv")
    with open(batch, "w", encoding="utf-8") as stream:
        stream.write("into,hts,from\n")
        stream.writelines(f"US,{hs6},{origin}\n" for hs6, origin in asked)
    text = run([program, "rate", "--batch", batch, "--on", day, "-o", "-", "--format", "csv", "--assume", "trade"], (0, 65))
    answers = csv.DictReader(text.splitlines())
    return {key: float(row["total_central"]) for key, row in zip(asked, answers, strict=True) if row["total_central"]}


def score(program, folder, machinery, *options):
    """Return {(hs6, group): row}: each group of origins is a firm that sells nothing else. The amounts stay USD of 2024."""
    supply, book = os.path.join(folder, "supply"), os.path.join(folder, "portfolio.book")
    os.makedirs(supply, exist_ok=True)
    with open(os.path.join(supply, "firms.csv"), "w", encoding="utf-8") as firms, open(os.path.join(supply, "sales.csv"), "w", encoding="utf-8") as sales:
        firms.write("firm_id,country,sector,revenue_eur\n")
        sales.write("firm_id,hs,destination,value_eur,origin\n")
        for hs6, groups in machinery.items():
            for group, of in groups.items():
                if of:
                    firms.write(f"{hs6}-{group},{next(iter(of))},28,{sum(of.values())}\n")
                    sales.writelines(f"{hs6}-{group},{hs6},US,{usd},{origin}\n" for origin, usd in of.items())
    run([program, "build", supply, "-o", book])
    text = run([program, "score", book, "-o", "-", "--format", "jsonl", *options])
    rows = map(json.loads, text.splitlines())
    return {tuple(row["firm_id"].split("-")): row for row in rows}


def change(rows, hs6, group):
    row = rows.get((hs6, group))
    return (-row["direct_demand_loss"] * row["revenue_eur"], row["diversion_gain_eur"]) if row else (0.0, 0.0)


def mean(duties, weights):
    """Mean over what has a duty; {key: weight}."""
    known = {key: weight for key, weight in weights.items() if key in duties}
    whole = sum(known.values())
    return sum(duties[key] * weight for key, weight in known.items()) / whole if whole else float("nan")


def weights_of(machinery, group, products):
    return {(hs6, origin): usd for hs6 in products for origin, usd in machinery[hs6][group].items()}


def report_machinery(report, program, datasets, union, folder):
    machinery, every = read_machinery(datasets, union)
    asked = sorted(key for group in ("CN", "EU") for key in weights_of(machinery, group, machinery))
    duties = {day: rate(program, folder, asked, day) for day in (BEFORE, DAY, PEAK)}
    long, short = (score(program, folder, machinery, "--on", DAY, "--horizon", horizon) for horizon in ("long", "short"))
    scenario = os.path.join(folder, "china_alone.json")
    with open(scenario, "w", encoding="utf-8") as stream:
        json.dump(CHINA_ALONE, stream)
    alone = score(program, folder, machinery, "--scenarios", scenario)
    save_machinery(report, machinery, duties, long)
    report.number("machinery_products", str(len(machinery)))
    report.number("machinery_all_products", str(every))
    without = [hs6 for hs6 in machinery if hs6 != LAPTOPS]
    for name, products in (("all", list(machinery)), ("rest", without)):
        sum_machinery(report, machinery, duties, products, name)
        for horizon, rows in (("long", long), ("short", short), ("alone", alone)):
            sum_changes(report, rows, products, f"{name}_{horizon}")
    gains = [hs6 for hs6 in machinery if change(long, hs6, "EU")[0] > 0]
    report.number("machinery_gain_products", str(len(gains)))
    report.billions("machinery_gain_usd", sum(change(long, hs6, "EU")[0] for hs6 in gains))
    known = sum(usd for key, usd in weights_of(machinery, "CN", machinery).items() if key in duties[DAY])
    report.percent("machinery_known", known / sum(weights_of(machinery, "CN", machinery).values()))


def sum_machinery(report, machinery, duties, products, name):
    for group in ("CN", "EU"):
        weights = weights_of(machinery, group, products)
        report.billions(f"machinery_{name}_{group}_usd", sum(weights.values()))
        for day, label in ((BEFORE, "before"), (DAY, "day"), (PEAK, "peak")):
            report.percent(f"machinery_{name}_{group}_{label}", mean(duties[day], weights))
    report.billions(f"machinery_{name}_usd", sum(sum(of.values()) for hs6 in products for of in machinery[hs6].values()))


def sum_changes(report, rows, products, name):
    for group in ("CN", "EU", "others"):
        changes = [change(rows, hs6, group) for hs6 in products]
        report.billions(f"machinery_{name}_{group}_change", sum(total for total, _ in changes))
        report.billions(f"machinery_{name}_{group}_diverted", sum(diverted for _, diverted in changes))
        report.billions(f"machinery_{name}_{group}_own", sum(total - diverted for total, diverted in changes))


def save_machinery(report, machinery, duties, long):
    header = (
        "hs6,imports_usd,china_usd,eu_usd,china_duty_before,china_duty,eu_duty_before,eu_duty,china_change_usd,eu_change_usd,eu_diversion_usd,others_change_usd"
    ).split(",")
    rows = []
    for hs6, groups in sorted(machinery.items()):
        own = {group: weights_of(machinery, group, [hs6]) for group in ("CN", "EU")}
        rates = [mean(duties[day], own[group]) for group in ("CN", "EU") for day in (BEFORE, DAY)]
        usd = [sum(sum(of.values()) for of in groups.values()), sum(groups["CN"].values()), sum(groups["EU"].values())]
        changes = [change(long, hs6, "CN")[0], *change(long, hs6, "EU"), change(long, hs6, "others")[0]]
        texts = ["" if rate != rate else f"{rate:.5f}" for rate in rates]
        rows.append([hs6, *(f"{value:.0f}" for value in usd), *texts, *(f"{value:.0f}" for value in changes)])
    report.save("machinery.csv", header, rows)
    shown = sorted((row for row in rows if row[9] != "0"), key=lambda row: -float(row[9]))
    cells = [machinery_cells(row) for row in shown[:5] + shown[-6:]]
    report.table("machinery", ["HS6", "from China", "from the EU", "China before", "after", "EU before", "after", "change of the EU"], cells)


def machinery_cells(row):
    amounts = [f"{float(row[i]) / 1e6:,.0f}" for i in (2, 3)]
    rates = [f"{100 * float(row[i]):.1f}" if row[i] else "-" for i in (4, 5, 6, 7)]
    return [row[0], *amounts, *rates, f"{float(row[9]) / 1e6:+,.0f}"]


# ---- all of it -------------------------------------------------------------------------------------------------------


def check_network(network, rows):
    """The engine's indirect losses, computed again from the table of flows."""
    again = network.indirect({node: row["direct_demand_loss"] for node, row in rows.items()})
    worst = max(abs(again[node] - row["indirect_demand_loss"]) for node, row in rows.items())
    if worst > SAME:
        sys.exit(f"the sector network of the program and that of this check differ by {worst}")
    return worst


def report_peak(report, answers):
    for name in ("peak", "long"):
        for region in (HOME, CHINA):
            for industry in ("29", "30t33"):
                report.percent(f"{name}_{region}_{industry}", loss(answers[name][region, industry]))


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    program, datasets, out, page = sys.argv[1:]
    os.makedirs(out, exist_ok=True)
    report, network = Report(out), Network(datasets)
    members = {row["alpha2"] for row in read_table(datasets, "nomenclature", "countries.csv") if row["eu"] == "1"}
    union = [region for region, country in network.country.items() if country in members and region != HOME]
    answers = {
        "long": sectors(program, "--on", DAY),
        "short": sectors(program, "--on", DAY, "--horizon", "short"),
        "home_gain": sectors(program, "--on", DAY, "--settings", "home_gain=1"),
        "peak": sectors(program, "--on", PEAK),
    }
    report.number("network_difference", f"{check_network(network, answers['long']):.0e}")
    report_goods(report, network, union, answers)
    report_services(report, network, datasets, answers["long"])
    report_car_parts(report, network, union, answers)
    report_composition(report, datasets)
    report_elasticities(report, datasets)
    report_routes(report, network, union, answers)
    report_peak(report, answers)
    with tempfile.TemporaryDirectory() as folder:
        report_machinery(report, program, datasets, members, folder)
    report.page(os.path.join(os.path.dirname(os.path.abspath(__file__)), "findings_page.md"), page)
    print(*(f"{name}: {value}" for name, value in sorted(report.numbers.items())), sep="\n")


if __name__ == "__main__":
    main()
