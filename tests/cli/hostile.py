#!/usr/bin/env python3
"""Files that mean harm: the program must name what is wrong and end with exit code 65, whatever happens to the process that reads.

usage: hostile.py PROGRAM GENERATOR

With TOLMUUR_LONG=1 ten thousand mutated files instead of a few hundred.
"""

import gzip
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import time

PROGRAM, GENERATOR = (str(pathlib.Path(path).resolve()) for path in sys.argv[1:3])
LONG = os.environ.get("TOLMUUR_LONG") == "1"
MEMORY = "1GB"
FIRMS = "firm_id,country,sector,revenue_eur\nA,NL,C28,1000\n"
SALES = "firm_id,hs,destination,value_eur\nA,8703.23.01.90,US,10\n"
SALES_JSON = '{"firm_id":"A","hs":"870323","destination":"US","value_eur":10}\n'


def check(folder):
    """Exit code, what was said, and seconds. A reading that never ends is a fault of its own."""
    started = time.monotonic()
    done = subprocess.run([PROGRAM, "check", folder, "--memory-limit", MEMORY], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, errors="backslashreplace", check=False, timeout=600)
    return done.returncode, done.stderr, time.monotonic() - started


def write(path, pieces):
    with open(path, "wb") as file:
        for piece in pieces:
            file.write(piece)


def deep_json(depth):
    return [b'{"firm_id":', b"[" * depth, b"]" * depth, b"}\n"]


def bombs():
    """Name, the table of sales as file name and pieces of bytes."""
    block = b"x" * (1 << 20)
    yield "a line of 1 GB", "sales.csv", [b"firm_id,hs,destination,value_eur\n", *([block] * 1024)]
    yield "a quoted cell of 1 GB", "sales.csv", [b'firm_id,hs,destination,value_eur\n"', *([block] * 1024)]
    yield "100,000 columns", "sales.csv", [",".join(f"c{i}" for i in range(100000)).encode(), b"\n", b"1," * 99999, b"1\n"]
    yield "100,000 cells in a row", "sales.csv", [SALES.encode(), b"1," * 99999, b"1\n"]
    yield "JSON a million deep", "sales.jsonl", deep_json(1000000)
    yield "JSON as deep as a line may be long", "sales.jsonl", deep_json(490000)
    yield "a JSON line of 1 GB", "sales.jsonl", [b'{"firm_id":"', *([block] * 1024), b'"}\n']
    yield "gzip of 4 GB", "sales.csv.gz", [gzip.compress(block * 64) * 64]
    yield "random bytes as Parquet", "sales.parquet", [random.Random(7).randbytes(100000)]
    yield "zeros as Parquet", "sales.parquet", [b"PAR1", bytes(100000), b"\xff\xff\xff\x7fPAR1"]


def try_bombs(folder):
    wrong = []
    (folder / "firms.csv").write_text(FIRMS)
    for name, file, pieces in bombs():
        write(folder / file, pieces)
        code, said, seconds = check(folder)
        (folder / file).unlink()
        print(f"{name}: exit {code} in {seconds:.1f} s: {said.strip()[:200]}")
        if code != 65 or not said.startswith("tolmuur: "):
            wrong.append(name)
    (folder / "firms.csv").unlink()
    return wrong


def seeds(folder):
    """Sound tables in every format: file name and bytes."""
    subprocess.run([GENERATOR, "--firms", "30", "--lines", "300", "--seed", "3", folder / "made"], check=True, capture_output=True)
    for table in ("firms", "sales", "purchases"):
        yield f"{table}.parquet", (folder / "made" / f"{table}.parquet").read_bytes()
    yield "sales.csv", (SALES + "A,0101.21,MX,1e3\n" * 20).encode()
    yield "sales.csv.gz", gzip.compress((SALES + "A,0101.21,MX,1e3\n" * 20).encode())
    yield "sales.jsonl", (SALES_JSON * 20).encode()
    yield "firms.csv", FIRMS.encode()


def mutate(chance, content):
    """One to four of: a flipped bit, a byte, a cut, a doubled or dropped stretch, a number that is too great."""
    content = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        at, length = chance.randrange(len(content)), chance.randint(1, 64)
        match chance.randrange(6):
            case 0:
                content[at] ^= 1 << chance.randrange(8)
            case 1:
                content[at] = chance.randrange(256)
            case 2:
                del content[max(at, 1):]
            case 3:
                content[at:at] = content[at:at + length]
            case 4:
                del content[at:at + min(length, len(content) - 1)]
            case 5:
                content[at:at + 4] = chance.choice([b"\xff\xff\xff\xff", b"\x00\x00\x00\x80", b"1e999", b"nan,", b"\x00"])
    return bytes(content)


# What once ended as a failure of the system: bytes beyond the end were asked for, a type had no length.
FOUND = {6285, 7693, 8857}


def try_mutants(folder):
    """Reads each mutant beside sound tables; its exit code tells whether the program itself came to harm."""
    count = 0
    wrong, brought_down, refused = [], 0, 0
    chance = random.Random(2026)
    sound = dict(seeds(folder))
    work = folder / "work"
    for number in range(10000):
        name = chance.choice(sorted(sound))
        mutant = mutate(chance, sound[name])
        if number >= 100 and not LONG and number not in FOUND:
            continue
        count += 1
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir()
        ending = ".parquet" if name.endswith(".parquet") else ".csv"
        for table in ("firms", "sales"):
            if not name.startswith(table):
                (work / (table + ending)).write_bytes(sound[table + ending])
        (work / name).write_bytes(mutant)
        code, said, _ = check(work)
        refused += code == 65
        brought_down += "brought down" in said or "ended without" in said
        if code not in (0, 65):
            wrong.append(f"mutant {number} of {name}: exit {code}: {said[:300]}")
    print(f"{count} mutated files: {refused} refused, {brought_down} brought the reading process down, {len(wrong)} wrong")
    return wrong


def main():
    with tempfile.TemporaryDirectory(prefix="tolmuur-hostile-") as name:
        folder = pathlib.Path(name)
        wrong = try_bombs(folder)
        wrong += try_mutants(folder)
    print("\n".join(f"wrong: {what}" for what in wrong))
    return 1 if wrong else 0


sys.exit(main())
