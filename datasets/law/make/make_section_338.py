"""Section 338, Canada, 2026-08-22: three lists and civil aircraft, from Annex II of Proclamations 11046, 11047 and 11048.

Use: python3 make_section_338.py DATA_FOLDER PRODUCTS_FOLDER
DATA_FOLDER holds us-legal/notices/338-*-annex-II.txt.gz.
"""

import os
import sys

from law_text import ListWriter, between, codes_in, read_text


def main(data, products):
    lists = ListWriter(products)

    def write(name, annex, start, end, source):
        text = read_text(os.path.join(data, "us-legal", "notices", f"338-{annex}-annex-II.txt.gz"))
        rows = [(code, "", "", source) for code in codes_in(between(text, start, end))]
        print(name, lists.write(name, rows))

    write("s338_alcohol", "alcohol", "1. Heading 9903.03.12 applies", "(c) As provided", "9903.03.12; note 51(b)(1); Proclamation 11046")
    write("s338_dairy", "dairy", "Heading 9903.03.13 applies", "3.   Subdivision", "9903.03.13; note 51(b)(2); Proclamation 11047")
    write("s338_autos", "autos", "Heading 9903.03.14 applies", "3.   Subdivision", "9903.03.14; note 51(b)(3); Proclamation 11048")
    write("s338_aircraft", "alcohol", "(d) As provided in heading 9903.03.16", "following new heading", "9903.03.16; note 51(d); Proclamation 11046")


if __name__ == "__main__":
    main(*sys.argv[1:3])
