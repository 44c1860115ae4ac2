/* Parts of the program that are libraries of their own, opened by the commands that need them. */
#ifndef TOLMUUR_MODULE_LIBRARY_H
#define TOLMUUR_MODULE_LIBRARY_H

#include "tolmuur/status.h"

/* Opens `file` from lib/tolmuur beside the program (build tree) or ../lib/tolmuur (installed) and finds its symbol. Opened once, it stays. Thread
 * safe. `what`: what cannot be done without it and what to use instead, for messages, as in "Parquet" and "use CSV". TOL_UNAVAILABLE. */
TOL_MUST_CHECK enum tol_status tol_module_symbol(const char *file, const char *symbol, const char *what,
                                                 const char *instead, const void **address, struct tol_error *error);
/* The fault of a library that belongs to another version of the program. */
enum tol_status tol_module_other_version(const char *file, struct tol_error *error);

#endif
