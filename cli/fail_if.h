/* --fail-if: conditions over the totals that make the run end with exit code 1. */
#ifndef CLI_FAIL_IF_H
#define CLI_FAIL_IF_H

#include "options.h"
#include "totals.h"

struct fail_condition {
    const char *text; /* as given */
    size_t figure;    /* totals_figure */
    enum { FAIL_BELOW, FAIL_AT_MOST, FAIL_ABOVE, FAIL_AT_LEAST } compare;
    double limit;
};

struct fail_if {
    size_t count;
    struct fail_condition *condition;
};

/* The options FIGURE<NUMBER, with <, <=, > or >=; drawn: there are draws. Figures are named as in the totals, in any case. Release also after a failure. TOL_USAGE names the figure
 * that was probably meant. */
TOL_MUST_CHECK enum tol_status fail_if_read(struct fail_if *conditions, const struct options *options, bool drawn,
                                            struct tol_error *error);
void fail_if_release(struct fail_if *conditions);

/* A figure of all firms in a scenario; NaN: not known. */
typedef double (*fail_if_figure)(const void *context, size_t scenario, size_t figure);

/* Says on stderr which conditions hold in which scenario. TOL_THRESHOLD_EXCEEDED without a message when any does. A figure that
 * is not known is said and meets no condition. */
TOL_MUST_CHECK enum tol_status fail_if_judge(const struct fail_if *conditions, fail_if_figure figure,
                                             const void *context, const struct worlds *worlds, struct tol_error *error);
/* The same over totals of all firms, and over the totals that a run has written (statuses of totals_read). */
TOL_MUST_CHECK enum tol_status fail_if_judge_totals(const struct fail_if *conditions, const struct totals *totals,
                                                    const struct worlds *worlds, struct tol_error *error);
TOL_MUST_CHECK enum tol_status fail_if_judge_run(const struct fail_if *conditions, const char *run,
                                                 const struct worlds *worlds, struct tol_error *error);

#endif
