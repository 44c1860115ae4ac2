/* Items with whole-number weights, to pick from in proportion to the weight. */
#ifndef TOLMUUR_GENERATE_PICK_LIST_H
#define TOLMUUR_GENERATE_PICK_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "wide.h"

struct pick_list {
    uint32_t *item;
    uint64_t *upto; /* [count] running sum of the weights */
    size_t count, room;
};

/* False when out of memory. An item of weight 0 is left out. */
bool tol_pick_list_add(struct pick_list *list, uint32_t item, uint64_t weight);
void tol_pick_list_free(struct pick_list *list);

/* Position of the first running sum above point; point < upto[count - 1]. */
size_t tol_pick_position(const uint64_t *upto, size_t count, uint64_t point);

static inline uint64_t pick_total(const struct pick_list *list)
{
    return list->count > 0 ? list->upto[list->count - 1] : 0;
}

/* The list must not be empty. */
static inline uint32_t pick_item(const struct pick_list *list, uint32_t word)
{
    return list->item[tol_pick_position(list->upto, list->count, scale_to(word, pick_total(list)))];
}

#endif
