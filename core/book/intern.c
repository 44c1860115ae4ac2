#include "book/intern.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

struct tol_text_page {
    struct tol_text_page *before;
    size_t used;
    char byte[(1 << 16) - 16];
};

void tol_text_store_init(struct tol_text_store *store, const struct tol_allocator *allocator)
{
    *store = (struct tol_text_store){.allocator = allocator};
}

void tol_text_store_free(struct tol_text_store *store)
{
    while (store->last != NULL) {
        struct tol_text_page *page = store->last;
        store->last = page->before;
        store->allocator->release(store->allocator->context, page, sizeof *page);
    }
}

const char *tol_text_store_copy(struct tol_text_store *store, const char *text, size_t length)
{
    if (store->last == NULL || store->last->used + length + 1 > sizeof store->last->byte) {
        struct tol_text_page *page = store->allocator->allocate(store->allocator->context, sizeof *page, 64);
        if (page == NULL) {
            return NULL;
        }
        page->before = store->last;
        page->used = 0;
        store->last = page;
    }
    char *copy = store->last->byte + store->last->used;
    memcpy(copy, text, length);
    copy[length] = '\0';
    store->last->used += length + 1;
    return copy;
}

void tol_intern_init(struct tol_intern *intern, const struct tol_allocator *allocator)
{
    *intern = (struct tol_intern){0};
    tol_text_store_init(&intern->store, allocator);
    tol_pages_init(&intern->text, allocator, sizeof(struct tol_interned));
}

void tol_intern_free(struct tol_intern *intern)
{
    const struct tol_allocator *allocator = intern->store.allocator;
    if (intern->slot != NULL) {
        allocator->release(allocator->context, intern->slot, intern->slot_count * sizeof *intern->slot);
        intern->slot = NULL;
        intern->slot_count = 0;
    }
    tol_pages_free(&intern->text);
    tol_text_store_free(&intern->store);
}

/* The half of the hash that does not choose the slot: tells most other texts apart without looking at them. */
static uint32_t tag_of(uint64_t hash)
{
    return (uint32_t)(hash >> 32);
}

/* The slot that holds the text, or the empty one where it belongs. */
static uint64_t slot_of(const struct tol_intern *intern, const char *text, size_t length, uint64_t hash)
{
    uint64_t mask = intern->slot_count - 1;
    for (uint64_t slot = hash & mask;; slot = (slot + 1) & mask) {
        if (intern->slot[slot].number == 0) {
            return slot;
        }
        if (intern->slot[slot].tag != tag_of(hash)) {
            continue;
        }
        const struct tol_interned *entry = tol_intern_at(intern, intern->slot[slot].number - 1);
        if (entry->hash == hash && entry->length == length && memcmp(entry->text, text, length) == 0) {
            return slot;
        }
    }
}

/* Keeps the table at most two thirds full. */
static bool make_room(struct tol_intern *intern)
{
    if (3 * (tol_intern_count(intern) + 1) <= 2 * intern->slot_count) {
        return true;
    }
    const struct tol_allocator *allocator = intern->store.allocator;
    uint64_t slot_count = intern->slot_count == 0 ? 64 : intern->slot_count * 2;
    struct tol_intern_slot *slot = allocator->allocate(allocator->context, slot_count * sizeof *slot, 64);
    if (slot == NULL) {
        return false;
    }
    memset(slot, 0, slot_count * sizeof *slot);
    for (uint64_t i = 0; i < tol_intern_count(intern); i++) {
        uint64_t hash = tol_intern_at(intern, i)->hash;
        uint64_t at = hash & (slot_count - 1);
        while (slot[at].number != 0) {
            at = (at + 1) & (slot_count - 1);
        }
        slot[at] = (struct tol_intern_slot){(uint32_t)(i + 1), tag_of(hash)};
    }
    if (intern->slot != NULL) {
        allocator->release(allocator->context, intern->slot, intern->slot_count * sizeof *slot);
    }
    intern->slot = slot;
    intern->slot_count = slot_count;
    return true;
}

bool tol_intern_find(const struct tol_intern *intern, const char *text, uint32_t *index)
{
    if (intern->slot_count == 0) {
        return false;
    }
    size_t length = strlen(text);
    uint32_t found = intern->slot[slot_of(intern, text, length, XXH3_64bits(text, length))].number;
    *index = found - 1;
    return found != 0;
}

enum { FIND_AT_ONCE = 32 };

/* A few texts at a time, step by step, so that they wait for memory together and not one after the other. */
static void find_few(const struct tol_intern *intern, size_t count, const char *const *text, const uint32_t *length,
                     uint32_t *index)
{
    uint64_t hash[FIND_AT_ONCE];
    uint64_t mask = intern->slot_count - 1;
    for (size_t i = 0; i < count; i++) {
        hash[i] = length[i] == 0 ? 0 : XXH3_64bits(text[i], length[i]);
        __builtin_prefetch(&intern->slot[hash[i] & mask]);
    }
    for (size_t i = 0; i < count; i++) {
        const struct tol_intern_slot *slot = &intern->slot[hash[i] & mask];
        if (slot->number != 0) {
            __builtin_prefetch(tol_intern_at(intern, slot->number - 1));
        }
    }
    for (size_t i = 0; i < count; i++) {
        const struct tol_intern_slot *slot = &intern->slot[hash[i] & mask];
        if (length[i] != 0 && slot->number != 0 && slot->tag == tag_of(hash[i])) {
            __builtin_prefetch(tol_intern_at(intern, slot->number - 1)->text);
        }
    }
    for (size_t i = 0; i < count; i++) {
        /* Number 0, an empty slot, becomes TOL_INTERN_NONE. */
        index[i] =
            length[i] == 0 ? TOL_INTERN_NONE : intern->slot[slot_of(intern, text[i], length[i], hash[i])].number - 1;
    }
}

void tol_intern_find_all(const struct tol_intern *intern, size_t count, const char *const *text, const uint32_t *length,
                         uint32_t *index)
{
    for (size_t from = 0; from < count; from += FIND_AT_ONCE) {
        size_t part = count - from < FIND_AT_ONCE ? count - from : FIND_AT_ONCE;
        if (intern->slot_count == 0) {
            memset(index + from, 0xff, part * sizeof *index);
        } else {
            find_few(intern, part, text + from, length + from, index + from);
        }
    }
}

bool tol_intern_put(struct tol_intern *intern, const char *text, uint32_t *index, bool *added)
{
    size_t length = strlen(text);
    uint64_t hash = XXH3_64bits(text, length);
    if (!make_room(intern)) {
        return false;
    }
    uint64_t slot = slot_of(intern, text, length, hash);
    *added = intern->slot[slot].number == 0;
    if (*added) {
        struct tol_interned *entry = tol_pages_push(&intern->text);
        const char *copy = entry == NULL ? NULL : tol_text_store_copy(&intern->store, text, length);
        if (copy == NULL) {
            return false;
        }
        *entry = (struct tol_interned){copy, hash, (uint32_t)length};
        tol_pages_push_done(&intern->text);
        intern->slot[slot] = (struct tol_intern_slot){(uint32_t)tol_intern_count(intern), tag_of(hash)};
    }
    *index = intern->slot[slot].number - 1;
    return true;
}

static int compare_texts(const void *a, const void *b, void *context)
{
    const struct tol_intern *intern = context;
    const struct tol_interned *left = tol_intern_at(intern, *(const uint32_t *)a);
    const struct tol_interned *right = tol_intern_at(intern, *(const uint32_t *)b);
    return strcmp(left->text, right->text);
}

void tol_intern_rank(const struct tol_intern *intern, uint32_t *sorted, uint32_t *rank)
{
    uint64_t count = tol_intern_count(intern);
    for (uint64_t i = 0; i < count; i++) {
        sorted[i] = (uint32_t)i;
    }
    qsort_r(sorted, count, sizeof *sorted, compare_texts, (void *)(uintptr_t)intern);
    for (uint64_t i = 0; i < count; i++) {
        rank[sorted[i]] = (uint32_t)i;
    }
}
