#include "book/entries.h"

#include <stdbool.h>

/* Values are never negative, so that their bits sort as they do. */
static bool before(const struct tol_entry *a, const struct tol_entry *b)
{
    return a->other != b->other ? a->other < b->other : a->value_eur < b->value_eur;
}

static void sort_few(struct tol_entry *entry, uint64_t count)
{
    for (uint64_t i = 1; i < count; i++) {
        struct tol_entry moved = entry[i];
        uint64_t at = i;
        for (; at > 0 && before(&moved, &entry[at - 1]); at--) {
            entry[at] = entry[at - 1];
        }
        entry[at] = moved;
    }
}

static void sift_down(struct tol_entry *entry, uint64_t root, uint64_t count)
{
    struct tol_entry moved = entry[root];
    for (uint64_t child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && before(&entry[child], &entry[child + 1])) {
            child++;
        }
        if (!before(&moved, &entry[child])) {
            break;
        }
        entry[root] = entry[child];
    }
    entry[root] = moved;
}

void tol_entries_sort(struct tol_entry *entry, uint64_t count)
{
    if (count <= 24) {
        sort_few(entry, count);
        return;
    }
    for (uint64_t root = count / 2; root-- > 0;) {
        sift_down(entry, root, count);
    }
    for (uint64_t last = count - 1; last > 0; last--) {
        struct tol_entry top = entry[0];
        entry[0] = entry[last];
        entry[last] = top;
        sift_down(entry, 0, last);
    }
}

uint64_t tol_entries_merge(const struct tol_entry *from, uint64_t count, struct tol_entry *to)
{
    uint64_t merged = 0;
    for (uint64_t i = 0; i < count;) {
        double sum = from[i].value_eur;
        double rest = 0;
        uint32_t other = from[i].other;
        for (i++; i < count && from[i].other == other; i++) {
            double value = from[i].value_eur;
            double next = sum + value;
            rest += sum >= value ? (sum - next) + value : (value - next) + sum;
            sum = next;
        }
        to[merged++] = (struct tol_entry){other, sum + rest};
    }
    return merged;
}
