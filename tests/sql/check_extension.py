#!/usr/bin/env python3
"""Checks the extension's file: what it exports, what it is linked with, what its footer says.

usage: check_extension.py EXTENSION VERSION
"""

import pathlib
import subprocess
import sys

ENTRY, FOOTER, FIELD = "tolmuur_init_c_api", 512, 32
# What a machine with the program has anyway; no DuckDB, nothing that reads the files of others.
LIBRARIES = {"libm.so.6", "libc.so.6", "libsleef.so.3", "libhwloc.so.15", "libxxhash.so.0", "libjansson.so.4", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1",
             "libpthread.so.0", "libdl.so.2"}
SANITIZERS = ("libasan", "libubsan", "libclang_rt")


def tool(*words):
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout


def faults(path, version):
    names = [line.split()[-1] for line in tool("nm", "-D", "--defined-only", path).splitlines() if line.strip()]
    if [name for name in names if not name.startswith("__")] != [ENTRY]:
        yield f"exported: {' '.join(sorted(names)[:20])}"
    undefined = [line.split()[-1] for line in tool("nm", "-D", "--undefined-only", path).splitlines() if line.strip()]
    for name in undefined:
        if name.startswith(("duckdb_", "tol_")):
            yield f"{name} would have to come from elsewhere"
    needed = [line.split("[")[1].rstrip("]") for line in tool("readelf", "-d", path).splitlines() if "(NEEDED)" in line]
    for name in needed:
        if name not in LIBRARIES and not name.startswith(SANITIZERS):
            yield f"linked with {name}"
    data = pathlib.Path(path).read_bytes()[-FOOTER:]
    fields = [data[at:at + FIELD].rstrip(b"\0").decode("ascii") for at in range(0, FOOTER // 2, FIELD)]
    wanted = ["", "", "", "C_STRUCT", f"v{version}", "v1.2.0", fields[6], "4"]
    if fields != wanted or fields[6] not in ("linux_amd64", "linux_arm64") or any(data[FOOTER // 2:]):
        yield f"footer: {fields}"


def main():
    found = list(faults(*sys.argv[1:3]))
    print("\n".join(found) or "exports its entry alone, is linked with no DuckDB, has a sound footer")
    return 1 if found else 0


sys.exit(main())
