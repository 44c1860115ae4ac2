#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tolmuur/law.h"

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
    char program[4096];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0) {
        return false;
    }
    program[length] = '\0';
    char *slash = strrchr(program, '/');
    if (slash == NULL) {
        return false;
    }
    *slash = '\0';
    return usable(path, snprintf(path, size, "%s/tolmuur.tables", program), size) ||
           usable(path, snprintf(path, size, "%s/../share/tolmuur/tolmuur.tables", program), size);
}
