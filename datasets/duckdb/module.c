#include <duckdb.h>

#include "database.h"
#include "parquet_read.h"
#include "parquet_write.h"
#include "rows_digest.h"
#include "run_compare.h"
#include "run_read.h"

/* The one symbol that the library shows. */
__attribute__((visibility("default"))) extern const struct tol_duckdb_api tol_duckdb_api;

const struct tol_duckdb_api tol_duckdb_api = {
    .version = TOL_DUCKDB_API_VERSION,
    .library_version = duckdb_library_version,
    .database_tables = tol_database_tables,
    .reader_open = tol_parquet_reader_open,
    .reader_close = tol_parquet_reader_close,
    .reader_columns = tol_parquet_reader_columns,
    .reader_rows = tol_parquet_reader_rows,
    .reader_take = tol_parquet_reader_take,
    .reader_cell = tol_parquet_reader_cell,
    .chunk_column = tol_parquet_chunk_column,
    .chunk_release = tol_parquet_chunk_release,
    .rows_digest = tol_rows_digest,
    .rows_naming = tol_rows_naming,
    .write = tol_parquet_write,
    .run_join = tol_run_join,
    .run_read = tol_run_rows_read,
};
