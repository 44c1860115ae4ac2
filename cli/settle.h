/* Options that the command line leaves open, settled by the environment and the configuration. */
#ifndef CLI_SETTLE_H
#define CLI_SETTLE_H

#include "command.h"
#include "config.h"

/* Gives every option that the command takes and the command line did not give the value of the environment (TOLMUUR_THREADS for --threads),
 * else of the first file that has it under [COMMAND], else under [all]. TOLMUUR_ISA and TOLMUUR_TABLES are read where they are used; they too
 * count more than a file. A switch takes yes or no. Keeps config in options; it must live as long. TOL_USAGE, TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status options_settle(struct options *options, const struct command *command,
                                              const struct config *config, struct tol_error *error);

/* Name of an option's variable: TOLMUUR_MAX_REJECTS. */
void option_variable(const struct option_spec *spec, char *name, size_t size);

/* The variable's text when it is set, is not empty and option_may_be_configured; else NULL. */
const char *option_environment(enum option_id id);

/* A usage error about an option that was not typed says where it comes from. */
void options_blame(const struct options *options, struct tol_error *error);

#endif
