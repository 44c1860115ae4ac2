#include "duckdb_peer.h"

#include <duckdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "measure.h"

struct duckdb_peer {
    duckdb_database database;
    duckdb_connection connection;
};

static int run(struct duckdb_peer *peer, const char *sql)
{
    duckdb_result result;
    int failed = duckdb_query(peer->connection, sql, &result) == DuckDBError;
    if (failed) {
        fprintf(stderr, "duckdb: %s\n", duckdb_result_error(&result));
    }
    duckdb_destroy_result(&result);
    return failed;
}

struct duckdb_peer *duckdb_peer_open(unsigned threads)
{
    struct duckdb_peer *peer = calloc(1, sizeof *peer);
    char sql[64];
    snprintf(sql, sizeof sql, "SET threads = %u", threads);
    if (peer == NULL || duckdb_open(NULL, &peer->database) == DuckDBError ||
        duckdb_connect(peer->database, &peer->connection) == DuckDBError || run(peer, sql) ||
        run(peer, "SET preserve_insertion_order = false")) {
        duckdb_peer_close(peer);
        return NULL;
    }
    return peer;
}

void duckdb_peer_close(struct duckdb_peer *peer)
{
    if (peer != NULL) {
        duckdb_disconnect(&peer->connection);
        duckdb_close(&peer->database);
        free(peer);
    }
}

/* Appends rows of one u32 key column, an optional second one, and doubles, a vector at a time. */
static int append_lines(struct duckdb_peer *peer, const char *table, uint64_t firm_count, const uint64_t *line_start,
                        const uint32_t *line_cell, const double *line_value)
{
    duckdb_logical_type types[3] = {duckdb_create_logical_type(DUCKDB_TYPE_UINTEGER),
                                    duckdb_create_logical_type(DUCKDB_TYPE_UINTEGER),
                                    duckdb_create_logical_type(DUCKDB_TYPE_DOUBLE)};
    duckdb_data_chunk chunk = duckdb_create_data_chunk(types, 3);
    duckdb_appender appender;
    int failed = duckdb_appender_create(peer->connection, NULL, table, &appender) == DuckDBError;
    idx_t capacity = duckdb_vector_size();
    idx_t used = 0;
    for (uint64_t firm = 0; firm < firm_count && !failed; firm++) {
        for (uint64_t line = line_start[firm]; line < line_start[firm + 1]; line++) {
            ((uint32_t *)duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, 0)))[used] = (uint32_t)firm;
            ((uint32_t *)duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, 1)))[used] = line_cell[line];
            ((double *)duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, 2)))[used] = line_value[line];
            if (++used == capacity) {
                duckdb_data_chunk_set_size(chunk, used);
                failed |= duckdb_append_data_chunk(appender, chunk) == DuckDBError;
                duckdb_data_chunk_reset(chunk);
                used = 0;
            }
        }
    }
    duckdb_data_chunk_set_size(chunk, used);
    failed |= duckdb_append_data_chunk(appender, chunk) == DuckDBError;
    failed |= duckdb_appender_destroy(&appender) == DuckDBError;
    duckdb_destroy_data_chunk(&chunk);
    for (int i = 0; i < 3; i++) {
        duckdb_destroy_logical_type(&types[i]);
    }
    return failed;
}

static int append_factors(struct duckdb_peer *peer, const char *table, uint64_t cell_count, size_t columns,
                          const double *factor)
{
    duckdb_appender appender;
    int failed = duckdb_appender_create(peer->connection, NULL, table, &appender) == DuckDBError;
    for (uint64_t cell = 0; cell < cell_count && !failed; cell++) {
        failed |= duckdb_append_uint32(appender, (uint32_t)cell) == DuckDBError;
        for (size_t column = 0; column < columns; column++) {
            failed |= duckdb_append_double(appender, factor[cell * columns + column]) == DuckDBError;
        }
        failed |= duckdb_appender_end_row(appender) == DuckDBError;
    }
    return failed | (duckdb_appender_destroy(&appender) == DuckDBError);
}

int duckdb_peer_load(struct duckdb_peer *peer, const char *name, uint64_t firm_count, const uint64_t *line_start,
                     const uint32_t *line_cell, const double *line_value, uint64_t cell_count, size_t columns,
                     const double *factor)
{
    char lines[64];
    char factors[64];
    snprintf(lines, sizeof lines, "%s_lines", name);
    snprintf(factors, sizeof factors, "%s_factors", name);
    char sql[8192];
    int used = snprintf(sql, sizeof sql, "CREATE OR REPLACE TABLE %s (cell UINTEGER", factors);
    for (size_t column = 0; column < columns; column++) {
        used += snprintf(sql + used, sizeof sql - (size_t)used, ", f%zu DOUBLE", column);
    }
    snprintf(sql + used, sizeof sql - (size_t)used, ")");
    if (run(peer, sql) || append_factors(peer, factors, cell_count, columns, factor)) {
        return 1;
    }
    snprintf(sql, sizeof sql, "CREATE OR REPLACE TABLE %s (firm UINTEGER, cell UINTEGER, value DOUBLE)", lines);
    return run(peer, sql) || append_lines(peer, lines, firm_count, line_start, line_cell, line_value);
}

static void copy_sums(duckdb_result *result, size_t columns, double *out)
{
    for (;;) {
        duckdb_data_chunk chunk = duckdb_fetch_chunk(*result);
        if (chunk == NULL) {
            return;
        }
        idx_t rows = duckdb_data_chunk_get_size(chunk);
        const uint32_t *firm = duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, 0));
        for (size_t column = 0; column < columns; column++) {
            const double *sum = duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, column + 1));
            for (idx_t row = 0; row < rows; row++) {
                out[firm[row] * columns + column] = sum[row];
            }
        }
        duckdb_destroy_data_chunk(&chunk);
    }
}

double duckdb_peer_sum(struct duckdb_peer *peer, const char *name, size_t columns, double *out)
{
    char sql[16384];
    int used = snprintf(sql, sizeof sql, "SELECT l.firm");
    for (size_t column = 0; column < columns; column++) {
        used += snprintf(sql + used, sizeof sql - (size_t)used, ", sum(l.value * f.f%zu)", column);
    }
    snprintf(sql + used, sizeof sql - (size_t)used, " FROM %s_lines l JOIN %s_factors f USING (cell) GROUP BY l.firm",
             name, name);
    duckdb_result result;
    double start = bench_now_seconds();
    if (duckdb_query(peer->connection, sql, &result) == DuckDBError) {
        fprintf(stderr, "duckdb: %s\n", duckdb_result_error(&result));
        duckdb_destroy_result(&result);
        return -1;
    }
    double seconds = bench_now_seconds() - start;
    if (out != NULL) {
        copy_sums(&result, columns, out);
    }
    duckdb_destroy_result(&result);
    return seconds;
}
