#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "exposure/split.h"

enum { ROWS = 50, FACTORS = 5, WIDE = 2, LINES = 4000, SIZE = WIDE * TOL_LANES };

static double whole[ROWS][FACTORS][SIZE];
static uint32_t cell_row[ROWS];
static uint32_t line_cell[LINES];

static uint32_t next(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Factor 4 in all rows but the first; all factors in every tenth, and in these one number of factor 0 is all that is not 0 in one lane. */
static struct tol_split_source source_of(uint32_t seed, uint32_t rare)
{
    memset(whole, 0, sizeof whole);
    for (uint32_t i = 0; i < ROWS; i++) {
        cell_row[i] = ROWS - 1 - i;
        for (size_t l = 0; l < SIZE && i > 0; l++) {
            whole[i][4][l] = 1 + next(&seed) % 100;
        }
        for (size_t f = 1; f < 4 && i % 10 == 9; f++) {
            whole[i][f][next(&seed) % SIZE] = 1 + next(&seed) % 100;
        }
        whole[i][0][SIZE - 1] = i % 10 == 9 ? 3 : 0;
    }
    for (uint32_t i = 0; i < LINES; i++) {
        uint32_t row = next(&seed) % ROWS;
        line_cell[i] = row % 10 == 9 && next(&seed) % rare != 0 ? 0 : ROWS - 1 - row;
        line_cell[i] = line_cell[i] == 0 ? ROWS - 1 - 11 : line_cell[i];
    }
    return (struct tol_split_source){.row = whole[0][0],
                                     .count = ROWS,
                                     .factor_count = FACTORS,
                                     .row_count = WIDE,
                                     .cell_row = cell_row,
                                     .cell_count = ROWS,
                                     .line_cell = line_cell,
                                     .line_count = LINES};
}

/* Every number of the whole table is found in its part, and what has no part is 0. */
static void check_same(const struct tol_split_source *source, const struct tol_split_table *table)
{
    size_t rest_count = table->row_count - table->common_count;
    unsigned seen = 0;
    for (size_t r = 0; r < table->row_count; r++) {
        cr_assert_eq(seen >> table->place[r] & 1, 0, "place %u is taken twice", table->place[r]);
        seen |= 1u << table->place[r];
    }
    cr_assert_eq(seen, (1u << FACTORS * WIDE) - 1);
    for (uint64_t c = 0; c < source->cell_count; c++) {
        uint32_t number = table->cell_row[c];
        for (size_t r = 0; r < table->row_count; r++) {
            const double *expected = whole[cell_row[c]][0] + table->place[r] * TOL_LANES;
            for (size_t l = 0; l < TOL_LANES; l++) {
                double got = 0;
                if (r < table->common_count) {
                    got = table->common[(number * table->common_count + r) * TOL_LANES + l];
                } else if (number >= table->plain_count) {
                    got =
                        table->rest[((number - table->plain_count) * rest_count + r - table->common_count) * TOL_LANES +
                                    l];
                }
                cr_assert_eq(got, expected[l], "cell %u, row %zu, lane %zu", (unsigned)c, r, l);
            }
        }
    }
}

Test(split, a_factor_that_nearly_all_lines_have_is_common)
{
    struct tol_keep keep = {.allocator = tol_allocator_default()};
    struct tol_split_source source = source_of(7, 20);
    struct tol_split_table table;
    cr_assert(tol_split_make(&keep, &source, &table));
    cr_assert_eq(table.common_count, WIDE);
    cr_assert_eq(table.place[0], 4 * WIDE);
    cr_assert_eq(table.plain_count, ROWS - ROWS / 10);
    check_same(&source, &table);
    tol_keep_release(&keep);
}

Test(split, what_all_lines_have_is_common_in_full)
{
    struct tol_keep keep = {.allocator = tol_allocator_default()};
    struct tol_split_source source = source_of(9, 1);
    for (uint32_t i = 0; i < LINES; i++) {
        line_cell[i] = ROWS - 1 - 9;
    }
    struct tol_split_table table;
    cr_assert(tol_split_make(&keep, &source, &table));
    cr_assert_eq(table.common_count, FACTORS * WIDE);
    cr_assert_eq(table.plain_count, ROWS);
    check_same(&source, &table);
    tol_keep_release(&keep);
}

Test(split, no_lines_need_no_common_part)
{
    struct tol_keep keep = {.allocator = tol_allocator_default()};
    struct tol_split_source source = source_of(5, 3);
    source.line_cell = NULL;
    source.line_count = 0;
    struct tol_split_table table;
    cr_assert(tol_split_make(&keep, &source, &table));
    cr_assert_eq(table.common_count, 0);
    check_same(&source, &table);
    source = (struct tol_split_source){.factor_count = FACTORS, .row_count = WIDE};
    cr_assert(tol_split_make(&keep, &source, &table));
    cr_assert_eq(table.plain_count, 0);
    tol_keep_release(&keep);
}
