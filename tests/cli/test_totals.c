#include "sum.h"

#include <criterion/criterion.h>

Test(sum, keeps_what_plain_addition_loses)
{
    struct sum sum = {0};
    double plain = 0;
    const double values[] = {1.0, 1e100, 1.0, -1e100};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        sum_add(&sum, values[i]);
        plain += values[i];
    }
    cr_assert_eq(sum_get(&sum), 2.0);
    cr_assert_eq(plain, 0.0);
}

Test(sum, of_many_tenths)
{
    struct sum sum = {0};
    for (int i = 0; i < 1000000; i++) {
        sum_add(&sum, 0.1);
    }
    cr_assert_eq(sum_get(&sum), 100000.0);
}
