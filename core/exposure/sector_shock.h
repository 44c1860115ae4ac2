/* What duties do directly to the industries of the world: the step from markets to the sector network. */
#ifndef TOLMUUR_EXPOSURE_SECTOR_SHOCK_H
#define TOLMUUR_EXPOSURE_SECTOR_SHOCK_H

#include "exposure/plan.h"

/* Means over all that a node sells into an importer: over its goods weighted by the value of trade, times the part of its sales that is goods at
 * all. Services bear no duty. */
struct tol_sector_shock {
    struct tol_keep keep;
    uint32_t importer_count;
    tol_country *importer; /* [importer_count] */
    uint32_t *region;      /* [importer_count] */
    /* [tile] each [importer][node][row_count][TOL_LANES] */
    double **revenue_change; /* per unit of value sold: A + B; of home producers, the settings' part of their gain */
    double **cost_rise;      /* per unit of value bought: G; 0 for home goods */
};

/* Prices the economy's markets into the tiles' log_market, which is allocated, and fills the shock, whose keep the caller releases. */
TOL_MUST_CHECK enum tol_status tol_sector_shock_make(struct tol_plan *plan, struct tol_run *run,
                                                     struct tol_sector_shock *shock, struct tol_error *error);

/* Part of a node's output that is used in a region, by industries and final demand. */
double tol_sectors_share_sold(const struct tol_economy *economy, uint32_t node, uint32_t region);

/* Allocates the tiles' arrays of the network and lists the uses that the plan's sales ask for. False when out of memory. */
bool tol_sectors_begin(struct tol_plan *plan);

/* Where a sale's cell hangs on the network: node * region_count + region, the region that uses the goods. TOL_NO_MARKET: nowhere. */
uint64_t tol_sectors_place(const struct tol_plan *plan, const struct tol_cell *cell);

/* Runs the shock through the sector network into the tiles' node_direct and node_indirect. */
TOL_MUST_CHECK enum tol_status tol_sectors_solve(struct tol_plan *plan, const struct tol_sector_shock *shock,
                                                 struct tol_run *run, struct tol_error *error);

/* From these to what hangs on them: node and use. */
TOL_MUST_CHECK enum tol_status tol_sectors_finish(struct tol_plan *plan, struct tol_error *error);

/* node of one side and one node, from node_direct and node_indirect. */
void tol_sectors_answer(const struct tol_plan *plan, struct tol_tile *tile, enum tol_side side, uint32_t node);

/* What stands in use, for every place [node][region][lanes of the tile] and not only for those that the plan asks for; out of keep. NULL when
 * out of memory. The network is finished. */
double *tol_sectors_all_uses(const struct tol_plan *plan, size_t tile, struct tol_keep *keep);

#endif
