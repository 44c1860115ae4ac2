/* Where the tables of a portfolio are: the one place that knows what an INPUT may be. */
#ifndef TOLMUUR_SUPPLY_INPUT_H
#define TOLMUUR_SUPPLY_INPUT_H

#include <stdbool.h>

#include "supply/reader_table.h"

struct tol_supply_file {
    bool present;
    enum tol_supply_format format;
    char path[4096];
};

/* Fills file[TOL_SUPPLY_TABLE_COUNT]. TOL_NO_INPUT: no such folder, or not the tables that are needed; TOL_BAD_DATA: a table twice. */
TOL_MUST_CHECK enum tol_status tol_supply_input_find(const char *input, struct tol_supply_file *file,
                                                     struct tol_error *error);

/* TOL_USAGE when the output (NULL: none) is a table of the input, or would become one. */
TOL_MUST_CHECK enum tol_status tol_supply_input_keep_apart(const char *input, const char *output,
                                                           struct tol_error *error);

#endif
