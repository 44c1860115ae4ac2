#include <math.h>

#include "tolmuur/explain.h"

/* A power of two so coarse that sums of multiples of it, of size up to twice `size`, fit in 53 bits; 0 where every double is
 * such a multiple. */
static double grid_for(double size)
{
    int exponent;
    (void)frexp(size, &exponent); /* size < 2^exponent */
    return ldexp(1, exponent - 52);
}

static size_t largest_part(const double *parts, size_t count)
{
    size_t largest = 0;
    for (size_t i = 1; i < count; i++) {
        largest = fabs(parts[i]) > fabs(parts[largest]) ? i : largest;
    }
    return largest;
}

double tol_parts_fit(double *parts, size_t count, double total)
{
    double size = fabs(total);
    double all = 0;
    for (size_t i = 0; i < count; i++) {
        all += fabs(parts[i]);
    }
    /* Rounding may have made `all` smaller than the truth by less than a part in 2^20, for any count that fits in memory. */
    all *= 1 + 0x1p-20;
    double grid = grid_for(all > size ? all : size);
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        if (grid > 0) {
            parts[i] = rint(parts[i] / grid) * grid;
        }
        sum += parts[i];
    }
    if (count > 0 && grid > 0 && sum + (total - sum) != total) {
        /* The parts nearly cancel, and the total is finer than their grid can reach: let their sum be the multiple nearest to the
         * total, from where the rest is exact. */
        double shift = rint(total / grid) * grid - sum;
        parts[largest_part(parts, count)] += shift;
        sum += shift;
    }
    return total - sum;
}
