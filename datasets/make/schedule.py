"""Make law/us/base_rates.csv and law/us/tariff_lines.csv from the archives of the US tariff schedule.

Reads us-hts/hts_*.json.gz (the official archives), us-legal/change-records/*.txt.gz (what changed on which day) and
trade/us_imports_hs10_country_2024.csv.gz (for the statistical numbers of watches, which the archives do not list).
An archive is a snapshot: it says that something changed since the one before, the change records say when.
"""

import datetime
import json
import os
import re
from collections import Counter

import rate_text
from tables import open_text, paths, read_rows, write_rows

# Archive, its name in the `source` column, publication day, day from which it holds where no change record names a day.
ARCHIVES = [
    ("2025_basic", "HTSUS 2025 basic", "2025-01-01", "2025-01-01"),
    # Two statistical lines older than 2025 are missing from the export of the basic edition.
    ("2025_rev_1", "HTSUS 2025 rev 1", "2025-02-05", "2025-01-01"),
    ("2025_rev_3", "HTSUS 2025 rev 3", "2025-03-06", "2025-03-04"),
    ("2025_rev_5", "HTSUS 2025 rev 5", "2025-03-14", "2025-03-14"),
    ("2025_rev_7", "HTSUS 2025 rev 7", "2025-04-05", "2025-04-05"),
    ("2025_rev_10", "HTSUS 2025 rev 10", "2025-04-15", "2025-04-15"),
    ("2025_rev_14", "HTSUS 2025 rev 14", "2025-06-04", "2025-06-04"),
    ("2025_rev_18", "HTSUS 2025 rev 18", "2025-08-07", "2025-07-01"),
    ("2025_rev_27", "HTSUS 2025 rev 27", "2025-11-10", "2025-11-10"),
    ("2025_rev_32", "HTSUS 2025 rev 32", "2025-12-05", "2025-12-05"),
    ("2026_basic", "HTSUS 2026 basic", "2026-01-01", "2026-01-01"),
    ("2026_rev_3", "HTSUS 2026 rev 3", "2026-02-12", "2026-02-01"),
    ("2026_rev_4", "HTSUS 2026 rev 4", "2026-02-24", "2026-02-24"),
    ("2026_rev_5", "HTSUS 2026 rev 5", "2026-04-06", "2026-04-06"),
    ("2026_rev_8", "HTSUS 2026 rev 8", "2026-05-22", "2026-05-22"),
    ("2026_rev_10", "HTSUS 2026 rev 10", "2026-06-08", "2026-06-08"),
]
# Special classification provisions and temporary legislation are measures, not base rates.
LEFT_OUT = ("98", "99")

CHANGE = re.compile(
    r"^\s*(\d{4}\.\d\d\.\d{4})\s+(Established|Discontinued|Annotated)\b.*?"
    r"((?:January|February|March|April|May|June|July|August|September|October|November|December) \d{1,2}, \d{4})"
)


def change_days(data):
    """Return {(code, "established" or "ended"): set of days} from all change records."""
    days = {}
    folder = os.path.join(data, "us-legal", "change-records")
    for name in sorted(os.listdir(folder)):
        with open_text(folder, name) as stream:
            for line in stream:
                match = CHANGE.match(line)
                if not match:
                    continue
                code = match.group(1).replace(".", "")
                what = "established" if match.group(2) == "Established" else "ended"
                day = datetime.datetime.strptime(match.group(3), "%B %d, %Y").date().isoformat()
                days.setdefault((code, what), set()).add(day)
    return days


def special_text(text):
    """The special column, compact: one spelling for what a programme list says."""
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", text or "")).strip()
    text = re.sub(r",\.", ",", text)
    text = re.sub(r"\(([^)]*)\)", lambda m: "(" + re.sub(r"\s*[,\s]\s*", ",", m.group(1).strip()) + ")", text)
    return text


def special_signature(text):
    return re.sub(r"[^A-Za-z0-9+*%¢$/.]", "", text)


def read_component_codes(data):
    """Return {8-digit line: its statistical numbers in use} for watches.

    Watches are reported by component (movement, case, strap, battery) under numbers that stand in a statistical note of
    chapter 91 and not in the tariff lines, so the numbers used in the trade statistics of 2024 are taken.
    """
    codes = {}
    for row in read_rows(data, "trade", "us_imports_hs10_country_2024.csv.gz"):
        if row["hs10"].startswith("91"):
            codes.setdefault(row["hs10"][:8], set()).add(row["hs10"])
    return codes


def read_archive(data, name, components):
    """Return ({8-digit line: (general, special, column 2)}, set of 10-digit lines) of one archive."""
    with open_text(data, "us-hts", f"hts_{name}.json.gz") as stream:
        records = json.load(stream)
    rates, codes = {}, set()
    for record in records:
        code = (record["htsno"] or "").replace(".", "")
        if len(code) < 8 or code[:2] in LEFT_OUT:
            continue
        general = rate_text.clean(record["general"])
        if general:
            line = (general, special_text(record["special"]), rate_text.clean(record["other"]))
            if rates.setdefault(code[:8], line) != line:
                raise SystemExit(f"{name}: {code} has another rate than its 8-digit line; rates would have to stand on 10 digits")
        if len(code) == 10:
            codes.add(code)
    lines = set(codes)
    below = {code[:8] for code in codes}
    for code in rates:
        if code not in below:
            lines.update(components.get(code, {code + "00"}))
    missing = sorted(below - set(rates))
    if missing:
        raise SystemExit(f"{name}: statistical lines without a rate: {missing[:5]}")
    return rates, lines


def day_of(days, code, what, published, default, counts):
    """The day of a change that an archive shows: from the change records; a day after publication is a slip there."""
    found = {day for day in days.get((code, what), ()) if day <= published}
    counts["day from a change record" if found else "day of the edition"] += 1
    return max(found) if found else default


def line_periods(archives, days):
    """Return rows (code, from, until) of the 10-digit lines."""
    counts = Counter()
    first, rows = archives[0][3], []
    is_open = {code: first for code in archives[0][5]}
    for (_, _, _, _, _, before), (_, _, published, default, _, now) in zip(archives, archives[1:]):
        for code in now - before:
            is_open[code] = day_of(days, code, "established", published, default, counts)
        for code in before - now:
            rows.append((code, is_open.pop(code), day_of(days, code, "ended", published, default, counts)))
    rows.extend((code, start, "") for code, start in is_open.items())
    print("tariff lines that began or ended:", dict(sorted(counts.items())))
    return sorted(rows)


def same(a, b):
    return (
        rate_text.signature(a[0]) == rate_text.signature(b[0])
        and rate_text.signature(a[2]) == rate_text.signature(b[2])
        and special_signature(a[1]) == special_signature(b[1])
    )


def rate_periods(archives):
    """Return [code, from, until, line, source] per period; a spelling that was mended later stands as mended."""
    rows, last = [], {}
    for _, source, _, default, rates, _ in archives:
        for code in sorted(set(last) - set(rates)):
            last.pop(code)[2] = default
        for code, line in rates.items():
            row = last.get(code)
            if row is not None and same(row[3], line):
                row[3] = line
                continue
            if row is not None:
                row[2] = default
            last[code] = [code, default, "", line, source]
            rows.append(last[code])
    return sorted(rows, key=lambda row: (row[0], row[1]))


def main():
    data, out = paths()
    components = read_component_codes(data)
    archives = [(*archive, *read_archive(data, archive[0], components)) for archive in ARCHIVES]
    table, kinds = [], Counter()
    for code, start, until, (general, special, other), source in rate_periods(archives):
        kind, rate = rate_text.parse(general)
        kind2, rate2 = rate_text.parse(other)
        kinds["general " + kind] += 1
        kinds["column 2 " + kind2] += 1
        table.append((code, start, until, kind, rate, general, special, kind2, rate2, other, source))
    header = "hs,from,until,kind,rate,text,special,column2_kind,column2_rate,column2_text,source".split(",")
    write_rows(out, "law/us/base_rates.csv", header, table)
    texts = Counter(row[5] for row in table if row[3] == "unknown")
    for text, count in sorted(texts.items()):
        print(f"  unknown: {count} x {text}")
    for name, count in sorted(kinds.items()):
        print(f"  {name}: {count}")
    write_rows(out, "law/us/tariff_lines.csv", ["hs", "from", "until"], line_periods(archives, change_days(data)))


if __name__ == "__main__":
    main()
