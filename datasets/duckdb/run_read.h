#ifndef TOLMUUR_DUCKDB_RUN_READ_H
#define TOLMUUR_DUCKDB_RUN_READ_H

#include "datasets/run_read.h"

enum tol_status tol_run_rows_read(const struct tol_run_read *read, tol_run_chunk_function take, void *context,
                                  struct tol_error *error);

#endif
