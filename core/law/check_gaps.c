/* Holes in a chain of measures: one ends, and the next of its programme for the same origins and products begins later. */
#include "law/check.h"

#include <string.h>

static bool same_chain(const struct tol_law_measure *left, const struct tol_law_measure *right)
{
    return strcmp(left->programme, right->programme) == 0 && strcmp(left->importer, right->importer) == 0 &&
           strcmp(left->partners, right->partners) == 0 && strcmp(left->partners_except, right->partners_except) == 0 &&
           strcmp(left->products, right->products) == 0 && strcmp(left->products_except, right->products_except) == 0;
}

/* The first of the chain's measures that begin after this one ends; SIZE_MAX when there is none, or when another is in force where this
 * one ends. */
static size_t next_after_hole(const struct law_check *check, size_t ended, const struct tol_law_measure *measure)
{
    size_t next = SIZE_MAX;
    tol_day earliest = TOL_DAY_MAX;
    for (size_t i = 0; i < tol_law_measure_count(check->browser); i++) {
        struct tol_law_measure other;
        tol_law_measure_get(check->browser, i, &other);
        if (i == ended || !same_chain(measure, &other)) {
            continue;
        }
        if (law_in_force(other.from, other.until, measure->until)) {
            return SIZE_MAX;
        }
        if (other.from > measure->until && other.from < earliest) {
            next = i;
            earliest = other.from;
        }
    }
    return next;
}

enum tol_status tol_check_gaps(const struct law_check *check, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    for (size_t i = 0; i < tol_law_measure_count(check->browser) && status == TOL_OK; i++) {
        struct tol_law_measure measure;
        tol_law_measure_get(check->browser, i, &measure);
        size_t next = measure.until == TOL_DAY_MAX ? SIZE_MAX : next_after_hole(check, i, &measure);
        if (next != SIZE_MAX) {
            const struct law_measure *later = &check->law->measure[next];
            char from[TOL_DAY_TEXT_SIZE];
            tol_day_format(later->from, from);
            status = tol_check_tell_measure(check, TOL_LAW_GAP, (uint32_t)i, MEASURE_UNTIL, NULL, error,
                                            "%s takes over only on %s; right if the law paused, else mend the day",
                                            tol_check_id(check, (uint32_t)next), from);
        }
    }
    return status;
}
