/* The quick way from a block of rows to lines of the book: codes that came before are looked up and not read again, and any row that is not
 * plain is left to the careful way (tol_read_line), which knows every fault. */
#ifndef TOLMUUR_SUPPLY_QUICK_LINES_H
#define TOLMUUR_SUPPLY_QUICK_LINES_H

#include "supply/reader.h"

/* Of one block, until its rows are counted. */
struct tol_quick_rows {
    size_t capacity;
    uint32_t *firm;    /* [rows] place in the order of arrival; TOL_BOOK_NO_FIRM: read the row the careful way */
    double *value_eur; /* [rows] of the others */
    uint64_t unnamed;  /* of the others: lines without a link */
};
void tol_quick_rows_free(struct tol_quick_rows *rows);

/* What one worker remembers. */
struct tol_quick_reader;
/* place: of each of the source's columns in the schema. NULL when out of memory. */
struct tol_quick_reader *tol_quick_reader_create(const struct tol_table_reader *reader, const size_t *place,
                                                 size_t column_count);
void tol_quick_reader_free(struct tol_quick_reader *quick); /* NULL allowed */

/* Reads a split block, and adds its plain lines to the book (unless lines are only checked). */
TOL_MUST_CHECK enum tol_status tol_quick_lines(struct tol_quick_reader *quick, unsigned worker,
                                               const struct tol_row_block *block, struct tol_quick_rows *rows,
                                               struct tol_error *error);

#endif
