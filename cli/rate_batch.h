/* Many questions from a CSV file. */
#ifndef CLI_RATE_BATCH_H
#define CLI_RATE_BATCH_H

#include "rate_answer.h"

struct batch_options {
    const char *path;     /* "-" is stdin */
    tol_day on;           /* for rows that have none */
    const char *scenario; /* whose law it is; NULL: the law as it is */
    enum tol_assume assume;
    enum format format;
};

struct batch_report {
    uint64_t rows;
    uint64_t faulty;        /* rows without a rate */
    uint64_t past_coverage; /* rows whose day lies past the last one that the tables cover */
};

/* Streams rows in and answers out. A row without a rate says why in its error column and the rest goes on. A file without the columns
 * into, hts and from, or that is not CSV, is TOL_BAD_DATA. */
TOL_MUST_CHECK enum tol_status rate_batch(const struct tol_law *law, const struct batch_options *options,
                                          struct sink *sink, struct batch_report *report, struct tol_error *error);

#endif
