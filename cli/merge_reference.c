/* Which run the shards that were given are of: the one that most of them agree on. */
#include "merge.h"

#include <stdlib.h>
#include <string.h>

/* Shards are of one run when that is the same and cut into as many. */
static int compare_runs(const struct merge_shard *one, const struct merge_shard *other)
{
    uint32_t count = one->manifest.shard.count, others = other->manifest.shard.count;
    int order = strcmp(one->whole.sha256, other->whole.sha256);
    return order != 0 ? order : (count > others) - (count < others);
}

/* Those of a run stand together, in the order of the command line. */
static int compare(const void *left, const void *right)
{
    const struct merge_shard *one = *(const struct merge_shard *const *)left;
    const struct merge_shard *other = *(const struct merge_shard *const *)right;
    int order = compare_runs(one, other);
    return order != 0 ? order : (one > other) - (one < other);
}

static void take_stretch(struct merge_agreement *agreement, const struct merge_shard *first, size_t count)
{
    const struct merge_shard *held = agreement->reference;
    if (held == NULL || count > agreement->agreeing) {
        *agreement = (struct merge_agreement){.reference = first, .agreeing = count, .read = agreement->read};
    } else if (count == agreement->agreeing) {
        const struct merge_shard *rival = agreement->rival;
        agreement->reference = first < held ? first : held;
        held = first < held ? held : first;
        agreement->rival = rival == NULL || held < rival ? held : rival;
    }
}

enum tol_status merge_agree(const struct merge *merge, struct merge_agreement *agreement, struct tol_error *error)
{
    const struct merge_shard **sorted = calloc(merge->given_count + 1, sizeof *sorted);
    *agreement = (struct merge_agreement){0};
    if (sorted == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < merge->given_count; i++) {
        if (merge->given[i].read) {
            sorted[agreement->read++] = &merge->given[i];
        }
    }
    qsort(sorted, agreement->read, sizeof *sorted, compare);
    for (size_t first = 0, end; first < agreement->read; first = end) {
        for (end = first + 1; end < agreement->read && compare_runs(sorted[first], sorted[end]) == 0; end++) {
        }
        take_stretch(agreement, sorted[first], end - first);
    }
    free(sorted);
    return TOL_OK;
}
