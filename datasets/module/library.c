#include "module/library.h"

#include <dlfcn.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "tolmuur/place.h"

static bool find_under(const char *folder, const char *const *place, size_t count, const char *file, char *path,
                       size_t size)
{
    for (size_t i = 0; i < count; i++) {
        int length = snprintf(path, size, "%s/%s/%s", folder, place[i], file);
        if (length > 0 && (size_t)length < size && access(path, R_OK) == 0) {
            return true;
        }
    }
    return false;
}

static bool find_library(const char *file, char *path, size_t size)
{
    /* Build tree, install tree, and programs in a folder of the build tree (tests, benchmarks). */
    static const char *const by_program[] = {"lib/tolmuur", "../lib/tolmuur", "../../lib/tolmuur"};
    static const char *const by_library[] = {"tolmuur", "lib/tolmuur"}; /* beside libtolmuur.so: install, build tree */
    char folder[PATH_MAX];
    return (tol_program_folder(folder, sizeof folder) &&
            find_under(folder, by_program, sizeof by_program / sizeof by_program[0], file, path, size)) ||
           (tol_library_folder(folder, sizeof folder) &&
            find_under(folder, by_library, sizeof by_library / sizeof by_library[0], file, path, size));
}

enum tol_status tol_module_symbol(const char *file, const char *symbol, const char *what, const char *instead,
                                  const void **address, struct tol_error *error)
{
    char path[PATH_MAX + 64];
    if (!find_library(file, path, sizeof path)) {
        return tol_fail(error, TOL_UNAVAILABLE,
                        "%s needs %s, which is not in lib/tolmuur beside the program; install tolmuur whole, or %s",
                        what, file, instead);
    }
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL); /* opening it again gives the same */
    *address = library == NULL ? NULL : dlsym(library, symbol);
    if (*address == NULL) {
        const char *reason = dlerror();
        tol_fail(error, TOL_UNAVAILABLE, "cannot load what %s needs: %s", what,
                 reason == NULL ? "unknown reason" : reason);
        return tol_fail_at(error, TOL_UNAVAILABLE, path, 0, NULL, NULL);
    }
    return TOL_OK;
}

enum tol_status tol_module_other_version(const char *file, struct tol_error *error)
{
    tol_fail(error, TOL_UNAVAILABLE, "this library belongs to another version of tolmuur; install tolmuur anew");
    return tol_fail_at(error, TOL_UNAVAILABLE, file, 0, NULL, NULL);
}
