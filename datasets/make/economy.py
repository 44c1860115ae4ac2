"""Make economy/regions.csv, economy/industries.csv and economy/flows/*.csv: who sells to whom, by region and industry.

Reads the world input-output table of 2011 (input-output/wiod2013_wiot_2011.csv.gz, wiod2013_industries.csv) and the shipped
nomenclature/countries.csv. A row of the source is a seller; its columns are the buying industries, then five kinds of final demand
per region (households, non-profit bodies, government, fixed investment, changes in inventories), then the printed output. The five
are added up; where inventories fall by more than all other final demand the sum is below 0, and 0 is taken. Cells are whole
million USD in the source; every cell of at least one million is kept.
"""

import csv
import os

from tables import open_text, paths, read_rows, write_rows

FINAL = "final"
FINAL_KINDS = 5
REST = "RoW"
# Codes of the source that are not ISO 3166 alpha-3 (any longer).
ISO3 = {"ROM": "ROU"}
HERE = os.path.dirname(os.path.abspath(__file__))


def read_regions(codes):
    """Return [(region, alpha-2 country or *, name)] in the order of the source."""
    countries = {row["alpha3"]: row for row in read_rows(HERE, "..", "nomenclature", "countries.csv")}
    rows = []
    for code in codes:
        if code == REST:
            rows.append((REST, "*", "Rest of the world"))
        else:
            country = countries[ISO3.get(code, code)]
            rows.append((country["alpha3"], country["alpha2"], country["name"]))
    return rows


class Table:
    """The source, cell by cell."""

    def __init__(self, data, industries):
        with open_text(data, "input-output", "wiod2013_wiot_2011.csv.gz") as stream:
            reader = csv.reader(stream)
            self.header = next(reader)
            self.rows = {row[0]: [float(cell or 0) for cell in row[1:]] for row in reader}
        self.nodes = list(self.rows)
        self.codes = list(dict.fromkeys(node.split("_")[0] for node in self.nodes))
        self.industries = industries
        self.check()

    def check(self):
        """The columns are the rows in the same order, then the kinds of final demand per region, then the output."""
        expected = [f"{code}_{industry}" for code in self.codes for industry in self.industries]
        width = len(expected) + FINAL_KINDS * len(self.codes) + 1
        if self.nodes != expected or self.header[1 : len(expected) + 1] != expected:
            raise SystemExit("the rows and columns of the table are not the regions and industries in order")
        if len(self.header) != width + 1 or self.header[-1] != "output":
            raise SystemExit("the table has not five kinds of final demand per region and the output behind them")

    def intermediate(self, node):
        return self.rows[node][: len(self.nodes)]

    def final(self, node):
        """Return final demand per region, all kinds added up."""
        cells = self.rows[node][len(self.nodes) : -1]
        return [sum(cells[start : start + FINAL_KINDS]) for start in range(0, len(cells), FINAL_KINDS)]


def flow_rows(table, code, name_of, region_of):
    """Yield (seller's industry, buying region, buying industry or final, million USD) of one region."""
    for industry in table.industries:
        node = f"{code}_{industry}"
        for buyer, value in zip(table.nodes, table.intermediate(node)):
            if value >= 1:
                region, of = buyer.split("_")
                yield name_of[industry], region_of[region], name_of[of], int(value)
        for region, value in zip(table.codes, table.final(node)):
            if value >= 1:
                yield name_of[industry], region_of[region], FINAL, int(value)


def report(table):
    """Print what was kept, what was cut off, and how far row sums are from the printed output."""
    sold = [value for node in table.nodes for value in table.intermediate(node)]
    final = {node: table.final(node) for node in table.nodes}
    cells = [value for node in table.nodes for value in table.rows[node][len(table.nodes) : -1]]
    kept = sum(value for value in sold if value >= 1)
    print(f"  intermediate cells kept: {sum(value >= 1 for value in sold)}, {kept / sum(sold):.2%} of {sum(sold):.0f} million USD")
    fractions = sum(value != int(value) for row in table.rows.values() for value in row)
    print(f"  fractions of a million in the source: {fractions}")
    below = [value for value in cells if value < 0]
    print(f"  cells of final demand below 0: {len(below)}, {sum(below):.0f} million USD")
    below = [value for values in final.values() for value in values if value < 0]
    print(f"  still below 0 when the kinds are added up, taken as 0: {len(below)}, {sum(below):.0f} million USD")
    output = {node: sum(table.intermediate(node)) + sum(max(value, 0) for value in final[node]) for node in table.nodes}
    printed = {node: table.rows[node][-1] for node in table.nodes}
    total = sum(printed.values())
    print(f"  sum of all outputs: {sum(output.values()):.0f}; printed {total:.0f}, {sum(output.values()) / total - 1:+.3%}")
    for limit in (0.01, 0.02, 0.05, 0.1):
        far = [node for node in table.nodes if printed[node] > 0 and abs(output[node] / printed[node] - 1) > limit]
        share = sum(printed[node] for node in far) / total
        print(f"  row sums further than {limit:.0%} from the printed output: {len(far)} nodes, {share:.3%} of output")
    print("  nodes without output:", [node for node in table.nodes if output[node] <= 0])


def main():
    data, out = paths()
    industries = read_rows(data, "input-output", "wiod2013_industries.csv")
    name_of = {row["code"]: row["isic3"] for row in industries}
    table = Table(data, list(name_of))
    regions = read_regions(table.codes)
    region_of = {code: row[0] for code, row in zip(table.codes, regions)}
    write_rows(out, "economy/regions.csv", ["region", "country", "name"], regions)
    titles = ((row["isic3"], row["code"], row["description"]) for row in industries)
    write_rows(out, "economy/industries.csv", ["industry", "wiod", "title"], titles)
    for code, region in zip(table.codes, regions):
        header = ["industry", "buyer_region", "buyer_industry", "musd"]
        write_rows(out, f"economy/flows/{region[0]}.csv", header, flow_rows(table, code, name_of, region_of))
    report(table)


if __name__ == "__main__":
    main()
