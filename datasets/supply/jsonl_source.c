/* One JSON object per line. Empty lines are skipped and not counted. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "supply/byte_source.h"
#include "supply/row_source.h"
#include "supply/text.h"

#define LINE_BYTES_MAX ((size_t)1 << 20)

struct jsonl_source {
    struct tol_row_source base;
    const struct tol_schema *schema;
    struct tol_byte_source *bytes;
    const char *block; /* what is left of the block */
    size_t block_size;
    char *line;
    size_t line_size;
    bool line_too_long;
    json_t *object; /* holds the texts of the row given last */
    struct tol_input_cell cell[TOL_SCHEMA_COLUMNS_MAX];
    char integer[TOL_SCHEMA_COLUMNS_MAX][24];
};

/* Appends to the line as far as the limit; the rest of too long a line is dropped. */
static void extend_line(struct jsonl_source *source, const char *bytes, size_t size)
{
    if (source->line_size + size > LINE_BYTES_MAX) {
        source->line_too_long = true;
        return;
    }
    memcpy(source->line + source->line_size, bytes, size);
    source->line_size += size;
}

/* Reads the next line that is not empty; *found is false at the end. */
static enum tol_status next_line(struct jsonl_source *source, bool *found, struct tol_error *error)
{
    source->line_size = 0;
    source->line_too_long = false;
    for (;;) {
        if (source->block_size == 0) {
            enum tol_status status = tol_byte_source_next(source->bytes, &source->block, &source->block_size, error);
            if (status != TOL_OK) {
                return status;
            }
            if (source->block_size == 0) {
                *found = source->line_size > 0 || source->line_too_long;
                return TOL_OK;
            }
        }
        const char *end = memchr(source->block, '\n', source->block_size);
        size_t size = end == NULL ? source->block_size : (size_t)(end - source->block);
        extend_line(source, source->block, size);
        source->block += size + (end != NULL);
        source->block_size -= size + (end != NULL);
        if (end != NULL && source->line_size > 0 && source->line[source->line_size - 1] == '\r') {
            source->line_size--;
        }
        if (end != NULL && (source->line_size > 0 || source->line_too_long)) {
            *found = true;
            return TOL_OK;
        }
    }
}

static struct tol_input_cell cell_of(const json_t *value, char integer[24])
{
    struct tol_input_cell cell = {TOL_CELL_NONE, "", 0};
    switch (json_typeof(value)) {
    case JSON_NULL:
        return cell;
    case JSON_STRING:
        cell.text = json_string_value(value);
        cell.kind = cell.text[0] == '\0' ? TOL_CELL_NONE : TOL_CELL_TEXT;
        return cell;
    case JSON_INTEGER:
        snprintf(integer, 24, "%lld", (long long)json_integer_value(value));
        cell.kind = TOL_CELL_INTEGER;
        cell.text = integer;
        return cell;
    case JSON_REAL:
        cell.kind = TOL_CELL_DOUBLE;
        cell.number = json_real_value(value);
        return cell;
    case JSON_TRUE:
    case JSON_FALSE:
        cell.kind = TOL_CELL_TEXT;
        cell.text = json_is_true(value) ? "yes" : "no";
        return cell;
    case JSON_OBJECT:
    case JSON_ARRAY:
        break;
    }
    cell.kind = TOL_CELL_OTHER;
    cell.text = json_is_array(value) ? "a list" : "an object";
    return cell;
}

static void fill_cells(struct jsonl_source *source, struct tol_input_row *row)
{
    memset(source->cell, 0, sizeof source->cell);
    const char *key;
    json_t *value;
    json_object_foreach(source->object, key, value)
    {
        size_t column = tol_schema_find(source->schema, key);
        if (column == source->schema->count) {
            const char *nearest = tol_schema_nearest(source->schema, key);
            snprintf(row->fault_column, sizeof row->fault_column, "%s", key);
            snprintf(row->fault, sizeof row->fault, "unknown column%s%s; rename it or take it out",
                     nearest[0] == '\0' ? "" : ", did you mean ", nearest);
            return;
        }
        source->cell[column] = cell_of(value, source->integer[column]);
    }
}

static enum tol_status jsonl_next(struct tol_row_source *base, struct tol_input_row *row, struct tol_error *error)
{
    struct jsonl_source *source = (struct jsonl_source *)base;
    bool found;
    enum tol_status status = next_line(source, &found, error);
    row->end = status == TOL_OK && !found;
    row->cell = source->cell;
    row->fault[0] = row->fault_column[0] = '\0';
    if (status != TOL_OK || row->end) {
        return status;
    }
    json_decref(source->object);
    source->object = NULL;
    if (source->line_too_long) {
        snprintf(row->fault, sizeof row->fault, "a line of more than a million bytes; write one object per line");
        return TOL_OK;
    }
    if (!tol_utf8_valid(source->line, source->line_size)) {
        snprintf(row->fault, sizeof row->fault, "not UTF-8 text; save the file in UTF-8");
        return TOL_OK;
    }
    json_error_t fault;
    source->object = json_loadb(source->line, source->line_size, JSON_REJECT_DUPLICATES, &fault);
    if (source->object == NULL) {
        snprintf(row->fault, sizeof row->fault, "not JSON: %.150s (byte %d of the line)", fault.text, fault.position);
    } else if (!json_is_object(source->object)) {
        snprintf(row->fault, sizeof row->fault, "not a JSON object; write {\"column\": value, ...} on each line");
    } else {
        fill_cells(source, row);
    }
    return TOL_OK;
}

static void jsonl_close(struct tol_row_source *base)
{
    struct jsonl_source *source = (struct jsonl_source *)base;
    json_decref(source->object);
    tol_byte_source_close(source->bytes);
    free(source->line);
    free(source);
}

enum tol_status tol_jsonl_source_open(const char *path, const struct tol_schema *schema, struct tol_row_source **source,
                                      struct tol_error *error)
{
    struct tol_byte_source *bytes;
    enum tol_status status = tol_byte_source_open(path, false, &bytes, error);
    if (status != TOL_OK) {
        return status;
    }
    struct jsonl_source *opened = calloc(1, sizeof *opened);
    if (opened == NULL) {
        tol_byte_source_close(bytes);
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while opening a file");
    }
    opened->bytes = bytes;
    opened->schema = schema;
    opened->base.next = jsonl_next;
    opened->base.close = jsonl_close;
    opened->base.column_count = schema->count;
    opened->base.column_name = schema->name;
    opened->line = malloc(LINE_BYTES_MAX);
    if (opened->line == NULL) {
        jsonl_close(&opened->base);
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while opening a file");
    }
    *source = &opened->base;
    return TOL_OK;
}
