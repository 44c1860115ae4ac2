#include "write/text_rows.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "supply/text.h"
#include "write/shortest_double.h"

struct text_rows {
    struct tol_output_file *output;
    const char *path;
    enum tol_table_format format;
    const struct tol_table_column *columns;
    size_t column_count;
    struct tol_table_cells *cells;
    struct tol_shortest_table shortest;
    uint64_t row; /* rows written so far */
    struct tol_error *error;
    enum tol_status status;
};

static void put(struct text_rows *rows, const char *text, size_t size)
{
    if (rows->status == TOL_OK) {
        rows->status = tol_output_file_write(rows->output, text, size, rows->error);
    }
}

static void put_text(struct text_rows *rows, const char *text)
{
    put(rows, text, strlen(text));
}

static void put_csv_text(struct text_rows *rows, const char *text, size_t length)
{
    if (length > 0 && strpbrk(text, ",\"\r\n") == NULL && text[0] != ' ' && text[length - 1] != ' ') {
        put(rows, text, length);
        return;
    }
    put(rows, "\"", 1);
    for (const char *quote; (quote = strchr(text, '"')) != NULL; text = quote + 1) {
        put(rows, text, (size_t)(quote + 1 - text));
        put(rows, "\"", 1);
    }
    put_text(rows, text);
    put(rows, "\"", 1);
}

static void put_json_text(struct text_rows *rows, const char *text)
{
    put(rows, "\"", 1);
    for (const char *from = text;; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte >= 0x20 && byte != '"' && byte != '\\') {
            continue;
        }
        put(rows, from, (size_t)(text - from));
        if (byte == '\0') {
            break;
        }
        char escaped[8];
        if (byte == '\n') {
            put_text(rows, "\\n");
        } else if (byte == '"' || byte == '\\') {
            snprintf(escaped, sizeof escaped, "\\%c", byte);
            put_text(rows, escaped);
        } else {
            snprintf(escaped, sizeof escaped, "\\u%04x", byte);
            put_text(rows, escaped);
        }
        from = text + 1;
    }
    put(rows, "\"", 1);
}

static void bad_value(struct text_rows *rows, size_t column, uint64_t row, const char *message)
{
    tol_fail(rows->error, TOL_BAD_DATA, "%s", message);
    rows->status = TOL_BAD_DATA;
    tol_fail_at(rows->error, TOL_BAD_DATA, rows->path, rows->row + row + 1, rows->columns[column].name, NULL);
}

static void put_number(struct text_rows *rows, size_t column, size_t row)
{
    double number = rows->cells[column].number[row];
    if (isinf(number)) {
        bad_value(rows, column, row, "an infinite number cannot be written");
        return;
    }
    if (isnan(number)) {
        put_text(rows, rows->format == TOL_TABLE_JSONL ? "null" : "");
        return;
    }
    char text[TOL_SHORTEST_TEXT_SIZE];
    put(rows, text, tol_shortest_double(&rows->shortest, number, text));
}

static void put_cell(struct text_rows *rows, size_t column, size_t row)
{
    if (rows->columns[column].type == TOL_COLUMN_DOUBLE) {
        put_number(rows, column, row);
        return;
    }
    const char *text = rows->cells[column].text[row];
    bool json = rows->format == TOL_TABLE_JSONL;
    if (text == NULL) {
        put_text(rows, json ? "null" : "");
        return;
    }
    size_t length = strlen(text);
    if (!tol_utf8_valid(text, length)) {
        bad_value(rows, column, row, "text that is not UTF-8 cannot be written");
    } else if (json) {
        put_json_text(rows, text);
    } else {
        put_csv_text(rows, text, length);
    }
}

static void put_row(struct text_rows *rows, size_t row)
{
    bool json = rows->format == TOL_TABLE_JSONL;
    for (size_t i = 0; i < rows->column_count && rows->status == TOL_OK; i++) {
        if (json) {
            put_text(rows, i == 0 ? "{" : ",");
            put_json_text(rows, rows->columns[i].name);
            put(rows, ":", 1);
        } else if (i > 0) {
            put(rows, ",", 1);
        }
        put_cell(rows, i, row);
    }
    put_text(rows, json ? "}\n" : "\n");
}

static void put_header(struct text_rows *rows)
{
    for (size_t i = 0; i < rows->column_count; i++) {
        put_text(rows, i == 0 ? "" : ",");
        put_csv_text(rows, rows->columns[i].name, strlen(rows->columns[i].name));
    }
    put(rows, "\n", 1);
}

static void put_all(struct text_rows *rows, tol_table_producer producer, void *context)
{
    if (rows->format == TOL_TABLE_CSV) {
        put_header(rows);
    }
    while (rows->status == TOL_OK) {
        size_t row_count = 0;
        rows->status = producer(context, rows->cells, &row_count, rows->error);
        assert(row_count <= TOL_TABLE_BLOCK_ROWS);
        if (row_count == 0) {
            break;
        }
        for (size_t row = 0; row < row_count && rows->status == TOL_OK; row++) {
            put_row(rows, row);
        }
        rows->row += row_count;
    }
}

static bool make_cells(struct text_rows *rows)
{
    rows->cells = calloc(rows->column_count, sizeof *rows->cells);
    for (size_t i = 0; rows->cells != NULL && i < rows->column_count; i++) {
        if (rows->columns[i].type == TOL_COLUMN_TEXT) {
            rows->cells[i].text = calloc(TOL_TABLE_BLOCK_ROWS, sizeof(char *));
        } else {
            rows->cells[i].number = calloc(TOL_TABLE_BLOCK_ROWS, sizeof(double));
        }
        if (rows->cells[i].text == NULL && rows->cells[i].number == NULL) {
            return false;
        }
    }
    return rows->cells != NULL;
}

enum tol_status tol_text_rows_write(struct tol_output_file *output, const char *path, enum tol_table_format format,
                                    const struct tol_table_column *columns, size_t column_count,
                                    tol_table_producer producer, void *context, struct tol_error *error)
{
    enum tol_status status = TOL_NO_MEMORY;
    struct text_rows *rows = calloc(1, sizeof *rows);
    if (rows != NULL) {
        *rows = (struct text_rows){.output = output,
                                   .path = path,
                                   .format = format,
                                   .columns = columns,
                                   .column_count = column_count,
                                   .error = error};
        tol_shortest_table_init(&rows->shortest);
        if (make_cells(rows)) {
            put_all(rows, producer, context);
            status = rows->status;
        } else {
            tol_fail(error, TOL_NO_MEMORY, "out of memory while writing a table");
        }
        for (size_t i = 0; rows->cells != NULL && i < column_count; i++) {
            free((void *)(uintptr_t)rows->cells[i].text);
            free(rows->cells[i].number);
        }
        free(rows->cells);
        free(rows);
        return status;
    }
    return tol_fail(error, TOL_NO_MEMORY, "out of memory while writing a table");
}
