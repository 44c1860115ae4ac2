"""Make market/import_shares/US.csv: US imports of 2024 (USD) by HS6 and country of origin.

Reads trade/us_imports_hs10_country_2024.csv.gz and the shipped nomenclature/countries.csv; hs_isic4.csv, made by nomenclature.py,
says which HS6 of 2022 exist. An origin with less than a thousandth of its HS6's imports is left out. Where origins were left out the
shares of the others are of what was kept.
"""

import os
from collections import defaultdict

from tables import paths, read_rows, write_rows

LEAST_SHARE = 0.001
HERE = os.path.dirname(os.path.abspath(__file__))


def read_countries():
    """Return {Census code: alpha-2}."""
    rows = read_rows(HERE, "..", "nomenclature", "countries.csv")
    return {code: row["alpha2"] for row in rows for code in row["census"].split()}


def read_imports(data, country_of):
    """Return ({(hs6, origin): USD}, {Census code without a country: USD})."""
    imports, unknown = defaultdict(int), defaultdict(int)
    for row in read_rows(data, "trade", "us_imports_hs10_country_2024.csv.gz"):
        usd = int(round(float(row["imports"])))
        if row["cty_code"] in country_of:
            imports[row["hs10"][:6], country_of[row["cty_code"]]] += usd
        else:
            unknown[row["cty_code"]] += usd
    return imports, dict(unknown)


def main():
    data, out = paths()
    imports, unknown = read_imports(data, read_countries())
    of_2022 = {row["hs6"] for row in read_rows(out, "nomenclature", "hs_isic4.csv")}
    total, strange = defaultdict(int), defaultdict(int)
    for (product, _), usd in imports.items():
        total[product] += usd
        if product not in of_2022:
            strange[product] += usd
    rows = [
        (product, origin, usd)
        for (product, origin), usd in sorted(imports.items())
        if product in of_2022 and usd > 0 and usd >= LEAST_SHARE * total[product]
    ]
    write_rows(out, "market/import_shares/US.csv", ["hs6", "origin", "imports_usd"], rows)
    kept_of = defaultdict(int)
    for product, _, usd in rows:
        kept_of[product] += usd
    kept = sum(kept_of.values())
    everything = sum(total.values()) + sum(unknown.values())
    print(f"  value kept: {kept / everything:.3%} of {everything / 1e9:.1f} bn USD, {len(rows)} of {len(imports)} origins of a product")
    print(f"  codes that are no HS6 of 2022, left out: {dict(strange)}")
    print(f"  Census codes without a country, left out: {unknown}")
    least = min((usd / total[product], product) for product, usd in kept_of.items())
    print(f"  least share of an HS6 that was kept: {least[0]:.2%} of {least[1]}")


if __name__ == "__main__":
    main()
