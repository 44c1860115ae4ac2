/* The workers of a command. */
#ifndef CLI_WORKERS_H
#define CLI_WORKERS_H

#include "options.h"

#include "tolmuur/run.h"

/* From --threads and --no-pin; what is odd about the machine is said. They stop at the signals that talk_catch_signals catches. Destroy with tol_run_destroy, which takes NULL. TOL_USAGE, TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status workers_start(const struct options *options, struct tol_run **workers,
                                             struct tol_error *error);

#endif
