/* Rows as binary COPY (copy_decode.h says how it looks). */
#ifndef TOLMUUR_POSTGRES_COPY_ENCODE_H
#define TOLMUUR_POSTGRES_COPY_ENCODE_H

#include "datasets/table_writer.h"
#include "write/text_block.h"

extern const char tol_copy_start[19];
extern const char tol_copy_trailer[2];

/* Appends rows: text as text, doubles as double precision, NULL and NaN as null. label: the table, row_before: rows of it before these, for
 * messages. TOL_BAD_DATA: an infinity, a text that is not UTF-8. TOL_NO_MEMORY. Thread safe. */
TOL_MUST_CHECK enum tol_status tol_copy_block(const char *label, const struct tol_table_column *columns,
                                              size_t column_count, const struct tol_table_cells *cells,
                                              uint64_t row_before, size_t row_count, struct tol_text_buffer *buffer,
                                              struct tol_error *error);

#endif
