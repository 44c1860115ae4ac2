#include <criterion/criterion.h>
#include <string.h>

#include "exposure/row_set.h"

enum { ROWS = 1000, WIDTH = 8 };

Test(row_set, every_row_is_found_again_and_none_is_kept_twice)
{
    static double table[ROWS][WIDTH];
    static uint32_t number[ROWS];
    for (int i = 0; i < ROWS; i++) {
        table[i][i % 3] = (i * i) % 97;
    }
    struct tol_keep keep = {.allocator = tol_allocator_default()};
    const double(*distinct)[WIDTH] = tol_rows_distinct(&keep, table, ROWS, sizeof table[0], number);
    cr_assert_not_null(distinct);
    uint32_t next = 0;
    for (int i = 0; i < ROWS; i++) {
        cr_assert_eq(memcmp(distinct[number[i]], table[i], sizeof table[0]), 0, "row %d", i);
        cr_assert_leq(number[i], next, "row %d: numbers are in the order of first coming", i);
        next += number[i] == next;
    }
    for (uint32_t a = 0; a < next; a++) {
        for (uint32_t b = 0; b < a; b++) {
            cr_assert_neq(memcmp(distinct[a], distinct[b], sizeof table[0]), 0, "rows %u and %u", a, b);
        }
    }
    tol_keep_release(&keep);
}

Test(row_set, no_rows_need_no_room)
{
    struct tol_keep keep = {.allocator = tol_allocator_default()};
    cr_assert_not_null(tol_rows_distinct(&keep, NULL, 0, 64, NULL));
    tol_keep_release(&keep);
}
