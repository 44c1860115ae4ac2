/* tolmuur_score: the table function around a question and its rows. */
#include "functions.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault_text.h"
#include "parameters.h"
#include "score_question.h"

#include "tolmuur/text.h"

static const char function_name[] = "tolmuur_score";

enum { FIRM_ID_SIZE = 256, FAULT_SIZE = FAULT_TEXT_SIZE + 32 };

/* One execution. */
struct score_scan {
    struct score_rows *rows;
    const struct tol_score_column *column;
    size_t column_count;
    size_t wanted_count;
    idx_t wanted
        []; /* columns that the query asks for; one that is not a column of ours is a row number, whose values nobody reads */
};

static void release_question(void *context)
{
    score_question_release(context);
    free(context);
}

static void tell_bind(duckdb_bind_info info, const struct tol_error *error)
{
    char message[FAULT_SIZE];
    sql_fault_text(function_name, error, message, sizeof message);
    duckdb_bind_set_error(info, message);
}

static enum tol_status read_question(duckdb_bind_info info, struct score_question *question, struct tol_error *error)
{
    char *book = sql_parameter_text(info, 0, "book", error);
    if (book == NULL) {
        return error->status;
    }
    enum tol_status status = options_take(&question->options.argument, book, error);
    if (status == TOL_OK) {
        status = sql_parameters_read(info, score_question_options, &question->options, error);
    }
    if (status == TOL_OK && !options_given(&question->options, OPTION_TABLES)) {
        status =
            options_add(&question->options, OPTION_TABLES, law_ground_tables(duckdb_bind_get_extra_info(info)), error);
    }
    return status == TOL_OK ? score_question_open(question, error) : status;
}

static void bind(duckdb_bind_info info)
{
    struct tol_error error = {0};
    struct score_question *question = calloc(1, sizeof *question);
    if (question == NULL) {
        duckdb_bind_set_error(info, "tolmuur_score: out of memory");
        return;
    }
    duckdb_bind_set_bind_data(info, question, release_question);
    if (read_question(info, question, &error) != TOL_OK) {
        tell_bind(info, &error);
        return;
    }
    duckdb_logical_type text = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
    duckdb_logical_type number = duckdb_create_logical_type(DUCKDB_TYPE_DOUBLE);
    size_t count;
    const struct tol_score_column *column = score_question_columns(question, &count);
    for (size_t i = 0; i < count; i++) {
        duckdb_bind_add_result_column(info, column[i].name, column[i].kind == TOL_COLUMN_NUMBER ? number : text);
    }
    duckdb_destroy_logical_type(&text);
    duckdb_destroy_logical_type(&number);
    duckdb_bind_set_cardinality(info, question->book->firm_count * question->worlds.count, true);
}

static void release_scan(void *context)
{
    struct score_scan *scan = context;
    if (scan->rows != NULL) {
        score_rows_close(scan->rows);
    }
    free(scan);
}

static void init(duckdb_init_info info)
{
    const struct score_question *question = duckdb_init_get_bind_data(info);
    idx_t wanted = duckdb_init_get_column_count(info);
    struct score_scan *scan = calloc(1, sizeof *scan + wanted * sizeof scan->wanted[0]);
    if (scan == NULL) {
        duckdb_init_set_error(info, "tolmuur_score: out of memory");
        return;
    }
    duckdb_init_set_init_data(info, scan, release_scan);
    scan->column = score_question_columns(question, &scan->column_count);
    scan->wanted_count = wanted;
    for (idx_t i = 0; i < wanted; i++) {
        scan->wanted[i] = duckdb_init_get_column_index(info, i);
    }
    struct tol_error error = {0};
    if (score_rows_open(question, &scan->rows, &error) != TOL_OK) {
        char message[FAULT_SIZE];
        sql_fault_text(function_name, &error, message, sizeof message);
        duckdb_init_set_error(info, message);
        return;
    }
    duckdb_init_set_max_threads(info, score_rows_threads(scan->rows));
}

/* NULL: all is well; else what is wrong. */
static const char *put_numbers(duckdb_vector vector, const struct tol_score_row *rows, size_t count,
                               const struct tol_score_column *column)
{
    double *to = duckdb_vector_get_data(vector);
    uint64_t *validity = NULL;
    for (size_t row = 0; row < count; row++) {
        double number = score_number(&rows[row], column);
        to[row] = number;
        if (isinf(number)) {
            return "an infinite number cannot be written";
        }
        if (isnan(number)) {
            if (validity == NULL) {
                duckdb_vector_ensure_validity_writable(vector);
                validity = duckdb_vector_get_validity(vector);
            }
            to[row] = 0;
            duckdb_validity_set_row_invalid(validity, row);
        }
    }
    return NULL;
}

static bool is_utf8(const char *text, size_t length)
{
    for (size_t at = 0, step; at < length; at += step) {
        step = tol_utf8_length(text + at, length - at);
        if (step == 0) {
            return false;
        }
    }
    return true;
}

static const char *put_firm_ids(duckdb_vector vector, const struct tol_score_row *rows, size_t count,
                                const struct tol_book *book)
{
    char id[FIRM_ID_SIZE];
    for (size_t row = 0; row < count; row++) {
        tol_book_firm_id(book, rows[row].firm, id, sizeof id);
        size_t length = strlen(id);
        if (!is_utf8(id, length)) {
            return "text that is not UTF-8 cannot be written";
        }
        duckdb_vector_assign_string_element_len(vector, row, id, length);
    }
    return NULL;
}

static const char *put_texts(duckdb_vector vector, const struct tol_score_row *rows, size_t count,
                             const struct tol_score_column *column, struct score_texts *texts)
{
    for (size_t row = 0; row < count; row++) {
        const char *text = score_text(texts, &rows[row], column);
        if (text != NULL) {
            duckdb_vector_assign_string_element_len(vector, row, text, strlen(text));
        } else {
            duckdb_vector_ensure_validity_writable(vector);
            duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector), row);
        }
    }
    return NULL;
}

static enum tol_status put_rows(const struct score_scan *scan, duckdb_data_chunk chunk,
                                const struct tol_score_row *rows, size_t count, struct tol_error *error)
{
    struct score_texts *texts = score_rows_texts(scan->rows);
    for (size_t i = 0; i < scan->wanted_count; i++) {
        if (scan->wanted[i] >= scan->column_count) {
            continue;
        }
        const struct tol_score_column *column = &scan->column[scan->wanted[i]];
        duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, i);
        const char *fault = column->kind == TOL_COLUMN_NUMBER    ? put_numbers(vector, rows, count, column)
                            : column->kind == TOL_COLUMN_FIRM_ID ? put_firm_ids(vector, rows, count, texts->book)
                                                                 : put_texts(vector, rows, count, column, texts);
        if (fault != NULL) {
            tol_fail(error, TOL_BAD_DATA, "%s", fault);
            return tol_fail_at(error, TOL_BAD_DATA, NULL, 0, column->name, NULL);
        }
    }
    return TOL_OK;
}

static void produce(duckdb_function_info info, duckdb_data_chunk chunk)
{
    const struct score_scan *scan = duckdb_function_get_init_data(info);
    struct tol_error error = {0};
    const struct tol_score_row *rows = NULL;
    size_t count = 0;
    enum tol_status status = score_rows_take(scan->rows, duckdb_vector_size(), &rows, &count, &error);
    if (count > 0) {
        status = put_rows(scan, chunk, rows, count, &error);
        score_rows_give_back(scan->rows);
    }
    if (status != TOL_OK) {
        char message[FAULT_SIZE];
        sql_fault_text(function_name, &error, message, sizeof message);
        duckdb_function_set_error(info, message);
        count = 0;
    }
    duckdb_data_chunk_set_size(chunk, count);
}

bool sql_register_score(duckdb_connection connection, struct law_ground *ground)
{
    duckdb_table_function function = duckdb_create_table_function();
    duckdb_logical_type text = duckdb_create_logical_type(DUCKDB_TYPE_VARCHAR);
    duckdb_table_function_set_name(function, function_name);
    duckdb_table_function_add_parameter(function, text);
    sql_parameters_declare(function, score_question_options);
    duckdb_table_function_set_extra_info(function, law_ground_share(ground), law_ground_leave);
    duckdb_table_function_set_bind(function, bind);
    duckdb_table_function_set_init(function, init);
    duckdb_table_function_set_function(function, produce);
    duckdb_table_function_supports_projection_pushdown(function, true);
    bool taken = duckdb_register_table_function(connection, function) == DuckDBSuccess;
    duckdb_destroy_table_function(&function);
    duckdb_destroy_logical_type(&text);
    return taken;
}
