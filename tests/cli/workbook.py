#!/usr/bin/env python3
"""Reads a workbook of `score` with nothing but zipfile and an XML parser, and compares it with what `score` writes elsewhere.

usage: workbook.py compare BOOK.xlsx FOLDER     every cell against FOLDER/{all,sector,country,band}.csv (totals), rows.csv and firms.csv
       workbook.py run BOOK.xlsx                what the sheet Run says, without its list of columns
       workbook.py ids BOOK.xlsx                the firm ids, as Python writes them
       workbook.py top BOOK.xlsx                caption of Firms, then rank, scenario and firm id
"""

import csv
import datetime
import math
import pathlib
import re
import sys
import zipfile
from xml.etree import ElementTree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINKED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
SHEETS = ["Portfolio", "Sectors", "Countries", "Bands", "Firms", "Run"]
TOTALS = {"Portfolio": "all", "Sectors": "sector", "Countries": "country", "Bands": "band"}


def unescape(text):
    """_x0041_ stands for the character U+0041."""
    return re.sub("_x([0-9A-Fa-f]{4})_", lambda found: chr(int(found.group(1), 16)), text)


class Sheet:
    """A sheet's cells, and how they are dressed."""

    def __init__(self, root, styles):
        self.root = root
        self.rows = []
        for row in root.iter(MAIN + "row"):
            cells = {}
            for cell in row:
                letters, number = re.fullmatch("([A-Z]+)([0-9]+)", cell.get("r")).groups()
                assert number == row.get("r")
                cells[letters] = self.read(cell, styles)
            self.rows.append(cells)
        self.caption = self.rows.pop(0)["A"][0] if len(self.rows[0]) == 1 else None
        head = self.rows.pop(0)
        self.header = {letters: text for letters, (text, _) in head.items()}
        assert all(bold for _, bold in head.values()), "the header is bold"
        self.style = {}
        for row in self.rows:
            for letters, (_, style) in row.items():
                self.style.setdefault(self.header[letters], set()).add(style)

    @staticmethod
    def read(cell, styles):
        """(text or number, number format; of texts: is it bold)."""
        form, bold = styles[int(cell.get("s", "0"))]
        if cell.get("t") == "inlineStr":
            return unescape("".join(cell.itertext())), bold
        assert cell.get("t") in (None, "n"), cell.attrib
        return float(cell.find(MAIN + "v").text), form

    def table(self):
        """Rows as dictionaries; an empty cell is None."""
        return [{name: row.get(letters, (None,))[0] for letters, name in self.header.items()} for row in self.rows]


def read_styles(root):
    """(number format, bold) by the style's number."""
    own = {form.get("numFmtId"): form.get("formatCode") for form in root.iter(MAIN + "numFmt")}
    own |= {"0": "General", "2": "0.00", "3": "#,##0", "10": "0.00%"}
    bold = [font.find(MAIN + "b") is not None for font in root.find(MAIN + "fonts")]
    return [(own[style.get("numFmtId")], bold[int(style.get("fontId"))]) for style in root.find(MAIN + "cellXfs")]


def read_workbook(path):
    """Every part is well formed; none holds a formula, a link or a time."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        parts = {name: ElementTree.fromstring(archive.read(name)) for name in archive.namelist()}
    for name, root in parts.items():
        tags = {element.tag.split("}")[-1] for element in root.iter()}
        assert not tags & {"f", "hyperlink", "hyperlinks", "externalReference", "oleObject", "legacyDrawing"}, (name, tags)
        assert "External" not in {element.get("TargetMode") for element in root.iter()}, name
    targets = {link.get("Id"): link.get("Target") for link in parts["xl/_rels/workbook.xml.rels"]}
    styles = read_styles(parts["xl/styles.xml"])
    return {sheet.get("name"): Sheet(parts["xl/" + targets[sheet.get(LINKED)]], styles)
            for sheet in parts["xl/workbook.xml"].iter(MAIN + "sheet")}


def date_of(serial):
    return (datetime.date(1899, 12, 30) + datetime.timedelta(days=serial)).isoformat()


def compare_cell(place, found, text):
    """A cell against the CSV cell: numbers are those of the CSV to sixteen digits, the rest is the same."""
    if text == "":
        assert found is None, (place, found)
    elif place[-1] == "on":
        assert date_of(found) == text, (place, found, text)
    elif isinstance(found, float):
        assert found == float(f"{float(text):.16G}"), (place, found, text)
        assert math.isclose(found, float(text), rel_tol=1e-15), (place, found, text)
    else:
        assert found == text, (place, found, text)


def compare_rows(name, found, expected):
    assert len(found) == len(expected), (name, len(found), len(expected))
    for number, (row, fields) in enumerate(zip(found, expected)):
        for column, text in fields.items():
            compare_cell((name, number, column), row[column], text)


def compare_totals(sheets, folder):
    for name, by in TOTALS.items():
        with open(folder / f"{by}.csv", encoding="utf-8", newline="") as file:
            expected = list(csv.DictReader(file))
        for row in expected:
            if by == "all":
                assert row.pop("sector") == "all"
        found = sheets[name].table()
        compare_rows(name, found, expected)
        for row in found:
            for band in ("a", "b", "c", "d", "e", "none"):
                assert math.isclose(row[f"band_{band}_share"], row[f"band_{band}"] / row["firms"], rel_tol=1e-15)


def compare_firms(sheets, folder):
    """The worst of each scenario, found here from all rows."""
    with open(folder / "firms.csv", encoding="utf-8", newline="") as file:
        firms = {row["firm_id"]: row for row in csv.DictReader(file)}
    with open(folder / "rows.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    top = int(re.match(r"The (\d+) of ", sheets["Firms"].caption).group(1))
    expected = []
    for scenario in dict.fromkeys(row["scenario"] for row in rows):
        ranked = sorted((row for row in rows if row["scenario"] == scenario),
                        key=lambda row: (float(row["ebitda_change_eur"] or "inf"), row["firm_id"].encode()))
        for rank, row in enumerate(ranked[:top], 1):
            firm = firms[row["firm_id"]]
            expected.append({"rank": str(rank), "name": firm.get("name") or "", "country": firm["country"], "sector": firm["sector"],
                             "loan_eur": firm.get("loan_eur") or "", **row})
    assert set(expected[0]) == set(sheets["Firms"].header.values())
    compare_rows("Firms", sheets["Firms"].table(), expected)


def check_dress(sheets):
    for name, sheet in sheets.items():
        pane = sheet.root.find(f"{MAIN}sheetViews/{MAIN}sheetView/{MAIN}pane")
        first = 3 if sheet.caption else 2
        assert (pane.get("state"), pane.get("ySplit"), pane.get("topLeftCell")) == ("frozen", str(first - 1), f"A{first}"), name
        last = list(sheet.header)[-1]
        assert sheet.root.find(MAIN + "autoFilter").get("ref") == f"A{first - 1}:{last}{first - 1 + len(sheet.rows)}", name
        widths = [float(column.get("width")) for column in sheet.root.find(MAIN + "cols")]
        assert len(widths) == len(sheet.header) and all(8 < width < 63 for width in widths)
        assert all(width > len(text) for width, text in zip(widths, sheet.header.values()))
        rules = {rule.find(MAIN + "formula").text for rule in sheet.root.iter(MAIN + "cfRule")}
        assert rules == ({f'"{band}"' for band in "ABCDE"} if "band" in sheet.header.values() else set()), (name, rules)
        if name != "Run":
            assert sheet.style["on"] == {"yyyy-mm-dd"} and sheet.style["ebitda_change_eur"] == {"#,##0"}
    assert sheets["Portfolio"].style["band_e_share"] == {"0.00%"} and sheets["Firms"].style["margin_at_risk"] == {"0.00%"}
    told = {row["name"] for row in sheets["Run"].table() if row["about"] == "column" and row["unit"] and row["meaning"]}
    missing = {column for name in SHEETS[:-1] for column in sheets[name].header.values()} - told
    assert not missing, missing


def main():
    what, path = sys.argv[1:3]
    sheets = read_workbook(path)
    assert list(sheets) == SHEETS, list(sheets)
    if what == "compare":
        folder = pathlib.Path(sys.argv[3])
        compare_totals(sheets, folder)
        compare_firms(sheets, folder)
        check_dress(sheets)
        print("same:", ", ".join(f"{name} {len(sheet.rows)}" for name, sheet in sheets.items() if name != "Run"))
    elif what == "run":
        for row in sheets["Run"].table():
            value = date_of(row["value"]) if row["unit"] == "date" and row["about"] != "column" else row["value"]
            if row["about"] != "column":
                print(row["about"], row["name"], f"{value:g}" if isinstance(value, float) else value, row["unit"], sep=" | ")
    elif what == "ids":
        for row in sheets["Firms"].table():
            print(ascii(row["firm_id"]))
    else:
        print(sheets["Firms"].caption)
        for row in sheets["Firms"].table():
            print(int(row["rank"]), row["scenario"], row["firm_id"])


main()
