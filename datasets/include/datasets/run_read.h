/* The rows that a run has stored, in their order. */
#ifndef TOLMUUR_DATASETS_RUN_READ_H
#define TOLMUUR_DATASETS_RUN_READ_H

#include "datasets/run_compare.h"

#pragma GCC visibility push(default)

/* At most 2048 rows. Everything lives until the callback returns. */
struct tol_run_text {
    const char *bytes; /* not zero-terminated */
    size_t length;     /* 0: not given or empty */
};
struct tol_run_chunk {
    size_t row_count;
    const struct tol_run_text *const *text; /* [text_count][row_count] */
    const double *const *number;            /* [number_count][row_count]; NaN: not given */
};

struct tol_run_read {
    struct tol_run_rows run;
    size_t text_count;
    const char *const *text; /* names of columns, which are read as text */
    size_t number_count;
    const char *const *number; /* names of columns, which are read as numbers */
    unsigned threads;          /* 0: as many as DuckDB takes */
    uint64_t memory_limit_bytes;
};

/* A status other than TOL_OK ends the reading and is returned. */
typedef enum tol_status (*tol_run_chunk_function)(void *context, const struct tol_run_chunk *chunk,
                                                  struct tol_error *error);

/* Gives all rows, file after file, each in its order. Names of columns are the program's own: letters, digits and "_". The session may open these files and nothing else.
 * TOL_BAD_DATA: not the rows of a run. TOL_NO_MEMORY: the limit is too low. TOL_UNAVAILABLE: DuckDB could not be loaded. */
TOL_MUST_CHECK enum tol_status tol_run_read(const struct tol_run_read *read, tol_run_chunk_function take, void *context,
                                            struct tol_error *error);

#pragma GCC visibility pop

#endif
