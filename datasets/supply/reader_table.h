#ifndef TOLMUUR_SUPPLY_READER_TABLE_H
#define TOLMUUR_SUPPLY_READER_TABLE_H

#include "supply/file.h"
#include "supply/reader.h"

/* Reads the file as (a part of) reader->schema's table, and counts its rows. *usable is false when the file as a whole could not be read: its
 * faults are logged. The status is of memory, input and output. */
TOL_MUST_CHECK enum tol_status tol_read_table(struct tol_table_reader *reader, struct tol_supply_file *file,
                                              bool *usable, struct tol_error *error);

#endif
