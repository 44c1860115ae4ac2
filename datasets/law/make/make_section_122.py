"""Section 122 surcharge of 2026-02-24: exempt products and civil aircraft, from the proclamation's Annex I.

Use: python3 make_section_122.py DATA_FOLDER PRODUCTS_FOLDER
DATA_FOLDER holds us-legal/notices/2026Section122.prc_.ANNEX1_.FINAL_.txt.gz.
"""

import os
import sys

from law_text import ListWriter, between, codes_in, read_text


def main(data, products):
    text = read_text(os.path.join(data, "us-legal", "notices", "2026Section122.prc_.ANNEX1_.FINAL_.txt.gz"))
    lists = ListWriter(products)
    parts = {
        "s122_exempt": ("(ii) As provided in heading 9903.03.03", "(iii) As provided in heading 9903.03.04",
                        "9903.03.03; note 2(aa)(ii)"),
        "s122_civil_aircraft": ("(iv) As provided in heading 9903.03.05", "(v) As provided in heading 9903.03.06",
                                "9903.03.05; note 2(aa)(iv)"),
    }
    for name, (start, end, source) in parts.items():
        print(name, lists.write(name, [(code, "", "", source) for code in codes_in(between(text, start, end))]))


if __name__ == "__main__":
    main(*sys.argv[1:3])
