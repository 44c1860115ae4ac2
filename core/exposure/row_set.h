/* Rows of equal size, each kept once: what repeats becomes a number. */
#ifndef TOLMUUR_EXPOSURE_ROW_SET_H
#define TOLMUUR_EXPOSURE_ROW_SET_H

#include <stdbool.h>
#include <stdint.h>

#include "exposure/memory.h"

/* Starts as {.keep = {.allocator = ...}, .row_bytes = ...}; tol_keep_release(&set.keep) ends it. */
struct tol_row_set {
    struct tol_keep keep;
    size_t row_bytes; /* > 0 */
    uint32_t count;
    uint32_t room;  /* rows; slots are twice as many */
    void *row;      /* [room][row_bytes], in the order of first coming */
    uint32_t *slot; /* [2 room] number + 1, 0: free */
};

/* The number of the row with these bytes, new or known. false: out of memory. */
bool tol_row_set_number(struct tol_row_set *set, const void *row, uint32_t *number);

/* Keeps the distinct rows of table [count][row_bytes] only, on the allocator of keep: number[i] is where row i stands among them.
 * NULL: out of memory. */
void *tol_rows_distinct(struct tol_keep *keep, const void *table, uint64_t count, size_t row_bytes, uint32_t *number);

#endif
