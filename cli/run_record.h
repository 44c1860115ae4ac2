/* What is kept of a finished part beside it while the run goes on: whose it is, its hash, and the totals' sums up to its end, so that a run that carries on adds
 * the same numbers in the same order. */
#ifndef CLI_RUN_RECORD_H
#define CLI_RUN_RECORD_H

#include "totals.h"

#include "tolmuur/sha256.h"

struct run_part {
    uint64_t first_firm;
    uint64_t firm_count;
    uint64_t rows;
    uint64_t bytes;
    char sha256[TOL_SHA256_TEXT_SIZE];
    bool kept; /* whole, from an earlier start of this run */
};

/* The sums as they are now, as bytes in a sink of memory: the caller releases it. TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status run_record_sums(struct sink *sums, const struct totals_set *totals,
                                               struct tol_error *error);

/* Writes the record whole to path. identity: SHA-256 of what the run is made from. */
TOL_MUST_CHECK enum tol_status run_record_write(const char *path, const char *identity, const struct run_part *part,
                                                const struct sink *sums, struct tol_error *error);

/* False when there is no sound record of this part of this run. Else fills the part's bytes and hash and, when totals is not NULL, sets the sums: a record that is
 * found unsound on the way leaves them undefined. */
bool run_record_read(const char *path, const char *identity, struct run_part *part, struct totals_set *totals);

#endif
