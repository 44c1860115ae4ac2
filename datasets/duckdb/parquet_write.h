#ifndef TOLMUUR_DUCKDB_PARQUET_WRITE_H
#define TOLMUUR_DUCKDB_PARQUET_WRITE_H

#include "duckdb/api.h"

enum tol_status tol_parquet_write(int file, const char *path, const struct tol_table_column *columns,
                                  size_t column_count, tol_table_producer producer, void *context,
                                  struct tol_error *error);

#endif
