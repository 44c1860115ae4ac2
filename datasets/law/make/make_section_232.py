"""Section 232: product lists for metals, cars, trucks, wood, copper and chips.

Use: python3 make_section_232.py DATA_FOLDER PRODUCTS_FOLDER
DATA_FOLDER holds us-measures (printed chapter 99, lists with dates), us-legal/notices/2025-15819.txt.gz (derivatives
of 2025-08-18) and us-lists/alu-tariffs.csv (aluminium derivatives of 2025-03-12 with ten digits).
"""

import os
import re
import sys

from law_text import ListWriter, between, codes_in, read_rows, read_text

# Steel derivatives outside chapter 73 that are in no list at hand with their day: named here from the notices.
STEEL_MARCH = "84313100 84314200 84314910 84314990 84321000 84329000 85479000 94032000 94059920 94059940 94062000 94069001"
STEEL_JUNE = "84181000 84183000 84184000 84221100 84501100 84502000 84512100 84512900 85098020 85166040 9403999020"
# Stampings: the notes print ten digits, the list at hand eight.
STAMPINGS = {"steel": ("8708103020", "8708292120"), "aluminum": ("8708103030", "8708292130")}
ANY_CODE = re.compile(r"(?<![\d.])(\d{4}(?:\.\d{2}(?:\.\d{2}(?:\d{2})?)?)?)(?![\d.]*\d)")


def loose_codes(text):
    """Codes with 4 to 10 digits out of the columns of a note; words and page numbers are left out."""
    found = []
    for line in text.splitlines():
        if re.search(r"[A-Za-z–-]", line) and not re.search(r"\s{8,}\d{4}", line):
            continue
        found += [code.replace(".", "") for code in ANY_CODE.findall(re.sub(r"99 - III - \d+", "", line))]
    return [code for code in found if not code.startswith("99")]


def mill(folder, metal):
    """Mill articles as first proclaimed in 2018 (notes 16(b) and 19(b))."""
    for row in read_rows(os.path.join(folder, "s232_metal_chapter_products.csv")):
        if row["metal_type"] == metal and row["kind"] == "mill":
            yield row["hts_prefix"], "", "", "note 16(b); 83 FR 11625" if metal == "steel" else "note 19(b); 83 FR 11619"


def derivatives_2020(folder, metal):
    """Derivatives of 2020-02-08 (Proclamation 9980)."""
    note = "note 16(a)(ii), 16(l)" if metal == "steel" else "note 19(a)(iii), 19(i)"
    for row in read_rows(os.path.join(folder, "s232_metal_chapter_products.csv")):
        if row["metal_type"] == metal and row["kind"] == "derivative" and "9980" in row["source"]:
            yield row["hts_prefix"], "", "", note + "; Proclamation 9980"
    for code in STAMPINGS[metal]:
        yield code, "", "", note + "; Proclamation 9980"


def derivatives_inside(folder, metal):
    """Derivatives in chapters 73 and 76 of 2025-03-12 and later."""
    note = "note 16(m)" if metal == "steel" else "note 19(j)"
    days = {"2025-03-12": "", "2025-04-03": "2025-04-04"}
    for row in read_rows(os.path.join(folder, "s232_metal_chapter_products.csv")):
        if row["metal_type"] == metal and row["kind"] == "derivative" and row["effective_date"]:
            yield row["hts_prefix"], days.get(row["effective_date"], row["effective_date"]), "", note


# The notice of August prints it only to take it out of note 16; the schedule never held it.
MISPRINTS = {"73029000"}


def august(folder, notice, heading):
    """Derivatives of 2025-08-18. The list at hand has eight digits; where the notice prints ten, those count."""
    printed = set(codes_in(notice))
    note = "note 16(n); 90 FR 40326" if heading == "9903.81.91" else "note 19(k); 90 FR 40326"
    for row in read_rows(os.path.join(folder, "s232_derivative_products.csv")):
        code = row["hts_prefix"]
        if row["ch99_code"] != heading or row["effective_date"] != "2025-08-18" or code in MISPRINTS:
            continue
        longer = sorted(item for item in printed if len(item) == 10 and item.startswith(code))
        for item in [code] if code in printed or not longer else longer:
            yield item, "2025-08-18", "", note


def steel_outside(folder, notice):
    for code in STEEL_MARCH.split():
        yield code, "", "", "note 16(n); Proclamation 10896; 90 FR 11249"
    for code in STEEL_JUNE.split():
        yield code, "2025-06-23", "", "note 16(n); 90 FR 25208"
    yield from august(folder, notice, "9903.81.91")


def alu_outside(data, folder, notice):
    """Derivatives of 2025-03-12: ten digits where both lists have the code, eight where only the first has it."""
    first = [row["hts_prefix"] for row in read_rows(os.path.join(folder, "s232_derivative_products.csv"))
             if row["ch99_code"] == "9903.85.08" and not row["effective_date"]]
    second = [row["HTSUS"] for row in read_rows(os.path.join(data, "us-lists", "alu-tariffs.csv"))]
    for code in first:
        longer = [item for item in second if item.startswith(code)]
        for item in longer or [code]:
            yield item, "", "", "note 19(k); Proclamation 10895; 90 FR 11251"
    yield from august(folder, notice, "9903.85.08")


# Subdivisions of note 16(c) in the schedule of April 2026: annex, metal, first words, words after the end.
SUBDIVISIONS = {
    "i": ("1a", "aluminum", "(i) Articles of aluminum:", "(ii) Derivative aluminum"),
    "ii": ("1a", "aluminum", "(ii) Derivative aluminum articles:", "(iii) Articles of steel:"),
    "iii": ("1a", "steel", "(iii) Articles of steel:", "(iv) Derivative steel"),
    "iv": ("1a", "steel", "(iv) Derivative steel articles:", "(v) Articles of copper"),
    "v": ("1a", "copper", "(v) Articles of copper:", "(vi) Derivative aluminum"),
    "vi": ("1b", "aluminum", "(vi) Derivative aluminum", "(vii) Derivative steel"),
    "vii": ("1b", "steel", "(vii) Derivative steel", "(viii) Articles of copper"),
    "viii": ("1b", "copper", "(viii) Articles of copper", "(ix) Derivative"),
    "ix": ("3", "aluminum", "(ix) Derivative aluminum", "(x) Derivative"),
    "x": ("3", "steel", "(x) Derivative steel", "(d) Headings"),
}


def annex(folder, note, name, subdivisions=None):
    """An annex of 2026-04-06 as note 16(c) prints it, with the changes of 2026-06-08."""
    wanted = subdivisions or [key for key, entry in SUBDIVISIONS.items() if entry[0] == name]
    metals = {SUBDIVISIONS[key][1] for key in wanted}
    june = [row for row in read_rows(os.path.join(folder, "s232_annex_products.csv")) if row["effective_date"] == "2026-06-08"]
    # A code that June puts into another annex (or takes out) leaves this one on that day.
    moved = tuple(row["hts_prefix"] for row in june if row["annex"] != name)
    for key in wanted:
        _, _, start, end = SUBDIVISIONS[key]
        for code in loose_codes(between(note, start, end)):
            yield code, "", "2026-06-08" if code.startswith(moved) else "", f"note 16(c)({key})"
    for row in june:
        if row["annex"] == name and (row["metal_type"] in metals):
            yield row["hts_prefix"], "2026-06-08", "", f"Proclamation of 2026-06-01, annex {name.upper()}"


def annex_1c(folder):
    for row in read_rows(os.path.join(folder, "s232_annex_products.csv")):
        if row["annex"] == "1c":
            yield row["hts_prefix"], "", "", "note 16(c)(xi)"


def outside(rows):
    """Codes outside chapters 72, 73, 74 and 76, where the metal must be 15 % of the weight."""
    return [(code, "", "", "note 16(c)") for code in sorted({row[0] for row in rows}) if code[:2] not in ("72", "73", "74", "76")]


def auto_parts(rows):
    """Computers and batteries that do not drive vehicles have measures of their own: most of them are no parts of cars."""
    for row in rows:
        if row[0] != "8471":
            yield ("8507600010" if row[0] == "850760" else row[0], *row[1:])


def main(data, products):
    folder = os.path.join(data, "us-measures")
    text = read_text(os.path.join(folder, "chapter99_2026_rev_6.txt.gz")).replace("\xad", "-")
    notice = read_text(os.path.join(data, "us-legal", "notices", "2025-15819.txt.gz"))
    note_16 = between(text, "16. (a)  Except as provided in headings 9903.85.67", "17. (a)")
    lists = ListWriter(products)

    def plain(name, source):
        return [(line.strip(), "", "", source) for line in read_text(os.path.join(folder, name)).splitlines() if line.strip()]

    todo = {
        "s232_steel_mill": mill(folder, "steel"),
        "s232_steel_derivatives_2020": derivatives_2020(folder, "steel"),
        "s232_steel_derivatives_73": derivatives_inside(folder, "steel"),
        "s232_steel_derivatives_other": steel_outside(folder, notice),
        "s232_alu_mill": mill(folder, "aluminum"),
        "s232_alu_derivatives_2020": derivatives_2020(folder, "aluminum"),
        "s232_alu_derivatives_76": derivatives_inside(folder, "aluminum"),
        "s232_alu_derivatives_other": alu_outside(data, folder, notice),
        "s232_copper": [(row["hts10"], "", "", "9903.78.01; note 36(b)")
                        for row in read_rows(os.path.join(folder, "s232_copper_products.csv"))],
        "s232_metals_1a": annex(folder, note_16, "1a"),
        "s232_metals_1b": annex(folder, note_16, "1b"),
        "s232_metals_1c": annex_1c(folder),
        "s232_metals_3": annex(folder, note_16, "3"),
        "s232_metals_1a_derivatives": annex(folder, note_16, "1a", ["ii", "iv"]),
        "s232_metals_1a_uk": annex(folder, note_16, "1a", ["i", "ii", "iii", "iv"]),
        "s232_metals_1b_uk": annex(folder, note_16, "1b", ["vi", "vii"]),
        "s232_metals_alu": [row for name, keys in (("1a", ["i", "ii"]), ("1b", ["vi"]), ("3", ["ix"]))
                            for row in annex(folder, note_16, name, keys)],
        "s232_metals_outside": outside([row for name in ("1a", "1b", "3") for row in annex(folder, note_16, name)]
                                       + list(annex_1c(folder))),
        "s232_aircraft_tw": [(row["hts8"], "", "", "9903.96.03; note 35(c)")
                             for row in read_rows(os.path.join(folder, "s232_aircraft_exempt_taiwan.csv"))],
        "s232_auto_parts": auto_parts(plain("s232_auto_parts.txt", "9903.94.05; note 33(g)")),
        "s232_truck_parts": plain("s232_mhd_parts.txt", "9903.74.08; note 38(i)"),
    }
    for name, rows in todo.items():
        print(name, lists.write(name, rows))


if __name__ == "__main__":
    main(*sys.argv[1:3])
