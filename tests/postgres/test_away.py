#!/usr/bin/env python3
"""The server goes away in the middle: a backend is terminated, a socket is cut. No partial book, the old rows intact, and a retry gives the same."""

import os
import pathlib
import socket
import sys
import tempfile
import threading

from cluster import Cluster, wait_until
from supply import Program, generate, load

ASLEEP = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'tolmuur' AND wait_event = 'PgSleep'"
DAYS = ["--on", "2025-08-07", "--on", "2026-03-01"]


class Proxy:
    """Hands bytes on to a port until so many went one way, then cuts both connections."""

    def __init__(self, port, most_bytes, to_server):
        self.port_behind = port
        self.left = most_bytes
        self.to_server = to_server
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.cut = False
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.port_behind))
            for source, target, counted in ((client, server, self.to_server), (server, client, not self.to_server)):
                threading.Thread(target=self.hand_on, args=(source, target, counted), daemon=True).start()

    def hand_on(self, source, target, counted):
        try:
            while data := source.recv(4096):
                self.left -= len(data) if counted else 0
                if self.left < 0:
                    self.cut = True
                    break
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self.listener.close()


def cut_source(cluster, program, cuts):
    wanted = (program.folder / "p.book").read_bytes()
    for most in cuts:
        proxy = Proxy(cluster.port, most, False)
        done = program("build", cluster.uri(port=proxy.port), "-o", "cut.book", expect=69)
        assert proxy.cut and "server closed the connection" in done.stderr, (most, done.stderr)
        assert not list(program.folder.glob("*cut.book*")), "something is left behind"
        proxy.close()
    program("build", cluster.uri(), "-o", "cut.book")
    assert (program.folder / "cut.book").read_bytes() == wanted


def cut_sink(cluster, program, cuts):
    ask = "SELECT count(*), sum(hashtext(t::text)) FROM tolmuur_scores t"
    program("score", "p.book", *DAYS, "-o", cluster.uri())
    both = cluster.sql(ask)
    program("score", "p.book", *DAYS[:2], "-o", cluster.uri())
    old = cluster.sql(ask)
    assert old != both
    for way in ("swap", "in place"):
        for most in cuts:
            proxy = Proxy(cluster.port, most, True)
            done = program("score", "p.book", *DAYS, "-o", cluster.uri(port=proxy.port), expect=69)
            assert proxy.cut, most
            proxy.close()
            assert cluster.sql(ask) == old, (way, most, done.stderr)
        cluster.sql("CREATE VIEW IF_ANY AS SELECT firm_id FROM tolmuur_scores" if way == "swap" else "DROP VIEW IF_ANY")
    program("score", "p.book", *DAYS, "-o", cluster.uri())
    assert cluster.sql(ask) == both
    assert cluster.sql("SELECT count(*) FROM pg_class WHERE relname LIKE 'tolmuur%'") == "1"


def killed(cluster, running):
    wait_until(lambda: cluster.sql(ASLEEP) == "1")
    running.kill()
    running.communicate()
    wait_until(lambda: cluster.sql("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'tolmuur'") == "0")


def terminated(cluster, program):
    """pg_terminate_backend while rows come and while rows go; and the program killed, which the server notices by itself."""
    wanted = (program.folder / "p.book").read_bytes()
    ask = "SELECT count(*), sum(hashtext(t::text)) FROM tolmuur_scores t"
    end = "SELECT count(*) FROM (SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tolmuur' AND query LIKE 'COPY%') t"
    cluster.sql("""ALTER TABLE sales RENAME TO all_sales; CREATE FUNCTION slow() RETURNS text LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(3600); RETURN 'CN'; END $$;
        CREATE VIEW sales AS SELECT * FROM all_sales UNION ALL SELECT (r).* FROM (SELECT all_sales AS r FROM all_sales LIMIT 1) one WHERE slow() IS NOT NULL""")
    running = program.start("build", cluster.uri(), "-o", "ended.book")
    wait_until(lambda: cluster.sql(ASLEEP) == "1")
    assert cluster.sql(end) == "1"
    said = running.communicate(timeout=60)[1]
    assert running.returncode == 69 and "terminating connection due to administrator command" in said, said
    assert not list(program.folder.glob("*ended.book*"))
    killed(cluster, program.start("build", cluster.uri(), "-o", "ended.book"))
    cluster.sql("DROP VIEW sales; DROP FUNCTION slow; ALTER TABLE all_sales RENAME TO sales")
    program("build", cluster.uri(), "-o", "ended.book")
    assert (program.folder / "ended.book").read_bytes() == wanted

    # A trigger holds the COPY up in the middle of the rows, which are replaced in place as the table has one.
    old = cluster.sql(ask)
    cluster.sql("""CREATE FUNCTION wait_there() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.firm_id LIKE '%77' THEN PERFORM pg_sleep(3600); END IF; RETURN NEW; END $$;
        CREATE TRIGGER wait_there BEFORE INSERT ON tolmuur_scores FOR EACH ROW EXECUTE FUNCTION wait_there()""")
    running = program.start("score", "p.book", *DAYS[:2], "-o", cluster.uri())
    wait_until(lambda: cluster.sql(ASLEEP) == "1")
    assert cluster.sql(end) == "1"
    said = running.communicate(timeout=60)[1]
    assert running.returncode == 69 and "terminating connection due to administrator command" in said, said
    assert cluster.sql(ask) == old
    cluster.sql("DROP FUNCTION wait_there CASCADE")
    program("score", "p.book", *DAYS, "-o", cluster.uri())
    assert cluster.sql(ask) == old


def main():
    long = os.environ.get("TOLMUUR_LONG") == "1"
    with tempfile.TemporaryDirectory() as temporary, Cluster() as cluster:
        program = Program(sys.argv[1], pathlib.Path(temporary))
        os.environ["TOLMUUR_CACHE"] = temporary
        load(cluster, generate(sys.argv[2], temporary, lines=60000 if long else 20000))
        program("build", "csv", "-o", "p.book")
        cut_source(cluster, program, range(200, 1000000, 20000) if long else (200, 3000, 60000, 400000, 900000))
        print("cut_source: good", flush=True)
        cut_sink(cluster, program, range(200, 200000, 8000) if long else (200, 5000, 60000, 150000))
        print("cut_sink: good", flush=True)
        terminated(cluster, program)
        print("terminated: good", flush=True)


main()
