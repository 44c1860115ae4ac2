/* Cells are collected as offsets while libcsv parses, and turned into pointers when the text no longer moves. */
#include "text_table.h"

#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct collector {
    struct text_table *table;
    char *text;
    size_t text_size, text_room;
    size_t *offset;
    size_t cell_count, cell_room;
    size_t row_cells, row;
    enum tol_status status;
};

/* The memory with room for needed entries, moved if need be; NULL when there is none (the old one stays). */
static void *grown(void *memory, size_t *room, size_t needed, size_t size)
{
    if (needed <= *room) {
        return memory;
    }
    size_t wanted = *room > 0 ? *room * 2 : 4096;
    while (wanted < needed) {
        wanted *= 2;
    }
    void *larger = realloc(memory, wanted * size);
    *room = larger != NULL ? wanted : *room;
    return larger;
}

static void take_cell(void *bytes, size_t length, void *context)
{
    struct collector *collector = context;
    if (collector->status != TOL_OK) {
        return;
    }
    char *text = grown(collector->text, &collector->text_room, collector->text_size + length + 1, 1);
    collector->text = text != NULL ? text : collector->text;
    size_t *offset = grown(collector->offset, &collector->cell_room, collector->cell_count + 1, sizeof *offset);
    collector->offset = offset != NULL ? offset : collector->offset;
    if (text == NULL || offset == NULL) {
        collector->status = TOL_NO_MEMORY;
        return;
    }
    collector->offset[collector->cell_count++] = collector->text_size;
    if (length > 0) {
        memcpy(collector->text + collector->text_size, bytes, length);
    }
    collector->text_size += length;
    collector->text[collector->text_size++] = '\0';
    collector->row_cells++;
}

static void take_row(int terminator, void *context)
{
    struct collector *collector = context;
    (void)terminator;
    if (collector->status != TOL_OK) {
        return;
    }
    if (collector->table->column_count == 0) {
        collector->table->column_count = collector->row_cells;
    } else {
        collector->row++;
        if (collector->row_cells != collector->table->column_count) {
            collector->status = TOL_BAD_DATA;
        }
    }
    collector->row_cells = 0;
}

static enum tol_status parse(FILE *stream, struct collector *collector)
{
    struct csv_parser parser;
    char block[16384];
    size_t length;
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
        return TOL_NO_MEMORY;
    }
    while ((length = fread(block, 1, sizeof block, stream)) > 0) {
        if (csv_parse(&parser, block, length, take_cell, take_row, collector) != length) {
            csv_free(&parser);
            return TOL_BAD_DATA;
        }
    }
    int ended = csv_fini(&parser, take_cell, take_row, collector);
    csv_free(&parser);
    if (ferror(stream)) {
        return TOL_IO;
    }
    if (collector->status == TOL_OK && (ended != 0 || collector->table->column_count == 0)) {
        return TOL_BAD_DATA;
    }
    return collector->status;
}

static enum tol_status finish(struct collector *collector)
{
    struct text_table *table = collector->table;
    table->cells = malloc(collector->cell_count * sizeof *table->cells);
    if (table->cells == NULL) {
        return TOL_NO_MEMORY;
    }
    for (size_t cell = 0; cell < collector->cell_count; cell++) {
        table->cells[cell] = collector->text + collector->offset[cell];
    }
    table->text = collector->text;
    table->row_count = collector->cell_count / table->column_count - 1;
    collector->text = NULL;
    return TOL_OK;
}

enum tol_status tol_text_table_read(const char *path, struct text_table *table, struct tol_error *error)
{
    *table = (struct text_table){0};
    snprintf(table->path, sizeof table->path, "%s", path);
    FILE *stream = fopen(path, "rb");
    if (stream == NULL) {
        tol_fail(error, TOL_NO_INPUT, "cannot be opened; name the folder that holds it");
        return tol_fail_at(error, TOL_NO_INPUT, path, 0, NULL, NULL);
    }
    struct collector collector = {.table = table};
    enum tol_status status = parse(stream, &collector);
    fclose(stream);
    if (status == TOL_OK) {
        status = finish(&collector);
    }
    free(collector.offset);
    free(collector.text);
    if (status != TOL_OK) {
        tol_text_table_free(table);
        tol_fail(error, status, "%s",
                 status == TOL_BAD_DATA ? "is no CSV table: every row must have the cells of the header"
                                        : "could not be read");
        return tol_fail_at(error, status, path, collector.row, NULL, NULL);
    }
    return TOL_OK;
}

void tol_text_table_free(struct text_table *table)
{
    free(table->text);
    free(table->cells);
    table->text = NULL;
    table->cells = NULL;
}

size_t tol_text_table_column(const struct text_table *table, const char *name)
{
    for (size_t column = 0; column < table->column_count; column++) {
        if (strcmp(table->cells[column], name) == 0) {
            return column;
        }
    }
    return table->column_count;
}
