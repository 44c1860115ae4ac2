/* Where long-lived memory comes from: given at creation, so that a host can count it and a test can make it fail. */
#ifndef TOLMUUR_ALLOCATOR_H
#define TOLMUUR_ALLOCATOR_H

#include <stddef.h>

#pragma GCC visibility push(default)

struct tol_allocator {
    /* size > 0, alignment a power of two <= 64. NULL when out of memory. */
    void *(*allocate)(void *context, size_t size, size_t alignment);
    void (*release)(void *context, void *memory, size_t size);
    void *context;
};

/* The C library's. Static storage, safe from any thread. */
const struct tol_allocator *tol_allocator_default(void);

#pragma GCC visibility pop

#endif
