/* What the firms' network of a whole book comes to, kept for runs that score some of its firms (docs/shards.md): one file for each book and scenario, of
 * blocks of firms, each with a checksum of its own, so that a shard reads and verifies what its own firms need. */
#ifndef TOLMUUR_EXPOSURE_NETWORK_STORE_H
#define TOLMUUR_EXPOSURE_NETWORK_STORE_H

#include "exposure/plan.h"

/* Bytes of one scenario's file but for its head. */
uint64_t tol_network_store_bytes(uint64_t firm_count);

/* sound: [scenario_count], whether the answers of the plan's scored firms are kept and whole, of each scenario. Needs a plan with worlds, tiles, store and
 * scored firms only. Returns TOL_TRY_AGAIN, TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_network_store_check(const struct tol_plan *plan, struct tol_run *run, bool *sound,
                                                       struct tol_error *error);

/* Fills the tiles' indirect of the plan's scored firms when every scenario's answers are kept and whole, and says in plan->network what was found. */
TOL_MUST_CHECK enum tol_status tol_network_store_take(struct tol_plan *plan, struct tol_run *run,
                                                      struct tol_error *error);

#endif
