/* A firm's numbers in 256-bit arithmetic, from the input rows. Shares no code with the engine. */
#ifndef TESTS_EXPOSURE_ORACLE_H
#define TESTS_EXPOSURE_ORACLE_H

#include <mpfr.h>

#include "exposure/portfolio.h"

#define ORACLE_BITS 256

struct exact_firm {
    mpfr_t duty_export, duty_import, price_cut, volume, cost_rise; /* sums over the lines */
    mpfr_t sizes;                                                  /* sum of what was added up, without signs */
    mpfr_t share[TOL_SIDE_COUNT];                                  /* delta0, c0 */
    mpfr_t indirect[TOL_SIDE_COUNT];                               /* delta - delta0, c - c0 */
    mpfr_t lines[TOL_SIDE_COUNT];                                  /* value of all lines */
    double whole[TOL_SIDE_COUNT];                                  /* R, C: stated, or C of the lines */
    double cost_pass_through;
};
void exact_firm_init(struct exact_firm *firm);
void exact_firm_clear(struct exact_firm *firm);

/* Fills indirect of every firm from share, along the counterparts that lines name: delta = delta0 + W delta, c = c0 + S (kappa c), by repeated
 * substitution until nothing as large as 2^-120 is added. Returns the number of firms whose lines exceed a stated total. */
size_t exact_network(const struct portfolio *portfolio, struct exact_firm *firm);

#endif
