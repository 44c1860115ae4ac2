"""Make market/us_imports_2024.csv: US imports of 2024 (USD) by statistical line, the weights of aggregate codes.

Reads trade/us_imports_hs10_country_2024.csv.gz and us-hts/hts_concordance.csv, and law/us/tariff_lines.csv as made by schedule.py.
Statistical lines come and go. A line that the statistics of 2024 know keeps its recorded value. The value of a line that is not
in force on a day goes to its successors in equal parts: those that the concordance names, else the lines under the same 8 digits
that 2024 does not know, else all of these. So on any day the lines in force add up to the recorded imports under their 8 digits.
"""

import os
from collections import defaultdict

from tables import paths, read_rows, write_rows


def read_imports(data):
    total = defaultdict(int)
    for row in read_rows(data, "trade", "us_imports_hs10_country_2024.csv.gz"):
        total[row["hs10"]] += int(round(float(row["imports"])))
    return {code: value for code, value in total.items() if value > 0}


def read_successors(data):
    """Return {old line: set of new lines} within one 8-digit line."""
    links = defaultdict(set)
    for row in read_rows(data, "us-hts", "hts_concordance.csv"):
        old, new = row["old_hts10"], row["new_hts10"]
        if old[:8] == new[:8] and old != new:
            links[old].add(new)
    return links


def heirs(code, in_force, under, recorded, successors):
    """The lines in force that inherit the value of `code`; a chain of changes is followed to its end."""
    found, seen, queue = set(), {code}, [code]
    while queue:
        for new in successors.get(queue.pop(), ()):
            if new in in_force and new not in recorded:
                found.add(new)
            elif new not in seen:
                seen.add(new)
                queue.append(new)
    return found or {line for line in under if line not in recorded} or set(under)


def weights_on(day, lines, recorded, successors):
    """Return {line in force on `day`: value} and the set of recorded codes that no line could take."""
    in_force = {row["hs"] for row in lines if row["from"] <= day and (not row["until"] or day < row["until"])}
    under = defaultdict(list)
    for code in in_force:
        under[code[:8]].append(code)
    value = {code: recorded.get(code, 0) for code in in_force}
    homeless = set()
    for code in sorted(recorded.keys() - in_force):
        takers = heirs(code, in_force, under[code[:8]], recorded, successors)
        if not takers:
            homeless.add(code)
        for line in takers:
            value[line] += recorded[code] / len(takers)
    return value, homeless


def main():
    data, out = paths()
    recorded, successors = read_imports(data), read_successors(data)
    lines = read_rows(os.path.join(out, "law", "us"), "tariff_lines.csv")
    days = sorted({row["from"] for row in lines})
    weight, homeless = {}, set()
    for day in days:
        value, left = weights_on(day, lines, recorded, successors)
        for code, usd in value.items():
            weight.setdefault(code, usd)
        homeless |= left
        print(f"{day}: lines in force carry {sum(value.values()) / 1e9:.2f} of {sum(recorded.values()) / 1e9:.2f} bn USD")
    for code in homeless:
        weight.setdefault(code, recorded[code])
    rows = ((code, round(usd)) for code, usd in sorted(weight.items()) if round(usd) > 0)
    write_rows(out, "market/us_imports_2024.csv", ["hs", "imports_usd"], rows)
    kept = sum(recorded[code] for code in homeless)
    print(f"  codes outside the schedule kept as recorded: {len(homeless)}, {kept / 1e9:.2f} bn USD")
    weightless = sum(1 for row in lines if row["hs"] not in weight or round(weight[row["hs"]]) == 0)
    print(f"  lines without imports in 2024: {weightless} of {len(lines)}")


if __name__ == "__main__":
    main()
