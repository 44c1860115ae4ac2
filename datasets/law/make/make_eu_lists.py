"""Product lists of the European Union: law/eu/products/*.csv.

Usage: make_eu_lists.py OUT, OUT the folder law/eu/products.

eu_steel: the Combined Nomenclature codes by product category are those of Annex I to Regulation (EU) 2026/1384 as the allocation of
quotas in Implementing Regulation (EU) 2026/1457 repeats them.
eu_agricultural: what is no industrial product, Annex 1 to the Agreement on Agriculture and fish. Both are few enough to stand here.
"""

import sys

from law_text import ListWriter

SOURCE = "Regulation (EU) 2026/1384, Annex I, category "

# Heading, then the last four digits of the codes.
CATEGORIES = {
    "1A": """7208 1000 2500 2600 2700 3600 3700 3800 3900 4000 5210 5299 5310 5390 5400; 7211 1300 1400 1900;
             7225 1910 3010 3030 3090 4015 4090; 7226 1910 9120 9191 9199""",
    "1B": "7212 6000",
    "2": """7209 1500 1690 1790 1891 2500 2690 2790 2890 9020 9080; 7211 2320 2330 2380 2900 9020 9080; 7225 5020 5080;
            7226 2000 9200""",
    "3A": "7209 1610 1710 1810 2610 2710 2810",
    "3B": "7225 1990; 7226 1980",
    "4A": "7210 4100 4900 6100 6900; 7212 3000 5020 5061 5069; 7225 9200 9900; 7226 9930 9970",
    "4B": "7210 2000 3000 9080; 7212 2000 5030 5040 5090; 7225 9100; 7226 9910",
    "5": "7210 7080; 7212 4080",
    "6": "7209 1899; 7210 1100 1220 1280 5000 7010 9040; 7212 1010 1090 4020",
    "7": "7208 5120 5191 5198 5291 9020 9080; 7210 9030; 7225 4012 4040 4060",
    "8": "7219 1100 1210 1290 1310 1390 1410 1490 2210 2290 2300 2400; 7220 1100 1200",
    "9": "7219 3100 3210 3290 3310 3390 3410 3490 3510 3590 9020 9080; 7220 2021 2029 2041 2049 2081 2089 9020 9080",
    "10": "7219 2110 2190",
    "12": """7214 3000 9110 9190 9931 9939 9950 9971 9979 9995; 7215 9000; 7216 1000 2100 2200 4010 4090 5010 5091 5099 9900;
             7228 1020 2010 2091 3020 3041 3049 3061 3069 3070 3089 6020 6080 7010 7090 8000""",
    "13": "7214 2000 9910",
    "14": "7222 1111 1119 1181 1189 1910 1990 2011 2019 2021 2029 2031 2039 2081 2089 3051 3091 3097 4010 4050 4090",
    "15": "7221 0010 0090",
    "16": "7213 1000 2000 9110 9120 9141 9149 9170 9190 9910 9990; 7227 1000 2000 9010 9050 9095",
    "17": "7216 3110 3190 3211 3219 3291 3299 3310 3390",
    "18": "7301 1000",
    "19": "7302 1022 1028 1040 1050 4000",
    "20": "7306 3041 3049 3072 3077",
    "21": "7306 6110 6192 6199",
    "22": "7304 1100 2200 2400 4100 4983 4985 4989",
    "24": """7304 1910 1930 1990 2300 2910 2930 2990 3120 3180 3950 3982 3983 3988 5181 5189 5930 5982 5983 5989 9000""",
    "25A": "7305 1100 1200",
    "25B": "7305 1900 2000 3100 3900 9000",
    "26": "7306 1100 1900 2100 2900 3012 3018 3080 4020 4080 5021 5029 5080 6910 6990 9000",
    "27": "7215 1000 5011 5019 5080; 7228 1090 2099 5020 5040 5061 5069 5080",
    "28": "7217 1010 1031 1039 1050 1090 2010 2030 2050 2090 3041 3049 3050 3090 9020 9050 9090",
}


# Lines of the edition of 2020, which base_rates.csv has, whose place newer codes of the list took.
PREDECESSORS = {
    "22": "7304 4993 4995 4999",
    "24": "7304 3952 3958 3992 3993 3998 5932 5938 5992 5993 5999",
    "26": "7306 1110 1190 1910 1990 3011 3019 5020",
}

AGRICULTURE = "Agreement on Agriculture, Annex 1"
AGRICULTURAL = """290543 290544 3301 3501 3502 3503 3504 3505 380910 382460 4101 4102 4103 4301 5001 5002 5003 5101 5102 5103
5201 5202 5203 5301 5302"""


def agricultural_rows():
    for chapter in range(1, 25):
        yield f"{chapter:02}", "", "", "Agreement on Agriculture, Annex 1 (left out of it: fish and fish products)" if chapter == 3 else AGRICULTURE
    for code in AGRICULTURAL.split():
        yield code, "", "", AGRICULTURE


def codes(text):
    for group in text.split(";"):
        heading, *endings = group.split()
        for ending in endings:
            yield heading + ending


def steel_rows():
    for category, text in CATEGORIES.items():
        for code in codes(text):
            yield code, "", "", SOURCE + category
    for category, text in PREDECESSORS.items():
        for code in codes(text):
            yield code, "", "", SOURCE + category + ", under the number of 2020"


if __name__ == "__main__":
    writer = ListWriter(sys.argv[1])
    writer.write("eu_steel", steel_rows())
    writer.write("eu_agricultural", agricultural_rows())
