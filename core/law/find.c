#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "tolmuur/law.h"
#include "tolmuur/place.h"

static bool usable(const char *path, int length, size_t size)
{
    return length > 0 && (size_t)length < size && access(path, R_OK) == 0;
}

bool tol_tables_find(char *path, size_t size)
{
    const char *named = getenv("TOLMUUR_TABLES");
    if (named != NULL && named[0] != '\0') {
        /* A place that was named is not passed over in silence for another one. */
        return usable(path, snprintf(path, size, "%s", named), size);
    }
    char folder[4096];
    return (tol_program_folder(folder, sizeof folder) &&
            (usable(path, snprintf(path, size, "%s/tolmuur.tables", folder), size) ||
             usable(path, snprintf(path, size, "%s/../share/tolmuur/tolmuur.tables", folder), size))) ||
           (tol_library_folder(folder, sizeof folder) &&
            (usable(path, snprintf(path, size, "%s/../share/tolmuur/tolmuur.tables", folder), size) ||
             usable(path, snprintf(path, size, "%s/../../share/tolmuur/tolmuur.tables", folder), size) ||
             usable(path, snprintf(path, size, "%s/tolmuur.tables", folder), size)));
}
