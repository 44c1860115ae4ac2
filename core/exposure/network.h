/* Firms that name each other: losses of customers reach their suppliers, dearer suppliers reach their customers. */
#ifndef TOLMUUR_EXPOSURE_NETWORK_H
#define TOLMUUR_EXPOSURE_NETWORK_H

#include "exposure/plan.h"

/* Fills the tiles' indirect, where the plan has links; the plan is priced and has its scratch memory. */
TOL_MUST_CHECK enum tol_status tol_network_solve(struct tol_plan *plan, struct tol_run *run, struct tol_error *error);

/* What a share of a member's sales or purchases is worth: 1 over the stated total, or over the lines' own total where that is more, so
 * that all shares together are at most 1. 0 when there is no total. */
double tol_network_unit(const struct tol_plan *plan, enum tol_side side, uint64_t member,
                        const struct tol_resolved_firm *firm);

#endif
