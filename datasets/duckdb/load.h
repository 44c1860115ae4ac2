#ifndef TOLMUUR_DUCKDB_LOAD_H
#define TOLMUUR_DUCKDB_LOAD_H

#include "duckdb/api.h"

/* Loads the library from beside the program (lib/tolmuur in the build tree, ../lib/tolmuur when installed). Loaded once, it stays. Thread safe.
 * TOL_UNAVAILABLE: not there, not loadable or of another version. */
TOL_MUST_CHECK enum tol_status tol_duckdb_load(const struct tol_duckdb_api **api, struct tol_error *error);

#endif
