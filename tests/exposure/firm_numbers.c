#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "exposure/world.h"

static const struct tol_settings *default_settings(void)
{
    static struct world world;
    world_set(&world, 1, 1);
    return &world.options.settings;
}

static void tenth(const struct tol_law *law, const struct tol_rate_query *query, struct tol_rate_answer *answer)
{
    (void)law;
    fake_flat(answer, TOL_SECTION_122, query->on > 0 && query->into != query->from ? 0.1 : 0);
}

/* One firm with 100 of sales to the US and 80 of purchases from China; numbers as the test sets them. */
static struct portfolio *one_firm(void)
{
    struct portfolio *portfolio = portfolio_new(1, 4);
    portfolio->firm[0].number[TOL_REVENUE] = 200;
    portfolio_sell(portfolio, 0, "US", "8703230190", 100);
    portfolio_buy(portfolio, 0, "CN", "8501101000", 80);
    return portfolio;
}

static double settings_pass_through; /* kappa of firms that state none */

static struct tol_score_row row_of(struct portfolio *portfolio, double sector_margin)
{
    struct world world;
    world_set(&world, 1, 1);
    world.law.answer = tenth;
    world.parameters.sigma = 2;
    world.parameters.sector_margin = sector_margin;
    world.options.settings.border_pass_through = 1;
    world.options.settings.cost_pass_through = settings_pass_through;
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct tol_score_row *rows = score_all(book, &world);
    struct tol_score_row row = rows[0];
    free(rows);
    tol_book_close(book);
    portfolio_free(portfolio);
    return row;
}

static const double volume = 100 * (1 / 1.21 - 1);

Test(firm_numbers, given_margin_and_pass_through_are_used)
{
    struct portfolio *portfolio = one_firm();
    portfolio->firm[0].number[TOL_CONTRIBUTION_MARGIN] = 0.4;
    portfolio->firm[0].number[TOL_COST_PASS_THROUGH] = 0.25;
    portfolio->firm[0].number[TOL_PURCHASES_TOTAL] = 100;
    struct tol_score_row row = row_of(portfolio, 0.35);
    cr_assert_float_eq(row.ebitda_change_eur, 0.4 * volume - 0.75 * 8, 1e-12);
    cr_assert_eq(row.flags & (TOL_FLAG_MARGIN_IMPUTED | TOL_FLAG_PURCHASES_MISSING), 0);
    cr_assert_float_eq(row.direct_cost_rise, 0.08, 1e-15);
    cr_assert_float_eq(row.china_purchase_share, 0.8, 1e-15);
}

Test(firm_numbers, pass_through_of_the_settings_is_for_firms_without)
{
    settings_pass_through = 0.5; /* a test is a process of its own */
    struct portfolio *without = one_firm();
    struct portfolio *with = one_firm();
    without->firm[0].number[TOL_CONTRIBUTION_MARGIN] = with->firm[0].number[TOL_CONTRIBUTION_MARGIN] = 0.4;
    with->firm[0].number[TOL_COST_PASS_THROUGH] = 0;
    struct tol_score_row half = row_of(without, 0.35);
    struct tol_score_row none = row_of(with, 0.35);
    cr_assert_float_eq(half.ebitda_change_eur, 0.4 * volume - 0.5 * 8, 1e-12);
    cr_assert_float_eq(none.ebitda_change_eur, 0.4 * volume - 8, 1e-12);
}

Test(firm_numbers, no_market_is_noted_where_a_duty_changes)
{
    cr_assert(row_of(one_firm(), 0.35).flags & TOL_FLAG_NO_MARKET);
    struct portfolio *portfolio = portfolio_new(1, 2);
    portfolio->firm[0].number[TOL_REVENUE] = 200;
    portfolio_sell(portfolio, 0, "NL", "8703230190", 100);
    portfolio_buy(portfolio, 0, "CN", "8501101000", 80);
    cr_assert_eq(row_of(portfolio, 0.35).flags & TOL_FLAG_NO_MARKET, 0, "sales at home and purchases need none");
}

Test(firm_numbers, margin_of_the_sector_comes_before_purchases)
{
    struct portfolio *portfolio = one_firm();
    portfolio->firm[0].sector = "C29.1";
    struct tol_score_row row = row_of(portfolio, 0.35);
    cr_assert_float_eq(row.ebitda_change_eur, 0.35 * volume - 8, 1e-12);
    cr_assert(row.flags & TOL_FLAG_MARGIN_IMPUTED);
}

Test(firm_numbers, margin_from_purchases_when_the_sector_has_none)
{
    struct tol_score_row row = row_of(one_firm(), 0.35);
    cr_assert_float_eq(row.ebitda_change_eur, (1 - 80.0 / 200) * volume - 8, 1e-12);
    cr_assert(row.flags & TOL_FLAG_MARGIN_IMPUTED);
}

Test(firm_numbers, margin_from_purchases_is_clipped)
{
    struct portfolio *portfolio = one_firm();
    portfolio->firm[0].number[TOL_PURCHASES_TOTAL] = 900;
    struct tol_score_row row = row_of(portfolio, NAN);
    cr_assert_float_eq(row.ebitda_change_eur, -8, 1e-12);
}

Test(firm_numbers, missing_purchases_are_the_sum_of_the_lines)
{
    struct tol_score_row row = row_of(one_firm(), 0.35);
    cr_assert(row.flags & TOL_FLAG_PURCHASES_MISSING);
    cr_assert_float_eq(row.direct_cost_rise, 0.1, 1e-15);
    cr_assert_float_eq(row.china_purchase_share, 1, 1e-15);
}

Test(firm_numbers, lines_above_the_stated_totals_are_noted)
{
    struct portfolio *portfolio = one_firm();
    portfolio->firm[0].number[TOL_REVENUE] = 99;
    portfolio->firm[0].number[TOL_PURCHASES_TOTAL] = 79;
    struct tol_score_row row = row_of(portfolio, 0.35);
    cr_assert(row.flags & TOL_FLAG_SALES_EXCEED_REVENUE);
    cr_assert(row.flags & TOL_FLAG_PURCHASES_EXCEED_TOTAL);
}

Test(firm_numbers, lines_equal_to_the_totals_are_not)
{
    struct portfolio *portfolio = one_firm();
    portfolio->firm[0].number[TOL_REVENUE] = 100 * (1 - 1e-13);
    portfolio->firm[0].number[TOL_PURCHASES_TOTAL] = 80;
    struct tol_score_row row = row_of(portfolio, 0.35);
    cr_assert_eq(row.flags & (TOL_FLAG_SALES_EXCEED_REVENUE | TOL_FLAG_PURCHASES_EXCEED_TOTAL), 0);
}

Test(firm_numbers, missing_ebitda_gives_no_ratio)
{
    struct tol_score_row row = row_of(one_firm(), 0.35);
    cr_assert(row.flags & TOL_FLAG_EBITDA_MISSING);
    cr_assert_eq(row.flags & TOL_FLAG_EBITDA_NOT_POSITIVE, 0);
    cr_assert(isnan(row.margin_at_risk) && isnan(row.score) && isnan(row.interest_cover));
    cr_assert_eq(row.band, TOL_BAND_NONE);
    cr_assert(isfinite(row.ebitda_change_eur) && isfinite(row.margin_change));
}

Test(firm_numbers, ebitda_of_nothing_or_less_gives_no_ratio)
{
    static const double values[] = {0, -5};
    for (int i = 0; i < 2; i++) {
        struct portfolio *portfolio = one_firm();
        portfolio->firm[0].number[TOL_EBITDA] = values[i];
        portfolio->firm[0].number[TOL_INTEREST] = 2;
        struct tol_score_row row = row_of(portfolio, 0.35);
        cr_assert(row.flags & TOL_FLAG_EBITDA_NOT_POSITIVE);
        cr_assert_eq(row.flags & TOL_FLAG_EBITDA_MISSING, 0);
        cr_assert(isnan(row.margin_at_risk) && isnan(row.score));
        cr_assert_eq(row.band, TOL_BAND_NONE);
        cr_assert_float_eq(row.interest_cover, (values[i] + row.ebitda_change_eur) / 2, 1e-12);
    }
}

Test(firm_numbers, missing_interest_is_noted)
{
    struct portfolio *portfolio = one_firm();
    portfolio->firm[0].number[TOL_EBITDA] = 50;
    struct tol_score_row row = row_of(portfolio, 0.35);
    cr_assert(row.flags & TOL_FLAG_INTEREST_MISSING);
    cr_assert(isnan(row.interest_cover));
    cr_assert(row.score > 0);
}

Test(firm_numbers, no_revenue_is_no_division)
{
    struct portfolio *portfolio = one_firm();
    portfolio->firm[0].number[TOL_REVENUE] = 0;
    struct tol_score_row row = row_of(portfolio, 0.35);
    cr_assert_eq(row.direct_demand_loss, 0);
    cr_assert(isnan(row.margin_change));
    cr_assert(isnan(row.us_sales_share));
    cr_assert(isfinite(row.ebitda_change_eur));
}

Test(firm_numbers, firm_without_lines_has_no_change)
{
    struct portfolio *portfolio = portfolio_new(1, 1);
    portfolio->firm[0].number[TOL_REVENUE] = 100;
    portfolio->firm[0].number[TOL_EBITDA] = 10;
    struct tol_score_row row = row_of(portfolio, 0.35);
    cr_assert_eq(row.ebitda_change_eur, 0);
    cr_assert_eq(row.score, 0);
    cr_assert_eq(row.band, TOL_BAND_A);
    cr_assert_eq(row.us_sales_share, 0);
    cr_assert(isnan(row.hhi_destination) && isnan(row.hhi_origin));
    cr_assert_eq(row.flags & TOL_FLAG_NO_MARKET, 0);
}

Test(firm_numbers, bands_begin_at_their_edge)
{
    /* score = 100 (1 - 2^(-x)): EBITDA is chosen so that the score lies just below or above an edge. */
    const struct tol_settings *settings = default_settings();
    for (int edge = 0; edge < 4; edge++) {
        double at_risk = -settings->half_margin * log2(1 - settings->band_edge[edge] / 100);
        for (int above = 0; above < 2; above++) {
            struct portfolio *portfolio = one_firm();
            portfolio->firm[0].number[TOL_CONTRIBUTION_MARGIN] = 0;
            portfolio->firm[0].number[TOL_EBITDA] = 8 / at_risk * (above ? 1 - 1e-9 : 1 + 1e-9);
            struct tol_score_row row = row_of(portfolio, 0.35);
            cr_assert_eq(row.band, edge + above, "score %.17g", row.score);
        }
    }
}

Test(firm_numbers, a_score_on_the_edge_is_in_the_upper_band)
{
    struct portfolio *portfolio = portfolio_new(1, 1);
    portfolio->firm[0].number[TOL_REVENUE] = 100;
    portfolio->firm[0].number[TOL_EBITDA] = 10;
    struct world world;
    world_set(&world, 1, 1);
    struct tol_book *book = portfolio_book(portfolio, 0);
    for (int edges = 0; edges <= 4; edges++) {
        for (int i = 0; i < edges; i++) {
            world.options.settings.band_edge[i] = 0;
        }
        struct tol_score_row *rows = score_all(book, &world);
        cr_assert_eq(rows[0].score, 0);
        cr_assert_eq(rows[0].band, edges);
        free(rows);
    }
    tol_book_close(book);
    portfolio_free(portfolio);
}

static struct tol_score_row row_with_liquidity(double liquidity)
{
    struct portfolio *portfolio = one_firm();
    portfolio->firm[0].number[TOL_EBITDA] = 100;
    portfolio->firm[0].number[TOL_LIQUIDITY] = liquidity;
    return row_of(portfolio, 0.35);
}

Test(firm_numbers, vulnerability_moves_the_score_alone)
{
    struct tol_score_row plain = row_with_liquidity(1);
    struct tol_score_row weak = row_with_liquidity(2);
    cr_assert_eq(plain.score, plain.score_exposure);
    cr_assert_eq(weak.vulnerability, 2);
    cr_assert_eq(weak.score_exposure, plain.score_exposure);
    /* 1 - 2^(-2x) from 1 - 2^(-x). */
    double left = 1 - plain.score / 100;
    cr_assert_float_eq(weak.score, 100 * (1 - left * left), 1e-10);
    cr_assert_eq(weak.flags & TOL_FLAG_RESILIENCE_UNKNOWN, 0);
}

Test(firm_numbers, resilience_that_nobody_knows_is_noted)
{
    struct tol_score_row row = row_with_liquidity(NAN);
    cr_assert_eq(row.vulnerability, 1);
    cr_assert(row.flags & TOL_FLAG_RESILIENCE_UNKNOWN);
}
