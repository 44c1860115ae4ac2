/* A CSV file in blocks of whole rows, for several threads. The rows and their faults are those of tol_csv_source_open. */
#ifndef TOLMUUR_SUPPLY_CSV_BLOCKS_H
#define TOLMUUR_SUPPLY_CSV_BLOCKS_H

#include "supply/row_source.h"

#define TOL_CSV_CELL_BYTES_MAX ((size_t)1 << 20)
#define TOL_CSV_QUOTE_FAULT                                                                                            \
    "a quotation mark that does not open or close a cell, or is never closed; put the whole cell in quotation marks "  \
    "and double those inside. The rest of the file was not read"
#define TOL_CSV_LENGTH_FAULT                                                                                           \
    "a cell or row of more than a million bytes; look for a quotation mark that is never closed"

struct tol_csv_blocks;
/* path must outlive *blocks. */
TOL_MUST_CHECK enum tol_status tol_csv_blocks_open(const char *path, bool gzip, size_t column_count,
                                                   struct tol_csv_blocks **blocks, struct tol_error *error);
void tol_csv_blocks_close(struct tol_csv_blocks *blocks); /* NULL allowed */

/* The parts of struct tol_row_source. A fault's row is TOL_ROW_AFTER: the one after all rows counted so far. */
TOL_MUST_CHECK enum tol_status tol_csv_blocks_take(struct tol_csv_blocks *blocks, struct tol_row_block *block,
                                                   struct tol_error *error);
TOL_MUST_CHECK enum tol_status tol_csv_blocks_split(const struct tol_csv_blocks *blocks, struct tol_row_block *block,
                                                    struct tol_error *error);
/* cell: [column_count], filled with texts that live until the next call. */
TOL_MUST_CHECK enum tol_status tol_csv_blocks_row(struct tol_csv_blocks *blocks, const struct tol_row_block *block,
                                                  size_t index, struct tol_input_cell *cell, struct tol_input_row *row,
                                                  struct tol_error *error);
void tol_csv_blocks_release(struct tol_row_block *block);

/* What is wrong with a row as a whole; row->fault stays "" when nothing is. */
void tol_csv_describe_fault(struct tol_input_row *row, bool bad_text, size_t cell_count, size_t column_count);

#endif
