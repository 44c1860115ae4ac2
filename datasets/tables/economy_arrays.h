/* Flows into shares: the arithmetic of the sector network. */
#ifndef TOLMUUR_DATASETS_ECONOMY_ARRAYS_H
#define TOLMUUR_DATASETS_ECONOMY_ARRAYS_H

#include "tables/economy_tables.h"

/* Sorted flows, regions and industries into outputs, inputs, links, final and home shares. TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_economy_arrays_fill(struct economy_tables *tables, struct tol_error *error);

#endif
