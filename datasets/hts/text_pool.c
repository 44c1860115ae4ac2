#include "hts/text_pool.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES ((size_t)1 << 18)

struct text_block {
    struct text_block *before;
    size_t used, size;
    alignas(max_align_t) char bytes[];
};

void *tol_text_pool_take(struct text_pool *pool, size_t size)
{
    size = (size + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
    struct text_block *block = pool->last;
    if (block == NULL || block->size - block->used < size) {
        size_t room = size > BLOCK_BYTES ? size : BLOCK_BYTES;
        block = malloc(sizeof *block + room);
        if (block == NULL) {
            return NULL;
        }
        *block = (struct text_block){.before = pool->last, .size = room};
        pool->last = block;
    }
    void *taken = block->bytes + block->used;
    block->used += size;
    return taken;
}

char *tol_text_pool_copy(struct text_pool *pool, const char *text, size_t length)
{
    char *copy = tol_text_pool_take(pool, length + 1);
    if (copy != NULL) {
        memcpy(copy, text, length);
        copy[length] = '\0';
    }
    return copy;
}

void tol_text_pool_free(struct text_pool *pool)
{
    while (pool->last != NULL) {
        struct text_block *block = pool->last;
        pool->last = block->before;
        free(block);
    }
}
