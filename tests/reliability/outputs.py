#!/usr/bin/env python3
"""Whoever can write beside an output cannot make the program write elsewhere: links, pipes, names taken in advance, races.

usage: outputs.py PROGRAM
"""

import os
import sys
import threading

from trial import LONG, Trial, can_trace, leftovers, write_portfolio

VICTIM = "not to be touched\n"
KINDS = [("book", ["build", "supply", "-o"]), ("csv", ["score", "sound.book", "--on", "2025-08-10", "-o"]),
         ("jsonl", ["score", "sound.book", "--on", "2025-08-10", "-o"]), ("parquet", ["score", "sound.book", "--on", "2025-08-10", "-o"]),
         ("xlsx", ["score", "sound.book", "--on", "2025-08-10", "-o"])]


def put_victim(trial):
    (trial.folder / "victim").write_text(VICTIM)
    (trial.folder / "victim").chmod(0o644)


def is_sound(trial):
    """The victim as it was."""
    victim = trial.folder / "victim"
    return victim.read_text() == VICTIM and victim.stat().st_mode & 0o777 == 0o644 and victim.stat().st_uid == os.geteuid()


def try_links(trial, ending, words):
    """A link of either kind under the output's name: the name gets the result, the victim stays."""
    output = trial.folder / f"out.{ending}"
    for make in (os.symlink, os.link):
        put_victim(trial)
        output.unlink(missing_ok=True)
        make(trial.folder / "victim", output)
        done = trial.run(*words, output.name)
        trial.expect(done.returncode == 0 and is_sound(trial) and not output.is_symlink() and output.stat().st_size > 100,
                     f"{ending}, {make.__name__}: exit {done.returncode}: {done.stderr[:200]}")
    output.unlink()
    os.symlink(trial.folder / "nowhere", output)
    done = trial.run(*words, output.name)
    trial.expect(done.returncode == 0 and not (trial.folder / "nowhere").exists(), f"{ending}, dangling link: {done.stderr[:200]}")
    output.unlink()


def try_special(trial, ending, words):
    """A folder and, for books, a pipe under the output's name are refused and stay."""
    output = trial.folder / f"out.{ending}"
    output.mkdir()
    done = trial.run(*words, output.name)
    trial.expect(done.returncode == 73 and output.is_dir(), f"{ending}, folder: exit {done.returncode}")
    output.rmdir()
    if ending == "book":
        os.mkfifo(output)
        done = trial.run(*words, output.name)
        trial.expect(done.returncode == 73 and output.is_fifo(), f"{ending}, pipe: exit {done.returncode}")
        output.unlink()


def try_flags(trial, ending, words):
    """Every file that is created is created new, follows no link and is nobody else's."""
    trace = trial.folder / "trace"
    trial.run(*words, f"out.{ending}", before=["strace", "-f", "-o", trace, "-e", "trace=openat,open,creat"])
    created = [line for line in trace.read_text(errors="replace").splitlines() if "O_CREAT" in line and f"out.{ending}" in line]
    trial.expect(len(created) > 0, f"{ending}: no file was seen created")
    for line in created:
        trial.expect("O_EXCL" in line and "O_NOFOLLOW" in line and "0600" in line, f"{ending}: {line}")


def try_race(trial, ending, words, rounds):
    """Somebody swaps the output for a link to the victim, all the time."""
    output, spare = trial.folder / f"out.{ending}", trial.folder / "spare"
    done = threading.Event()

    def swap():
        while not done.is_set():
            spare.unlink(missing_ok=True)
            os.symlink(trial.folder / "victim", spare)
            os.replace(spare, output)

    put_victim(trial)
    thread = threading.Thread(target=swap)
    thread.start()
    for number in range(rounds):
        trial.run(*words, output.name)
        trial.expect(is_sound(trial), f"{ending}, race {number}: the victim was written to")
    done.set()
    thread.join()
    output.unlink(missing_ok=True)


def main():
    trial = Trial(sys.argv[1])
    write_portfolio(trial.folder / "supply")
    trial.run("build", "supply", "-o", "sound.book")
    for ending, words in KINDS:
        try_links(trial, ending, words)
        try_special(trial, ending, words)
        try_race(trial, ending, words, 50 if LONG else 3)
        if can_trace():
            try_flags(trial, ending, words)
    trial.expect(leftovers(trial.folder) == [], f"left behind: {leftovers(trial.folder)}")
    trial.end("attacks on outputs")


main()
