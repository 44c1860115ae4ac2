"""Helpers to read the official texts and lists that the product lists are made from."""

import csv
import gzip
import os
import re

CODE = re.compile(r"(?<![\d.])(\d{4}\.\d{2}\.\d{2})(?:\.?(\d{2}))?(?![\d.]*\d)")


def read_text(path):
    """The text of a file, gzip or not; the schedule's notes are printed in Latin-1."""
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rb") as stream:
        raw = stream.read()
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def read_rows(path):
    """The rows of a CSV file as dictionaries; lines that begin with # are left out."""
    lines = [line for line in read_text(path).splitlines() if line and not line.startswith('"#') and not line.startswith("#")]
    return list(csv.DictReader(lines))


def between(text, start, end):
    """The part of the text from the first place of `start` to the next place of `end`."""
    begin = text.index(start)
    return text[begin:text.index(end, begin + len(start))]


def codes_in(text):
    """All codes with 8 or 10 digits in printed form (0000.00.00 or 0000.00.0000), without dots, in order."""
    return [match.group(1).replace(".", "") + (match.group(2) or "") for match in CODE.finditer(text)
            if not match.group(1).startswith("99")]


class ListWriter:
    """Writes product lists `hs,from,until,source`, sorted, without doubles; with `status` where rows are unconfirmed."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)

    def write(self, name, rows, status=""):
        """rows: iterable of (hs, from, until, source); a code that stands there twice on the same days is written once. `status` holds for all rows."""
        kept = {}
        for hs, begin, end, source in rows:
            if not re.fullmatch(r"\d{2,10}", hs):
                raise ValueError(f"{name}: {hs!r} is not a code")
            if len(hs) == 10 and hs.endswith("00"):
                hs = hs[:8]  # the suffix 00 stands for the whole subheading
            kept.setdefault((hs, begin or "", end or ""), source)
        path = os.path.join(self.folder, name + ".csv")
        with open(path, "w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(["hs", "from", "until", "source"] + (["status"] if status else []))
            for key in sorted(kept):
                writer.writerow([*key, kept[key]] + ([status] if status else []))
        return len(kept)
