/* The lines of an INI text, read by inih and kept strict around it. */
#ifndef CLI_CONFIG_LINES_H
#define CLI_CONFIG_LINES_H

#include <stddef.h>

#include "tolmuur/status.h"

/* Takes one `name = value` line; section is "" before the first. A status other than TOL_OK ends the reading. */
typedef enum tol_status (*config_line_function)(void *context, const char *section, const char *name, const char *value,
                                                unsigned line, struct tol_error *error);

/* Calls function for every setting of the text. Comments begin with ; or # on a line of their own, or with ; behind a blank. TOL_USAGE: a line
 * that is no section, setting or comment; something behind a section; a line that is too long for inih; a zero byte. *line is the line that
 * was read last. */
TOL_MUST_CHECK enum tol_status config_lines(const char *text, size_t length, config_line_function function,
                                            void *context, unsigned *line, struct tol_error *error);

#endif
