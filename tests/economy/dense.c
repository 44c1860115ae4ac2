#include "economy/dense.h"

#include <math.h>

static void swap_rows(long double *x, long double *y, size_t width)
{
    for (size_t i = 0; i < width; i++) {
        long double kept = x[i];
        x[i] = y[i];
        y[i] = kept;
    }
}

static void subtract(long double *from, long double times, const long double *row, size_t width)
{
    for (size_t i = 0; i < width; i++) {
        from[i] -= times * row[i];
    }
}

static size_t find_pivot(size_t count, const long double *a, size_t column)
{
    size_t best = column;
    for (size_t r = column + 1; r < count; r++) {
        best = fabsl(a[r * count + column]) > fabsl(a[best * count + column]) ? r : best;
    }
    return best;
}

static void clear_below(size_t count, size_t width, long double *a, long double *b, size_t column)
{
    const long double *row = a + column * count;
    for (size_t r = column + 1; r < count; r++) {
        long double times = a[r * count + column] / row[column];
        if (times != 0) {
            subtract(a + r * count + column, times, row + column, count - column);
            subtract(b + r * width, times, b + column * width, width);
        }
    }
}

static void substitute_back(size_t count, size_t width, const long double *a, long double *b)
{
    for (size_t r = count; r-- > 0;) {
        for (size_t c = r + 1; c < count; c++) {
            subtract(b + r * width, a[r * count + c], b + c * width, width);
        }
        for (size_t i = 0; i < width; i++) {
            b[r * width + i] /= a[r * count + r];
        }
    }
}

bool dense_solve(size_t count, size_t width, long double *a, long double *b)
{
    for (size_t column = 0; column < count; column++) {
        size_t pivot = find_pivot(count, a, column);
        if (a[pivot * count + column] == 0) {
            return false;
        }
        if (pivot != column) {
            swap_rows(a + pivot * count, a + column * count, count);
            swap_rows(b + pivot * width, b + column * width, width);
        }
        clear_below(count, width, a, b, column);
    }
    substitute_back(count, width, a, b);
    return true;
}
