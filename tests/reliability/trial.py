"""What the trials share: the program, a small portfolio, running with a guard against hanging, and reporting."""

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

LONG = os.environ.get("TOLMUUR_LONG") == "1"
SKIPPED = 77
GUARD_SECONDS = 600


class Trial:
    """A folder of its own for one script; says what went wrong and ends with the exit code of a test."""

    def __init__(self, program):
        self.program = str(pathlib.Path(program).resolve())
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tolmuur-trial-"))
        self.environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "TMPDIR": str(self.folder),
                            "TOLMUUR_CACHE": str(self.folder / "cache")}
        for name in ("TOLMUUR_TABLES", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                self.environment[name] = os.environ[name]
        self.wrong = []
        self.tried = 0

    def run(self, *words, before=(), environment=None, **more):
        """One run of the program, behind the words of another one (taskset, strace)."""
        return subprocess.run([*before, self.program, *map(str, words)], cwd=self.folder, env=self.environment | (environment or {}),
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="backslashreplace", check=False,
                              timeout=GUARD_SECONDS, **more)

    def expect(self, sound, what):
        """Counts one thing tried; keeps what is wrong with it."""
        self.tried += 1
        if not sound:
            self.wrong.append(what)

    def end(self, what):
        """Reports and leaves."""
        shutil.rmtree(self.folder, ignore_errors=True)
        print("\n".join(f"wrong: {line}" for line in self.wrong[:50]))
        print(f"{what}: {self.tried} tried, {len(self.wrong)} wrong")
        sys.exit(1 if self.wrong or self.tried == 0 else 0)


FIRMS = [("A1", "Staalbouw", "NL", "C25", 10000000, 6000000, 1000000, 100000), ("B2", "Plastics", "DE", "C22", 5000000, 3000000, 400000, ""),
         ("C3", '"Cars, parts"', "NL", "C29", 20000000, 15000000, -50000, 200000), ("D4", "Pumps", "IT", "C28", 700000.5, 300000, 90000, 5)]
SALES = [("A1", "7326908688", "US", 3000000, ""), ("A1", "7326.90.86.88", "DE", 2000000, "C3"), ("B2", "3926909989", "US", 1500000, ""),
         ("C3", "8703230190", "US", 4000000, ""), ("C3", "8708.99.81.80", "GB", 1000000, ""), ("D4", "8413.70", "US", 123456.78, "C3")]
PURCHASES = [("A1", "7208", "CN", 500000, ""), ("B2", "3901.10", "US", 700000, ""), ("C3", "870899", "JP", 2000000, "A1"),
             ("D4", "8483", "CN", 77777.7, "")]
HEADERS = {"firms": "firm_id,name,country,sector,revenue_eur,purchases_eur,ebitda_eur,interest_eur",
           "sales": "firm_id,hs,destination,value_eur,customer_id", "purchases": "firm_id,hs,origin,value_eur,supplier_id"}
TABLES = {"firms": FIRMS, "sales": SALES, "purchases": PURCHASES}


def write_portfolio(folder, tables=None):
    """Supply tables as CSV."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in (tables or TABLES).items():
        text = "".join(",".join(map(str, row)) + "\n" for row in rows)
        (folder / f"{name}.csv").write_text(f"{HEADERS[name]}\n{text}")


def can_trace():
    """Whether strace is here and may trace."""
    return shutil.which("strace") is not None and subprocess.run(
        ["strace", "-o", "/dev/null", "-e", "trace=write", "true"], capture_output=True, check=False).returncode == 0


def digest(path):
    """SHA-256 of a file."""
    return hashlib.sha256(pathlib.Path(path).read_bytes()).hexdigest()


def leftovers(folder):
    """Temporary files that a run left behind."""
    return sorted(path.name for path in pathlib.Path(folder).rglob("*.tmp-*"))
