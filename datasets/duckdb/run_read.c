/* The rows of a run, file after file. Files are named by their descriptors and columns by the program: nothing from outside is read as SQL. */
#include "run_read.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session.h"

struct reading {
    const struct tol_run_read *read;
    struct tol_session *session;
    size_t capacity; /* rows for which there is room below */
    struct tol_run_text **text;
    double **number;
};

static enum tol_status no_memory(struct tol_error *error)
{
    return tol_fail(error, TOL_NO_MEMORY, "out of memory while reading a run");
}

static char *make_sql(const struct tol_run_read *read, int file)
{
    char *text = NULL;
    size_t size;
    FILE *sql = open_memstream(&text, &size);
    if (sql == NULL) {
        return NULL;
    }
    fputs("SELECT ", sql);
    for (size_t i = 0; i < read->text_count; i++) {
        fprintf(sql, "%s\"%s\"::VARCHAR", i == 0 ? "" : ", ", read->text[i]);
    }
    for (size_t i = 0; i < read->number_count; i++) {
        fprintf(sql, "%s\"%s\"::DOUBLE", read->text_count + i == 0 ? "" : ", ", read->number[i]);
    }
    fprintf(sql, " FROM read_parquet('/proc/self/fd/%d')", file);
    if (fclose(sql) != 0) {
        free(text);
        return NULL;
    }
    return text;
}

static enum tol_status fail(const struct tol_session *session, const char *message, struct tol_error *error)
{
    if (message != NULL && strstr(message, "Out of Memory") != NULL) {
        return tol_session_fail(session, message, error);
    }
    size_t length = message == NULL ? 0 : strcspn(message, "\n");
    return tol_fail(error, TOL_BAD_DATA, "the parts of this run are not rows of score (DuckDB: %.*s)",
                    length > 300 ? 300 : (int)length, message == NULL ? "" : message);
}

/* ---- a chunk --------------------------------------------------------------------------------------------------- */

static enum tol_status make_room(struct reading *reading, size_t rows, struct tol_error *error)
{
    bool good = true;
    if (rows <= reading->capacity) {
        return TOL_OK;
    }
    for (size_t i = 0; i < reading->read->text_count; i++) {
        free(reading->text[i]);
        reading->text[i] = calloc(rows, sizeof *reading->text[i]);
        good = good && reading->text[i] != NULL;
    }
    for (size_t i = 0; i < reading->read->number_count; i++) {
        free(reading->number[i]);
        reading->number[i] = calloc(rows, sizeof *reading->number[i]);
        good = good && reading->number[i] != NULL;
    }
    reading->capacity = good ? rows : 0;
    return good ? TOL_OK : no_memory(error);
}

static void copy_texts(duckdb_vector vector, size_t rows, struct tol_run_text *to)
{
    duckdb_string_t *from = duckdb_vector_get_data(vector);
    uint64_t *validity = duckdb_vector_get_validity(vector);
    for (size_t row = 0; row < rows; row++) {
        bool given = validity == NULL || duckdb_validity_row_is_valid(validity, row);
        to[row] = given ? (struct tol_run_text){duckdb_string_t_data(&from[row]), duckdb_string_t_length(from[row])}
                        : (struct tol_run_text){"", 0};
    }
}

static void copy_numbers(duckdb_vector vector, size_t rows, double *to)
{
    const double *from = duckdb_vector_get_data(vector);
    uint64_t *validity = duckdb_vector_get_validity(vector);
    for (size_t row = 0; row < rows; row++) {
        to[row] = validity == NULL || duckdb_validity_row_is_valid(validity, row) ? from[row] : NAN;
    }
}

static enum tol_status take_chunk(struct reading *reading, duckdb_data_chunk chunk, tol_run_chunk_function take,
                                  void *context, struct tol_error *error)
{
    const struct tol_run_read *read = reading->read;
    size_t rows = duckdb_data_chunk_get_size(chunk);
    enum tol_status status = make_room(reading, rows, error);
    if (status != TOL_OK || rows == 0) {
        return status;
    }
    for (size_t i = 0; i < read->text_count; i++) {
        copy_texts(duckdb_data_chunk_get_vector(chunk, i), rows, reading->text[i]);
    }
    for (size_t i = 0; i < read->number_count; i++) {
        copy_numbers(duckdb_data_chunk_get_vector(chunk, read->text_count + i), rows, reading->number[i]);
    }
    const struct tol_run_chunk taken = {.row_count = rows,
                                        .text = (const struct tol_run_text *const *)reading->text,
                                        .number = (const double *const *)reading->number};
    return take(context, &taken, error);
}

/* ---- a file ---------------------------------------------------------------------------------------------------- */

static enum tol_status take_result(struct reading *reading, duckdb_result *result, tol_run_chunk_function take,
                                   void *context, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    duckdb_data_chunk chunk;
    while (status == TOL_OK && (chunk = duckdb_fetch_chunk(*result)) != NULL) {
        status = take_chunk(reading, chunk, take, context, error);
        duckdb_destroy_data_chunk(&chunk);
    }
    const char *message = status == TOL_OK ? duckdb_result_error(result) : NULL;
    return message != NULL && message[0] != '\0' ? fail(reading->session, message, error) : status;
}

/* The result is streamed, so that a large part needs no room of its own. */
static enum tol_status take_file(struct reading *reading, int file, tol_run_chunk_function take, void *context,
                                 struct tol_error *error)
{
    char *sql = make_sql(reading->read, file);
    if (sql == NULL) {
        return no_memory(error);
    }
    duckdb_prepared_statement statement = NULL;
    duckdb_pending_result pending = NULL;
    duckdb_result result;
    enum tol_status status;
    duckdb_state prepared = duckdb_prepare(reading->session->connection, sql, &statement);
    free(sql);
    if (prepared != DuckDBSuccess) {
        status = fail(reading->session, duckdb_prepare_error(statement), error);
    } else if (duckdb_pending_prepared_streaming(statement, &pending) != DuckDBSuccess) {
        status = fail(reading->session, duckdb_pending_error(pending), error);
    } else {
        status = duckdb_execute_pending(pending, &result) == DuckDBSuccess
                     ? take_result(reading, &result, take, context, error)
                     : fail(reading->session, duckdb_result_error(&result), error);
        duckdb_destroy_result(&result);
    }
    duckdb_destroy_pending(&pending);
    duckdb_destroy_prepare(&statement);
    return status;
}

static void release(struct reading *reading)
{
    for (size_t i = 0; reading->text != NULL && i < reading->read->text_count; i++) {
        free(reading->text[i]);
    }
    for (size_t i = 0; reading->number != NULL && i < reading->read->number_count; i++) {
        free(reading->number[i]);
    }
    free(reading->text);
    free(reading->number);
}

enum tol_status tol_run_rows_read(const struct tol_run_read *read, tol_run_chunk_function take, void *context,
                                  struct tol_error *error)
{
    struct tol_session session = {0};
    struct reading reading = {.read = read, .session = &session};
    reading.text = calloc(read->text_count + 1, sizeof *reading.text);
    reading.number = calloc(read->number_count + 1, sizeof *reading.number);
    enum tol_status status =
        reading.text == NULL || reading.number == NULL
            ? no_memory(error)
            : tol_session_open_files(&session, TOL_SESSION_TABLE_FILE, read->run.file, read->run.file_count,
                                     read->run.name, read->threads, read->memory_limit_bytes, error);
    if (status == TOL_OK) {
        for (size_t i = 0; i < read->run.file_count && status == TOL_OK; i++) {
            status = take_file(&reading, read->run.file[i], take, context, error);
        }
        tol_session_close(&session);
    }
    release(&reading);
    return status;
}
