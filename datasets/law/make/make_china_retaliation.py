"""Chinese duties on goods of the United States of February and March 2025: law/cn/products/*.csv.

Usage: make_china_retaliation.py SOURCES OUT, SOURCES the folder with us-legal, OUT the folder law/cn/products.

The lists of March are read from the annexes as published; their running numbers tell that no row was lost.
"""

import os
import re
import sys

from law_text import ListWriter, read_text

FEBRUARY = "Announcement of the Tariff Commission of the State Council 2025 no. 1, annex "
MARCH = "Announcement of the Tariff Commission of the State Council 2025 no. 2, annex "

# Annex 1: coal and liquefied natural gas. Annex 2: crude oil, farm machinery, large cars, pick-ups; six digits where the
# printed list goes further, ten digits and more being Chinese.
FEBRUARY_15 = "27011100 27011210 27011290 27011900 27012000 27021000 27022000 27111100"
FEBRUARY_10 = """27090000 841933 841934 842441 842449 842482 843210 843221 843229 843231 843239 843241 843242 843280 843311
843319 843320 843330 843340 843351 843352 843353 843359 843360 843410 843610 843621 843629 843680 843710 843780 843860 847920
870110 870130 870191 870192 870193 870194 870195 8703236 870324 870421 870431 870441 870451 870460 871620"""

ENTRY = re.compile(r"^\s*(\d+)\s+(\d{8})\s", re.MULTILINE)


def march_codes(sources, rate):
    """The codes of one annex."""
    text = read_text(os.path.join(sources, "us-legal", "notices", f"china-{rate}-030425.txt.gz"))
    entries = ENTRY.findall(text)
    if [int(number) for number, _ in entries] != list(range(1, len(entries) + 1)):
        raise ValueError(f"annex of {rate} %: the running numbers have gaps")
    return [code for _, code in entries]


def main(sources, out):
    writer = ListWriter(out)
    writer.write("cn_us_feb_15", [(code, "", "", FEBRUARY + "1") for code in FEBRUARY_15.split()])
    writer.write("cn_us_feb_10", [(code, "", "", FEBRUARY + "2") for code in FEBRUARY_10.split()])
    writer.write("cn_us_mar_15", [(code, "", "", MARCH + "1") for code in march_codes(sources, 15)])
    writer.write("cn_us_mar_10", [(code, "", "", MARCH + "2") for code in march_codes(sources, 10)])


if __name__ == "__main__":
    main(*sys.argv[1:])
