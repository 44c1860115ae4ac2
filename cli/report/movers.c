/* Who moved since another run, and why: what `diff` says of both. */
#include "report.h"

enum tol_status report_movers(struct report *report, struct tol_error *error)
{
    const char *since = options_text(report->options, OPTION_SINCE);
    if (since == NULL) {
        return TOL_OK;
    }
    const char *const run[TOL_RUN_SIDE_COUNT] = {since, report->path};
    report->since = (struct diff){
        .options = report->options, .threshold = DIFF_THRESHOLD, .top = REPORT_CAUSES, .workers = report->base.workers};
    enum tol_status status = diff_read_threshold(report->options, &report->since.threshold, error);
    report->have_movers = status == TOL_OK;
    return status == TOL_OK ? diff_make(&report->since, run, error) : status;
}
