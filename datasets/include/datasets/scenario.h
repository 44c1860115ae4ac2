/* Scenario files: changes that are laid over the law (docs/scenarios.md). */
#ifndef DATASETS_SCENARIO_H
#define DATASETS_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tolmuur/day.h"
#include "tolmuur/law.h"
#include "tolmuur/status.h"

#pragma GCC visibility push(default)

#define TOL_SURVIVAL_MAX 6 /* programmes in doubt in one scenario: 64 ways in which they may stand or fall */

/* A programme that may fall before the scenario's law is applied. */
struct tol_survival {
    const char *programme; /* as in programmes.csv */
    double probability;    /* that it is still law, 0 to 1 */
};

/* One scenario as the file states it. Texts belong to the file. */
struct tol_scenario_text {
    const char *name; /* 1 to 63 bytes, unique in the file */
    bool has_day;
    tol_day on;  /* when has_day */
    size_t base; /* index of the earlier scenario it builds on; SIZE_MAX: the shipped law */
    size_t change_count;
    struct tol_law_change *change;                  /* id and fields, ready for tol_law_overlay */
    size_t survival_count;                          /* every programme that is not listed stands with certainty */
    struct tol_survival survival[TOL_SURVIVAL_MAX]; /* its own; without any key `survival`, those of its base */
};

struct tol_scenario_file {
    size_t count;
    struct tol_scenario_text *scenario;
    void *private_part;
};

/* Reads a file that holds one scenario, or several (at most 1,024) as an array under "scenarios". Strict: an unknown or repeated key, a null, a
 * wrong type, a bad date, a name given twice, a probability outside 0 to 1 is TOL_BAD_DATA with the file, the JSON path as column, and how to
 * mend it. What the fields of a measure mean is checked by tol_law_overlay, the names under `survival` by tol_scenario_survival_check.
 * TOL_NO_INPUT no such file. Caller owns *file. */
TOL_MUST_CHECK enum tol_status tol_scenario_file_read(const char *path, struct tol_scenario_file **file,
                                                      struct tol_error *error);
void tol_scenario_file_free(struct tol_scenario_file *file); /* NULL allowed */

/* TOL_BAD_DATA when `survival` names a programme that the law does not know: row is the entry (from 1), column its place in the scenario, value the
 * name. TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_scenario_survival_check(const struct tol_scenario_text *scenario,
                                                           const struct tol_law *law, struct tol_error *error);

/* The law in which the programmes survival[i] with bit i of `fallen` set have no measures any more; what yielded to them applies again. `law` is
 * the scenario's own: its changes are laid already (measures it added to such a programme fall too). 0 gives the same law as an object of its
 * own. Bits from survival_count on must be 0. Caller owns *result, which `law` must outlive; some tens of milliseconds. Errors as
 * tol_law_overlay. */
TOL_MUST_CHECK enum tol_status tol_scenario_law_after_fall(const struct tol_scenario_text *scenario,
                                                           const struct tol_law *law, uint32_t fallen,
                                                           const struct tol_allocator *allocator,
                                                           struct tol_law **result, struct tol_error *error);

#pragma GCC visibility pop

#endif
