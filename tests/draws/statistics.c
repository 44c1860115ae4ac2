/* Percentiles by nearest rank, means and shortfalls: by hand, and against sorting. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tolmuur/draws.h"

static struct tol_draw_statistics statistics_of(const double *value, size_t count)
{
    uint8_t *bucket = malloc(2 * count);
    double *spare = malloc(count * sizeof *spare);
    cr_assert(bucket != NULL && spare != NULL);
    struct tol_draw_statistics result = tol_draw_statistics_of(value, count, bucket, spare);
    free(bucket);
    free(spare);
    return result;
}

Test(draw_statistics, of_twenty_numbers_by_hand)
{
    const double value[] = {12, 3, 20, 7, 1, 16, 9, 5, 18, 14, 2, 11, 6, 19, 4, 13, 8, 17, 10, 15};
    struct tol_draw_statistics of = statistics_of(value, 20);
    cr_assert_eq(of.p05, 1);
    cr_assert_eq(of.p50, 10);
    cr_assert_eq(of.p95, 19);
    cr_assert_eq(of.mean, 10.5);
    cr_assert_eq(of.expected_shortfall, 1);
}

/* 41 draws: ranks 3, 21 and 39; the three lowest are -100, -10, -10. */
Test(draw_statistics, of_forty_one_numbers_by_hand)
{
    double value[41] = {[7] = -10, [8] = -100, [30] = -10, [40] = 50};
    struct tol_draw_statistics of = statistics_of(value, 41);
    cr_assert_eq(of.p05, -10);
    cr_assert_eq(of.p50, 0);
    cr_assert_eq(of.p95, 0);
    cr_assert_eq(of.expected_shortfall, -40);
    cr_assert_float_eq(of.mean, -70.0 / 41, 1e-15);
}

Test(draw_statistics, of_one_draw_are_that_draw)
{
    const double value = -3.25;
    struct tol_draw_statistics of = statistics_of(&value, 1);
    cr_assert(of.mean == value && of.p05 == value && of.p50 == value && of.p95 == value &&
              of.expected_shortfall == value);
}

static uint64_t state;

static double unit(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (double)(state >> 11) * 0x1p-53;
}

/* Shapes that are hard on buckets: two values only, one far outlier, many scales, numbers too small or too far apart to be cut. */
static double shaped(int shape)
{
    switch (shape) {
    case 0:
        return unit() - 0.5;
    case 1:
        return unit() < 0.3 ? -7 : 11;
    case 2:
        return unit() < 0.002 ? -1e12 : unit();
    case 3:
        return -exp(60 * unit());
    case 4:
        return unit() * 0x1p-1060;
    case 5:
        return (unit() < 0.5 ? -1 : 1) * 1.7e308 * unit();
    default:
        return floor(20 * unit());
    }
}

static int compare(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

Test(draw_statistics, agree_with_sorting)
{
    static const size_t counts[] = {1, 2, 3, 7, 19, 20, 21, 24, 25, 100, 1000, 1024, 4999, 65536};
    for (int shape = 0; shape <= 6; shape++) {
        for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
            size_t count = counts[i];
            double *value = malloc(2 * count * sizeof *value), *sorted = value + count;
            for (size_t n = 0; n < count; n++) {
                value[n] = sorted[n] = shaped(shape);
            }
            qsort(sorted, count, sizeof *sorted, compare);
            struct tol_draw_statistics of = statistics_of(value, count);
            cr_assert_eq(of.p05, sorted[(size_t)ceil(0.05 * (double)count - 1e-9) - 1], "shape %d of %zu", shape,
                         count);
            cr_assert_eq(of.p50, sorted[(count + 1) / 2 - 1], "shape %d of %zu", shape, count);
            cr_assert_eq(of.p95, sorted[(size_t)ceil(0.95 * (double)count - 1e-9) - 1], "shape %d of %zu", shape,
                         count);
            long double worst = 0, all = 0, sizes = 0;
            size_t worst_count = (count + 19) / 20;
            for (size_t n = 0; n < count; n++) {
                worst += n < worst_count ? (long double)sorted[n] / (long double)worst_count : 0;
                all += (long double)sorted[n] / (long double)count;
                sizes += fabsl((long double)sorted[n]) / (long double)count;
            }
            if (shape != 5) {
                cr_assert_leq(fabsl((long double)of.expected_shortfall - worst), 1e-15L * fabsl(worst) + 0x1p-1074L);
                cr_assert_leq(fabsl((long double)of.mean - all), 1e-13L * sizes + 0x1p-1074L);
            }
            free(value);
        }
    }
}
