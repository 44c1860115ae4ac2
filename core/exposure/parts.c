#include <math.h>

#include "tolmuur/explain.h"

double tol_parts_grid(double size)
{
    int exponent;
    (void)frexp(size, &exponent); /* size < 2^exponent */
    return ldexp(1, exponent - 52);
}

double tol_parts_size(const double *parts, size_t count)
{
    double all = 0;
    for (size_t i = 0; i < count; i++) {
        all += fabs(parts[i]);
    }
    /* Rounding may have made `all` smaller than the truth by less than a part in 2^20, for any count that fits in memory. */
    return all * (1 + 0x1p-20);
}

static size_t largest_part(const double *parts, size_t count)
{
    size_t largest = 0;
    for (size_t i = 1; i < count; i++) {
        largest = fabs(parts[i]) > fabs(parts[largest]) ? i : largest;
    }
    return largest;
}

/* Moves the parts and returns their sum. */
static double move_to(double grid, double *parts, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        if (grid > 0) {
            parts[i] = rint(parts[i] / grid) * grid;
        }
        sum += parts[i];
    }
    return sum;
}

double tol_parts_fit_on(double grid, double *parts, size_t count, double total)
{
    double sum = move_to(grid, parts, count);
    if (count > 0 && grid > 0 && sum + (total - sum) != total) {
        /* The parts nearly cancel, and the total is finer than their grid can reach: let their sum be the multiple nearest to the
         * total, from where the rest is exact. */
        double shift = rint(total / grid) * grid - sum;
        parts[largest_part(parts, count)] += shift;
        sum += shift;
    }
    return total - sum;
}

double tol_parts_fit(double *parts, size_t count, double total)
{
    double all = tol_parts_size(parts, count);
    double size = fabs(total);
    return tol_parts_fit_on(tol_parts_grid(all > size ? all : size), parts, count, total);
}

void tol_parts_fill_on(double grid, double *parts, size_t count, double total)
{
    double sum = move_to(grid, parts, count);
    if (count > 0) {
        parts[largest_part(parts, count)] += total - sum;
    }
}
