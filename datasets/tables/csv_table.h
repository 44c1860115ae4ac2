/* One CSV file with a known header, row by row. */
#ifndef TOLMUUR_DATASETS_CSV_TABLE_H
#define TOLMUUR_DATASETS_CSV_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "tolmuur/status.h"

#define CSV_COLUMNS_MAX 32

struct csv_shape {
    const char *const *column;
    unsigned column_count; /* <= CSV_COLUMNS_MAX */
    unsigned required;     /* the first so many must be in the header */
};

/* field: [column_count] in the shape's order, "" for columns that the file has not. A fault may be returned without file and row. */
typedef enum tol_status (*csv_row_function)(void *context, const char *const *field, const char *file, uint64_t row,
                                            struct tol_error *error);

/* Strict: RFC 4180 quoting, one header line with known columns, each once, in any order; every row as wide as the header; UTF-8 without
 * control bytes. TOL_NO_INPUT when there is no such file, TOL_IO, TOL_BAD_DATA with file, row and column. */
TOL_MUST_CHECK enum tol_status tol_csv_table_read(const char *path, const struct csv_shape *shape,
                                                  csv_row_function function, void *context, struct tol_error *error);

#endif
