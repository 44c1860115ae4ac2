"""The compile commands that a linter needs: each file once for each set of definitions and instructions.

usage: lint_commands.py COMPILE_COMMANDS FOLDER

A file of the program that tests, the extension or a module compile too says the same of itself in each; the variants of the kernels do not.
"""
import json
import os
import sys


def meaning(command):
    """The words that change what a file says: definitions (but of where tests lie, and CMake's mark of a shared library) and instruction sets."""
    words = command["command"].split()
    return tuple(sorted(w for w in words if w.startswith(("-D", "-m")) and not w.startswith(("-DTEST_", "-DBXF_")) and not w.endswith("_EXPORTS")))


def main(source, folder):
    with open(source, encoding="utf-8") as file:
        commands = json.load(file)
    once = {}
    for command in commands:
        once.setdefault((command["file"], meaning(command)), command)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "compile_commands.json"), "w", encoding="utf-8") as file:
        json.dump(list(once.values()), file, indent=1)


main(*sys.argv[1:])
