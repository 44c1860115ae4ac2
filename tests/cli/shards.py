#!/usr/bin/env python3
"""Cuts a run into shards, scores them in any order, on any instruction set and number of threads, some twice, some killed, and merges them: the bytes must be
those of one run. What cannot be merged must be refused by name.

usage: shards.py CASE PROGRAM GENERATOR [DOCUMENT SCRIPT]
TOLMUUR_LONG=1: more often. TOLMUUR_SEED: another order of chance.
"""

import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
from break_off import LONG, OPTIONS, SEED, Broken, Stage, expect

SHARDS = 7
FEW = SHARDS if LONG else 3  # where their number makes no difference


class Shards(Stage):
    """A whole run to compare with, and shards of it."""

    def score(self, number, *more, count=SHARDS, name=None, book=None, **popen):
        name = name or f"s{number}"
        command = [self.program, "score", str(book or self.book), *OPTIONS, "--shard", f"{number}/{count}", "-o", str(self.folder / name), *more]
        if popen:
            return subprocess.Popen(command, env=self.environment, text=True, **popen)
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)

    def make(self, numbers, *more, **settings):
        for number in numbers:
            done = self.score(number, *more, **settings)
            expect(done.returncode == 0, f"shard {number}: exit {done.returncode}: {done.stderr}")

    def merge(self, names, name="merged", *more):
        command = [self.program, "merge", *[str(self.folder / each) for each in names], "-o", str(self.folder / name), *more]
        return subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)

    def check_merged(self, done, name="merged"):
        expect(done.returncode == 0, f"merge: exit {done.returncode}: {done.stderr}")
        expect(done.stdout == self.totals, "the totals on stdout are not those of the whole run")
        self.check_whole(name)
        text, whole = ((self.folder / run / "manifest.json").read_text(encoding="utf-8").partition('"execution"')[0] for run in (name, "whole"))
        expect(text == whole, "the manifest's text is not that of the whole run")
        self.clear(name)

    def refused(self, names, *words, code=65, left=False):
        """Refused with these words, and nothing is left, unless it is parts to take up."""
        done = self.merge(names)
        expect(done.returncode == code, f"exit {done.returncode}, not {code}, for {names}: {done.stderr}")
        for word in words:
            expect(word in done.stderr, f"{word!r} is not in: {done.stderr}")
        expect(not (self.folder / "merged").exists(), "a run stands there after a refusal")
        expect((self.folder / "merged.partial").exists() == left, f"merged.partial is{' not' if left else ''} there after a refusal: {done.stderr}")
        self.clear("merged")
        return done.stderr


def names(count=SHARDS):
    return [f"s{number}" for number in range(1, count + 1)]


def kill_merges(stage):
    """A merge that is killed at any moment leaves nothing under the final name but a whole run, and goes on with --resume."""
    chance, kills = random.Random(SEED), 100 if LONG else 8
    started = time.monotonic()
    stage.check_merged(stage.merge(names()))
    seconds = time.monotonic() - started
    for _ in range(kills):
        running = subprocess.Popen([stage.program, "merge", *[str(stage.folder / name) for name in names()], "-o", str(stage.folder / "merged"), "--resume"],
                                   env=stage.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0, 1.2 * seconds))
        running.kill()
        running.wait()
        stage.check_partial("merged")
        if chance.random() < 0.5 or (stage.folder / "merged").exists():
            done = stage.merge(names(), "merged", "--resume")
            expect(done.returncode == 0, done.stderr)
            stage.check_whole("merged")
            stage.clear("merged")
    expect(stage.merge(names(), "merged", "--resume").returncode == 0, "the last merge failed")
    stage.check_whole("merged")
    stage.clear("merged")
    return kills


def case_order(stage):
    """Any order, threads and instruction sets; some twice; one killed and taken up, and merges that are killed too."""
    chance, rounds, kills = random.Random(SEED), 20 if LONG else 1, 0
    for last in [False] * (rounds - 1) + [True]:
        order = list(range(1, SHARDS + 1))
        chance.shuffle(order)
        for number in order:
            running = stage.score(number, "--resume", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if number == order[0] or chance.random() < 0.3:
                time.sleep(chance.uniform(0, stage.seconds))
                running.kill()
                kills += 1
            running.wait()
            isa = chance.choice(["scalar", ""])
            stage.make([number], "--resume", "--no-pin", "--threads", str(chance.choice([1, 2, 3, 7])), *(["--isa", isa] if isa else []))
        twice = chance.sample(order, 2)
        stage.make(twice[:1], "--resume")
        stage.make(twice[1:], "--replace", "--threads", "1")
        chance.shuffle(order)
        stage.check_merged(stage.merge([f"s{number}" for number in order]))
        merges = kill_merges(stage) if last else 0
        for number in order:
            stage.clear(f"s{number}")
    return f"{rounds} runs of {SHARDS} shards, {kills} kills, and {merges} of merges"


def case_counts(stage):
    """Any number of shards, up to one for each part; more is refused with numbers that would do."""
    parts = len([name for name in stage.reference if name.startswith("scores/")])
    counts = range(1, parts + 1) if LONG else (1,)
    for count in counts:
        stage.make(range(1, count + 1), count=count)
        stage.check_merged(stage.merge(reversed(names(count))))
        for name in names(count):
            stage.clear(name)
    done = stage.score(1, count=parts + 1)
    expect(done.returncode == 64 and f"the run has {parts}" in done.stderr, done.stderr)
    fewer = re.search(r"--part-rows (\d+) or less", done.stderr).group(1)
    options = OPTIONS[:6] + ["--part-rows", fewer]
    done = subprocess.run([stage.program, "score", str(stage.book), *options, "--shard", f"{parts + 1}/{parts + 1}", "-o", str(stage.folder / "finer")],
                          env=stage.environment, capture_output=True, text=True, check=False)
    expect(done.returncode == 0, done.stderr)
    done = stage.score(1, count=401, name="many")
    expect(done.returncode == 64 and "has 400 firms" in done.stderr, done.stderr)
    return f"up to {parts} shards"


def damage(path, offset=100):
    content = bytearray(path.read_bytes())
    content[offset] ^= 1
    path.write_bytes(content)


def case_refused(stage):
    """What is missing, given twice, foreign, damaged or no shard at all is named."""
    stage.make(range(1, SHARDS + 1))
    stage.refused([name for name in names() if name not in ("s3", "s5", "s6")], "shard 3 is missing of 7", "shards 5 to 6 are missing of 7", "--shard 3/7",
                  "2 faults")
    stage.refused([*names(), "s4"], "s4: shard 4/7 is given twice: also ", "leave one out")
    shutil.copytree(stage.folder / "s2", stage.folder / "copy")
    stage.refused([*names(), "copy"], "copy: shard 2/7 is given twice: also ", "/s2; leave one out")
    stage.refused([*names()[:-1], "nowhere"], "nowhere: this folder is not there: mend its name, or write it with score --shard I/N -o ", "shard 7 is missing of 7")
    (stage.folder / "nowhere.partial").mkdir()
    stage.refused([*names(), "nowhere"], "nowhere: this folder is not there yet, only ", "nowhere.partial", "with --resume goes on", "1 fault ")
    (stage.folder / "nowhere.partial").rmdir()
    stage.refused([*names(), "s1/manifest.json"], "manifest.json: this is no folder")
    stage.refused([*names(), "s1/scores"], "scores: no shard is here")
    stage.refused([*names(), "whole"], "whole: this is a whole run and no shard")
    # Foreign: other options, another book, another number of shards, another program.
    others = {"assume": ["--assume", "entry"], "settings": ["--settings", "half_margin=0.2"], "seed": ["--draws", "5", "--seed", "9"]}
    for name, more in others.items():
        stage.make([7], *more, name=name)
        said = stage.refused([*names()[:-1], name], f"{name}: a shard of another run", "shard 7 is missing")
        expect(re.search(r"its (assume|settings\.half_margin|draws) is ", said), said)
    stage.make([4], count=6, name="sixth")
    stage.refused([*names(), "sixth"], "sixth: this is shard 4/6", "is one of 7")
    other = stage.folder / "other.book"
    subprocess.run([stage.generator, "--tables", stage.tables, "--firms", "400", "--lines", "6000", "--named", "27", "--seed", "6", str(stage.folder / "input6")],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    subprocess.run([stage.program, "build", str(stage.folder / "input6"), "-o", str(other)], check=True, stdout=subprocess.DEVNULL)
    stage.make([7], name="stranger", book=other)
    # Whose run is meant: that of most shards; where none has more than another, that is said.
    said = stage.refused(["assume", "stranger", "sixth"], "assume: no two of these 3 shards are of one run: score all of them with the same book",
                         "stranger: a shard of another run: its ", "sixth: a shard of another run: its ", "3 faults")
    expect("missing" not in said and "leave it out" not in said, said)
    stage.refused(["stranger", "s1"], "stranger: no two of these 2 shards are of one run", "s1: a shard of another run: its input.book is ")
    stage.make([6], name="stranger6", book=other)
    said = stage.refused(["s1", "stranger", "s2", "stranger6"], "s1: 2 shards are of its run, and as many of that of ", "/stranger: leave out those of other runs",
                         "stranger6: a shard of another run")
    expect("s2: " not in said, said)
    said = stage.refused(["stranger", "s1", "assume", "s2"], "stranger: a shard of another run", "assume: a shard of another run", "leave it out")
    expect("s1: a shard of another run" not in said, said)
    stage.refused([*names()[:-1], "stranger"], "stranger: a shard of another run: its input.book is ")
    stage.refused(["stranger", *names()], "stranger: a shard of another run")  # the most are the run, not the first
    manifest = stage.folder / "copy/manifest.json"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace("tolmuur 0", "tolmuur 9", 1), encoding="utf-8")
    stage.refused(["s1", "copy", *names()[2:]], "identity does not fit what was resolved")
    manifest.write_text(text.replace('"number": 2', '"number": 3', 1), encoding="utf-8")
    stage.refused(["s1", "copy", *names()[2:]], "shard is not the one that was resolved")
    described = json.loads(text)
    described["outputs"][0]["firms"] -= 1
    manifest.write_text(json.dumps(described), encoding="utf-8")
    stage.refused(["s1", "copy", *names()[2:]], "does not describe the parts of shard 2/7")
    manifest.write_text("{", encoding="utf-8")
    stage.refused(["s1", "copy", *names()[2:]], "copy/manifest.json: not JSON")
    manifest.write_text(text, encoding="utf-8")
    # Damaged: every file of a shard, a byte at a time, and cut.
    part = sorted((stage.folder / "copy/scores").iterdir())[0]
    for path in (part, stage.folder / "copy/sums.csv"):
        kept = path.read_bytes()
        damage(path)
        said = stage.refused(["s1", "copy", *names()[2:]], f"{path.name}: damaged", "score --shard 2/7 again", left=path == part)
        expect(("merged.partial is kept with " in said and " parts: once what was told is mended" in said) == (path == part), said)
        path.write_bytes(kept[:-1])
        stage.refused(["s1", "copy", *names()[2:]], path.name, "score --shard 2/7 again", left=path == part)
        path.unlink()
        stage.refused(["s1", "copy", *names()[2:]], path.name, left=path == part)
        path.write_bytes(kept)
    # A damaged shard that is alone leaves nothing; one among others what --resume takes up.
    stage.make([1], count=1, name="alone")
    for path in (stage.folder / "alone/scores").iterdir():
        damage(path)
    stage.refused(["alone"], "damaged", "score --shard 1/1 again")
    damage(part)
    done = stage.merge(["s1", "copy", *names()[2:]])
    expect(done.returncode == 65 and "merged.partial is kept" in done.stderr, done.stderr)
    damage(part)
    done = stage.merge(["s1", "copy", *names()[2:]], "merged", "--resume")
    expect("parts are kept from before" in done.stderr, done.stderr)
    stage.check_merged(done)
    stage.check_merged(stage.merge(["s1", "copy", *names()[2:]]))
    return "all refused by name"


def case_forms(stage):
    """What may be done with a shard and with a merged run, and what is refused in words."""
    program, folder = stage.program, stage.folder
    for bad in ("0/7", "8/7", "1", "1/", "/7", "1/0", "01/7", "1/7x", " 1/7", "-1/7", "1/70000"):
        done = subprocess.run([program, "score", str(stage.book), *OPTIONS, "--shard", bad, "-o", str(folder / "never")], env=stage.environment,
                              capture_output=True, text=True, check=False)
        expect(done.returncode == 64 and "write I/N" in done.stderr, f"{bad}: {done.stderr}")
    for output in ("x.csv", "x.parquet", "x.xlsx", "-"):
        done = subprocess.run([program, "score", str(stage.book), *OPTIONS[:6], "--shard", "1/7", "-o", output], env=stage.environment, capture_output=True,
                              text=True, check=False, cwd=folder)
        expect(done.returncode == 64 and "run folder" in done.stderr, f"{output}: {done.stderr}")
    done = stage.score(1, "--fail-if", "band_e_share>0.1", count=FEW)
    expect(done.returncode == 64 and "give it to merge" in done.stderr, done.stderr)
    stage.make(range(1, FEW + 1), count=FEW)
    done = stage.score(2, name="s1", count=FEW)
    expect(done.returncode == 73, f"another shard wrote over one: {done.stderr}")
    done = stage.score(2, "--resume", name="s1", count=FEW)
    expect(done.returncode == 64 and f"its shard is 1/{FEW}, now 2/{FEW}" in done.stderr, done.stderr)
    done = subprocess.run([program, "diff", str(folder / "s1"), str(folder / "whole")], env=stage.environment, capture_output=True, text=True, check=False)
    expect(done.returncode == 65 and f"this is shard 1 of {FEW} of a run" in done.stderr, done.stderr)
    done = subprocess.run([program, "score", "--replay", str(folder / "s3/manifest.json"), "-o", str(folder / "again3")], env=stage.environment,
                          capture_output=True, text=True, check=False)
    expect(done.returncode == 0 and "identical: all" in done.stderr, done.stderr)
    for output, words in (("x.csv", "merge writes a run folder"), ("-", "merge writes a run folder"), ("postgresql://h/d", "merge writes a run folder")):
        command = [program, "merge", *[str(folder / name) for name in names(FEW)], "-o", output]
        done = subprocess.run(command, env=stage.environment, capture_output=True, text=True, check=False, cwd=folder)
        expect(done.returncode == 64 and words in done.stderr, f"{output}: {done.stderr}")
    done = stage.merge(names(FEW), "s2", "--replace")
    expect(done.returncode == 64 and "is one of the shards" in done.stderr, done.stderr)
    # Conditions, formats and groups as of a single run.
    for more in (["--by", "band", "--format", "csv"], ["--by", "sector", "--format", "json"]):
        whole, merged = stage.run("one", *more), stage.merge(names(FEW), "merged", *more)
        expect((whole.returncode, whole.stdout) == (merged.returncode, merged.stdout) and whole.returncode == 0, f"{more}: {merged.stderr}")
        stage.clear("one")
        stage.clear("merged")
    for condition, code in (("firms>399", 1), ("firms>400", 0), ("p05<0", 64)):
        done = stage.merge(names(FEW), "merged", "--fail-if", condition)
        expect(done.returncode == code, f"{condition}: exit {done.returncode}: {done.stderr}")
        if code == 1:
            expect(done.stderr.count("firms is 400: --fail-if firms>399") == 3, done.stderr)
            done = stage.merge(names(FEW), "merged", "--resume", "--fail-if", condition)
            expect(done.returncode == 1 and "nothing to do" in done.stderr, done.stderr)
        stage.clear("merged")
    # A merged run is a run.
    done = stage.merge(names(FEW))
    expect(done.returncode == 0, done.stderr)
    done = subprocess.run([program, "score", "--replay", str(folder / "merged/manifest.json"), "-o", str(folder / "again")], env=stage.environment,
                          capture_output=True, text=True, check=False)
    expect(done.returncode == 0 and "identical: all" in done.stderr, done.stderr)
    stage.check_whole("again")
    done = subprocess.run([program, "diff", str(folder / "merged"), str(folder / "whole"), "--format", "csv"], env=stage.environment, capture_output=True,
                          text=True, check=False)
    expect(done.returncode == 0 and done.stdout.count("\n") == 1, f"a merged run has movers against itself: {done.stdout}{done.stderr}")
    expect(stage.merge(names(FEW)).returncode == 73, "a whole run was written over")
    stage.check_merged(stage.merge(names(FEW), "merged", "--replace"))
    return "forms"


def case_draws(stage):
    """Draws: rows, percentiles of the portfolio and expected shortfall are those of one run."""
    more = ["--draws", "50", "--seed", "4"]
    whole = stage.run("drawn", *more)
    expect(whole.returncode == 0, whole.stderr)
    stage.make(range(1, FEW + 1), *more, count=FEW)
    done = stage.merge(names(FEW), "merged", "--fail-if", "p05<0")
    expect(done.returncode == 1 and "p05 is -" in done.stderr, done.stderr)
    expect(done.stdout == whole.stdout, "totals on stdout differ")
    said = [line for line in whole.stderr.splitlines() if "draws, seed" in line]
    expect(said and said == [line for line in done.stderr.splitlines() if "draws, seed" in line], done.stderr)
    expect(stage.contents("merged") == stage.contents("drawn"), "the merged run is not the run with draws")
    stage.clear("merged")
    # Sums that were changed together with the manifest's hash: other draws, then no sums at all.
    sums, manifest = stage.folder / "s1/sums.csv", stage.folder / "s1/manifest.json"
    header, first, *rest = sums.read_text(encoding="utf-8").splitlines()
    for lines, words in (([header, first.rpartition(",")[0] + ",-1", *rest], "draws of the portfolio are not those"),
                         ([header, *rest], "not those of 400 firms"), ([header], "not those of 400 firms"),
                         ([header, first, first, *rest], "not the sums of a shard"), ([header, first + ",", *rest], "not the sums of a shard"),
                         (["by," + header, *rest], "not the sums of a shard"), ([], "not the sums of a shard")):
        sums.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
        described = json.loads(manifest.read_text(encoding="utf-8"))
        described["outputs"][-1]["sha256"] = hashlib.sha256(sums.read_bytes()).hexdigest()
        manifest.write_text(json.dumps(described), encoding="utf-8")
        stage.refused(names(FEW), words)
    return "50 draws"


class Networks:
    """Network jobs, and runs that may take what they keep."""

    def __init__(self, stage, chance):
        self.stage, self.chance = stage, chance
        self.cache = stage.folder / "cache"
        self.quiet = stage.environment
        stage.environment = dict(stage.environment, TOLMUUR_CACHE=str(self.cache))

    def command(self, number, *more, of=3):
        isa = self.chance.choice(["scalar", ""])
        return [self.stage.program, "score", str(self.stage.book), *OPTIONS, "--network", f"{number}/{of}", "--no-pin", "--threads",
                str(self.chance.choice([1, 2, 3, 7])), *(["--isa", isa] if isa else []), *more]

    def solve(self, number, *more, of=3, environment=None, code=0):
        done = subprocess.run(self.command(number, *more, of=of), env=environment or self.stage.environment, capture_output=True, text=True, check=False)
        expect(done.returncode == code and not done.stdout, f"network {number}: exit {done.returncode}: {done.stdout}{done.stderr}")
        return done.stderr

    def kill(self, number):
        running = subprocess.Popen(self.command(number), env=self.stage.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(self.chance.uniform(0, self.stage.seconds))
        running.kill()
        running.wait()

    def files(self):
        return sorted(path for path in self.cache.glob("network-*") if "." not in path.name)

    def merge(self, *words, more=()):
        """Shards in any order, of which number i must say words[i]; merged they are the run."""
        order = list(range(1, len(words) + 1))
        self.chance.shuffle(order)
        for number in order:
            done = self.stage.score(number, *more, "--threads", str(self.chance.choice([1, 2, 3])), count=len(words))
            expect(done.returncode == 0 and f"network: {words[number - 1]}" in done.stderr, f"shard {number}: {done.stderr}")
        done = self.stage.merge(names(len(words)))
        if more:
            expect(done.returncode == 0 and self.stage.contents("merged") == self.stage.contents("drawn"), f"the merged run is not the run with draws: {done.stderr}")
        else:
            self.stage.check_merged(done)
        for name in [*names(len(words)), "merged"]:
            self.stage.clear(name)


SOLVED_ONE, SOLVED_ALL = "solved here; of 1 of 3 scenarios, ", "solved here; no whole answers are in "


def network_rounds(stage, networks):
    """Jobs in any order, one twice, one killed and run again; shards take what they kept, a whole run does too."""
    taken = f"taken from {networks.cache}"
    for _ in range(10 if LONG else 1):
        order = [1, 2, 3]
        networks.chance.shuffle(order)
        networks.kill(order[0])
        for number in order:
            networks.solve(number)
        expect(len(networks.files()) == 3, f"kept: {networks.files()}")
        kept = {path: path.read_bytes() for path in networks.files()}
        said = networks.solve(order[1])
        expect("0 solved and kept" in said and "1 kept from before" in said, said)
        networks.merge(*[taken] * FEW)
        expect(kept == {path: path.read_bytes() for path in networks.files()}, "answers changed by being read")
        done = stage.run("again")
        expect(done.returncode == 0 and taken in done.stderr and done.stdout == stage.totals, done.stderr)
        stage.check_whole("again")
        stage.clear("again")
        for path in networks.files() if LONG else []:
            path.unlink()


def network_lacks(stage, networks):
    """One that was never solved, one that is damaged, one of another option, day or book: solved again, and that is said."""
    taken = f"taken from {networks.cache}"
    for number in (1, 2, 3):
        networks.solve(number)
    files = networks.files()
    whole = files[1].read_bytes()
    files[1].unlink()
    networks.merge(*[SOLVED_ONE] * 2)
    rows = len(whole) - -(-2 * (256 * 48 + 8) // 64) * 64  # two blocks of 256 firms, of which firm 400 and on are not there
    for offset in [networks.chance.randrange(rows, rows + 256 * 48) for _ in range(20 if LONG else 1)]:
        files[1].write_bytes(whole)
        damage(files[1], offset)
        networks.merge(SOLVED_ONE, SOLVED_ONE, taken)  # firms 1 to 132, to 264, to 400
    said = networks.solve(1) + networks.solve(2) + networks.solve(3)
    expect(said.count("1 solved and kept") == 1 and files[1].read_bytes() == whole, f"the damaged answer is not made again: {said}")
    others = {"option": ["--settings", "cost_pass_through=0.5"], "day": ["--baseline", "2025-02-01"]}
    for more in others.values():
        before = set(networks.files())
        networks.solve(2, *more)
        (other,) = set(networks.files()) - before
        other.replace(files[1])
        networks.merge(*[SOLVED_ONE] * 2)
        files[1].write_bytes(whole)
    for path in files[:2]:
        path.unlink()
    done = stage.score(1, count=2)
    expect("of 2 of 3 scenarios" in done.stderr, done.stderr)
    stage.clear("s1")
    files[2].unlink()
    networks.merge(*[SOLVED_ALL] * 2)


def network_forms(stage, networks):
    """What is refused in words, and forecasts."""
    expect("make at most so many" in networks.solve(1, of=4, code=64) and "write I/N" in networks.solve(4, code=64), "shares that are none")
    for words, more in (("give --output to the call", ["-o", "x/"]), ("give --shard to the call", ["--shard", "1/2"]), ("give --resume to the call", ["--resume"]),
                        ("give --fail-if", ["--fail-if", "firms<1"])):
        expect(words in networks.solve(1, *more, code=64), f"{words} is not said of {more}")
    expect("no folder to keep answers in" in networks.solve(1, environment=networks.quiet, code=64), "nowhere to keep")
    networks.solve(1, environment=dict(networks.quiet, TOLMUUR_CACHE="/proc"), code=73)
    caching = stage.environment
    homeless = {name: value for name, value in caching.items() if name not in ("TOLMUUR_CACHE", "XDG_CACHE_HOME", "HOME")}
    for stage.environment, words in ((networks.quiet, "TOLMUUR_CACHE is set and empty"), (homeless, "neither TOLMUUR_CACHE nor HOME names one")):
        done = stage.score(1)
        expect(done.returncode == 0 and f"network: solved here; there is no folder of kept answers: {words}\n" in done.stderr, done.stderr)
        stage.clear("s1")
    stage.environment = caching

    def forecast(*more):
        done = subprocess.run([stage.program, "score", str(stage.book), *OPTIONS, "--dry-run", "--format", "json", *more], env=stage.environment, capture_output=True,
                              text=True, check=False)
        expect(done.returncode == 0, done.stderr)
        return {row["stage"]: row for row in json.loads(done.stdout)}

    shard = ["--shard", "2/3", "-o", str(stage.folder / "never")]
    solving, promised = forecast(*shard), forecast(*shard, "--network", "1/3")
    job = forecast("--network", "1/3")
    expect(job["network"]["sales_tiers"] > 0 and job["lines"]["seconds"] == job["draws"]["seconds"] == 0 < job["write"]["seconds"], f"{job}")
    expect(solving["network"]["sales_tiers"] > 0 == promised["network"]["sales_tiers"], f"{promised}")
    for number in (1, 2, 3):
        networks.solve(number)
    kept = forecast(*shard)
    expect(kept["network"]["sales_tiers"] == 0 and abs(kept["network"]["peak_bytes"] - promised["network"]["peak_bytes"]) < 4e6, f"{kept}, promised {promised}")
    expect(forecast("--network", "1/3")["network"]["seconds"] == 0, "what is kept is forecast to be solved")
    # What the configuration says of every run's rows is for the shards.
    configured = {"TOLMUUR_OUTPUT": str(stage.folder / "configured/"), "TOLMUUR_RESUME": "yes", "TOLMUUR_REPLACE": "yes", "TOLMUUR_FAIL_IF": "no_such_figure>1"}
    for name, value in configured.items():
        networks.solve(1, environment=dict(stage.environment, **{name: value}))
    expect(not (stage.folder / "configured").exists(), "a --network job writes to the configured output")


def case_network(stage):
    """The firms' network by lanes: the merged bytes are those of one run, whatever became of the jobs that keep it."""
    networks = Networks(stage, random.Random(SEED))
    network_rounds(stage, networks)
    network_lacks(stage, networks)
    network_forms(stage, networks)
    more = ["--draws", "20", "--seed", "4"]
    whole = subprocess.run(stage.command("drawn", *more), env=networks.quiet, capture_output=True, text=True, check=False)
    expect(whole.returncode == 0, whole.stderr)
    networks.merge(*[f"taken from {networks.cache}"] * 2, more=more)
    return f"{10 if LONG else 1} rounds"


def block_with(document, language, word):
    """The one fenced block of a document in this language that has this word."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```", pathlib.Path(document).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    found = [block for block in blocks if word in block]
    expect(len(found) == 1, f"{document} has {len(found)} blocks of {language} with {word}, not one")
    return found[0]


def place_of(stage, name, script=None):
    """A folder with the book, the programs in the path, parts that are small enough."""
    place = stage.folder / name
    (place / "bin").mkdir(parents=True)
    (place / "bin/tolmuur").symlink_to(stage.program)
    if script:
        shutil.copy(script, place / "bin/tolmuur-slurm")
    os.link(stage.book, place / "portfolio.book")
    return place, dict(stage.environment, PATH=f"{place}/bin{os.pathsep}{os.environ['PATH']}", PART_ROWS="200")


def check_single(stage, run):
    """The run has the bytes of one that its own options make."""
    options = json.loads((run / "manifest.json").read_text(encoding="utf-8"))["options"]
    words = [word for name, values in options.items() for value in values for word in (f"--{name}", value)]
    single = run.parent / "single"
    done = subprocess.run([stage.program, "score", str(stage.book), *words, "-o", str(single)], env=stage.environment, capture_output=True, text=True, check=False)
    expect(done.returncode == 0, done.stderr)
    one, other = ({str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file() and path.name != "manifest.json"}
                  for root in (run, single))
    expect(one == other and len(one) > 2, f"{run} is not the single run")


def try_xargs(stage, document):
    place, environment = place_of(stage, "xargs")
    lines = block_with(document, "sh", "xargs")
    for _ in range(2):  # the same lines again have nothing to do
        done = subprocess.run(["sh", "-eu", "-c", lines], env=environment, cwd=place, capture_output=True, text=True, check=False)
        expect(done.returncode == 0, f"exit {done.returncode}: {done.stderr}")
    expect(done.stderr.count("nothing to do") == 5 and done.stderr.count("0 solved and kept") == 2, done.stderr)
    check_single(stage, place / "runs/tonight")


def try_kubernetes(stage, document):
    """The container's command with each index, as the kubelet runs it: YAML folds the lines of a plain scalar."""
    place, environment = place_of(stage, "pods")
    (place / "shards").mkdir()
    for name, word in (("tolmuur-network", "1 solved and kept"), ("tolmuur-tonight", f"network: taken from {place}/cache")):
        manifest = block_with(document, "yaml", f"name: {name}")
        count = int(re.search(r"completions: (\d+)", manifest).group(1))
        command = " ".join(line.strip() for line in re.search(r"args:\n +- (.*?)\n +resources:", manifest, re.DOTALL).group(1).splitlines())
        given = dict(re.findall(r"\{name: (\w+), value: \"?(.*?)\"?\}", manifest))
        given["PART_ROWS"] = "100"
        given = {key: value.replace("/data/", f"{place}/") for key, value in given.items()}
        for index in range(count):
            done = subprocess.run(["sh", "-c", command.replace("/data/", f"{place}/")], env=dict(environment, **given, JOB_COMPLETION_INDEX=str(index)),
                                  capture_output=True, text=True, check=False)
            expect(done.returncode == 0 and word in done.stderr, f"{name}, index {index}: exit {done.returncode}: {done.stderr}")
    done = subprocess.run([stage.program, "merge", *[str(path) for path in (place / "shards").glob("[0-9]")], "-o", str(place / "run")], env=stage.environment,
                          capture_output=True, text=True, check=False)
    expect(done.returncode == 0, done.stderr)
    check_single(stage, place / "run")


def run_jobs(environment, jobs, name, count, cwd=None):
    """The tasks of an array as Slurm runs them."""
    said = ""
    for number in range(1, count + 1):
        task = dict(environment, SLURM_ARRAY_TASK_ID=str(number), SLURM_ARRAY_JOB_ID="1", SLURM_CPUS_PER_TASK="1")
        done = subprocess.run(["sh", str(jobs / f"{name}.sh")], env=task, cwd=cwd, capture_output=True, text=True, check=False)
        expect(done.returncode == 0, done.stderr)
        said += done.stderr
    return said


# In the place of the program: forecasts of a run whose network takes 400 s, of which half memory, and that has 16 scenarios.
FORECASTS = """#!/bin/sh
row() { printf 'network,%s,%s,0,,\\nlines,%s,0,0,,\\nwrite,%s,0,0,,\\ntotal,%s,%s,%s,,\\n' "$@"; }
case "$*" in
  *--shard*--network*) row 1 1 30 30 100 100 "$KEPT_BYTES" ;;
  *--shard*) row 400 800 30 30 499 900 8e9 ;;
  *--network*)
    of=$(printf %s "$*" | sed 's|.*--network 1/\\([0-9]*\\).*|\\1|')
    [ "$of" -le 16 ] || exit 64
    row 0 0 0 0 $((JOB_SECONDS / of)) $((JOB_SECONDS / of)) $((6000000000 / of)) ;;
  *) row 400 800 2000 1000 3500 7000 8e9 ;;
esac
"""


def try_slurm_rule(place, environment, told):
    """When the network is solved before, by how many jobs, and how many shards there are then."""
    (place / "bin/tolmuur").unlink()
    (place / "bin/tolmuur").write_text(FORECASTS, encoding="utf-8")
    (place / "bin/tolmuur").chmod(0o755)
    environment = {name: value for name, value in environment.items() if name not in ("TOLMUUR_CACHE", "SLURM_SHARDS")}
    # seconds of all network jobs, bytes of a shard that takes what they kept: jobs (None: no network), shards, that wait for jobs that
    for case, (seconds, kept, jobs, shards, waiting) in enumerate(((1000, "3e9", 4, 6, "afterok"), (1000, "7e9", 4, 6, "afterany"), (3000, "7e9", 16, 6, "afterany"),
                                                                   (3000, "3e9", 16, 6, "afterok"), (100, "7e9", 1, 6, "afterany"), (100, "2e9", 2, 6, "afterok"),
                                                                   (13000, "7e9", None, 30, None), (20000, "2e9", 16, 6, "afterok"))):
        told.unlink(missing_ok=True)
        settings = dict(environment, JOB_SECONDS=str(seconds), KEPT_BYTES=kept)
        command = [str(place / "bin/tolmuur-slurm"), "portfolio.book", f"rule{case}", "--on", "2025-08-10"]
        for again in range(3):
            # The same call again is the same plan, whatever the forecasts are by then.
            settings = dict(settings, JOB_SECONDS="1" if again == 2 else settings["JOB_SECONDS"])
            done = subprocess.run(command, cwd=place, capture_output=True, text=True, env=settings, check=False)
            expect(done.returncode == 0, done.stderr)
        lines = told.read_text(encoding="utf-8")
        arrays = re.findall(r"--array=1-(\d+)", lines)
        expect(arrays == 3 * [str(number) for number in (jobs, shards) if number], f"{seconds} s, {kept} bytes: arrays {arrays}")
        expect(set(re.findall(r"--array=.*--dependency=(\w+)", lines)) == ({waiting} if waiting else set()), lines)
    told.unlink()
    done = subprocess.run([*command[:2], "asked", *command[3:]], cwd=place, capture_output=True, text=True, check=False,
                          env=dict(environment, JOB_SECONDS="3000", KEPT_BYTES="7e9", SLURM_SHARDS="30"))
    expect(done.returncode == 0 and re.findall(r"--array=1-(\d+)", told.read_text(encoding="utf-8")) == ["16", "30"], done.stderr)


def slurm_words(fault, place):
    """Words that are refused or that must not submit, and places where no run can be."""
    for condition in (["--fail-if", "nonsense>1"], ["--fail-if="], ["--fail-if", "firms"], ["--fail-if"], ["--by"], ["--by", "colour"]):
        fault(64, condition[0].rstrip("="), options=condition)
    for words, told in (("--dry-run", "score --dry-run"), ("--version", "tolmuur --version"), ("-o foo", "RUN"), ("-ofoo", "RUN"), ("--output=foo", "RUN"),
                        ("--threads 3", "SLURM_CPUS"), ("--no-pin", "Slurm"), ("--format json", "format"), ("--shard 1/2", "SLURM_SHARDS"),
                        ("--network 1/2", "SLURM_NETWORK_SHARDS"), ("--replay x", "replay")):
        fault(64, told, options=words.split())
    fault(64, "TOLMUUR_DRY_RUN=yes", TOLMUUR_DRY_RUN="yes")
    for run in (".", "..", "/", "runs/.."):
        fault(64, "RUN has no name", run=run)
    fault(64, "is the book", run="portfolio.book/")
    fault(73, "no folder", run="told")
    fault(73, "is no run", run="bin")
    (place / "link").symlink_to("bin")
    fault(73, "a link", run="link/")
    (place / "link").unlink()
    fault(73, "cannot be made", run="/proc/xx/run")
    fault(73, "cannot be made", TOLMUUR_CACHE="/proc/xx")
    fault(73, "cannot be made", run="told/run")
    for arguments in (["--help"], ["-h"], ["portfolio.book", "--help"], ["portfolio.book", "run", "--on", "2025-08-10", "--help"]):
        done = subprocess.run([str(place / "bin/tolmuur-slurm"), *arguments], cwd=place, capture_output=True, text=True, check=False)
        expect(done.returncode == 0 and done.stdout.startswith("usage: tolmuur-slurm") and done.stderr == "", f"{arguments}: {done}")
    for arguments in ([], ["portfolio.book"], ["portfolio.book", "--on"], ["--on", "2025-08-10"]):
        done = subprocess.run([str(place / "bin/tolmuur-slurm"), *arguments], cwd=place, capture_output=True, text=True, check=False)
        expect(done.returncode == 64 and done.stderr.startswith("usage: tolmuur-slurm") and done.stdout == "", f"{arguments}: {done}")


def slurm_number(fault, place):
    """What was submitted is kept whole, binds while shards of it are there, and does no harm when it cannot be read."""
    number = place / "faulty.shards/number"
    expect(number.read_text(encoding="utf-8") == "2 1\n", number.read_text(encoding="utf-8"))
    fault(64, "SLURM_SHARDS=3: shards of 2 are in", SLURM_SHARDS="3")
    expect(number.read_text(encoding="utf-8") == "2 1\n", "a plan that is refused is kept")
    for text in ("", "\n", "2", "2\n", "two 1\n", "2 1 3\n", "0 0\n", "99999999999999999999 0\n", "2 1,1\n"):
        number.write_text(text, encoding="utf-8")
        fault(0, "number does not have", SLURM_SHARDS="2", SLURM_NETWORK_SHARDS="1")
        expect(number.read_text(encoding="utf-8") == "2 1\n", f"{text!r} stays")
    fault(0, "")
    expect(number.read_text(encoding="utf-8") == "2 1\n", "the plan is not the one before")


def try_slurm_configured(place, environment):
    """Days and scenarios of the environment and of a configuration are those of `score`; what must not be of jobs is not."""
    settings = {"SLURM_SHARDS": "1", "SLURM_NETWORK_SHARDS": "0"}
    (place / "law.ini").write_text("[score]\non = 2025-08-10\ndry-run = yes\n[merge]\nby = sector\n", encoding="utf-8")
    for case, (dated, options, more) in enumerate(((False, [], {"TOLMUUR_ON": "2025-04-12"}), (False, ["--config", "law.ini"], {}), (False, ["--config=law.ini"], {}),
                                                  (False, [], {"TOLMUUR_CONFIG": "law.ini"}), (True, [], {}), (True, ["--by=band"], {}), (True, ["--by", "band"], {}))):
        run = f"configured.{case}"
        done = subprocess.run([str(place / "bin/tolmuur-slurm"), "portfolio.book", run, *options], cwd=place, capture_output=True, text=True,
                              env=dict(environment, **settings, **more), check=False)
        expect(done.returncode == 0, done.stderr)
        shard, merge = ((place / f"{run}.shards/{name}.sh").read_text(encoding="utf-8") for name in ("shard", "merge"))
        expect(("'--on'" in shard) == ("no day is given" in done.stderr) == dated, f"{options} {more}: {shard}{done.stderr}")
        expect(all(f"'{word}'" in shard and f"'{word}'" in merge for word in options), f"{options}: {shard}{merge}")
        if case == 1:
            run_jobs(dict(environment, TOLMUUR_DRY_RUN="yes"), place / f"{run}.shards", "shard", 1, cwd=place)
            merged = subprocess.run(["sh", str(place / f"{run}.shards/merge.sh")], cwd=place, env=environment, capture_output=True, text=True, check=False)
            expect(merged.returncode == 0 and "sector" in merged.stdout, f"{merged}")
            manifest = json.loads((place / run / "manifest.json").read_text(encoding="utf-8"))
            expect(manifest["options"]["on"] == ["2025-08-10"], f"{manifest['options']}")
        shutil.rmtree(place / f"{run}.shards")


def try_slurm_faults(place, environment, told):
    """What is wrong is told before anything is made or submitted, with the code of the fault; a plan that was not submitted binds nobody."""
    environment = {name: value for name, value in environment.items() if name != "TOLMUUR_CACHE"}
    there, submitted = sorted(place.iterdir()), told.read_text(encoding="utf-8")

    def fault(code, words, book="portfolio.book", run="faulty", options=(), **settings):
        done = subprocess.run([str(place / "bin/tolmuur-slurm"), book, run, "--on", "2025-08-10", *options], cwd=place, capture_output=True, text=True,
                              env=dict(environment, **settings), check=False)
        expect(done.returncode == code and words in done.stderr, f"exit {done.returncode}, not {code}: {done.stderr}")

    slurm_words(fault, place)
    fault(66, "nodir/x.book", book="nodir/x.book")
    fault(66, "nodir/x.book", book="nodir/x.book", run="new/faulty", SLURM_SHARDS="2")
    fault(64, "--whatever", options=["--whatever"])
    for name in ("SLURM_SHARDS", "SLURM_NETWORK_SHARDS", "SLURM_SECONDS", "SLURM_CPUS", "SLURM_TRIES"):
        fault(64, f"{name}=two is not a whole number", **{name: "two"})
    fault(64, "SLURM_SHARDS=0: at least 1", SLURM_SHARDS="0")
    fault(64, "TOLMUUR_CACHE is set and empty", SLURM_NETWORK_SHARDS="1", TOLMUUR_CACHE="")
    fault(64, "at most so many shares", SLURM_SHARDS="2", SLURM_NETWORK_SHARDS="2")
    fault(64, "at most so many shards", run="new/faulty", SLURM_SHARDS="3001")
    fault(64, "make fewer shards", options=["--part-rows", "100"], SLURM_SHARDS="7")
    for name in ("SLURM_SHARDS", "SLURM_CPUS"):
        fault(64, "at most 9 digits", **{name: "99999999999999999999"})
    expect(sorted(place.iterdir()) == there, f"left: {sorted(place.iterdir())}")
    expect(told.read_text(encoding="utf-8") == submitted, "a fault submits")
    sbatch = (place / "bin/sbatch").read_text(encoding="utf-8")
    (place / "bin/sbatch").write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
    fault(3, "", SLURM_SHARDS="2")
    expect(not (place / "faulty.shards/number").exists(), "a number of shards that were not submitted is kept")
    (place / "bin/sbatch").write_text(sbatch, encoding="utf-8")
    for options, rows in ((["--replace"], " --resume --replace "), (["--resume"], " --resume ")):
        fault(0, "", options=options, SLURM_SHARDS="2", SLURM_NETWORK_SHARDS="1")
        shard, network = ((place / f"faulty.shards/{name}.sh").read_text(encoding="utf-8") for name in ("shard", "network"))
        expect(rows in shard and "--re" not in network.replace("requeue", ""), f"{shard}{network}")
        run_jobs(dict(environment, TOLMUUR_CACHE=""), place / "faulty.shards", "shard", 2)
    slurm_number(fault, place)
    shutil.rmtree(place / "faulty.shards")
    fault(0, "", run="not-there//", SLURM_SHARDS="1")
    expect((place / "not-there.shards/cache").is_dir(), "slashes behind RUN are of its name")
    shutil.rmtree(place / "not-there.shards")


def try_slurm_network(stage, place, environment, told):
    """A network before the shards, and parts that are small enough without being asked for."""
    told.unlink()
    environment = dict(environment, SLURM_SHARDS="3", SLURM_CPUS="1", SLURM_NETWORK_SHARDS="2")
    del environment["TOLMUUR_CACHE"], environment["PART_ROWS"]
    command = [str(place / "bin/tolmuur-slurm"), "portfolio.book", "whole", "--on", "2025-08-10", "--on", "2025-04-12"]
    done = subprocess.run(command, env=environment, cwd=place, capture_output=True, text=True, check=False)
    expect(done.returncode == 0 and done.stdout.split() == ["2", "3", "1"], f"{done.stdout}{done.stderr}")
    network, array, merge = told.read_text(encoding="utf-8").splitlines()
    expect(re.search(r"--requeue --array=1-2 --cpus-per-task=1 --time=\d+ --mem=\d+M ", network), network)
    expect(re.search(r"--array=1-3 .* --mem=\d+M --dependency=afterany:1 --kill-on-invalid-dep=yes ", array), array)
    expect("--dependency=afterok:2 " in merge, merge)
    jobs = place / "whole.shards"
    expect("1 solved and kept" in run_jobs(environment, jobs, "network", 2), "nothing is kept")
    said = run_jobs(environment, jobs, "shard", 3)
    expect(said.count(f"network: taken from {jobs}/cache") == 3, said)
    done = subprocess.run(["sh", str(jobs / "merge.sh")], env=environment, capture_output=True, text=True, check=False)
    expect(done.returncode == 0, done.stderr)
    expect(json.loads((place / "whole/manifest.json").read_text(encoding="utf-8"))["options"]["part-rows"] == ["266"], "133 firms of two scenarios are a part")
    shutil.rmtree(place / "single")
    check_single(stage, place / "whole")


def try_slurm_jobs(stage, script):
    """What tolmuur-slurm would submit, with an sbatch that only tells its words: sizes are there, and the jobs run as they are."""
    place, environment = place_of(stage, "slurm", script)
    told = place / "told"
    (place / "bin/sbatch").write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >>\'{told}\'\nwc -l <\'{told}\'\n', encoding="utf-8")
    (place / "bin/sbatch").chmod(0o755)
    command = [str(place / "bin/tolmuur-slurm"), "portfolio.book", "it's a run.v2//", "--on", "2025-08-10", "--part-rows", "50", "--fail-if", "firms<1"]
    done = subprocess.run(command, env=dict(environment, SLURM_SHARDS="3", SLURM_CPUS="1"), cwd=place, capture_output=True, text=True, check=False)
    expect(done.returncode == 0 and done.stdout.split() == ["1", "2"], f"{done.stdout}{done.stderr}")
    array, merge = told.read_text(encoding="utf-8").splitlines()
    expect(re.search(r"--requeue --array=1-3 --cpus-per-task=1 --time=\d+ --mem=\d+M ", array), array)
    expect("--dependency=afterok:1 --kill-on-invalid-dep=yes" in merge, merge)
    jobs = place / "it's a run.v2.shards"
    run_jobs(environment, jobs, "shard", 3)
    done = subprocess.run(["sh", str(jobs / "merge.sh")], env=environment, capture_output=True, text=True, check=False)
    expect(done.returncode == 0, done.stderr)
    check_single(stage, place / "it's a run.v2")
    (jobs / "number").unlink()
    done = subprocess.run(command, env=dict(environment, SLURM_SECONDS="0"), cwd=place, capture_output=True, text=True, check=False)
    expect(done.returncode == 64 and "at most so many shards" in done.stderr, f"a thousand shards of 400 firms: {done.returncode} {done.stderr}")
    try_slurm_network(stage, place, environment, told)
    try_slurm_faults(place, environment, told)
    try_slurm_configured(place, environment)
    try_slurm_rule(place, environment, told)


def case_manual(stage, document, script):
    """The lines of docs/shards.md as written, and the jobs of tolmuur-slurm without a cluster."""
    try_xargs(stage, document)
    try_kubernetes(stage, document)
    try_slurm_jobs(stage, script)
    return "xargs, Kubernetes, Slurm"


CASES = {"order": case_order, "counts": case_counts, "refused": case_refused, "forms": case_forms, "draws": case_draws, "network": case_network}


def main():
    case, program, generator = sys.argv[1], sys.argv[2], sys.argv[3]
    with tempfile.TemporaryDirectory(prefix="tolmuur-shards-") as folder:
        stage = Shards(program, generator, pathlib.Path(folder))
        try:
            print(case_manual(stage, *sys.argv[4:]) if case == "manual" else CASES[case](stage))
        except Broken as broken:
            print(f"shards {case}, TOLMUUR_SEED={SEED}: {broken}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
