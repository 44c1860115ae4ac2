#!/usr/bin/env python3
"""Makes small tables from the shipped ones, and the first inputs of every fuzz target.

usage: seeds.py SOURCE FOLDER TOLMUUR COMPILE_TABLES
Writes FOLDER/small.tables, and FOLDER/seeds/TARGET/* for each target. A target without seeds begins from nothing.
"""

import csv
import glob
import hashlib
import json
import os
import shutil
import struct
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

# A law in small that has every kind of row; few days on which groups change, since each has a set for every country.
MEASURES_HEADER = ("id,programme,partners,partners_except,products,products_except,effect,rate,base,from,until,collected_from,collected_until,"
                   "conditions,yields_to,source,status,note\n")
LAW = {
    "law/facts.csv": "name,type,values,central,missing,meaning\nusmca,choice,no yes,no,range,claimed\nsteel_share,share,,1,range,steel\n"
                     "us_content,share,,0,assume,US content\nloaded,day,,,assume,day of loading\nave,number,,,assume,worth of an amount\n"
                     "unit_value,positive,,,assume,USD per unit\nview,choice,final on_the_day,final,assume,which dates\n",
    "law/groups.csv": "group,country,from,until\nEU27,DE,,\nEU27,NL,,\nCOLUMN2,RU,2022-04-09,\n",
    "law/programmes.csv": "programme,authority,title\nsteel,section_232,Steel\ncars,section_232,Cars\nreciprocal,ieepa_reciprocal,Reciprocal\n"
                          "exempt,relief,Exempt goods\npreference,mfn,Preference\nkickback,retaliation,Retaliation\n",
    "law/coverage.csv": "importer,from,until,base_from,source\nUS,2018-01-01,2026-12-01,2025-01-01,t\nCN,2018-01-01,2019-01-01,,t\nCN,2024-01-01,,,t\n",
    "law/us/measures/all.csv": MEASURES_HEADER +
                               "steel_50,steel,*,CA,@bolts,,add,0.5,content:steel_share,2025-03-12,,2025-04-01,,,,src,,\n"
                               "cars_eu,cars,EU27,,87032301,,top_up,0.15,mfn,2025-08-01,,,,us_content<0.2,,src,,\n"
                               "all_10,reciprocal,*,,*,0409,add,0.1,rest:steel_share,2025-04-05,,,,loaded>=2025-04-05,steel,src,unconfirmed,\n"
                               "out,exempt,CA MX,,7318 8703,,relieve,,,,,,,usmca=yes,,src,,\n"
                               "free,preference,CA,,8703,,replace,0,base,2025-01-01,,,,usmca=yes,,src,,\n"
                               "honey,kickback,CN,,0409,,specific,4c/kg,,,,,,,,src,,\n",
    "law/us/products/bolts.csv": "hs,from,until,source\n7318,,,t\n8703230190,2025-03-01,2025-09-01,t\n",
    "law/us/base_rates.csv": "hs,from,until,kind,rate,text,special,column2_kind,column2_rate,column2_text,source\n"
                             "73181500,2025-01-01,,ad_valorem,0.05,5%,,ad_valorem,0.4,40%,s\n87032301,2025-01-01,2025-07-01,ad_valorem,0.025,2.5%,,ad_valorem,0.1,10%,s\n"
                             "04090000,2025-01-01,,specific,,1.9¢/kg,,specific,,6.6¢/kg,s\n21069099,2025-01-01,,compound,0.06,4.4¢/kg + 6%,,ad_valorem,0.2,20%,s\n",
    "law/us/tariff_lines.csv": "hs,from,until\n7318150010,,\n7318150030,2025-07-01,\n8703230190,,\n0409000010,,\n2106909910,,\n",
    "law/us/averages/usmca.csv": "fact,hs,origin,from,until,value,source\nusmca,8703,CA,,,0.7,t\nusmca,87,*,,,0.2,t\nsteel_share,7318,*,,,0.6,t\n",
    "law/concordance/us.csv": "importer,old,new,from,source\nUS,7318150020,7318150030,2025-07-01,t\nUS,8703230110,8703230190,2025-02-01,t\n",
    "law/cn/measures/all.csv": MEASURES_HEADER + "back,kickback,US,,7318,,add,0.25,,2025-04-01,,,,,,regulation,,\n",
}

OVERLAYS = [
    {"name": "add", "source": "t", "changes": [{"action": "add", "id": "ten", "measure": {
        "programme": "reciprocal", "partners": "* EU27", "partners_except": "CA", "products": "* @bolts 8703", "effect": "add", "rate": 0.1, "from": "2025-05-01",
        "conditions": "us_content < 0.2 & usmca != yes", "yields_to": "steel", "source": "t"}}]},
    {"name": "replace", "source": "t", "survival": {"steel": 0.5}, "changes": [
        {"action": "replace", "id": "cars_eu", "measure": {"programme": "cars", "partners": "EU27", "products": "8703", "effect": "top_up", "rate": 0.25, "base": "base", "source": "t"}},
        {"action": "remove", "id": "authority:section_232"}, {"action": "remove", "id": "out"}]},
]

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

NIGHT = ("[all]\nthreads = 2\ncolor = never\n\n[score]\n; two days\non = 2025-08-07\non = 2026-03-01\n\n[build]\nrejects = r.csv\n\n"
         "[postgresql]\nschema = risk\n[postgresql.firms]\nfirm_id = customer\n")

DIGEST = hashlib.sha256(b"").hexdigest()
MANIFEST = {"format": "tolmuur run", "format_version": 1, "identity": hashlib.sha256(b"a\0001\0b\0002\0").hexdigest(),
            "resolved": {"a": "1", "b": "2"}, "options": {"on": ["2025-08-07", "2026-03-01"], "draws": ["20"]},
            "day": "2025-08-07", "law": {"version": "x"},
            "inputs": [{"role": "book", "path": "/p.book", "bytes": 5, "sha256": DIGEST}],
            "outputs": [{"path": "scores/part-00000.parquet", "rows": 3, "bytes": 7, "sha256": DIGEST}],
            "counts": {}, "execution": {}}

SHARD = {**MANIFEST, "identity": hashlib.sha256(b"a\0001\0shard\0003/7\0").hexdigest(), "resolved": {"a": "1", "shard": "3/7"},
         "shard": {"number": 3, "of": 7}}

URIS = ["postgresql:///risk?service=night", "postgres://reader@db.example:5432/risk?sslmode=require",
        "postgresql://reader:s3cret@db.example/risk", "postgresql://[::1]/risk?user=a&pass%77ord=b", "postgresql://a,b/c?sslpassword=d"]

TOTALS = "by,group,scenario,firms,band_e,value_eur\nall,,2025-08-07,3,1,7.5\nall,,2026-03-01,3,0,\ncountry,NL,2025-08-07,2,1,5\n"

SUMS = ("by,group,name,scenario_number,scenario,on,law_version,firms,band_a,band_b,band_c,band_d,band_e,band_none,revenue_eur,duty_export_eur,duty_import_eur,"
        "ebitda_change_eur,ebitda_change_low_eur,ebitda_change_high_eur,loan_eur,loan_score,loan_margin_at_risk_eur{}\n"
        "all,0,all,0,2025-08-07,2025-08-07,x,3,1,0,1,0,0,1,545ef9aab851ebac40000000,0,2fae0058b439588c000000,-642c0859dd55aa32720000,-inf,nan,1,2,3{}\n"
        "country,9,NL,0,2025-08-07,2025-08-07,x,2,1,0,1,0,0,0,1,2,3,4,5,6,7,8,9{}\n")
DRAWN = (",draw_mean_eur,p05,p50,p95,expected_shortfall", ",-1.5,2e3,,4,5", ",,,,,")


def copy_stream(types, rows, piece):
    """Columns, their types and the size of the pieces, then binary COPY."""
    stream = b"PGCOPY\n\xff\r\n\0" + struct.pack(">II", 0, 0)
    for row in rows:
        stream += struct.pack(">h", len(row)) + b"".join(
            struct.pack(">i", -1) if field is None else struct.pack(">i", len(field)) + field for field in row)
    return bytes([len(types) - 1, *types, piece]) + stream + struct.pack(">h", -1)


# Text, whole numbers, a double, a numeric (-12345.67) and a date.
COPIES = [copy_stream([1, 6, 8, 9], [[b"A1", struct.pack(">q", -5), struct.pack(">d", 3e6), struct.pack(">hhHH3h", 3, 1, 0x4000, 2, 1, 2345, 6700)],
                                     [b"B2", None, None, None]], 255),
          copy_stream([2, 3, 4, 5, 7, 10, 0], [[b"x  ", b"\1", struct.pack(">h", 7), struct.pack(">i", 8), struct.pack(">f", 0.5),
                                               struct.pack(">i", 9400), b""]], 3)]


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
    for old in ("small", "economy", "law", "seeds", "supply"):
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
    for name, content in LAW.items():
        write(os.path.join(folder, "law", name), content)
    subprocess.run([compile_tables, os.path.join(folder, "law"), os.path.join(seeds, "law.new")], check=True)
    os.makedirs(os.path.join(seeds, "law"))
    os.replace(os.path.join(seeds, "law.new"), os.path.join(seeds, "law", "small"))
    shutil.copy(os.path.join(seeds, "law", "small"), os.path.join(folder, "law.tables"))
    for number, scenario in enumerate(OVERLAYS):
        write(os.path.join(seeds, "overlay", str(number)), json.dumps(scenario))
    for number, stream in enumerate(COPIES):
        write(os.path.join(seeds, "copy", str(number)), stream)
    write(os.path.join(seeds, "manifest", "two_days"), json.dumps(MANIFEST))
    write(os.path.join(seeds, "config", "night"), NIGHT)
    write(os.path.join(seeds, "fail_if", "two"), "band_e_share>0.1\0value_eur <= -1e6\0firms>=3")
    write(os.path.join(seeds, "totals", "two_days"), TOTALS)
    write(os.path.join(seeds, "sums", "plain"), SUMS.format("", "", ""))
    write(os.path.join(seeds, "sums", "drawn"), SUMS.format(*DRAWN))
    write(os.path.join(seeds, "manifest", "shard"), json.dumps(SHARD))
    for number, uri in enumerate(URIS):
        write(os.path.join(seeds, "uri", str(number)), uri)
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
