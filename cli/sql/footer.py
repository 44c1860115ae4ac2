#!/usr/bin/env python3
"""Appends to a shared library what DuckDB reads from the end of an extension before it loads it.

usage: footer.py LIBRARY EXTENSION PLATFORM EXTENSION_VERSION API_VERSION

512 bytes: eight fields of 32 bytes, filled up with zeros (three that are free, ABI, version of the extension, version of the C API, platform, "4" for the
form of this footer), and 256 bytes for a signature, zero here.
"""

import os
import sys

FIELD, SIGNATURE, ABI, FORM = 32, 256, "C_STRUCT", "4"


def field(text):
    data = text.encode("ascii")
    if len(data) >= FIELD:
        sys.exit(f"footer.py: '{text}' has more than {FIELD - 1} characters")
    return data.ljust(FIELD, b"\0")


def main():
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    library, extension, platform, version, api = sys.argv[1:]
    fields = ["", "", "", ABI, version, api, platform, FORM]
    with open(library, "rb") as stream:
        data = stream.read()
    temporary = extension + ".tmp"
    with open(temporary, "wb") as stream:
        stream.write(data + b"".join(map(field, fields)) + bytes(SIGNATURE))
    os.replace(temporary, extension)


main()
