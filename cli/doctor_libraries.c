#include "doctor.h"

#include "datasets/duckdb.h"
#include "datasets/postgres.h"
#include "datasets/workbook.h"

#include <hwloc.h>
#include <jansson.h>
#include <libsmartcols.h>
#include <sleef.h>
#include <stdio.h>
#include <xxhash.h>

static void duckdb_version(char *version, size_t size)
{
    if (tol_duckdb_version(version, size, NULL) != TOL_OK) {
        snprintf(version, size, "cannot be loaded: no Parquet");
    }
}

static void postgres_version(char *version, size_t size)
{
    if (tol_postgres_version(version, size, NULL) != TOL_OK) {
        snprintf(version, size, "cannot be loaded: no PostgreSQL");
    }
}

static void workbook_version(char *version, size_t size)
{
    if (tol_workbook_version(version, size, NULL) != TOL_OK) {
        snprintf(version, size, "cannot be loaded: no Excel");
    }
}

size_t doctor_libraries(struct library_version *libraries, size_t most)
{
    static const char *const names[] = {"SLEEF", "hwloc",        "DuckDB",        "libpq", "jansson",
                                        "popt",  "libsmartcols", "libxlsxwriter", "xxHash"};
    size_t count = sizeof names / sizeof names[0];
    if (count > most) {
        count = most;
    }
    for (size_t i = 0; i < count; i++) {
        char *version = libraries[i].version;
        size_t size = sizeof libraries[i].version;
        libraries[i].name = names[i];
        unsigned hwloc = hwloc_get_api_version(), xxhash = XXH_versionNumber();
        const char *columns = "";
        switch (i) {
        case 0:
            snprintf(version, size, "%d.%d.%d", SLEEF_VERSION_MAJOR, SLEEF_VERSION_MINOR, SLEEF_VERSION_PATCHLEVEL);
            break;
        case 1:
            snprintf(version, size, "%u.%u.%u", hwloc >> 16, (hwloc >> 8) & 255u, hwloc & 255u);
            break;
        case 2:
            duckdb_version(version, size);
            break;
        case 3:
            postgres_version(version, size);
            break;
        case 4:
            snprintf(version, size, "%s", jansson_version_str());
            break;
        case 5:
            snprintf(version, size, "%s", CLI_POPT_VERSION);
            break;
        case 6:
            scols_get_library_version(&columns);
            snprintf(version, size, "%s", columns);
            break;
        case 7:
            workbook_version(version, size);
            break;
        default:
            snprintf(version, size, "%u.%u.%u", xxhash / 10000u, xxhash / 100u % 100u, xxhash % 100u);
            break;
        }
    }
    return count;
}
