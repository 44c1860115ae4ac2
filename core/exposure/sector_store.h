/* Answers of markets and sector network kept between runs: they depend on two laws and the settings, not on any book, and `firm` has no time to
 * make them anew. Two files for each pair of baseline and scenario, in a folder that may be emptied at any time: nodes and markets, which are
 * read as a whole, and the uses of each node's goods in each region, of which a question about one firm reads a few. */
#ifndef TOLMUUR_EXPOSURE_SECTOR_STORE_H
#define TOLMUUR_EXPOSURE_SECTOR_STORE_H

#include "exposure/plan.h"

/* Fills node_direct and node_indirect of every tile and, where it is allocated, log_market from the folder; of a plan of one firm also node and
 * use, and of all of them just the rows that its cells stand on. False when any scenario is not there, or what is read of its files is damaged or
 * of other tables. The tiles' arrays are allocated and all zeros (tol_sectors_begin). */
bool tol_sector_store_load(const struct tol_plan *plan, const char *folder);

/* Writes every scenario of a plan whose markets are priced and whose network is finished. Failure to write is no failure: the next run makes the
 * numbers again. */
void tol_sector_store_save(const struct tol_plan *plan, const char *folder);

#endif
