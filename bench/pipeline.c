/* The direct scoring pass over a book against DuckDB SQL on the same join and sums: results are compared first, then both are
 * timed in turn in the same run. The limit is the bandwidth at which this machine reads the book's lines, measured here too.
 *
 *   bench_pipeline [--book FILE] [--rounds N] [--threads N] [--json FILE] [--without-peers] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "measure.h"
#include "pipeline.h"

static struct options read_options(int count, char **arguments)
{
    struct options options = {NULL, NULL, 0, 5, 1};
    for (int i = 1; i < count; i++) {
        const char *value = i + 1 < count ? arguments[i + 1] : NULL;
        if (strcmp(arguments[i], "--without-peers") == 0) {
            options.with_peers = 0;
            continue;
        }
        if (value == NULL) {
            fprintf(stderr, "bench: %s is unknown or wants a value\n", arguments[i]);
            exit(TOL_USAGE);
        }
        if (strcmp(arguments[i], "--book") == 0) {
            options.book = value;
        } else if (strcmp(arguments[i], "--json") == 0) {
            options.json = value;
        } else if (strcmp(arguments[i], "--threads") == 0) {
            options.threads = (unsigned)strtoul(value, NULL, 10);
        } else if (strcmp(arguments[i], "--rounds") == 0) {
            options.rounds = (unsigned)strtoul(value, NULL, 10);
        } else {
            fprintf(stderr, "bench: unknown option %s\n", arguments[i]);
            exit(TOL_USAGE);
        }
        i++;
    }
    if (options.book == NULL || options.rounds < 1 || options.rounds > BENCH_ROUNDS_MAX) {
        fprintf(stderr,
                "usage: bench_pipeline --book FILE [--rounds 1..%d] [--threads N] [--json FILE] [--without-peers]\n",
                BENCH_ROUNDS_MAX);
        exit(TOL_USAGE);
    }
    return options;
}

int main(int count, char **arguments)
{
    struct bench bench = {.options = read_options(count, arguments)};
    bench_open(&bench);
    bench_price(&bench, &bench.sales, &bench.book->side[TOL_SALES], "sales", TOL_SALES_FACTOR_COUNT);
    bench_price(&bench, &bench.purchases, &bench.book->side[TOL_PURCHASES], "purchases", TOL_PURCHASE_FACTOR_COUNT);
    bench_prepare_firms(&bench);
    if (bench.options.with_peers) {
        bench.peer = duckdb_peer_open(tol_run_threads(bench.run));
        if (bench.peer == NULL) {
            return TOL_UNAVAILABLE;
        }
        bench_verify_side(&bench, &bench.sales);
        bench_verify_side(&bench, &bench.purchases);
    }
    bench_verify_variants(&bench);
    bench_measure_read_bandwidth(&bench);
    bench_report_header();
    bench_measure_direct_pass(&bench);
    duckdb_peer_close(bench.peer);
    bench_measure_score(&bench);
    bench_measure_firm_process(&bench);
    if (bench.options.json != NULL && json_dump_file(bench.json, bench.options.json, JSON_INDENT(1)) != 0) {
        fprintf(stderr, "bench: cannot write %s\n", bench.options.json);
        return TOL_CANNOT_CREATE;
    }
    bench_close(&bench);
    return 0;
}
