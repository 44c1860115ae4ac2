/* Which firms moved between two runs, by the rows that the runs have stored. */
#ifndef TOLMUUR_DATASETS_RUN_COMPARE_H
#define TOLMUUR_DATASETS_RUN_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tolmuur/status.h"

#pragma GCC visibility push(default)

enum tol_run_side { TOL_RUN_BEFORE = 0, TOL_RUN_AFTER, TOL_RUN_SIDE_COUNT };

/* The rows of one run: Parquet files that hold firm_id, scenario, band, score and ebitda_change_eur, no firm twice in a scenario. */
struct tol_run_rows {
    size_t file_count;
    const int *file;  /* open descriptors, which stay open */
    const char *name; /* of the run, for messages */
};

/* A scenario of each run that are compared with each other. */
struct tol_run_pair {
    const char *scenario[TOL_RUN_SIDE_COUNT];
};

struct tol_run_compare {
    struct tol_run_rows run[TOL_RUN_SIDE_COUNT];
    size_t pair_count; /* > 0 */
    const struct tol_run_pair *pair;
    double threshold;            /* points of the score, >= 0 */
    unsigned threads;            /* 0: as many as DuckDB takes */
    uint64_t memory_limit_bytes; /* > 0: what the join may take */
};

/* A firm that moved in a pair of scenarios: its band is another, its score changed by the threshold or more, or it is in one of the runs only. */
struct tol_run_mover {
    const char *firm_id; /* until the callback returns; not zero-terminated */
    size_t firm_id_length;
    size_t pair;
    struct {
        bool is;      /* in this run; else no band, NaN, NaN */
        char band;    /* 'A' to 'E'; '-': none */
        double score; /* NaN: not known */
        double ebitda_change_eur;
    } in[TOL_RUN_SIDE_COUNT];
};

/* Told of every mover, greatest change of ebitda_change_eur first (a firm that is not in a run counts as 0 there), then by the bytes of firm_id, then by pair. A status
 * other than TOL_OK ends the comparison and is returned. */
typedef enum tol_status (*tol_run_mover_function)(void *context, const struct tol_run_mover *mover,
                                                  struct tol_error *error);

/* Joins both runs by firm and pair. firms: [pair_count][TOL_RUN_SIDE_COUNT] receives how many firms each run has in each pair. The session may open these files and nothing
 * else. TOL_BAD_DATA: not the rows of a run. TOL_NO_MEMORY: the limit is too low. TOL_UNAVAILABLE: DuckDB could not be loaded. */
TOL_MUST_CHECK enum tol_status tol_run_compare(const struct tol_run_compare *compare,
                                               uint64_t (*firms)[TOL_RUN_SIDE_COUNT], tol_run_mover_function take,
                                               void *context, struct tol_error *error);

#pragma GCC visibility pop

#endif
