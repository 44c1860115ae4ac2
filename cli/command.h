/* A verb of the program: one per file command_*.c. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "options.h"

struct command {
    const char *name;
    const char *summary;           /* one line of the global help */
    const char *usage;             /* what follows "tolmuur NAME" */
    const char *examples;          /* lines, each ended by a newline */
    const char *text;              /* what the user must know; lines */
    const enum option_id *options; /* closed by OPTION_END */
    const char *words;             /* what its first argument may be, as in "list show"; NULL: anything */
    const char *formats;           /* what --format takes, as in "table json" */
    size_t least_arguments;
    size_t most_arguments;
    /* Data goes to stdout, talk to stderr. A failure is returned with its error filled. */
    enum tol_status (*run)(const struct options *options, struct tol_error *error);
};

extern const struct command command_check;
extern const struct command command_build;
extern const struct command command_score;
extern const struct command command_merge;
extern const struct command command_diff;
extern const struct command command_report;
extern const struct command command_firm;
extern const struct command command_rate;
extern const struct command command_sectors;
extern const struct command command_law;
extern const struct command command_doctor;

/* Does the command take the option? Those of every command count. */
bool command_takes(const struct command *command, enum option_id id);

/* Every command, closed by NULL. */
extern const struct command *const commands[];

#endif
