/* No command writes over what it reads. */
#ifndef CLI_OVERWRITE_H
#define CLI_OVERWRITE_H

#include "options.h"

/* TOL_USAGE, with both names, when an output of the command line is one of its inputs or another of its outputs, or has no name. The tables of a folder of
 * supply tables are compared by tol_supply_build. */
TOL_MUST_CHECK enum tol_status refuse_overwrite(const struct options *options, struct tol_error *error);

#endif
