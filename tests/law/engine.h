/* What the tests of the engine share: an answer's figures, and the bolt that most of them ask about. */
#ifndef TOLMUUR_TESTS_LAW_ENGINE_H
#define TOLMUUR_TESTS_LAW_ENGINE_H

#include <criterion/criterion.h>
#include <math.h>

#include "law/world.h"

#define BOLT "7318150010"

static inline void near(double got, double wanted)
{
    cr_assert(fabs(got - wanted) < 1e-12, "%.17g, wanted %.17g", got, wanted);
}

static inline void range(const struct tol_rate_answer *answer, double low, double central, double high)
{
    near(answer->low, low);
    near(answer->central, central);
    near(answer->high, high);
}

/* The central total of a bolt from CN on a day under these measures. */
static inline double bolt(const char *measures, const char *on, const char *facts)
{
    struct tol_law *law = world_law(measures);
    double central = world_rate(law, "US", "CN", BOLT, on, facts).central;
    tol_law_close(law);
    return central;
}

#endif
