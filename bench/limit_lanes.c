/* The loops behind the limits in one instruction set, in the words of the kernels. Compiled once per variant, as kernels/variant.c is. */
#include TOL_VARIANT_LANES

#include "limit.h"

const struct limit_loops LIMIT_TABLE;

enum { AHEAD = LIMIT_GATHER_AHEAD };

static double sum_of(lanes x)
{
    _Alignas(TOL_LANES * sizeof(double)) double row[TOL_LANES];
    double sum = 0;
    lanes_store(row, x);
    for (size_t l = 0; l < TOL_LANES; l++)
        sum += row[l];
    return sum;
}

/* Four sums, so that an addition need not wait for the one before. */
static double read_in_order(const double *data, size_t size)
{
    lanes sum[4] = {lanes_zero(), lanes_zero(), lanes_zero(), lanes_zero()};
    size_t count = size / sizeof(double);
    for (size_t at = 0; at + 4 * TOL_LANES <= count; at += 4 * TOL_LANES)
        for (size_t k = 0; k < 4; k++)
            sum[k] = lanes_add(sum[k], lanes_load(data + at + k * TOL_LANES));
    return sum_of(lanes_add(lanes_add(sum[0], sum[1]), lanes_add(sum[2], sum[3])));
}

/* Adds `count` rows of lanes from `row` on to as many sums, and fetches those of a row that comes later. count is a constant at every call. */
LANES_WORD void add_rows(size_t count, const double *row, const double *later, lanes sum[4])
{
    for (size_t k = 0; k < count; k++) {
        lanes_prefetch(later + k * TOL_LANES);
        sum[k] = lanes_add(sum[k], lanes_load(row + k * TOL_LANES));
    }
}

static double gather(const double *table, size_t row_doubles, const uint32_t *pick, size_t count)
{
    lanes sum[4] = {lanes_zero(), lanes_zero(), lanes_zero(), lanes_zero()};
    for (size_t i = 0; i + AHEAD < count; i++) {
        const double *row = table + pick[i] * row_doubles;
        const double *later = table + pick[i + AHEAD] * row_doubles;
        size_t at = 0;
        for (; at + 4 * TOL_LANES <= row_doubles; at += 4 * TOL_LANES)
            add_rows(4, row + at, later + at, sum);
        for (; at + 2 * TOL_LANES <= row_doubles; at += 2 * TOL_LANES)
            add_rows(2, row + at, later + at, sum);
        for (; at < row_doubles; at += TOL_LANES)
            add_rows(1, row + at, later + at, sum);
    }
    return sum_of(lanes_add(lanes_add(sum[0], sum[1]), lanes_add(sum[2], sum[3])));
}

static void exponentials(size_t count, const double *x, double *y)
{
    for (size_t at = 0; at < count; at += TOL_LANES)
        lanes_store(y + at, lanes_exp(lanes_load(x + at)));
}

static void exponentials_less_one(size_t count, const double *x, double *y)
{
    for (size_t at = 0; at < count; at += TOL_LANES)
        lanes_store(y + at, lanes_expm1(lanes_load(x + at)));
}

const struct limit_loops LIMIT_TABLE = {LANES_ISA, read_in_order, gather, exponentials, exponentials_less_one};
