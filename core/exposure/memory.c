#include "exposure/memory.h"

#include <stdint.h>
#include <string.h>

#define ALIGNMENT 64

/* Stands in the cache line before each array. */
struct tol_kept {
    struct tol_kept *before;
    size_t size;
};

_Static_assert(sizeof(struct tol_kept) <= ALIGNMENT, "the header has to fit before the array");

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
    kept->before = keep->last;
    kept->size = whole;
    keep->last = kept;
    return (char *)kept + ALIGNMENT;
}

void *tol_keep_zeroed(struct tol_keep *keep, size_t count, size_t size)
{
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
        keep->allocator->release(keep->allocator->context, kept, kept->size);
    }
}
