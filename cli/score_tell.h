/* What `score` says of a run that is done: totals on stdout, the rest to whoever is there. */
#ifndef CLI_SCORE_TELL_H
#define CLI_SCORE_TELL_H

#include "score_job.h"

/* Totals in the format that was asked for, draws and the fact worth asking about, a line on the run. TOL_IO, TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status show_totals(struct score_job *job, struct tol_error *error);
/* What each stage took, where --stages asks for it. */
TOL_MUST_CHECK enum tol_status tell_stages(struct score_job *job, struct tol_error *error);

#endif
