/* What every explanation has to hold. */
#ifndef TESTS_EXPOSURE_EXPLAIN_CHECK_H
#define TESTS_EXPOSURE_EXPLAIN_CHECK_H

#include "tolmuur/explain.h"

/* All parts add up, in more than one order, to the bit; what is left is rounding; lists are sorted. */
void explanation_check(const struct tol_explanation *of);

/* Must succeed. Caller destroys. */
struct tol_explanation *explanation_of(const struct tol_plan *plan, uint64_t firm, uint32_t scenario);

#endif
