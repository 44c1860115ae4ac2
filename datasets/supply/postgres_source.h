#ifndef TOLMUUR_SUPPLY_POSTGRES_SOURCE_H
#define TOLMUUR_SUPPLY_POSTGRES_SOURCE_H

#include "postgres/input.h"
#include "supply/row_source.h"

/* The rows of a table of the input, which must stay open; one source at a time. Reading begins with the first row. TOL_NO_MEMORY; while reading
 * what tol_postgres_api gives. A row whose text is not UTF-8 or too long is faulty. */
TOL_MUST_CHECK enum tol_status tol_postgres_source_open(struct tol_postgres_input *input, enum tol_supply_table table,
                                                        struct tol_row_source **source, struct tol_error *error);

#endif
