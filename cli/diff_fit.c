/* Parts of a number are moved to a grid on which they add up to it exactly. */
#include "diff.h"

#include <math.h>

/* The finest grid on which sums of these parts are exact in any order: half of what tol_parts_grid leaves room for. */
static double finest_grid(double size, size_t count)
{
    double grid = tol_parts_grid(size);
    return size + (double)count * grid < grid * 0x1p52 ? grid / 2 : grid;
}

/* All of the total belongs to the only part that there is. */
static bool fit_only(double *part, size_t count, double total)
{
    size_t only = count;
    for (size_t i = 0; i < count; i++) {
        if (part[i] != 0 && only != count) {
            return false;
        }
        only = part[i] != 0 ? i : only;
    }
    if (only != count) {
        part[only] = total;
    }
    return only != count;
}

double diff_fit(double *part, size_t count, double total)
{
    double size = tol_parts_size(part, count), rest = 0;
    if (!isfinite(size) || !isfinite(total)) {
        return NAN;
    }
    if (fit_only(part, count, total)) {
        return 0;
    }
    double grid = finest_grid(fmax(size, fabs(total)), count);
    if (count > 0 && grid > 0 && rint(total / grid) * grid == total) {
        tol_parts_fill_on(grid, part, count, total);
    } else {
        rest = tol_parts_fit_on(grid, part, count, total);
    }
    for (size_t i = 0; i < count; i++) {
        part[i] += 0.0; /* no -0 */
    }
    return rest + 0.0;
}
