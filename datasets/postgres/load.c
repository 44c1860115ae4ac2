#include "postgres/load.h"

#include <stdio.h>

#include "datasets/postgres.h"
#include "module/library.h"

#define LIBRARY_FILE "tolmuur_postgres.so"

enum tol_status tol_postgres_load(const struct tol_postgres_api **api, struct tol_error *error)
{
    const void *found;
    enum tol_status status =
        tol_module_symbol(LIBRARY_FILE, TOL_POSTGRES_API_SYMBOL, "PostgreSQL", "use files", &found, error);
    if (status != TOL_OK) {
        return status;
    }
    *api = found;
    return (*api)->version == TOL_POSTGRES_API_VERSION ? TOL_OK : tol_module_other_version(LIBRARY_FILE, error);
}

enum tol_status tol_postgres_version(char *text, size_t size, struct tol_error *error)
{
    const struct tol_postgres_api *api;
    enum tol_status status = tol_postgres_load(&api, error);
    if (status == TOL_OK) {
        int version = api->library_version();
        snprintf(text, size, "%d.%d", version / 10000, version % 10000);
    }
    return status;
}
