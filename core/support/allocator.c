#include "tolmuur/allocator.h"

#include <stdlib.h>

static void *allocate(void *context, size_t size, size_t alignment)
{
    (void)context;
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
