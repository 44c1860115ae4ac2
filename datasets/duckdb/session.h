/* A DuckDB in memory that may touch the given files and nothing else. */
#ifndef TOLMUUR_DUCKDB_SESSION_H
#define TOLMUUR_DUCKDB_SESSION_H

#include <duckdb.h>
#include <stdint.h>

#include "tolmuur/status.h"

struct tol_session {
    duckdb_database database;
    duckdb_connection connection;
    const char *path;   /* for messages; not owned */
    char file_name[40]; /* what DuckDB opens: /proc/self/fd/N, so that no path is read as SQL, glob or URL */
};

TOL_MUST_CHECK enum tol_status tol_session_open(struct tol_session *session, int file, const char *path,
                                                unsigned threads, uint64_t memory_limit_bytes, struct tol_error *error);
/* The same for several files, each opened as /proc/self/fd/N. */
TOL_MUST_CHECK enum tol_status tol_session_open_files(struct tol_session *session, const int *file, size_t file_count,
                                                      const char *path, unsigned threads, uint64_t memory_limit_bytes,
                                                      struct tol_error *error);
void tol_session_close(struct tol_session *session);

/* Runs a statement without parameters; *result is the caller's to destroy after TOL_OK. */
TOL_MUST_CHECK enum tol_status tol_session_query(struct tol_session *session, const char *sql, duckdb_result *result,
                                                 struct tol_error *error);

/* The status and message for a DuckDB error. */
enum tol_status tol_session_fail(const struct tol_session *session, const char *message, struct tol_error *error);

#endif
