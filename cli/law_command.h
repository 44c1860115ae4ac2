/* The subcommands of `law`: one per file law_*.c. */
#ifndef CLI_LAW_COMMAND_H
#define CLI_LAW_COMMAND_H

#include "options.h"

struct law_subcommand {
    const char *name;
    const char *usage;             /* what follows "tolmuur law NAME" */
    const enum option_id *options; /* closed by OPTION_END; each of them also stands in command_law.options */
    size_t least_arguments;        /* its own, the subcommand's name not counted */
    size_t most_arguments;
    /* options->argument.text[0] is the subcommand's name. */
    enum tol_status (*run)(const struct options *options, struct tol_error *error);
};

extern const struct law_subcommand law_list;
extern const struct law_subcommand law_show;
extern const struct law_subcommand law_changes;
extern const struct law_subcommand law_check;
extern const struct law_subcommand law_import_hts;
extern const struct law_subcommand law_compile;

#endif
