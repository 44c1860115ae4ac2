/* SHA-256 of memory and files, and of what is large on a thread of its own. */
#ifndef TOLMUUR_SHA256_H
#define TOLMUUR_SHA256_H

#include <stddef.h>
#include <stdint.h>

#include "tolmuur/status.h"

#pragma GCC visibility push(default)

#define TOL_SHA256_TEXT_SIZE 65 /* 64 lower-case hexadecimal digits and the final zero */

/* The digest of size bytes as text. bytes may be NULL when size is 0. */
void tol_sha256(const void *bytes, size_t size, char text[TOL_SHA256_TEXT_SIZE]);

/* The digest of a regular file and how many bytes it has (NULL: not wanted). TOL_NO_INPUT: no such file. TOL_BAD_DATA: not a regular file. TOL_IO: it
 * cannot be read. TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_sha256_file(const char *path, uint64_t *size, char text[TOL_SHA256_TEXT_SIZE],
                                               struct tol_error *error);

/* A digest in the making, on a thread that takes no signals. */
struct tol_sha256_job;

/* Of size bytes, which stay as they are until the job has ended; or, where bytes is NULL, of the file at path. Where no thread can be started the work is
 * done at once. Caller ends *job with finish. TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_sha256_start(const void *bytes, uint64_t size, const char *path,
                                                struct tol_sha256_job **job, struct tol_error *error);
/* Waits for it, gives its answer as tol_sha256_file does, and frees it. */
TOL_MUST_CHECK enum tol_status tol_sha256_finish(struct tol_sha256_job *job, uint64_t *size,
                                                 char text[TOL_SHA256_TEXT_SIZE], struct tol_error *error);
/* Ends it soon, without an answer. NULL allowed. */
void tol_sha256_drop(struct tol_sha256_job *job);

#pragma GCC visibility pop

#endif
