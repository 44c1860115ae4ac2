#ifndef TOLMUUR_DUCKDB_RUN_COMPARE_H
#define TOLMUUR_DUCKDB_RUN_COMPARE_H

#include "datasets/run_compare.h"

enum tol_status tol_run_join(const struct tol_run_compare *compare, uint64_t (*firms)[TOL_RUN_SIDE_COUNT],
                             tol_run_mover_function take, void *context, struct tol_error *error);

#endif
