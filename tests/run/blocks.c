#include <criterion/criterion.h>
#include <stdlib.h>

#include "tolmuur/run.h"

#define FIRMS 5000

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

static void fill(uint64_t *start, uint64_t seed, uint64_t base)
{
    start[0] = base;
    for (size_t f = 0; f < FIRMS; f++) {
        start[f + 1] = start[f] + (next_random(&seed) % 50 == 0 ? 4000 : next_random(&seed) % 30);
    }
}

static void check_cover(const uint64_t *start, uint64_t blocks, uint64_t firms)
{
    cr_assert_eq(start[0], 0);
    cr_assert_eq(start[blocks], firms);
    for (uint64_t b = 0; b < blocks; b++) {
        cr_assert_lt(start[b], start[b + 1]);
    }
}

Test(blocks, cover_all_firms_once_within_the_capacity)
{
    static uint64_t a[FIRMS + 1], b[FIRMS + 1], start[FIRMS + 1];
    for (uint64_t seed = 1; seed <= 20; seed++) {
        fill(a, seed, 0);
        fill(b, seed + 100, 0);
        for (uint64_t size = 1; size <= 100000; size *= 7) {
            check_cover(start, tol_blocks_balance(FIRMS, a, b, size, start, FIRMS), FIRMS);
            uint64_t blocks = tol_blocks_balance(FIRMS, a, NULL, size, start, 3);
            cr_assert_leq(blocks, 3);
            check_cover(start, blocks, FIRMS);
        }
    }
}

Test(blocks, no_block_is_much_above_the_size_asked_for)
{
    static uint64_t a[FIRMS + 1], start[FIRMS + 1];
    fill(a, 9, 0);
    uint64_t blocks = tol_blocks_balance(FIRMS, a, NULL, 10000, start, FIRMS);
    cr_assert_gt(blocks, 5);
    for (uint64_t i = 0; i < blocks; i++) {
        cr_assert_leq(a[start[i + 1]] - a[start[i]], 10000 + 4000);
    }
}

Test(blocks, cut_does_not_depend_on_where_the_lines_start)
{
    static uint64_t a[FIRMS + 1], shifted[FIRMS + 1], one[FIRMS + 1], other[FIRMS + 1];
    fill(a, 3, 0);
    fill(shifted, 3, 123456789);
    uint64_t blocks = tol_blocks_balance(FIRMS, a, NULL, 5000, one, FIRMS);
    cr_assert_eq(tol_blocks_balance(FIRMS, shifted, NULL, 5000, other, FIRMS), blocks);
    for (uint64_t i = 0; i <= blocks; i++) {
        cr_assert_eq(one[i], other[i]);
    }
}

Test(blocks, firms_without_lines_are_work_too)
{
    static uint64_t start[FIRMS + 1];
    uint64_t blocks = tol_blocks_balance(FIRMS, NULL, NULL, 1000, start, FIRMS);
    cr_assert_gt(blocks, 10);
    check_cover(start, blocks, FIRMS);
}

Test(blocks, one_firm_with_more_lines_than_a_block_is_a_block)
{
    const uint64_t a[] = {0, 1, 1000001, 1000002};
    uint64_t start[4];
    uint64_t blocks = tol_blocks_balance(3, a, NULL, 100, start, 3);
    check_cover(start, blocks, 3);
    cr_assert_geq(blocks, 2);
}

Test(blocks, none_for_no_firms_or_no_room)
{
    uint64_t start[1] = {77};
    const uint64_t a[] = {0};
    cr_assert_eq(tol_blocks_balance(0, a, NULL, 100, start, 1), 0);
    cr_assert_eq(start[0], 0);
    start[0] = 77;
    cr_assert_eq(tol_blocks_balance(5, NULL, NULL, 100, start, 0), 0);
    cr_assert_eq(start[0], 77);
}
