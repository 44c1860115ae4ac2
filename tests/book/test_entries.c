/* Sorting of one firm's lines against the C library's, at every size where the way of sorting changes. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "book/entries.h"
#include "fixture.h"

static int compare(const void *a, const void *b)
{
    const struct tol_entry *left = a, *right = b;
    if (left->other != right->other) {
        return left->other < right->other ? -1 : 1;
    }
    return (left->value_eur > right->value_eur) - (left->value_eur < right->value_eur);
}

static void sort_both(uint64_t count, uint64_t others, uint64_t seed)
{
    struct tol_entry *ours = calloc(count + 1, sizeof *ours);
    struct tol_entry *theirs = calloc(count + 1, sizeof *theirs);
    for (uint64_t i = 0; i < count; i++) {
        ours[i].other = (uint32_t)(random_next(&seed) % others);
        ours[i].value_eur = (double)(random_next(&seed) % 100);
    }
    memcpy(theirs, ours, count * sizeof *ours);
    tol_entries_sort(ours, count);
    qsort(theirs, count, sizeof *theirs, compare);
    for (uint64_t i = 0; i < count; i++) {
        cr_assert_eq(compare(&ours[i], &theirs[i]), 0, "entry %llu of %llu", (unsigned long long)i,
                     (unsigned long long)count);
    }
    free(ours);
    free(theirs);
}

Test(entries, sort_as_the_c_library_does)
{
    for (uint64_t count = 0; count < 200; count++) {
        sort_both(count, 5, count);
        sort_both(count, 1000, count);
    }
    static const uint64_t large[] = {511, 512, 1000, 1023, 1024, 1025, 1026, 5000, 100000};
    for (size_t i = 0; i < sizeof large / sizeof large[0]; i++) {
        sort_both(large[i], 3, i);
        sort_both(large[i], 100000, i);
    }
}

Test(entries, equal_neighbours_are_merged)
{
    const struct tol_entry from[] = {{1, 1}, {1, 1e16}, {1, 1}, {2, 5}, {4, 0}, {4, 7}};
    struct tol_entry to[6];
    cr_assert_eq(tol_entries_merge(from, 6, to), 3);
    cr_assert_eq(to[0].other, 1);
    cr_assert_eq(to[0].value_eur, 1e16 + 2);
    cr_assert_eq(to[1].value_eur, 5);
    cr_assert_eq(to[2].other, 4);
    cr_assert_eq(to[2].value_eur, 7);
}
