#include "book/pages.h"

#include <string.h>

#define PAGE_BYTES ((size_t)1 << 20)

static size_t page_bytes(const struct tol_pages *pages)
{
    return pages->element_size << pages->shift;
}

void tol_pages_init(struct tol_pages *pages, const struct tol_allocator *allocator, size_t element_size)
{
    *pages = (struct tol_pages){.allocator = allocator, .element_size = element_size};
    while (element_size << (pages->shift + 1) <= PAGE_BYTES) {
        pages->shift++;
    }
}

void tol_pages_release(struct tol_pages *pages, size_t page)
{
    if (pages->page[page] != NULL) {
        pages->allocator->release(pages->allocator->context, pages->page[page], page_bytes(pages));
        pages->page[page] = NULL;
    }
}

void tol_pages_free(struct tol_pages *pages)
{
    for (size_t i = 0; i < pages->page_count; i++) {
        tol_pages_release(pages, i);
    }
    if (pages->page != NULL) {
        pages->allocator->release(pages->allocator->context, pages->page, pages->page_capacity * sizeof *pages->page);
    }
    pages->page = NULL;
    pages->page_count = pages->page_capacity = 0;
    pages->count = 0;
}

static int grow_directory(struct tol_pages *pages)
{
    size_t capacity = pages->page_capacity == 0 ? 16 : pages->page_capacity * 2;
    const struct tol_allocator *allocator = pages->allocator;
    void **page = allocator->allocate(allocator->context, capacity * sizeof *page, sizeof *page);
    if (page == NULL) {
        return 0;
    }
    if (pages->page != NULL) {
        memcpy(page, pages->page, pages->page_count * sizeof *page);
        allocator->release(allocator->context, pages->page, pages->page_capacity * sizeof *page);
    }
    pages->page = page;
    pages->page_capacity = capacity;
    return 1;
}

void *tol_pages_push(struct tol_pages *pages)
{
    if (pages->count >> pages->shift == pages->page_count) {
        if (pages->page_count == pages->page_capacity && !grow_directory(pages)) {
            return NULL;
        }
        void *page = pages->allocator->allocate(pages->allocator->context, page_bytes(pages), 64);
        if (page == NULL) {
            return NULL;
        }
        pages->page[pages->page_count++] = page;
    }
    return tol_pages_at(pages, pages->count);
}
