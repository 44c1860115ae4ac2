/* Inside of the book's builder. */
#ifndef TOLMUUR_BOOK_BUILDER_H
#define TOLMUUR_BOOK_BUILDER_H

#include <pthread.h>

#include "book/intern.h"
#include "book/pages.h"
#include "book/record_store.h"
#include "tolmuur/book.h"
#include "tolmuur/run.h"

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

/* What one thread gathers of the side that is being read: cells are numbered lane by lane and united when the side is packed. */
struct tol_book_lane {
    struct tol_cell_table table;
    struct tol_record_store line;
    struct tol_record_store link;
    uint64_t row_count;
    uint64_t unnamed_count;
};

/* Rows that are copied from an older book. All zero: none are. */
struct tol_kept_rows {
    const uint32_t *older_firm; /* [firms] by rank; TOL_BOOK_NO_FIRM: the firm's rows come as records */
    const uint64_t *start;      /* the older book's */
    const uint32_t *other;
    const double *value_eur;
    const uint32_t *map; /* from its others to those of this book, in the same order; TOL_BOOK_NO_FIRM: not there */
};

/* What a side copies. */
struct tol_kept {
    const struct tol_book *older; /* NULL: nothing */
    uint32_t *older_firm;         /* [firms] by rank */
    uint32_t *rank;               /* [older firms] */
    uint32_t *cell;               /* [older cells]; NULL until cells are united */
};

struct tol_side_builder {
    uint64_t row_count;
    uint64_t unnamed_count;
    struct tol_kept kept;
    struct tol_rows_digest *digest; /* [firms] by rank; NULL: none */
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
    pthread_mutex_t facts_mutex;
    uint32_t *firm_sorted;          /* rank -> arrival; NULL while firms are taken */
    uint32_t *firm_rank;            /* arrival -> rank */
    tol_country *home;              /* by arrival */
    struct tol_run *run;            /* NULL: one thread; not owned */
    struct tol_book_output *output; /* NULL: not named yet */
    struct tol_book_lane *lane;
    unsigned lane_count;
    uint64_t rejected_count;
    struct tol_side_builder side[TOL_SIDE_COUNT];
    const char *digest_maker; /* NULL: digests are not written */
};

/* An array of the builder's allocator; count 0 gives one element. NULL when out of memory. */
void *tol_array_create(const struct tol_allocator *allocator, uint64_t count, size_t element_size);
void tol_array_destroy(const struct tol_allocator *allocator, void *array, uint64_t count, size_t element_size);

enum tol_status tol_builder_no_memory(struct tol_error *error);

/* The side whose lines are taken. */
static inline enum tol_side tol_builder_side(const struct tol_book_builder *builder)
{
    return builder->stage == TOL_TAKING_SALES ? TOL_SALES : TOL_PURCHASES;
}

/* Workers of the builder's run, 1 without one. */
unsigned tol_builder_workers(const struct tol_book_builder *builder);

/* Writes to the output, when it is named, what is complete by now. */
TOL_MUST_CHECK enum tol_status tol_builder_write_ahead(struct tol_book_builder *builder, struct tol_error *error);
/* Leaves nothing of an unfinished file. */
void tol_builder_drop_output(struct tol_book_builder *builder);

/* Empty lanes for a side; they are given back by tol_lanes_free. */
TOL_MUST_CHECK enum tol_status tol_lanes_create(struct tol_book_builder *builder, struct tol_error *error);
void tol_lanes_free(struct tol_book_builder *builder);

/* Finds or adds cells, at most TOL_CELLS_AT_ONCE. */
#define TOL_CELLS_AT_ONCE 32
TOL_MUST_CHECK enum tol_status tol_cell_table_put(struct tol_cell_table *table, const struct tol_cell *cell,
                                                  size_t count, uint32_t *index, struct tol_error *error);
void tol_cell_table_init(struct tol_cell_table *table, const struct tol_allocator *allocator);
void tol_cell_table_free(struct tol_cell_table *table);

/* Sorts and merges the side's rows into its packed form and gives back what they took. */
TOL_MUST_CHECK enum tol_status tol_side_pack(struct tol_book_builder *builder, enum tol_side side,
                                             struct tol_error *error);

/* The lanes' lines or links (given back on the way) and the kept ones -> rows; map[lane] renumbers `other`, NULL leaves it. */
TOL_MUST_CHECK enum tol_status tol_rows_pack(struct tol_book_builder *builder, bool links, const uint32_t *const *map,
                                             const struct tol_kept_rows *kept, struct tol_rows *rows,
                                             struct tol_error *error);
void tol_rows_free(const struct tol_allocator *allocator, struct tol_rows *rows, uint64_t firm_count);

/* Puts the cells of the side's kept lines into the table; kept.cell says where each is. */
TOL_MUST_CHECK enum tol_status tol_kept_unite(struct tol_book_builder *builder, enum tol_side which,
                                              struct tol_cell_table *united, struct tol_error *error);
/* kept.cell through place: [cells of the united table]. */
void tol_kept_place(struct tol_side_builder *side, enum tol_side which, const uint32_t *place);
struct tol_kept_rows tol_kept_rows(const struct tol_side_builder *side, enum tol_side which, bool links);
void tol_kept_free(struct tol_side_builder *side, enum tol_side which, const struct tol_allocator *allocator,
                   uint64_t firm_count);

/* Concentration of one firm from its packed lines and links. */
struct tol_concentration tol_concentration_of(const struct tol_side_builder *side, enum tol_side which, uint64_t firm);

#endif
