/* Texts, each kept once and numbered in the order of their first appearance. */
#ifndef TOLMUUR_BOOK_INTERN_H
#define TOLMUUR_BOOK_INTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "book/pages.h"

#define TOL_TEXT_BYTES_MAX 4095

/* Copies of texts one after the other in pages; they stay where they are. */
struct tol_text_store {
    const struct tol_allocator *allocator;
    struct tol_text_page *last;
};
void tol_text_store_init(struct tol_text_store *store, const struct tol_allocator *allocator);
void tol_text_store_free(struct tol_text_store *store);
/* A zero-terminated copy; length <= TOL_TEXT_BYTES_MAX. NULL when out of memory. */
const char *tol_text_store_copy(struct tol_text_store *store, const char *text, size_t length);

struct tol_interned {
    const char *text;
    uint64_t hash;
    uint32_t length;
};

struct tol_intern_slot {
    uint32_t number; /* index + 1; 0: empty */
    uint32_t tag;
};

struct tol_intern {
    struct tol_text_store store;
    struct tol_pages text; /* of struct tol_interned */
    struct tol_intern_slot *slot;
    uint64_t slot_count; /* 0 or a power of two */
};

void tol_intern_init(struct tol_intern *intern, const struct tol_allocator *allocator);
void tol_intern_free(struct tol_intern *intern);
/* False when the text is not there. */
bool tol_intern_find(const struct tol_intern *intern, const char *text, uint32_t *index);
/* The same for count texts of length[i] bytes; TOL_INTERN_NONE where a text is not there. Length 0 is never looked up. */
#define TOL_INTERN_NONE UINT32_MAX
void tol_intern_find_all(const struct tol_intern *intern, size_t count, const char *const *text, const uint32_t *length,
                         uint32_t *index);
/* Finds or adds (length <= TOL_TEXT_BYTES_MAX, less than UINT32_MAX - 1 texts); *added says which. False when out of memory. */
bool tol_intern_put(struct tol_intern *intern, const char *text, uint32_t *index, bool *added);

static inline uint64_t tol_intern_count(const struct tol_intern *intern)
{
    return intern->text.count;
}

static inline const struct tol_interned *tol_intern_at(const struct tol_intern *intern, uint64_t index)
{
    return tol_pages_at(&intern->text, index);
}

/* Where each text stands among all in the order of their bytes: fills sorted[rank] = index and rank[index] = rank, [count] each. */
void tol_intern_rank(const struct tol_intern *intern, uint32_t *sorted, uint32_t *rank);

#endif
