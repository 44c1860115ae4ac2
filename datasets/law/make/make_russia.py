"""Products of Russia that pay 35 or 70 % in place of column 2: note 30 to subchapter III of chapter 99.

Use: python3 make_russia.py DATA_FOLDER PRODUCTS_FOLDER
DATA_FOLDER holds us-measures/chapter99_2026_rev_6.txt.gz (the printed chapter 99 of the tariff schedule).
"""

import os
import re
import sys

from law_text import ListWriter, between, codes_in, read_text

NOTES = [
    ("russia_35", "(b) Heading 9903.90.08 applies", "(c) For the purposes of heading 9903.90.09", "9903.90.08; note 30(b)"),
    ("russia_70", "(d) Heading 9903.90.09 applies", "31. (a)", "9903.90.09; note 30(d)"),
]
# Taken out of note 30(b) on 2023-04-01 by Proclamation 10523 (88 FR 13277, clause 2 of the annex): 35 % until then.
MOVED_FROM, MOVED_ON, MOVED = "2022-07-27", "2023-04-01", """
    72021150 72022110 72022900 72023000 72024100 72024910 72027000 72042100 72042900 72044900 72052900
    72071200 72169100 72249000 73042910 73042920 73042931 73042941 73042950 73062920 73062960 73079910
    73089060 73101000 73102900 73110000 73144100 73181520 73181540 73181600 73182200 73251000 74081160
    74081900 74092100 74102200 76042930 76042950 76051100 76061230 76061260 76130000 78011000 78019990
""".split()


def main(data, products):
    text = read_text(os.path.join(data, "us-measures", "chapter99_2026_rev_6.txt.gz")).replace("\xad", "-")
    lists = ListWriter(products)
    for name, start, end, source in NOTES:
        # The print has a comma or a semicolon for a point in places.
        part = re.sub(r"(?<=\d{4})[;,](?=\d{2}\.)", ".", between(text, start, end))
        part = re.sub(r"(?<=\d{4}\.\d{2})[;,](?=\d{2})", ".", part)
        rows = [(code, "", "", source) for code in codes_in(part)]
        if name == "russia_35":
            rows += [(code, MOVED_FROM, MOVED_ON, "9903.90.08; Proclamation 10523; 88 FR 13277") for code in MOVED]
        print(name, lists.write(name, rows))


if __name__ == "__main__":
    main(*sys.argv[1:3])
