/* The law's CSV files into a builder. */
#ifndef TOLMUUR_DATASETS_LAW_TABLES_H
#define TOLMUUR_DATASETS_LAW_TABLES_H

#include "law/builder.h"
#include "tables/parameter_tables.h"

/* Reads every table under folder/law. */
TOL_MUST_CHECK enum tol_status tol_law_tables_read(const char *folder, struct tol_law_builder *builder,
                                                   struct tol_error *error);

/* Builder filled from the tables and the weights, finished. */
TOL_MUST_CHECK enum tol_status tol_law_tables_build(const char *folder, const struct market_table *market,
                                                    struct tol_law **law, struct tol_error *error);

#endif
