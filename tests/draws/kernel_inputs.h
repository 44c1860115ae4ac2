/* Seeded inputs for the kernels of draws. */
#ifndef TESTS_DRAWS_KERNEL_INPUTS_H
#define TESTS_DRAWS_KERNEL_INPUTS_H

#include <stddef.h>
#include <stdint.h>

#include "kernels.h"

enum { ROWS_MOST = 5, LANES_MOST = ROWS_MOST * TOL_LANES, CELLS = 7, ORIGINS = 6, WORLDS = 5, FIRMS_MOST = 9 };

struct draw_inputs {
    size_t rows;
    _Alignas(64) double scale[LANES_MOST];
    _Alignas(64) double rho[LANES_MOST];
    _Alignas(64) double log_market[LANES_MOST];
    uint32_t world[LANES_MOST];
    double log_g[CELLS][WORLDS];
    double share[ORIGINS];
    double home_share;
    struct tol_draw_cell cell[CELLS]; /* points into these inputs */
};
/* Duties from -20 % to 145 %, sigma from 1.1 to 12 (one below 1), spreads as drawn and some lanes without any. */
void draw_inputs_fill(struct draw_inputs *in, uint64_t seed);
double draw_unit(uint64_t *state); /* [0, 1) */

/* i-th table that this machine runs; NULL past the end. */
const struct tol_kernels *runnable(size_t i);

#endif
