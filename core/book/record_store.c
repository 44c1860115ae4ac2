#include "book/record_store.h"

#include <string.h>

/* A run of pages; the first slabs are small, so that a book of one firm stays small. */
struct tol_record_slab {
    struct tol_record_slab *before;
    uint64_t page_count;
    uint64_t used;
    struct tol_record_page page[];
};

enum { SLAB_PAGES_FIRST = 15, SLAB_PAGES_MOST = 1023 };

unsigned tol_bucket_shift(uint64_t firm_count)
{
    unsigned shift = 0;
    /* At least 512 buckets where there are as many firms, and at most 1024 firms to a bucket. */
    while (shift < 10 && firm_count >> (shift + 10) > 0) {
        shift++;
    }
    return shift;
}

bool tol_record_store_init(struct tol_record_store *store, const struct tol_allocator *allocator, uint64_t firm_count)
{
    *store = (struct tol_record_store){.allocator = allocator, .shift = tol_bucket_shift(firm_count)};
    uint64_t count = tol_bucket_count(firm_count, store->shift);
    count = count == 0 ? 1 : count;
    store->last = allocator->allocate(allocator->context, count * sizeof *store->last, 64);
    if (store->last == NULL) {
        return false;
    }
    memset(store->last, 0, count * sizeof *store->last);
    store->bucket_count = count;
    return true;
}

static size_t slab_bytes(uint64_t page_count)
{
    return sizeof(struct tol_record_slab) + page_count * sizeof(struct tol_record_page);
}

void tol_record_store_free(struct tol_record_store *store)
{
    const struct tol_allocator *allocator = store->allocator;
    while (store->slab != NULL) {
        struct tol_record_slab *slab = store->slab;
        store->slab = slab->before;
        allocator->release(allocator->context, slab, slab_bytes(slab->page_count));
    }
    if (store->last != NULL) {
        allocator->release(allocator->context, store->last, store->bucket_count * sizeof *store->last);
    }
    *store = (struct tol_record_store){0};
}

static bool add_slab(struct tol_record_store *store)
{
    uint64_t page_count = store->slab == NULL ? SLAB_PAGES_FIRST : 4 * store->slab->page_count + 3;
    page_count = page_count > SLAB_PAGES_MOST ? SLAB_PAGES_MOST : page_count;
    struct tol_record_slab *slab = store->allocator->allocate(store->allocator->context, slab_bytes(page_count), 64);
    if (slab == NULL) {
        return false;
    }
    slab->before = store->slab;
    slab->page_count = page_count;
    slab->used = 0;
    store->slab = slab;
    return true;
}

struct tol_record_page *tol_record_store_grow(struct tol_record_store *store, uint64_t bucket)
{
    if ((store->slab == NULL || store->slab->used == store->slab->page_count) && !add_slab(store)) {
        return NULL;
    }
    struct tol_record_page *page = &store->slab->page[store->slab->used++];
    page->before = store->last[bucket];
    page->used = 0;
    store->last[bucket] = page;
    return page;
}
