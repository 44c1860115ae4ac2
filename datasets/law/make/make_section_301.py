"""Section 301, China: the product lists of notes 20 and 31 to subchapter III of chapter 99.

Use: python3 make_section_301.py DATA_FOLDER PRODUCTS_FOLDER
DATA_FOLDER holds us-measures/chapter99_2026_rev_6.txt.gz (the printed chapter 99 of the tariff schedule).
"""

import os
import sys

from law_text import ListWriter, between, codes_in, read_text

# Lists as the notes print them: name, first words, words after the end, source.
NOTES = [
    ("s301_list_1", "(b) Heading 9903.88.01 applies to all products", "\n(c) ", "9903.88.01; note 20(b)"),
    ("s301_list_2", "(d) Heading 9903.88.02 applies", "\n(e) ", "9903.88.02; note 20(d)"),
    ("s301_list_3", "(f) Heading 9903.88.03 applies", "\n(g) ", "9903.88.03; note 20(f)"),
    ("s301_list_4a", "(i) all products of China that are classified in the following 8", "(ii) the following products of China",
     "9903.88.15; note 20(s)(i)"),
    ("s301_review_01", "(b) Heading 9903.91.01 applies", "(c) Heading 9903.91.02", "9903.91.01; note 31(b)"),
    ("s301_review_02", "(c) Heading 9903.91.02 applies", "(d) Heading 9903.91.03", "9903.91.02; note 31(c)"),
    ("s301_review_03", "(d) Heading 9903.91.03 applies", "(e) Heading 9903.91.04", "9903.91.03; note 31(d)"),
    ("s301_review_05", "(i) Heading 9903.91.05 applies", "(ii) The additional rate", "9903.91.05; note 31(f)"),
    ("s301_review_06", "(g) Heading 9903.91.06 applies", "(h) Heading 9903.91.07", "9903.91.06; note 31(g)"),
    ("s301_review_07", "(h) Heading 9903.91.07 applies", "(i) Heading 9903.91.08", "9903.91.07; note 31(h)"),
    ("s301_review_11", "(j) Heading 9903.91.11 applies", "\n(k)", "9903.91.11; note 31(j)"),
]


def main(data, products):
    text = read_text(os.path.join(data, "us-measures", "chapter99_2026_rev_6.txt.gz")).replace("\xad", "-")
    lists = ListWriter(products)
    for name, start, end, source in NOTES:
        rows = [(code, "", "", source) for code in codes_in(between(text, start, end))]
        print(name, lists.write(name, rows))


if __name__ == "__main__":
    main(*sys.argv[1:3])
