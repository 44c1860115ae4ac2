/* A side's factor rows cut into what nearly every line has and what few have, for gather_split. */
#ifndef TOLMUUR_EXPOSURE_SPLIT_H
#define TOLMUUR_EXPOSURE_SPLIT_H

#include <stdbool.h>
#include <stdint.h>

#include "exposure/memory.h"
#include "kernels.h"

/* A table of distinct rows, [count][factor_count][row_count][TOL_LANES], and the lines that read it. */
struct tol_split_source {
    const double *row;
    uint32_t count;
    size_t factor_count; /* at most 8 */
    size_t row_count;    /* factor_count x row_count at most TOL_SPLIT_ROWS_MAX */
    const uint32_t *cell_row;
    uint64_t cell_count;
    const uint32_t *line_cell; /* [line_count] */
    uint64_t line_count;
};

/* Cuts the table where a pass over a sample of the lines costs least; which cut is taken changes no sum. Arrays are taken from keep. false: out of memory. */
bool tol_split_make(struct tol_keep *keep, const struct tol_split_source *source, struct tol_split_table *table);

#endif
