"""Section 232 patented medicines, 2026-07-31: the statistical numbers of note 40(c).

Use: python3 make_section_232_pharma.py DATA_FOLDER PRODUCTS_FOLDER
DATA_FOLDER holds us-measures/s232_pharma_products.csv (Annex I of Proclamation 11020, as note 40(c) prints it): a transcription, neither text is at hand, so
the rows are unconfirmed.
"""

import os
import sys

from law_text import ListWriter, read_rows


def main(data, products):
    rows = read_rows(os.path.join(data, "us-measures", "s232_pharma_products.csv"))
    codes = [(row["hts10"], "", "", "9903.04.60; note 40(c); Proclamation 11020 Annex I") for row in rows]
    print("s232_pharma", ListWriter(products).write("s232_pharma", codes, "unconfirmed"))


if __name__ == "__main__":
    main(*sys.argv[1:3])
