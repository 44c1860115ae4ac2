/* gather_sum and the responses against long double formulas, in each variant. Variants can share a mistake; these bounds would show it. */
#include "bounds.h"

static void each_variant(void (*check)(const struct tol_kernels *kernels, struct random *random))
{
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        struct random random = {case_seed()};
        check(runnable_variant(i), &random);
    }
}

/* n roundings of partial sums: n u sum |v f|. */
static void check_gather(const struct tol_kernels *kernels, struct random *random)
{
    for (size_t row_count = 1; row_count <= TOL_ROWS_MAX; row_count++) {
        struct kernel_case c = kernel_case_new(CASE_GATHER_SUM, CASE_USUAL, 60, row_count, random_bits(random));
        struct guarded out = guarded_new(kernel_case_out_count(&c));
        kernel_case_run(kernels, &c, out.values);
        size_t stride = row_count * TOL_LANES;
        for (size_t f = 0; f < c.count; f++)
            for (size_t at = 0; at < stride; at++) {
                long double sum = 0, size = 0;
                for (uint64_t i = c.line_start[f]; i < c.line_start[f + 1]; i++) {
                    long double term = (long double)c.line_value[i] *
                                       c.first.values[kernel_case_row(&c, c.line_cell[i]) * stride + at];
                    sum += term;
                    size += fabsl(term);
                }
                long double line_count = (long double)(c.line_start[f + 1] - c.line_start[f]);
                check_near("gather_sum", kernels->isa, out.values[f * stride + at], sum, line_count * u * size);
            }
        guarded_free(&out);
        kernel_case_free(&c);
    }
}

Test(bounds, gather_sum_is_within_n_roundings)
{
    each_variant(check_gather);
}

/* Not only near: exactly the chain of fused multiply-adds in stored order that kernels.h promises. */
static void check_order(const struct tol_kernels *kernels, struct random *random)
{
    struct kernel_case c = kernel_case_new(CASE_GATHER_SUM, CASE_USUAL, 200, 3, random_bits(random));
    struct guarded out = guarded_new(kernel_case_out_count(&c));
    kernel_case_run(kernels, &c, out.values);
    const size_t stride = (size_t)3 * TOL_LANES;
    for (size_t f = 0; f < c.count; f++)
        for (size_t at = 0; at < stride; at++) {
            double sum = 0;
            for (uint64_t i = c.line_start[f]; i < c.line_start[f + 1]; i++)
                sum = fma(c.line_value[i], c.first.values[kernel_case_row(&c, c.line_cell[i]) * stride + at], sum);
            cr_assert_eq(out.values[f * stride + at], sum, "%s: firm %zu, lane %zu", kernels->isa, f, at);
        }
    guarded_free(&out);
    kernel_case_free(&c);
}

Test(bounds, gather_sum_is_fma_in_stored_order)
{
    each_variant(check_order);
}

/* exp(power ln g) - 1. ln g carries 5 u (subtraction, addition, division, log1p), its product with the power 2 u more; expm1 passes a relative error on times at
 * most 1 + max(0, exponent), and adds 2 u of its own. */
static long double exact_change(double base, double new_rate, long double power)
{
    return expm1l(power * log1pl(((long double)new_rate - base) / (1 + (long double)base)));
}

static long double change_bound(double base, double new_rate, long double power)
{
    long double exponent = power * log1pl(((long double)new_rate - base) / (1 + (long double)base));
    return (2 + 7 * (1 + fmaxl(0, exponent))) * u * fabsl(exact_change(base, new_rate, power));
}

static void check_response(const struct tol_kernels *kernels, double base, double new_rate, double rho, double sigma)
{
    const struct tol_response of = {.rho = rho, .sigma = sigma, .eta = 1};
    const double *const no_market[] = {NULL};
    _Alignas(64) double base_row[TOL_LANES], new_row[TOL_LANES];
    _Alignas(64) double sales[TOL_SALES_FACTOR_COUNT][TOL_LANES], purchases[TOL_PURCHASE_FACTOR_COUNT][TOL_LANES];
    for (int l = 0; l < TOL_LANES; l++) {
        base_row[l] = base;
        new_row[l] = new_rate;
    }
    kernels->ces_sales(1, 1, base_row, new_row, no_market, &of, sales[0]);
    kernels->ces_purchases(1, 1, base_row, new_row, &of, purchases[0]);
    long double quantity_power = -(long double)sigma * rho, price_power = (long double)rho - 1;
    long double volume = exact_change(base, new_rate, quantity_power), quantity = 1 + volume;
    long double price = exact_change(base, new_rate, price_power);
    long double volume_bound = change_bound(base, new_rate, quantity_power);
    long double quantity_bound = volume_bound + u * quantity;
    long double price_bound = change_bound(base, new_rate, price_power);
    check_near("volume", kernels->isa, sales[TOL_SALES_VOLUME][0], volume, volume_bound);
    check_near("price cut", kernels->isa, sales[TOL_SALES_PRICE_CUT][0], quantity * price,
               1.01L * (quantity_bound * fabsl(price) + quantity * price_bound + u * fabsl(quantity * price)));
    check_near("cost rise", kernels->isa, purchases[TOL_PURCHASE_COST_RISE][0], exact_change(base, new_rate, rho),
               change_bound(base, new_rate, rho));
    check_near("duty", kernels->isa, sales[TOL_SALES_DUTY][0], (long double)new_rate - base,
               u * fabsl((long double)new_rate - base));
    cr_assert_eq(sales[TOL_SALES_DUTY][0], purchases[TOL_PURCHASE_DUTY][0]);
}

static void check_usual_responses(const struct tol_kernels *kernels, struct random *random)
{
    for (int repeat = 0; repeat < 20000; repeat++)
        check_response(kernels, random_between(random, 0, 1), random_between(random, 0, 2), random_unit(random),
                       random_between(random, 0.1, 50));
}

Test(bounds, responses_of_usual_rates)
{
    each_variant(check_usual_responses);
}

static void check_wide_responses(const struct tol_kernels *kernels, struct random *random)
{
    for (int repeat = 0; repeat < 20000; repeat++)
        check_response(kernels, random_between(random, -0.9, 10), random_between(random, -0.9, 10), random_unit(random),
                       random_between(random, 0.1, 50));
}

Test(bounds, responses_of_rates_down_to_minus_nine_tenths)
{
    each_variant(check_wide_responses);
}

/* A change of a billionth of a billionth has the same relative bound as one of a half. */
static void check_tiny_responses(const struct tol_kernels *kernels, struct random *random)
{
    for (int repeat = 0; repeat < 20000; repeat++) {
        double base = random_below(random, 2) ? 0.0 : random_between(random, 0, 0.5);
        check_response(kernels, base, base + random_exponent(random, -50, -10), random_unit(random),
                       random_between(random, 0.1, 50));
        check_response(kernels, 0.0, random_exponent(random, -200, -50), random_unit(random),
                       random_between(random, 0.1, 50));
    }
}

Test(bounds, tiny_shocks_keep_relative_accuracy)
{
    each_variant(check_tiny_responses);
}

static void check_edge_responses(const struct tol_kernels *kernels, struct random *random)
{
    static const double rho[] = {0.0, 1.0, 0.5}, sigma[] = {0.1, 1.0, 50.0};
    static const double rate[] = {0.0, 0.15, 10.0, -0.9, 1e-9, 99.0};
    (void)random;
    for (size_t r = 0; r < 3; r++)
        for (size_t s = 0; s < 3; s++)
            for (size_t base = 0; base < 6; base++)
                for (size_t new_rate = 0; new_rate < 6; new_rate++)
                    check_response(kernels, rate[base], rate[new_rate], rho[r], sigma[s]);
}

Test(bounds, responses_at_the_edges_of_parameters)
{
    each_variant(check_edge_responses);
}
