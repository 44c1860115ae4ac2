/* The market and parameter CSV files into arrays, checked and sorted. */
#ifndef TOLMUUR_DATASETS_PARAMETER_TABLES_H
#define TOLMUUR_DATASETS_PARAMETER_TABLES_H

#include "file/sections.h"
#include "law/buffer.h"
#include "tolmuur/status.h"

struct market_table {
    struct tol_buffer product;     /* uint64_t, ascending */
    struct tol_buffer imports_usd; /* double */
};

struct parameter_tables {
    struct tol_buffer elasticity; /* parameters_elasticity */
    struct tol_buffer margin;     /* parameters_margin */
    struct tol_buffer response;   /* parameters_response */
    struct tol_buffer hub;        /* struct tol_hub */
};

/* folder/market/us_imports_2024.csv; an absent file gives an empty table. Call market_table_free also after a failure. */
TOL_MUST_CHECK enum tol_status tol_market_table_read(const char *folder, struct market_table *market,
                                                     struct tol_error *error);
void tol_market_table_free(struct market_table *market);

/* folder/parameters/elasticity.csv, folder/parameters/response.csv, folder/parameters/hubs.csv and folder/sectors/contribution_margin.csv, likewise. */
TOL_MUST_CHECK enum tol_status tol_parameter_tables_read(const char *folder, struct parameter_tables *tables,
                                                         struct tol_error *error);
void tol_parameter_tables_free(struct parameter_tables *tables);

/* Writes their sections. */
TOL_MUST_CHECK enum tol_status tol_parameter_tables_write(const struct market_table *market,
                                                          const struct parameter_tables *tables,
                                                          struct tol_sections_writer *writer, struct tol_error *error);

#endif
