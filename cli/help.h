/* Help pages, made from the command and option tables. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "command.h"
#include "sink.h"

/* Lines for `tolmuur --help` and the manual. */
extern const char help_examples[], help_exit_codes[];

/* Pages; width of the terminal that they are for, 0: none. */
void help_all(struct sink *sink, size_t width);
void help_command(struct sink *sink, size_t width, const struct command *command);

#endif
