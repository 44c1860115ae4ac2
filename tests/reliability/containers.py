#!/usr/bin/env python3
"""Machines that hide, forbid or pretend: the run completes with the same bytes and at most one warning.

usage: containers.py PROGRAM
"""

import os
import shutil
import sys

from trial import Trial, can_trace, digest, write_portfolio

DAYS = ["--on", "2025-04-12", "--on", "2025-08-10"]
DENIED = "inject=sched_setaffinity:error=EPERM"


def surroundings():
    """Name, words before the program, environment, and the most warnings that are fair."""
    core = min(os.sched_getaffinity(0))
    yield "one core", ["taskset", "-c", str(core)], {}, 0
    yield "pretended 2 x 32 cores", [], {"HWLOC_SYNTHETIC": "package:2 core:32 pu:2"}, 1
    yield "pretended single core", [], {"HWLOC_SYNTHETIC": "core:1 pu:1"}, 1
    yield "pretended numa", [], {"HWLOC_SYNTHETIC": "package:2 numa:2 l3:1 l2:8 core:1 pu:2"}, 1
    yield "no topology in /sys", [], {"HWLOC_COMPONENTS": "no_os,stop"}, 1
    if can_trace():
        yield "denied affinity", ["strace", "-f", "-o", "/dev/null", "-e", "trace=sched_setaffinity", "-e", DENIED], {}, 1
        yield "hidden /sys", ["strace", "-f", "-o", "/dev/null", "-P", "/sys/devices/system/cpu", "-e", "trace=openat", "-e",
                              "inject=openat:error=EACCES"], {}, 1
    if shutil.which("prlimit"):
        yield "few open files", ["prlimit", "--nofile=64"], {}, 0


def main():
    trial = Trial(sys.argv[1])
    write_portfolio(trial.folder / "supply")
    trial.run("build", "supply", "-o", "plain.book")
    trial.run("score", "plain.book", *DAYS, "-o", "plain.csv")
    for name, before, environment, warnings in surroundings():
        built = trial.run("build", "supply", "-o", "p.book", before=before, environment=environment)
        scored = trial.run("score", "p.book", *DAYS, "-o", "scores.csv", before=before, environment=environment)
        said = [line for line in scored.stderr.splitlines() if " scenarios against " not in line and "would narrow" not in line]
        trial.expect(built.returncode == 0 and scored.returncode == 0, f"{name}: {built.stderr}{scored.stderr}")
        trial.expect(len(said) <= warnings, f"{name}: {len(said)} warnings: {said}")
        if not trial.wrong:
            trial.expect(digest(trial.folder / "p.book") == digest(trial.folder / "plain.book"), f"{name}: other book")
            trial.expect(digest(trial.folder / "scores.csv") == digest(trial.folder / "plain.csv"), f"{name}: other scores")
    trial.end("limited machines")


main()
