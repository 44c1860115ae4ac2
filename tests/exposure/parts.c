#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "exposure/world.h"
#include "tolmuur/explain.h"

#define PARTS_MAX 300

static double add_up(const double *parts, size_t count, double rest)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += parts[i];
    }
    return sum + rest;
}

static double sum_of_sizes(const double *parts, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += fabs(parts[i]);
    }
    return sum;
}

/* fma-summed as the batch does, so that the total is not the plain sum. */
static double fused_total(const double *parts, size_t count)
{
    double total = 0;
    for (size_t i = 0; i < count; i++) {
        total = fma(parts[i], 1 + 0x1p-52, total);
    }
    return total;
}

static void check_fit(double *parts, size_t count, double total)
{
    double before[PARTS_MAX];
    double size = sum_of_sizes(parts, count);
    for (size_t i = 0; i < count; i++) {
        before[i] = parts[i];
    }
    double rest = tol_parts_fit(parts, count, total);
    cr_assert_eq(add_up(parts, count, rest), total, "%.17g is not %.17g", add_up(parts, count, rest), total);
    double unit = nextafter(size, INFINITY) - size;
    cr_assert_leq(fabs(rest), (double)(count + 1) * 2 * unit, "rest %g of %d parts of %g", rest, (int)count, size);
    for (size_t i = 0; i < count; i++) {
        cr_assert_leq(fabs(parts[i] - before[i]), (double)(count + 2) * 4 * unit);
    }
    /* From behind as well: every partial sum is exact. */
    double backwards = 0;
    for (size_t i = count; i > 0; i--) {
        backwards += parts[i - 1];
    }
    cr_assert_eq(backwards + rest, total);
}

static void check_random(double spread_decades, bool cancel)
{
    uint64_t state = 42 + (uint64_t)spread_decades + (cancel ? 1000 : 0);
    for (int again = 0; again < 20000; again++) {
        double parts[PARTS_MAX];
        size_t count = 1 + random_next(&state) % (again % 100 == 0 ? PARTS_MAX : 12);
        for (size_t i = 0; i < count; i++) {
            double size = pow(10, spread_decades * (random_unit(&state) - 0.5));
            parts[i] = random_next(&state) % 2 == 0 ? size : -size;
            if (cancel && i % 2 == 1) {
                parts[i] = -parts[i - 1] * (1 + (double)(random_next(&state) % 5) * 0x1p-52);
            }
        }
        check_fit(parts, count, fused_total(parts, count));
    }
}

Test(parts, add_up_for_parts_of_like_size)
{
    check_random(1, false);
}

Test(parts, add_up_for_parts_of_thirty_decades)
{
    check_random(30, false);
}

Test(parts, add_up_when_pairs_cancel)
{
    check_random(1, true);
}

Test(parts, add_up_when_wide_pairs_cancel)
{
    check_random(20, true);
}

Test(parts, total_finer_than_the_grid)
{
    double parts[] = {1e9 + 0.1, -1e9, 3e-8};
    double total = parts[0] + parts[1] + parts[2];
    check_fit(parts, 3, total);
    double near_zero[] = {1e9, -1e9};
    double rest = tol_parts_fit(near_zero, 2, 1.234567890123e-9);
    cr_assert_eq(near_zero[0] + near_zero[1] + rest, 1.234567890123e-9);
}

Test(parts, total_a_few_steps_off_the_sum_is_taken_up)
{
    double parts[] = {1.0, -1.0 + 0x1p-52, 0x1p-53, 0x1p-54};
    double total = 0x1.23456789abcdep-53;
    double rest = tol_parts_fit(parts, 4, total);
    cr_assert_eq(add_up(parts, 4, rest), total);
}

Test(parts, none)
{
    cr_assert_eq(tol_parts_fit(NULL, 0, 0.0), 0.0);
    cr_assert_eq(tol_parts_fit(NULL, 0, 12.5), 12.5);
}

Test(parts, one_part_is_the_total)
{
    double part = 0.1;
    double rest = tol_parts_fit(&part, 1, 0.1);
    cr_assert_eq(part + rest, 0.1);
    cr_assert_float_eq(part, 0.1, 1e-15);
}

Test(parts, zeros_stay_zero)
{
    double parts[5] = {0, -0.0, 0, 0, 0};
    cr_assert_eq(tol_parts_fit(parts, 5, 0), 0);
    for (int i = 0; i < 5; i++) {
        cr_assert_eq(parts[i], 0);
    }
}

Test(parts, smallest_and_large_numbers)
{
    double tiny[] = {DBL_TRUE_MIN, -3 * DBL_TRUE_MIN, DBL_MIN, DBL_MIN / 3};
    check_fit(tiny, 4, tiny[0] + tiny[1] + tiny[2] + tiny[3]);
    double large[] = {1e300, -2.5e300, 1.1e299, 1e-300};
    check_fit(large, 4, fused_total(large, 4));
}
