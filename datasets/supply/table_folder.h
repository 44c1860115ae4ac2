/* A table as a folder of files: all together are the table, in the order of their names. */
#ifndef TOLMUUR_SUPPLY_TABLE_FOLDER_H
#define TOLMUUR_SUPPLY_TABLE_FOLDER_H

#include "supply/input.h"

/* Adds the files in the folder and in its folders called NAME=VALUE, whose names become keys. Names that begin with a dot or an underscore are
 * left out. TOL_NO_INPUT: no file, or one that cannot be looked at; TOL_BAD_DATA: what is no table, a folder of another name, a link out of
 * the folder or to a folder. */
TOL_MUST_CHECK enum tol_status tol_table_folder_list(const char *folder, struct tol_supply_table_files *files,
                                                     struct tol_error *error);

#endif
