/* One firm's plan: the firm itself, and the firms that its customers and suppliers lead to. */
#ifndef TOLMUUR_EXPOSURE_NEIGHBOURHOOD_H
#define TOLMUUR_EXPOSURE_NEIGHBOURHOOD_H

#include "exposure/plan.h"

/* Makes the firm member 0 and whatever its chain over `tiers` needs the other members, with just their lines, cells, facts and links. Rows of the
 * others are verified before they are read; the firm's own are by the caller. *fits is false, and the plan left as it was, where that would be
 * more than `most` members. TOL_BAD_DATA: the book is damaged. TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_neighbourhood_take(struct tol_plan *plan, uint64_t firm, uint32_t tiers,
                                                      uint64_t most, bool *fits, struct tol_error *error);

/* The firm, and as other members those that it names, of whom nothing is read: no lines, no links, nothing verified. */
TOL_MUST_CHECK enum tol_status tol_neighbourhood_take_alone(struct tol_plan *plan, uint64_t firm,
                                                            struct tol_error *error);

#endif
