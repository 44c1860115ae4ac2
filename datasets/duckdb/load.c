#include "duckdb/load.h"

#include <stdio.h>

#include "datasets/duckdb.h"
#include "datasets/run_compare.h"
#include "datasets/run_read.h"
#include "module/library.h"

#define LIBRARY_FILE "tolmuur_duckdb.so"

enum tol_status tol_duckdb_load(const struct tol_duckdb_api **api, struct tol_error *error)
{
    const void *found;
    enum tol_status status =
        tol_module_symbol(LIBRARY_FILE, TOL_DUCKDB_API_SYMBOL, "Parquet", "use CSV", &found, error);
    if (status != TOL_OK) {
        return status;
    }
    *api = found;
    return (*api)->version == TOL_DUCKDB_API_VERSION ? TOL_OK : tol_module_other_version(LIBRARY_FILE, error);
}

enum tol_status tol_duckdb_version(char *text, size_t size, struct tol_error *error)
{
    const struct tol_duckdb_api *api;
    enum tol_status status = tol_duckdb_load(&api, error);
    if (status == TOL_OK) {
        snprintf(text, size, "%s", api->library_version());
    }
    return status;
}

enum tol_status tol_run_compare(const struct tol_run_compare *compare, uint64_t (*firms)[TOL_RUN_SIDE_COUNT],
                                tol_run_mover_function take, void *context, struct tol_error *error)
{
    const struct tol_duckdb_api *api;
    enum tol_status status = tol_duckdb_load(&api, error);
    return status == TOL_OK ? api->run_join(compare, firms, take, context, error) : status;
}

enum tol_status tol_run_read(const struct tol_run_read *read, tol_run_chunk_function take, void *context,
                             struct tol_error *error)
{
    const struct tol_duckdb_api *api;
    enum tol_status status = tol_duckdb_load(&api, error);
    return status == TOL_OK ? api->run_read(read, take, context, error) : status;
}
