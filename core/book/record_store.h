/* Lines or links as they wait for packing: pages of 4 KiB, one chain for each bucket, a bucket being a run of neighbouring firms. Packing
 * then reads one bucket after the other, in the caches. */
#ifndef TOLMUUR_BOOK_RECORD_STORE_H
#define TOLMUUR_BOOK_RECORD_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tolmuur/allocator.h"

/* A line (other: its cell) or a link (other: the counterpart's rank). */
struct tol_row_record {
    uint32_t firm; /* rank */
    uint32_t other;
    double value_eur;
};

#define TOL_PAGE_RECORDS 255
struct tol_record_page {
    struct tol_record_page *before;
    uint64_t used;
    struct tol_row_record record[TOL_PAGE_RECORDS];
};

struct tol_record_store {
    const struct tol_allocator *allocator;
    unsigned shift; /* firm >> shift is its bucket */
    uint64_t bucket_count;
    struct tol_record_page **last; /* [bucket_count]; NULL: nothing yet */
    struct tol_record_slab *slab;
    uint64_t count;
};

/* How many neighbouring firms (1 << shift) share a bucket. */
unsigned tol_bucket_shift(uint64_t firm_count);
static inline uint64_t tol_bucket_count(uint64_t firm_count, unsigned shift)
{
    return (firm_count + (UINT64_C(1) << shift) - 1) >> shift;
}

/* False when out of memory. */
bool tol_record_store_init(struct tol_record_store *store, const struct tol_allocator *allocator, uint64_t firm_count);
/* Also for a store that is all zero. */
void tol_record_store_free(struct tol_record_store *store);
/* The bucket's chain with room for one record more; NULL when out of memory. */
struct tol_record_page *tol_record_store_grow(struct tol_record_store *store, uint64_t bucket);

static inline bool tol_record_store_put(struct tol_record_store *store, struct tol_row_record record)
{
    uint64_t bucket = record.firm >> store->shift;
    struct tol_record_page *page = store->last[bucket];
    if (page == NULL || page->used == TOL_PAGE_RECORDS) {
        page = tol_record_store_grow(store, bucket);
        if (page == NULL) {
            return false;
        }
    }
    page->record[page->used++] = record;
    store->count++;
    return true;
}

#endif
