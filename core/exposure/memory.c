#include "exposure/memory.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#define ALIGNMENT 64

/* Arrays of zeros from this size on are pages that the system gives as zeros anyway: those that nobody touches cost nothing. Below a huge page
 * only: greater ones are the allocator's to place. */
static const size_t lazy_least = (size_t)32 << 10, lazy_most = (size_t)2 << 20;

/* Stands in the cache line before each array. */
struct tol_kept {
    struct tol_kept *before;
    size_t size;
    bool mapped; /* pages of its own; otherwise it came from the allocator */
};

_Static_assert(sizeof(struct tol_kept) <= ALIGNMENT, "the header has to fit before the array");

/* Puts the header where the array's memory begins. */
static void *link_in(struct tol_keep *keep, struct tol_kept header, struct tol_kept *where)
{
    *where = header;
    where->before = keep->last;
    keep->last = where;
    return (char *)where + ALIGNMENT;
}

void *tol_keep_array(struct tol_keep *keep, size_t count, size_t size)
{
    if (size > 0 && count > (SIZE_MAX - 2 * ALIGNMENT) / size) {
        return NULL;
    }
    size_t whole = ALIGNMENT + (count * size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    struct tol_kept *kept = keep->allocator->allocate(keep->allocator->context, whole, ALIGNMENT);
    if (kept == NULL) {
        return NULL;
    }
    return link_in(keep, (struct tol_kept){.size = whole}, kept);
}

/* calloc would write zeros over what it has at hand. */
static void *keep_lazily(struct tol_keep *keep, size_t bytes)
{
    size_t whole = bytes + ALIGNMENT;
    void *pages = mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return pages == MAP_FAILED ? NULL : link_in(keep, (struct tol_kept){.size = whole, .mapped = true}, pages);
}

void *tol_keep_zeroed(struct tol_keep *keep, size_t count, size_t size)
{
    bool lazy = keep->allocator == tol_allocator_default() && size > 0 && count >= lazy_least / size &&
                count <= lazy_most / size;
    if (lazy) {
        return keep_lazily(keep, count * size);
    }
    void *memory = tol_keep_array(keep, count, size);
    if (memory != NULL) {
        memset(memory, 0, count * size);
    }
    return memory;
}

void tol_keep_release(struct tol_keep *keep)
{
    while (keep->last != NULL) {
        struct tol_kept *kept = keep->last;
        keep->last = kept->before;
        if (kept->mapped) {
            munmap(kept, kept->size);
        } else {
            keep->allocator->release(keep->allocator->context, kept, kept->size);
        }
    }
}
