/* Figures of all firms together out of the totals that a run has written. */
#ifndef CLI_TOTALS_READ_H
#define CLI_TOTALS_READ_H

#include "totals.h"

struct totals_read {
    size_t scenario_count;
    size_t figure_count;
    double *figure; /* [scenario_count][figure_count]; NaN: not known */
};

/* From a file of totals_render_set with this many scenarios. Release also after a failure. TOL_NO_INPUT: it is not there. TOL_BAD_DATA: it is none. TOL_IO: it
 * cannot be read. TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status totals_read(struct totals_read *totals, const char *path, size_t scenario_count,
                                           struct tol_error *error);
void totals_read_release(struct totals_read *totals);

#endif
