#!/usr/bin/env python3
"""Every global symbol that a library defines begins with tol_: a host program's names stay its own.

usage: check_symbols.py LIBRARY...
       check_symbols.py --exports SHARED_LIBRARY INCLUDE_FOLDER   it exports the functions of the public headers, and nothing else
"""

import pathlib
import re
import subprocess
import sys

FUNCTION = re.compile(r"^[^\n#/ *][^\n;{}]*?\b(tol_\w+)\(", re.MULTILINE)


def defined(library, *options):
    """The global symbols that a library defines."""
    listing = subprocess.run(["nm", "--defined-only", "--extern-only", *options, library], capture_output=True, text=True, check=True)
    rows = (line.split() for line in listing.stdout.splitlines())
    return [fields[2] for fields in rows if len(fields) == 3]


def declared(folder):
    """The functions that the public headers declare and do not define."""
    names = set()
    for header in pathlib.Path(folder).rglob("*.h"):
        text = re.sub(r"/\*.*?\*/", "", header.read_text(encoding="utf-8"), flags=re.DOTALL)
        for found in FUNCTION.finditer(text):
            if not found.group(0).startswith(("static inline", "typedef")):
                names.add(found.group(1))
    return names


def check_exports(library, folder):
    """What is exported against what is declared; returns the exit code."""
    exports = {name.split("@")[0] for name in defined(library, "--dynamic")} - {"TOLMUUR_0"}
    wanted = declared(folder)
    wrong = [f"declared in a public header, not exported (has the header its '#pragma GCC visibility'?): {name}" for name in sorted(wanted - exports)]
    wrong += [f"exported, but no public header declares it: {name}" for name in sorted(exports - wanted)]
    print("\n".join(wrong) or f"{len(exports)} functions exported, all declared in public headers")
    return 1 if wrong or not exports else 0


def main():
    if sys.argv[1] == "--exports":
        return check_exports(*sys.argv[2:4])
    strangers = []
    count = 0
    for library in sys.argv[1:]:
        for name in defined(library):
            count += 1
            # Sanitizers add symbols with two leading underscores.
            if not name.startswith(("tol_", "__", "_GLOBAL_")):
                strangers.append(f"{library}: {name}")
    print("\n".join(strangers) or f"{count} symbols carry the prefix")
    return 1 if strangers or count == 0 else 0


sys.exit(main())
