/* score into a run folder. */
#ifndef CLI_RUN_SCORE_H
#define CLI_RUN_SCORE_H

#include "score_job.h"
#include "score_stream.h"

/* The folder's name and its options. TOL_USAGE. */
TOL_MUST_CHECK enum tol_status run_score_read(struct score_job *job, struct tol_error *error);

/* Opens the folder of job->output and starts to hash the inputs on the side. job->folder.whole: there is nothing to do, which was said. */
TOL_MUST_CHECK enum tol_status run_score_open(struct score_job *job, struct tol_error *error);

/* Rows into parts, totals gathered on the way; parts that are there already only give their sums. */
TOL_MUST_CHECK enum tol_status run_score_rows(struct score_job *job, struct score_stream *stream,
                                              struct tol_error *error);

/* Totals and manifest; then the run gets its name. */
TOL_MUST_CHECK enum tol_status run_score_publish(struct score_job *job, struct tol_error *error);

/* After a failure: what was kept and how to go on. Ends what goes on at the side. */
void run_score_close(struct score_job *job, enum tol_status status);

#endif
