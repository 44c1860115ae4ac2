/* Memory that lives and dies together: arrays taken from one allocator and given back at once. */
#ifndef TOLMUUR_EXPOSURE_MEMORY_H
#define TOLMUUR_EXPOSURE_MEMORY_H

#include <stddef.h>

#include "tolmuur/allocator.h"

struct tol_kept;

struct tol_keep {
    const struct tol_allocator *allocator;
    struct tol_kept *last;
};

/* count x size bytes, 64-byte aligned, not cleared. NULL when out of memory or when the product does not fit. Never NULL for 0. */
void *tol_keep_array(struct tol_keep *keep, size_t count, size_t size);
void *tol_keep_zeroed(struct tol_keep *keep, size_t count, size_t size);
void tol_keep_release(struct tol_keep *keep);

#endif
