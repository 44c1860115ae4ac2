/* Databases of DuckDB as a source: attached for reading only, under the name that views in it expect. */
#ifndef TOLMUUR_DUCKDB_DATABASE_H
#define TOLMUUR_DUCKDB_DATABASE_H

#include "session.h"

/* What DuckDB looks at beside the database file, as SQL text with its quotation marks (PATH_MAX * 2 + 16 bytes are enough). TOL_TRY_AGAIN: it is there,
 * so the file alone is not the database. */
TOL_MUST_CHECK enum tol_status tol_database_log_name(const struct tol_session *session, char *quoted, size_t size,
                                                     struct tol_error *error);

/* Attaches the session's file and names the catalog. */
TOL_MUST_CHECK enum tol_status tol_database_attach(struct tol_session *session, struct tol_error *error);

enum tol_status tol_database_tables(int file, const char *path, uint64_t memory_limit_bytes, const char *const *name,
                                    size_t count, bool *present, struct tol_error *error);

#endif
