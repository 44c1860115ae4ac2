/* Answers of the sector network kept between runs: they depend on two laws and the settings, not on any book, and `firm` has no time to make
 * them anew. One file for each pair of baseline and scenario, in a folder that may be emptied at any time. */
#ifndef TOLMUUR_EXPOSURE_SECTOR_STORE_H
#define TOLMUUR_EXPOSURE_SECTOR_STORE_H

#include "exposure/plan.h"

/* Fills node_direct and node_indirect of every tile from the folder; false when any scenario is not there, or its file is damaged or of other
 * tables. The tiles' arrays are allocated, [node][lanes] of zeros. */
bool tol_sector_store_load(const struct tol_plan *plan, const char *folder);

/* Writes every scenario. Failure to write is no failure: the next run makes the numbers again. */
void tol_sector_store_save(const struct tol_plan *plan, const char *folder);

#endif
