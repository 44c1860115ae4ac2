"""Lists of the products that are free under each free trade agreement, from the column of special rates.

Use: python3 make_preferences.py LAW_FOLDER PRODUCTS_FOLDER
LAW_FOLDER holds us/base_rates.csv. A prefix stands for its lines when all of them are free, in column 1 or under the agreement.
"""

import os
import re
import sys

from law_text import ListWriter, read_rows

AGREEMENTS = {"usmca": ("S", "S+"), "au": ("AU",), "bh": ("BH",), "cl": ("CL",), "co": ("CO",), "cafta": ("P", "P+"), "il": ("IL",),
              "jo": ("JO",), "kr": ("KR",), "ma": ("MA",), "om": ("OM",), "pa": ("PA",), "pe": ("PE",), "sg": ("SG",), "jp": ("JP",)}


def free_symbols(special):
    """Symbols of the programmes under which the line is free."""
    found = set()
    for rate, symbols in re.findall(r"([^()]*)\(([^()]*)\)", special):
        if rate.strip().startswith("Free"):
            found.update(symbol.strip().rstrip("*") for symbol in symbols.split(","))
    return found


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


def main(law, products):
    rows = read_rows(os.path.join(law, "us", "base_rates.csv"))
    lists = ListWriter(products)
    for name, symbols in AGREEMENTS.items():
        lines, free_rows = {}, {}
        for row in rows:
            dutiable = row["kind"] != "free"
            free = not dutiable or bool(free_symbols(row["special"]) & set(symbols))
            before = lines.get(row["hs"], (True, False))
            lines[row["hs"]] = (before[0] and free, before[1] or dutiable)
            if free and dutiable:
                free_rows.setdefault(row["hs"], []).append(row)
        source = "column of special rates, symbol " + " ".join(symbols) + "; "
        found = [(code, "", "", source + "HTSUS 2025 basic") for code in shortest(lines)]
        # Lines that are free in some periods only: from the day of the edition that says so.
        found += [(code, row["from"], row["until"], source + row["source"])
                  for code, periods in free_rows.items() if not lines[code][0] for row in periods]
        print(name, lists.write("free_" + name, found))


if __name__ == "__main__":
    main(*sys.argv[1:3])
