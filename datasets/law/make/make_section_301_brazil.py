"""Section 301, Brazil, 2026-07-22: exempt products, civil aircraft, medicines, from Annex I of the notice.

Use: python3 make_section_301_brazil.py DATA_FOLDER PRODUCTS_FOLDER
DATA_FOLDER holds us-legal/notices/Brazil-301-Final-Action-FRN-7-15-2026-final.txt.gz.
"""

import os
import sys

from law_text import ListWriter, between, codes_in, read_text


def main(data, products):
    path = os.path.join(data, "us-legal", "notices", "Brazil-301-Final-Action-FRN-7-15-2026-final.txt.gz")
    text = read_text(path)
    lists = ListWriter(products)
    marks = ["(ii) As provided in heading 9903.05.03", "(iii) As provided in heading 9903.05.04", "(iv) As provided in heading 9903.05.05",
             "(v) As provided in heading 9903.05.06", "(vi) As provided in heading 9903.05.07"]
    parts = {
        "s301_brazil_exempt": (marks[0], marks[1], "9903.05.03; note 50(a)(ii)"),
        "s301_brazil_aircraft": (marks[2], marks[3], "9903.05.05; note 50(a)(iv)"),
        "s301_brazil_pharma": (marks[3], marks[4], "9903.05.06; note 50(a)(v)"),
    }
    for name, (start, end, source) in parts.items():
        print(name, lists.write(name, [(code, "", "", source) for code in codes_in(between(text, start, end))]))


if __name__ == "__main__":
    main(*sys.argv[1:3])
