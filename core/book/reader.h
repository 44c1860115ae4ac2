/* Inside of an open book. */
#ifndef TOLMUUR_BOOK_READER_H
#define TOLMUUR_BOOK_READER_H

#include "file/sections.h"
#include "tolmuur/book.h"

struct tol_book_private {
    struct tol_sections *sections;
    uint64_t firm_id_bytes;
    uint64_t firm_name_bytes;
    const uint64_t *sector_start; /* [sector_count + 1] */
    const char *sector_text;      /* zero-terminated texts; the last byte is checked to be 0 when the book is opened */
    uint64_t sector_bytes;
    const uint64_t *facts_start; /* [facts_count + 1] */
    const char *facts_text;
    uint64_t facts_bytes;
    const uint64_t *firm_checksum;                        /* [firm_count] */
    const struct tol_rows_digest *digest[TOL_SIDE_COUNT]; /* [firm_count]; NULL: none */
    const char *digest_maker;                             /* "" without digests */
};

/* XXH3 over a firm's id, name, country, sector text and numbers, and both sides' values, links, figures and the content of its cells.
 * The firm's ranges have been checked. The same for a book being built and for the book read. */
uint64_t tol_book_firm_checksum(const struct tol_book *book, uint64_t firm);

#endif
