/* The firms that lose most EBITDA in each scenario, found while all rows pass. */
#ifndef CLI_WORST_FIRMS_H
#define CLI_WORST_FIRMS_H

#include "tolmuur/exposure.h"

struct worst_firms {
    size_t scenario_count;
    size_t most;                /* of a scenario */
    size_t *count;              /* [scenario_count] */
    struct tol_score_row *rows; /* [scenario_count][most]; a heap, the least bad first, until they are sorted */
};

/* Memory is taken when rows come. TOL_NO_MEMORY. Release also after a failure. */
TOL_MUST_CHECK enum tol_status worst_firms_open(struct worst_firms *worst, size_t scenario_count, size_t most,
                                                struct tol_error *error);
void worst_firms_release(struct worst_firms *worst);

void worst_firms_add(struct worst_firms *worst, const struct tol_score_row *row);

/* Worst first: least ebitda_change_eur, of equal ones the first in the book. One that is not known counts as no loss and comes last. Nothing may be added afterwards. */
void worst_firms_sort(struct worst_firms *worst);
const struct tol_score_row *worst_firms_of(const struct worst_firms *worst, size_t scenario, size_t *count);

#endif
