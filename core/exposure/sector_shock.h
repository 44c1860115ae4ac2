/* What duties do directly to the industries of the world: the step from markets to the sector network. */
#ifndef TOLMUUR_EXPOSURE_SECTOR_SHOCK_H
#define TOLMUUR_EXPOSURE_SECTOR_SHOCK_H

#include "exposure/plan.h"

/* Means over the goods that a node sells into an importer, weighted by the value of trade. */
struct tol_sector_shock {
    struct tol_keep keep;
    uint32_t importer_count;
    tol_country *importer; /* [importer_count] */
    uint32_t *region;      /* [importer_count] */
    /* [tile] each [importer][node][row_count][TOL_LANES] */
    double **revenue_change; /* per unit of value sold: A + B; of home producers, the settings' part of their gain */
    double **cost_rise;      /* per unit of value bought: G; 0 for home goods */
    bool answered;           /* the network's answers are known already */
};

/* Prices markets into the tiles' log_market: all of the economy and fills the shock, whose keep the caller releases; or, with answered
 * set, only those that the plan's sales go to, and leaves the shock's numbers alone. */
TOL_MUST_CHECK enum tol_status tol_sector_shock_make(struct tol_plan *plan, struct tol_run *run,
                                                     struct tol_sector_shock *shock, struct tol_error *error);

/* Allocates the tiles' arrays of the network and lists the uses that the plan's sales ask for. False when out of memory. */
bool tol_sectors_begin(struct tol_plan *plan);

/* Runs the shock through the sector network into the tiles' node_direct and node_indirect. */
TOL_MUST_CHECK enum tol_status tol_sectors_solve(struct tol_plan *plan, const struct tol_sector_shock *shock,
                                                 struct tol_run *run, struct tol_error *error);

/* From these to what hangs on them: node and use. */
TOL_MUST_CHECK enum tol_status tol_sectors_finish(struct tol_plan *plan, struct tol_error *error);

#endif
