/* scale_lognormal and scale_logit_normal: exact cases, and errors against long double formulas written otherwise. In each variant. */
#include <string.h>

#include "bounds.h"

struct scaled {
    double lognormal, share;
};

/* One lane of one row. */
static struct scaled scale(const struct tol_kernels *kernels, double centre, double spread, double normal)
{
    _Alignas(64) double row[TOL_LANES], factor[TOL_LANES], share[TOL_LANES];
    for (int l = 0; l < TOL_LANES; l++)
        row[l] = l == 3 ? normal : 0.1 * l;
    kernels->scale_lognormal(1, spread, row, factor);
    kernels->scale_logit_normal(1, centre, spread, row, share);
    return (struct scaled){factor[3], share[3]};
}

static const double normals[] = {0.0, -0.0, 1.0, -1.0, 8.22, -8.22, 0x1p-1074, 1e-9};
static const double centres[] = {0.0, 1.0, 0.5, 0.1, 0x1p-1074, 1e-300, 0x1p-54, 0x1p-53, 0x1.8p-53, 1 - 0x1p-53};
enum { NORMAL_COUNT = sizeof normals / sizeof normals[0], CENTRE_COUNT = sizeof centres / sizeof centres[0] };

Test(scales, no_spread_is_exactly_the_centre)
{
    struct random random = {case_seed()};
    for (size_t i = 0; runnable_variant(i) != NULL; i++)
        for (int repeat = 0; repeat < 100000; repeat++) {
            double centre = repeat < CENTRE_COUNT ? centres[repeat] : random_unit(&random);
            if (repeat % 3 == 2)
                centre = fmin(1, fabs(random_exponent(&random, -80, -1)));
            double normal = normals[random_below(&random, NORMAL_COUNT)];
            struct scaled got = scale(runnable_variant(i), centre, 0.0, normal);
            cr_assert_eq(bits_of(got.lognormal), bits_of(1.0), "%s: normal %a", runnable_variant(i)->isa, normal);
            cr_assert_eq(bits_of(got.share), bits_of(centre), "%s: centre %a, got %a", runnable_variant(i)->isa, centre,
                         got.share);
        }
}

Test(scales, certain_shares_stay_certain)
{
    static const double spreads[] = {0.0, 0x1p-1074, 0.5, 50.0, 1000.0, 1e300};
    for (size_t i = 0; runnable_variant(i) != NULL; i++)
        for (size_t s = 0; s < sizeof spreads / sizeof spreads[0]; s++)
            for (size_t n = 0; n < NORMAL_COUNT; n++) {
                cr_assert_eq(bits_of(scale(runnable_variant(i), 0.0, spreads[s], normals[n]).share), bits_of(0.0));
                cr_assert_eq(bits_of(scale(runnable_variant(i), 1.0, spreads[s], normals[n]).share), bits_of(1.0));
            }
}

/* Whatever the spread, a share is one. */
Test(scales, shares_lie_between_zero_and_one)
{
    struct random random = {case_seed()};
    for (size_t i = 0; runnable_variant(i) != NULL; i++)
        for (int repeat = 0; repeat < 50000; repeat++) {
            double spread = fabs(random_exponent(&random, -20, 12)), normal = random_between(&random, -8.3, 8.3);
            double centre =
                random_below(&random, 2) ? random_unit(&random) : centres[random_below(&random, CENTRE_COUNT)];
            struct scaled got = scale(runnable_variant(i), centre, spread, normal);
            cr_assert(got.share >= 0 && got.share <= 1, "%s: centre %a, spread %a, normal %a: %a",
                      runnable_variant(i)->isa, centre, spread, normal, got.share);
            cr_assert(got.lognormal >= 0);
        }
}

/* exp brings 2 u, and the rounding of its argument abs(argument) u. The complement, the sum and the quotient of a share add a rounding each. */
Test(scales, errors)
{
    struct random random = {case_seed()};
    for (size_t i = 0; runnable_variant(i) != NULL; i++)
        for (int repeat = 0; repeat < 50000; repeat++) {
            double spread = random_between(&random, 0, 3), normal = random_between(&random, -8.3, 8.3);
            double centre = random_below(&random, 2) ? random_unit(&random) : fabs(random_exponent(&random, -60, -2));
            struct scaled got = scale(runnable_variant(i), centre, spread, normal);
            long double power = (long double)spread * normal, factor = expl(power);
            long double share = 1 / (1 + expl(-(logl(centre) - log1pl(-centre) + power)));
            check_near("lognormal", runnable_variant(i)->isa, got.lognormal, factor,
                       1.01L * (2 + fabsl(power)) * u * factor);
            check_near("share", runnable_variant(i)->isa, got.share, share, 1.01L * (5 + fabsl(power)) * u * share);
        }
}

/* In place, and over many rows, as over one row elsewhere. */
Test(scales, in_place_is_the_same)
{
    enum { ROWS = 5, SIZE = ROWS * TOL_LANES };
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        _Alignas(64) double normal[SIZE], apart[SIZE], kept[SIZE];
        runnable_variant(i)->normal_draws(1, 2, 3, SIZE, kept);
        memcpy(normal, kept, sizeof normal);
        runnable_variant(i)->scale_lognormal(ROWS, 0.4, normal, apart);
        runnable_variant(i)->scale_lognormal(ROWS, 0.4, normal, normal);
        cr_assert_eq(first_difference(normal, apart, SIZE), SIZE);
        memcpy(normal, kept, sizeof normal);
        runnable_variant(i)->scale_logit_normal(ROWS, 0.3, 0.4, normal, apart);
        runnable_variant(i)->scale_logit_normal(ROWS, 0.3, 0.4, normal, normal);
        cr_assert_eq(first_difference(normal, apart, SIZE), SIZE);
        for (size_t at = 0; at < SIZE; at++)
            cr_assert_eq(apart[at], scale(runnable_variant(i), 0.3, 0.4, kept[at]).share);
    }
}
