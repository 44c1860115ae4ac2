#include "duckdb_session.h"

#include <stdio.h>
#include <string.h>

#include "measure.h"

int duckdb_session_open(struct duckdb_session *session, unsigned threads)
{
    char sql[64];
    memset(session, 0, sizeof *session);
    snprintf(sql, sizeof sql, "SET threads = %u", threads);
    if (duckdb_open(NULL, &session->database) == DuckDBError ||
        duckdb_connect(session->database, &session->connection) == DuckDBError ||
        duckdb_session_run(session, sql, NULL) < 0 ||
        duckdb_session_run(session, "SET preserve_insertion_order = false", NULL) < 0) {
        duckdb_session_close(session);
        return -1;
    }
    return 0;
}

void duckdb_session_close(struct duckdb_session *session)
{
    duckdb_disconnect(&session->connection);
    duckdb_close(&session->database);
}

double duckdb_session_run(struct duckdb_session *session, const char *sql, duckdb_result *result)
{
    duckdb_result own;
    duckdb_result *to = result != NULL ? result : &own;
    double start = bench_now_seconds();
    int failed = duckdb_query(session->connection, sql, to) == DuckDBError;
    double seconds = bench_now_seconds() - start;
    if (failed) {
        fprintf(stderr, "bench: DuckDB: %s\n", duckdb_result_error(to));
    }
    if (failed || result == NULL) {
        duckdb_destroy_result(to);
    }
    return failed ? -1 : seconds;
}

double duckdb_session_number(struct duckdb_session *session, const char *sql)
{
    duckdb_result result;
    if (duckdb_session_run(session, sql, &result) < 0) {
        return -1;
    }
    duckdb_data_chunk chunk = duckdb_fetch_chunk(result);
    double number = -1;
    if (chunk != NULL && duckdb_data_chunk_get_size(chunk) == 1) {
        number = ((double *)duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, 0)))[0];
    }
    duckdb_destroy_data_chunk(&chunk);
    duckdb_destroy_result(&result);
    return number;
}
