"""Checks of the shipped tables: schedule, parameters, weights, sectors. Usage: check_tables.py DATASETS_FOLDER.

With TOLMUUR_DATA naming the folder of the sources, also checks that the programs give the shipped bytes again.
"""

import csv
import datetime
import math
import os
import statistics
import subprocess
import sys
import tempfile
import unittest
from collections import defaultdict

DATASETS = os.path.abspath(sys.argv.pop(1))
sys.path.insert(0, os.path.join(DATASETS, "make"))

import rate_text  # noqa: E402

TABLES = [
    "law/us/base_rates.csv",
    "law/us/tariff_lines.csv",
    "law/concordance/hs6_2017_2022.csv",
    "law/concordance/us_hts10.csv",
    "market/us_imports_2024.csv",
    "parameters/elasticity.csv",
    "sectors/contribution_margin.csv",
    "sectors/nace_isic3.csv",
    "sectors/resilience.csv",
    "sectors/momentum.csv",
    "parameters/resilience.csv",
    "nomenclature/hs_isic4.csv",
    "economy/regions.csv",
    "economy/industries.csv",
    "market/import_shares/US.csv",
]
FLOWS = sorted(f"economy/flows/{name}" for name in os.listdir(os.path.join(DATASETS, "economy", "flows")))
SIZE_LIMIT = 2 * 1024 * 1024


def read(name):
    with open(os.path.join(DATASETS, name), encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def periods(rows):
    """Return {code: sorted periods}; an open end sorts last."""
    found = defaultdict(list)
    for row in rows:
        found[row["hs"]].append((row["from"], row["until"] or "9999-12-31"))
    return {code: sorted(spans) for code, spans in found.items()}


class RateText(unittest.TestCase):
    def test_kinds(self):
        for text, expected in {
            "Free": ("free", "0"),
            "Free, under bond": ("free", "0"),
            "5.3%": ("ad_valorem", "0.053"),
            "33 1/3%": ("ad_valorem", repr(1 / 3)),
            "6.5% on the entire set": ("ad_valorem", "0.065"),
            "4.4¢/kg": ("specific", ""),
            "$1.035/kg +13.6%": ("compound", "0.136"),
            "17¢ each + 2.5% + 1¢/jewel": ("compound", "0.025"),
            "44¢ each + 6% on the case + 5.3% on the battery": ("specific", ""),
            "3.9% on the movement and case + 5.3% on the battery": ("specific", ""),
            "The rate applicable to the natural juice in heading 2009": ("unknown", ""),
            "See additional U.S. note 1": ("unknown", ""),
            "": ("unknown", ""),
            "5% or 7%": ("unknown", ""),
        }.items():
            self.assertEqual(rate_text.parse(text), expected, text)

    def test_spelling_is_no_change(self):
        self.assertEqual(rate_text.clean("14.5¢/m<sup>2 </sup>+ 0.4% <u></u>"), "14.5¢/m2 + 0.4%")
        self.assertEqual(rate_text.clean("37% /"), "37%")
        self.assertEqual(rate_text.signature("22¢/kg on drained weght + 45%"), rate_text.signature("22¢/kg on drained weight + 45%"))
        self.assertNotEqual(rate_text.signature("2.5%"), rate_text.signature("2.6%"))


class Schedule(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.rates = read("law/us/base_rates.csv")
        cls.lines = read("law/us/tariff_lines.csv")

    def test_texts_give_the_kinds_and_rates(self):
        for row in self.rates:
            self.assertEqual((row["kind"], row["rate"]), rate_text.parse(row["text"]), row)
            self.assertEqual((row["column2_kind"], row["column2_rate"]), rate_text.parse(row["column2_text"]), row)

    def test_few_rates_are_unknown(self):
        unknown = [row for row in self.rates if row["kind"] == "unknown"]
        self.assertLess(len(unknown), 60)
        for row in unknown:
            self.assertTrue(row["text"].startswith(("The rate", "See ")), row)

    def test_periods_do_not_overlap(self):
        for rows in (self.rates, self.lines):
            for code, spans in periods(rows).items():
                for start, end in spans:
                    self.assertLess(datetime.date.fromisoformat(start), datetime.date.fromisoformat(end), code)
                for before, after in zip(spans, spans[1:]):
                    self.assertLessEqual(before[1], after[0], code)

    def test_every_line_has_a_rate_on_each_of_its_days(self):
        rates = periods(self.rates)
        for row in self.lines:
            self.assertRegex(row["hs"], r"^\d{10}$")
            start, end = row["from"], row["until"] or "9999-12-31"
            day = start
            for first, last in rates[row["hs"][:8]]:
                if first <= day < last:
                    day = last
            self.assertGreaterEqual(day, end, row)

    def test_every_rate_has_a_line(self):
        below = {row["hs"][:8] for row in self.lines}
        self.assertEqual({row["hs"] for row in self.rates} - below, set())

    def test_known_rates(self):
        known = {
            "73269086": ("0.029", "0.45"),
            "87032301": ("0.025", "0.1"),
            "61091000": ("0.165", "0.9"),
            "39269099": ("0.053", "0.8"),
            "85171300": ("0", "0.35"),
        }
        for row in self.rates:
            if row["hs"] in known:
                self.assertEqual((row["rate"], row["column2_rate"]), known[row["hs"]])

    def test_known_changes_of_lines(self):
        spans = periods(self.lines)
        self.assertEqual(spans["0901110045"], [("2025-01-01", "2025-07-01")])
        self.assertEqual(spans["0901110035"], [("2025-07-01", "9999-12-31")])
        self.assertEqual(spans["9401999070"], [("2025-07-01", "2026-02-01")])
        self.assertEqual(spans["3004390050"], [("2025-01-01", "2026-02-01")])
        self.assertEqual(spans["2404120590"], [("2026-02-01", "9999-12-31")])


class Concordance(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.spans = periods(read("law/us/tariff_lines.csv"))
        cls.us = read("law/concordance/us_hts10.csv")
        cls.hs = read("law/concordance/hs6_2017_2022.csv")

    def test_every_line_that_ends_or_begins_has_a_link(self):
        ended = {(row["old"], row["from"]) for row in self.us}
        begun = {(row["new"], row["from"]) for row in self.us}
        for code, spans in self.spans.items():
            for start, end in spans:
                if end != "9999-12-31":
                    self.assertIn((code, end), ended)
                if start != "2025-01-01":
                    self.assertIn((code, start), begun)

    def test_new_codes_are_lines_of_their_day(self):
        for row in self.us:
            # Chapter 98 is not in the table of lines; what began before it counts on its first day.
            if row["new"][:2] < "98":
                day = max(row["from"], "2025-01-01")
                self.assertTrue(any(start <= day < end for start, end in self.spans[row["new"]]), row)

    def test_rows_are_distinct_and_codes_differ(self):
        for rows, digits in ((self.us, 10), (self.hs, 6)):
            keys = [(row["old"], row["new"], row["from"]) for row in rows]
            self.assertEqual(len(keys), len(set(keys)))
            for old, new, _ in keys:
                self.assertEqual((len(old), len(new)), (digits, digits))
                self.assertNotEqual(old, new)

    def test_codes_of_2022_are_codes_of_the_schedule(self):
        known = {code[:6] for code in self.spans}
        self.assertEqual({row["new"] for row in self.hs} - known, set())

    def test_known_links(self):
        after = defaultdict(set)
        for row in self.us + self.hs:
            after[row["old"]].add(row["new"])
        self.assertEqual(after["851712"], {"851713", "851714"})
        self.assertEqual(after["030510"], {"030910"})
        self.assertEqual(after["0804306000"], {"0804306010", "0804306090"})
        # A slip of the record (0709.80.9725) is left out; the other side of the record states the right number.
        self.assertEqual(after["0710809724"], {"0710809723", "0710809725"})


class Weights(unittest.TestCase):
    def test_lines_in_force_carry_the_same_total_on_any_day(self):
        usd = {row["hs"]: int(row["imports_usd"]) for row in read("market/us_imports_2024.csv")}
        lines = read("law/us/tariff_lines.csv")
        for day in ("2025-03-01", "2025-12-01", "2026-08-01"):
            total = sum(
                usd.get(row["hs"], 0) for row in lines if row["from"] <= day and (not row["until"] or day < row["until"])
            )
            self.assertAlmostEqual(total / 1e9, 3123.7, delta=0.5, msg=day)


class Elasticity(unittest.TestCase):
    def test_range_and_origin(self):
        rows = {row["hs"]: row for row in read("parameters/elasticity.csv")}
        self.assertGreater(len(rows), 5600)
        for row in rows.values():
            self.assertGreater(float(row["sigma"]), 1, row)
            self.assertTrue(row["source_hs2007"], row)
        # Spot values: 1 + |estimate| on the 2007 code that the 2022 code descends from.
        for code, sigma, source in (("730890", 4.371675, "730890"), ("870380", 9.13631, "870390"), ("940542", 4.9875, "940540")):
            self.assertAlmostEqual(float(rows[code]["sigma"]), sigma, places=4)
            self.assertEqual((rows[code]["estimated"], rows[code]["source_hs2007"]), ("1", source))
        self.assertEqual((rows["841191"]["estimated"], rows["841191"]["source_hs2007"]), ("0", "8411"))


class Sectors(unittest.TestCase):
    def test_margins(self):
        rows = {(row["country"], row["nace"]): float(row["contribution_margin"]) for row in read("sectors/contribution_margin.csv")}
        self.assertTrue(all(0 < margin <= 1 for margin in rows.values()))
        divisions = {row["nace_division"] for row in read("sectors/nace_isic3.csv")}
        self.assertEqual(len(divisions), 88)
        for nace in divisions | set("ABCDEFGHIJKLMNOPQRSTU"):
            self.assertIn(("*", nace), rows)
        for country in "NL DE BE FR IT ES PL CZ AT SE GB US CN JP KR".split():
            for nace in ("A", "C", "10", "20", "25", "26", "27", "28", "29", "46", "62"):
                self.assertIn((country, nace), rows)

    def test_makers_of_goods(self):
        maker = {row["hs6"]: row["isic4_division"] for row in read("nomenclature/hs_isic4.csv")}
        known = {"870323": "29", "848180": "28", "300490": "21", "854231": "26", "940360": "31", "950300": "32", "610910": "14"}
        for code, division in known.items():
            self.assertEqual(maker[code], division, code)
        elastic = {row["hs"] for row in read("parameters/elasticity.csv")}
        self.assertEqual(elastic - maker.keys(), {"999999"})


class Economy(unittest.TestCase):
    def test_regions_industries_and_files_belong_together(self):
        regions = read("economy/regions.csv")
        self.assertEqual(len(regions), 41)
        self.assertEqual([row["region"] for row in regions if row["country"] == "*"], ["RoW"])
        self.assertEqual(FLOWS, sorted(f"economy/flows/{row['region']}.csv" for row in regions))
        countries = {row["alpha2"]: row["alpha3"] for row in read("nomenclature/countries.csv")}
        for row in regions:
            self.assertEqual(row["region"], countries.get(row["country"], "RoW"))
        industries = [row["industry"] for row in read("economy/industries.csv")]
        self.assertEqual(len(set(industries)), 35)
        self.assertEqual({row["isic3_wiod"] for row in read("sectors/nace_isic3.csv")}, set(industries))

    def test_flows(self):
        regions = {row["region"] for row in read("economy/regions.csv")}
        industries = {row["industry"] for row in read("economy/industries.csv")}
        intermediate, cells = 0, 0
        for name in FLOWS:
            self.assertLess(os.path.getsize(os.path.join(DATASETS, name)), SIZE_LIMIT)
            pairs = set()
            for row in read(name):
                pair = row["industry"], row["buyer_region"], row["buyer_industry"]
                self.assertNotIn(pair, pairs, name)
                pairs.add(pair)
                self.assertIn(row["industry"], industries, name)
                self.assertIn(row["buyer_region"], regions, name)
                self.assertIn(row["buyer_industry"], industries | {"final"}, name)
                self.assertGreaterEqual(int(row["musd"]), 1, name)
                if row["buyer_industry"] != "final":
                    intermediate, cells = intermediate + int(row["musd"]), cells + 1
        self.assertEqual((cells, intermediate), (413525, 72440092))

    def test_known_flows(self):
        rows = read("economy/flows/AUS.csv")
        sold = {(row["industry"], row["buyer_region"], row["buyer_industry"]): int(row["musd"]) for row in rows}
        self.assertEqual(sold["AtB", "AUS", "AtB"], 8732)
        self.assertEqual(sold["C", "AUS", "23"], 11177)


class Markets(unittest.TestCase):
    def test_origins(self):
        rows = read("market/import_shares/US.csv")
        self.assertLess(os.path.getsize(os.path.join(DATASETS, "market/import_shares/US.csv")), SIZE_LIMIT)
        self.assertEqual(len({(row["hs6"], row["origin"]) for row in rows}), len(rows))
        total = defaultdict(int)
        for row in rows:
            total[row["hs6"]] += int(row["imports_usd"])
        for row in rows:
            self.assertGreaterEqual(int(row["imports_usd"]), 0.0009 * total[row["hs6"]], row)
        self.assertEqual(total.keys() - {row["hs6"] for row in read("nomenclature/hs_isic4.csv")}, set())
        self.assertAlmostEqual(sum(total.values()) / 1e9, 3123.8 * 0.9953, delta=1.5)


class Resilience(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.rows = read("sectors/resilience.csv")
        cls.value = {(row["country"], row["nace"], row["indicator"]): float(row["value"]) for row in cls.rows}
        cls.scale = {row["indicator"]: row for row in read("parameters/resilience.csv")}

    def test_rows_have_a_source_and_a_scale(self):
        self.assertEqual(len(self.value), len(self.rows))
        for row in self.rows:
            self.assertTrue(row["source"] and row["year"].isdigit(), row)
            self.assertIn(row["status"], ("", "cited"), row)
            self.assertIn(row["indicator"], self.scale, row)
            self.assertTrue(-0.1 <= float(row["value"]) < 0.6, row)

    def test_indicators_without_a_source_have_no_row(self):
        found = {row["indicator"] for row in self.rows}
        self.assertEqual(found, {"energy_cost_share", "productivity_growth", "vacancy_difficulty"})

    def test_cited_figures(self):
        self.assertEqual(self.value["NL", "C", "vacancy_difficulty"], 0.36)
        self.assertAlmostEqual((1 + self.value["NL", "C", "productivity_growth"]) ** 2, 0.987 * 0.998, places=5)
        cited = {(row["country"], row["nace"], row["indicator"]) for row in self.rows if row["status"] == "cited"}
        self.assertEqual(cited, {("NL", "C", "vacancy_difficulty"), ("NL", "C", "productivity_growth")})
        # No trend that ends years earlier stands before them.
        self.assertNotIn(("NL", "28", "productivity_growth"), self.value)
        self.assertIn(("DE", "28", "productivity_growth"), self.value)

    def test_energy(self):
        for country in "* NL DE BE FR IT PL US CN JP".split():
            share = {nace: self.value[country, nace, "energy_cost_share"] for nace in ("C", "20", "23", "28", "29", "51", "62")}
            self.assertGreater(min(share["20"], share["23"], share["51"]), max(share["28"], share["29"], share["62"]), country)
        for nace in ("05", "06", "35", "36", "B", "D", "E"):
            self.assertNotIn(("NL", nace, "energy_cost_share"), self.value)

    def test_scales(self):
        values = defaultdict(list)
        for (country, nace, indicator), value in self.value.items():
            if country != "*" and nace.isdigit():
                values[indicator].append(value)
        for indicator in ("energy_cost_share", "productivity_growth"):
            self.assertAlmostEqual(float(self.scale[indicator]["mean"]), statistics.mean(values[indicator]), delta=1e-4)
            self.assertAlmostEqual(float(self.scale[indicator]["deviation"]), statistics.pstdev(values[indicator]), delta=1e-4)
        worse = {"vacancy_difficulty", "energy_cost_share"}
        for indicator, row in self.scale.items():
            beta = float(row["beta"])
            self.assertEqual(beta > 0, indicator in worse, indicator)
            self.assertTrue(1.05 <= math.exp(abs(beta)) <= 1.1, indicator)
            self.assertTrue(row["source"] and row["why"], row)

    def test_momentum(self):
        for row in read("sectors/momentum.csv"):
            self.assertTrue(row["outcome_2024"] or row["outlook_2025"], row)
            self.assertEqual(row["status"], "cited")


@unittest.skipUnless(os.environ.get("TOLMUUR_DATA"), "TOLMUUR_DATA names no folder with the sources")
class Programs(unittest.TestCase):
    def test_same_bytes_again(self):
        with tempfile.TemporaryDirectory() as folder:
            program = os.path.join(DATASETS, "make", "make_all.py")
            subprocess.run([sys.executable, "-B", program, os.environ["TOLMUUR_DATA"], folder], check=True, stdout=subprocess.DEVNULL)
            made_flows = sorted(os.listdir(os.path.join(folder, "economy", "flows")))
            self.assertEqual(made_flows, [os.path.basename(name) for name in FLOWS])
            for name in TABLES + FLOWS:
                with open(os.path.join(DATASETS, name), "rb") as shipped, open(os.path.join(folder, name), "rb") as made:
                    self.assertEqual(shipped.read(), made.read(), name)


if __name__ == "__main__":
    unittest.main()
