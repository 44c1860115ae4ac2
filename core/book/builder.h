/* Inside of the book's builder. */
#ifndef TOLMUUR_BOOK_BUILDER_H
#define TOLMUUR_BOOK_BUILDER_H

#include "book/intern.h"
#include "book/pages.h"
#include "tolmuur/book.h"

/* A line (other: its cell) or a link (other: the counterpart's rank), as it waits for sorting. */
struct tol_row_record {
    uint32_t firm; /* rank */
    uint32_t other;
    double value_eur;
};

/* Rows of all firms, packed: firm f owns [start[f], start[f + 1]), sorted by other, none twice. */
struct tol_rows {
    uint64_t *start; /* [firm_count + 1] */
    uint32_t *other; /* [count] */
    double *value_eur;
    uint64_t count;
};

struct tol_cell_table {
    struct tol_pages cell; /* of struct tol_cell, facts in the order of first appearance */
    uint32_t *slot;        /* index + 1; 0: empty */
    uint64_t slot_count;
};

struct tol_side_builder {
    struct tol_pages line;
    struct tol_pages link;
    struct tol_cell_table table;
    uint64_t row_count;
    uint64_t unnamed_count;
    /* once packed: */
    struct tol_cell *cell; /* sorted, facts still in the order of first appearance */
    uint64_t cell_count;
    struct tol_rows lines;
    struct tol_rows links;
    struct tol_concentration *concentration; /* [firm_count] */
};

struct tol_firm_entry {
    const char *name;
    double number[TOL_FIRM_NUMBER_COUNT];
    tol_country country;
    uint16_t sector; /* in the order of first appearance */
};

enum tol_builder_stage { TOL_TAKING_FIRMS, TOL_TAKING_SALES, TOL_TAKING_PURCHASES, TOL_FINISHED };

struct tol_book_builder {
    const struct tol_allocator *allocator;
    enum tol_builder_stage stage;
    struct tol_intern firm_id;
    struct tol_text_store firm_name;
    struct tol_pages firm; /* of struct tol_firm_entry, in the order of arrival like firm_id */
    struct tol_intern sector;
    struct tol_intern facts;
    uint32_t *firm_sorted; /* rank -> arrival; NULL while firms are taken */
    uint32_t *firm_rank;   /* arrival -> rank */
    uint64_t rejected_count;
    struct tol_side_builder side[TOL_SIDE_COUNT];
};

/* An array of the builder's allocator; count 0 gives one element. NULL when out of memory. */
void *tol_array_create(const struct tol_allocator *allocator, uint64_t count, size_t element_size);
void tol_array_destroy(const struct tol_allocator *allocator, void *array, uint64_t count, size_t element_size);

enum tol_status tol_builder_no_memory(struct tol_error *error);

/* Finds or adds a cell. */
TOL_MUST_CHECK enum tol_status tol_cell_table_put(struct tol_cell_table *table, const struct tol_cell *cell,
                                                  uint32_t *index, struct tol_error *error);
void tol_cell_table_init(struct tol_cell_table *table, const struct tol_allocator *allocator);
void tol_cell_table_free(struct tol_cell_table *table);

/* Sorts and merges the side's rows into its packed form and gives back what they took. */
TOL_MUST_CHECK enum tol_status tol_side_pack(struct tol_book_builder *builder, enum tol_side side,
                                             struct tol_error *error);

/* records (their pages are given back on the way) -> rows; map renumbers `other`, NULL leaves it. */
TOL_MUST_CHECK enum tol_status tol_rows_pack(const struct tol_allocator *allocator, struct tol_pages *records,
                                             uint64_t firm_count, const uint32_t *map, struct tol_rows *rows,
                                             struct tol_error *error);
void tol_rows_free(const struct tol_allocator *allocator, struct tol_rows *rows, uint64_t firm_count);

/* Concentration of one firm from its packed lines and links. */
struct tol_concentration tol_concentration_of(const struct tol_side_builder *side, enum tol_side which, uint64_t firm);

#endif
