/* What both files of bounds use. */
#ifndef TOLMUUR_TESTS_KERNELS_BOUNDS_H
#define TOLMUUR_TESTS_KERNELS_BOUNDS_H

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>

#include "cases.h"

/* Half an ulp of 1, the largest relative error of one rounding. */
static const long double u = DBL_EPSILON / 2;

static inline void check_near(const char *what, const char *isa, double got, long double exact, long double bound)
{
    cr_assert(fabsl(got - exact) <= bound, "%s %s: %.17g is %.3Lg from %.20Lg, more than %.3Lg; TOLMUUR_TEST_SEED=%llu",
              isa, what, got, fabsl(got - exact), exact, bound, (unsigned long long)case_seed());
}

#endif
