#!/usr/bin/env python3
"""Joins the JSON files of the bench programs into one and says how the cost grows with the lines of a portfolio.

usage: merge.py OUT.json IN.json...

A measurement that was made at several sizes gets, at the largest, `exponent_in_lines`: the slope of log seconds over log lines between the two largest
sizes; 1 is in proportion.
"""

import json
import math
import sys
from collections import defaultdict


def read_all(paths):
    measurements = []
    for path in paths:
        with open(path, encoding="utf-8") as stream:
            measurements += json.load(stream)
    return measurements


def by_setting(measurements):
    """Return {setting: {lines: seconds}} of what depends on a portfolio."""
    sizes = defaultdict(dict)
    for one in measurements:
        if one["lines"] > 0:
            # Some measurements have several rows of the same setting; the one that was timed beside peers is the same work.
            sizes[setting_of(one)].setdefault(one["lines"], one["ours_seconds"])
    return sizes


def setting_of(one):
    return one["name"], one["isa"], one["threads"], one["scenarios"]


def exponents(measurements):
    """Return {setting: (lines, exponent)} and put the exponent into the measurements of the largest size."""
    found = {}
    for setting, seconds in by_setting(measurements).items():
        if len(seconds) > 1:
            less, more = sorted(seconds)[-2:]
            found[setting] = more, less, math.log(seconds[more] / seconds[less]) / math.log(more / less)
    for one in measurements:
        setting = setting_of(one)
        one["exponent_in_lines"] = found[setting][2] if setting in found and one["lines"] == found[setting][0] else None
    return found


def main():
    out, *paths = sys.argv[1:]
    measurements = read_all(paths)
    found = exponents(measurements)
    if found:
        print(f"\n{'growth of cost':28} {'isa':7} th scen  exponent in lines")
    for (name, isa, threads, scenarios), (more, less, exponent) in found.items():
        print(f"{name:28} {isa:7} {threads:2} {scenarios or '':>4}  {exponent:.2f}  from {less} to {more} lines")
    with open(out, "w", encoding="utf-8") as stream:
        json.dump(measurements, stream, indent=1)
        stream.write("\n")


main()
