"""Fictional supply tables, as CSV files and as tables of a cluster, and the program run on them."""

import csv
import pathlib
import subprocess

TABLES = ("firms", "sales", "purchases")
NUMBERS = {"revenue_eur", "purchases_eur", "ebitda_eur", "interest_eur", "contribution_margin", "cost_pass_through", "loan_eur", "value_eur",
           "vacancy_difficulty", "productivity_growth", "energy_cost_share", "automation", "digitalisation", "investment_rate", "chain_cooperation",
           "liquidity"}


def generate(generator, folder, firms=500, lines=20000):
    """Writes CSV files by the seeded generator; returns their folder."""
    subprocess.run([generator, "--firms", str(firms), "--lines", str(lines), "--named", "20", "--seed", "7", "--format", "csv", f"{folder}/csv"], check=True,
                   cwd=pathlib.Path(__file__).parents[2], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return pathlib.Path(folder) / "csv"


def columns(path):
    with open(path, newline="", encoding="utf-8") as file:
        return next(csv.reader(file))


def quoted(name):
    return '"' + name.replace('"', '""') + '"'


def load(cluster, folder, schema="public", types=None, rename=None, tables=None, database="postgres"):
    """Makes one table per CSV file: numbers double precision, all else text, unless `types` says otherwise."""
    for table in TABLES:
        path = pathlib.Path(folder) / f"{table}.csv"
        if not path.exists():
            continue
        names = columns(path)
        target = f"{quoted(schema)}.{quoted((tables or {}).get(table, table))}"
        called = [quoted((rename or {}).get(table, {}).get(name, name)) for name in names]
        kinds = [(types or {}).get(name, "double precision" if name in NUMBERS else "text") for name in names]
        declared = ", ".join(f"{name} {kind}" for name, kind in zip(called, kinds))
        cluster.sql(f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}; CREATE TABLE {target} ({declared});", database=database)
        subprocess.run([f"{cluster.bin}/psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", cluster.uri(database), "-c",
                        f"COPY {target} ({', '.join(called)}) FROM STDIN (FORMAT csv, HEADER)"], stdin=open(path, "rb"), check=True)


class Program:
    """tolmuur, with all it may say kept."""

    def __init__(self, path, folder):
        self.path = path
        self.folder = folder

    def __call__(self, *words, expect=0, **options):
        done = subprocess.run([self.path, *map(str, words)], cwd=self.folder, capture_output=True, text=True, check=False, timeout=300, **options)
        if expect is not None and done.returncode != expect:
            raise AssertionError(f"tolmuur {' '.join(map(str, words))}: exit {done.returncode}, not {expect}\n{done.stdout}{done.stderr}")
        return done

    def start(self, *words):
        return subprocess.Popen([self.path, *map(str, words)], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
