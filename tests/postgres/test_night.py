#!/usr/bin/env python3
"""A night from a database into it: build, a run folder, rows in a table; killed at any moment and started again, as a scheduler does.

Whatever was killed, the night that ends has the bytes and rows of one that nothing disturbed, nobody saw anything in between, and nothing is left behind.
TOLMUUR_LONG=1: 10^5 firms, 16 scenarios, 50 kills. TOLMUUR_SEED: another order of chance.
"""

import hashlib
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time

from cluster import Cluster, wait_until
from supply import generate, load

LONG = os.environ.get("TOLMUUR_LONG") == "1"
SEED = int(os.environ.pop("TOLMUUR_SEED", "1"))  # not for the program, whose --seed has the same variable
FIRMS, LINES, KILLS, PART_ROWS, WATCH_SECONDS = (100000, 5000000, 50, 100000, 1.0) if LONG else (1000, 20000, 10, 300, 0.05)
DAYS = ["2025-04-12", "2025-08-10"]
FILES = ["uniform_us_10"]
COUNT = 16 if LONG else 3  # of scenarios: a file may hold several
if LONG:
    DAYS += ["2018-09-01", "2019-06-15", "2025-03-05", "2025-05-20", "2025-11-15", "2026-01-10", "2026-02-25", "2026-03-01"]
    FILES += ["no_ieepa", "courts_2026"]
SCENARIOS = [str(pathlib.Path(__file__).parents[2] / f"datasets/scenarios/{name}.json") for name in FILES]
TONIGHT = [*(word for day in DAYS for word in ("--on", day)), *(word for path in SCENARIOS for word in ("--scenarios", path))]
YESTERDAY = ["--on", "2025-02-10"]  # none of tonight's rows has this day
STEPS = ("build", "run", "rows")
AGAIN = 75  # somebody, here a backend whose client was killed, still holds the table
ROWS = 'SELECT "on", scenario, count(*) FROM tolmuur_scores GROUP BY 1, 2 ORDER BY 1, 2'
# Every bit of every field, in any order of the rows.
FINGERPRINT = """SELECT count(*), sum(('x' || substr(bits, 1, 16))::bit(64)::bigint::numeric), sum(('x' || substr(bits, 17))::bit(64)::bigint::numeric)
    FROM (SELECT md5(record_send(scores)) AS bits FROM tolmuur_scores scores) rows"""
STAYING = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'tolmuur'"


def digest(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Night:
    """What a scheduler starts, in a folder of its own, and what must be seen of it."""

    def __init__(self, program, folder, cluster):
        self.program, self.cluster = program, cluster
        self.state, self.cache = folder / "state", folder / "cache"
        self.book, self.run = self.state / "p.book", self.state / "run"
        self.state.mkdir()
        self.environment = dict(os.environ, TOLMUUR_CACHE=str(self.cache))
        self.seconds, self.reference, self.sizes, self.rows = {}, None, None, {}
        self.quiet = threading.Lock()  # held while the test itself removes what the watcher looks at

    def command(self, step):
        if step == "build":
            return [self.program, "build", self.cluster.uri(), "-o", "p.book"]
        out = ["run/", "--resume", "--part-rows", str(PART_ROWS)] if step == "run" else [self.cluster.uri()]
        return [self.program, "score", "p.book", *TONIGHT, "-o", *out]

    def remaining(self):
        """The book is there only when it is whole; the run folder knows by itself. Rows are written every time."""
        return [step for step in STEPS if not (step == "build" and self.book.exists())]

    def start(self, words):
        return subprocess.Popen(words, cwd=self.state, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                errors="backslashreplace", start_new_session=True)

    def finish(self, words, codes=(0,), seconds=1800):
        """Runs to the end; None: it was killed, as it was not there in time, and no process of it is left."""
        running = self.start(words)
        try:
            said = running.communicate(timeout=seconds)[0]
        except subprocess.TimeoutExpired:
            running.kill()
            running.communicate()
            wait_until(lambda: not alive(running.pid))
            return None
        assert running.returncode in codes, f"{' '.join(words)}: exit {running.returncode}: {said}"
        return running.returncode

    def go(self, hit=None, moment=0.0):
        """One start of the night; returns the step in which it was killed, or None at its end."""
        for step in self.remaining():
            code = AGAIN
            while code == AGAIN:
                code = self.finish(self.command(step), (0, AGAIN) if step == "rows" else (0,), moment if step == hit else 1800)
                if code is None:
                    assert step == hit, f"{step} takes half an hour"
                    return step
                if code == AGAIN:
                    print("  75: the table is still held", flush=True)
        return None

    def files(self):
        """Path and SHA-256 of what has its final name; of the manifest what can be the same twice."""
        found = {"p.book": digest(self.book)} if self.book.exists() else {}
        for path in sorted(self.run.rglob("*")) if self.run.exists() else []:
            name = str(path.relative_to(self.state))
            if path.name == "manifest.json":
                manifest = json.loads(path.read_text(encoding="utf-8"))
                del manifest["execution"]
                found[name] = json.dumps(manifest)
            elif path.is_file():
                found[name] = digest(path)
        return found

    def check_files(self):
        """After a kill: what has its name is whole, also inside a run that has none yet."""
        found = self.files()
        assert all(self.reference.get(name) == value for name, value in found.items()), f"not whole: {found}"
        assert not self.run.exists() or set(self.reference) == set(found) | {"p.book"}, f"a run without some of its files: {sorted(found)}"
        partial = self.state / "run.partial/run"
        for path in partial.rglob("*") if partial.exists() else []:
            name = f"run/{path.relative_to(partial)}"
            if name in self.reference and path.name != "manifest.json":
                assert digest(path) == self.reference[name], f"{name} has its name and is not whole"

    def check_end(self):
        """The night has ended: the same bytes and rows, and nothing else."""
        found = self.files()
        assert found == self.reference, [name for name in set(found) | set(self.reference) if found.get(name) != self.reference.get(name)]
        assert self.cluster.sql(ROWS) == self.rows["tonight"]
        assert self.cluster.sql(FINGERPRINT) == self.rows["fingerprint"], "other rows than those of an undisturbed night"
        left = sorted(path.name for path in self.state.iterdir())
        assert left == ["p.book", "run"], f"left behind: {left}"
        left = [str(path) for path in self.cache.rglob("*") if ".tmp-" in path.name]
        assert not left, f"left behind: {left}"
        wait_until(lambda: self.cluster.sql(STAYING) == "0")
        tables = self.cluster.sql("SELECT string_agg(relname, ' ' ORDER BY relname) FROM pg_class WHERE relkind IN ('r', 'v') AND relnamespace = 'public'::regnamespace")
        assert tables.split() in (["firms", "purchases", "sales", "tolmuur_scores"], ["firms", "purchases", "sales", "tolmuur_scores", "worst"]), tables
        # Nobody is in the middle of anything but the watcher, which reads.
        assert self.cluster.sql("SELECT count(*) FROM pg_locks WHERE relation = 'tolmuur_scores'::regclass AND mode <> 'AccessShareLock'") == "0"

    def evening(self, in_place):
        """Yesterday's rows stand in the table, no file is there. With a view on the table its rows are replaced in place."""
        with self.quiet:
            for path in (self.book, self.run, self.cache):
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
        self.cluster.sql("DROP VIEW IF EXISTS worst")
        if not (self.state.parent / "yesterday.book").exists():
            self.finish([self.program, "build", self.cluster.uri(), "-o", "../yesterday.book"])
        self.finish([self.program, "score", "../yesterday.book", *YESTERDAY, "-o", self.cluster.uri()])
        if in_place:
            self.cluster.sql("CREATE VIEW worst AS SELECT firm_id, score FROM tolmuur_scores; VACUUM tolmuur_scores")
        shutil.rmtree(self.cache, ignore_errors=True)

    def undisturbed(self):
        """What every other night is compared with."""
        self.evening(False)
        self.rows["yesterday"] = self.cluster.sql(ROWS)
        for step in STEPS:
            started = time.monotonic()
            self.finish(self.command(step))
            self.seconds[step] = time.monotonic() - started
        self.rows["tonight"], self.rows["fingerprint"] = self.cluster.sql(ROWS), self.cluster.sql(FINGERPRINT)
        self.reference = self.files()
        self.sizes = self.files_now()
        kinds = self.rows["tonight"].split("\n")
        assert len(kinds) == COUNT and all(kind.endswith(f"|{FIRMS}") for kind in kinds), kinds
        assert self.rows["yesterday"].endswith(f"|{FIRMS}") and self.rows["yesterday"].split("|")[0] not in DAYS
        assert len([name for name in self.reference if "part-" in name]) > 5
        self.check_end()

    def files_now(self):
        """Sizes of what has its final name, quick enough to be asked all the time."""
        return {str(path.relative_to(self.state)): path.stat().st_size for root in (self.book, self.run)
                for path in ([root] if root == self.book else root.rglob("*")) if path.is_file() and path.name != "manifest.json"}


def alive(group):
    """Whether a process of the group is left: none may outlive the program that was killed."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


class Watcher(threading.Thread):
    """A second session that reads the results all the time, and looks at the files."""

    def __init__(self, night):
        super().__init__(daemon=True)
        self.night, self.done, self.wrong, self.looks = night, threading.Event(), None, {}

    def look(self, session):
        night = self.night
        seen = session.run(ROWS)
        kind = next((name for name in ("yesterday", "tonight") if night.rows[name] == seen), None)
        assert kind, f"the results held {seen[:500]!r}"
        self.looks[kind] = self.looks.get(kind, 0) + 1
        with night.quiet:
            sizes = night.files_now()
        whole = all(night.sizes.get(name) == size for name, size in sizes.items()) and (set(sizes) <= {"p.book"} or set(sizes) == set(night.sizes))
        assert whole, f"under final names: {sizes}"

    def run(self):
        try:
            with self.night.cluster.session() as session:
                while not self.done.wait(WATCH_SECONDS):
                    self.look(session)
        except (AssertionError, OSError) as error:
            self.wrong = error

    def end(self):
        self.done.set()
        self.join()
        assert self.wrong is None, self.wrong


def draw(chance, night):
    """A step that is still to be done, and a moment in what it took undisturbed."""
    step = chance.choice([step for step in night.remaining() if not (step == "run" and night.run.exists())])
    return step, chance.uniform(0, night.seconds[step])


def disturb(night):
    """Kills, until there were enough; now and then a night may end, and the next begins."""
    chance, kills, nights, early = random.Random(SEED), {step: 0 for step in STEPS}, 0, 0
    night.evening(False)
    watcher = Watcher(night)
    watcher.start()
    while sum(kills.values()) < KILLS:
        hit, moment = draw(chance, night)
        killed = night.go(hit, moment)
        if killed:
            kills[killed] += 1
            print(f"kill {sum(kills.values())}: {killed} after {moment:.3f} s", flush=True)
            night.check_files()
            if chance.random() > 0.25 and sum(kills.values()) < KILLS:
                continue
            night.go()
        early += not killed
        assert early < 10 * KILLS, "every step ends before it can be killed"
        night.check_end()
        nights += 1
        if sum(kills.values()) < KILLS:
            night.evening(nights % 2 == 1)
    watcher.end()
    assert watcher.looks.get("yesterday", 0) > 0, watcher.looks
    print(f"{sum(kills.values())} kills ({', '.join(f'{count} in {step}' for step, count in kills.items())}), {nights} nights ended as the undisturbed one; "
          f"the watcher saw {watcher.looks}")


def main():
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as temporary, Cluster() as cluster:
        folder = pathlib.Path(temporary)
        source = generate(sys.argv[2], temporary, firms=FIRMS, lines=LINES)
        load(cluster, source)
        shutil.rmtree(source)
        night = Night(str(pathlib.Path(sys.argv[1]).resolve()), folder, cluster)
        night.undisturbed()
        print(f"{FIRMS} firms, {COUNT} scenarios, seed {SEED}; undisturbed: {', '.join(f'{step} {took:.2f} s' for step, took in night.seconds.items())}",
              flush=True)
        disturb(night)
    print(f"{time.monotonic() - started:.0f} s in all")


main()
