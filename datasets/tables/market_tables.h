/* The import markets' CSV files into their sections. */
#ifndef TOLMUUR_DATASETS_MARKET_TABLES_H
#define TOLMUUR_DATASETS_MARKET_TABLES_H

#include "tables/economy_tables.h"

/* Every folder/market/import_shares/IMPORTER.csv; no such folder: no markets. Call once, on started tables. TOL_BAD_DATA, TOL_IO,
 * TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_market_tables_read(const char *folder, struct economy_tables *tables,
                                                      struct tol_error *error);

#endif
