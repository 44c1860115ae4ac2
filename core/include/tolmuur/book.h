/* The book: a portfolio as one mapped file. Written once by a builder, then only read. */
#ifndef TOLMUUR_BOOK_H
#define TOLMUUR_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tolmuur/allocator.h"
#include "tolmuur/code.h"
#include "tolmuur/run.h"
#include "tolmuur/status.h"
#include "tolmuur/whole_file.h"

#pragma GCC visibility push(default)

/* Different fact texts of a book, at most. */
#define TOL_BOOK_FACTS_MAX (UINT32_C(1) << 31)

/* Distinct (importer, origin, product, facts): what law and economics price. Lines whose counterpart is a firm of the book stand on
 * cells of their own: what happens to the buyer or supplier is known there from the firm itself, elsewhere from its sector. */
struct tol_cell {
    tol_product product;
    tol_country importer;
    tol_country origin;
    uint32_t facts : 31; /* index into the book's fact texts; 0 is "" (nothing known) */
    uint32_t named : 1;  /* the counterpart is a firm of the book */
};

enum tol_side { TOL_SALES = 0, TOL_PURCHASES = 1, TOL_SIDE_COUNT };

/* A firm's numbers as given; NaN where the input gave none (revenue_eur is always there). Money in EUR per year. */
enum tol_firm_number {
    TOL_REVENUE = 0,
    TOL_PURCHASES_TOTAL,
    TOL_EBITDA,
    TOL_INTEREST,
    TOL_CONTRIBUTION_MARGIN, /* fraction */
    TOL_COST_PASS_THROUGH,   /* fraction in [0,1] */
    TOL_LOAN,
    TOL_VACANCY_DIFFICULTY,
    TOL_PRODUCTIVITY_GROWTH,
    TOL_ENERGY_COST_SHARE,
    TOL_AUTOMATION,
    TOL_DIGITALISATION,
    TOL_INVESTMENT_RATE,
    TOL_CHAIN_COOPERATION,
    TOL_LIQUIDITY,
    TOL_FIRM_NUMBER_COUNT
};
/* Column name of a number in the supply tables ("revenue_eur" ...). */
const char *tol_firm_number_name(enum tol_firm_number number);

/* Figures that the builder derives once from a firm's lines, because no scenario changes them. Sums run over the merged lines in
 * stored order. Shares are fractions; NaN when there are no lines on that side. */
struct tol_concentration {
    double total_eur;             /* all lines of the side */
    double watched_eur;           /* sales: destination US; purchases: origin CN */
    double hhi;                   /* sales: by destination; purchases: by origin; in (0,1] */
    double largest_partner_share; /* largest single named counterpart's part of total_eur; 0 when none is named */
};

/* One side of the portfolio in compressed rows: firm f owns lines [line_start[f], line_start[f + 1]) and links
 * [link_start[f], link_start[f + 1]). Lines are sorted by cell and no cell comes twice in a firm; links are sorted by counterpart and no
 * counterpart comes twice. Cells are sorted (sales: importer, origin, product, facts, named; purchases: origin, importer, product, facts, named) and each is used. */
struct tol_book_side {
    uint64_t cell_count;
    uint64_t line_count;
    uint64_t link_count;
    const struct tol_cell *cell;  /* [cell_count] */
    const uint64_t *line_start;   /* [firm_count + 1] */
    const uint32_t *line_cell;    /* [line_count] */
    const double *line_value_eur; /* [line_count] > 0 or 0 */
    const uint64_t *link_start;   /* [firm_count + 1] */
    const uint32_t *link_firm;    /* [link_count] the customer (sales) or supplier (purchases), a firm of the book */
    const double *link_value_eur; /* [link_count] */
    const struct tol_concentration *concentration; /* [firm_count] */
};

/* Read-only view; every pointer is into the mapping and 64-byte aligned. Firms are sorted by the bytes of firm_id. */
struct tol_book {
    uint64_t firm_count;
    uint64_t row_count[3]; /* input rows accepted: firms, sales, purchases */
    uint64_t rejected_count;
    const uint64_t *firm_id_start;   /* [firm_count + 1] into firm_id_text */
    const char *firm_id_text;        /* not zero-terminated one by one */
    const uint64_t *firm_name_start; /* [firm_count + 1] into firm_name_text */
    const char *firm_name_text;
    const tol_country *firm_country;                  /* [firm_count] */
    const uint16_t *firm_sector;                      /* [firm_count] index into sector texts */
    const double *firm_number[TOL_FIRM_NUMBER_COUNT]; /* each [firm_count] */
    uint32_t sector_count;
    uint32_t facts_count;
    struct tol_book_side side[TOL_SIDE_COUNT];
    struct tol_book_private *private_part;
};

/* Maps a book. Cost does not depend on its size: header and section table are verified here, sections by tol_book_verify.
 * Caller owns *book. TOL_NO_INPUT, TOL_BAD_DATA (not a book, other version, truncated, header damaged), TOL_IO. */
TOL_MUST_CHECK enum tol_status tol_book_open(const char *path, struct tol_book **book, struct tol_error *error);
void tol_book_close(struct tol_book *book);

/* The same for books of the same content, and for no others in practice: the checksum over the section table, which holds all sections' checksums. */
uint64_t tol_book_identity(const struct tol_book *book);

/* Bytes of the file that is mapped, and where they stand. */
uint64_t tol_book_bytes(const struct tol_book *book);
const void *tol_book_file(const struct tol_book *book);

/* XXH3 over what an answer shows of a firm that another one names: id, name, country and sector text. Texts that damage has led astray
 * count as empty. */
uint64_t tol_book_label_checksum(const struct tol_book *book, uint64_t firm);

/* Reads every section through and compares its XXH3 checksum, and checks that all indices are in range, so that no later step can
 * read outside the mapping. On run's workers; NULL: in this thread. TOL_BAD_DATA names the section. */
TOL_MUST_CHECK enum tol_status tol_book_verify(const struct tol_book *book, struct tol_run *run,
                                               struct tol_error *error);
/* Bounds check of just one firm's rows and the cells they name: what `firm` needs before it reads them. */
TOL_MUST_CHECK enum tol_status tol_book_verify_firm(const struct tol_book *book, uint64_t firm,
                                                    struct tol_error *error);

/* Texts are copied out and zero-terminated (cut to size). Sector and facts texts by index. */
void tol_book_firm_id(const struct tol_book *book, uint64_t firm, char *text, size_t size);
void tol_book_firm_name(const struct tol_book *book, uint64_t firm, char *text, size_t size);
const char *tol_book_sector(const struct tol_book *book, uint32_t sector); /* "C28.1" or "28"; as given */
const char *tol_book_facts(const struct tol_book *book, uint32_t facts);

/* Binary search over sorted ids. False when there is no such firm. */
bool tol_book_find(const struct tol_book *book, const char *firm_id, uint64_t *firm);

/* Tells the rows of one table that a firm has from other rows, in whatever order they came. */
struct tol_rows_digest {
    uint64_t sum;           /* of a 64-bit hash of each row, modulo 2^64 */
    uint32_t row_count;     /* UINT32_MAX: as many and more, which is like no other digest */
    uint32_t unnamed_count; /* of these rows, without a link */
};
/* [firm_count] of the side's table; NULL for a book that was built without them. */
const struct tol_rows_digest *tol_book_digests(const struct tol_book *book, enum tol_side side);
/* What made the hashes and read the rows, "" without digests: only where it is the same do equal digests mean equal lines. Static as the book. */
const char *tol_book_digest_maker(const struct tol_book *book);

/* ---- building ------------------------------------------------------------------------------------------------ */

struct tol_firm_row {
    const char *firm_id; /* 1 to 255 bytes */
    const char *name;    /* "" when not given */
    const char *sector;
    tol_country country;
    double number[TOL_FIRM_NUMBER_COUNT]; /* NaN: not given */
};

struct tol_line_row {
    const char *firm_id;
    const char *counterpart_id; /* "" when not given; a firm that is not in the book counts as not named */
    const char *facts;          /* canonical fact text; "" when none */
    tol_product product;
    tol_country importer;
    tol_country origin; /* 0: the firm's country */
    double value_eur;   /* finite, >= 0 */
};
/* importer 0 on a purchase likewise means the firm's country. */

struct tol_book_builder;

/* Rows come in this order: all firms, then tol_book_builder_begin_lines(SALES) and its lines, then PURCHASES and its lines, then finish.
 * Memory: at most 3 x the finished book's size. Not thread safe but for what says so. */
TOL_MUST_CHECK enum tol_status tol_book_builder_create(const struct tol_allocator *allocator,
                                                       struct tol_book_builder **builder, struct tol_error *error);
void tol_book_builder_destroy(struct tol_book_builder *builder);
/* TOL_BAD_DATA: duplicate firm_id, a number that is infinite or beyond 1e18, too long a text (error->row is left to the caller). The row was not taken, the builder stays usable. */
TOL_MUST_CHECK enum tol_status tol_book_builder_add_firm(struct tol_book_builder *builder,
                                                         const struct tol_firm_row *row, struct tol_error *error);
TOL_MUST_CHECK enum tol_status tol_book_builder_begin_lines(struct tol_book_builder *builder, enum tol_side side,
                                                            struct tol_error *error);
/* TOL_BAD_DATA: unknown firm, value not in [0, 1e18]. A line that names its own firm as counterpart makes no link. The row was not taken, the builder stays usable. */
TOL_MUST_CHECK enum tol_status tol_book_builder_add_line(struct tol_book_builder *builder,
                                                         const struct tol_line_row *row, struct tol_error *error);
/* The workers of run (which must outlive the builder) sort and pack what is read, and may add lines side by side. Before begin_lines. The
 * book does not depend on it. The allocator must then be thread safe. */
void tol_book_builder_use(struct tol_book_builder *builder, struct tol_run *run);

/* Names the book's file before finish does, so that each part can go to the disk while the next one is read. The file stays the caller's, to be
 * published after finish or abandoned, and must live as long as the builder. TOL_NO_MEMORY. Optional, once, after the firms. */
TOL_MUST_CHECK enum tol_status tol_book_builder_output(struct tol_book_builder *builder, struct tol_whole_file *file,
                                                       struct tol_error *error);

#define TOL_BOOK_NO_FIRM UINT32_MAX
/* Lines in columns of [count], with nothing left to look up: every value in [0, 1e18], else it asserts. */
struct tol_line_block {
    size_t count;
    const uint32_t *firm;        /* place in the order of arrival */
    const uint32_t *counterpart; /* likewise; TOL_BOOK_NO_FIRM: not named */
    const uint32_t *facts;       /* of tol_book_builder_facts; 0: none */
    const tol_product *product;
    const tol_country *importer; /* 0: the firm's country */
    const tol_country *origin;   /* 0: the firm's country */
    const double *value_eur;
};
/* Adds all lines of the block. worker < threads of the run (0 without one); each worker may be inside at the same time as the others.
 * TOL_NO_MEMORY, TOL_BAD_DATA (too many different cells): the builder can only be destroyed. */
TOL_MUST_CHECK enum tol_status tol_book_builder_add_block(struct tol_book_builder *builder, unsigned worker,
                                                          const struct tol_line_block *block, struct tol_error *error);
/* The number of a canonical fact text. Thread safe. TOL_BAD_DATA: too long, too many. */
TOL_MUST_CHECK enum tol_status tol_book_builder_facts(struct tol_book_builder *builder, const char *text,
                                                      uint32_t *facts, struct tol_error *error);
/* Places in the order of arrival of count firm ids (length[i] bytes each, need not be zero-terminated; length 0: not given), TOL_BOOK_NO_FIRM
 * where there is none. Thread safe once lines are read. */
void tol_book_builder_find_all(const struct tol_book_builder *builder, size_t count, const char *const *firm_id,
                               const uint32_t *length, uint32_t *arrival);
void tol_book_builder_count_rejected(struct tol_book_builder *builder, uint64_t rows);
/* A firm's place in the order of arrival; false when it is not there. */
bool tol_book_builder_find(const struct tol_book_builder *builder, const char *firm_id, uint64_t *arrival);
/* The firm's id, zero-terminated, as long as the builder is there. */
const char *tol_book_builder_firm_id(const struct tol_book_builder *builder, uint64_t arrival, uint32_t *length);
/* The firm's country; arrival as in tol_book_builder_find. */
tol_country tol_book_builder_country(const struct tol_book_builder *builder, uint64_t arrival);

/* A side of which some firms' lines are copied from an older book instead of being added. Arrays are copied. */
struct tol_book_kept_side {
    /* [firms] in the order of arrival. unnamed_count is not read: the builder counts anew. */
    const struct tol_rows_digest *digest;
    /* Verified; must outlive the builder. NULL: nothing is copied. */
    const struct tol_book *older;
    /* [firms] in the order of arrival: the firm there whose lines are this one's; TOL_BOOK_NO_FIRM: they are added. */
    const uint32_t *older_firm;
    /* [older->firm_count] where the older book's firms are now, in the order of arrival; TOL_BOOK_NO_FIRM: gone. */
    const uint32_t *arrival;
};
/* After begin_lines of the side and before its first line. Copied lines must be what the builder would make of the firm's rows: of the same
 * rows, country, and set of firms that they name. The book is then the same as without. TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_book_builder_keep(struct tol_book_builder *builder, enum tol_side side,
                                                     const struct tol_book_kept_side *kept, struct tol_error *error);
/* Has finish write the digests of tol_book_builder_keep (maker: tol_book_digest_maker, must outlive the builder), unless rows were rejected. */
void tol_book_builder_write_digests(struct tol_book_builder *builder, const char *maker);

struct tol_book_builder_counts {
    uint64_t firms;
    uint64_t lines[TOL_SIDE_COUNT]; /* rows taken, before merging */
    uint64_t unnamed_lines
        [TOL_SIDE_COUNT]; /* of them without a link: counterpart not given, not in the book, or the firm itself */
};
void tol_book_builder_counts(const struct tol_book_builder *builder, struct tol_book_builder_counts *counts);
/* Writes path.tmp-XXXXXX beside path, syncs, renames; or fills the file that tol_book_builder_output named (path: NULL). The same rows in any order give the same bytes. On failure nothing
 * is left behind and an older file at path is untouched. TOL_CANNOT_CREATE, TOL_IO, TOL_BAD_DATA (no firms). */
TOL_MUST_CHECK enum tol_status tol_book_builder_finish(struct tol_book_builder *builder, const char *path,
                                                       struct tol_error *error);

#pragma GCC visibility pop

#endif
