#ifndef TOLMUUR_SUPPLY_READER_TABLE_H
#define TOLMUUR_SUPPLY_READER_TABLE_H

#include "supply/reader.h"

enum tol_supply_format {
    TOL_SUPPLY_CSV,
    TOL_SUPPLY_CSV_GZIP,
    TOL_SUPPLY_JSONL,
    TOL_SUPPLY_PARQUET,
    TOL_SUPPLY_POSTGRES
};

/* Reads reader->file as one table. *usable is false when the file as a whole could not be read: its faults are logged. The status is of
 * memory, input and output. */
TOL_MUST_CHECK enum tol_status tol_read_table(struct tol_table_reader *reader, enum tol_supply_format format,
                                              bool *usable, struct tol_error *error);

#endif
