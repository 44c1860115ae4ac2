/* A CSV file that this program wrote, read strictly and field by field. */
#ifndef CLI_CSV_READ_H
#define CLI_CSV_READ_H

#include <stdbool.h>
#include <stddef.h>

#include "tolmuur/status.h"

struct csv_reading {
    void (*take_field)(void *field, size_t length, void *context); /* field NULL: empty */
    void (*take_row)(int ending, void *context);
    void *context;
    const bool *stop; /* NULL: never; what follows is not read once it is true */
};

/* *sound: the file is CSV as far as it was read. What its fields say is for take_field and take_row to judge. TOL_NO_INPUT when the file is not
 * there, TOL_IO when it cannot be read, TOL_NO_MEMORY; the error names the file. */
TOL_MUST_CHECK enum tol_status csv_read(const struct csv_reading *reading, const char *path, bool *sound,
                                        struct tol_error *error);

#endif
