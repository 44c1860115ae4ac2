/* Findings of `doctor` that need libraries of their own. */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include <stddef.h>

struct library_version {
    const char *name;
    char version[64];
};

/* Fills at most `most` entries and returns their number. DuckDB is loaded to be asked; "cannot be loaded" says that it could not. */
size_t doctor_libraries(struct library_version *libraries, size_t most);

#endif
