#include "nearest.h"

#include <string.h>

enum { LONGEST = 63 };

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Fewest insertions, deletions, changes and swaps of neighbours that make a into b. */
static size_t distance(const char *a, const char *b)
{
    size_t a_length = strlen(a), b_length = strlen(b);
    if (a_length > LONGEST || b_length > LONGEST) {
        return LONGEST;
    }
    size_t table[3][LONGEST + 1] = {{0}};
    for (size_t j = 0; j <= b_length; j++) {
        table[0][j] = j;
    }
    for (size_t i = 1; i <= a_length; i++) {
        size_t *row = table[i % 3], *above = table[(i - 1) % 3], *second = table[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            row[j] = least(above[j - 1] + (a[i - 1] != b[j - 1]), 1 + least(above[j], row[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                row[j] = least(row[j], second[j - 2] + 1);
            }
        }
    }
    return table[a_length % 3][b_length];
}

const char *nearest_name(const char *word, const char *const *names, size_t count)
{
    const char *best = NULL;
    size_t best_distance = LONGEST;
    for (size_t i = 0; i < count; i++) {
        size_t edits = distance(word, names[i]);
        if (edits < best_distance) {
            best = names[i];
            best_distance = edits;
        }
    }
    size_t allowed = strlen(word) / 3;
    return best_distance <= (allowed > 1 ? allowed : 1) ? best : NULL;
}
