#!/usr/bin/env python3
"""Every global symbol that a library defines begins with tol_: a host program's names stay its own."""

import subprocess
import sys


def main():
    strangers = []
    count = 0
    for library in sys.argv[1:]:
        listing = subprocess.run(["nm", "--defined-only", "--extern-only", library], capture_output=True, text=True, check=True)
        for line in listing.stdout.splitlines():
            fields = line.split()
            if len(fields) != 3:
                continue
            count += 1
            # Sanitizers add symbols with two leading underscores.
            if not fields[2].startswith(("tol_", "__", "_GLOBAL_")):
                strangers.append(f"{library}: {fields[2]}")
    print("\n".join(strangers) or f"{count} symbols carry the prefix")
    return 1 if strangers or count == 0 else 0


sys.exit(main())
