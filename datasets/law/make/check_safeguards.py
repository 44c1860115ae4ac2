"""Compare the staged rates and the country list of the Section 201 safeguards with the printed notes 17 and 18.

Use: python3 check_safeguards.py DATA_FOLDER LAW_FOLDER
DATA_FOLDER holds us-measures/chapter99_2026_rev_6.txt.gz; LAW_FOLDER holds us/measures/section_201.csv and groups.csv.
Prints what it compared; ends with 1 when something differs.
"""

import datetime
import os
import re
import sys

from law_text import between, read_rows, read_text

STAGE = re.compile(r"(\w+ \d+, \d{4}) through (\w+ \d+, \d{4}) ?\.+ ?([\d.]+)%")
# Rows, and the start and end of the subdivision that has their stages.
STAGES = [
    (r"us_s201_cells_\d+", "(f) For purposes of subheading 9903.45.22", "(g) Subject"),
    (r"us_s201_modules_[\d_]+", "(h) For purposes of subheading 9903.45.25", "(i) Heading 9903.45.27"),
    (r"us_s201_generators_[\d_]+", "(h) For purposes of subheading 9903.45.25", "(i) Heading 9903.45.27"),
    (r"us_s201_washers_\d+_quota", "for purposes of subheading 9903.45.01", "(e) For purposes of subheading 9903.45.02"),
    (r"us_s201_washers_\d+", "(e) For purposes of subheading 9903.45.02", "(f) For purposes"),
    (r"us_s201_washer_parts_\d+", "(h) For purposes of subheading 9903.45.06", "(i) For the purposes"),
]


def day(text, later=0):
    return (datetime.datetime.strptime(text, "%B %d, %Y") + datetime.timedelta(days=later)).date().isoformat()


def printed_stages(part):
    """(from, until, rate) of each stage; the print names the last day, the table the day after."""
    return [(day(first), day(last, 1), round(float(rate) / 100, 6)) for first, last, rate in STAGE.findall(part)]


def table_stages(rows, pattern):
    """(from, until, rate) of the rows, joined where a stage is cut for bifacial panels only."""
    stages = []
    for row in sorted((row for row in rows if re.fullmatch(pattern, row["id"])), key=lambda row: row["from"]):
        rate = round(float(row["rate"]), 6)
        if stages and stages[-1][1:] == (row["from"], rate):
            stages[-1] = (stages[-1][0], row["until"], rate)
        else:
            stages.append((row["from"], row["until"], rate))
    return stages


def main(data, law):
    text = re.sub(r"\s+", " ", read_text(os.path.join(data, "us-measures", "chapter99_2026_rev_6.txt.gz")))
    rows = read_rows(os.path.join(law, "us", "measures", "section_201.csv"))
    faults = 0
    for pattern, start, end in STAGES:
        printed, table = printed_stages(between(text, start, end)), table_stages(rows, pattern)
        faults += printed != table or not printed
        print(pattern, len(printed), "stages", "agree" if printed == table else f"differ: {printed} {table}")
    countries = between(text, "(b) For the purposes of this note and the application of subheadings 9903.45.21", "(c) (i)")
    printed = len(re.split(r", | and (?=Zimbabwe)", countries[countries.index("therein:"):]))
    table = sum(row["group"] == "S201_DEVELOPING" and not row["until"] for row in read_rows(os.path.join(law, "groups.csv")))
    faults += printed != table
    print("countries of note 18(b):", printed, "printed,", table, "in the table")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
