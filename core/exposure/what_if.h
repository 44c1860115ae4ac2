/* Beside the scenarios: goods given Chinese origin, purchases moved from China to a hub, one more duty by the United States. Each is a table
 * over the few cells that it concerns, priced once, and a sum over the firms that have such lines. */
#ifndef TOLMUUR_EXPOSURE_WHAT_IF_H
#define TOLMUUR_EXPOSURE_WHAT_IF_H

#include "exposure/plan.h"
#include "exposure/rates.h"

/* Steps of the extra duty whose outcomes are computed; between them outcomes are interpolated. */
#define TOL_STRESS_STEPS TOL_LANES
extern const double tol_stress_step[TOL_STRESS_STEPS];

/* Finds the ranges and allocates the tables. False when out of memory. */
bool tol_what_if_begin(struct tol_plan *plan);

/* Working memory of one worker that prices. */
struct tol_what_if_desk {
    struct tol_rates *rates; /* [world_count] of the goods under another origin */
    uint32_t *notes;         /* [world_count], not used: what might be is not what is */
    double *base_rate;       /* [TOL_TILE_ROWS][TOL_LANES] */
    double *new_rate;
    double *log_market;
    double *factor; /* [TOL_SALES_FACTOR_COUNT][TOL_TILE_ROWS][TOL_LANES] */
};
bool tol_what_if_desk_set(const struct tol_plan *plan, struct tol_keep *keep, struct tol_what_if_desk *desk);

/* Prices what concerns a cell of either side, if anything does. Its own factors stand in the tiles' tables, one row a cell; own: its duties;
 * market: as tol_markets_slot. */
TOL_MUST_CHECK enum tol_status tol_what_if_cell(const struct tol_plan *plan, struct tol_what_if_desk *desk,
                                                struct tol_rate_desk *rate_desk, enum tol_side side, uint64_t cell,
                                                const struct tol_rates *own, const struct tol_response *response,
                                                uint64_t market, struct tol_error *error);

bool tol_what_if_allocate(const struct tol_plan *plan, struct tol_keep *keep, struct tol_what_if_sums *sums);
/* Only what the firm's row needs. */
void tol_what_if_sum(const struct tol_plan *plan, uint64_t member, const struct tol_resolved_firm *firm,
                     struct tol_what_if_sums *sums);

/* The sums of Chinese origin also of a member whose content is below the settings'. */
void tol_what_if_sum_origin(const struct tol_plan *plan, uint64_t member, struct tol_what_if_sums *sums);

/* What a firm buys from China as a part of what it sells; NaN when that cannot be said. */
double tol_what_if_content(const struct tol_resolved_firm *firm);
/* Further share of revenue lost if its sales to the United States were given Chinese origin, whatever its content; central reading. 0 where
 * it sells nothing there or sells nothing at all. */
double tol_what_if_origin_loss(const struct tol_what_if_sums *sums, const struct tol_resolved_firm *firm,
                               uint32_t scenario);
/* EBITDA a year gained by moving the settings' part of the purchases from China to a hub; negative: a loss. */
double tol_what_if_hub_gain(const struct tol_plan *plan, const struct tol_what_if_sums *sums,
                            const struct tol_resolved_firm *firm, uint32_t scenario, size_t hub);

/* Fills origin_risk, best_hub, best_hub_gain_eur, reverse_stress_duty of a row, and lets the range hold Chinese origin where it may be given.
 * high_eur: EBITDA change in the high reading. */
void tol_what_if_row(const struct tol_plan *plan, const struct tol_what_if_sums *sums,
                     const struct tol_resolved_firm *firm, double high_eur, struct tol_score_row *row);

#endif
