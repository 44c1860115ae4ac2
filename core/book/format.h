/* What the sections of a book are called; docs/book.md describes them. */
#ifndef TOLMUUR_BOOK_FORMAT_H
#define TOLMUUR_BOOK_FORMAT_H

#include <stdint.h>

#define TOL_BOOK_KIND "BOOK"
#define TOL_BOOK_VERSION 3u

/* Section "counts". */
struct tol_book_counts {
    uint64_t firm_count;
    uint64_t row_count[3];
    uint64_t rejected_count;
    uint64_t sector_count;
    uint64_t facts_count;
    struct {
        uint64_t cell_count;
        uint64_t line_count;
        uint64_t link_count;
        uint64_t unnamed_count; /* lines without a link */
    } side[2];
};

/* Section names of one side. */
struct tol_side_section_names {
    const char *cell, *line_start, *line_cell, *line_value, *link_start, *link_firm, *link_value, *concentration;
    const char *digest; /* optional */
};
/* Goes with the digests: a zero-terminated text. */
#define TOL_BOOK_DIGEST_MAKER "digest_maker"
extern const struct tol_side_section_names tol_side_section_names[2];

#endif
