#!/usr/bin/env python3
"""Checks a run's manifest against what it stands for.

usage: check_manifest.py RUN BOOK ROWS
"""

import hashlib
import json
import pathlib
import sys

KEYS = ["format", "format_version", "identity", "resolved", "options", "day", "law", "inputs", "outputs", "counts", "execution"]


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def faults_of(run, book, rows):
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    if list(manifest) != KEYS:
        yield f"keys are {list(manifest)}"
    text = "".join(f"{name}\0{value}\0" for name, value in manifest["resolved"].items())
    if hashlib.sha256(text.encode()).hexdigest() != manifest["identity"]:
        yield "identity is not the hash of what was resolved"
    if manifest["inputs"][0]["path"] != str(book.resolve()):
        yield "the first input is not the book"
    for entry in manifest["inputs"]:
        path = pathlib.Path(entry["path"])
        if path.stat().st_size != entry["bytes"] or digest(path) != entry["sha256"]:
            yield f"{path} is not as described"
    there = {str(path.relative_to(run)) for path in run.rglob("*") if path.is_file()} - {"manifest.json"}
    if there != {entry["path"] for entry in manifest["outputs"]}:
        yield "outputs are not those that are there"
    for entry in manifest["outputs"]:
        path = run / entry["path"]
        if path.stat().st_size != entry["bytes"] or digest(path) != entry["sha256"]:
            yield f"{path} is not as described"
    parts = [entry for entry in manifest["outputs"] if "rows" in entry]
    if sum(part["rows"] for part in parts) != rows or manifest["counts"]["rows"] != rows:
        yield "the parts do not have all rows"
    firm = 0
    for part in parts:
        if part["first_firm"] != firm:
            yield f"{part['path']} does not begin where the last one ended"
        firm += part["firms"]
    if firm != manifest["counts"]["firms"] or len(parts) != manifest["counts"]["parts"]:
        yield "the parts do not have all firms"
    execution = manifest["execution"]
    if execution["seconds"] <= 0 or execution["ended"] < execution["started"] or execution["threads"] < 1:
        yield "times or threads cannot be"
    if not {"DuckDB", "SLEEF"} <= set(execution["libraries"]) or "lines" not in execution["stage_seconds"]:
        yield "libraries or stages are missing"


def main():
    faults = list(faults_of(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])))
    print("\n".join(faults) or "manifest is sound")
    return 1 if faults else 0


sys.exit(main())
