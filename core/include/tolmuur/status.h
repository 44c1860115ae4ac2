/* Outcome of every fallible call, and where a fault sits. */
#ifndef TOLMUUR_STATUS_H
#define TOLMUUR_STATUS_H

#include <stdint.h>

#pragma GCC visibility push(default)

#define TOL_MUST_CHECK __attribute__((warn_unused_result))

/* Pinned values: they are the exit codes of the command line (sysexits). */
enum tol_status {
    TOL_OK = 0,
    TOL_THRESHOLD_EXCEEDED = 1,
    TOL_USAGE = 64,
    TOL_BAD_DATA = 65,
    TOL_NO_INPUT = 66,
    TOL_UNAVAILABLE = 69,
    TOL_INTERNAL = 70,
    TOL_NO_MEMORY = 71,
    TOL_CANNOT_CREATE = 73,
    TOL_IO = 74,
    TOL_TRY_AGAIN = 75,
};

/* What went wrong, where, and how to mend it. Owned by the caller, optional everywhere (NULL is allowed).
 * A call that returns TOL_OK leaves it untouched. Not shared between threads. */
struct tol_error {
    enum tol_status status;
    uint64_t row;      /* 1-based data row (a header is not counted); 0: no row */
    char file[512];    /* "" : no file */
    char column[64];   /* "" : no column */
    char value[128];   /* the offending value, cut and with control bytes escaped; "" : none */
    char message[512]; /* what is wrong and how to mend it, without file, row, column and value */
};

/* Fills error (when not NULL) with status and the formatted message, clears file, row, column and value, and
 * returns status, so that a caller can write `return tol_fail(error, TOL_IO, "...")`. */
enum tol_status tol_fail(struct tol_error *error, enum tol_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds a place to an error already filled. file, column and value may be NULL (kept as they are). */
void tol_error_place(struct tol_error *error, const char *file, uint64_t row, const char *column, const char *value);

/* The same, and returns status, so that a caller can write `return tol_fail_at(...)`: the one the error was filled with. */
static inline enum tol_status tol_fail_at(struct tol_error *error, enum tol_status status, const char *file,
                                          uint64_t row, const char *column, const char *value)
{
    tol_error_place(error, file, row, column, value);
    return status;
}

/* Short name of a status for logs: "bad data", "no input" ... Static storage. */
const char *tol_status_name(enum tol_status status);

#pragma GCC visibility pop

#endif
