/* A million draws against theory. Seeds are fixed, so a test that passes does so always; limits are 4.5 standard deviations of what is counted. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "cases.h"

enum { COUNT = 1000000 };
static const double deviations = 4.5;
static double drawn[COUNT], other[COUNT];

/* `sum` of COUNT independent numbers of this mean and variance. */
static void check_mean(const char *what, double sum, double mean, double variance)
{
    double distance = (sum / COUNT - mean) / sqrt(variance / COUNT);
    cr_assert_leq(fabs(distance), deviations, "%s: %.2f standard deviations from theory", what, distance);
}

static void check_share(const char *what, size_t count, double probability)
{
    check_mean(what, (double)count, probability, probability * (1 - probability));
}

/* E z^n of a standard normal number is (n - 1)(n - 3)...1 for even n, 0 for odd. */
static double normal_moment(int n)
{
    double result = n % 2 == 0;
    for (int k = n - 1; k > 1; k -= 2)
        result *= k;
    return result;
}

Test(draws_statistics, moments_of_normals)
{
    for (uint64_t seed = 0; seed < 5; seed++) {
        tol_kernels_best()->normal_draws(seed, 77, 1000 * seed, COUNT, drawn);
        for (int n = 1; n <= 8; n++) {
            double sum = 0;
            for (size_t i = 0; i < COUNT; i++)
                sum += pow(drawn[i], n);
            check_mean("moment", sum, normal_moment(n), normal_moment(2 * n) - pow(normal_moment(n), 2));
        }
    }
}

Test(draws_statistics, quantiles_of_normals)
{
    for (uint64_t seed = 0; seed < 5; seed++) {
        tol_kernels_best()->normal_draws(seed, 78, 0, COUNT, drawn);
        for (int quarter = -17; quarter <= 17; quarter++) {
            double x = quarter / 4.0;
            size_t below = 0;
            for (size_t i = 0; i < COUNT; i++)
                below += drawn[i] < x;
            check_share("share below", below, erfc(-x * sqrt(0.5)) / 2);
        }
    }
}

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Kolmogorov and Smirnov: the largest distance between the two distribution functions exceeds 1.95 / sqrt(n) once in a thousand times. */
Test(draws_statistics, distribution_of_normals)
{
    tol_kernels_best()->normal_draws(20260801, 79, 0, COUNT, drawn);
    qsort(drawn, COUNT, sizeof *drawn, compare_doubles);
    double distance = 0;
    for (size_t i = 0; i < COUNT; i++) {
        double expected = erfc(-drawn[i] * sqrt(0.5)) / 2;
        distance = fmax(distance, fmax(fabs(expected - (double)i / COUNT), fabs(expected - (double)(i + 1) / COUNT)));
    }
    cr_assert_leq(distance, 1.95 / sqrt(COUNT));
}

/* Products of two independent standard normal numbers have mean 0 and variance 1. */
static void check_uncorrelated(const char *what, const double *a, const double *b, size_t shift)
{
    double sum = 0;
    for (size_t i = 0; i < COUNT; i++)
        sum += a[i] * b[(i + shift) % COUNT];
    check_mean(what, sum, 0, 1);
}

Test(draws_statistics, normals_do_not_follow_from_their_neighbours)
{
    tol_kernels_best()->normal_draws(3, 4, 0, COUNT, drawn);
    for (size_t shift = 1; shift <= 33; shift++)
        check_uncorrelated("draws", drawn, drawn, shift);
    for (uint64_t stream = 5; stream < 15; stream++) {
        tol_kernels_best()->normal_draws(3, stream, 0, COUNT, other);
        check_uncorrelated("streams", drawn, other, 0);
        tol_kernels_best()->normal_draws(stream, 4, 0, COUNT, other);
        check_uncorrelated("seeds", drawn, other, 0);
    }
}

/* Across streams at one draw, as a scenario sees them: the first draw of a million streams. */
Test(draws_statistics, first_draws_of_many_streams)
{
    double sum = 0, squares = 0, products = 0;
    for (uint64_t stream = 0; stream < COUNT; stream++) {
        tol_kernels_best()->normal_draws(9, stream, 0, 1, &drawn[stream]);
        sum += drawn[stream];
        squares += drawn[stream] * drawn[stream];
        products += stream > 0 ? drawn[stream] * drawn[stream - 1] : 0;
    }
    check_mean("mean", sum, 0, 1);
    check_mean("variance", squares, 1, 2);
    check_mean("neighbours", products, 0, 1);
}

/* Counts in 1000 equal bins: chi squared of 999 degrees of freedom. */
Test(draws_statistics, uniforms_fill_bins_evenly)
{
    enum { BINS = 1000 };
    for (uint64_t seed = 0; seed < 5; seed++) {
        size_t in_bin[BINS] = {0};
        tol_kernels_best()->uniform_draws(seed, 80, 0, COUNT, drawn);
        for (size_t i = 0; i < COUNT; i++)
            in_bin[(size_t)(drawn[i] * BINS)]++;
        double chi_squared = 0, expected = (double)COUNT / BINS;
        for (size_t b = 0; b < BINS; b++)
            chi_squared += pow((double)in_bin[b] - expected, 2) / expected;
        cr_assert_leq(fabs(chi_squared - (BINS - 1)), deviations * sqrt(2.0 * (BINS - 1)), "chi squared %.1f",
                      chi_squared);
    }
}

/* Events of a given probability, as the uniform draws are for; never at 0, always at 1. */
Test(draws_statistics, events_happen_as_often_as_they_should)
{
    static const double probability[] = {0.0, 1e-4, 0.01, 0.3, 0.5, 0.9, 0.9999, 1.0};
    tol_kernels_best()->uniform_draws(1, 81, 0, COUNT, drawn);
    for (size_t p = 0; p < sizeof probability / sizeof probability[0]; p++) {
        size_t happened = 0;
        for (size_t i = 0; i < COUNT; i++)
            happened += drawn[i] < probability[p];
        if (probability[p] == 0 || probability[p] == 1)
            cr_assert_eq(happened, probability[p] == 0 ? 0 : COUNT);
        else
            check_share("event", happened, probability[p]);
    }
}

/* Median 1 and mean exp(s^2 / 2); variance exp(s^2) (exp(s^2) - 1). */
Test(draws_statistics, lognormal_mean_and_median)
{
    static _Alignas(64) double factor[COUNT];
    const double spread = 0.3;
    tol_kernels_best()->normal_draws(2, 82, 0, COUNT, factor);
    tol_kernels_best()->scale_lognormal(COUNT / TOL_LANES, spread, factor, factor);
    double sum = 0;
    size_t below = 0;
    for (size_t i = 0; i < COUNT; i++) {
        sum += factor[i];
        below += factor[i] < 1;
    }
    check_mean("mean", sum, exp(spread * spread / 2), exp(spread * spread) * expm1(spread * spread));
    check_share("below 1", below, 0.5);
}

/* Half below the centre, and the share below any x that of normals below (logit x - logit centre) / s. */
Test(draws_statistics, logit_normal_quantiles)
{
    static _Alignas(64) double share[COUNT];
    const double centre = 0.8, spread = 0.7;
    tol_kernels_best()->normal_draws(2, 83, 0, COUNT, share);
    tol_kernels_best()->scale_logit_normal(COUNT / TOL_LANES, centre, spread, share, share);
    for (int tenth = 1; tenth <= 9; tenth++) {
        double x = tenth / 10.0, normal = (log(x / (1 - x)) - log(centre / (1 - centre))) / spread;
        size_t below = 0;
        for (size_t i = 0; i < COUNT; i++)
            below += share[i] < x;
        check_share("below", below, erfc(-normal * sqrt(0.5)) / 2);
    }
}
