/* Where a wanted uniform number is drawn. The far tails are too rare to be met by chance; Philox can be run backwards to them. */
#ifndef TOLMUUR_TESTS_KERNELS_DRAW_POSITION_H
#define TOLMUUR_TESTS_KERNELS_DRAW_POSITION_H

#include <stdint.h>

#include "cases.h"

struct draw_position {
    uint64_t seed, stream, draw;
};

/* A place, drawn at random, where uniform_draws has (k + 1/2) 2^-52; k < 2^52. The draw is even. */
struct draw_position draw_position_of(uint64_t k, struct random *random);

#endif
