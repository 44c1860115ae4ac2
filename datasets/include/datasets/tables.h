/* The shipped text tables: read, checked and compiled into one mapped file. */
#ifndef TOLMUUR_DATASETS_TABLES_H
#define TOLMUUR_DATASETS_TABLES_H

#include "tolmuur/law.h"
#include "tolmuur/status.h"

#pragma GCC visibility push(default)

/* Reads the law tables under folder/law (facts.csv, groups.csv, programmes.csv, coverage.csv, IMPORTER/measures, IMPORTER/products,
 * IMPORTER/base_rates.csv, IMPORTER/tariff_lines.csv), and when present folder/market/us_imports_2024.csv for weights, and compiles them in memory.
 * Caller owns *law. TOL_NO_INPUT: no such folder or a table is missing; TOL_BAD_DATA: file, row (data rows from 1), column, value and how
 * to mend it. */
TOL_MUST_CHECK enum tol_status tol_tables_read(const char *folder, struct tol_law **law, struct tol_error *error);

/* The same with the parameter, economy and market tables, written to path (kind "TABL"; temporary name, sync, rename). Those that are absent
 * give empty sections. */
TOL_MUST_CHECK enum tol_status tol_tables_compile(const char *folder, const char *path, struct tol_error *error);

#pragma GCC visibility pop

#endif
