/* Where the tables of a portfolio are: the one place that knows what an INPUT may be. */
#ifndef TOLMUUR_SUPPLY_INPUT_H
#define TOLMUUR_SUPPLY_INPUT_H

#include "datasets/supply.h"
#include "supply/file.h"

/* The files of each table in the order in which they are read. Zero is an empty input. */
struct tol_supply_input {
    struct tol_supply_table_files {
        struct tol_supply_file *file;
        size_t count;
    } table[TOL_SUPPLY_TABLE_COUNT];
};

/* path: a folder that holds the tables, or a DuckDB database. Free *input whatever comes back. TOL_NO_INPUT: no such thing, or not the tables
 * that are needed; TOL_BAD_DATA: a table twice, or a folder of parts with something else in it; TOL_TRY_AGAIN: a database in use. */
TOL_MUST_CHECK enum tol_status tol_supply_input_find(const char *path, const struct tol_supply_options *options,
                                                     struct tol_supply_input *input, struct tol_error *error);
void tol_supply_input_free(struct tol_supply_input *input);

/* TOL_USAGE when the output (NULL: none) is a table of the input, or would become one. */
TOL_MUST_CHECK enum tol_status tol_supply_input_keep_apart(const char *path, const struct tol_supply_input *input,
                                                           const char *output, struct tol_error *error);

/* The format of a file by its name's ending; false: none. */
bool tol_supply_format_of(const char *name, enum tol_supply_format *format);

/* Adds a file with no keys; table: of a database, else NULL. NULL when out of memory. */
struct tol_supply_file *tol_supply_files_add(struct tol_supply_table_files *files, enum tol_supply_format format,
                                             const char *path, const char *table);

#endif
