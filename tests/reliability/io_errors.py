#!/usr/bin/env python3
"""Each system call that writes fails once, for good: exit code 73 or 74, the old output intact, nothing left behind.

usage: io_errors.py PROGRAM
"""

import sys

from trial import LONG, SKIPPED, Trial, can_trace, digest, leftovers, write_portfolio

SCORE = ["score", "sound.book", "--on", "2025-08-10"]
CASES = [("book", ["build", "supply", "-o", "out.book"]), ("csv", [*SCORE, "-o", "out.csv"]), ("jsonl", [*SCORE, "-o", "out.jsonl"]),
         ("json", [*SCORE, "-o", "out.json"]), ("parquet", [*SCORE, "-o", "out.parquet"]), ("xlsx", [*SCORE, "-o", "out.xlsx"])]
# What can fail while a file is written; each from its first call to its last.
CALLS = [("write", "ENOSPC"), ("pwrite64", "EIO"), ("writev", "ENOSPC"), ("fallocate", "ENOSPC"), ("fsync", "EIO"), ("rename", "EIO"), ("fchmod", "EPERM"),
         ("ftruncate", "ENOSPC")]
CALLS_MOST = 400 if LONG else 12


def try_call(trial, ending, words, call, reason):
    """Fails the first call, then the second ..., until a run has fewer of them."""
    output = trial.folder / f"out.{ending}"
    for number in range(1, CALLS_MOST + 1):
        output.write_bytes(b"old\n")
        trace = trial.folder / "trace"
        done = trial.run(*words, before=["strace", "-f", "-o", trace, "-e", f"trace={call}", "-e", f"inject={call}:error={reason}:when={number}+"])
        hit = "(INJECTED)" in trace.read_text(errors="replace")
        found = output.read_bytes()
        state = "old" if found == b"old\n" else "new" if digest(output) == digest(trial.folder / f"sound.{ending}") else "broken"
        # The new file may stand when only its folder could not be synced, when what is said about it could not be written, or when the
        # program can do without the call.
        sound = done.returncode == 0 and state == "new" if not hit else \
            done.returncode in (73, 74) and state == "old" or done.returncode in (0, 74) and state == "new"
        trial.expect(sound, f"{ending}: {call} {number} {reason}: exit {done.returncode}, {state} file: {done.stderr[:200]}")
        trial.expect(leftovers(trial.folder) == [], f"{ending}: {call} {number}: left {leftovers(trial.folder)}")
        if not hit:
            return
        for name in leftovers(trial.folder):
            (trial.folder / name).unlink()


def main():
    if not can_trace():
        print("strace cannot trace here: skipped")
        sys.exit(SKIPPED)
    trial = Trial(sys.argv[1])
    write_portfolio(trial.folder / "supply")
    trial.run("build", "supply", "-o", "sound.book")
    for ending, words in CASES:
        whole = trial.run(*words)
        trial.expect(whole.returncode == 0, whole.stderr)
        (trial.folder / f"out.{ending}").replace(trial.folder / f"sound.{ending}")
    for ending, words in CASES:
        for call, reason in CALLS:
            if (ending, call) == ("book", "write"):
                continue  # the book is written by the other calls; this one only carries messages between processes
            try_call(trial, ending, words, call, reason)
    trial.end("failing system calls")


main()
