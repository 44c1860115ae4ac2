#!/usr/bin/env python3
"""Makes datasets/demo/product_mix.csv: what each industry sells, for the generator of fictional portfolios.

usage: demo_product_mix.py DATA_FOLDER [OUTPUT_FILE]

Per division the products of the 2026 US schedule that the US imported most from the Netherlands, Germany and Belgium in 2024, with the value
in thousand USD as weight."""

import collections
import csv
import pathlib
import sys

import demo_sources

DIVISIONS = ("01", "10", "11", "13", "16", "17", "20", "21", "22", "23", "24", "25", "26", "27", "28", "29", "30", "31", "32")
ORIGINS = ("4210", "4280", "4231")
PRODUCTS_PER_DIVISION = 60


def main(data, output):
    divisions, schedule = demo_sources.Divisions(data), demo_sources.schedule_codes(data)
    value = collections.defaultdict(collections.Counter)
    for hs10, census, usd in demo_sources.imports(data):
        if census in ORIGINS and hs10 in schedule:
            value[divisions.division(hs10[:6])][hs10] += usd
    lines = []
    for division in DIVISIONS:
        largest = sorted(value[division].items(), key=lambda item: (-item[1], item[0]))[:PRODUCTS_PER_DIVISION]
        lines += [(division, hs10, round(usd / 1000)) for hs10, usd in largest if usd >= 1000]
    with open(output, "w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("division", "hs", "weight"))
        writer.writerows(lines)
    print(len(lines), "products,", len({hs[:6] for _, hs, _ in lines}), "subheadings")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    default = pathlib.Path(__file__).resolve().parent.parent / "demo" / "product_mix.csv"
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]) if len(sys.argv) == 3 else default)
