/* What a score would take: score --dry-run. */
#ifndef CLI_FORECAST_H
#define CLI_FORECAST_H

#include "stages.h"

#include "tolmuur/forecast.h"

/* Counts the work and forecasts every stage but OPEN, which the caller measures, into stages; tiers of sales and purchases. output, or NULL: where rows
 * would go; format: that of --format where they go to stdout. */
TOL_MUST_CHECK enum tol_status forecast_score(const struct tol_book *book, const struct tol_parameters *parameters,
                                              const struct tol_plan_options *options, struct tol_run *run,
                                              const char *output, enum format format, struct stages *stages,
                                              double tiers[TOL_SIDE_COUNT], struct tol_error *error);

#endif
