#!/usr/bin/env python3
"""SciPy as a peer of the benchmark: a CSR matrix of lines times a dense table (product_pipe.c says what is asked).

usage: scipy_peer.py FOLDER
"""

import os
import sys
import time


def load(folder, name, kind, count):
    return numpy.fromfile(os.path.join(folder, name), dtype=kind, count=count)


def take_matrix(folder, matrices, name, rows, columns, entries):
    start = load(folder, name + ".start", numpy.uint64, rows + 1)
    column = load(folder, name + ".column", numpy.uint32, entries)
    value = load(folder, name + ".value", numpy.float64, entries)
    # SciPy is fastest with 32-bit indices, and takes them only where start has them too.
    index = numpy.int32 if entries < 2**31 else numpy.int64
    matrices[name] = sparse.csr_matrix((value, column.astype(index), start.astype(index)), shape=(rows, columns))


def answer(folder, matrices, tables, words):
    """Return the seconds that a question took."""
    if words[0] == "matrix":
        take_matrix(folder, matrices, words[1], *map(int, words[2:]))
        return 0
    if words[0] == "table":
        rows, columns = map(int, words[2:])
        tables[words[1]] = load(folder, words[1] + ".table", numpy.float64, rows * columns).reshape(rows, columns)
        return 0
    matrix, table = matrices[words[1]], tables[words[2]]
    start = time.perf_counter()
    product = matrix @ table
    seconds = time.perf_counter() - start
    if words[0] == "result":
        product.tofile(os.path.join(folder, "result"))
    return seconds


def main():
    matrices, tables = {}, {}
    print("SciPy", scipy.__version__, "on one thread, it has no more", flush=True)
    for line in sys.stdin:
        try:
            print(repr(answer(sys.argv[1], matrices, tables, line.split())), flush=True)
        except Exception as fault:  # whatever it is, the bench says it and goes on without SciPy
            print("no:", repr(fault), flush=True)


try:
    import numpy
    import scipy
    from scipy import sparse
except ImportError as fault:
    print("no:", fault, flush=True)
    sys.exit(1)
main()
