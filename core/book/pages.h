/* A growing array in pages of about 1 MiB: nothing is moved when it grows, and pages can be given back while it is read. */
#ifndef TOLMUUR_BOOK_PAGES_H
#define TOLMUUR_BOOK_PAGES_H

#include <stddef.h>
#include <stdint.h>

#include "tolmuur/allocator.h"

struct tol_pages {
    const struct tol_allocator *allocator;
    size_t element_size;
    unsigned shift; /* elements per page: 1 << shift */
    void **page;
    size_t page_count;
    size_t page_capacity;
    uint64_t count;
};

void tol_pages_init(struct tol_pages *pages, const struct tol_allocator *allocator, size_t element_size);
void tol_pages_free(struct tol_pages *pages);
/* Room for one more element, not yet counted, contents undefined; NULL when out of memory. tol_pages_push_done counts it. */
void *tol_pages_push(struct tol_pages *pages);
/* Gives one page back; its elements must not be touched again. */
void tol_pages_release(struct tol_pages *pages, size_t page);

static inline void tol_pages_push_done(struct tol_pages *pages)
{
    pages->count++;
}

static inline void *tol_pages_at(const struct tol_pages *pages, uint64_t index)
{
    char *page = pages->page[index >> pages->shift];
    return page + (index & ((UINT64_C(1) << pages->shift) - 1)) * pages->element_size;
}

#endif
