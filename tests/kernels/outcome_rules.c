/* firm_outcome: what is said, what is NaN, and the limits of the score. One firm, the same sums in all lanes. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "cases.h"

struct firm {
    double revenue, purchases, ebitda, interest, contribution_margin, cost_pass_through, vulnerability;
    double price_cut, volume, cost_rise, half_margin;
    double lost_orders, dearer_inputs;
};

/* R 1000, C 400, E 100, I 10; sales fall by 30 in volume and 5 in price, purchases rise by 8. */
static const struct firm usual = {1000, 400, 100, 10, 0.4, 0.25, 1, -5, -30, 8, 0.25, 0, 0};

struct result {
    double of[TOL_OUTCOME_COUNT];
};

static struct result outcome_of(const struct tol_kernels *kernels, struct firm f)
{
    _Alignas(64) double sales[TOL_SALES_FACTOR_COUNT * TOL_LANES], purchases[TOL_PURCHASE_FACTOR_COUNT * TOL_LANES];
    _Alignas(64) double lost_orders[TOL_LANES], dearer_inputs[TOL_LANES];
    _Alignas(64) double out[TOL_OUTCOME_COUNT][TOL_LANES];
    for (int l = 0; l < TOL_LANES; l++) {
        sales[TOL_SALES_DUTY * TOL_LANES + l] = 1e9 * l;
        sales[TOL_SALES_PRICE_CUT * TOL_LANES + l] = f.price_cut;
        sales[TOL_SALES_VOLUME * TOL_LANES + l] = f.volume;
        /* Not part of the profit: the price cut and the volume have them already, or the chain has. */
        sales[TOL_SALES_DIVERSION * TOL_LANES + l] = 2e9 * l;
        sales[TOL_SALES_OPPORTUNITY * TOL_LANES + l] = 3e9 * l;
        sales[TOL_SALES_CHAIN * TOL_LANES + l] = 4e9 * l;
        purchases[TOL_PURCHASE_DUTY * TOL_LANES + l] = -1e9 * l;
        purchases[TOL_PURCHASE_COST_RISE * TOL_LANES + l] = f.cost_rise;
        purchases[TOL_PURCHASE_CHAIN * TOL_LANES + l] = 5e9 * l;
        lost_orders[l] = f.lost_orders;
        dearer_inputs[l] = f.dearer_inputs;
    }
    struct tol_firm_inputs inputs = {&f.revenue,      &f.purchases,           &f.ebitda,
                                     &f.interest,     &f.contribution_margin, &f.cost_pass_through,
                                     &f.vulnerability};
    kernels->firm_outcome(1, 1, &inputs, f.half_margin, sales, purchases, lost_orders, dearer_inputs, out[0]);
    struct result result;
    for (int k = 0; k < TOL_OUTCOME_COUNT; k++) {
        result.of[k] = out[k][0];
        for (int l = 1; l < TOL_LANES; l++)
            cr_assert_eq(bits_of(out[k][l]), bits_of(out[k][0]), "%s: lanes differ", kernels->isa);
    }
    return result;
}

/* dEBITDA = -5 + 0.4 * -30 - 0.75 * 8 = -23. */
Test(outcome, by_hand)
{
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        struct result r = outcome_of(runnable_variant(i), usual);
        cr_assert_float_eq(r.of[TOL_OUTCOME_DEMAND_LOSS], 0.035, 1e-16);
        cr_assert_float_eq(r.of[TOL_OUTCOME_COST_RISE], 0.02, 1e-16);
        cr_assert_float_eq(r.of[TOL_OUTCOME_EBITDA_CHANGE], -23, 1e-14);
        cr_assert_float_eq(r.of[TOL_OUTCOME_MARGIN_AT_RISK], 0.23, 1e-16);
        cr_assert_float_eq(r.of[TOL_OUTCOME_MARGIN_CHANGE], -0.023, 1e-17);
        cr_assert_float_eq(r.of[TOL_OUTCOME_INTEREST_COVER], 7.7, 1e-14);
        cr_assert_float_eq(r.of[TOL_OUTCOME_SCORE_EXPOSURE], 100 * (1 - exp2(-0.92)), 1e-12);
        cr_assert_eq(r.of[TOL_OUTCOME_SCORE], r.of[TOL_OUTCOME_SCORE_EXPOSURE]);
    }
}

/* Customers drop 2 % of orders, suppliers are 5 % dearer: 0.4 * 1000 * 0.02 = 8 and 0.75 * 400 * 0.05 = 15 more are lost. */
Test(outcome, the_chain_costs_margin_and_inputs)
{
    struct firm f = usual;
    f.lost_orders = 0.02;
    f.dearer_inputs = 0.05;
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        struct result r = outcome_of(runnable_variant(i), f);
        cr_assert_float_eq(r.of[TOL_OUTCOME_EBITDA_CHANGE], -46, 1e-14);
        cr_assert_float_eq(r.of[TOL_OUTCOME_MARGIN_AT_RISK], 0.46, 1e-15);
        cr_assert_float_eq(r.of[TOL_OUTCOME_DEMAND_LOSS], 0.035, 1e-16, "the direct loss stands by itself");
        cr_assert_float_eq(r.of[TOL_OUTCOME_COST_RISE], 0.02, 1e-16, "the direct rise stands by itself");
    }
}

static struct firm losing(double share_of_ebitda)
{
    struct firm f = usual;
    f.volume = f.cost_rise = 0;
    f.price_cut = -share_of_ebitda * f.ebitda;
    return f;
}

Test(outcome, half_margin_at_risk_scores_fifty)
{
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        cr_assert_float_eq(outcome_of(runnable_variant(i), losing(0.25)).of[TOL_OUTCOME_SCORE], 50, 1e-13);
        cr_assert_float_eq(outcome_of(runnable_variant(i), losing(0.5)).of[TOL_OUTCOME_SCORE], 75, 1e-13);
        cr_assert_float_eq(outcome_of(runnable_variant(i), losing(0.75)).of[TOL_OUTCOME_SCORE], 87.5, 1e-13);
    }
}

Test(outcome, vulnerability_moves_the_score_and_not_the_exposure)
{
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        struct firm f = losing(0.25);
        f.vulnerability = 2;
        struct result weak = outcome_of(runnable_variant(i), f);
        f.vulnerability = 0.5;
        struct result strong = outcome_of(runnable_variant(i), f);
        cr_assert_float_eq(weak.of[TOL_OUTCOME_SCORE], 75, 1e-13);
        cr_assert_float_eq(strong.of[TOL_OUTCOME_SCORE], 100 * (1 - sqrt(0.5)), 1e-13);
        cr_assert_float_eq(weak.of[TOL_OUTCOME_SCORE_EXPOSURE], 50, 1e-13);
        cr_assert_eq(weak.of[TOL_OUTCOME_SCORE_EXPOSURE], strong.of[TOL_OUTCOME_SCORE_EXPOSURE]);
    }
}

Test(outcome, no_shock_is_zero_everywhere)
{
    struct firm f = usual;
    f.price_cut = f.volume = f.cost_rise = f.lost_orders = f.dearer_inputs = 0;
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        struct result r = outcome_of(runnable_variant(i), f);
        for (int k = 0; k < TOL_OUTCOME_COUNT; k++)
            if (k == TOL_OUTCOME_INTEREST_COVER)
                cr_assert_eq(r.of[k], 10);
            else
                cr_assert(r.of[k] == 0 && !signbit(r.of[k]), "%s: outcome %d is %a", runnable_variant(i)->isa, k,
                          r.of[k]);
    }
}

Test(outcome, a_gain_scores_zero)
{
    struct firm f = usual;
    f.price_cut = 5;
    f.volume = 30;
    f.cost_rise = -8;
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        struct result r = outcome_of(runnable_variant(i), f);
        cr_assert_float_eq(r.of[TOL_OUTCOME_EBITDA_CHANGE], 23, 1e-14);
        cr_assert(r.of[TOL_OUTCOME_DEMAND_LOSS] < 0 && r.of[TOL_OUTCOME_COST_RISE] < 0);
        cr_assert_eq(r.of[TOL_OUTCOME_MARGIN_AT_RISK], 0);
        cr_assert_eq(r.of[TOL_OUTCOME_SCORE], 0);
        cr_assert(!signbit(r.of[TOL_OUTCOME_SCORE]) && !signbit(r.of[TOL_OUTCOME_MARGIN_AT_RISK]));
    }
}

Test(outcome, missing_ebitda_has_no_ratio)
{
    struct firm f = usual;
    f.ebitda = NAN;
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        struct result r = outcome_of(runnable_variant(i), f);
        cr_assert(isnan(r.of[TOL_OUTCOME_MARGIN_AT_RISK]) && isnan(r.of[TOL_OUTCOME_SCORE]));
        cr_assert(isnan(r.of[TOL_OUTCOME_SCORE_EXPOSURE]) && isnan(r.of[TOL_OUTCOME_INTEREST_COVER]));
        cr_assert_float_eq(r.of[TOL_OUTCOME_EBITDA_CHANGE], -23, 1e-14);
        cr_assert_float_eq(r.of[TOL_OUTCOME_MARGIN_CHANGE], -0.023, 1e-17);
    }
}

Test(outcome, ebitda_that_is_not_positive_has_no_margin_at_risk)
{
    static const double ebitda[] = {0.0, -0.0, -50, -0x1p-1074, -1e300};
    for (size_t i = 0; runnable_variant(i) != NULL; i++)
        for (size_t k = 0; k < sizeof ebitda / sizeof ebitda[0]; k++) {
            struct firm f = usual;
            f.ebitda = ebitda[k];
            struct result r = outcome_of(runnable_variant(i), f);
            cr_assert(isnan(r.of[TOL_OUTCOME_MARGIN_AT_RISK]) && isnan(r.of[TOL_OUTCOME_SCORE]));
            cr_assert(isnan(r.of[TOL_OUTCOME_SCORE_EXPOSURE]));
            cr_assert_eq(r.of[TOL_OUTCOME_INTEREST_COVER], (ebitda[k] + r.of[TOL_OUTCOME_EBITDA_CHANGE]) / 10);
        }
}

Test(outcome, without_interest_there_is_no_cover)
{
    static const double interest[] = {0.0, -0.0, NAN};
    for (size_t i = 0; runnable_variant(i) != NULL; i++)
        for (size_t k = 0; k < 3; k++) {
            struct firm f = usual;
            f.interest = interest[k];
            struct result r = outcome_of(runnable_variant(i), f);
            cr_assert(isnan(r.of[TOL_OUTCOME_INTEREST_COVER]));
            cr_assert_float_eq(r.of[TOL_OUTCOME_MARGIN_AT_RISK], 0.23, 1e-16);
        }
}

Test(outcome, without_revenue_nothing_is_lost_and_no_margin_is_formed)
{
    struct firm f = usual;
    f.revenue = 0;
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        struct result r = outcome_of(runnable_variant(i), f);
        cr_assert_eq(r.of[TOL_OUTCOME_DEMAND_LOSS], 0);
        cr_assert(isnan(r.of[TOL_OUTCOME_MARGIN_CHANGE]));
        cr_assert_float_eq(r.of[TOL_OUTCOME_EBITDA_CHANGE], -23, 1e-14);
    }
}

Test(outcome, without_purchases_there_is_no_cost_share)
{
    struct firm f = usual;
    f.purchases = 0;
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        struct result r = outcome_of(runnable_variant(i), f);
        cr_assert_eq(r.of[TOL_OUTCOME_COST_RISE], 0);
        cr_assert_float_eq(r.of[TOL_OUTCOME_EBITDA_CHANGE], -23, 1e-14);
    }
}

Test(outcome, costs_passed_on_do_not_touch_profit)
{
    struct firm f = usual;
    f.cost_pass_through = 1;
    for (size_t i = 0; runnable_variant(i) != NULL; i++)
        cr_assert_float_eq(outcome_of(runnable_variant(i), f).of[TOL_OUTCOME_EBITDA_CHANGE], -17, 1e-14);
}

Test(outcome, the_score_stays_between_zero_and_a_hundred)
{
    struct random random = {case_seed()};
    for (size_t i = 0; runnable_variant(i) != NULL; i++)
        for (int repeat = 0; repeat < 20000; repeat++) {
            struct firm f = usual;
            f.price_cut = random_exponent(&random, -1000, 1000);
            f.ebitda = fabs(random_exponent(&random, -1000, 1000));
            f.vulnerability = random_between(&random, 0.5, 2);
            struct result r = outcome_of(runnable_variant(i), f);
            cr_assert(r.of[TOL_OUTCOME_SCORE] >= 0 && r.of[TOL_OUTCOME_SCORE] <= 100, "%s: price cut %a, EBITDA %a: %a",
                      runnable_variant(i)->isa, f.price_cut, f.ebitda, r.of[TOL_OUTCOME_SCORE]);
            cr_assert(r.of[TOL_OUTCOME_SCORE_EXPOSURE] >= 0 && r.of[TOL_OUTCOME_SCORE_EXPOSURE] <= 100);
        }
}

Test(outcome, losing_everything_many_times_scores_exactly_a_hundred)
{
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        cr_assert_eq(outcome_of(runnable_variant(i), losing(1e6)).of[TOL_OUTCOME_SCORE], 100);
        struct firm f = losing(1);
        f.price_cut = -1e300;
        f.ebitda = 0x1p-1074;
        cr_assert_eq(outcome_of(runnable_variant(i), f).of[TOL_OUTCOME_SCORE], 100);
    }
}

Test(outcome, a_larger_loss_never_scores_lower)
{
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        double before = -1;
        for (int step = 0; step < 4096; step++) {
            double share = step / 1024.0;
            double score = outcome_of(runnable_variant(i), losing(share)).of[TOL_OUTCOME_SCORE];
            cr_assert(score >= before, "%s: %g", runnable_variant(i)->isa, share);
            before = score;
        }
    }
}

/* A thousandth of a millionth of EBITDA at risk still has its digits: 100 x ln 2 / h. */
Test(outcome, tiny_losses_keep_their_digits)
{
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        double score = outcome_of(runnable_variant(i), losing(1e-15)).of[TOL_OUTCOME_SCORE],
               expected = 100 * 1e-15 * log(2) / 0.25;
        cr_assert_float_eq(score / expected, 1, 1e-13);
    }
}

/* Infinity minus infinity must not read as "nothing at risk". */
Test(outcome, an_overflow_is_not_a_zero)
{
    struct firm f = usual;
    f.price_cut = INFINITY;
    f.volume = -INFINITY;
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        struct result r = outcome_of(runnable_variant(i), f);
        cr_assert(isnan(r.of[TOL_OUTCOME_EBITDA_CHANGE]) && isnan(r.of[TOL_OUTCOME_MARGIN_AT_RISK]));
        cr_assert(isnan(r.of[TOL_OUTCOME_SCORE]));
    }
}
