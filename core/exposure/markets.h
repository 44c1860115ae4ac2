/* Import markets and the sector network under a plan's worlds: what all suppliers' duties together do to a market's price, and what they
 * do to the industries of the world. Both come before any cell of the book is priced, since cells stand on them. */
#ifndef TOLMUUR_EXPOSURE_MARKETS_H
#define TOLMUUR_EXPOSURE_MARKETS_H

#include "exposure/plan.h"

#define TOL_NO_MARKET UINT64_MAX

/* The market that a sale goes to; TOL_NO_MARKET when the tables have none. */
uint64_t tol_markets_slot(const struct tol_plan *plan, const struct tol_cell *cell);

/* ln P of a market in a tile; NULL for TOL_NO_MARKET. */
const double *tol_markets_row(const struct tol_plan *plan, size_t tile, uint64_t market);

/* What a cell's unnamed counterparts do to it in a tile: SALES the share of orders that the buying industries drop, PURCHASES the share by
 * which the supplying industry is dearer. NULL: nothing, or not known. */
const double *tol_sectors_row(const struct tol_plan *plan, enum tol_side side, size_t tile,
                              const struct tol_cell *cell);

/* Fills log_market, node and use of every tile. Nothing to do without an economy. */
TOL_MUST_CHECK enum tol_status tol_markets_price(struct tol_plan *plan, struct tol_run *run, struct tol_error *error);

#endif
