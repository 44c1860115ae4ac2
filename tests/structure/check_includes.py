#!/usr/bin/env python3
"""Checks that #include lines follow cli -> datasets -> core -> kernels -> SLEEF and that a library is known in one place only."""

import pathlib
import re
import sys

# Layer of a source file by its first folder; a layer may include itself and everything to its right.
LAYERS = ["cli", "datasets", "core", "kernels"]

# Header of a library: the only places that may include it.
ONLY_IN = {
    "sleef.h": ["kernels/lanes/", "cli/doctor"],
    "hwloc.h": ["core/run/topology.c", "cli/doctor"],
    "duckdb.h": ["datasets/duckdb/"],
    "duckdb_extension.h": ["cli/sql/"],
    "seccomp.h": ["datasets/confine/"],
    "libpq-fe.h": ["datasets/postgres/"],
    "popt.h": ["cli/"],
    "libsmartcols.h": ["cli/"],
    "jansson.h": ["datasets/", "cli/"],
    "csv.h": ["datasets/", "cli/"],
    "sha.h": ["core/file/sha256.c"],
    "xxhash.h": ["core/", "datasets/generate/", "datasets/supply/", "datasets/duckdb/", "cli/doctor"],
}

INCLUDE = re.compile(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', re.MULTILINE)


def layer_of_header(name, root):
    """The layer a project header belongs to, or None for one from outside."""
    if name.startswith("tolmuur/"):
        return "core"
    if name.startswith("datasets/"):
        return "datasets"
    if name == "kernels.h" or name.startswith("lanes/") or name.endswith(".kernel.h"):
        return "kernels"
    for layer in LAYERS:
        if (root / layer / name).is_file():
            return layer
    return None


def faults_of(path, root):
    relative = path.relative_to(root).as_posix()
    layer = relative.split("/")[0]
    for name in INCLUDE.findall(path.read_text(encoding="utf-8")):
        target = layer_of_header(name, root)
        if (path.parent / name).is_file():
            target = layer
        if target is not None and LAYERS.index(target) < LAYERS.index(layer):
            yield f"{relative}: {layer} may not include {name} of {target}"
        base = name.rsplit("/", 1)[-1]
        if target is None and base in ONLY_IN and not any(relative.startswith(place) for place in ONLY_IN[base]):
            yield f"{relative}: {base} belongs to {', '.join(ONLY_IN[base])} only"


def main():
    root = pathlib.Path(sys.argv[1])
    sources = [path for layer in LAYERS for path in sorted((root / layer).rglob("*.[ch]")) if "node_modules" not in path.parts]
    faults = [fault for path in sources for fault in faults_of(path, root)]
    print("\n".join(faults) or f"{len(sources)} sources follow the direction")
    return 1 if faults or not sources else 0


sys.exit(main())
