#include "pick_list.h"

#include <stdlib.h>

bool tol_pick_list_add(struct pick_list *list, uint32_t item, uint64_t weight)
{
    if (weight == 0) {
        return true;
    }
    if (list->count == list->room) {
        size_t room = list->room > 0 ? list->room * 2 : 16;
        uint32_t *items = realloc(list->item, room * sizeof *items);
        if (items == NULL) {
            return false;
        }
        list->item = items;
        uint64_t *sums = realloc(list->upto, room * sizeof *sums);
        if (sums == NULL) {
            return false;
        }
        list->upto = sums;
        list->room = room;
    }
    uint64_t before = pick_total(list);
    list->item[list->count] = item;
    list->upto[list->count] = before + weight;
    list->count++;
    return true;
}

void tol_pick_list_free(struct pick_list *list)
{
    free(list->item);
    free(list->upto);
    *list = (struct pick_list){0};
}

size_t tol_pick_position(const uint64_t *upto, size_t count, uint64_t point)
{
    size_t low = 0;
    while (count > 1) {
        size_t half = count / 2;
        low += upto[low + half - 1] <= point ? half : 0;
        count -= half;
    }
    return low;
}
