#include "exposure/row_set.h"

#include <string.h>
#include <xxhash.h>

static char *row_at(const struct tol_row_set *set, uint32_t number)
{
    return (char *)set->row + number * set->row_bytes;
}

static uint32_t *find_slot(const struct tol_row_set *set, const void *row)
{
    uint64_t slots = 2 * (uint64_t)set->room;
    uint64_t at = XXH3_64bits(row, set->row_bytes) % slots;
    while (set->slot[at] != 0 && memcmp(row_at(set, set->slot[at] - 1), row, set->row_bytes) != 0) {
        at = (at + 1) % slots;
    }
    return &set->slot[at];
}

/* Doubles the room. Old arrays stay until the set goes: their sizes add up to less than the last. */
static bool grow(struct tol_row_set *set)
{
    uint32_t room = set->room == 0 ? 64 : 2 * set->room;
    void *row = tol_keep_array(&set->keep, room, set->row_bytes);
    uint32_t *slot = tol_keep_zeroed(&set->keep, room, 2 * sizeof *slot);
    if (row == NULL || slot == NULL) {
        return false;
    }
    if (set->count > 0) {
        memcpy(row, set->row, set->count * set->row_bytes);
    }
    set->row = row;
    set->slot = slot;
    set->room = room;
    for (uint32_t i = 0; i < set->count; i++) {
        *find_slot(set, row_at(set, i)) = i + 1;
    }
    return true;
}

bool tol_row_set_number(struct tol_row_set *set, const void *row, uint32_t *number)
{
    if (set->count == set->room && !grow(set)) {
        return false;
    }
    uint32_t *slot = find_slot(set, row);
    if (*slot == 0) {
        memcpy(row_at(set, set->count), row, set->row_bytes);
        *slot = ++set->count;
    }
    *number = *slot - 1;
    return true;
}

void *tol_rows_distinct(struct tol_keep *keep, const void *table, uint64_t count, size_t row_bytes, uint32_t *number)
{
    struct tol_row_set set = {.keep = {.allocator = keep->allocator}, .row_bytes = row_bytes};
    bool fits = true;
    for (uint64_t i = 0; i < count && fits; i++) {
        fits = tol_row_set_number(&set, (const char *)table + i * row_bytes, &number[i]);
    }
    void *distinct = fits ? tol_keep_array(keep, set.count, row_bytes) : NULL;
    if (distinct != NULL && set.count > 0) {
        memcpy(distinct, set.row, set.count * row_bytes);
    }
    tol_keep_release(&set.keep);
    return distinct;
}
