#include "write/text_block.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "supply/text.h"
#include "tolmuur/text.h"

bool tol_text_buffer_room(struct tol_text_buffer *buffer, size_t size)
{
    if (buffer->capacity - buffer->used >= size) {
        return true;
    }
    size_t capacity = buffer->capacity + buffer->capacity / 2 + size + 4096;
    char *byte = realloc(buffer->byte, capacity);
    if (byte == NULL) {
        return false;
    }
    buffer->byte = byte;
    buffer->capacity = capacity;
    return true;
}

static bool put(struct tol_text_buffer *buffer, const char *bytes, size_t size)
{
    if (!tol_text_buffer_room(buffer, size)) {
        return false;
    }
    if (size > 0) { /* a buffer that nothing was put into has no memory yet */
        memcpy(buffer->byte + buffer->used, bytes, size);
        buffer->used += size;
    }
    return true;
}

static bool put_text(struct tol_text_buffer *buffer, const char *text)
{
    return put(buffer, text, strlen(text));
}

static bool put_csv_text(struct tol_text_buffer *buffer, const char *text, size_t length, bool raw)
{
    bool formula = !raw && tol_text_runs_as_formula(text);
    if (!formula && length > 0 && strpbrk(text, ",\"\r\n") == NULL && text[0] != ' ' && text[length - 1] != ' ') {
        return put(buffer, text, length);
    }
    if (!tol_text_buffer_room(buffer, 2 * length + 3)) {
        return false;
    }
    char *to = buffer->byte + buffer->used;
    *to++ = '"';
    if (formula) {
        *to++ = TOL_TEXT_NO_FORMULA[0];
    }
    for (; *text != '\0'; text++) {
        *to++ = *text;
        if (*text == '"') {
            *to++ = '"';
        }
    }
    *to++ = '"';
    buffer->used = (size_t)(to - buffer->byte);
    return true;
}

static char *escape(char *to, unsigned char byte)
{
    if (byte == '\n') {
        *to++ = '\\';
        *to++ = 'n';
        return to;
    }
    if (byte == '"' || byte == '\\') {
        *to++ = '\\';
        *to++ = (char)byte;
        return to;
    }
    return to + snprintf(to, 7, "\\u%04x", byte);
}

static bool put_json_text(struct tol_text_buffer *buffer, const char *text, size_t length)
{
    if (!tol_text_buffer_room(buffer, 6 * length + 3)) {
        return false;
    }
    char *to = buffer->byte + buffer->used;
    *to++ = '"';
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte >= 0x20 && byte != '"' && byte != '\\') {
            *to++ = *text;
        } else {
            to = escape(to, byte);
        }
    }
    *to++ = '"';
    buffer->used = (size_t)(to - buffer->byte);
    return true;
}

static enum tol_status no_memory(struct tol_error *error)
{
    return tol_fail(error, TOL_NO_MEMORY, "out of memory while writing a table");
}

enum tol_status tol_text_layout_init(struct tol_text_layout *layout, enum tol_table_format format, const char *path,
                                     const struct tol_table_column *columns, size_t column_count,
                                     struct tol_error *error)
{
    *layout =
        (struct tol_text_layout){.format = format, .path = path, .columns = columns, .column_count = column_count};
    tol_shortest_table_init(&layout->shortest);
    layout->before_start = calloc(column_count + 1, sizeof *layout->before_start);
    bool made = layout->before_start != NULL;
    for (size_t i = 0; i < column_count && made; i++) {
        const char *name = columns[i].name;
        if (format == TOL_TABLE_JSONL) {
            made = put_text(&layout->before, i == 0 ? "{" : ",") &&
                   put_json_text(&layout->before, name, strlen(name)) && put(&layout->before, ":", 1);
        } else {
            made = put_text(&layout->before, i == 0 ? "" : ",");
        }
        layout->before_start[i + 1] = layout->before.used;
    }
    return made ? TOL_OK : no_memory(error);
}

void tol_text_layout_free(struct tol_text_layout *layout)
{
    free(layout->before.byte);
    free(layout->before_start);
    *layout = (struct tol_text_layout){0};
}

enum tol_status tol_text_header(const struct tol_text_layout *layout, struct tol_text_buffer *buffer,
                                struct tol_error *error)
{
    bool made = true;
    for (size_t i = 0; i < layout->column_count && made; i++) {
        const char *name = layout->columns[i].name;
        made = put_text(buffer, i == 0 ? "" : ",") && put_csv_text(buffer, name, strlen(name), true);
    }
    return made && put(buffer, "\n", 1) ? TOL_OK : no_memory(error);
}

/* A block on its way. */
struct writing {
    const struct tol_text_layout *layout;
    const struct tol_table_cells *cells;
    struct tol_text_buffer *buffer;
    uint64_t row_before;
    struct tol_error *error;
    /* Where the text of the column's row before stands in the buffer: many columns give one and the same text again and again. */
    struct last_text {
        const char *text;
        size_t start;
        size_t size;
    } * last;
};

static enum tol_status bad_value(const struct writing *writing, size_t column, size_t row, const char *message)
{
    tol_fail(writing->error, TOL_BAD_DATA, "%s", message);
    return tol_fail_at(writing->error, TOL_BAD_DATA, writing->layout->path, writing->row_before + row + 1,
                       writing->layout->columns[column].name, NULL);
}

static enum tol_status put_number(const struct writing *writing, size_t column, size_t row)
{
    struct tol_text_buffer *buffer = writing->buffer;
    double number = writing->cells[column].number[row];
    if (isinf(number)) {
        return bad_value(writing, column, row, "an infinite number cannot be written");
    }
    if (!tol_text_buffer_room(buffer, TOL_SHORTEST_TEXT_SIZE)) {
        return no_memory(writing->error);
    }
    if (!isnan(number)) {
        buffer->used += tol_shortest_double(&writing->layout->shortest, number, buffer->byte + buffer->used);
    } else if (writing->layout->format == TOL_TABLE_JSONL) {
        memcpy(buffer->byte + buffer->used, "null", 4);
        buffer->used += 4;
    }
    return TOL_OK;
}

static enum tol_status put_cell(const struct writing *writing, size_t column, size_t row)
{
    struct tol_text_buffer *buffer = writing->buffer;
    const char *text = writing->cells[column].text[row];
    struct last_text *last = writing->last + column;
    bool json = writing->layout->format == TOL_TABLE_JSONL;
    if (text == NULL) {
        return !json || put(buffer, "null", 4) ? TOL_OK : no_memory(writing->error);
    }
    if (text == last->text) {
        if (!tol_text_buffer_room(buffer, last->size)) {
            return no_memory(writing->error);
        }
        memcpy(buffer->byte + buffer->used, buffer->byte + last->start, last->size);
        buffer->used += last->size;
        return TOL_OK;
    }
    size_t length = strlen(text);
    if (!tol_utf8_valid(text, length)) {
        return bad_value(writing, column, row, "text that is not UTF-8 cannot be written");
    }
    size_t start = buffer->used;
    if (!(json ? put_json_text(buffer, text, length)
               : put_csv_text(buffer, text, length, writing->layout->columns[column].raw))) {
        return no_memory(writing->error);
    }
    *last = (struct last_text){text, start, buffer->used - start};
    return TOL_OK;
}

static enum tol_status put_row(const struct writing *writing, size_t row)
{
    const struct tol_text_layout *layout = writing->layout;
    enum tol_status status = TOL_OK;
    for (size_t i = 0; i < layout->column_count && status == TOL_OK; i++) {
        size_t start = layout->before_start[i];
        if (!put(writing->buffer, layout->before.byte + start, layout->before_start[i + 1] - start)) {
            return no_memory(writing->error);
        }
        status = (layout->columns[i].type == TOL_COLUMN_DOUBLE ? put_number : put_cell)(writing, i, row);
    }
    if (status == TOL_OK && !put_text(writing->buffer, layout->format == TOL_TABLE_JSONL ? "}\n" : "\n")) {
        return no_memory(writing->error);
    }
    return status;
}

enum tol_status tol_text_block(const struct tol_text_layout *layout, const struct tol_table_cells *cells,
                               uint64_t row_before, size_t row_count, struct tol_text_buffer *buffer,
                               struct tol_error *error)
{
    struct writing writing = {layout, cells, buffer, row_before, error, NULL};
    writing.last = calloc(layout->column_count, sizeof *writing.last);
    if (writing.last == NULL) {
        return no_memory(error);
    }
    enum tol_status status = TOL_OK;
    for (size_t row = 0; row < row_count && status == TOL_OK; row++) {
        status = put_row(&writing, row);
    }
    free(writing.last);
    return status;
}

struct tol_table_cells *tol_table_cells_create(const struct tol_table_column *columns, size_t column_count)
{
    struct tol_table_cells *cells = calloc(column_count, sizeof *cells);
    for (size_t i = 0; cells != NULL && i < column_count; i++) {
        if (columns[i].type == TOL_COLUMN_TEXT) {
            cells[i].text = calloc(TOL_TABLE_BLOCK_ROWS, sizeof(char *));
        } else {
            cells[i].number = calloc(TOL_TABLE_BLOCK_ROWS, sizeof(double));
        }
        if (cells[i].text == NULL && cells[i].number == NULL) {
            tol_table_cells_free(cells, column_count);
            return NULL;
        }
    }
    return cells;
}

void tol_table_cells_free(struct tol_table_cells *cells, size_t column_count)
{
    for (size_t i = 0; cells != NULL && i < column_count; i++) {
        free((void *)(uintptr_t)cells[i].text);
        free(cells[i].number);
    }
    free(cells);
}
