/* A small CSV table held in memory, cells as text: the real rows that go before the fictional ones. */
#ifndef TOLMUUR_GENERATE_HELD_TABLE_H
#define TOLMUUR_GENERATE_HELD_TABLE_H

#include <stddef.h>

#include "tables/csv_table.h"

/* Cells lie row after row in the shape's order, whatever the file's own order is; texts are zero-terminated and owned by the table. */
struct held_table {
    char path[512];
    const struct csv_shape *shape; /* borrowed */
    char *text;
    size_t text_size, text_room;
    size_t *start; /* [row_count][shape->column_count] of each cell in text */
    size_t start_room;
    size_t row_count;
};

/* Reads the whole file as tol_csv_table_read does, with its faults, or TOL_NO_MEMORY. The table is to be freed in any case. */
TOL_MUST_CHECK enum tol_status tol_held_table_read(const char *path, const struct csv_shape *shape,
                                                   struct held_table *table, struct tol_error *error);

void tol_held_table_free(struct held_table *table);

/* "" for a column that the file has not. */
static inline const char *held_cell(const struct held_table *table, size_t row, size_t column)
{
    return table->text + table->start[row * table->shape->column_count + column];
}

#endif
