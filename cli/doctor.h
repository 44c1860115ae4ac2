/* Findings of `doctor` that need libraries of their own. */
#ifndef CLI_DOCTOR_H
#define CLI_DOCTOR_H

#include <stddef.h>

#include "config.h"

struct library_version {
    const char *name;
    char version[64];
};

enum { LIBRARIES_MOST = 16 };
/* Fills at most `most` entries and returns their number. DuckDB is loaded to be asked; "cannot be loaded" says that it could not. */
size_t doctor_libraries(struct library_version *libraries, size_t most);

struct setting {
    char place[600]; /* "environment", or FILE:LINE */
    char name[200];  /* TOLMUUR_THREADS, or "[score] threads" */
    char value[200];
};

/* What variables and files set, those that count more first. Fills at most `most` and returns their number. */
size_t doctor_settings(const struct config *config, struct setting *settings, size_t most);

#endif
