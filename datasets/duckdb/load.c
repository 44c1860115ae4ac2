#include "duckdb/load.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "datasets/duckdb.h"
#include "datasets/run_compare.h"
#include "tolmuur/place.h"

static bool find_under(const char *folder, const char *const *place, size_t count, char *path, size_t size)
{
    for (size_t i = 0; i < count; i++) {
        int length = snprintf(path, size, "%s/%s/tolmuur_duckdb.so", folder, place[i]);
        if (length > 0 && (size_t)length < size && access(path, R_OK) == 0) {
            return true;
        }
    }
    return false;
}

static bool find_library(char *path, size_t size)
{
    /* Build tree, install tree, and programs in a folder of the build tree (tests, benchmarks). */
    static const char *const by_program[] = {"lib/tolmuur", "../lib/tolmuur", "../../lib/tolmuur"};
    static const char *const by_library[] = {"tolmuur", "lib/tolmuur"}; /* beside libtolmuur.so: install, build tree */
    char folder[PATH_MAX];
    return (tol_program_folder(folder, sizeof folder) &&
            find_under(folder, by_program, sizeof by_program / sizeof by_program[0], path, size)) ||
           (tol_library_folder(folder, sizeof folder) &&
            find_under(folder, by_library, sizeof by_library / sizeof by_library[0], path, size));
}

enum tol_status tol_duckdb_load(const struct tol_duckdb_api **api, struct tol_error *error)
{
    char path[PATH_MAX + 64];
    if (!find_library(path, sizeof path)) {
        tol_fail(error, TOL_UNAVAILABLE,
                 "Parquet needs tolmuur_duckdb.so, which is not in lib/tolmuur beside the program; install tolmuur "
                 "whole, or use CSV");
        return TOL_UNAVAILABLE;
    }
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL); /* opening it again gives the same */
    const struct tol_duckdb_api *found = library == NULL ? NULL : dlsym(library, TOL_DUCKDB_API_SYMBOL);
    if (found == NULL) {
        const char *reason = dlerror();
        tol_fail(error, TOL_UNAVAILABLE, "cannot load DuckDB: %s", reason == NULL ? "unknown reason" : reason);
        return tol_fail_at(error, TOL_UNAVAILABLE, path, 0, NULL, NULL);
    }
    if (found->version != TOL_DUCKDB_API_VERSION) {
        tol_fail(error, TOL_UNAVAILABLE, "this library belongs to another version of tolmuur; install tolmuur anew");
        return tol_fail_at(error, TOL_UNAVAILABLE, path, 0, NULL, NULL);
    }
    *api = found;
    return TOL_OK;
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
