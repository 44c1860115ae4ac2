/* The bytes of a regular file, plain or gzip, block by block. A byte order mark at the start is skipped. */
#ifndef TOLMUUR_SUPPLY_BYTE_SOURCE_H
#define TOLMUUR_SUPPLY_BYTE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "tolmuur/status.h"

struct tol_byte_source;

/* Caller owns *source. TOL_NO_INPUT, TOL_IO, TOL_BAD_DATA (not a regular file, empty), TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_byte_source_open(const char *path, bool gzip, struct tol_byte_source **source,
                                                    struct tol_error *error);
void tol_byte_source_close(struct tol_byte_source *source); /* NULL allowed */

/* The next block, valid until the next call; *size 0 at the end. TOL_BAD_DATA: compressed data damaged or cut short. TOL_IO. */
TOL_MUST_CHECK enum tol_status tol_byte_source_next(struct tol_byte_source *source, const char **bytes, size_t *size,
                                                    struct tol_error *error);

/* Opens path for reading when it is a regular file that is not empty; *file is the caller's to close. */
TOL_MUST_CHECK enum tol_status tol_open_regular(const char *path, int *file, struct tol_error *error);

#endif
