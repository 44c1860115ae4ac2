/* What a scenario does to the industries of the world: the sector network on which firms with unknown counterparts hang. */
#ifndef TOLMUUR_SECTOR_OUTLOOK_H
#define TOLMUUR_SECTOR_OUTLOOK_H

#include "tolmuur/exposure.h"

#pragma GCC visibility push(default)

struct tol_sector_outlook; /* immutable */

/* Shares as fractions, in the central reading. A negative loss is a gain. */
struct tol_sector_row {
    double direct_demand_loss;   /* delta0: output lost to the duties of importers with markets in the tables */
    double indirect_demand_loss; /* orders that its customers drop, all tiers */
    double direct_cost_rise;     /* c0: inputs made dearer by its own country's duties */
    double indirect_cost_rise;   /* by suppliers that pass on what makes them dearer, all tiers */
};

/* Prices the markets and solves the network under every scenario; options as for tol_plan_create, with an economy. Caller owns *outlook; economy,
 * laws and parameters must outlive it. TOL_BAD_DATA: an economy without nodes. */
TOL_MUST_CHECK enum tol_status tol_sector_outlook_create(const struct tol_parameters *parameters,
                                                         const struct tol_plan_options *options, struct tol_run *run,
                                                         struct tol_sector_outlook **outlook, struct tol_error *error);
void tol_sector_outlook_destroy(struct tol_sector_outlook *outlook); /* NULL allowed */

/* node < tol_economy_node_count, scenario < scenario_count. */
struct tol_sector_row tol_sector_outlook_row(const struct tol_sector_outlook *outlook, uint32_t node,
                                             uint32_t scenario);

/* Part of indirect_demand_loss that comes through the buyers in a region: sum over its industries of (share of output sold to them) (their loss).
 * Over all regions it adds up to indirect_demand_loss but for a quantum (2^-50) a tier. */
double tol_sector_outlook_through(const struct tol_sector_outlook *outlook, uint32_t node, uint32_t region,
                                  uint32_t scenario);

#pragma GCC visibility pop

#endif
