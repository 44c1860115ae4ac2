/* A file that appears under its name only when it is whole: written beside it under a temporary name, synced, then renamed. */
#ifndef TOLMUUR_WHOLE_FILE_H
#define TOLMUUR_WHOLE_FILE_H

#include <stdbool.h>

#include "tolmuur/status.h"

#pragma GCC visibility push(default)

struct tol_whole_file;

/* TOL_CANNOT_CREATE when path is there and is no regular file (a device, a pipe, a folder, or a link to one): renaming over it would destroy
 * it. A path that is not there, or a link that leads nowhere, is fine. */
TOL_MUST_CHECK enum tol_status tol_whole_file_check(const char *path, struct tol_error *error);

/* Would writing `output` write over `other`: one regular file (device and inode), or one name in one folder where neither is there yet. "-" is
 * stdout, or stdin for an `other` that is read. */
bool tol_same_file(const char *output, const char *other, bool other_is_read);

/* Checks path, then starts path.tmp-XXXXXX beside it (O_EXCL, O_NOFOLLOW, mode 0600), locked (flock) until it ends; files of that kind that are not
 * locked, for the process that wrote them was killed, are removed first. Caller ends it with publish or abandon.
 * TOL_CANNOT_CREATE, TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_whole_file_create(const char *path, struct tol_whole_file **file,
                                                     struct tol_error *error);

/* Of the temporary file, open for reading and writing; stays owned by file. */
int tol_whole_file_descriptor(const struct tol_whole_file *file);
const char *tol_whole_file_path(const struct tol_whole_file *file); /* the final one */

/* Syncs, gives the file mode 0666 less the umask and its name, syncs the folder. Always ends the file: on failure (TOL_IO) the temporary file
 * is gone and an older file at path is untouched, unless only the folder's sync failed: then the new file is in place. */
TOL_MUST_CHECK enum tol_status tol_whole_file_publish(struct tol_whole_file *file, struct tol_error *error);

/* Removes the temporary file. NULL allowed. */
void tol_whole_file_abandon(struct tol_whole_file *file);

#pragma GCC visibility pop

#endif
