#ifndef TOLMUUR_POSTGRES_LOAD_H
#define TOLMUUR_POSTGRES_LOAD_H

#include "postgres/api.h"

/* Loads the library from beside the program. Loaded once, it stays. Thread safe. TOL_UNAVAILABLE: not there, not loadable or of another version. */
TOL_MUST_CHECK enum tol_status tol_postgres_load(const struct tol_postgres_api **api, struct tol_error *error);

#endif
