#!/usr/bin/env python3
"""Hostile names of schemas, tables, columns and firms: taken letter by letter, and never a statement of their own."""

import os
import pathlib
import random
import re
import sys
import tempfile

from cluster import Cluster, quoted
from supply import Program

PIECES = ['"', "'", ";", "--", "/*", "*/", "\\", "$$", "$1", "%", "%s", "{", "}", "(", ")", ",", ".", " ", "\t", "=", "Ä", "名", "🙂", "‮", "é", "x", "DROP TABLE victim",
          "'; DROP TABLE victim; --", '"; DROP TABLE victim; --', "\\'; DROP TABLE victim; --", '" UNION SELECT 1; --', "pg_sleep(9)", "::text", "NULL", "U&\"\\0041\"",
          "COMMIT", "*", "public", "\x01", "\x1b[31m"]
LINE_BREAKS = ["\n", "\r\n"]


def name(random_numbers, most_bytes=60, pieces=None):
    text = ""
    while len(text.encode()) < random_numbers.randint(1, most_bytes) or text.strip() == "":
        text += random_numbers.choice(pieces or PIECES)
    while len(text.encode()) > most_bytes:
        text = text[:-1]
    return text


def literal(text):
    return "'" + text.replace("'", "''") + "'" if "\\" not in text else "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def statements(log):
    """What the program sent, without names: quoted identifiers become one letter."""
    sent = set()
    for line in re.split(r"\n(?=\d+ )", log):
        found = re.match(r"\d+ LOG:  (?:execute|statement)[^:]*: (.*)", line, re.DOTALL)
        if found:
            text = re.split(r"\n\d+ |\nDETAIL", found.group(1))[0]
            sent.add(re.sub(r'"(?:[^"]|"")*"', "N", text))
    return sent


def main():
    count = 500 if os.environ.get("TOLMUUR_LONG") == "1" else 12
    random_numbers = random.Random(13)
    with tempfile.TemporaryDirectory() as temporary, Cluster() as cluster:
        program = Program(sys.argv[1], pathlib.Path(temporary))
        os.environ["TOLMUUR_CACHE"] = temporary
        cluster.sql("CREATE TABLE victim (alive int); INSERT INTO victim VALUES (1)")
        kept = set()
        for number in range(count):
            firm = name(random_numbers, 100, PIECES + ["y"])
            table, column = name(random_numbers, pieces=PIECES + LINE_BREAKS), name(random_numbers, pieces=PIECES + LINE_BREAKS)
            schema = f"s{number}{name(random_numbers, 50, PIECES + LINE_BREAKS)}"
            cluster.psql(f"""CREATE SCHEMA {quoted(schema)};
                SET search_path = {quoted(schema)};
                CREATE TABLE firms (firm_id text, country text, sector text, revenue_eur float8, {quoted(column)} text);
                INSERT INTO firms VALUES ({literal(firm)}, 'NL', 'C25', 1e7);
                CREATE TABLE sales (firm_id text, hs text, destination text, value_eur float8);
                INSERT INTO sales VALUES ({literal(firm)}, '7326908688', 'US', 5e6);""")
            before = len(cluster.log())
            uri = cluster.uri() + f"?options=-csearch_path%3D{percent(option(quoted(schema)))}"
            done = program("build", uri, "-o", "n.book")
            assert "\x1b" not in done.stderr and "\x01" not in done.stderr and "‮" not in done.stderr, done.stderr
            program("score", "n.book", "--on", "2025-08-07", "-o", uri, "--table", table)
            kept |= statements(cluster.log()[before:])
            found = cluster.psql(f"SELECT encode(convert_to(firm_id, 'UTF8'), 'hex') FROM {quoted(schema)}.{quoted(table)}").strip()
            assert found == firm.encode().hex(), (firm, found)
            # The same again replaces the table: its name is in LOCK, DROP and RENAME.
            before = len(cluster.log())
            program("score", "n.book", "--on", "2025-08-07", "-o", uri, "--table", table)
            kept |= statements(cluster.log()[before:])
            cluster.psql(f"DROP SCHEMA {quoted(schema)} CASCADE")
        assert cluster.sql("SELECT * FROM victim") == "1"
        shapes = {re.sub(r"\d+|(N, )+", "", text) for text in kept}
        assert len(shapes) < 40, f"{len(shapes)} kinds of statements, where a run has a few:\n" + "\n".join(sorted(shapes))
        print(f"{count} names, {len(shapes)} kinds of statements")


def option(text):
    """For libpq's options: blanks and backslashes are escaped."""
    return re.sub(r"([\\\s])", r"\\\1", text)


def percent(text):
    return "".join(f"%{byte:02X}" for byte in text.encode())


main()
