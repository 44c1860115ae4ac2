#include "tolmuur/explain.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exposure/explain_check.h"
#include "exposure/world.h"

static void check_portfolio(uint64_t seed, size_t firms, size_t lines_max, double rho)
{
    struct portfolio *portfolio = portfolio_random(seed, firms, lines_max);
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct world world;
    world_set(&world, seed, 6);
    world.options.settings.border_pass_through = rho;
    struct tol_score_row *rows = score_all(book, &world);
    struct tol_plan *plan = plan_new(book, &world, NULL);
    for (uint64_t f = 0; f < firms; f++) {
        for (uint32_t s = 0; s < 6; s++) {
            struct tol_explanation *explanation = explanation_of(plan, f, s);
            check_same_rows(&explanation->row, &rows[f * 6 + s], 1);
            explanation_check(explanation);
            tol_explanation_destroy(explanation);
        }
    }
    tol_plan_destroy(plan);
    free(rows);
    tol_book_close(book);
    portfolio_free(portfolio);
}

Test(explain, parts_add_up_on_random_portfolios)
{
    check_portfolio(51, 400, 25, 0.8);
    check_portfolio(52, 200, 25, 1);
    check_portfolio(53, 200, 25, 0);
    check_portfolio(54, 2000, 3, 0.3);
}

Test(explain, parts_add_up_for_large_firms)
{
    check_portfolio(55, 20, 3000, 0.7);
}

/* Duties fall on half of the products by just what they rise on the other half. */
static void see_saw(const struct tol_law *law, const struct tol_rate_query *query, struct tol_rate_answer *answer)
{
    (void)law;
    double swing = query->on == 0 ? 0 : (query->product / 16 % 2 == 0 ? 1e-3 : -1e-3) * query->on;
    answer->by_authority[TOL_IEEPA_RECIPROCAL] = query->on == 0 ? 0.2 : 0;
    answer->by_authority[TOL_SECTION_122] = query->on == 0 ? 0 : 0.2 + swing;
    fake_answer(answer, 0);
}

Test(explain, parts_add_up_when_gains_and_losses_cancel)
{
    struct portfolio *portfolio = portfolio_new(60, 60 * 40);
    uint64_t state = 5;
    for (size_t f = 0; f < 60; f++) {
        portfolio->firm[f].number[TOL_REVENUE] = 1e9;
        for (int i = 0; i < 20; i++) {
            double value = 1e6 * (1 + random_unit(&state));
            char even[16];
            char odd[16];
            (void)snprintf(even, sizeof even, "87%02d000000", i);
            (void)snprintf(odd, sizeof odd, "87%02d000001", i);
            portfolio_sell(portfolio, f, "US", even, value);
            portfolio_sell(portfolio, f, "US", odd, value * (1 + 1e-9 * random_unit(&state)));
        }
    }
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct world world;
    world_set(&world, 1, 3);
    world.law.answer = see_saw;
    world.parameters.sigma = 1;
    struct tol_plan *plan = plan_new(book, &world, NULL);
    for (uint64_t f = 0; f < 60; f++) {
        for (uint32_t s = 0; s < 3; s++) {
            struct tol_explanation *explanation = explanation_of(plan, f, s);
            explanation_check(explanation);
            double sizes = 0;
            for (size_t i = 0; i < explanation->line_count; i++) {
                sizes += fabs(explanation->line[i].ebitda_eur);
            }
            cr_assert_lt(fabs(explanation->row.ebitda_change_eur), 0.01 * sizes, "they do cancel");
            tol_explanation_destroy(explanation);
        }
    }
    tol_plan_destroy(plan);
    tol_book_close(book);
    portfolio_free(portfolio);
}

Test(explain, plan_of_one_firm_explains_the_same)
{
    struct portfolio *portfolio = portfolio_random(57, 60, 30);
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct world world;
    world_set(&world, 57, 2);
    struct tol_plan *whole = plan_new(book, &world, NULL);
    for (uint64_t f = 0; f < 60; f++) {
        struct tol_plan *one = NULL;
        cr_assert_eq(tol_plan_create_for_firm(book, f, &world.parameters, &world.options, &one, NULL), TOL_OK);
        struct tol_explanation *a = explanation_of(whole, f, 1);
        struct tol_explanation *b = explanation_of(one, f, 1);
        cr_assert_eq(a->line_count, b->line_count);
        for (size_t i = 0; i < a->line_count; i++) {
            cr_assert_eq(a->line[i].side, b->line[i].side);
            cr_assert_eq(a->line[i].cell.product, b->line[i].cell.product);
            cr_assert_eq(a->line[i].cell.facts, b->line[i].cell.facts);
            cr_assert_eq(a->line[i].ebitda_eur, b->line[i].ebitda_eur);
            cr_assert_eq(a->line[i].duty_eur, b->line[i].duty_eur);
        }
        tol_explanation_destroy(a);
        tol_explanation_destroy(b);
        tol_plan_destroy(one);
    }
    tol_plan_destroy(whole);
    tol_book_close(book);
    portfolio_free(portfolio);
}

/* v (r - 1) = v L (x1 + x2) with L = (r - 1) / ln r, worked with logarithms here. */
static void answer_25(const struct tol_law *law, const struct tol_rate_query *query, struct tol_rate_answer *answer)
{
    (void)law;
    answer->by_authority[TOL_MFN] = 0.025;
    answer->by_authority[TOL_SECTION_232] = query->on > 0 ? 0.25 : 0;
    fake_answer(answer, 0);
}

Test(explain, revenue_splits_by_the_logarithmic_mean)
{
    struct portfolio *portfolio = portfolio_new(1, 1);
    portfolio->firm[0].number[TOL_REVENUE] = 5000;
    portfolio_sell(portfolio, 0, "US", "8703230190", 1000);
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct world world;
    world_set(&world, 1, 1);
    world.law.answer = answer_25;
    world.parameters.sigma = 3;
    struct tol_plan *plan = plan_new(book, &world, NULL);
    struct tol_explanation *explanation = explanation_of(plan, 0, 0);
    const struct tol_explained_line *line = &explanation->line[0];
    double log_g = log(1.275 / 1.025);
    double log_phi = (0.8 - 1) * log_g;
    double log_q = -3 * 0.8 * log_g;
    double mean = (exp(log_phi + log_q) - 1) / (log_phi + log_q);
    cr_assert_float_eq(line->revenue_own_duty_eur, 1000 * mean * log_q, 1e-10);
    cr_assert_float_eq(line->revenue_price_cut_eur, 1000 * mean * log_phi, 1e-10);
    cr_assert_eq(line->revenue_diversion_eur, 0);
    cr_assert_float_eq(line->base_rate, 0.025, 1e-15);
    cr_assert_float_eq(line->new_rate, 0.275, 1e-15);
    cr_assert_float_eq(line->authority_duty_eur[TOL_SECTION_232], 250, 1e-10);
    cr_assert_eq(line->authority_duty_eur[TOL_MFN], 0);
    tol_explanation_destroy(explanation);
    tol_plan_destroy(plan);
    tol_book_close(book);
    portfolio_free(portfolio);
}

Test(explain, firm_without_lines)
{
    struct portfolio *portfolio = portfolio_new(2, 1);
    portfolio->firm[0].number[TOL_REVENUE] = 5000;
    portfolio_sell(portfolio, 1, "US", "8703230190", 1000);
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct world world;
    world_set(&world, 1, 1);
    struct tol_plan *plan = plan_new(book, &world, NULL);
    struct tol_explanation *explanation = explanation_of(plan, 0, 0);
    cr_assert_eq(explanation->line_count, 0);
    cr_assert_eq(explanation->rounding_eur, 0);
    cr_assert_eq(explanation->row.ebitda_change_eur, 0);
    tol_explanation_destroy(explanation);
    cr_assert_eq(tol_explain(plan, 2, 0, &explanation, NULL), TOL_USAGE);
    cr_assert_eq(tol_explain(plan, 0, 1, &explanation, NULL), TOL_USAGE);
    cr_assert_null(explanation);
    tol_explanation_destroy(NULL);
    tol_plan_destroy(plan);
    tol_book_close(book);
    portfolio_free(portfolio);
}
