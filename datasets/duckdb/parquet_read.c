#include "parquet_read.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session.h"

#define TEXT_BYTES_MAX ((size_t)1 << 20)
#define RELATION_SIZE 1024

struct tol_parquet_reader {
    struct tol_session session;
    char *path;
    char *relation; /* what is read, as SQL */
    duckdb_prepared_statement statement;
    duckdb_pending_result pending;
    duckdb_result result;
    bool have_result;
    uint64_t row_total;
    size_t column_count;
    struct tol_parquet_column *column;
    char **text; /* per column: the cell given last */
    size_t *text_capacity;
};

static enum tol_status no_memory(struct tol_error *error)
{
    return tol_fail(error, TOL_NO_MEMORY, "out of memory while reading Parquet");
}

static enum tol_parquet_kind kind_of(duckdb_type type)
{
    switch (type) {
    case DUCKDB_TYPE_VARCHAR:
    case DUCKDB_TYPE_ENUM:
    case DUCKDB_TYPE_DATE:
    case DUCKDB_TYPE_BOOLEAN:
        return TOL_PARQUET_TEXT;
    case DUCKDB_TYPE_TINYINT:
    case DUCKDB_TYPE_SMALLINT:
    case DUCKDB_TYPE_INTEGER:
    case DUCKDB_TYPE_BIGINT:
    case DUCKDB_TYPE_HUGEINT:
    case DUCKDB_TYPE_UTINYINT:
    case DUCKDB_TYPE_USMALLINT:
    case DUCKDB_TYPE_UINTEGER:
    case DUCKDB_TYPE_UBIGINT:
    case DUCKDB_TYPE_UHUGEINT:
    case DUCKDB_TYPE_DECIMAL:
        return TOL_PARQUET_EXACT;
    case DUCKDB_TYPE_FLOAT:
    case DUCKDB_TYPE_DOUBLE:
        return TOL_PARQUET_DOUBLE;
    default:
        return TOL_PARQUET_OTHER;
    }
}

/* Names and types, from a query that gives no rows. */
static enum tol_status describe(struct tol_parquet_reader *reader, duckdb_type **types, struct tol_error *error)
{
    char sql[RELATION_SIZE + 64];
    duckdb_result result;
    snprintf(sql, sizeof sql, "SELECT * FROM %s LIMIT 0", reader->relation);
    enum tol_status status = tol_session_query(&reader->session, sql, &result, error);
    if (status != TOL_OK) {
        return status;
    }
    size_t count = (size_t)duckdb_column_count(&result);
    reader->column = calloc(count + 1, sizeof *reader->column);
    reader->text = calloc(count + 1, sizeof *reader->text);
    reader->text_capacity = calloc(count + 1, sizeof *reader->text_capacity);
    *types = calloc(count + 1, sizeof **types);
    bool sound = reader->column != NULL && reader->text != NULL && reader->text_capacity != NULL && *types != NULL;
    for (size_t i = 0; sound && i < count; i++) {
        (*types)[i] = duckdb_column_type(&result, i);
        reader->column[i].name = strdup(duckdb_column_name(&result, i));
        reader->column[i].kind = kind_of((*types)[i]);
        reader->column[i].type_name = "a type that is neither text nor number";
        reader->column_count = i + 1;
        sound = reader->column[i].name != NULL;
    }
    duckdb_destroy_result(&result);
    return sound ? TOL_OK : no_memory(error);
}

/* Each column as text or double; columns by their position, since a name may hold anything. */
static void select_columns(FILE *sql, const struct tol_parquet_reader *reader, const duckdb_type *types)
{
    fputs("SELECT ", sql);
    for (size_t i = 0; i < reader->column_count; i++) {
        const char *format = "CAST(c%zu AS VARCHAR)";
        if (types[i] == DUCKDB_TYPE_BOOLEAN) {
            format = "CASE WHEN c%zu THEN 'yes' WHEN NOT c%zu THEN 'no' END";
        } else if (reader->column[i].kind == TOL_PARQUET_DOUBLE) {
            format = "CAST(c%zu AS DOUBLE)";
        } else if (reader->column[i].kind == TOL_PARQUET_OTHER) {
            format = "CASE WHEN c%zu IS NOT NULL THEN '' END";
        }
        fputs(i == 0 ? "" : ", ", sql);
        fprintf(sql, format, i, i);
    }
    fprintf(sql, " FROM %s AS t(", reader->relation);
    for (size_t i = 0; i < reader->column_count; i++) {
        fprintf(sql, i == 0 ? "c%zu" : ", c%zu", i);
    }
    fputs(")", sql);
}

static enum tol_status start(struct tol_parquet_reader *reader, const char *sql, struct tol_error *error)
{
    const struct tol_session *session = &reader->session;
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
    char sql[RELATION_SIZE + 64];
    duckdb_result result;
    snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", reader->relation);
    enum tol_status status = tol_session_query(&reader->session, sql, &result, error);
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

static enum tol_status name_relation(struct tol_parquet_reader *reader, const char *table, struct tol_error *error)
{
    reader->relation = malloc(RELATION_SIZE);
    if (reader->relation == NULL) {
        return no_memory(error);
    }
    if (table == NULL) {
        snprintf(reader->relation, RELATION_SIZE, "read_parquet('%s')", reader->session.file_name);
    } else {
        snprintf(reader->relation, RELATION_SIZE, "%s.main.\"%s\"", reader->session.catalog, table);
    }
    return TOL_OK;
}

static enum tol_status open_reader(struct tol_parquet_reader *reader, int file, const char *table, unsigned threads,
                                   uint64_t memory_limit_bytes, struct tol_error *error)
{
    duckdb_type *types = NULL;
    char *sql = NULL;
    size_t sql_size;
    enum tol_session_file kind = table == NULL ? TOL_SESSION_TABLE_FILE : TOL_SESSION_DATABASE;
    enum tol_status status =
        tol_session_open(&reader->session, kind, file, reader->path, threads, memory_limit_bytes, error);
    if (status == TOL_OK) {
        status = name_relation(reader, table, error);
    }
    if (status == TOL_OK) {
        status = describe(reader, &types, error);
    }
    if (status == TOL_OK && table == NULL) { /* a view would have to be worked out for it */
        status = count_rows(reader, error);
    }
    if (status == TOL_OK) {
        FILE *stream = open_memstream(&sql, &sql_size);
        if (stream != NULL) {
            select_columns(stream, reader, types);
        }
        status = stream == NULL || fclose(stream) != 0 ? no_memory(error) : start(reader, sql, error);
    }
    free(sql);
    free(types);
    return status;
}

enum tol_status tol_parquet_reader_open(int file, const char *path, const char *table, unsigned threads,
                                        uint64_t memory_limit_bytes, struct tol_parquet_reader **reader,
                                        struct tol_error *error)
{
    struct tol_parquet_reader *made = calloc(1, sizeof *made);
    if (made == NULL || (made->path = strdup(path)) == NULL) {
        free(made);
        return no_memory(error);
    }
    enum tol_status status = open_reader(made, file, table, threads, memory_limit_bytes, error);
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
    tol_session_close(&reader->session);
    for (size_t i = 0; i < reader->column_count; i++) {
        free((char *)(uintptr_t)reader->column[i].name);
        free(reader->text[i]);
    }
    free(reader->column);
    free(reader->text);
    free(reader->text_capacity);
    free(reader->relation);
    free(reader->path);
    free(reader);
}

size_t tol_parquet_reader_columns(const struct tol_parquet_reader *reader, const struct tol_parquet_column **columns)
{
    *columns = reader->column;
    return reader->column_count;
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
        return message == NULL ? TOL_OK : tol_session_fail(&reader->session, message, error);
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
    if (reader->column[column].kind == TOL_PARQUET_DOUBLE) {
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
    if (reader->column[column].kind == TOL_PARQUET_DOUBLE) {
        cell->number = ((const double *)duckdb_vector_get_data(vector))[row];
        return TOL_OK;
    }
    duckdb_string_t *text = (duckdb_string_t *)duckdb_vector_get_data(vector) + row;
    return copy_text(reader, column, text, &cell->text, error);
}
