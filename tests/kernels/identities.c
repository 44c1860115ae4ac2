/* What the model promises of sums and responses, in each variant that runs here. */
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"

struct response {
    double sales[TOL_SALES_FACTOR_COUNT], purchases[TOL_PURCHASE_FACTOR_COUNT];
};

/* One cell without a market; the lane is one of eight with other rates in the others. */
static struct response respond(const struct tol_kernels *kernels, double base, double new_rate, double rho,
                               double sigma)
{
    const struct tol_response of = {.rho = rho, .sigma = sigma, .eta = 1};
    const double *const no_market[] = {NULL};
    _Alignas(64) double base_row[TOL_LANES], new_row[TOL_LANES];
    _Alignas(64) double sales[TOL_SALES_FACTOR_COUNT * TOL_LANES] = {0};
    _Alignas(64) double purchases[TOL_PURCHASE_FACTOR_COUNT * TOL_LANES] = {0};
    for (int l = 0; l < TOL_LANES; l++) {
        base_row[l] = l == 5 ? base : 0.1 * l;
        new_row[l] = l == 5 ? new_rate : 0.3;
    }
    kernels->ces_sales(1, 1, base_row, new_row, no_market, &of, sales);
    kernels->ces_purchases(1, 1, base_row, new_row, &of, purchases);
    struct response result;
    for (int k = 0; k < TOL_SALES_FACTOR_COUNT; k++)
        result.sales[k] = sales[k * TOL_LANES + 5];
    for (int k = 0; k < TOL_PURCHASE_FACTOR_COUNT; k++)
        result.purchases[k] = purchases[k * TOL_LANES + 5];
    return result;
}

static int same_response(const struct response *a, const struct response *b)
{
    return first_difference(a->sales, b->sales, TOL_SALES_FACTOR_COUNT) == TOL_SALES_FACTOR_COUNT &&
           first_difference(a->purchases, b->purchases, TOL_PURCHASE_FACTOR_COUNT) == TOL_PURCHASE_FACTOR_COUNT;
}

static int is_positive_zero(double x)
{
    return bits_of(x) == 0;
}

Test(responses, no_change_is_exactly_zero)
{
    struct random random = {case_seed()};
    for (size_t i = 0; runnable_variant(i) != NULL; i++)
        for (int repeat = 0; repeat < 5000; repeat++) {
            double rate = repeat % 2 ? random_between(&random, -0.9, 10) : fabs(random_exponent(&random, -1074, 900));
            struct response r =
                respond(runnable_variant(i), rate, rate, random_unit(&random), random_between(&random, 0.1, 50));
            for (int k = 0; k < TOL_SALES_FACTOR_COUNT; k++)
                cr_assert(is_positive_zero(r.sales[k]), "%s: rate %a", runnable_variant(i)->isa, rate);
            for (int k = 0; k < TOL_PURCHASE_FACTOR_COUNT; k++)
                cr_assert(is_positive_zero(r.purchases[k]), "%s: rate %a", runnable_variant(i)->isa, rate);
        }
}

Test(responses, zero_and_negative_zero_are_the_same_rate)
{
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        struct response r = respond(runnable_variant(i), -0.0, 0.0, 0.7, 4),
                        s = respond(runnable_variant(i), 0.0, -0.0, 0.7, 4);
        cr_assert(same_response(&r, &s));
        cr_assert(is_positive_zero(r.sales[TOL_SALES_DUTY]) && is_positive_zero(s.sales[TOL_SALES_VOLUME]));
        struct response t = respond(runnable_variant(i), -0.0, 0.25, 0.7, 4),
                        v = respond(runnable_variant(i), 0.0, 0.25, 0.7, 4);
        cr_assert(same_response(&t, &v));
    }
}

/* docs/model.md, worked example, without diversion: 1.15^4 = 1.74900625. */
Test(responses, worked_example)
{
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        struct response r = respond(runnable_variant(i), 0, 0.15, 1, 4);
        cr_assert_eq(r.sales[TOL_SALES_DUTY], 0.15);
        cr_assert(is_positive_zero(r.sales[TOL_SALES_PRICE_CUT]));
        cr_assert_float_eq(r.sales[TOL_SALES_VOLUME], 1 / 1.74900625 - 1, 1e-14);
        cr_assert_float_eq(100 * r.sales[TOL_SALES_VOLUME], -42.8246754407, 1e-9);
        cr_assert_eq(r.purchases[TOL_PURCHASE_DUTY], 0.15);
        cr_assert_float_eq(r.purchases[TOL_PURCHASE_COST_RISE], 0.15, 1e-15);
    }
}

/* rho = 1/2, sigma = 2, g = 1.44: p = 1.2, phi = 1 / 1.2, q = 1 / 1.44. */
Test(responses, half_pass_through_by_hand)
{
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        struct response r = respond(runnable_variant(i), 0, 0.44, 0.5, 2);
        cr_assert_float_eq(r.sales[TOL_SALES_VOLUME], 1 / 1.44 - 1, 1e-15);
        cr_assert_float_eq(r.sales[TOL_SALES_PRICE_CUT], (1 / 1.2 - 1) / 1.44, 1e-15);
        cr_assert_float_eq(r.purchases[TOL_PURCHASE_COST_RISE], 0.2, 1e-15);
    }
}

Test(responses, full_pass_through_leaves_the_exporters_price)
{
    struct random random = {case_seed()};
    for (size_t i = 0; runnable_variant(i) != NULL; i++)
        for (int repeat = 0; repeat < 2000; repeat++) {
            double base = random_between(&random, 0, 1), new_rate = random_between(&random, -0.5, 3);
            struct response r = respond(runnable_variant(i), base, new_rate, 1.0, random_between(&random, 0.1, 50));
            cr_assert(is_positive_zero(r.sales[TOL_SALES_PRICE_CUT]));
        }
}

Test(responses, no_pass_through_leaves_quantity_and_cost)
{
    struct random random = {case_seed()};
    for (size_t i = 0; runnable_variant(i) != NULL; i++)
        for (int repeat = 0; repeat < 2000; repeat++) {
            double base = random_between(&random, 0, 1), new_rate = random_between(&random, -0.5, 3);
            struct response r = respond(runnable_variant(i), base, new_rate, 0.0, random_between(&random, 0.1, 50));
            cr_assert(is_positive_zero(r.sales[TOL_SALES_VOLUME]));
            cr_assert(is_positive_zero(r.purchases[TOL_PURCHASE_COST_RISE]));
            /* The exporter bears the whole wedge: phi = 1 / g. */
            cr_assert_float_eq(1 + r.sales[TOL_SALES_PRICE_CUT], (1 + base) / (1 + new_rate), 1e-14);
        }
}

/* r = g^(rho - 1 - sigma rho) falls in g for every rho in [0, 1] and sigma > 0. */
Test(responses, a_higher_duty_never_raises_revenue)
{
    struct random random = {case_seed()};
    for (size_t i = 0; runnable_variant(i) != NULL; i++)
        for (int repeat = 0; repeat < 300; repeat++) {
            double base = random_between(&random, 0, 0.5), rho = random_unit(&random),
                   sigma = random_between(&random, 0.1, 50);
            double before = INFINITY, cost_before = -INFINITY;
            for (int step = -8; step < 80; step++) {
                double new_rate = step / 16.0;
                struct response r = respond(runnable_variant(i), base, new_rate, rho, sigma);
                double change = r.sales[TOL_SALES_PRICE_CUT] + r.sales[TOL_SALES_VOLUME];
                double slack = 32 * DBL_EPSILON * (1 + fabs(change));
                cr_assert(change <= before + slack, "%s: rate %g, rho %g, sigma %g", runnable_variant(i)->isa, new_rate,
                          rho, sigma);
                cr_assert(r.purchases[TOL_PURCHASE_COST_RISE] >= cost_before);
                cr_assert(new_rate < base || change <= 0);
                before = change;
                cost_before = r.purchases[TOL_PURCHASE_COST_RISE];
            }
        }
}

Test(responses, a_duty_taken_back_restores_the_quantity)
{
    struct random random = {case_seed()};
    for (size_t i = 0; runnable_variant(i) != NULL; i++)
        for (int repeat = 0; repeat < 5000; repeat++) {
            double a = random_between(&random, -0.9, 10), b = random_between(&random, -0.9, 10),
                   rho = random_unit(&random);
            double sigma = random_between(&random, 0.1, 4);
            struct response there = respond(runnable_variant(i), a, b, rho, sigma),
                            back = respond(runnable_variant(i), b, a, rho, sigma);
            double product = (1 + there.sales[TOL_SALES_VOLUME]) * (1 + back.sales[TOL_SALES_VOLUME]);
            double scale = 1 / (1 + fmin(there.sales[TOL_SALES_VOLUME], back.sales[TOL_SALES_VOLUME]));
            cr_assert_float_eq(product, 1.0, 64 * DBL_EPSILON * scale);
            cr_assert_eq(there.sales[TOL_SALES_DUTY], -back.sales[TOL_SALES_DUTY]);
        }
}

/* Sums of one small book, and of the same book rearranged. */
struct sums {
    struct kernel_case book;
    struct guarded out;
};

static struct sums sum_book(const struct tol_kernels *kernels, size_t row_count)
{
    struct sums result = {.book = kernel_case_new(CASE_GATHER_SUM, CASE_USUAL, 40, row_count, case_seed())};
    result.out = guarded_new(kernel_case_out_count(&result.book));
    kernel_case_run(kernels, &result.book, result.out.values);
    return result;
}

static void free_sums(struct sums *sums)
{
    kernel_case_free(&sums->book);
    guarded_free(&sums->out);
}

Test(sums, a_block_of_firms_is_the_same_as_all_firms)
{
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        struct sums all = sum_book(runnable_variant(i), 3);
        const struct kernel_case *b = &all.book;
        struct guarded part = guarded_new(all.out.count);
        for (size_t first = 0; first < b->count; first += 7) {
            size_t count = b->count - first < 7 ? b->count - first : 7;
            runnable_variant(i)->gather_sum(count, 3, b->line_start + first, b->line_cell, b->line_value, b->cell_row,
                                            b->first.values, part.values + first * 3 * TOL_LANES);
        }
        cr_assert_eq(first_difference(part.values, all.out.values, part.count), part.count);
        guarded_free(&part);
        free_sums(&all);
    }
}

Test(sums, a_row_alone_is_the_same_as_among_others)
{
    for (size_t i = 0; runnable_variant(i) != NULL; i++)
        for (size_t row_count = 2; row_count <= TOL_ROWS_MAX; row_count++) {
            struct sums all = sum_book(runnable_variant(i), row_count);
            const struct kernel_case *b = &all.book;
            size_t row = row_count - 1, cells = b->cell_count;
            struct guarded factor = guarded_new(cells * TOL_LANES), out = guarded_new(b->count * TOL_LANES);
            for (size_t c = 0; c < cells; c++)
                memcpy(factor.values + c * TOL_LANES, b->first.values + (c * row_count + row) * TOL_LANES,
                       sizeof(double) * TOL_LANES);
            runnable_variant(i)->gather_sum(b->count, 1, b->line_start, b->line_cell, b->line_value, b->cell_row,
                                            factor.values, out.values);
            for (size_t f = 0; f < b->count; f++)
                cr_assert_eq(first_difference(out.values + f * TOL_LANES,
                                              all.out.values + (f * row_count + row) * TOL_LANES, TOL_LANES),
                             TOL_LANES, "%s: %zu rows", runnable_variant(i)->isa, row_count);
            guarded_free(&factor);
            guarded_free(&out);
            free_sums(&all);
        }
}

static void check_split(const struct tol_kernels *kernels, enum case_kind kind, size_t row_count, uint64_t seed)
{
    struct kernel_case c = kernel_case_new(CASE_GATHER_SPLIT, kind, 60, row_count, seed);
    struct guarded split = guarded_new(kernel_case_out_count(&c)), whole = guarded_new(split.count);
    kernel_case_run(kernels, &c, split.values);
    kernels->gather_sum(c.count, row_count, c.line_start, c.line_cell, c.line_value, c.cell_row, c.first.values,
                        whole.values);
    cr_assert_eq(first_difference(split.values, whole.values, whole.count), whole.count,
                 "%s: %zu rows, %zu common, %u of %zu cells plain", kernels->isa, row_count, c.common_count,
                 c.plain_count, c.cell_count);
    guarded_free(&split);
    guarded_free(&whole);
    kernel_case_free(&c);
}

/* Extreme numbers are finite: a value that is not would make NaN of the zeros that the cut leaves out. */
Test(sums, a_cut_table_gives_the_sums_of_the_whole)
{
    struct random seeds = {case_seed()};
    for (size_t i = 0; runnable_variant(i) != NULL; i++)
        for (size_t row_count = 1; row_count <= TOL_ROWS_MAX; row_count++)
            for (int repeat = 0; repeat < 40; repeat++)
                check_split(runnable_variant(i), repeat % 2 ? CASE_USUAL : CASE_EXTREME, row_count,
                            random_bits(&seeds));
}

Test(sums, permuting_lanes_permutes_results)
{
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        struct sums all = sum_book(runnable_variant(i), 2);
        const struct kernel_case *b = &all.book;
        struct guarded turned = guarded_new(b->first.count), out = guarded_new(all.out.count);
        for (size_t at = 0; at < turned.count; at++)
            turned.values[at / TOL_LANES * TOL_LANES + (at + 3) % TOL_LANES] = b->first.values[at];
        runnable_variant(i)->gather_sum(b->count, 2, b->line_start, b->line_cell, b->line_value, b->cell_row,
                                        turned.values, out.values);
        for (size_t at = 0; at < out.count; at++)
            cr_assert_eq(out.values[at / TOL_LANES * TOL_LANES + (at + 3) % TOL_LANES], all.out.values[at]);
        guarded_free(&turned);
        guarded_free(&out);
        free_sums(&all);
    }
}

Test(sums, renaming_cells_changes_nothing)
{
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        struct sums all = sum_book(runnable_variant(i), 2);
        struct kernel_case *b = &all.book;
        size_t last = b->cell_count - 1;
        struct guarded out = guarded_new(all.out.count);
        uint32_t cell_row[100];
        cr_assert_lt(last, 100);
        for (size_t c = 0; c <= last; c++)
            cell_row[last - c] = kernel_case_row(b, (uint32_t)c);
        for (uint64_t line = b->line_start[0]; line < b->line_start[b->count]; line++)
            b->line_cell[line] = (uint32_t)last - b->line_cell[line];
        runnable_variant(i)->gather_sum(b->count, 2, b->line_start, b->line_cell, b->line_value, cell_row,
                                        b->first.values, out.values);
        cr_assert_eq(first_difference(out.values, all.out.values, out.count), out.count);
        guarded_free(&out);
        free_sums(&all);
    }
}

Test(sums, permuting_firms_permutes_results)
{
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        struct sums all = sum_book(runnable_variant(i), 2);
        const struct kernel_case *b = &all.book;
        size_t stride = (size_t)2 * TOL_LANES, line_count = (size_t)b->line_start[b->count];
        uint32_t *cell = calloc(line_count + 1, sizeof *cell);
        double *value = calloc(line_count + 1, sizeof *value);
        uint64_t start[41] = {0};
        cr_assert_eq(b->count, 40);
        for (size_t f = 0; f < 40; f++) {
            size_t from = 39 - f;
            uint64_t lines = b->line_start[from + 1] - b->line_start[from];
            memcpy(cell + start[f], b->line_cell + b->line_start[from], lines * sizeof *cell);
            memcpy(value + start[f], b->line_value + b->line_start[from], lines * sizeof *value);
            start[f + 1] = start[f] + lines;
        }
        struct guarded out = guarded_new(all.out.count);
        runnable_variant(i)->gather_sum(40, 2, start, cell, value, b->cell_row, b->first.values, out.values);
        for (size_t f = 0; f < 40; f++)
            cr_assert_eq(first_difference(out.values + f * stride, all.out.values + (39 - f) * stride, stride), stride);
        free(cell);
        free(value);
        guarded_free(&out);
        free_sums(&all);
    }
}

Test(sums, doubling_every_value_doubles_every_sum)
{
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        struct sums all = sum_book(runnable_variant(i), 4);
        struct guarded out = guarded_new(all.out.count);
        for (uint64_t line = 0; line < all.book.line_start[all.book.count]; line++)
            all.book.line_value[line] *= 2;
        kernel_case_run(runnable_variant(i), &all.book, out.values);
        for (size_t at = 0; at < out.count; at++)
            cr_assert_eq(out.values[at], 2 * all.out.values[at]);
        guarded_free(&out);
        free_sums(&all);
    }
}

/* A single line split into two equal halves: the second half is rounded once more, so one ulp at most. */
Test(sums, splitting_a_line_changes_nothing)
{
    struct random random = {case_seed()};
    static const uint64_t one[] = {0, 1}, two[] = {0, 2};
    static const uint32_t cells[] = {0, 0};
    for (size_t i = 0; runnable_variant(i) != NULL; i++)
        for (int repeat = 0; repeat < 1000; repeat++) {
            _Alignas(64) double factor[TOL_LANES], whole[TOL_LANES], halves[TOL_LANES];
            for (int l = 0; l < TOL_LANES; l++)
                factor[l] = random_between(&random, -1, 1);
            double value = random_between(&random, 0, 1e9), half[2] = {value / 2, value / 2};
            runnable_variant(i)->gather_sum(1, 1, one, cells, &value, NULL, factor, whole);
            runnable_variant(i)->gather_sum(1, 1, two, cells, half, NULL, factor, halves);
            for (int l = 0; l < TOL_LANES; l++)
                cr_assert_float_eq(whole[l], halves[l], DBL_EPSILON * fabs(whole[l]));
        }
}

Test(sums, firms_without_lines_are_zero)
{
    static const uint64_t start[] = {7, 7, 7, 7, 7};
    for (size_t i = 0; runnable_variant(i) != NULL; i++)
        for (size_t row_count = 1; row_count <= TOL_ROWS_MAX; row_count++) {
            struct guarded out = guarded_new(4 * row_count * TOL_LANES);
            runnable_variant(i)->gather_sum(4, row_count, start, NULL, NULL, NULL, NULL, out.values);
            for (size_t at = 0; at < out.count; at++)
                cr_assert(is_positive_zero(out.values[at]));
            cr_assert(guarded_intact(&out));
            guarded_free(&out);
        }
}

Test(sums, zero_factors_give_positive_zero)
{
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        struct sums all = sum_book(runnable_variant(i), 2);
        for (size_t at = 0; at < all.book.first.count; at++)
            all.book.first.values[at] = at % 2 ? 0.0 : -0.0;
        kernel_case_run(runnable_variant(i), &all.book, all.out.values);
        for (size_t at = 0; at < all.out.count; at++)
            cr_assert(is_positive_zero(all.out.values[at]));
        free_sums(&all);
    }
}

/* Cancellation in a fused sum: value * factor is not rounded before it is added. */
Test(sums, products_are_not_rounded)
{
    static const uint64_t start[] = {0, 2};
    static const uint32_t cells[] = {0, 1};
    const double a = 1 + 0x1p-30, square = a * a;
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        _Alignas(64) double factor[2 * TOL_LANES], out[TOL_LANES];
        for (int l = 0; l < TOL_LANES; l++) {
            factor[l] = -square;
            factor[TOL_LANES + l] = a;
        }
        const double value[] = {1.0, a};
        runnable_variant(i)->gather_sum(1, 1, start, cells, value, NULL, factor, out);
        for (int l = 0; l < TOL_LANES; l++)
            cr_assert_eq(out[l], 0x1p-60, "%s: %a", runnable_variant(i)->isa, out[l]);
    }
}
