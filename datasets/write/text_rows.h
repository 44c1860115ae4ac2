/* Rows as CSV or JSON lines, formatted by several threads. */
#ifndef TOLMUUR_WRITE_TEXT_ROWS_H
#define TOLMUUR_WRITE_TEXT_ROWS_H

#include "datasets/table_writer.h"
#include "write/output_file.h"

/* Writes header (CSV) and all rows; path is for messages. run NULL: on the calling thread. */
TOL_MUST_CHECK enum tol_status tol_text_rows_write(struct tol_output_file *output, const char *path,
                                                   enum tol_table_format format, const struct tol_table_column *columns,
                                                   size_t column_count, const struct tol_table_rows *rows,
                                                   struct tol_run *run, struct tol_error *error);

#endif
