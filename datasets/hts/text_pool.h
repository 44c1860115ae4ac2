/* Texts and records that live together and go together. */
#ifndef TOLMUUR_HTS_TEXT_POOL_H
#define TOLMUUR_HTS_TEXT_POOL_H

#include <stddef.h>

struct text_pool {
    struct text_block *last;
};

/* NULL: out of memory. Aligned for any record. */
void *tol_text_pool_take(struct text_pool *pool, size_t size);
char *tol_text_pool_copy(struct text_pool *pool, const char *text, size_t length);
void tol_text_pool_free(struct text_pool *pool);

#endif
