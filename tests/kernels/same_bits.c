/* Every kernel in every variant that runs here writes the bits that scalar writes, and nothing else. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"

static const size_t counts[] = {0, 1, 2, 7, 33, 256};

/* Equal bits, untouched guards, unchanged inputs; all of them for one set of inputs. */
static void compare_on(enum case_kernel kernel, enum case_kind kind, size_t count, size_t row_count, uint64_t seed)
{
    struct kernel_case inputs = kernel_case_new(kernel, kind, count, row_count, seed);
    uint64_t before = kernel_case_digest(&inputs);
    size_t size = kernel_case_out_count(&inputs);
    struct guarded expected = guarded_new(size);
    int intact = kernel_case_run(tol_kernels_built(0), &inputs, expected.values);
    cr_assert(intact && guarded_intact(&expected), "scalar %s wrote outside", case_kernel_name(kernel));
    for (size_t i = 1; tol_kernels_built(i) != NULL; i++) {
        const struct tol_kernels *kernels = tol_kernels_built(i);
        if (!tol_kernels_runnable(kernels))
            continue;
        struct guarded got = guarded_new(size);
        intact = kernel_case_run(kernels, &inputs, got.values);
        size_t at = first_difference(expected.values, got.values, size);
        cr_assert_eq(at, size,
                     "%s %s: double %zu is %a, scalar has %a; %s inputs, count %zu, rows %zu, TOLMUUR_TEST_SEED=%llu",
                     kernels->isa, case_kernel_name(kernel), at, got.values[at], expected.values[at],
                     case_kind_name(kind), count, row_count, (unsigned long long)case_seed());
        cr_assert(intact && guarded_intact(&got), "%s %s wrote outside; count %zu, rows %zu, TOLMUUR_TEST_SEED=%llu",
                  kernels->isa, case_kernel_name(kernel), count, row_count, (unsigned long long)case_seed());
        guarded_free(&got);
    }
    cr_assert_eq(kernel_case_digest(&inputs), before, "%s changed its inputs", case_kernel_name(kernel));
    guarded_free(&expected);
    kernel_case_free(&inputs);
}

static void compare(enum case_kernel kernel, enum case_kind kind)
{
    struct random seeds = {case_seed() + (uint64_t)kernel * CASE_KIND_COUNT + (uint64_t)kind};
    for (size_t row_count = 1; row_count <= case_rows_max(kernel); row_count++)
        for (size_t k = 0; k < sizeof counts / sizeof counts[0]; k++)
            compare_on(kernel, kind, counts[k], row_count, random_bits(&seeds));
    compare_on(kernel, kind, 5001, 2, random_bits(&seeds));
}

Test(same_bits, gather_sum_usual)
{
    compare(CASE_GATHER_SUM, CASE_USUAL);
}

Test(same_bits, gather_sum_extreme)
{
    compare(CASE_GATHER_SUM, CASE_EXTREME);
}

Test(same_bits, gather_sum_wild)
{
    compare(CASE_GATHER_SUM, CASE_WILD);
}

Test(same_bits, gather_split_usual)
{
    compare(CASE_GATHER_SPLIT, CASE_USUAL);
}

Test(same_bits, gather_split_extreme)
{
    compare(CASE_GATHER_SPLIT, CASE_EXTREME);
}

Test(same_bits, gather_split_wild)
{
    compare(CASE_GATHER_SPLIT, CASE_WILD);
}

Test(same_bits, ces_sales_usual)
{
    compare(CASE_CES_SALES, CASE_USUAL);
}

Test(same_bits, ces_sales_extreme)
{
    compare(CASE_CES_SALES, CASE_EXTREME);
}

Test(same_bits, ces_sales_wild)
{
    compare(CASE_CES_SALES, CASE_WILD);
}

Test(same_bits, ces_purchases_usual)
{
    compare(CASE_CES_PURCHASES, CASE_USUAL);
}

Test(same_bits, ces_purchases_extreme)
{
    compare(CASE_CES_PURCHASES, CASE_EXTREME);
}

Test(same_bits, ces_purchases_wild)
{
    compare(CASE_CES_PURCHASES, CASE_WILD);
}

Test(same_bits, market_price_usual)
{
    compare(CASE_MARKET_PRICE, CASE_USUAL);
}

Test(same_bits, market_price_extreme)
{
    compare(CASE_MARKET_PRICE, CASE_EXTREME);
}

Test(same_bits, market_price_wild)
{
    compare(CASE_MARKET_PRICE, CASE_WILD);
}

Test(same_bits, chain_begin_usual)
{
    compare(CASE_CHAIN_BEGIN, CASE_USUAL);
}

Test(same_bits, chain_begin_extreme)
{
    compare(CASE_CHAIN_BEGIN, CASE_EXTREME);
}

Test(same_bits, chain_begin_wild)
{
    compare(CASE_CHAIN_BEGIN, CASE_WILD);
}

Test(same_bits, chain_sweep_usual)
{
    compare(CASE_CHAIN_SWEEP, CASE_USUAL);
}

Test(same_bits, chain_sweep_extreme)
{
    compare(CASE_CHAIN_SWEEP, CASE_EXTREME);
}

Test(same_bits, chain_sweep_wild)
{
    compare(CASE_CHAIN_SWEEP, CASE_WILD);
}

Test(same_bits, scatter_add_usual)
{
    compare(CASE_SCATTER_ADD, CASE_USUAL);
}

Test(same_bits, scatter_add_extreme)
{
    compare(CASE_SCATTER_ADD, CASE_EXTREME);
}

Test(same_bits, scatter_add_wild)
{
    compare(CASE_SCATTER_ADD, CASE_WILD);
}

Test(same_bits, firm_outcome_usual)
{
    compare(CASE_FIRM_OUTCOME, CASE_USUAL);
}

Test(same_bits, firm_outcome_extreme)
{
    compare(CASE_FIRM_OUTCOME, CASE_EXTREME);
}

Test(same_bits, firm_outcome_wild)
{
    compare(CASE_FIRM_OUTCOME, CASE_WILD);
}

Test(same_bits, uniform_draws_usual)
{
    compare(CASE_UNIFORM_DRAWS, CASE_USUAL);
}

Test(same_bits, uniform_draws_extreme)
{
    compare(CASE_UNIFORM_DRAWS, CASE_EXTREME);
}

Test(same_bits, uniform_draws_wild)
{
    compare(CASE_UNIFORM_DRAWS, CASE_WILD);
}

Test(same_bits, normal_draws_usual)
{
    compare(CASE_NORMAL_DRAWS, CASE_USUAL);
}

Test(same_bits, normal_draws_extreme)
{
    compare(CASE_NORMAL_DRAWS, CASE_EXTREME);
}

Test(same_bits, normal_draws_wild)
{
    compare(CASE_NORMAL_DRAWS, CASE_WILD);
}

Test(same_bits, scale_lognormal_usual)
{
    compare(CASE_SCALE_LOGNORMAL, CASE_USUAL);
}

Test(same_bits, scale_lognormal_extreme)
{
    compare(CASE_SCALE_LOGNORMAL, CASE_EXTREME);
}

Test(same_bits, scale_lognormal_wild)
{
    compare(CASE_SCALE_LOGNORMAL, CASE_WILD);
}

Test(same_bits, scale_logit_normal_usual)
{
    compare(CASE_SCALE_LOGIT_NORMAL, CASE_USUAL);
}

Test(same_bits, scale_logit_normal_extreme)
{
    compare(CASE_SCALE_LOGIT_NORMAL, CASE_EXTREME);
}

Test(same_bits, scale_logit_normal_wild)
{
    compare(CASE_SCALE_LOGIT_NORMAL, CASE_WILD);
}

Test(same_bits, log_wedges_usual)
{
    compare(CASE_LOG_WEDGES, CASE_USUAL);
}

Test(same_bits, log_wedges_extreme)
{
    compare(CASE_LOG_WEDGES, CASE_EXTREME);
}

Test(same_bits, log_wedges_wild)
{
    compare(CASE_LOG_WEDGES, CASE_WILD);
}

Test(same_bits, draw_sales_usual)
{
    compare(CASE_DRAW_SALES, CASE_USUAL);
}

Test(same_bits, draw_sales_extreme)
{
    compare(CASE_DRAW_SALES, CASE_EXTREME);
}

Test(same_bits, draw_sales_wild)
{
    compare(CASE_DRAW_SALES, CASE_WILD);
}

Test(same_bits, draw_purchases_usual)
{
    compare(CASE_DRAW_PURCHASES, CASE_USUAL);
}

Test(same_bits, draw_purchases_extreme)
{
    compare(CASE_DRAW_PURCHASES, CASE_EXTREME);
}

Test(same_bits, draw_purchases_wild)
{
    compare(CASE_DRAW_PURCHASES, CASE_WILD);
}

Test(same_bits, draw_market_usual)
{
    compare(CASE_DRAW_MARKET, CASE_USUAL);
}

Test(same_bits, draw_market_extreme)
{
    compare(CASE_DRAW_MARKET, CASE_EXTREME);
}

Test(same_bits, draw_market_wild)
{
    compare(CASE_DRAW_MARKET, CASE_WILD);
}

Test(same_bits, draw_profit_usual)
{
    compare(CASE_DRAW_PROFIT, CASE_USUAL);
}

Test(same_bits, draw_profit_extreme)
{
    compare(CASE_DRAW_PROFIT, CASE_EXTREME);
}

Test(same_bits, draw_profit_wild)
{
    compare(CASE_DRAW_PROFIT, CASE_WILD);
}

Test(same_bits, add_compensated_usual)
{
    compare(CASE_ADD_COMPENSATED, CASE_USUAL);
}

Test(same_bits, add_compensated_extreme)
{
    compare(CASE_ADD_COMPENSATED, CASE_EXTREME);
}

Test(same_bits, add_compensated_wild)
{
    compare(CASE_ADD_COMPENSATED, CASE_WILD);
}

/* Every double of an output is written, none keeps the pattern of a fresh array; but what is the caller's keeps it. */
Test(same_bits, every_output_is_written)
{
    for (int kernel = 0; kernel < CASE_KERNEL_COUNT; kernel++)
        for (size_t i = 0; tol_kernels_built(i) != NULL; i++) {
            if (!tol_kernels_runnable(tol_kernels_built(i)))
                continue;
            struct kernel_case inputs = kernel_case_new((enum case_kernel)kernel, CASE_EXTREME, 37, 5, case_seed());
            struct guarded out = guarded_new(kernel_case_out_count(&inputs)), fresh = guarded_new(out.count);
            kernel_case_run(tol_kernels_built(i), &inputs, out.values);
            for (size_t at = 0; at < out.count; at++)
                cr_assert_eq(bits_of(out.values[at]) == bits_of(fresh.values[at]), kernel_case_left_alone(&inputs, at),
                             "%s %s: double %zu", tol_kernels_built(i)->isa, case_kernel_name((enum case_kernel)kernel),
                             at);
            guarded_free(&out);
            guarded_free(&fresh);
            kernel_case_free(&inputs);
        }
}

/* One NaN, one zero: the bits of an output never say on which machine it was made. */
Test(same_bits, outputs_have_one_nan_and_no_negative_zero)
{
    size_t nan_count = 0, zero_count = 0;
    struct random seeds = {case_seed()};
    for (int kernel = 0; kernel < CASE_KERNEL_COUNT; kernel++)
        for (int repeat = 0; repeat < 20; repeat++) {
            struct kernel_case inputs =
                kernel_case_new((enum case_kernel)kernel, CASE_WILD, 100, 3, random_bits(&seeds));
            struct guarded out = guarded_new(kernel_case_out_count(&inputs));
            kernel_case_run(tol_kernels_best(), &inputs, out.values);
            for (size_t at = 0; at < out.count; at++) {
                uint64_t bits = bits_of(out.values[at]);
                if (kernel_case_left_alone(&inputs, at))
                    continue;
                if (out.values[at] != out.values[at]) {
                    cr_assert_eq(bits, 0x7ff8000000000000u, "%s: NaN %llx", case_kernel_name((enum case_kernel)kernel),
                                 (unsigned long long)bits);
                    nan_count++;
                }
                zero_count += bits == 0;
                cr_assert_neq(bits, 0x8000000000000000u, "%s: -0 at %zu", case_kernel_name((enum case_kernel)kernel),
                              at);
            }
            guarded_free(&out);
            kernel_case_free(&inputs);
        }
    cr_assert(nan_count > 100 && zero_count > 100, "the inputs met %zu NaN and %zu zeros", nan_count, zero_count);
}

/* The guards see a write of one double on either side. */
Test(same_bits, guards_notice)
{
    struct guarded array = guarded_new(8);
    double kept = array.values[-1];
    cr_assert(guarded_intact(&array));
    array.values[-1] = 0;
    cr_assert_not(guarded_intact(&array));
    array.values[-1] = kept;
    array.values[8] = 0;
    cr_assert_not(guarded_intact(&array));
    guarded_free(&array);
}
