/* DuckDB in this process. */
#ifndef BENCH_DUCKDB_SESSION_H
#define BENCH_DUCKDB_SESSION_H

#include <duckdb.h>
#include <stddef.h>

struct duckdb_session {
    duckdb_database database;
    duckdb_connection connection;
};

/* In memory, with `threads` threads and no order of rows to keep. Negative, after a message on stderr, when it cannot be had. */
int duckdb_session_open(struct duckdb_session *session, unsigned threads);
void duckdb_session_close(struct duckdb_session *session);

/* Runs one statement; its seconds, or negative after a message on stderr. result: NULL, or the caller's to destroy after success. */
double duckdb_session_run(struct duckdb_session *session, const char *sql, duckdb_result *result);

/* Value of a query with one row and one column. Negative on failure. */
double duckdb_session_number(struct duckdb_session *session, const char *sql);

#endif
