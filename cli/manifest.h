/* Writes the manifest of a run (docs/runs.md). All that is not the same for the same run again stands under `execution`. */
#ifndef CLI_MANIFEST_H
#define CLI_MANIFEST_H

#include "score_job.h"

/* Waits for the hashes of the inputs, hashes the totals and writes the file into the partial folder. TOL_IO, TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status manifest_write(struct score_job *job, size_t kept_parts, struct tol_error *error);

/* Is it an option that changes what comes out? The others stand under `execution` too. */
bool manifest_option_counts(enum option_id id);

#endif
