#include "law/buffer.h"

#include <stdint.h>
#include <string.h>

#define ALIGNMENT 64
#define FIRST_CAPACITY 64

void tol_buffer_start(struct tol_buffer *buffer, const struct tol_allocator *allocator, size_t element_size)
{
    *buffer = (struct tol_buffer){.allocator = allocator, .element_size = element_size};
}

void tol_buffer_free(struct tol_buffer *buffer)
{
    if (buffer->data != NULL) {
        buffer->allocator->release(buffer->allocator->context, buffer->data, buffer->capacity * buffer->element_size);
    }
    buffer->data = NULL;
    buffer->count = buffer->capacity = 0;
}

static int grow(struct tol_buffer *buffer, size_t wanted)
{
    size_t capacity = buffer->capacity == 0 ? FIRST_CAPACITY : buffer->capacity;
    while (capacity < wanted) {
        if (capacity > SIZE_MAX / 2 / buffer->element_size) {
            return 0;
        }
        capacity *= 2;
    }
    const struct tol_allocator *allocator = buffer->allocator;
    void *data = allocator->allocate(allocator->context, capacity * buffer->element_size, ALIGNMENT);
    if (data == NULL) {
        return 0;
    }
    if (buffer->data != NULL) {
        memcpy(data, buffer->data, buffer->count * buffer->element_size);
        allocator->release(allocator->context, buffer->data, buffer->capacity * buffer->element_size);
    }
    buffer->data = data;
    buffer->capacity = capacity;
    return 1;
}

void *tol_buffer_add(struct tol_buffer *buffer, size_t count)
{
    if (count > SIZE_MAX - buffer->count) {
        return NULL;
    }
    if ((buffer->data == NULL || buffer->count + count > buffer->capacity) && !grow(buffer, buffer->count + count)) {
        return NULL;
    }
    void *added = tol_buffer_at(buffer, buffer->count);
    memset(added, 0, count * buffer->element_size);
    buffer->count += count;
    return added;
}
