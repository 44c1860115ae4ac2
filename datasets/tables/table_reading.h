/* What the readers of single tables share: faults with their place, tables that may be absent, plain digits. */
#ifndef TOLMUUR_DATASETS_TABLE_READING_H
#define TOLMUUR_DATASETS_TABLE_READING_H

#include <stdbool.h>
#include <stddef.h>

#include "tables/csv_table.h"

#define TABLE_PATH_SIZE 4096

/* TOL_BAD_DATA with message and place; row 0: no row. */
enum tol_status tol_table_fault(struct tol_error *error, const char *file, uint64_t row, const char *column,
                                const char *value, const char *message);

/* TOL_NO_MEMORY. */
enum tol_status tol_table_no_memory(struct tol_error *error);

/* folder/name. TOL_BAD_DATA when the path is too long. */
TOL_MUST_CHECK enum tol_status tol_table_path(char path[TABLE_PATH_SIZE], const char *folder, const char *name,
                                              struct tol_error *error);

/* Reads folder/name; an absent file has no rows. */
TOL_MUST_CHECK enum tol_status tol_table_read_if_there(const char *folder, const char *name,
                                                       const struct csv_shape *shape, csv_row_function function,
                                                       void *context, struct tol_error *error);

/* Nothing but `count` digits. */
bool tol_table_digits(const char *text, size_t count);

#endif
