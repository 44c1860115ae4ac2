#!/usr/bin/env python3
"""NumPy as a peer of the benchmark: trade's answer for every cell in every draw (law_pricing.c says what is asked).

usage: numpy_pricing_peer.py FOLDER CELLS

    load         FOLDER/sigma, log_g (a number for each cell), scale, rho (a number for each draw) are there
    price        all cells; the answer is in memory, some cells at a time
    result N     writes the first N cells to FOLDER/result: price cut and volume of each
"""

import os
import sys
import time

CELLS_AT_ONCE = 64  # what is fastest: the numbers of so many cells stay in the second cache


def factors(given, first, last):
    sigma = 1 + (given["sigma"][first:last, None] - 1) * given["scale"]
    log_g = given["log_g"][first:last, None]
    volume = numpy.expm1(-numpy.maximum(sigma, 0) * given["rho"] * log_g)
    return (volume + 1) * numpy.expm1((given["rho"] - 1) * log_g), volume


def answer(folder, cells, given, words):
    """Return the seconds that a question took."""
    if words[0] == "load":
        for name in ("sigma", "log_g", "scale", "rho"):
            given[name] = numpy.fromfile(os.path.join(folder, name))
        return 0
    if words[0] == "result":
        numpy.stack(factors(given, 0, int(words[1])), axis=1).tofile(os.path.join(folder, "result"))
        return 0
    start = time.perf_counter()
    for first in range(0, cells, CELLS_AT_ONCE):
        factors(given, first, min(first + CELLS_AT_ONCE, cells))
    return time.perf_counter() - start


def main():
    given = {}
    print("NumPy", numpy.__version__, "on one thread", flush=True)
    for line in sys.stdin:
        try:
            print(repr(answer(sys.argv[1], int(sys.argv[2]), given, line.split())), flush=True)
        except Exception as fault:  # whatever it is, the bench says it
            print("no:", repr(fault), flush=True)


try:
    import numpy
except ImportError as fault:
    print("no:", fault, flush=True)
    sys.exit(1)
main()
