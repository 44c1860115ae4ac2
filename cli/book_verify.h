/* A book is trusted once its checksums were verified. */
#ifndef CLI_BOOK_VERIFY_H
#define CLI_BOOK_VERIFY_H

#include "tolmuur/book.h"
#include "tolmuur/run.h"

/* By all workers. TOL_BAD_DATA names path where the book itself was not named. */
TOL_MUST_CHECK enum tol_status book_verify(const struct tol_book *book, struct tol_run *workers, const char *path,
                                           struct tol_error *error);

#endif
