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
};

/* Prices all markets of the economy into the tiles' log_market and fills the shock, whose keep the caller releases. */
TOL_MUST_CHECK enum tol_status tol_sector_shock_make(struct tol_plan *plan, struct tol_run *run,
                                                     struct tol_sector_shock *shock, struct tol_error *error);

/* Runs the shock through the sector network into the tiles' node and use. */
TOL_MUST_CHECK enum tol_status tol_sectors_solve(struct tol_plan *plan, const struct tol_sector_shock *shock,
                                                 struct tol_run *run, struct tol_error *error);

#endif
