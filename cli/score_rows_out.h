/* The rows of a score on their way to where the job sends them. */
#ifndef CLI_SCORE_ROWS_OUT_H
#define CLI_SCORE_ROWS_OUT_H

#include "score_job.h"

/* A server that does not answer, or a table that cannot be written, is told before the work. */
TOL_MUST_CHECK enum tol_status try_database(struct score_job *job, struct tol_error *error);

/* Scores all firms, rows out, totals gathered on the way. */
TOL_MUST_CHECK enum tol_status score_rows(struct score_job *job, struct tol_error *error);

#endif
