#include "held_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The memory with room for needed entries, moved if need be; NULL when there is none (the old one stays). */
static void *grown(void *memory, size_t *room, size_t needed, size_t size)
{
    if (memory != NULL && needed <= *room) {
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

/* Cells are noted as offsets, since the text still moves. */
static enum tol_status hold_row(void *context, const char *const *field, const char *file, uint64_t row,
                                struct tol_error *error)
{
    struct held_table *table = context;
    size_t columns = table->shape->column_count;
    size_t size = 0;
    for (size_t i = 0; i < columns; i++) {
        size += strlen(field[i]) + 1;
    }
    char *text = grown(table->text, &table->text_room, table->text_size + size, 1);
    table->text = text != NULL ? text : table->text;
    size_t *start = grown(table->start, &table->start_room, (table->row_count + 1) * columns, sizeof *start);
    table->start = start != NULL ? start : table->start;
    if (text == NULL || start == NULL) {
        tol_fail(error, TOL_NO_MEMORY, "no memory to hold the table");
        return tol_fail_at(error, TOL_NO_MEMORY, file, row, NULL, NULL);
    }
    for (size_t i = 0; i < columns; i++) {
        size_t length = strlen(field[i]);
        start[table->row_count * columns + i] = table->text_size;
        memcpy(text + table->text_size, field[i], length + 1);
        table->text_size += length + 1;
    }
    table->row_count++;
    return TOL_OK;
}

enum tol_status tol_held_table_read(const char *path, const struct csv_shape *shape, struct held_table *table,
                                    struct tol_error *error)
{
    *table = (struct held_table){.shape = shape};
    snprintf(table->path, sizeof table->path, "%s", path);
    return tol_csv_table_read(path, shape, hold_row, table, error);
}

void tol_held_table_free(struct held_table *table)
{
    free(table->text);
    free(table->start);
    *table = (struct held_table){.shape = table->shape};
}
