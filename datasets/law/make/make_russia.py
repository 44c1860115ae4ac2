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


def main(data, products):
    text = read_text(os.path.join(data, "us-measures", "chapter99_2026_rev_6.txt.gz")).replace("\xad", "-")
    lists = ListWriter(products)
    for name, start, end, source in NOTES:
        # The print has a comma or a semicolon for a point in places.
        part = re.sub(r"(?<=\d{4})[;,](?=\d{2}\.)", ".", between(text, start, end))
        part = re.sub(r"(?<=\d{4}\.\d{2})[;,](?=\d{2})", ".", part)
        print(name, lists.write(name, [(code, "", "", source) for code in codes_in(part)]))


if __name__ == "__main__":
    main(*sys.argv[1:3])
