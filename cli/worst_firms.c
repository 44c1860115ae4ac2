#include "worst_firms.h"

#include <math.h>
#include <stdlib.h>

enum tol_status worst_firms_open(struct worst_firms *worst, size_t scenario_count, size_t most, struct tol_error *error)
{
    *worst = (struct worst_firms){.scenario_count = scenario_count, .most = most};
    worst->count = calloc(scenario_count + 1, sizeof *worst->count);
    worst->rows = calloc(scenario_count * most + 1, sizeof *worst->rows);
    return worst->count != NULL && worst->rows != NULL
               ? TOL_OK
               : tol_fail(error, TOL_NO_MEMORY, "out of memory for the worst firms; ask for fewer with --top");
}

void worst_firms_release(struct worst_firms *worst)
{
    free(worst->count);
    free(worst->rows);
    *worst = (struct worst_firms){0};
}

static bool is_worse(const struct tol_score_row *a, const struct tol_score_row *b)
{
    double change_a = isnan(a->ebitda_change_eur) ? INFINITY : a->ebitda_change_eur;
    double change_b = isnan(b->ebitda_change_eur) ? INFINITY : b->ebitda_change_eur;
    return change_a < change_b || (change_a == change_b && a->firm < b->firm);
}

/* Puts row at `at` or beneath it, so that no row stands above one that is less bad. */
static void sift_down(struct tol_score_row *heap, size_t count, size_t at, const struct tol_score_row *row)
{
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        child += child + 1 < count && is_worse(&heap[child], &heap[child + 1]);
        if (!is_worse(row, &heap[child])) {
            break;
        }
        heap[at] = heap[child];
    }
    heap[at] = *row;
}

static void sift_up(struct tol_score_row *heap, size_t at, const struct tol_score_row *row)
{
    for (; at > 0 && is_worse(&heap[(at - 1) / 2], row); at = (at - 1) / 2) {
        heap[at] = heap[(at - 1) / 2];
    }
    heap[at] = *row;
}

void worst_firms_add(struct worst_firms *worst, const struct tol_score_row *row)
{
    struct tol_score_row *heap = worst->rows + row->scenario * worst->most;
    size_t *count = &worst->count[row->scenario];
    if (*count < worst->most) {
        sift_up(heap, (*count)++, row);
    } else if (worst->most > 0 && is_worse(row, &heap[0])) {
        sift_down(heap, *count, 0, row);
    }
}

static int compare(const void *a, const void *b)
{
    return is_worse(a, b) ? -1 : is_worse(b, a);
}

void worst_firms_sort(struct worst_firms *worst)
{
    for (size_t i = 0; i < worst->scenario_count; i++) {
        qsort(worst->rows + i * worst->most, worst->count[i], sizeof *worst->rows, compare);
    }
}

const struct tol_score_row *worst_firms_of(const struct worst_firms *worst, size_t scenario, size_t *count)
{
    *count = worst->count[scenario];
    return worst->rows + scenario * worst->most;
}
