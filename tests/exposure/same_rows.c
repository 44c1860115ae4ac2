#include "exposure/same_rows.h"

#include <criterion/criterion.h>
#include <string.h>

static bool same_bits(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

void check_same_rows(const struct tol_score_row *a, const struct tol_score_row *b, size_t count)
{
    size_t columns;
    const struct tol_score_column *column = tol_score_columns(&columns);
    for (size_t i = 0; i < count; i++) {
        cr_assert_eq(a[i].firm, b[i].firm);
        cr_assert_eq(a[i].scenario, b[i].scenario);
        cr_assert_eq(a[i].flags, b[i].flags);
        cr_assert_eq(a[i].band, b[i].band);
        cr_assert_eq(a[i].confidence, b[i].confidence);
        cr_assert_eq(a[i].best_hub, b[i].best_hub);
        for (size_t c = 0; c < columns; c++) {
            if (column[c].kind == TOL_COLUMN_NUMBER) {
                double left = *(const double *)(const void *)((const char *)&a[i] + column[c].offset);
                double right = *(const double *)(const void *)((const char *)&b[i] + column[c].offset);
                cr_assert(same_bits(left, right), "%s of row %d: %.17g and %.17g", column[c].name, (int)i, left, right);
            }
        }
    }
}
