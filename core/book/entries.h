/* One firm's lines or links on the way from records to rows. */
#ifndef TOLMUUR_BOOK_ENTRIES_H
#define TOLMUUR_BOOK_ENTRIES_H

#include <stdint.h>

struct tol_entry {
    uint32_t other;
    double value_eur; /* never negative */
};

/* By (other, value), in place: the C library's qsort would take as much again for a firm with very many lines. */
void tol_entries_sort(struct tol_entry *entry, uint64_t count);

/* Adds neighbours with equal others, keeping what each addition rounds away (Neumaier), so that cutting a line in halves changes nothing.
 * Returns how many are left; `to` may be `from` or lie before it. */
uint64_t tol_entries_merge(const struct tol_entry *from, uint64_t count, struct tol_entry *to);

#endif
