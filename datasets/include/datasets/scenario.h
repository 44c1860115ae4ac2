/* Scenario files: changes that are laid over the law (docs/scenarios.md). */
#ifndef DATASETS_SCENARIO_H
#define DATASETS_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>

#include "tolmuur/day.h"
#include "tolmuur/law.h"
#include "tolmuur/status.h"

/* One scenario as the file states it. Texts belong to the file. */
struct tol_scenario_text {
    const char *name; /* 1 to 63 bytes, unique in the file */
    bool has_day;
    tol_day on;  /* when has_day */
    size_t base; /* index of the earlier scenario it builds on; SIZE_MAX: the shipped law */
    size_t change_count;
    struct tol_law_change *change; /* id and fields, ready for tol_law_overlay */
};

struct tol_scenario_file {
    size_t count;
    struct tol_scenario_text *scenario;
    void *private_part;
};

/* Reads a file that holds one scenario, or several as an array under "scenarios". Strict: an unknown or repeated key, a wrong type, a bad date
 * or a name given twice is TOL_BAD_DATA with the file, the JSON path as column, and how to mend it. What the fields of a measure
 * mean is checked by tol_law_overlay. TOL_NO_INPUT no such file. Caller owns *file. */
TOL_MUST_CHECK enum tol_status tol_scenario_file_read(const char *path, struct tol_scenario_file **file,
                                                      struct tol_error *error);
void tol_scenario_file_free(struct tol_scenario_file *file); /* NULL allowed */

#endif
