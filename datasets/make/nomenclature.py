"""Make nomenclature/hs_isic4.csv: the ISIC Rev. 4 division (= NACE Rev. 2 division) that makes the goods of an HS6 of 2022.

Reads nomenclature/concordance_hs6_isic3.csv (one ISIC Rev. 3 class per HS6 of 2022) and concordance_hs_isic4.csv.gz.
The second runs over ISIC Rev. 3 classes as wholes: it gives a chair every division that furniture makers were split into, so that a
majority of its rows is often the wrong one (furniture would be other transport equipment, toys electronics). So the division is
the principal successor of the class, with exceptions by HS code where a class was split, and the second table is
the check: a division that it does not name is reported.
"""

from collections import Counter, defaultdict

from tables import paths, read_rows, write_rows

# ISIC Rev. 3 class, or the start of one -> principal ISIC Rev. 4 division; the longest start counts.
PRINCIPAL = {
    "01": "01", "02": "02", "05": "03", "10": "05", "1030": "08", "11": "06", "12": "07", "13": "07", "14": "08",
    "15": "10", "155": "11", "16": "12", "17": "13", "18": "14", "182": "15", "19": "15", "20": "16", "21": "17",
    "221": "58", "2213": "59", "222": "18", "23": "19", "2330": "20", "24": "20", "2423": "21", "25": "22", "26": "23",
    "27": "24", "28": "25", "29": "28", "2927": "25", "2930": "27", "30": "26", "31": "27", "3190": "27", "32": "26",
    "33": "26", "3311": "32", "34": "29", "35": "30", "361": "31", "369": "32", "40": "35", "7421": "71", "7494": "74",
    "9211": "59", "9214": "90", "9302": "96",
}  # fmt: skip

# Waste, scrap and by-products, which ISIC Rev. 3 leaves without a class: by HS code.
BY_PRODUCTS = {
    "05": "10", "0501": "96", "1802": "10", "23": "10", "2307": "11", "2401": "12", "2618": "24", "2619": "24", "262": "24",
    "3804": "17", "3915": "38", "4004": "38", "4012": "38", "4115": "15", "4401": "16", "4707": "38", "5103": "13",
    "5104": "13", "5202": "13", "5505": "13", "6309": "38", "6310": "38", "7112": "38", "7204": "38", "7404": "38",
    "7503": "38", "7602": "38", "7802": "38", "7902": "38", "8002": "38", "8908": "38",
}  # fmt: skip

# Parts of classes that were split between divisions: by HS code.
SPLITS = {
    # Knitted and crocheted: fabrics are textiles, garments apparel.
    "61": "14",
    # Printed matter that is not published.
    "490700": "18", "4908": "18", "4909": "18", "4910": "18", "4911": "18",
    # Office machines that are not computers.
    "8470": "28", "8472": "28", "8473": "26", "84731": "28", "84732": "28",
    # Electrical equipment of engines and vehicles; ignition, lighting, signalling.
    "8511": "29", "8512": "29",
    # Radiation and other electromedical apparatus; spectacles and their lenses are medical supplies.
    "9022": "26", "90181": "26", "901820": "26", "900130": "32", "900140": "32", "900150": "32", "9003": "32", "9004": "32",
    # Seats by the vehicle they go into.
    "940110": "30", "940120": "29", "8710": "30",
    "94013": "31", "94014": "31",
}  # fmt: skip
NO_CLASS = {"", "9999"}
NOT_GOODS = {"999999"}


def longest(table, code):
    """Return the entry of `table` that is the longest start of `code`, or None."""
    for length in range(len(code), 0, -1):
        if code[:length] in table:
            return table[code[:length]]
    return None


def read_candidates(data):
    divisions = defaultdict(set)
    for row in read_rows(data, "nomenclature", "concordance_hs_isic4.csv.gz"):
        if row["ISIC4_2d"]:
            divisions[row["HS_6d"]].add(row["ISIC4_2d"])
    return divisions


def main():
    data, out = paths()
    candidates = read_candidates(data)
    rows, missing, outside = [], [], Counter()
    for row in read_rows(data, "nomenclature", "concordance_hs6_isic3.csv"):
        code, isic3 = row["HS6_6d"], row["ISIC3_4d"]
        if code in NOT_GOODS:
            continue
        if isic3 in NO_CLASS:
            division = longest(BY_PRODUCTS, code)
        else:
            division = longest(SPLITS, code) or longest(PRINCIPAL, isic3)
        if division is None:
            missing.append(code)
            continue
        if candidates[code] and division not in candidates[code]:
            outside[f"{code[:4]} {isic3} -> {division}"] += 1
        rows.append((code, division))
    write_rows(out, "nomenclature/hs_isic4.csv", ["hs6", "isic4_division"], sorted(rows))
    print("  without a division:", missing)
    print("  not among the divisions of the second table:", dict(sorted(outside.items())))
    print("  codes by division:", dict(sorted(Counter(division for _, division in rows).items())))


if __name__ == "__main__":
    main()
