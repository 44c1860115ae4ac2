#include "tolmuur/allocator.h"

#include <stdlib.h>
#include <sys/mman.h>

/* Tables of this size and more are read at random: in huge pages their rows cost one look-up of an address less
 * (docs/performance.md). */
static const size_t huge_page_bytes = (size_t)2 << 20;

static void *allocate_huge(size_t size)
{
    size_t whole = (size + huge_page_bytes - 1) / huge_page_bytes * huge_page_bytes;
    void *memory = aligned_alloc(huge_page_bytes, whole);
    if (memory != NULL) {
        (void)madvise(memory, whole, MADV_HUGEPAGE); /* a wish: without it the memory is as good, only slower */
    }
    return memory;
}

static void *allocate(void *context, size_t size, size_t alignment)
{
    (void)context;
    if (size >= 2 * huge_page_bytes) {
        return allocate_huge(size);
    }
    if (alignment <= sizeof(void *)) {
        return malloc(size);
    }
    return aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}

static void release(void *context, void *memory, size_t size)
{
    (void)context;
    (void)size;
    free(memory);
}

const struct tol_allocator *tol_allocator_default(void)
{
    static const struct tol_allocator standard = {allocate, release, NULL};
    return &standard;
}
