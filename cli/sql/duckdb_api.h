/* DuckDB's functions, as the DuckDB that loads the extension hands them over: nothing here is linked with a DuckDB. Only what version 1.2.0 of its C extension
 * API promises is used, so that later versions load the same file. */
#ifndef SQL_DUCKDB_API_H
#define SQL_DUCKDB_API_H

#define DUCKDB_EXTENSION_API_VERSION_MAJOR 1
#define DUCKDB_EXTENSION_API_VERSION_MINOR 2
#define DUCKDB_EXTENSION_API_VERSION_PATCH 0
#include <duckdb_extension.h>

DUCKDB_EXTENSION_EXTERN

#endif
