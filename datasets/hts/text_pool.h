/* Texts and records that live together and go together. */
#ifndef TOLMUUR_HTS_TEXT_POOL_H
#define TOLMUUR_HTS_TEXT_POOL_H

#include <stddef.h>

struct text_pool {
    struct text_block *last;
};

/* NULL: out of memory. Aligned for any record. */
void *text_pool_take(struct text_pool *pool, size_t size);
char *text_pool_copy(struct text_pool *pool, const char *text, size_t length);
void text_pool_free(struct text_pool *pool);

#endif
