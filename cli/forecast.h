/* What a score would take: score --dry-run. */
#ifndef CLI_FORECAST_H
#define CLI_FORECAST_H

#include "stages.h"

#include "tolmuur/forecast.h"

/* What is forecast besides the plan. */
struct forecast_subject {
    const char *output;    /* where rows would go; NULL: nowhere */
    enum format format;    /* that of --format, where they go to stdout */
    bool network_job;      /* the network is solved and kept, and that is all */
    bool network_promised; /* it will have been */
};

/* Counts the work and forecasts every stage but OPEN, which the caller measures, into stages; tiers of sales and purchases. */
TOL_MUST_CHECK enum tol_status forecast_score(const struct tol_book *book, const struct tol_parameters *parameters,
                                              const struct tol_plan_options *options, struct tol_run *run,
                                              const struct forecast_subject *subject, struct stages *stages,
                                              double tiers[TOL_SIDE_COUNT], struct tol_error *error);

#endif
