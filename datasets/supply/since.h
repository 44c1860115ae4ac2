/* Starting from an older book: firms whose rows are what they were keep their lines, and only the rows of the others are read. */
#ifndef TOLMUUR_SUPPLY_SINCE_H
#define TOLMUUR_SUPPLY_SINCE_H

#include <stdbool.h>
#include <stdint.h>

#include "datasets/supply.h"
#include "duckdb/api.h"
#include "supply/input.h"
#include "tolmuur/book.h"

#define TOL_SINCE_MAKER_SIZE 256

struct tol_since_side {
    struct tol_rows_digest *digest; /* [firms] in the order of arrival; NULL: the table cannot tell */
    uint32_t *older_firm;           /* [firms] as in struct tol_book_kept_side; NULL: all is read */
    struct tol_row_filter filter;   /* the rows of the others */
    uint64_t kept_rows;
    uint64_t kept_unnamed;
};

/* All zero: not asked for. */
struct tol_since {
    bool asked;
    struct tol_book *older;           /* NULL: there is none that can be used */
    char maker[TOL_SINCE_MAKER_SIZE]; /* "": no digests */
    uint64_t firm_count;              /* of the new book */
    uint32_t *older_of;               /* [firm_count] where a firm was; TOL_BOOK_NO_FIRM: nowhere */
    uint32_t *arrival;                /* [older->firm_count] */
    uint64_t stamp;                   /* of the tables' files when they were looked at */
    struct tol_since_side side[TOL_SIDE_COUNT];
};

/* Maps the older book. What keeps it from being used is noted, and all is read. Before the process is confined. */
void tol_since_open(struct tol_since *since, const struct tol_supply_options *options);
void tol_since_close(struct tol_since *since); /* a zero one too */

/* Once all firms are taken: asks the tables of lines which firms' rows changed. What they cannot tell is read, with a note. TOL_TRY_AGAIN: one is
 * being written. */
TOL_MUST_CHECK enum tol_status tol_since_compare(struct tol_since *since, const struct tol_supply_input *input,
                                                 const struct tol_supply_options *options,
                                                 const struct tol_book_builder *builder, struct tol_run *run,
                                                 struct tol_error *error);

/* After begin_lines: what is kept of the side. *filter is what must still be read, NULL: all rows. */
TOL_MUST_CHECK enum tol_status tol_since_keep(const struct tol_since *since, struct tol_book_builder *builder,
                                              enum tol_side side, const struct tol_row_filter **filter,
                                              struct tol_error *error);

/* Whether lines of the older book are taken. */
bool tol_since_keeps(const struct tol_since *since);

/* Whether the files of the tables are those that were compared. */
bool tol_since_same_files(const struct tol_since *since, const struct tol_supply_input *input);

#endif
