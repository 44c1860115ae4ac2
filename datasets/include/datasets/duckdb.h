/* The DuckDB library that reads and writes Parquet. */
#ifndef TOLMUUR_DATASETS_DUCKDB_H
#define TOLMUUR_DATASETS_DUCKDB_H

#include <stddef.h>

#include "tolmuur/status.h"

#pragma GCC visibility push(default)

/* Loads the library and writes its version ("v1.5.6"). TOL_UNAVAILABLE when it cannot be loaded; error says why. */
TOL_MUST_CHECK enum tol_status tol_duckdb_version(char *text, size_t size, struct tol_error *error);

#pragma GCC visibility pop

#endif
