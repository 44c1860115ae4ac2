/* The same product said in SQL, as a join and sums, and run by DuckDB inside this process. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "duckdb_session.h"
#include "measure.h"
#include "product_peer.h"

enum { SQL_SIZE = 32768, TABLES_MAX = 32, NAME_SIZE = 64 };

struct product_duckdb {
    struct duckdb_session session;
    struct {
        char name[NAME_SIZE];
        size_t columns;
    } table[TABLES_MAX];
    size_t table_count;
};

/* Rows of (row, column, value), a vector at a time. */
static int append_entries(duckdb_appender appender, const struct product_matrix *matrix)
{
    duckdb_logical_type types[3] = {duckdb_create_logical_type(DUCKDB_TYPE_UINTEGER),
                                    duckdb_create_logical_type(DUCKDB_TYPE_UINTEGER),
                                    duckdb_create_logical_type(DUCKDB_TYPE_DOUBLE)};
    duckdb_data_chunk chunk = duckdb_create_data_chunk(types, 3);
    idx_t capacity = duckdb_vector_size();
    idx_t used = 0;
    int failed = 0;
    for (uint64_t row = 0; row < matrix->row_count && !failed; row++) {
        for (uint64_t at = matrix->start[row]; at < matrix->start[row + 1]; at++) {
            ((uint32_t *)duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, 0)))[used] = (uint32_t)row;
            ((uint32_t *)duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, 1)))[used] = matrix->column[at];
            ((double *)duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, 2)))[used] = matrix->value[at];
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
    duckdb_destroy_data_chunk(&chunk);
    for (int i = 0; i < 3; i++) {
        duckdb_destroy_logical_type(&types[i]);
    }
    return failed;
}

static int take_matrix(void *self, const char *name, const struct product_matrix *matrix)
{
    struct product_duckdb *peer = self;
    char sql[256];
    duckdb_appender appender;
    snprintf(sql, sizeof sql, "CREATE TABLE %s (r UINTEGER, c UINTEGER, v DOUBLE)", name);
    if (duckdb_session_run(&peer->session, sql, NULL) < 0 ||
        duckdb_appender_create(peer->session.connection, NULL, name, &appender) == DuckDBError) {
        return -1;
    }
    int failed = append_entries(appender, matrix);
    failed |= duckdb_appender_destroy(&appender) == DuckDBError;
    return failed ? -1 : 0;
}

static int take_table(void *self, const char *name, const struct product_table *table)
{
    struct product_duckdb *peer = self;
    char sql[SQL_SIZE];
    int used = snprintf(sql, sizeof sql, "CREATE TABLE %s (c UINTEGER", name);
    for (size_t column = 0; column < table->column_count; column++) {
        used += snprintf(sql + used, sizeof sql - (size_t)used, ", f%zu DOUBLE", column);
    }
    snprintf(sql + used, sizeof sql - (size_t)used, ")");
    duckdb_appender appender;
    if (peer->table_count == TABLES_MAX || duckdb_session_run(&peer->session, sql, NULL) < 0 ||
        duckdb_appender_create(peer->session.connection, NULL, name, &appender) == DuckDBError) {
        return -1;
    }
    int failed = 0;
    for (uint64_t row = 0; row < table->row_count && !failed; row++) {
        failed |= duckdb_append_uint32(appender, (uint32_t)row) == DuckDBError;
        for (size_t column = 0; column < table->column_count; column++) {
            failed |= duckdb_append_double(appender, table->value[row * table->column_count + column]) == DuckDBError;
        }
        failed |= duckdb_appender_end_row(appender) == DuckDBError;
    }
    snprintf(peer->table[peer->table_count].name, NAME_SIZE, "%s", name);
    peer->table[peer->table_count++].columns = table->column_count;
    failed |= duckdb_appender_destroy(&appender) == DuckDBError;
    return failed ? -1 : 0;
}

static size_t columns_of(const struct product_duckdb *peer, const char *table)
{
    for (size_t i = 0; i < peer->table_count; i++) {
        if (strcmp(peer->table[i].name, table) == 0) {
            return peer->table[i].columns;
        }
    }
    return 0;
}

static double query(struct product_duckdb *peer, const char *matrix, const char *table, duckdb_result *result)
{
    char sql[SQL_SIZE];
    size_t columns = columns_of(peer, table);
    int used = snprintf(sql, sizeof sql, "SELECT m.r");
    for (size_t column = 0; column < columns; column++) {
        used += snprintf(sql + used, sizeof sql - (size_t)used, ", sum(m.v * t.f%zu)", column);
    }
    snprintf(sql + used, sizeof sql - (size_t)used, " FROM %s m JOIN %s t USING (c) GROUP BY m.r", matrix, table);
    return duckdb_session_run(&peer->session, sql, result);
}

static double multiply(void *self, const char *matrix, const char *table)
{
    duckdb_result answer;
    double seconds = query(self, matrix, table, &answer);
    if (seconds >= 0) {
        duckdb_destroy_result(&answer);
    }
    return seconds;
}

static int result(void *self, const char *matrix, const char *table, double *out, size_t count)
{
    (void)count;
    duckdb_result answer;
    size_t columns = columns_of(self, table);
    if (query(self, matrix, table, &answer) < 0) {
        return -1;
    }
    for (duckdb_data_chunk chunk; (chunk = duckdb_fetch_chunk(answer)) != NULL; duckdb_destroy_data_chunk(&chunk)) {
        idx_t rows = duckdb_data_chunk_get_size(chunk);
        const uint32_t *row = duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, 0));
        for (size_t column = 0; column < columns; column++) {
            const double *sum = duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, column + 1));
            for (idx_t i = 0; i < rows; i++) {
                out[row[i] * columns + column] = sum[i];
            }
        }
    }
    duckdb_destroy_result(&answer);
    return 0;
}

static void close_duckdb(void *self)
{
    struct product_duckdb *peer = self;
    duckdb_session_close(&peer->session);
    free(peer);
}

struct product_peer *product_duckdb_open(unsigned threads)
{
    struct product_duckdb *self = bench_allocate(sizeof *self);
    if (duckdb_session_open(&self->session, threads) < 0) {
        printf("DuckDB takes no part: it did not open\n");
        free(self);
        return NULL;
    }
    printf("DuckDB: %s in this process on %u threads\n", duckdb_library_version(), threads);
    struct product_peer *peer = bench_allocate(sizeof *peer);
    *peer = (struct product_peer){"DuckDB", self, take_matrix, take_table, multiply, result, close_duckdb};
    return peer;
}
