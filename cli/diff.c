/* Two runs compared, from opening them to their causes. */
#include "diff.h"

#include <stdlib.h>

enum tol_status diff_read_threshold(const struct options *options, double *threshold, struct tol_error *error)
{
    const char *text = options_text(options, OPTION_THRESHOLD);
    if (text != NULL && (!text_to_number(text, threshold) || *threshold < 0 || *threshold > 100)) {
        return tol_fail(error, TOL_USAGE, "--threshold %.40s: write points of the score, from 0 to 100", text);
    }
    return TOL_OK;
}

enum tol_status diff_make(struct diff *diff, const char *const run[TOL_RUN_SIDE_COUNT], struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    for (int side = TOL_RUN_BEFORE; side <= TOL_RUN_AFTER && status == TOL_OK; side++) {
        status = diff_run_open(&diff->run[side], run[side], diff->workers, error);
    }
    if (status == TOL_OK) {
        status = diff_pair_up(diff, error);
    }
    if (status == TOL_OK) {
        status = diff_find_differences(diff, error);
    }
    if (status == TOL_OK) {
        status = diff_find_movers(diff, error);
    }
    if (status == TOL_OK && !diff_flows_create(diff)) {
        status = tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    if (status == TOL_OK && diff->mover_count > 0) {
        status = diff_explain(diff, error);
    }
    diff->explained = diff->explained || diff->mover_count == 0; /* there is nothing to explain */
    return status;
}

void diff_release(struct diff *diff)
{
    for (size_t i = 0; i < diff->mover_count; i++) {
        struct diff_mover *mover = &diff->mover[i];
        for (int step = DIFF_LAW; step < DIFF_STEPS && mover->cause != NULL; step++) {
            diff_cause_release(&mover->cause[step]);
        }
        free(mover->cause);
        free(mover->firm_id);
    }
    free(diff->mover);
    free(diff->difference);
    /* The second one may use the book of the first. */
    diff_side_close(diff, TOL_RUN_AFTER);
    diff_side_close(diff, TOL_RUN_BEFORE);
    diff_flows_release(diff);
    free(diff->pair);
    for (int side = TOL_RUN_BEFORE; side <= TOL_RUN_AFTER; side++) {
        diff_run_close(&diff->run[side]);
    }
}
