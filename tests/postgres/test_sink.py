#!/usr/bin/env python3
"""PostgreSQL as a sink: bit for bit what CSV holds; old rows or new ones for every reader; grants, views and indexes stay."""

import csv
import os
import pathlib
import signal
import struct
import subprocess
import sys
import tempfile

from cluster import Cluster, quoted, wait_until
from supply import Program, generate

DAYS = ["--on", "2025-08-07", "--on", "2026-03-01"]


def bits(text):
    return struct.pack(">d", float(text)) if text != "" else None


def compare(cluster, csv_path, table="tolmuur_scores"):
    """The rows of the table, as float8 in hexadecimal, beside those of the CSV."""
    with open(csv_path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    kinds = dict(line.split("|") for line in cluster.sql(
        f"SELECT attname, format_type(atttypid, NULL) FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped").split("\n"))
    names = list(rows[0])
    assert set(kinds) >= set(names) and set(kinds.values()) <= {"text", "double precision"} and kinds["firm_id"] == "text", kinds
    fields = ", ".join(f"encode(float8send({quoted(name)}), 'hex')" if kinds[name] == "double precision" else quoted(name) for name in names)
    done = subprocess.run([f"{cluster.bin}/psql", "-X", "-q", "-d", cluster.uri(), "-c", f"COPY (SELECT {fields} FROM {table}) TO STDOUT (FORMAT csv)"],
                          capture_output=True, text=True, check=True)
    # A table has no order.
    key = [names.index(name) for name in ("firm_id", "on", "scenario")]
    found = sorted(csv.reader(done.stdout.splitlines()), key=lambda row: [row[i] for i in key])
    rows.sort(key=lambda row: [row[names[i]] for i in key])
    assert len(found) == len(rows) > 100, (len(found), len(rows))
    numbers = 0
    for row, there in zip(rows, found):
        for name, value in zip(names, there):
            if kinds[name] == "double precision":
                assert (bytes.fromhex(value) if value else None) == bits(row[name]), (name, row[name], value)
                numbers += value != ""
            else:
                assert value == row[name], (name, row[name], value)
    assert numbers > len(rows) * 5
    return len(rows)


def same_bits(cluster, program):
    program("score", "p.book", *DAYS, "-o", "two.csv")
    program("score", "p.book", *DAYS, "-o", cluster.uri())
    count = compare(cluster, program.folder / "two.csv")
    program("score", "p.book", *DAYS[:2], "-o", "one.csv")
    program("score", "p.book", *DAYS[:2], "-o", cluster.uri(), "--threads", "1")
    assert compare(cluster, program.folder / "one.csv") * 2 == count
    assert cluster.sql("SELECT count(*) FROM pg_class WHERE relname LIKE 'tolmuur%'") == "1", "staging is left"
    program("score", "p.book", *DAYS, "-o", cluster.uri(), "--dry-run")
    compare(cluster, program.folder / "one.csv")


def grants_stay(cluster, program):
    """The plain table is replaced: another OID, the same grants, and no more than those."""
    cluster.sql("CREATE ROLE reader LOGIN; CREATE ROLE editor LOGIN; CREATE ROLE newcomer LOGIN; GRANT SELECT ON tolmuur_scores TO reader WITH GRANT OPTION; "
                "GRANT SELECT, UPDATE ON tolmuur_scores TO editor; GRANT SELECT ON tolmuur_scores TO PUBLIC;"
                "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO newcomer;")
    ask = "SELECT oid, ARRAY(SELECT g::text FROM unnest(relacl) g ORDER BY 1) FROM pg_class WHERE relname = 'tolmuur_scores'"
    before = cluster.sql(ask).split("|")
    program("score", "p.book", *DAYS, "-o", cluster.uri())
    after = cluster.sql(ask).split("|")
    assert before[0] != after[0] and before[1] == after[1], (before, after)
    cluster.sql("ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM newcomer; DROP ROLE newcomer")
    assert int(cluster.sql("SELECT count(*) FROM tolmuur_scores", user="reader")) > 100


def what_was_added_stays(cluster, program):
    """A table that somebody made their own keeps its identity: views, indexes, comments, more columns."""
    cluster.sql("""CREATE VIEW worst AS SELECT firm_id, score FROM tolmuur_scores ORDER BY score DESC LIMIT 10;
        CREATE INDEX by_firm ON tolmuur_scores (firm_id); COMMENT ON TABLE tolmuur_scores IS 'every night';
        ALTER TABLE tolmuur_scores ADD loaded timestamptz DEFAULT now()""")
    before = cluster.sql("SELECT 'tolmuur_scores'::regclass::oid, 'by_firm'::regclass::oid")
    program("score", "p.book", *DAYS[:2], "-o", cluster.uri())
    assert cluster.sql("SELECT 'tolmuur_scores'::regclass::oid, 'by_firm'::regclass::oid") == before
    assert cluster.sql("SELECT count(*) FROM worst") == "10"
    assert cluster.sql("SELECT count(*) FROM tolmuur_scores WHERE loaded IS NULL") == "0"
    cluster.sql("DROP VIEW worst; DROP INDEX by_firm; COMMENT ON TABLE tolmuur_scores IS NULL; ALTER TABLE tolmuur_scores DROP loaded")
    program("score", "p.book", *DAYS[:2], "-o", cluster.uri())
    compare(cluster, program.folder / "one.csv")
    # A role that owns nothing needs no more than the rights to the rows.
    cluster.sql("CREATE ROLE loader LOGIN; GRANT SELECT, INSERT, DELETE ON tolmuur_scores TO loader")
    program("score", "p.book", *DAYS, "-o", cluster.uri(user="loader"))
    compare(cluster, program.folder / "two.csv")
    said = program("score", "p.book", *DAYS, "-o", cluster.uri(user="editor"), expect=73).stderr
    assert "no right to replace its rows" in said, said
    compare(cluster, program.folder / "two.csv")


def refused(cluster, program):
    """What cannot be written is told before the work, and nothing is changed."""
    cluster.sql("""CREATE TABLE other (firm_id text); CREATE VIEW seen AS SELECT 1 AS one; CREATE DATABASE still;
        CREATE TABLE narrow (LIKE tolmuur_scores); ALTER TABLE narrow ALTER score TYPE real; ALTER DATABASE still SET default_transaction_read_only = on""")
    for words, code, text in ((["--table", "other"], 73, "public.other: scenario: the table lacks this column"),
                              (["--table", "narrow"], 73, "public.narrow: score: the table has this column in another type"),
                              (["--table", "seen"], 73, "not a table but a view"),
                              (["--table", ""], 64, "--table is empty"),
                              (["--table", "x" * 64], 64, "63 bytes")):
        said = program("score", "p.book", *DAYS, "-o", cluster.uri(), *words, expect=code).stderr
        assert text in said, said
    assert "only reads" in program("score", "p.book", *DAYS, "-o", cluster.uri("still"), expect=73).stderr
    assert "no right to make a table" in program("score", "p.book", *DAYS, "-o", cluster.uri(user="reader"), "--table", "mine", expect=73).stderr
    assert "--table names" in program("score", "p.book", *DAYS, "-o", "x.csv", "--table", "x", expect=64).stderr
    assert "a book is a file" in program("build", "csv", "-o", cluster.uri(), expect=64).stderr
    assert cluster.sql("SELECT count(*) FROM other") == "0"


def readers_see_one_state(cluster, program):
    """While a run replaces the rows, every reader, also one whose snapshot is older, sees all old rows or all new ones."""
    cluster.sql("DROP TABLE narrow; DROP TABLE tolmuur_scores")
    program("score", "p.book", *DAYS, "-o", cluster.uri())
    old = cluster.sql("SELECT count(*), sum(score) FROM tolmuur_scores")
    with cluster.session() as older, cluster.session() as reader:
        older.run("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1")  # its snapshot is taken, the table is not touched
        reader.run("BEGIN; SELECT count(*) FROM tolmuur_scores")  # holds the table: the run waits with all its rows loaded
        running = program.start("score", "p.book", *DAYS[:2], "-o", cluster.uri())
        wait_until(lambda: "ACCESS EXCLUSIVE" in cluster.sql("SELECT string_agg(query, ' ') FROM pg_stat_activity WHERE application_name = 'tolmuur'"))
        assert reader.run("SELECT count(*), sum(score) FROM tolmuur_scores") == old
        reader.run("COMMIT")
        said = running.communicate(timeout=120)
        assert running.returncode == 0, said
        new = cluster.sql("SELECT count(*), sum(score) FROM tolmuur_scores")
        assert new != old
        assert older.run("SELECT count(*), sum(score) FROM tolmuur_scores") in (old, new), "an older snapshot sees neither"
    compare(cluster, program.folder / "one.csv")


def readers_of_a_table_that_stays(cluster, program):
    """Rows replaced in place: nobody waits, and a snapshot keeps what it saw."""
    cluster.sql("CREATE VIEW worst AS SELECT firm_id, score FROM tolmuur_scores")
    old = cluster.sql("SELECT count(*), sum(score) FROM tolmuur_scores")
    with cluster.session() as older, cluster.session() as reader:
        older.run("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1")
        reader.run("BEGIN; SELECT count(*) FROM worst")
        program("score", "p.book", *DAYS, "-o", cluster.uri())
        new = reader.run("SELECT count(*), sum(score) FROM worst")
        assert new != old and older.run("SELECT count(*), sum(score) FROM worst") == old, (old, new)
    compare(cluster, program.folder / "two.csv")
    cluster.sql("DROP VIEW worst")


def two_runs(cluster, program):
    """Two at once: one after the other, never mixed."""
    running = [program.start("score", "p.book", *days, "-o", cluster.uri()) for days in (DAYS, DAYS[:2], DAYS)]
    for one in running:
        said = one.communicate(timeout=120)
        assert one.returncode == 0, said
    compare(cluster, program.folder / ("two.csv" if cluster.sql("SELECT count(DISTINCT \"on\") FROM tolmuur_scores") == "2" else "one.csv"))


def signals(cluster, program):
    program("score", "p.book", *DAYS, "-o", cluster.uri())
    with cluster.session() as reader:
        reader.run("BEGIN; SELECT count(*) FROM tolmuur_scores")
        for number in (signal.SIGINT, signal.SIGTERM):
            running = program.start("score", "p.book", *DAYS[:2], "-o", cluster.uri())
            wait_until(lambda: "ACCESS EXCLUSIVE" in cluster.sql("SELECT string_agg(query, ' ') FROM pg_stat_activity WHERE application_name = 'tolmuur'"))
            running.send_signal(number)
            running.communicate(timeout=60)
            assert running.returncode == -number, running.returncode
            wait_until(lambda: cluster.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'tolmuur'") == "0")
    compare(cluster, program.folder / "two.csv")


def main():
    with tempfile.TemporaryDirectory() as temporary, Cluster() as cluster:
        program = Program(sys.argv[1], pathlib.Path(temporary))
        os.environ["TOLMUUR_CACHE"] = temporary
        generate(sys.argv[2], temporary)
        program("build", "csv", "-o", "p.book")
        for part in (same_bits, grants_stay, what_was_added_stays, refused, readers_see_one_state, readers_of_a_table_that_stays, two_runs, signals):
            part(cluster, program)
            print(f"{part.__name__}: good", flush=True)


main()
