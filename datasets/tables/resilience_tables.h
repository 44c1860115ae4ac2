/* The resilience CSV files into the arrays that core reads: what is not known of a division is taken from its section, then from any country. */
#ifndef TOLMUUR_DATASETS_RESILIENCE_TABLES_H
#define TOLMUUR_DATASETS_RESILIENCE_TABLES_H

#include "file/sections.h"
#include "tolmuur/status.h"

/* Reads folder/sectors/resilience.csv, folder/sectors/momentum.csv and folder/parameters/resilience.csv (an absent file counts as empty) and
 * writes their sections. TOL_BAD_DATA with file, row and column. */
TOL_MUST_CHECK enum tol_status tol_resilience_tables_write(const char *folder, struct tol_sections_writer *writer,
                                                           struct tol_error *error);

#endif
