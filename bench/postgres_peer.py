#!/usr/bin/env python3
"""PostgreSQL as a peer of the benchmark: the product as a join and sums in SQL (product_pipe.c says what is asked).

usage: postgres_peer.py FOLDER THREADS

A cluster of its own lives in a temporary folder, listens on a socket there and nowhere else, and goes with this process. Tables are unlogged and loaded
with COPY; nothing waits for a disk.
"""

import glob
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROWS_AT_ONCE = 1 << 18
COPY_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
COPY_END = b"\xff\xff"


def fields(kinds):
    """Return the type of a row of COPY's binary format: the number of fields, then each with its length."""
    parts = [("count", ">i2")]
    for i, kind in enumerate(kinds):
        parts += [(f"length{i}", ">i4"), (f"field{i}", kind)]
    return numpy.dtype(parts)


def fill(rows, kinds, columns):
    rows["count"] = len(kinds)
    for i, column in enumerate(columns):
        rows[f"length{i}"] = rows.dtype[f"field{i}"].itemsize
        rows[f"field{i}"] = column


class Cluster:
    def __init__(self, threads):
        self.programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"))[-1]
        self.folder = tempfile.mkdtemp(prefix="tolmuur-postgres-")
        # The server refuses to run as root.
        self.who = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}
        if self.who:
            shutil.chown(self.folder, "postgres", "postgres")
        data = os.path.join(self.folder, "data")
        self.run("initdb", "-D", data, "-A", "trust", "-U", "bench", "--no-sync", "-E", "UTF8", "--locale=C")
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": self.folder,
            "shared_buffers": "2GB",
            "work_mem": "1GB",
            "maintenance_work_mem": "1GB",
            "fsync": "off",
            "max_parallel_workers": threads,
            "max_parallel_workers_per_gather": threads - 1,  # the leader works too
            "min_parallel_table_scan_size": 0,
        }
        command = [os.path.join(self.programs, "postgres"), "-D", data]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        self.server = subprocess.Popen(
            command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **self.who
        )
        self.wait()

    def run(self, program, *words):
        command = [os.path.join(self.programs, program), *words]
        subprocess.run(command, cwd=self.folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **self.who)

    def wait(self):
        for _ in range(300):
            if subprocess.run(self.psql("SELECT 1"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0:
                return
            if self.server.poll() is not None:
                break
            time.sleep(0.1)
        raise RuntimeError("the server did not start")

    def psql(self, *statements):
        command = [os.path.join(self.programs, "psql"), "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-U", "bench", "-d", "postgres"]
        for statement in statements:
            command += ["-c", statement]
        return command

    def ask(self, *statements):
        done = subprocess.run(self.psql(*statements), capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        return done.stdout

    def copy_in(self, name, chunks):
        load = subprocess.Popen(self.psql(f"COPY {name} FROM STDIN (FORMAT binary)"), stdin=subprocess.PIPE)
        load.stdin.write(COPY_HEAD)
        for chunk in chunks:
            load.stdin.write(chunk.tobytes())
        load.stdin.write(COPY_END)
        load.stdin.close()
        if load.wait() != 0:
            raise RuntimeError(f"{name} was not loaded")
        self.ask(f"VACUUM ANALYZE {name}")

    def copy_out(self, query):
        return subprocess.run(self.psql(f"COPY ({query}) TO STDOUT (FORMAT binary)"), capture_output=True, check=True).stdout

    def close(self):
        self.server.send_signal(signal.SIGINT)
        self.server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def load(folder, name, kind, count):
    return numpy.fromfile(os.path.join(folder, name), dtype=kind, count=count)


def take_matrix(cluster, folder, name, rows, entries):
    start = load(folder, name + ".start", numpy.uint64, rows + 1)
    column = load(folder, name + ".column", numpy.uint32, entries)
    value = load(folder, name + ".value", numpy.float64, entries)
    row = numpy.repeat(numpy.arange(rows, dtype=numpy.int32), numpy.diff(start.astype(numpy.int64)))
    kinds = [">i4", ">i4", ">f8"]

    def chunks():
        for first in range(0, entries, ROWS_AT_ONCE):
            part = slice(first, min(first + ROWS_AT_ONCE, entries))
            made = numpy.empty(part.stop - first, fields(kinds))
            fill(made, kinds, [row[part], column[part], value[part]])
            yield made

    cluster.ask(f"CREATE UNLOGGED TABLE {name} (r int, c int, v float8)")
    cluster.copy_in(name, chunks())


def take_table(cluster, folder, name, rows, columns):
    value = load(folder, name + ".table", numpy.float64, rows * columns).reshape(rows, columns)
    kinds = [">i4"] + [">f8"] * columns
    made = numpy.empty(rows, fields(kinds))
    fill(made, kinds, [numpy.arange(rows), *value.T])
    cluster.ask(f"CREATE UNLOGGED TABLE {name} (c int, " + ", ".join(f"f{i} float8" for i in range(columns)) + ")")
    cluster.copy_in(name, [made])


def multiply(cluster, matrix, table, columns):
    """Make table `product`; return the seconds that the server took for it."""
    sums = ", ".join(f"sum(m.v * t.f{i}) AS s{i}" for i in range(columns))
    query = f"CREATE UNLOGGED TABLE product AS SELECT m.r, {sums} FROM {matrix} m JOIN {table} t USING (c) GROUP BY m.r"
    cluster.ask("DROP TABLE IF EXISTS product")
    said = cluster.ask("\\timing on", query)
    return float(re.search(r"Time: ([0-9.]+) ms", said).group(1)) / 1000


def write_result(cluster, folder, rows, columns):
    text = cluster.copy_out("SELECT * FROM product")
    made = numpy.frombuffer(text[len(COPY_HEAD) : -len(COPY_END)], fields([">i4"] + [">f8"] * columns))
    product = numpy.zeros((rows, columns))
    for i in range(columns):
        product[made["field0"], i] = made[f"field{i + 1}"]
    product.tofile(os.path.join(folder, "result"))


def answer(cluster, folder, sizes, words):
    """Return the seconds that a question took."""
    if words[0] == "matrix":
        sizes[words[1]] = int(words[2])
        take_matrix(cluster, folder, words[1], int(words[2]), int(words[4]))
        return 0
    if words[0] == "table":
        sizes[words[1]] = int(words[3])
        take_table(cluster, folder, words[1], int(words[2]), int(words[3]))
        return 0
    seconds = multiply(cluster, words[1], words[2], sizes[words[2]])
    if words[0] == "result":
        write_result(cluster, folder, sizes[words[1]], sizes[words[2]])
    return seconds


def main():
    threads = int(sys.argv[2])
    try:
        cluster = Cluster(threads)
    except Exception as fault:
        print("no:", repr(fault), flush=True)
        return 1
    try:
        print("PostgreSQL", cluster.ask("SHOW server_version").strip(), "with", threads, "processes a query, tables in its buffers", flush=True)
        sizes = {}
        for line in sys.stdin:
            try:
                print(repr(answer(cluster, sys.argv[1], sizes, line.split())), flush=True)
            except Exception as fault:  # whatever it is, the bench says it
                print("no:", repr(fault), flush=True)
    finally:
        cluster.close()
    return 0


try:
    import numpy
except ImportError as missing:
    print("no:", missing, flush=True)
    sys.exit(1)
sys.exit(main())
