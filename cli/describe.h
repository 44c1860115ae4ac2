/* The command and option tables in the languages of other programs: manual pages and shell completions. */
#ifndef CLI_DESCRIBE_H
#define CLI_DESCRIBE_H

#include "command.h"
#include "sink.h"

/* `tolmuur help --format FORMAT [COMMAND]`: words are FORMAT and what follows. FORMAT is asciidoc (the page of a command, or of the program),
 * commands (their names), bash, zsh or fish. TOL_USAGE. */
TOL_MUST_CHECK enum tol_status describe(int count, const char **words, struct tol_error *error);

/* A manual page in AsciiDoc, doctype manpage. */
void manual_program(struct sink *sink);
void manual_command(struct sink *sink, const struct command *command);

void completion_bash(struct sink *sink);
void completion_zsh(struct sink *sink);
void completion_fish(struct sink *sink);

/* Does the option's value name a file or folder? */
bool option_names_file(const struct option_spec *spec);
/* The values that it may have, in a command; NULL: free. */
const char *option_values(const struct option_spec *spec, const struct command *command);

#endif
