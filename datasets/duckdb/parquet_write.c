/* COPY from a table function that asks the producer for rows: one thread, so the rows keep their order and the file its bytes. */
#include "parquet_write.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session.h"
#include "supply/text.h"

struct row_feed {
    const char *path;
    const struct tol_table_column *columns;
    size_t column_count;
    tol_table_producer producer;
    void *context;
    struct tol_table_cells *cells;
    uint64_t row; /* rows given so far */
    enum tol_status status;
    struct tol_error error;
};

static enum tol_status bad_value(struct row_feed *feed, size_t column, size_t row, const char *message)
{
    tol_fail(&feed->error, TOL_BAD_DATA, "%s", message);
    feed->status =
        tol_fail_at(&feed->error, TOL_BAD_DATA, feed->path, feed->row + row + 1, feed->columns[column].name, NULL);
    return feed->status;
}

static void put_numbers(struct row_feed *feed, size_t column, duckdb_vector vector, size_t row_count)
{
    double *to = duckdb_vector_get_data(vector);
    const double *from = feed->cells[column].number;
    duckdb_vector_ensure_validity_writable(vector);
    uint64_t *validity = duckdb_vector_get_validity(vector);
    for (size_t row = 0; row < row_count; row++) {
        if (isinf(from[row])) {
            bad_value(feed, column, row, "an infinite number cannot be written");
            return;
        }
        to[row] = isnan(from[row]) ? 0 : from[row];
        duckdb_validity_set_row_validity(validity, row, !isnan(from[row]));
    }
}

static void put_texts(struct row_feed *feed, size_t column, duckdb_vector vector, size_t row_count)
{
    duckdb_vector_ensure_validity_writable(vector);
    uint64_t *validity = duckdb_vector_get_validity(vector);
    for (size_t row = 0; row < row_count; row++) {
        const char *text = feed->cells[column].text[row];
        duckdb_validity_set_row_validity(validity, row, text != NULL);
        if (text == NULL) {
            continue;
        }
        size_t length = strlen(text);
        if (!tol_utf8_valid(text, length)) {
            bad_value(feed, column, row, "text that is not UTF-8 cannot be written");
            return;
        }
        duckdb_vector_assign_string_element_len(vector, row, text, length);
    }
}

static void bind(duckdb_bind_info info)
{
    const struct row_feed *feed = duckdb_bind_get_extra_info(info);
    duckdb_logical_type text = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
    duckdb_logical_type number = duckdb_create_logical_type(DUCKDB_TYPE_DOUBLE);
    for (size_t i = 0; i < feed->column_count; i++) {
        duckdb_bind_add_result_column(info, feed->columns[i].name,
                                      feed->columns[i].type == TOL_COLUMN_TEXT ? text : number);
    }
    duckdb_destroy_logical_type(&text);
    duckdb_destroy_logical_type(&number);
}

static void init(duckdb_init_info info)
{
    duckdb_init_set_max_threads(info, 1);
}

static void produce(duckdb_function_info info, duckdb_data_chunk chunk)
{
    struct row_feed *feed = duckdb_function_get_extra_info(info);
    size_t row_count = 0;
    if (feed->status == TOL_OK) {
        feed->status = feed->producer(feed->context, feed->cells, &row_count, &feed->error);
    }
    for (size_t i = 0; feed->status == TOL_OK && i < feed->column_count; i++) {
        duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, i);
        if (feed->columns[i].type == TOL_COLUMN_TEXT) {
            put_texts(feed, i, vector, row_count);
        } else {
            put_numbers(feed, i, vector, row_count);
        }
    }
    if (feed->status != TOL_OK) {
        duckdb_function_set_error(info, "the producer of the rows stopped");
        row_count = 0;
    }
    feed->row += row_count;
    duckdb_data_chunk_set_size(chunk, row_count);
}

static enum tol_status register_feed(struct tol_session *session, struct row_feed *feed, struct tol_error *error)
{
    duckdb_table_function function = duckdb_create_table_function();
    duckdb_table_function_set_name(function, "tolmuur_rows");
    duckdb_table_function_set_extra_info(function, feed, NULL);
    duckdb_table_function_set_bind(function, bind);
    duckdb_table_function_set_init(function, init);
    duckdb_table_function_set_function(function, produce);
    duckdb_state state = duckdb_register_table_function(session->connection, function);
    duckdb_destroy_table_function(&function);
    return state == DuckDBSuccess
               ? TOL_OK
               : tol_fail(error, TOL_INTERNAL, "DuckDB does not take the table function; report this");
}

static enum tol_status copy_rows(struct tol_session *session, struct row_feed *feed, struct tol_error *error)
{
    char sql[192];
    duckdb_result result;
    enum tol_status status = register_feed(session, feed, error);
    if (status != TOL_OK) {
        return status;
    }
    snprintf(sql, sizeof sql,
             "COPY (SELECT * FROM tolmuur_rows()) TO '%s' (FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false)",
             session->file_name);
    if (duckdb_query(session->connection, sql, &result) != DuckDBSuccess) {
        const char *message = duckdb_result_error(&result);
        if (feed->status != TOL_OK) {
            status = feed->status;
            if (error != NULL) {
                *error = feed->error;
            }
        } else if (message != NULL && strstr(message, "Out of Memory") != NULL) {
            status = tol_session_fail(session, message, error);
        } else {
            tol_fail(error, TOL_IO, "cannot write the file: %.300s", message == NULL ? "unknown reason" : message);
            status = tol_fail_at(error, TOL_IO, session->path, 0, NULL, NULL);
        }
    }
    duckdb_destroy_result(&result);
    return status;
}

static bool make_cells(struct row_feed *feed)
{
    feed->cells = calloc(feed->column_count, sizeof *feed->cells);
    for (size_t i = 0; feed->cells != NULL && i < feed->column_count; i++) {
        if (feed->columns[i].type == TOL_COLUMN_TEXT) {
            feed->cells[i].text = calloc(TOL_TABLE_BLOCK_ROWS, sizeof(char *));
        } else {
            feed->cells[i].number = calloc(TOL_TABLE_BLOCK_ROWS, sizeof(double));
        }
        if (feed->cells[i].text == NULL && feed->cells[i].number == NULL) {
            return false;
        }
    }
    return feed->cells != NULL;
}

static void free_cells(struct row_feed *feed)
{
    for (size_t i = 0; feed->cells != NULL && i < feed->column_count; i++) {
        free((void *)(uintptr_t)feed->cells[i].text);
        free(feed->cells[i].number);
    }
    free(feed->cells);
}

enum tol_status tol_parquet_write(int file, const char *path, const struct tol_table_column *columns,
                                  size_t column_count, tol_table_producer producer, void *context,
                                  struct tol_error *error)
{
    struct row_feed feed = {path, columns, column_count, producer, context, NULL, 0, TOL_OK, {0}};
    struct tol_session session;
    if (!make_cells(&feed) || duckdb_vector_size() < TOL_TABLE_BLOCK_ROWS) {
        free_cells(&feed);
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while writing Parquet");
    }
    enum tol_status status = tol_session_open(&session, TOL_SESSION_TABLE_FILE, file, path, 1, 0, error);
    if (status == TOL_OK) {
        status = copy_rows(&session, &feed, error);
        tol_session_close(&session);
    }
    free_cells(&feed);
    return status;
}
