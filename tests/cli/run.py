#!/usr/bin/env python3
"""Runs one transcript: commands with the output and exit code that they must have.

usage: run.py PROGRAM TRANSCRIPT

A transcript is plain text.
  # ...          a comment
  $ command      run by bash in a temporary folder of its own, the program on PATH as `tolmuur`; a here-document
                 goes on until its closing word
  text           what the command prints, stdout and stderr in one; [..] stands for any text within a line,
                 a line that is only [...] for any number of lines
  [exit N]       the exit code, when it is not 0
Blank lines between commands are not compared.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE_DOCUMENT = re.compile(r"<<'?(\w+)'?")
EXIT = re.compile(r"\[exit (\d+)\]$")


class Step:
    """One command with what it must print and return."""

    def __init__(self, line, command):
        self.line = line
        self.command = command
        self.output = []
        self.exit = 0


def read_steps(text):
    """The steps of a transcript, in order."""
    lines = text.split("\n")
    steps = []
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if line.startswith("$ "):
            command = [line[2:]]
            word = HERE_DOCUMENT.search(line)
            while word and at < len(lines):
                command.append(lines[at])
                at += 1
                if command[-1] == word.group(1):
                    break
            steps.append(Step(at, "\n".join(command)))
        elif line.startswith("#") or not steps:
            if line and not line.startswith("#"):
                raise ValueError(f"line {at} stands before the first command")
        elif EXIT.fullmatch(line):
            steps[-1].exit = int(EXIT.fullmatch(line).group(1))
        else:
            steps[-1].output.append(line)
    for step in steps:
        while step.output and not step.output[-1]:
            step.output.pop()
    return steps


def line_matches(expected, found):
    """Whether one line is as expected, [..] standing for any text."""
    parts = [re.escape(part) for part in expected.split("[..]")]
    return re.fullmatch(".*".join(parts), found, re.DOTALL) is not None


def output_matches(expected, found):
    """Whether all lines are as expected, [...] standing for any number of lines."""
    if not expected:
        return not found
    if expected[0] == "[...]":
        return any(output_matches(expected[1:], found[skip:]) for skip in range(len(found) + 1))
    return bool(found) and line_matches(expected[0], found[0]) and output_matches(expected[1:], found[1:])


def run_step(step, folder, environment):
    """Runs a step; returns a description of what is wrong, or None."""
    done = subprocess.run(["bash", "-c", step.command], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=120)
    found = done.stdout.decode("utf-8", "backslashreplace").split("\n")
    while found and not found[-1]:
        found.pop()
    wrong = []
    if done.returncode != step.exit:
        wrong.append(f"exit code {done.returncode}, expected {step.exit}")
    if not output_matches(step.output, found):
        wrong.append("the output differs")
        wrong += [f"  expected | {line}" for line in step.output]
        wrong += [f"  found    | {line}" for line in found]
    return "\n".join(wrong)


def main():
    program, transcript = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    steps = read_steps(transcript.read_text(encoding="utf-8"))
    if not steps:
        print(f"{transcript.name}: no commands")
        return 1
    environment = {
        "PATH": f"{program.parent}:{os.environ['PATH']}",
        "LC_ALL": "C",
        "HOME": "/nonexistent",
        "SOURCE": str(transcript.resolve().parents[2]),
    }
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "TOLMUUR_TABLES"):
        if name in os.environ:
            environment[name] = os.environ[name]
    failed = 0
    with tempfile.TemporaryDirectory(prefix="tolmuur-cli-") as folder:
        environment["TMPDIR"] = folder
        environment["TOLMUUR_CACHE"] = f"{folder}/.cache"
        for step in steps:
            wrong = run_step(step, folder, environment)
            if wrong:
                failed += 1
                print(f"{transcript.name}:{step.line}: $ {step.command}\n{wrong}\n")
    print(f"{transcript.name}: {len(steps)} commands, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
