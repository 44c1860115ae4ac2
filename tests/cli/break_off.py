#!/usr/bin/env python3
"""Breaks runs off in every way and takes them up again: the bytes must be those of a run that nothing disturbed.

usage: break_off.py CASE PROGRAM GENERATOR DUCKDB_LIBRARY
TOLMUUR_LONG=1: more often. TOLMUUR_SEED: another order of chance.
"""

import ctypes
import fcntl
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time

LONG = os.environ.get("TOLMUUR_LONG") == "1"
SEED = int(os.environ.pop("TOLMUUR_SEED", "1"))  # not for the program, whose --seed has the same variable
PATIENCE = 20  # seconds that a signal may take before something is wrong, on any machine
OPTIONS = ["--on", "2025-04-12", "--on", "2025-08-10", "--on", "2026-03-01", "--part-rows", "200"]


class Broken(Exception):
    """What must hold does not."""


def expect(holds, message):
    if not holds:
        raise Broken(message)


class Stage:
    """A small book, an undisturbed run of it, and a place for others."""

    def __init__(self, program, generator, folder):
        self.program, self.generator, self.folder = program, generator, folder
        self.book = folder / "p.book"
        self.environment = dict(os.environ, LC_ALL="C", TOLMUUR_CACHE="")
        self.tables = str(pathlib.Path(__file__).resolve().parents[2] / "datasets/demo")
        subprocess.run([generator, "--tables", self.tables, "--firms", "400", "--lines", "6000", "--named", "27", "--seed", "5", str(folder / "input")],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        subprocess.run([program, "build", str(folder / "input"), "-o", str(self.book)], check=True, stdout=subprocess.DEVNULL)
        started = time.monotonic()
        done = self.run("whole")
        self.seconds = time.monotonic() - started
        expect(done.returncode == 0, done.stderr)
        self.totals = done.stdout
        self.talk = [line for line in done.stderr.splitlines() if "narrow" in line]
        self.reference = self.contents("whole")
        expect(len(self.reference) > 6, "the run should have several parts")

    def command(self, name, *more):
        return [self.program, "score", str(self.book), *OPTIONS, "-o", str(self.folder / name), *more]

    def run(self, name, *more, before=None):
        return subprocess.run(self.command(name, *more), env=self.environment, capture_output=True, text=True, check=False,
                              preexec_fn=before)

    def start(self, name, *more):
        return subprocess.Popen(self.command(name, *more), env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True)

    def contents(self, name):
        """All files of a run, the reproducible part of the manifest among them."""
        root = self.folder / name
        files = {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}
        manifest = json.loads(files["manifest.json"])
        del manifest["execution"]
        files["manifest.json"] = json.dumps(manifest)
        return files

    def check_whole(self, name):
        expect(self.contents(name) == self.reference, f"{name} is not the run that nothing disturbed")
        left = [path.name for path in self.folder.iterdir() if path.name.startswith(name + ".")]
        expect(not left, f"left behind: {left}")

    def check_partial(self, name):
        """What stands under a final name is whole, before and after the folder has its own."""
        if (self.folder / name).exists():
            expect(self.contents(name) == self.reference, f"{name} stands there and is not whole")
        for path in (self.folder / f"{name}.partial" / "run").rglob("*"):
            inside = str(path.relative_to(self.folder / f"{name}.partial" / "run"))
            if path.is_file() and inside in self.reference and inside != "manifest.json":
                expect(path.read_bytes() == self.reference[inside], f"{inside} has its name and is not whole")

    def carry_on(self, name):
        done = self.run(name, "--resume")
        expect(done.returncode == 0, f"--resume: exit {done.returncode}: {done.stderr}")
        if "nothing to do" not in done.stderr:
            expect(done.stdout == self.totals, "the totals on stdout differ after --resume")
            talk = [line for line in done.stderr.splitlines() if "narrow" in line]
            expect(talk == self.talk, f"what is said differs after --resume: {talk}")
        self.check_whole(name)

    def clear(self, name):
        for path in list(self.folder.iterdir()):
            if path.name == name or path.name.startswith(name + "."):
                shutil.rmtree(path) if path.is_dir() else path.unlink()


def query(library, statement):
    """Runs one statement in a DuckDB of its own."""
    duckdb = ctypes.CDLL(library)
    database, connection = ctypes.c_void_p(), ctypes.c_void_p()
    result = (ctypes.c_char * 256)()
    duckdb.duckdb_result_error.restype = ctypes.c_char_p
    expect(duckdb.duckdb_open(None, ctypes.byref(database)) == 0, "DuckDB does not open")
    expect(duckdb.duckdb_connect(database, ctypes.byref(connection)) == 0, "DuckDB does not connect")
    state = duckdb.duckdb_query(connection, statement.encode(), result)
    expect(state == 0, duckdb.duckdb_result_error(result))
    duckdb.duckdb_destroy_result(result)
    duckdb.duckdb_disconnect(ctypes.byref(connection))
    duckdb.duckdb_close(ctypes.byref(database))


def case_table(stage, library):
    """The parts read in the order of their names are the table of a file; a run of one part has that file."""
    table = stage.folder / "table.parquet"
    subprocess.run([stage.program, "score", str(stage.book), *OPTIONS[:6], "-o", str(table)], check=True, env=stage.environment,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for name, source in (("parts", stage.folder / "whole/scores/*.parquet"), ("table", table)):
        query(library, f"COPY (FROM read_parquet('{source}')) TO '{stage.folder / name}.csv'")
    expect((stage.folder / "parts.csv").read_bytes() == (stage.folder / "table.csv").read_bytes(), "the parts are not the table")
    lines = (stage.folder / "table.csv").read_bytes().count(b"\n")
    expect(lines == 1 + 3 * 400, f"the table has {lines} lines")
    one = subprocess.run(
        [stage.program, "score", str(stage.book), *OPTIONS[:6], "-o", str(stage.folder / "one")], env=stage.environment,
        capture_output=True, text=True, check=False)
    expect(one.returncode == 0, one.stderr)
    expect((stage.folder / "one/scores/part-00000.parquet").read_bytes() == table.read_bytes(), "one part is not the file")
    for threads, isa in (("1", "scalar"), ("3", "scalar"), ("7", "scalar")):
        stage.clear("other")
        done = stage.run("other", "--threads", threads, "--isa", isa, "--no-pin")
        expect(done.returncode == 0, done.stderr)
        stage.check_whole("other")
    return "1,200 rows"


def case_kill(stage, _library):
    """kill -9 at any moment, again and again, until the run is whole."""
    chance, kills, wholes = random.Random(SEED), 200 if LONG else 10, 0
    for _ in range(kills):
        running = stage.start("killed", "--resume")
        time.sleep(chance.uniform(0, 1.1 * stage.seconds))
        running.kill()
        running.communicate()
        stage.check_partial("killed")
        if chance.random() < 0.3 or (stage.folder / "killed").exists():
            stage.carry_on("killed")
            stage.clear("killed")
            wholes += 1
    stage.carry_on("killed")
    return f"{kills} kills, {wholes + 1} runs made whole"


CALLS = "write,pwrite64,fsync,fchmod,rename,renameat,renameat2,unlink,unlinkat,mkdirat,openat"


def case_calls(stage, _library):
    """Killed at the n-th call that changes a file, for many n."""
    strace = ["strace", "-f", "-qq", "-o", "/dev/null"]
    try:
        traced = subprocess.run([*strace, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        traced = False
    if not traced:
        return "skipped: strace cannot trace here"
    kills = 0
    for call in CALLS.split(","):
        first = {"write": 1, "openat": 40}.get(call, 1)
        steps = range(first, 200) if LONG else range(first, 200, 1)
        last_killed = 0
        for n in steps if LONG else [first, first + 3, first + 20]:
            stage.clear("traced")
            done = subprocess.run([*strace, "-e", f"trace={call}", "-e", f"inject={call}:signal=SIGKILL:when={n}",
                                   *stage.command("traced")], env=stage.environment, capture_output=True, check=False)
            if done.returncode == 0:
                break
            last_killed, kills = n, kills + 1
            stage.check_partial("traced")
            stage.carry_on("traced")
        expect(last_killed > 0 or call in ("rename", "renameat", "renameat2", "unlink", "unlinkat"), f"{call} was never reached")
    return f"{kills} kills"


def leave(stage):
    """A reader of stdout that has had enough, as `head -1` has, ends the program without a word."""
    running = subprocess.Popen([stage.program, "score", str(stage.book), *OPTIONS[:6], "-o", "-", "--format", "jsonl"], env=stage.environment,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    json.loads(running.stdout.readline())
    running.stdout.close()
    said = running.stderr.read()
    expect(running.wait(PATIENCE) == -signal.SIGPIPE and "pipe" not in said.lower(), f"exit {running.returncode} when the reader left: {said}")


def case_signals(stage, _library):
    """SIGTERM and SIGINT at any moment end the run soon, as the signal says, and it can be taken up."""
    leave(stage)
    chance, longest, caught = random.Random(SEED), 0.0, 0
    for i in range(200 if LONG else 12):
        number = signal.SIGTERM if i % 2 == 0 else signal.SIGINT
        running = stage.start("stopped", "--resume")
        time.sleep(chance.uniform(0, stage.seconds))
        running.send_signal(number)
        sent = time.monotonic()
        _, said = running.communicate(timeout=PATIENCE)
        longest = max(longest, time.monotonic() - sent)
        if running.returncode != 0:
            caught += 1
            expect(running.returncode == -number, f"exit {running.returncode} after signal {number}: {said}")
            if (stage.folder / "stopped.partial/run").exists():
                expect("--resume goes on" in said or not said, f"said after a signal: {said}")
        stage.check_partial("stopped")
        if chance.random() < 0.3:
            stage.carry_on("stopped")
            stage.clear("stopped")
    stage.carry_on("stopped")
    return f"{caught} runs stopped, the slowest {longest:.2f} s after the signal"


def hold_when_locked(stage, name):
    """A run that stands still while it holds its lock."""
    running = stage.start(name)
    lock = stage.folder / f"{name}.lock"
    while running.poll() is None and not (lock.exists() and "purpose" in lock.read_text()):
        time.sleep(0.001)
    running.send_signal(signal.SIGSTOP)
    return running


def case_lock(stage, _library):
    """One run at a time; a dead holder holds nothing."""
    race = [stage.start("raced") for _ in range(8)]
    ends = []
    for running in race:
        _, said = running.communicate()
        ends.append(running.returncode)
        # One that comes when the winner is done finds a whole run.
        expect(running.returncode in (0, 73, 75), f"exit {running.returncode}: {said}")
    expect(ends.count(0) == 1, f"{ends.count(0)} winners of 8: {ends}")
    stage.check_whole("raced")
    holder = hold_when_locked(stage, "held")
    expect(holder.poll() is None, "the holder ended before it could be held")
    other = stage.run("held", "--resume")
    expect(other.returncode == 75 and f"held by process {holder.pid} on " in other.stderr and " since 2" in other.stderr, other.stderr)
    holder.kill()
    holder.communicate()
    expect((stage.folder / "held.lock").exists(), "a killed holder cannot have removed its lock")
    stage.carry_on("held")
    with open(stage.folder / "empty.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        other = stage.run("empty")
        expect(other.returncode == 75 and "another process" in other.stderr, other.stderr)
    return f"exit codes {sorted(ends)}"


def break_off(stage, name):
    """A run that was killed with some parts done."""
    for _ in range(100):
        stage.clear(name)
        running = stage.start(name)
        records = stage.folder / f"{name}.partial/records"
        while running.poll() is None and not (records.is_dir() and len([p for p in records.iterdir() if "." not in p.name]) >= 3):
            time.sleep(0.001)
        running.kill()
        running.communicate()
        if records.is_dir():
            return
    raise Broken("the run always ended before it could be broken off")


def case_damage(stage, _library):
    """Parts and records that were cut, changed or lost are made again; another run's are never taken."""
    chance = random.Random(SEED)
    kinds = ["flip", "cut", "remove", "record", "record cut", "no record", "stranger", "origin"]
    for i in range(40 if LONG else 8):
        break_off(stage, "damaged")
        partial = stage.folder / "damaged.partial"
        kind = kinds[i % len(kinds)]
        part = partial / f"run/scores/part-{chance.randrange(3):05}.parquet"
        record = partial / f"records/{part.stem}"
        target = record if "record" in kind else part
        content = bytearray(target.read_bytes())
        if kind in ("flip", "record"):
            content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
            target.write_bytes(content)
        elif "cut" in kind:
            target.write_bytes(content[:chance.randrange(len(content))])
        elif kind in ("remove", "no record"):
            target.unlink()
        elif kind == "stranger":
            (partial / "run/scores/part-99999.parquet").write_bytes(content)
            (partial / "run/scores/part-00001.parquet.tmp-abcdef").write_bytes(content)
        else:
            (partial / "made-from.json").write_text("{", encoding="utf-8")
        stage.carry_on("damaged")
    break_off(stage, "damaged")
    other = stage.run("damaged", "--resume", "--settings", "half_margin=0.3")
    expect(other.returncode == 64 and "half_margin is 0.25, now 0.3" in other.stderr, other.stderr)
    # Without --resume what was left is removed, and that is said.
    again = stage.run("damaged")
    expect(again.returncode == 0 and "damaged.partial: what an earlier run left is removed" in again.stderr, again.stderr)
    expect("are kept from before" not in again.stderr, again.stderr)
    stage.check_whole("damaged")
    return f"{len(kinds)} kinds"


def check_left(stage, name, done):
    """What a fault leaves is parts that --resume takes up, which is said, or nothing."""
    partial = stage.folder / f"{name}.partial"
    parts = len(list(partial.glob("records/part-*")))
    expect(("--resume goes on" in done.stderr) == partial.exists() == (parts > 0), f"{parts} parts are left: {done.stderr}")
    return parts


def case_full(stage, _library):
    """No room: exit 74, what is there stays, and the run is taken up when there is room."""
    largest = max(len(content) for content in stage.reference.values())
    for limit in (0, 100, largest // 3, largest - 1):
        stage.clear("full")
        done = stage.run("full", before=lambda limit=limit: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
        expect(done.returncode == 74, f"limit {limit}: exit {done.returncode}: {done.stderr}")
        expect("/proc/self/fd/" not in done.stderr.split(":")[1], done.stderr)
        stage.check_partial("full")
        check_left(stage, "full", done)
        stage.carry_on("full")
    small = stage.folder / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={sum(map(len, stage.reference.values())) * 3 // 4096}k", "tmpfs", str(small)], capture_output=True, check=False)
    if mounted.returncode != 0:
        return "size limits; no tmpfs can be mounted here"
    try:
        done = stage.run("small/run")
        expect(done.returncode == 74, f"full disk: exit {done.returncode}: {done.stderr}")
        expect(not (small / "run").exists(), "a run stands on the full disk")
        expect(check_left(stage, "small/run", done) > 0, f"no part is left on the full disk: {done.stderr}")
        subprocess.run(["mount", "-o", "remount,size=64m", str(small)], check=True)
        done = stage.run("small/run", "--resume")
        expect(done.returncode == 0, done.stderr)
        stage.check_whole("small/run")
    finally:
        subprocess.run(["umount", str(small)], check=True)
    return "size limits and a full disk"


def main():
    case, program, generator, library = sys.argv[1:]
    with tempfile.TemporaryDirectory(prefix="tolmuur-run-") as folder:
        stage = Stage(program, generator, pathlib.Path(folder))
        try:
            said = globals()[f"case_{case}"](stage, library)
        except Broken as broken:
            print(f"{case}: {broken}")
            return 1
    print(f"{case}: {said} (an undisturbed run takes {stage.seconds:.2f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
