"""Make market/us_imports_2024.csv: US imports of 2024 (USD) by statistical line, the weights of aggregate codes.

Reads trade/us_imports_hs10_country_2024.csv.gz and us-hts/hts_concordance.csv, and law/us/tariff_lines.csv as made by schedule.py.
Statistical lines come and go. A line of the first day keeps its recorded value; the value of codes that ended before that day goes
in equal parts to the lines under the same 8 digits that 2024 does not know, else to all of these. A line that ends later hands
its value in equal parts to its successors of that day: those that the concordance names, else the new lines under the same 8
digits, else all lines there. A line has one weight for as long as it stands, so it is a weight, not a statistic.
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


def lines_on(day, lines):
    return {row["hs"] for row in lines if row["from"] <= day and (not row["until"] or day < row["until"])}


def share_out(usd, takers, weight):
    for line in takers:
        weight[line] = weight.get(line, 0) + usd / len(takers)


def first_weights(in_force, recorded, under):
    """Return {line: USD} of the first day and the recorded codes that no line could take."""
    weight = {code: recorded.get(code, 0) for code in in_force}
    homeless = []
    for code in sorted(recorded.keys() - in_force):
        family = under[code[:8]]
        if not family:
            homeless.append(code)
        share_out(recorded[code], [line for line in family if line not in recorded] or family, weight)
    return weight, homeless


def hand_on(ended, begun, in_force, successors, weight):
    """Give the weight of the lines that ended to those that follow them; return the USD that lines already standing took."""
    late = 0
    for code in sorted(ended):
        new = [line for line in sorted(begun) if line[:8] == code[:8]]
        takers = [line for line in new if line in successors[code]] or new
        if not takers:
            takers = [line for line in sorted(in_force) if line[:8] == code[:8]]
            late += weight[code]
        share_out(weight[code], takers, weight)
    return late


def main():
    data, out = paths()
    recorded, successors = read_imports(data), read_successors(data)
    lines = read_rows(os.path.join(out, "law", "us"), "tariff_lines.csv")
    days = sorted({row["from"] for row in lines})
    in_force, under = lines_on(days[0], lines), defaultdict(list)
    for code in sorted(in_force):
        under[code[:8]].append(code)
    weight, homeless = first_weights(in_force, recorded, under)
    for day in days[1:]:
        before, in_force = in_force, lines_on(day, lines)
        late = hand_on(before - in_force, in_force - before, in_force, successors, weight)
        total = sum(weight.get(code, 0) for code in in_force)
        print(f"  {day}: lines in force carry {total / 1e9:.2f} bn USD; {late / 1e9:.3f} bn went to lines that stood already")
    weight.update((code, recorded[code]) for code in homeless)
    rows = ((code, round(usd)) for code, usd in sorted(weight.items()) if round(usd) > 0)
    write_rows(out, "market/us_imports_2024.csv", ["hs", "imports_usd"], rows)
    kept = sum(recorded[code] for code in homeless)
    print(f"  codes outside the schedule kept as recorded: {len(homeless)}, {kept / 1e9:.2f} bn USD")
    weightless = sum(1 for row in lines if row["hs"] not in weight or round(weight[row["hs"]]) == 0)
    print(f"  lines without imports in 2024: {weightless} of {len(lines)}")


if __name__ == "__main__":
    main()
