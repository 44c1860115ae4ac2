"""Product lists of the IEEPA tariffs: Annex II, partners' exemptions, Brazil, energy and potash.

Use: python3 make_ieepa.py DATA_FOLDER PRODUCTS_FOLDER
DATA_FOLDER holds us-measures (lists with dates, printed chapter 99 of the tariff schedule).
"""

import datetime
import os
import sys

from law_text import ListWriter, between, codes_in, read_rows, read_text


def day_after(day):
    """The lists print the last day in force; ours the first day no longer in force."""
    if day in ("", "NA"):
        return ""
    return (datetime.date.fromisoformat(day) + datetime.timedelta(days=1)).isoformat()


def annex_ii(folder):
    """Annex II of EO 14257 with its changes: electronics, bullion and metals, copper and wood out, farm goods."""
    sources = {
        "NA": "EO 14257 Annex II; 90 FR 15041",
        "2025-09-08": "EO 14346; 90 FR 43737",
        "2025-11-13": "EO of 2025-11-14; note 2(v)(iii)(a)",
    }
    for row in read_rows(os.path.join(folder, "annex_ii_first_appearance.csv")):
        first = row["first_effective_date"]
        if first == "2025-04-05":  # electronics: codes of a measure of their own, published after its first day
            continue
        # The list at hand has eight digits where the order names one kind of magnet.
        code = "8505110070" if row["prefix"] == "85051100" else row["prefix"]
        yield code, "" if first == "NA" else first, day_after(row["end_effective_date"]), sources[first]


def fentanyl(folder, category, source):
    return [(row["hts8"], "", "", source) for row in read_rows(os.path.join(folder, "fentanyl_carveout_products.csv"))
            if row["category"] == category]


def partner(folder, category, group, source):
    return [(row["hts8"], "", "", source) for row in read_rows(os.path.join(folder, "floor_exempt_products.csv"))
            if row["category"] == category and row["country_group"] == group]


def brazil(folder, aircraft):
    """Codes without limits in words; those for civil aircraft have a list of their own."""
    for row in read_rows(os.path.join(folder, "country_eo_exempt_products.csv")):
        code = row["hts10"].replace(".", "")
        if row["ch99_code"] != "9903.01.77" or code in aircraft:
            continue
        begin = row["effective_date_start"]
        if begin == "2025-11-13":
            yield code, begin, "", "9903.01.81; EO 14361; note 2(x)(iii)(a)"
        else:
            yield code, "", "", "9903.01.81; EO 14323 Annex I"


def main(data, products):
    folder = os.path.join(data, "us-measures")
    text = read_text(os.path.join(folder, "chapter99_2026_rev_6.txt.gz")).replace("\xad", "-")
    lists = ListWriter(products)
    ex_brazil = set(codes_in(between(text, "(b) As provided in heading 9903.01.90", "(iv) As provided in heading 9903.01.82")))
    aircraft = codes_in(between(text, "(iv) As provided in heading 9903.01.82", "(v) "))
    lists_to_write = {
        "reciprocal_annex_ii": annex_ii(folder),
        "fentanyl_energy_ca": fentanyl(folder, "energy_ca", "9903.01.13"),
        "fentanyl_potash": fentanyl(folder, "potash_ca", "9903.01.15; 9903.01.05"),
        "reciprocal_eu_aligned": partner(folder, "ptaap", "eu", "9903.02.74; note 2(v)(xx)"),
        "reciprocal_swiss_aligned": partner(folder, "ptaap", "swiss", "9903.02.84; note 2(v)(xxv)(b)"),
        "reciprocal_civil_aircraft": partner(folder, "civil_aircraft", "eu", "9903.02.76; note 2(v)(xxii)")
        + partner(folder, "civil_aircraft", "korea", "9903.02.81; note 2(v)(xxiv)(b)"),
        "reciprocal_generic_pharma": partner(folder, "pharma", "eu", "9903.02.77; note 2(v)(xxiii)"),
        "brazil_40_aircraft": [(code, "", "", "9903.01.82; note 2(x)(iv)") for code in aircraft],
        "brazil_40_exempt": [row for row in brazil(folder, set(aircraft)) if row[0] not in ex_brazil],
    }
    for name, rows in lists_to_write.items():
        print(name, lists.write(name, rows))


if __name__ == "__main__":
    main(*sys.argv[1:3])
