/* A fault in one line, as every front end says it. */
#ifndef CLI_FAULT_TEXT_H
#define CLI_FAULT_TEXT_H

#include <stddef.h>

#include "tolmuur/status.h"

#define FAULT_TEXT_SIZE 4096

/* "FILE: row 3: column: 'x': message", each part where the fault has it; what a message quotes is made visible. Cut at size. */
void fault_text(const struct tol_error *error, char *text, size_t size);

#endif
