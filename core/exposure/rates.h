/* Duties of one cell in every world of a plan, in the three readings. */
#ifndef TOLMUUR_EXPOSURE_RATES_H
#define TOLMUUR_EXPOSURE_RATES_H

#include "exposure/plan.h"

struct tol_rates {
    double of[TOL_READING_COUNT];
    bool known;
};

/* What the questions about one cell need besides it. */
struct tol_rate_desk {
    tol_day *on;                    /* [world_count] */
    struct tol_rate_total *total;   /* [origin_count][world_count] work space */
    const struct tol_facts **facts; /* [world_count] what is known about the goods, as each world's law writes it */
};

/* Days of the plan's worlds and work space for questions about at most origin_count origins at once; facts are the caller's to set. False when
 * out of memory. */
bool tol_rate_desk_set(const struct tol_plan *plan, struct tol_keep *keep, size_t origin_count,
                       struct tol_rate_desk *desk);

/* Asks the law once per world. rates and notes [world_count]. TOL_BAD_DATA: a duty of -100 % or less, or not finite. */
TOL_MUST_CHECK enum tol_status tol_rates_ask(const struct tol_plan *plan, const struct tol_rate_desk *desk,
                                             const struct tol_cell *cell, struct tol_rates *rates, uint32_t *notes,
                                             struct tol_error *error);

/* The same for goods of one product from several origins: cell->origin is not read, rates [origin_count][world_count]. */
TOL_MUST_CHECK enum tol_status tol_rates_ask_origins(const struct tol_plan *plan, const struct tol_rate_desk *desk,
                                                     const struct tol_cell *cell, size_t origin_count,
                                                     const tol_country *origin, struct tol_rates *rates,
                                                     struct tol_error *error);

/* Lays one cell's duties out in the lanes of a tile. No change where either law is unknown, and none in the padding. */
void tol_rates_spread(const struct tol_plan *plan, size_t tile, const struct tol_rates *rates, double *base_rate,
                      double *new_rate);

/* A duty changes somewhere in the world against the baseline. */
bool tol_rates_change(const struct tol_rates *rates, uint32_t world);

#endif
