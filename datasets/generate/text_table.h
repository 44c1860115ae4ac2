/* A small CSV file held in memory: header and cells as text. */
#ifndef TOLMUUR_GENERATE_TEXT_TABLE_H
#define TOLMUUR_GENERATE_TEXT_TABLE_H

#include <stddef.h>

#include "tolmuur/status.h"

/* Cells lie row after row, the header first; all texts are zero-terminated and owned by the table. */
struct text_table {
    char path[512];
    char *text;
    const char **cells;
    size_t column_count;
    size_t row_count; /* without the header */
};

/* Reads the whole file. TOL_NO_INPUT: cannot be opened. TOL_BAD_DATA: no header, or a row whose number of cells differs. */
TOL_MUST_CHECK enum tol_status tol_text_table_read(const char *path, struct text_table *table, struct tol_error *error);

void tol_text_table_free(struct text_table *table);

/* Position of a column, or column_count when there is none of that name. */
size_t tol_text_table_column(const struct text_table *table, const char *name);

/* Cell of a data row, counted from 0. */
static inline const char *text_table_cell(const struct text_table *table, size_t row, size_t column)
{
    return table->cells[(row + 1) * table->column_count + column];
}

#endif
