#!/usr/bin/env python3
"""Compiles every public header alone, twice included, so that none leans on what stands before it."""

import pathlib
import subprocess
import sys


def main():
    root, compiler = pathlib.Path(sys.argv[1]), sys.argv[2]
    folders = [root / "core/include", root / "datasets/include", root / "kernels"]
    headers = sorted(folders[0].rglob("*.h")) + sorted(folders[1].rglob("*.h")) + [root / "kernels/kernels.h"]
    failed = 0
    for header in headers:
        command = [compiler, "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", "-xc", "-"]
        command += [f"-I{folder}" for folder in folders]
        source = f'#include "{header}"\n#include "{header}"\nint only_to_have_something;\n'
        if subprocess.run(command, input=source, text=True, check=False).returncode != 0:
            print(f"{header.relative_to(root)} does not compile alone")
            failed += 1
    print(f"{len(headers)} public headers, {failed} failed")
    return 1 if failed or not headers else 0


sys.exit(main())
