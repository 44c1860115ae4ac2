"""Reading the sources and writing the shipped tables: what every program of this folder shares."""

import csv
import gzip
import io
import os
import sys


def paths():
    """Return (data folder, datasets folder) from the command line."""
    if len(sys.argv) != 3:
        sys.exit(f"usage: {os.path.basename(sys.argv[0])} DATA_FOLDER DATASETS_FOLDER (see docs/tables.md)")
    return sys.argv[1], sys.argv[2]


def open_text(folder, *parts):
    """Open a source as UTF-8 text; a name that ends in .gz is unpacked."""
    path = os.path.join(folder, *parts)
    raw = gzip.open(path, "rb") if path.endswith(".gz") else open(path, "rb")
    return io.TextIOWrapper(raw, encoding="utf-8-sig", newline="")


def read_rows(folder, *parts):
    """Return the rows of a source table as dictionaries."""
    with open_text(folder, *parts) as stream:
        return list(csv.DictReader(stream))


def write_rows(folder, name, header, rows):
    """Write a shipped table: UTF-8, RFC 4180 quoting, line feeds, and nothing that varies between two runs."""
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        count = 0
        for row in rows:
            writer.writerow(row)
            count += 1
    print(f"{name}: {count} rows, {os.path.getsize(path)} bytes")


def short_number(value, digits=6):
    """Print a number with at most `digits` significant digits and no trailing zeros."""
    return f"{value:.{digits}g}"
