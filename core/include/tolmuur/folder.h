/* Folders that are filled under one name and appear whole under another. Names are relative to an open folder, and no link is ever followed. */
#ifndef TOLMUUR_FOLDER_H
#define TOLMUUR_FOLDER_H

#include <stdbool.h>

#include "tolmuur/status.h"

#pragma GCC visibility push(default)

/* Opens the folder `name` in `parent`, made when it is not there (mode 0700). Caller closes *descriptor. TOL_CANNOT_CREATE: it cannot be made, or
 * what stands there is a link or no folder, belongs to another user or may be written by others. */
TOL_MUST_CHECK enum tol_status tol_folder_make(int parent, const char *name, int *descriptor, struct tol_error *error);

/* Calls each for every name in the open folder, without "." and "..", in no order; stops at the first false and returns false then or when the folder
 * cannot be read. */
bool tol_folder_each(int folder, bool (*each)(void *context, const char *name), void *context);

/* Removes a file, or a folder with all in it; fine when there is none. TOL_IO. */
TOL_MUST_CHECK enum tol_status tol_folder_remove(int parent, const char *name, struct tol_error *error);

/* Gives the folder `from` in `from_parent` and all folders beneath mode 0777 less the umask, syncs them, and moves it to `to` in `to_parent`, where
 * nothing or an empty folder may stand. exchange: it changes places in one step with the folder that must stand there. TOL_CANNOT_CREATE:
 * something stands there. TOL_IO. */
TOL_MUST_CHECK enum tol_status tol_folder_publish(int from_parent, const char *from, int to_parent, const char *to,
                                                  bool exchange, struct tol_error *error);

#pragma GCC visibility pop

#endif
