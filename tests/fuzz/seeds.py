#!/usr/bin/env python3
"""Makes small tables from the shipped ones, and the first inputs of every fuzz target.

usage: seeds.py SOURCE FOLDER TOLMUUR COMPILE_TABLES
Writes FOLDER/small.tables, and FOLDER/seeds/TARGET/* for each target. A target without seeds begins from nothing.
"""

import csv
import glob
import json
import os
import shutil
import subprocess
import sys

HEADINGS = ("7318", "8703", "3926")
MEASURES = ("section_232_vehicles.csv", "ieepa_reciprocal.csv", "section_122.csv")

# Two countries and the rest of the world, two industries, one import market.
FLOWS = "industry,buyer_region,buyer_industry,musd\n"
ECONOMY = {
    "economy/regions.csv": "region,country,name\nNLD,NL,Netherlands\nUSA,US,United States\nRoW,*,Rest of the world\n",
    "economy/industries.csv": "industry,wiod,title\n27t28,c12,Metal\n34t35,c15,Vehicles\n",
    "economy/flows/NLD.csv": FLOWS + "27t28,NLD,34t35,60\n27t28,USA,34t35,20\n34t35,USA,final,300\n34t35,NLD,final,80\n",
    "economy/flows/USA.csv": FLOWS + "27t28,USA,34t35,150\n34t35,USA,final,350\n34t35,NLD,34t35,40\n",
    "sectors/nace_isic3.csv": "nace_division,isic3_wiod,description\n24,27t28,Metal\n25,27t28,Metal\n29,34t35,Cars\n",
    "nomenclature/hs_isic4.csv": "hs6,isic4_division\n870323,29\n731815,25\n",
    "market/import_shares/US.csv": "hs6,origin,imports_usd\n870323,NL,300\n870323,CN,187\n731815,NL,15\n731815,CN,5\n",
}

SUPPLY = {
    "firms.csv": "firm_id,name,country,sector,revenue_eur,purchases_eur,ebitda_eur,interest_eur,liquidity\n"
                 "A1,Staalbouw,NL,C25,10000000,6000000,1000000,100000,0.5\nB2,Plastics,DE,C22,5000000,3000000,400000,,\n"
                 'C3,"Cars, parts",NL,C29,20000000,15000000,-50000,200000,\n',
    "sales.csv": "firm_id,hs,destination,value_eur,customer_id,usmca\nA1,7318158085,US,3000000,,\nA1,7318.15,DE,2000000,C3,\n"
                 "B2,3926909989,US,1500000,A1,yes\nC3,8703230190,US,4000000,,no\nB2,3926,CN,7,,\n",
    "purchases.csv": "firm_id,hs,origin,value_eur,supplier_id\nA1,7208,CN,500000,\nB2,3901.10,US,700000,A1\nC3,870899,JP,2000000,A1\n",
}

COMPANY = {"firm_id": "A1", "name": "Staalbouw", "country": "NL", "sector": "C25", "revenue_eur": 10000000,
           "purchases_eur": 6000000, "ebitda_eur": 1000000,
           "sales": [{"hs": "7318158085", "destination": "US", "value_eur": 3000000, "facts": {"usmca": "no"}}],
           "purchases": [{"hs": "7208", "origin": "CN", "value_eur": 500000}]}

SCHEDULE = [{"htsno": "7318", "indent": "0", "description": "Screws", "general": "", "special": "", "other": ""},
            {"htsno": "7318.15.80", "indent": "2", "general": "8.5%", "special": "Free (A,AU,BH)", "other": "45%"},
            {"htsno": "7318.15.80.85", "indent": "3", "general": "", "special": "", "other": ""},
            {"htsno": "0409.00.00", "indent": "0", "general": "1.9¢/kg", "special": "", "other": "6.6¢/kg"},
            {"htsno": "2106.90.99", "indent": "1", "general": "4.4¢/kg + 6.4%", "special": "", "other": "20%"}]

COMMANDS = [["firm", "a.book", "NL-1", "--on", "2025-08-07", "--top=3", "--format", "json"],
            ["rate", "--into", "US", "--from", "DE", "--hts", "8703.23.01.90", "--fact", "usmca=yes", "--value", "1e3"],
            ["score", "a.book", "-o", "out.parquet", "--draws", "16", "--seed", "7", "--threads", "2", "--no-pin"]]


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as stream:
        stream.write(content if isinstance(content, bytes) else content.encode())


def cut(source, target):
    """Copy the rows of a table whose product is under one of the headings; one row at least."""
    with open(source, encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    kept = rows[:1] + ([row for row in rows[1:] if row[0].startswith(HEADINGS)][:60] or rows[1:2])
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with open(target, "w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(kept)


def small_tables(shipped, folder, measures):
    for name in ("law/facts.csv", "law/groups.csv", "law/programmes.csv", "law/coverage.csv", "parameters/hubs.csv",
                 "parameters/response.csv", *(f"law/us/measures/{name}" for name in measures)):
        write(os.path.join(folder, name), open(os.path.join(shipped, name), "rb").read())
    for name in ("law/us/base_rates.csv", "law/us/tariff_lines.csv", "parameters/elasticity.csv",
                 *(os.path.relpath(path, shipped) for path in glob.glob(os.path.join(shipped, "law/us/products/*.csv")))):
        cut(os.path.join(shipped, name), os.path.join(folder, name))
    for name, content in ECONOMY.items():
        write(os.path.join(folder, name), content)


def main():
    source, folder, tolmuur, compile_tables = sys.argv[1:]
    shipped, seeds = os.path.join(source, "datasets"), os.path.join(folder, "seeds")
    os.environ["ASAN_OPTIONS"] = "detect_leaks=0"
    for old in ("small", "economy", "seeds", "supply"):
        shutil.rmtree(os.path.join(folder, old), ignore_errors=True)
    small_tables(shipped, os.path.join(folder, "small"), MEASURES)
    tables = os.path.join(folder, "small.tables")
    subprocess.run([compile_tables, os.path.join(folder, "small"), tables + ".new"], check=True)
    for name, content in SUPPLY.items():
        write(os.path.join(folder, "supply", name), content)
    os.makedirs(os.path.join(seeds, "book"))
    subprocess.run([tolmuur, "build", os.path.join(folder, "supply"), "-o", os.path.join(seeds, "book", "three"), "--tables", tables + ".new"],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    economy = os.path.join(folder, "economy")
    small_tables(shipped, economy, ())
    subprocess.run([compile_tables, economy, os.path.join(seeds, "economy.new")], check=True)
    os.makedirs(os.path.join(seeds, "economy"))
    os.replace(os.path.join(seeds, "economy.new"), os.path.join(seeds, "economy", "small"))
    for target in ("csv", "csv_lines"):
        write(os.path.join(seeds, target, "sales"), SUPPLY["sales.csv"])
        write(os.path.join(seeds, target, "quoted"), SUPPLY["sales.csv"].replace("7318.15,", '"7318.15",').replace("\n", "\r\n"))
    write(os.path.join(seeds, "csv_firms", "firms"), SUPPLY["firms.csv"])
    lines = csv.DictReader(SUPPLY["sales.csv"].splitlines())
    write(os.path.join(seeds, "json_lines", "sales"), "".join(json.dumps({k: v for k, v in line.items() if v}) + "\n" for line in lines))
    write(os.path.join(seeds, "company", "one"), json.dumps(COMPANY))
    write(os.path.join(seeds, "hts", "five"), json.dumps(SCHEDULE))
    for path in glob.glob(os.path.join(shipped, "scenarios", "*.json")):
        write(os.path.join(seeds, "scenario", os.path.basename(path)), open(path, "rb").read())
    for number, command in enumerate(COMMANDS):
        write(os.path.join(seeds, "options", str(number)), "\0".join(command))
    with open(os.path.join(shipped, "law", "facts.csv"), encoding="utf-8") as stream:
        write(os.path.join(seeds, "table", "facts"), "".join(stream.readlines()[:8]))
    os.replace(tables + ".new", tables)


main()
