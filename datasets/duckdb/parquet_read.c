#include "parquet_read.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "relation.h"

#define TEXT_BYTES_MAX ((size_t)1 << 20)

struct tol_parquet_reader {
    struct tol_relation relation;
    duckdb_prepared_statement statement;
    duckdb_pending_result pending;
    duckdb_result result;
    bool have_result;
    uint64_t row_total;
    char **text; /* per column: the cell given last */
    size_t *text_capacity;
};

static enum tol_status no_memory(struct tol_error *error)
{
    return tol_fail(error, TOL_NO_MEMORY, "out of memory while reading Parquet");
}

static void select_rows(FILE *sql, const struct tol_relation *relation, const struct tol_row_filter *filter)
{
    fputs("SELECT ", sql);
    for (size_t i = 0; i < relation->column_count; i++) {
        fputs(i == 0 ? "" : ", ", sql);
        tol_relation_cell(sql, relation, i);
    }
    tol_relation_from(sql, relation);
    if (filter != NULL) {
        fputs(" WHERE ", sql);
        tol_relation_text(sql, relation, filter->column);
        fputs(" IN " TOL_RELATION_LIST, sql);
    }
}

static enum tol_status start(struct tol_parquet_reader *reader, const char *sql, struct tol_error *error)
{
    const struct tol_session *session = &reader->relation.session;
    if (duckdb_prepare(session->connection, sql, &reader->statement) != DuckDBSuccess) {
        return tol_session_fail(session, duckdb_prepare_error(reader->statement), error);
    }
    if (duckdb_pending_prepared_streaming(reader->statement, &reader->pending) != DuckDBSuccess) {
        return tol_session_fail(session, duckdb_pending_error(reader->pending), error);
    }
    reader->have_result = true;
    if (duckdb_execute_pending(reader->pending, &reader->result) != DuckDBSuccess) {
        return tol_session_fail(session, duckdb_result_error(&reader->result), error);
    }
    return TOL_OK;
}

static enum tol_status count_rows(struct tol_parquet_reader *reader, struct tol_error *error)
{
    char sql[TOL_RELATION_NAME_SIZE + 64];
    duckdb_result result;
    snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", reader->relation.name);
    enum tol_status status = tol_session_query(&reader->relation.session, sql, &result, error);
    if (status != TOL_OK) {
        return status;
    }
    duckdb_data_chunk chunk = duckdb_fetch_chunk(result);
    if (chunk != NULL && duckdb_data_chunk_get_size(chunk) == 1) {
        reader->row_total = *(const uint64_t *)duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk, 0));
    }
    duckdb_destroy_data_chunk(&chunk);
    duckdb_destroy_result(&result);
    return TOL_OK;
}

static enum tol_status select_and_start(struct tol_parquet_reader *reader, const struct tol_row_filter *filter,
                                        struct tol_error *error)
{
    char *sql = NULL;
    size_t size;
    FILE *stream = open_memstream(&sql, &size);
    if (stream != NULL) {
        select_rows(stream, &reader->relation, filter);
    }
    enum tol_status status = stream == NULL || fclose(stream) != 0 ? no_memory(error) : start(reader, sql, error);
    free(sql);
    return status;
}

static enum tol_status open_reader(struct tol_parquet_reader *reader, const struct tol_parquet_place *place,
                                   const struct tol_row_filter *filter, struct tol_error *error)
{
    enum tol_status status = tol_relation_open(place, &reader->relation, error);
    if (status != TOL_OK) {
        return status;
    }
    reader->text = calloc(reader->relation.column_count + 1, sizeof *reader->text);
    reader->text_capacity = calloc(reader->relation.column_count + 1, sizeof *reader->text_capacity);
    if (reader->text == NULL || reader->text_capacity == NULL) {
        return no_memory(error);
    }
    if (filter != NULL) {
        status = tol_relation_list(&reader->relation, &filter->keep, error);
    } else if (place->table == NULL) { /* a view would have to be worked out for it */
        status = count_rows(reader, error);
    }
    return status == TOL_OK ? select_and_start(reader, filter, error) : status;
}

enum tol_status tol_parquet_reader_open(const struct tol_parquet_place *place, const struct tol_row_filter *filter,
                                        struct tol_parquet_reader **reader, struct tol_error *error)
{
    struct tol_parquet_reader *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return no_memory(error);
    }
    enum tol_status status = open_reader(made, place, filter, error);
    if (status != TOL_OK) {
        tol_parquet_reader_close(made);
        return status;
    }
    *reader = made;
    return TOL_OK;
}

void tol_parquet_reader_close(struct tol_parquet_reader *reader)
{
    if (reader->have_result) {
        duckdb_destroy_result(&reader->result);
    }
    duckdb_destroy_pending(&reader->pending);
    duckdb_destroy_prepare(&reader->statement);
    for (size_t i = 0; reader->text != NULL && i < reader->relation.column_count; i++) {
        free(reader->text[i]);
    }
    free(reader->text);
    free(reader->text_capacity);
    tol_relation_close(&reader->relation);
    free(reader);
}

size_t tol_parquet_reader_columns(const struct tol_parquet_reader *reader, const struct tol_parquet_column **columns)
{
    *columns = reader->relation.column;
    return reader->relation.column_count;
}

uint64_t tol_parquet_reader_rows(const struct tol_parquet_reader *reader)
{
    return reader->row_total;
}

/* A chunk of DuckDB's under a name that the others know. */
static duckdb_data_chunk chunk_of(struct tol_parquet_chunk *chunk)
{
    return (duckdb_data_chunk)chunk;
}

enum tol_status tol_parquet_reader_take(struct tol_parquet_reader *reader, struct tol_parquet_chunk **chunk,
                                        size_t *row_count, struct tol_error *error)
{
    duckdb_data_chunk taken = duckdb_fetch_chunk(reader->result);
    *chunk = (struct tol_parquet_chunk *)taken;
    *row_count = 0;
    if (taken == NULL) {
        const char *message = duckdb_result_error(&reader->result);
        return message == NULL ? TOL_OK : tol_session_fail(&reader->relation.session, message, error);
    }
    *row_count = (size_t)duckdb_data_chunk_get_size(taken);
    return TOL_OK;
}

void tol_parquet_chunk_release(struct tol_parquet_chunk *chunk)
{
    duckdb_data_chunk released = chunk_of(chunk);
    duckdb_destroy_data_chunk(&released);
}

void tol_parquet_chunk_column(const struct tol_parquet_reader *reader, struct tol_parquet_chunk *chunk, size_t column,
                              const char **text, uint32_t *length, double *number)
{
    duckdb_vector vector = duckdb_data_chunk_get_vector(chunk_of(chunk), column);
    size_t row_count = (size_t)duckdb_data_chunk_get_size(chunk_of(chunk));
    const uint64_t *validity = duckdb_vector_get_validity(vector);
    if (reader->relation.column[column].kind == TOL_PARQUET_DOUBLE) {
        const double *from = duckdb_vector_get_data(vector);
        for (size_t row = 0; row < row_count; row++) {
            bool given = validity == NULL || (validity[row / 64] >> row % 64 & 1) != 0;
            number[row] = given ? from[row] : NAN;
        }
        return;
    }
    const duckdb_string_t *from = duckdb_vector_get_data(vector);
    for (size_t row = 0; row < row_count; row++) {
        bool given = validity == NULL || (validity[row / 64] >> row % 64 & 1) != 0;
        uint32_t bytes = from[row].value.inlined.length;
        length[row] = given ? bytes : 0;
        text[row] = !given                                            ? "            "
                    : bytes <= sizeof from[row].value.inlined.inlined ? from[row].value.inlined.inlined
                                                                      : from[row].value.pointer.ptr;
    }
}

static enum tol_status copy_text(struct tol_parquet_reader *reader, size_t column, duckdb_string_t *from,
                                 const char **text, struct tol_error *error)
{
    size_t length = duckdb_string_t_length(*from);
    const char *bytes = duckdb_string_t_data(from);
    *text = NULL;
    if (length > TEXT_BYTES_MAX || memchr(bytes, '\0', length) != NULL) {
        return TOL_OK;
    }
    if (length + 1 > reader->text_capacity[column]) {
        size_t capacity = 2 * length + 32;
        char *grown = realloc(reader->text[column], capacity);
        if (grown == NULL) {
            return no_memory(error);
        }
        reader->text[column] = grown;
        reader->text_capacity[column] = capacity;
    }
    memcpy(reader->text[column], bytes, length);
    reader->text[column][length] = '\0';
    *text = reader->text[column];
    return TOL_OK;
}

enum tol_status tol_parquet_reader_cell(struct tol_parquet_reader *reader, struct tol_parquet_chunk *chunk,
                                        size_t column, size_t row, struct tol_parquet_cell *cell,
                                        struct tol_error *error)
{
    duckdb_vector vector = duckdb_data_chunk_get_vector(chunk_of(chunk), column);
    uint64_t *validity = duckdb_vector_get_validity(vector);
    *cell = (struct tol_parquet_cell){.text = ""};
    cell->given = validity == NULL || duckdb_validity_row_is_valid(validity, row);
    if (!cell->given) {
        return TOL_OK;
    }
    if (reader->relation.column[column].kind == TOL_PARQUET_DOUBLE) {
        cell->number = ((const double *)duckdb_vector_get_data(vector))[row];
        return TOL_OK;
    }
    duckdb_string_t *text = (duckdb_string_t *)duckdb_vector_get_data(vector) + row;
    return copy_text(reader, column, text, &cell->text, error);
}
