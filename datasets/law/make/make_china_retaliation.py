"""Chinese duties on goods of the United States of April 2018 and of February and March 2025: law/cn/products/*.csv.

Usage: make_china_retaliation.py SOURCES OUT, SOURCES the folder with us-legal, OUT the folder law/cn/products.

The lists of March are read from the annexes as published; their running numbers tell that no row was lost.

The list of April 2018 stands here. It is no transcription of the notice: a subheading is on it when the Chinese rate for goods of
the United States rises by 15 or 25 points on 2018-04-02 in one list of others (six digits), and a code of eight digits when, in a
second one (2025-03-28), those points are part of the duty on it. The notice has 120 codes at 15 % and 8 at 25 %; so has this list.
"""

import os
import re
import sys

from law_text import ListWriter, read_text

APRIL_2018 = "Notice of the Tariff Commission of the State Council of 2018-04-01 on suspending concessions"
FEBRUARY = "Announcement of the Tariff Commission of the State Council 2025 no. 1, annex "
MARCH = "Announcement of the Tariff Commission of the State Council 2025 no. 2, annex "

# Codes of the nomenclature of 2018: fruit and nuts, ginseng, wine, denatured alcohol, seamless tubes of iron and steel.
APRIL_2018_15 = """08011100 08011200 08011990 08012100 08012200 08013100 08013200 08021100 08021200 08022100 08022200 08023100
08023200 08024110 08024290 08025100 08025200 08026190 08026200 08028000 08029030 08029090 08031000 08039000 08041000 08042000
08043000 08044000 08045010 08045020 08045030 08051000 08052190 08052200 08052900 08054000 08055000 08059000 08061000 08062000
08071100 08071910 08072000 08081000 08083010 08083090 08092100 08092900 08093000 08094000 08101000 08102000 08104000 08105000
08106000 08107000 08109010 08109030 08109040 08109050 08109060 08109070 08109080 08109090 08111000 08112000 08119090 08121000
08129000 08131000 08132000 08133000 08134010 08134020 08134030 08134040 08134090 08135000 12112010 12112091 12112099 22041000
22042100 22042200 22042900 22043000 22072000 73041110 73041120 73041130 73041190 73041910 73041920 73041930 73041990 73042210
73042290 73042310 73042390 73042400 73042910 73042920 73042930 73043110 73043120 73043190 73043910 73043920 73043990 73044110
73044190 73044910 73044990 73045110 73045120 73045190 73045910 73045920 73045990 73049000"""

# Pork and offal of swine, scrap of aluminium.
APRIL_2018_25 = "02031200 02031900 02032190 02032200 02032900 02064100 02064900 76020000"

APRIL_2018_COUNTS = {"cn_us_steel_15": 120, "cn_us_steel_25": 8}  # as the notice counts them

# Codes that other codes of the list became: pine and other nuts with the nomenclature of 2022, ginseng on a day not at hand.
HS_2022 = "2022-01-01"
ENDED_WITH_2021 = {"08029030", "08029090"}
SINCE_2022 = "08029100 08029200 08029990"
LATER_GINSENG = "12112011 12112019 12112092"

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


def april_2018(name, codes):
    """The rows of one rate: the codes of 2018 and those that took their place."""
    named = codes.split()
    if len(set(named)) != APRIL_2018_COUNTS[name]:
        raise ValueError(f"{name}: {len(set(named))} codes, the notice has {APRIL_2018_COUNTS[name]}")
    rows = [(code, "", HS_2022 if code in ENDED_WITH_2021 else "", APRIL_2018) for code in named]
    if ENDED_WITH_2021 & set(named):
        rows += [(code, HS_2022, "", APRIL_2018) for code in SINCE_2022.split()]
        rows += [(code, "", "", APRIL_2018) for code in LATER_GINSENG.split()]
    return sorted(rows)


def main(sources, out):
    writer = ListWriter(out)
    writer.write("cn_us_steel_15", april_2018("cn_us_steel_15", APRIL_2018_15))
    writer.write("cn_us_steel_25", april_2018("cn_us_steel_25", APRIL_2018_25))
    writer.write("cn_us_feb_15", [(code, "", "", FEBRUARY + "1") for code in FEBRUARY_15.split()])
    writer.write("cn_us_feb_10", [(code, "", "", FEBRUARY + "2") for code in FEBRUARY_10.split()])
    writer.write("cn_us_mar_15", [(code, "", "", MARCH + "1") for code in march_codes(sources, 15)])
    writer.write("cn_us_mar_10", [(code, "", "", MARCH + "2") for code in march_codes(sources, 10)])


if __name__ == "__main__":
    main(*sys.argv[1:])
