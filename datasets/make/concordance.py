"""Make law/concordance/hs6_2017_2022.csv and law/concordance/us_hts10.csv: which codes took the place of which, and when.

Six digits: nomenclature/concordance_hs6_hs5.csv names one predecessor in HS 2017 for each code of HS 2022. A code of 2022 that is its own
predecessor is left out: it still answers for itself, even where a part of the goods moved. The source names one predecessor even where a
new heading draws on many (flat panel modules on telephones, say); so where a code that ended has successors in its own heading, those
elsewhere are left out.

US statistical numbers: the change records of the schedule (us-legal/change-records). What a record says was transferred to or from a
number is taken from either side. Where it only says that a number was discontinued or divided, the numbers beneath the same eight
digits that were established on the same day without a stated origin stand for it.
"""

import datetime
import os
import re

from tables import open_text, paths, read_rows, write_rows

HEADER = ["importer", "old", "new", "from", "source"]
HS_DAY = "2022-01-01"
HS_SOURCE = "HS 2017 to HS 2022, R package concordance"
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
ITEM = re.compile(r"^\s*(\d{4}\.\d\d\.\d{4})\s+(Established|Discontinued|Annotated)\b(.*)")
OTHER_ITEM = re.compile(r"^\s*(\d{4}\.\d\d|Chapter|General|Statistical|U\.S\.|Subheading|Item changed)", re.IGNORECASE)
# A list of numbers that goes on in the next line may begin it with a number and close the bracket there.
END_OF_LIST = re.compile(r"^\s*\d{4}\.\d\d\.\d{4}\)")
DAY = re.compile(rf"(?:{MONTHS}) \d{{1,2}}, \d{{4}}")
TRANSFER = re.compile(r"transferred (to|from)\b((?:(?!transferred).)*)")
CODE = re.compile(r"\d{4}\.\d\d\.\d{4}")
RECORD = re.compile(r"(\d{4})HTS(?:Basic|Rev(\d+))_change_record")


class Item:
    """One number that a record says something of: established, or ended (discontinued, or annotated: divided)."""

    def __init__(self, code, what, text):
        self.code = code.replace(".", "")
        self.begins = what == "Established"
        self.text = text
        self.day = None

    def add(self, text):
        self.text += " " + text

    def find_day(self):
        found = DAY.search(self.text)
        if self.day is None and found:
            self.day = datetime.datetime.strptime(found.group(0), "%B %d, %Y").date().isoformat()

    def transfers(self):
        """Return (old, new) pairs that the text states; a record states each from either side."""
        pairs = []
        for direction, text in TRANSFER.findall(self.text):
            for other in (code.replace(".", "") for code in CODE.findall(text)):
                if direction == "to" and not self.begins:
                    pairs.append((self.code, other))
                elif direction == "from" and self.begins:
                    pairs.append((other, self.code))
        return pairs


def record_order(name):
    year, number = RECORD.match(name).groups()
    return int(year), int(number or 0)


def record_title(name):
    year, number = RECORD.match(name).groups()
    return f"HTSUS {year} {'basic' if number is None else 'revision ' + number}, change record"


def read_items(data, name):
    """Return the items of one record that have a day, with their continuation lines."""
    items, last = [], None
    with open_text(data, "us-legal", "change-records", name) as stream:
        for line in stream:
            match = ITEM.match(line)
            if match:
                last = Item(*match.groups())
                items.append(last)
            elif last is not None and (not OTHER_ITEM.match(line) or END_OF_LIST.match(line)):
                last.add(line.strip())
            elif line.strip():
                last = None
            if last is not None:
                last.find_day()
    return [item for item in items if item.day is not None]


def stated_pairs(items, begun, ended, name):
    """What the record states. A number that the record itself does not begin or end is a slip of the pen there."""
    pairs = set()
    for item in items:
        for old, new in item.transfers():
            if new in begun and old in ended:
                pairs.add((old, new))
            else:
                print(f"  {record_title(name)}: left out {old} -> {new}, the record does not have both")
    return pairs


def record_pairs(data, name):
    """Return [(old, new, day)] of one record."""
    items = read_items(data, name)
    begun = {item.code: item.day for item in items if item.begins}
    ended = {item.code: item.day for item in items if not item.begins}
    pairs = stated_pairs(items, begun, ended, name)
    told_old, told_new = {old for old, _ in pairs}, {new for _, new in pairs}
    for old in sorted(ended.keys() - told_old):
        followers = {new for new in begun.keys() - told_new if new[:8] == old[:8] and begun[new] == ended[old]}
        if not followers:
            print(f"  {record_title(name)}: nothing follows {old}")
        pairs |= {(old, new) for new in followers}
    return [(old, new, ended[old]) for old, new in sorted(pairs) if old != new]


def us_rows(data):
    pairs = {}
    for name in sorted(os.listdir(os.path.join(data, "us-legal", "change-records")), key=record_order):
        for pair in record_pairs(data, name):
            pairs.setdefault(pair, record_title(name))
    return [("US", *pair, source) for pair, source in sorted(pairs.items())]


def hs_rows(data):
    rows = read_rows(data, "nomenclature", "concordance_hs6_hs5.csv")
    stayed = {row["HS6_6d"] for row in rows if row["HS6_6d"] == row["HS5_6d"]}
    pairs = sorted((row["HS5_6d"], row["HS6_6d"]) for row in rows if row["HS6_6d"] not in stayed)
    settled = {old for old, new in pairs if old not in stayed and old[:4] == new[:4]}
    kept = [(old, new) for old, new in pairs if old[:4] == new[:4] or old not in settled]
    print("  left out, in another heading than other successors:", [pair for pair in pairs if pair not in kept])
    return [("", old, new, HS_DAY, HS_SOURCE) for old, new in kept]


def main():
    data, out = paths()
    write_rows(out, "law/concordance/hs6_2017_2022.csv", HEADER, hs_rows(data))
    write_rows(out, "law/concordance/us_hts10.csv", HEADER, us_rows(data))


if __name__ == "__main__":
    main()
