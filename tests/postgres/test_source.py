#!/usr/bin/env python3
"""PostgreSQL as a source: the same book as from files, names mapped, one snapshot, every type, faults with table and row."""

import json
import os
import pathlib
import re
import signal
import sys
import tempfile

from cluster import Cluster, wait_until
from supply import Program, generate, load

SMALL_FIRMS = "INSERT INTO firms VALUES ('A1', 'NL', 'C25', 1e7), ('B2', 'DE', 'C22', 5e6);"


def same_book(cluster, program, folder):
    """Whatever the types of the numbers, the book is the one of the CSV files."""
    program("build", folder, "-o", "csv.book")
    wanted = (program.folder / "csv.book").read_bytes()
    load(cluster, folder)
    program("build", cluster.uri(), "-o", "pg.book")
    assert (program.folder / "pg.book").read_bytes() == wanted, "the book from PostgreSQL is another one"
    load(cluster, folder, schema="exact", types={"value_eur": "numeric", "revenue_eur": "numeric(20,2)", "destination": "char(7)", "firm_id": "varchar(40)"})
    options = "?options=-csearch_path%3Dexact"
    for threads in (1, 3):
        program("build", cluster.uri(options=options), "-o", "exact.book", preexec_fn=lambda n=threads: os.sched_setaffinity(0, range(min(n, os.cpu_count()))))
        assert (program.folder / "exact.book").read_bytes() == wanted, "numeric, char(n) and varchar give another book"
    program("check", cluster.uri())


def mapped(cluster, program, folder):
    """Schema, tables and columns as the configuration calls them; what it gets wrong is named."""
    rename = {"firms": {"firm_id": "client no", "revenue_eur": "Omzet"}, "sales": {"destination": "to", "firm_id": "client"}}
    load(cluster, folder, schema="Risk; DB", tables={"firms": "Clients", "sales": "select"}, rename=rename)
    text = ("[postgresql]\nschema = Risk; DB\nfirms = Clients\nsales = select\n[postgresql.firms]\nfirm_id = client no\nrevenue_eur = Omzet\n"
            "[postgresql.sales]\ndestination = to\nfirm_id = client\n")
    settings = program.folder / "map.ini"
    settings.write_text(text, encoding="utf-8")
    program("build", cluster.uri(), "-o", "mapped.book", "--config", settings)
    assert (program.folder / "mapped.book").read_bytes() == (program.folder / "csv.book").read_bytes()
    for old, new, code, words in (("firms = Clients", "firms = Clientz", 66, "Risk; DB.Clientz: no such table"),
                                  ("firm_id = client no", "firm_id = cliënt", 66, "the mapping names this column, and the table has none"),
                                  ("destination = to", "destinatio = to", 64, "did you mean destination"),
                                  ("sales = select", "salez = select", 64, "salez"), ("schema = Risk; DB", "schema = Risk", 66, "Risk.Clients: no such table")):
        settings.write_text(text.replace(old, new), encoding="utf-8")
        said = program("check", cluster.uri(), "--config", settings, expect=code).stderr
        assert words in said, said


def only_some_tables(cluster, program):
    cluster.sql("CREATE DATABASE bare")
    bare = cluster.uri("bare")
    assert "public.firms: no such table" in program("check", bare, expect=66).stderr
    cluster.sql("CREATE TABLE firms (firm_id text, country text, sector text, revenue_eur float8);", database="bare")
    assert "public.sales: neither this table nor purchases" in program("check", bare, expect=66).stderr
    cluster.sql("CREATE TABLE sales (firm_id text, hs text, value_eur float8, when_made timestamptz, destinatio text);" + SMALL_FIRMS, database="bare")
    said = program("check", bare, expect=65).stderr
    assert "public.sales: destination: the column is missing and required" in said, said
    assert "public.sales: columns that are not read: when_made, destinatio" in said, said
    said = program("check", cluster.uri("nowhere"), expect=69).stderr
    assert 'database "nowhere" does not exist' in said, said
    cluster.sql("CREATE ROLE stranger LOGIN", database="bare")
    cluster.sql("ALTER TABLE sales ADD destination text", database="bare")
    said = program("check", cluster.uri("bare", "stranger"), expect=66).stderr
    assert "public.firms: PostgreSQL: permission denied for table firms" in said, said


def types(cluster, program):
    """Every type that is taken, next to those that are not; each odd value is a fault with its row."""
    cluster.sql("""CREATE DATABASE types""")
    cluster.psql("""
        CREATE DOMAIN code AS text;
        CREATE TABLE firms (firm_id code, name char(12), country varchar(3), sector text, revenue_eur int8, purchases_eur int4, ebitda_eur float4,
            interest_eur int2, loan_eur numeric(30,6), energy_cost_share float8);
        INSERT INTO firms VALUES ('A1', 'Œuvre', 'NL', 'C25', 9007199254740993, 2147483647, -1.5, 32767, 123456789012.345678, 0.1),
            ('B2', NULL, 'DEU', 'C22', 0, NULL, NULL, NULL, NULL, NULL);
        CREATE TABLE sales (firm_id text, hs text, destination text, value_eur numeric, usmca bool);
        INSERT INTO sales VALUES ('A1', '7326908688', 'US', 0.000001, true), ('A1', '7326908688', 'US', 100000000000000000, false),
            ('B2', '7326908688', 'US', 12345.6700, NULL), ('B2', '7326908688', 'US', 10000, NULL), ('B2', '7326908688', 'US', 0, NULL);
    """, database="types")
    program("build", cluster.uri("types"), "-o", "types.book")
    (program.folder / "types").mkdir()
    (program.folder / "types/firms.csv").write_text(
        "firm_id,name,country,sector,revenue_eur,purchases_eur,ebitda_eur,interest_eur,loan_eur,energy_cost_share\n"
        "A1,Œuvre,NL,C25,9007199254740993,2147483647,-1.5,32767,123456789012.345678,0.1\nB2,,DEU,C22,0,,,,,\n", encoding="utf-8")
    (program.folder / "types/sales.csv").write_text(
        "firm_id,hs,destination,value_eur,usmca\nA1,7326908688,US,0.000001,yes\nA1,7326908688,US,100000000000000000,no\nB2,7326908688,US,12345.67,\n"
        "B2,7326908688,US,10000,\nB2,7326908688,US,0,\n", encoding="utf-8")
    program("build", "types", "-o", "files.book")
    assert (program.folder / "types.book").read_bytes() == (program.folder / "files.book").read_bytes()

    odd = [("'NaN'", "numeric"), ("'Infinity'", "numeric"), ("1e400", "numeric"), ("-1", "numeric"), ("NULL", "numeric"), ("'NaN'", "float8"),
           ("'-Infinity'", "float8"), ("-0.5", "float8"), ("1e300", "float8"), ("NULL", "float8"), ("-7", "int4"), ("true", "bool"),
           ("'2025-01-01'", "date"), ("'1 day'", "interval"), ("'{1}'", "int[]"), ("'x'", "bytea"), ("'1_000'", "text"), ("'1e999'", "text"), ("''", "text"),
           ("'2025-01-01'", "timestamptz")]
    for value, kind in odd:
        cluster.psql(f"ALTER TABLE sales DROP value_eur, ADD value_eur {kind}; DELETE FROM sales; INSERT INTO sales (firm_id, hs, destination, value_eur) "
                     f"SELECT 'A1', '7326908688', 'US', CASE WHEN i = 3 THEN {value}::{kind} END FROM generate_series(1, 3) i", database="types")
        said = program("check", cluster.uri("types"), expect=65).stderr
        assert re.search(r"public\.sales: row 3: value_eur: ", said), (value, kind, said)
    cluster.psql("ALTER TABLE sales DROP hs, ADD hs int8; UPDATE sales SET hs = 7326908688", database="types")
    assert "came as a number" in program("check", cluster.uri("types"), expect=65).stderr


def one_snapshot(cluster, program):
    """Lines that are committed after the snapshot was taken, and firms that are gone by then, change nothing."""
    cluster.sql("CREATE DATABASE snapshot")
    cluster.psql("""
        CREATE TABLE firms (firm_id text, country text, sector text, revenue_eur float8);
        CREATE TABLE purchases (firm_id text, hs text, origin text, value_eur float8);
        INSERT INTO purchases VALUES ('A1', '7208', 'CN', 5e5);
        CREATE TABLE first_sales (firm_id text, hs text, destination text, value_eur float8);
        INSERT INTO first_sales VALUES ('A1', '7326908688', 'US', 1e6);
        CREATE FUNCTION wait_for_it(v float8) RETURNS float8 LANGUAGE plpgsql AS
            $$ BEGIN PERFORM pg_advisory_lock(4711); PERFORM pg_advisory_unlock(4711); RETURN v; END $$;
        CREATE VIEW sales AS SELECT firm_id, hs, destination, wait_for_it(value_eur) AS value_eur FROM first_sales;""" + SMALL_FIRMS, database="snapshot")
    program("build", cluster.uri("snapshot"), "-o", "before.book")
    with cluster.session("snapshot") as other:
        other.run("SELECT pg_advisory_lock(4711)")
        running = program.start("build", cluster.uri("snapshot"), "-o", "during.book")
        wait_until(lambda: other.run("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") == "1")
        # The program stands in the middle of sales; purchases are still to come.
        other.run("INSERT INTO purchases VALUES ('A1', '7208', 'CN', 7e7); DELETE FROM firms WHERE firm_id = 'B2'; "
                  "INSERT INTO first_sales VALUES ('A1', '7326908688', 'US', 3e6); INSERT INTO firms VALUES ('Z9', 'NL', 'C25', 1);")
        other.run("SELECT pg_advisory_unlock(4711)")
    said = running.communicate()
    assert running.returncode == 0, said
    assert (program.folder / "during.book").read_bytes() == (program.folder / "before.book").read_bytes(), "rows of two moments in one book"
    program("build", cluster.uri("snapshot"), "-o", "after.book")
    assert (program.folder / "after.book").read_bytes() != (program.folder / "before.book").read_bytes()


def secrets(cluster, program):
    """No password on a command line, and none that is printed; service and password files are libpq's."""
    uris = ["postgresql://tester:hunter2@127.0.0.1/x", "postgres://tester:hunter2@127.0.0.1/x", "postgresql://127.0.0.1/x?password=hunter2",
            "postgresql:///x?user=a&p%61ssword=hunter2", "postgresql://h/x?sslpassword=hunter2", "postgresql://u:hunt/er2@h/x",
            "postgresql://u:hunter2?@h/x"]
    for uri in uris:
        for words in (["check", uri], ["build", uri, "-o", "x.book"], ["score", "csv.book", "-o", uri], ["firm", uri, "A1"], ["build", uri, "-o", uri],
                      ["score", uri, "-o", "x.csv"], ["check", "supply", "--rejects", uri]):
            done = program(*words, expect=64)
            assert "er2" not in done.stdout + done.stderr, done
            assert ".pgpass" in done.stderr, done.stderr
    for uri in ("postgresql://[bad/x", "postgresql://h/x?nonsense=1"):
        assert "libpq does not understand this URI" in program("check", uri, expect=64).stderr
    service = program.folder / "services"
    service.write_text(f"[risk]\nhost=127.0.0.1\nport={cluster.port}\nuser=tester\ndbname=postgres\n", encoding="utf-8")
    program("check", "postgresql:///?service=risk", env={**os.environ, "PGSERVICEFILE": str(service)})


def away(_, program):
    said = program("check", "postgresql://tester@127.0.0.1:1/x", expect=69).stderr
    assert "Connection refused" in said, said


def signals(cluster, program):
    """The server waits, the program does not: SIGINT and SIGTERM end it, and the server's query too."""
    cluster.sql("CREATE DATABASE slow")
    cluster.psql("""
        CREATE TABLE firms (firm_id text, country text, sector text, revenue_eur float8);
        CREATE VIEW sales AS SELECT 'A1'::text AS firm_id, '7208'::text AS hs, 'US'::text AS destination, 1::float8 AS value_eur, pg_sleep(3600)::text AS origin;
        """ + SMALL_FIRMS, database="slow")
    for number in (signal.SIGINT, signal.SIGTERM):
        running = program.start("build", cluster.uri("slow"), "-o", "slow.book")
        wait_until(lambda: cluster.sql("SELECT count(*) FROM pg_stat_activity WHERE datname = 'slow' AND wait_event = 'PgSleep'") == "1")
        running.send_signal(number)
        running.communicate(timeout=60)
        assert running.returncode == -number, running.returncode
        assert not list(program.folder.glob("slow.book*")), "something is left behind"
        wait_until(lambda: cluster.sql("SELECT count(*) FROM pg_stat_activity WHERE datname = 'slow'") == "0")


def main():
    with tempfile.TemporaryDirectory() as temporary, Cluster() as cluster:
        program = Program(sys.argv[1], pathlib.Path(temporary))
        folder = generate(sys.argv[2], temporary)
        for part in (same_book, mapped):
            part(cluster, program, folder)
            print(f"{part.__name__}: good", flush=True)
        for part in (only_some_tables, types, one_snapshot, secrets, away, signals):
            part(cluster, program)
            print(f"{part.__name__}: good", flush=True)


main()
