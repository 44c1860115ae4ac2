/* A DuckDB in memory that may touch the given files and nothing else: no other file, no network, no extension. */
#ifndef TOLMUUR_DUCKDB_SESSION_H
#define TOLMUUR_DUCKDB_SESSION_H

#include <duckdb.h>
#include <stdint.h>

#include "tolmuur/status.h"

enum tol_session_file { TOL_SESSION_TABLE_FILE, TOL_SESSION_DATABASE /* of DuckDB's own, read only */ };

#define TOL_SESSION_CATALOG_SIZE 600

struct tol_session {
    enum tol_session_file kind;
    duckdb_database database;
    duckdb_connection connection;
    const char *path;   /* for messages; not owned */
    char file_name[40]; /* what DuckDB opens: /proc/self/fd/N, so that no path is read as SQL, glob or URL */
    char catalog[TOL_SESSION_CATALOG_SIZE]; /* of a database: its name as SQL */
};

TOL_MUST_CHECK enum tol_status tol_session_open(struct tol_session *session, enum tol_session_file kind, int file,
                                                const char *path, unsigned threads, uint64_t memory_limit_bytes,
                                                struct tol_error *error);
/* The same for several files, each opened as /proc/self/fd/N. */
TOL_MUST_CHECK enum tol_status tol_session_open_files(struct tol_session *session, enum tol_session_file kind,
                                                      const int *file, size_t file_count, const char *path,
                                                      unsigned threads, uint64_t memory_limit_bytes,
                                                      struct tol_error *error);
void tol_session_close(struct tol_session *session);

/* Runs a statement without parameters; *result is the caller's to destroy after TOL_OK. */
TOL_MUST_CHECK enum tol_status tol_session_query(struct tol_session *session, const char *sql, duckdb_result *result,
                                                 struct tol_error *error);

/* The status and message for a DuckDB error. */
enum tol_status tol_session_fail(const struct tol_session *session, const char *message, struct tol_error *error);

#endif
