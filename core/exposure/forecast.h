/* The parts of a forecast. */
#ifndef TOLMUUR_EXPOSURE_FORECAST_H
#define TOLMUUR_EXPOSURE_FORECAST_H

#include "exposure/plan.h"
#include "tolmuur/forecast.h"

static inline bool tol_forecast_has_network(const struct tol_forecast_counts *counts)
{
    return counts->link_count[TOL_SALES] + counts->link_count[TOL_PURCHASES] > 0;
}

/* Rows of lanes of a plan. */
static inline size_t tol_forecast_rows(const struct tol_forecast_counts *counts)
{
    return (counts->scenario_count * TOL_READING_COUNT + TOL_LANES - 1) / TOL_LANES;
}

/* Seconds of the calling thread on a processor: what others do meanwhile does not count. */
double tol_forecast_clock(void);

/* Fills in peak_bytes of all stages. */
void tol_forecast_memory(const struct tol_forecast_counts *counts, struct tol_stage_use *use);

/* How many sweeps the network of each side takes until nothing is handed on, by the decay of a shock that is the same for all firms. Bounds of the
 * links are checked on the way. */
TOL_MUST_CHECK enum tol_status tol_forecast_tiers(const struct tol_plan *plan, struct tol_run *run,
                                                  double tiers[TOL_SIDE_COUNT], struct tol_error *error);

/* Asks the law about some cells, markets and lines: the last group of the counts but tiers. The plan has worlds, and the book's cells and lines. */
TOL_MUST_CHECK enum tol_status tol_forecast_sample(struct tol_plan *plan, struct tol_forecast_counts *counts,
                                                   struct tol_error *error);

#endif
