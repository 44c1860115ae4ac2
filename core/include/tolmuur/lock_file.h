/* One at a time: a file that its holder keeps locked (flock) and that says who holds it. A holder that dies, however it dies, holds it no more. */
#ifndef TOLMUUR_LOCK_FILE_H
#define TOLMUUR_LOCK_FILE_H

#include "tolmuur/status.h"

#pragma GCC visibility push(default)

struct tol_lock_file;

/* Takes the lock `name` in the open folder `parent` (AT_FDCWD: the current one), made when it is not there (mode 0600), never through a link, and writes
 * into it this process, host, the time and `purpose` (one line). Caller owns *lock. TOL_TRY_AGAIN: another holds it; the message says who and since
 * when. TOL_CANNOT_CREATE: what stands there is no lock of this kind (a link, a pipe, a file with other content or another name), or no file can be made.
 * TOL_IO, TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_lock_file_take(int parent, const char *name, const char *purpose,
                                                  struct tol_lock_file **lock, struct tol_error *error);
/* Removes the file and lets go. NULL allowed. */
void tol_lock_file_release(struct tol_lock_file *lock);

#pragma GCC visibility pop

#endif
