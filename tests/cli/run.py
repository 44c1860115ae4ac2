#!/usr/bin/env python3
"""Runs one transcript: commands with the output and exit code that they must have.

usage: run.py PROGRAM TRANSCRIPT|PAGE.md
       run.py --write PROGRAM PAGE.md     put what is printed now in the place of outputs that differ
       run.py --commands PAGE.md          only print the commands

A transcript is plain text.
  # ...          a comment
  $ command      run by bash in a temporary folder of its own, the program on PATH as `tolmuur`; a here-document
                 goes on until its closing word
  text           what the command prints, stdout and stderr in one; [..] stands for any text within a line,
                 a line that is only [...] for any number of lines
  [exit N]       the exit code, when it is not 0
Blank lines between commands are not compared, nor is how far a long piece of work has come.

A page is Markdown for people. Every block fenced as `sh` is a command (its first line that fails ends it), the next
block fenced as `text` what it must print; without one it must print nothing.
"""

import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile

HERE_DOCUMENT = re.compile(r"<<'?(\w+)'?")
# Said after ten seconds without a terminal: on a slow machine anywhere.
HEARTBEAT = re.compile(r"tolmuur: [a-z ]+: \d+( of \d+, \d+ %, \d+ s to go)?")
EXIT = re.compile(r"\[exit (\d+)\]$")
BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Step:
    """One command with what it must print and return, and what it did print."""

    def __init__(self, line, command):
        self.line = line
        self.command = command
        self.output = []
        self.exit = 0
        self.block = None
        self.found = []


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


def read_page(text):
    """The steps of a page, in order; each knows the place of its output."""
    steps = []
    for block in BLOCK.finditer(text):
        language, content = block.groups()
        line = text.count("\n", 0, block.start()) + 1
        if language == "sh":
            steps.append(Step(line, "set -e\n" + content.rstrip("\n")))
        elif not steps or steps[-1].block:
            raise ValueError(f"line {line}: an output without a command")
        else:
            steps[-1].block = block
            steps[-1].output = content.rstrip("\n").split("\n")
    return steps


def write_page(path, text, steps):
    """Puts what was printed in the place of what differs; lines that still match stay as they are."""
    for step in reversed(steps):
        if step.block and not output_matches(step.output, step.found):
            lines = [next((old for old in step.output if line_matches(old, line)), line) for line in step.found]
            text = text[:step.block.start(2)] + "\n".join(lines) + "\n" + text[step.block.end(2):]
    path.write_text(text, encoding="utf-8")


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
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=1200)
    found = [line.rstrip() if step.block else line for line in done.stdout.decode("utf-8", "backslashreplace").split("\n")]
    while found and not found[-1]:
        found.pop()
    step.found = found
    wrong = []
    if done.returncode != step.exit:
        wrong.append(f"exit code {done.returncode}, expected {step.exit}")
    if not output_matches(step.output, found) and not output_matches(step.output, [line for line in found if not HEARTBEAT.fullmatch(line)]):
        wrong.append("the output differs")
        wrong += [f"  expected | {line}" for line in step.output]
        wrong += [f"  found    | {line}" for line in found]
    return "\n".join(wrong)


def run_steps(program, name, steps, source):
    """Runs all steps in a folder of their own; returns how many failed."""
    environment = {
        "PATH": f"{program.parent}:{os.environ['PATH']}",
        "LC_ALL": "C",
        "HOME": "/nonexistent",
        "SOURCE": str(source),
    }
    for variable in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "TOLMUUR_TABLES"):
        if variable in os.environ:
            environment[variable] = os.environ[variable]
    failed = 0
    with tempfile.TemporaryDirectory(prefix="tolmuur-cli-") as folder:
        environment["TMPDIR"] = folder
        environment["TOLMUUR_CACHE"] = f"{folder}/.cache"
        for step in steps:
            wrong = run_step(step, folder, environment)
            if wrong:
                failed += 1
                print(f"{name}:{step.line}: $ {step.command}\n{wrong}\n")
    print(f"{name}: {len(steps)} commands, {failed} failed")
    return failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--commands", action="store_true")
    parser.add_argument("paths", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    path = arguments.paths[-1]
    text = path.read_text(encoding="utf-8")
    steps = read_page(text) if path.suffix == ".md" else read_steps(text)
    if not steps:
        print(f"{path.name}: no commands")
        return 1
    if arguments.commands:
        print("\n".join(step.command.removeprefix("set -e\n") for step in steps))
        return 0
    failed = run_steps(arguments.paths[0].resolve(), path.name, steps, path.resolve().parents[2])
    if arguments.write:
        write_page(path, text, steps)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
