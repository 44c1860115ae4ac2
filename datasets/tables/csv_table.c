#include "tables/csv_table.h"

#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELD_SIZE_MAX (1u << 20)

struct reading {
    const char *path;
    const struct csv_shape *shape;
    csv_row_function function;
    void *context;
    struct tol_error *error;
    enum tol_status status;
    char *text; /* the row's fields, zero-terminated one after the other */
    size_t used, capacity;
    size_t start[CSV_COLUMNS_MAX];
    unsigned fields;                /* of the row under way */
    unsigned width;                 /* of the header */
    int column_of[CSV_COLUMNS_MAX]; /* file column -> column of the shape */
    bool header_seen;
    uint64_t row;
};

static void fail(struct reading *reading, const char *column, const char *value, const char *message)
{
    if (reading->status == TOL_OK) {
        tol_fail(reading->error, TOL_BAD_DATA, "%s", message);
        reading->status = tol_fail_at(reading->error, TOL_BAD_DATA, reading->path, reading->row, column, value);
    }
}

static bool room_for(struct reading *reading, size_t size)
{
    if (reading->used + size <= reading->capacity) {
        return true;
    }
    size_t capacity = 2 * (reading->used + size);
    char *text = realloc(reading->text, capacity);
    if (text == NULL) {
        reading->status = tol_fail(reading->error, TOL_NO_MEMORY, "out of memory while reading a table");
        return false;
    }
    reading->text = text;
    reading->capacity = capacity;
    return true;
}

static bool printable(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f) {
            return false;
        }
    }
    return true;
}

static void take_field(void *field, size_t size, void *context)
{
    struct reading *reading = context;
    if (reading->status != TOL_OK) {
        return;
    }
    if (reading->fields == 0 && reading->header_seen) {
        reading->row++;
    }
    const char *column = reading->header_seen && reading->fields < reading->width
                             ? reading->shape->column[reading->column_of[reading->fields]]
                             : NULL;
    if (size > FIELD_SIZE_MAX || (size > 0 && !printable(field, size))) {
        fail(reading, column, "", "a field holds control bytes or is over a megabyte; write plain text");
        return;
    }
    if (reading->fields == CSV_COLUMNS_MAX || (reading->header_seen && reading->fields == reading->width)) {
        fail(reading, NULL, NULL, "more fields than the header has columns; quote fields that hold commas");
        return;
    }
    if (!room_for(reading, size + 1)) {
        return;
    }
    reading->start[reading->fields++] = reading->used;
    if (size > 0) {
        memcpy(reading->text + reading->used, field, size);
    }
    reading->text[reading->used + size] = '\0';
    reading->used += size + 1;
}

static int shape_column(const struct csv_shape *shape, const char *name)
{
    for (unsigned i = 0; i < shape->column_count; i++) {
        if (strcmp(shape->column[i], name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

static void fail_unknown(struct reading *reading, const char *name)
{
    char message[400];
    size_t used = (size_t)snprintf(message, sizeof message, "unknown column; the table's columns are");
    for (unsigned i = 0; i < reading->shape->column_count && used < sizeof message; i++) {
        used += (size_t)snprintf(message + used, sizeof message - used, "%s %s", i > 0 ? "," : "",
                                 reading->shape->column[i]);
    }
    fail(reading, name, NULL, message);
}

static void take_header(struct reading *reading)
{
    bool seen[CSV_COLUMNS_MAX] = {false};
    for (unsigned i = 0; i < reading->fields; i++) {
        const char *name = reading->text + reading->start[i];
        int column = shape_column(reading->shape, name);
        if (column < 0) {
            fail_unknown(reading, name);
            return;
        }
        if (seen[column]) {
            fail(reading, name, NULL, "the column stands in the header twice");
            return;
        }
        seen[column] = true;
        reading->column_of[i] = column;
    }
    for (unsigned i = 0; i < reading->shape->required; i++) {
        if (!seen[i]) {
            fail(reading, reading->shape->column[i], NULL, "the column is missing from the header; add it");
            return;
        }
    }
    reading->width = reading->fields;
    reading->header_seen = true;
}

static void take_row(int end, void *context)
{
    struct reading *reading = context;
    (void)end;
    if (reading->status != TOL_OK) {
        return;
    }
    if (!reading->header_seen) {
        take_header(reading);
    } else if (reading->fields != reading->width) {
        fail(reading, NULL, NULL, "fewer fields than the header has columns");
    } else {
        const char *field[CSV_COLUMNS_MAX];
        for (unsigned i = 0; i < reading->shape->column_count; i++) {
            field[i] = "";
        }
        for (unsigned i = 0; i < reading->fields; i++) {
            field[reading->column_of[i]] = reading->text + reading->start[i];
        }
        reading->status = reading->function(reading->context, field, reading->path, reading->row, reading->error);
    }
    reading->fields = 0;
    reading->used = 0;
}

static void parse(struct reading *reading, struct csv_parser *parser, FILE *file)
{
    char block[65536];
    size_t size;
    while (reading->status == TOL_OK && (size = fread(block, 1, sizeof block, file)) > 0) {
        if (csv_parse(parser, block, size, take_field, take_row, reading) != size) {
            reading->row += reading->fields == 0 && reading->header_seen;
            fail(reading, NULL, NULL, csv_strerror(csv_error(parser)));
        }
    }
    if (reading->status == TOL_OK && ferror(file)) {
        tol_fail(reading->error, TOL_IO, "cannot read the file: %s", strerror(errno));
        reading->status = tol_fail_at(reading->error, TOL_IO, reading->path, 0, NULL, NULL);
    }
    if (reading->status == TOL_OK && csv_fini(parser, take_field, take_row, reading) != 0) {
        fail(reading, NULL, NULL, "the file ends inside a quoted field; close the quote");
    }
    if (reading->status == TOL_OK && !reading->header_seen) {
        fail(reading, NULL, NULL, "the file is empty; it needs at least its header line");
    }
}

enum tol_status tol_csv_table_read(const char *path, const struct csv_shape *shape, csv_row_function function,
                                   void *context, struct tol_error *error)
{
    struct reading reading = {
        .path = path, .shape = shape, .function = function, .context = context, .error = error, .status = TOL_OK};
    struct csv_parser parser;
    FILE *file = fopen(path, "rbe");
    if (file == NULL) {
        tol_fail(error, TOL_NO_INPUT, "cannot open the table: %s", strerror(errno));
        return tol_fail_at(error, TOL_NO_INPUT, path, 0, NULL, NULL);
    }
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
        fclose(file);
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while reading a table");
    }
    parse(&reading, &parser, file);
    csv_free(&parser);
    fclose(file);
    free(reading.text);
    return reading.status;
}
