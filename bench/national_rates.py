"""What US law costs the exporters of a country, day by day: the average duty weighted by the US imports of 2024.

usage: national_rates.py PROGRAM IMPORTS DATASETS OUT
  PROGRAM   the built tolmuur
  IMPORTS   trade/us_imports_hs10_country_2024.csv.gz (columns hs10, cty_code, imports)
  DATASETS  the folder with nomenclature/countries.csv (Census codes) and law/us/tariff_lines.csv
  OUT       has published.csv, what others found; gets table.csv, table.md, plot.svg and comparison.md

Every product and origin is rated by `tolmuur rate --batch --assume trade`, once per day: claims and metal content are averages of trade.
"""

import csv
import gzip
import io
import os
import subprocess
import sys
import tempfile
from collections import defaultdict

from national_rates_plot import plot

# Just after each big step (docs/law/timeline.md); the first is the law before all of them.
DAYS = [
    "2025-01-01", "2025-02-05", "2025-03-08", "2025-03-13", "2025-04-06", "2025-04-12", "2025-05-15", "2025-06-05", "2025-08-10",
    "2025-09-17", "2025-11-15", "2026-01-16", "2026-02-25", "2026-04-07", "2026-06-09", "2026-07-25", "2026-08-20",
]  # fmt: skip
ALL, UNION = "all", "EU27"
PARTNERS = "NL DE FR IT BE CN JP KR GB CH VN IN BR CA MX".split()
SHOWN = [ALL, UNION] + PARTNERS
TOTALS = ["total_low", "total_central", "total_high"]

# What the trade of 2024 is taken to be where nobody asked it: quotas were about filled and not passed, and aircraft and their engines are civil.
QUOTA_FACT, AIRCRAFT_FACT = "quota=in", "civil_aircraft=yes"
AIRCRAFT = ("88", "841111", "841112", "841121", "841122", "841191")


def read_table(*parts):
    with open(os.path.join(*parts), encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def read_imports(path, country_of):
    """Return [(hs10, alpha-2, USD)] and the USD of origins without a code of their own."""
    flows, nameless = [], 0.0
    with io.TextIOWrapper(gzip.open(path, "rb"), encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            usd = float(row["imports"])
            country = country_of.get(row["cty_code"])
            if country is None:
                nameless += usd
            elif usd > 0:
                flows.append((row["hs10"].zfill(10), country, usd))
    return flows, nameless


def facts(hs):
    return f"{QUOTA_FACT};{AIRCRAFT_FACT}" if hs.startswith(AIRCRAFT) else QUOTA_FACT


def write_batch(flows, path):
    with open(path, "w", encoding="utf-8") as stream:
        stream.write("into,hts,from,facts\n")
        stream.writelines(f"US,{hs},{country},{facts(hs)}\n" for hs, country, _ in flows)


def rate(program, batch, day):
    """Yield the answers to the batch, in its order. A code without an answer is a fault of its row: exit code 65."""
    command = [program, "rate", "--batch", batch, "--on", day, "-o", "-", "--format", "csv", "--assume", "trade"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    yield from csv.reader(process.stdout)
    if process.wait() not in (0, 65):
        sys.exit(f"{' '.join(command)}: exit code {process.returncode}")


class Sums:
    """Imports, imports with a known total, and duties of one partner on one day."""

    def __init__(self, columns):
        self.usd = self.known_usd = 0.0
        self.duty = [0.0] * columns

    def add(self, usd, rates):
        self.usd += usd
        if rates:
            self.known_usd += usd
            for i, value in enumerate(rates):
                self.duty[i] += usd * value

    def mean(self, i):
        return self.duty[i] / self.known_usd if self.known_usd else float("nan")


def sum_day(flows, union, answers):
    """Return ({partner: Sums}, names of the rates) of one day."""
    header = next(answers)
    first, last = header.index("base_rate"), header.index("total_high") + 1
    central = header.index("total_central")
    sums = defaultdict(lambda: Sums(last - first))
    for (_, country, usd), answer in zip(flows, answers, strict=True):
        rates = [float(text) for text in answer[first:last]] if answer[central] else None
        for partner in (ALL, country, UNION) if country in union else (ALL, country):
            sums[partner].add(usd, rates)
    return sums, header[first:last]


def absent(flows, lines, day):
    """Return (codes, share of the imports) that are no statistical line of the day."""
    in_force = {row["hs"] for row in lines if row["from"] <= day and (not row["until"] or day < row["until"])}
    gone = defaultdict(float)
    for hs, _, usd in flows:
        if hs not in in_force:
            gone[hs] += usd
    return len(gone), sum(gone.values()) / sum(usd for *_, usd in flows)


def percent(value):
    return f"{100 * value:.1f}"


def write_csv(path, days, names):
    with open(path, "w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["on", "partner", "imports_usd", "known_share", *names])
        for day, sums in days.items():
            for partner in SHOWN:
                of = sums[partner]
                rates = [f"{of.mean(i):.5f}" for i in range(len(names))]
                writer.writerow([day, partner, f"{of.usd:.0f}", f"{of.known_usd / of.usd:.5f}", *rates])


def write_markdown(path, days, names, notes):
    """The central totals, a row per day; where low and high differ they stand below in a table of their own."""
    low, central, high = (names.index(name) for name in TOTALS)
    with open(path, "w", encoding="utf-8") as stream:
        print("# Average US duty by origin, per cent", *notes, sep="\n\n", file=stream)
        for title, cell in (
            ("Central reading", lambda of: percent(of.mean(central))),
            ("Low to high", lambda of: f"{percent(of.mean(low))} to {percent(of.mean(high))}"),
        ):
            print(f"\n## {title}\n\n| day | {' | '.join(SHOWN)} |\n|{' --- |' * (len(SHOWN) + 1)}", file=stream)
            for day, sums in days.items():
                print(f"| {day} | {' | '.join(cell(sums[partner]) for partner in SHOWN)} |", file=stream)


def ours(days, names, day, partner, measure):
    """Return the rate as a source counts it: `total`; `added` since the first day; `special`: all but column 1, old Section 301 included."""
    of, total = days[day][partner], names.index("total_central")
    if measure == "added":
        return of.mean(total) - days[DAYS[0]][partner].mean(total)
    return of.mean(total) - (of.mean(names.index("base_rate")) if measure == "special" else 0)


def write_comparison(path, published, days, names):
    """Beside each published rate ours, counted in the same way; a column of differences in percentage points."""
    with open(path, "w", encoding="utf-8") as stream:
        print("# Published averages and ours, per cent\n\nHow each source counts, and why they differ: README.md.", file=stream)
        print("\n| day | partner | source | counted | published | ours | difference |\n|" + " --- |" * 7, file=stream)
        for row in published:
            rate = 100 * ours(days, names, row["on"], row["partner"], row["measure"])
            theirs = float(row["published"])
            cells = [row["on"], row["partner"], row["source"], row["measure"], f"{theirs:.1f}", f"{rate:.1f}", f"{rate - theirs:+.1f}"]
            print(f"| {' | '.join(cells)} |", file=stream)


def notes_on(flows, nameless, lines, days):
    usd = sum(usd for *_, usd in flows)
    first, last = min(days), max(days)
    notes = [
        f"US imports of 2024: {len(flows):,} flows, {usd / 1e9:,.1f} bn USD; {nameless / 1e9:.3f} bn USD of origins without an ISO code left out.",
        "Claims and metal content: averages of trade (`--assume trade`).",
        f"Taken for granted: `{QUOTA_FACT}`; `{AIRCRAFT_FACT}` for {', '.join(AIRCRAFT)}.",
    ]
    for day in (first, last):
        count, share = absent(flows, lines, day)
        known = days[day][ALL].known_usd / usd
        notes.append(
            f"On {day} {count} codes of 2024 ({percent(share)} % of the imports) are no statistical line: rated by those that stand for them (concordance). "
            f"Without a rate, and in no mean: {percent(1 - known)} % of the imports."
        )
    return notes


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    program, imports, datasets, out = sys.argv[1:]
    countries = read_table(datasets, "nomenclature", "countries.csv")
    lines = read_table(datasets, "law", "us", "tariff_lines.csv")
    union = {row["alpha2"] for row in countries if row["eu"] == "1"}
    flows, nameless = read_imports(imports, {row["census"]: row["alpha2"] for row in countries if row["census"]})
    days, names = {}, []
    with tempfile.TemporaryDirectory() as folder:
        batch = os.path.join(folder, "flows.csv")
        write_batch(flows, batch)
        for day in DAYS:
            days[day], names = sum_day(flows, union, rate(program, batch, day))
    notes = notes_on(flows, nameless, lines, days)
    os.makedirs(out, exist_ok=True)
    write_csv(os.path.join(out, "table.csv"), days, names)
    write_markdown(os.path.join(out, "table.md"), days, names, notes)
    write_comparison(os.path.join(out, "comparison.md"), read_table(out, "published.csv"), days, names)
    authorities = names[: names.index("total_low")]
    bars = {partner: [[days[day][partner].mean(i) for i in range(len(authorities))] for day in DAYS] for partner in SHOWN}
    plot(os.path.join(out, "plot.svg"), DAYS, authorities, bars)
    print(*notes, sep="\n")


if __name__ == "__main__":
    main()
