"""The sector network once more, in Python: to check the engine's answer, and to trace what reaches one country back to whose exports carry it."""

import csv
import os
from collections import defaultdict

SWEEPS_MOST, FLOOR = 1000, 2.0**-53
FINAL = "final"


def read_table(*parts):
    with open(os.path.join(*parts), encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


class Network:
    """Nodes are (region, industry). Money is million USD of the table's year."""

    def __init__(self, datasets):
        economy = os.path.join(datasets, "economy")
        self.regions = {row["region"]: row["name"] for row in read_table(economy, "regions.csv")}
        self.country = {row["region"]: row["country"] for row in read_table(economy, "regions.csv")}
        self.titles = {row["industry"]: row["title"] for row in read_table(economy, "industries.csv")}
        self.output, self.inputs, self.into = defaultdict(float), defaultdict(float), defaultdict(float)
        self.links = []  # (seller, buyer, money)
        for region in self.regions:
            for row in read_table(economy, "flows", f"{region}.csv"):
                self._add((region, row["industry"]), row["buyer_region"], row["buyer_industry"], float(row["musd"]))
        self.nodes = [(region, industry) for region in self.regions for industry in self.titles]
        number = {node: i for i, node in enumerate(self.nodes)}
        known = [(seller, buyer, money / self.output[seller]) for seller, buyer, money in self.links if self.output[seller] > 0]
        self.shares = [(number[seller], number[buyer], share) for seller, buyer, share in known]

    def _add(self, seller, region, industry, money):
        self.output[seller] += money
        self.into[seller, region] += money
        if industry != FINAL:
            self.links.append((seller, (region, industry), money))
            self.inputs[region, industry] += money

    def share_into(self, node, region):
        return self.into[node, region] / self.output[node] if self.output[node] > 0 else 0.0

    def value_added(self, node):
        """Output less what is bought from industries; never below zero."""
        return max(0.0, self.output[node] - self.inputs[node])

    def sold(self, seller, region, industry):
        return sum(money for of, buyer, money in self.links if of == seller and buyer == (region, industry))

    def indirect(self, direct):
        """Return the share of its orders that each node loses through its customers: x = W (d + x)."""
        return self._series(direct, [(buyer, seller, share) for seller, buyer, share in self.shares])

    def carried(self, wanted):
        """Return what a whole loss of each node costs in what is wanted ({node: money}): y = v + W' y."""
        beyond = self._series(wanted, self.shares)
        return {node: wanted.get(node, 0.0) + beyond[node] for node in self.nodes}

    def _series(self, first, steps):
        """Sum of all terms after the first, by node; steps: (from, to, weight) by number."""
        term = [first.get(node, 0.0) for node in self.nodes]
        floor = FLOOR * max(map(abs, term))
        total = [0.0] * len(term)
        for _ in range(SWEEPS_MOST):
            following = [0.0] * len(term)
            for source, target, weight in steps:
                following[target] += weight * term[source]
            term = [value if abs(value) > floor else 0.0 for value in following]
            if not any(term):
                return dict(zip(self.nodes, total))
            total = [sum_so_far + value for sum_so_far, value in zip(total, term)]
        raise SystemExit("the network hands on for ever")
