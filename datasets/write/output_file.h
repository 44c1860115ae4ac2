/* Buffered bytes into a file that appears under its name only when it is whole, or to standard output. */
#ifndef TOLMUUR_WRITE_OUTPUT_FILE_H
#define TOLMUUR_WRITE_OUTPUT_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "tolmuur/status.h"

struct tol_output_file;

/* Starts a tol_whole_file at path, which must not be there or be a regular file; "-" is standard output. Caller ends it with commit or abandon.
 * TOL_CANNOT_CREATE, TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_output_file_create(const char *path, struct tol_output_file **output,
                                                      struct tol_error *error);
/* Buffered. TOL_IO: disk full, closed pipe. */
TOL_MUST_CHECK enum tol_status tol_output_file_write(struct tol_output_file *output, const void *bytes, size_t size,
                                                     struct tol_error *error);
/* Room for `size` more bytes (at most 64 KiB), to be filled by hand; then say how many were used. NULL when the buffer could not be written
 * out: the next write or commit returns why. */
char *tol_output_file_room(struct tol_output_file *output, size_t size);
void tol_output_file_used(struct tol_output_file *output, size_t size);

/* For a writer that opens the file itself: the descriptor of the temporary file. */
int tol_output_file_descriptor(const struct tol_output_file *output);

/* Writes out and publishes the file (tol_whole_file_publish). Always ends the output; on failure nothing is left and an older file is
 * untouched. */
TOL_MUST_CHECK enum tol_status tol_output_file_commit(struct tol_output_file *output, struct tol_error *error);
void tol_output_file_abandon(struct tol_output_file *output); /* NULL allowed */

#endif
