/* A growing array whose memory comes from a given allocator. */
#ifndef TOLMUUR_LAW_BUFFER_H
#define TOLMUUR_LAW_BUFFER_H

#include <stddef.h>

#include "tolmuur/allocator.h"

struct tol_buffer {
    const struct tol_allocator *allocator;
    void *data; /* 64-byte aligned; NULL while empty */
    size_t element_size;
    size_t count;
    size_t capacity;
};

void tol_buffer_start(struct tol_buffer *buffer, const struct tol_allocator *allocator, size_t element_size);
void tol_buffer_free(struct tol_buffer *buffer);

/* Appends `count` zeroed elements and returns the first; NULL when out of memory (nothing was appended). Moves earlier elements. */
void *tol_buffer_add(struct tol_buffer *buffer, size_t count);

static inline void *tol_buffer_at(const struct tol_buffer *buffer, size_t index)
{
    return (char *)buffer->data + index * buffer->element_size;
}

#endif
