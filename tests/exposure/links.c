/* What customers and suppliers hand on: by hand, and what holds in any network. No markets and no sectors here. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "exposure/world.h"

static struct world world_of(uint64_t seed, size_t scenarios)
{
    struct world world;
    world_set(&world, seed, scenarios);
    return world;
}

/* The world points to its own law: score where it stands. */
static struct tol_score_row *score_portfolio(const struct portfolio *portfolio, struct world *world)
{
    world->options.baseline.law = &world->law;
    world->options.scenario = world->scenario;
    for (size_t s = 0; s < world->options.scenario_count; s++) {
        world->scenario[s].law = &world->law;
    }
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct tol_score_row *rows = score_all(book, world);
    tol_book_close(book);
    return rows;
}

/* A tenth more from day 1 on, on whatever crosses a border. */
static void tenth(const struct tol_law *law, const struct tol_rate_query *query, struct tol_rate_answer *answer)
{
    (void)law;
    fake_flat(answer, TOL_SECTION_122, query->on > 0 && query->into != query->from ? 0.1 : 0);
}

static struct world world_of_a_tenth(void)
{
    struct world world = world_of(1, 1);
    world.law.answer = tenth;
    world.parameters.sigma = 2;
    world.options.settings.border_pass_through = 1;
    return world;
}

/* What a sale abroad loses of its value: 1.1^-2 - 1. */
static const double loss = 1 - 1 / 1.21;

static struct portfolio *portfolio_of(size_t firms, double revenue_eur, double purchases_eur)
{
    struct portfolio *portfolio = portfolio_new(firms, 8);
    for (size_t f = 0; f < firms; f++) {
        double *number = portfolio->firm[f].number;
        number[TOL_REVENUE] = revenue_eur;
        number[TOL_PURCHASES_TOTAL] = purchases_eur;
        number[TOL_EBITDA] = 50;
        number[TOL_CONTRIBUTION_MARGIN] = 0.4;
        number[TOL_COST_PASS_THROUGH] = 0.5;
    }
    return portfolio;
}

static void near(double value, double by_hand)
{
    cr_assert_leq(fabs(value - by_hand), 1e-13 * fmax(1, fabs(by_hand)), "%.17g by hand %.17g", value, by_hand);
}

/* A share that two tiers have cut to whole quanta, times whole_eur. */
static void near_of(double value, double by_hand, double whole_eur)
{
    cr_assert_leq(fabs(value - by_hand), 1e-13 * fmax(1, fabs(by_hand)) + 2 * 0x1p-50 * whole_eur,
                  "%.17g by hand %.17g", value, by_hand);
}

/* 2 sells half of what it makes abroad, 1 sells a quarter to 2, 0 sells a tenth to 1. */
Test(links, lost_orders_travel_up_by_hand)
{
    struct portfolio *portfolio = portfolio_of(3, 1000, 500);
    portfolio_sell(portfolio, 2, "US", "8703230190", 500);
    portfolio_link(portfolio, TOL_SALES, 1, 2, 250);
    portfolio_link(portfolio, TOL_SALES, 0, 1, 100);
    struct world world = world_of_a_tenth();
    struct tol_score_row *rows = score_portfolio(portfolio, &world);
    near(rows[2].direct_demand_loss, loss / 2);
    cr_assert_eq(rows[2].indirect_demand_loss, 0);
    near(rows[1].indirect_demand_loss, loss / 8);
    cr_assert_eq(rows[1].direct_demand_loss, 0);
    near_of(rows[1].ebitda_change_eur, -0.4 * 1000 * loss / 8, 0.4 * 1000);
    near(rows[1].margin_at_risk, 0.4 * 1000 * loss / 8 / 50);
    near(rows[0].indirect_demand_loss, loss / 80);
    near_of(rows[0].ebitda_change_eur, -0.4 * 1000 * loss / 80, 0.4 * 1000);
    free(rows);
    portfolio_free(portfolio);
}

/* 2 buys 200 of 500 abroad, dearer by a tenth: 0.04. It passes half on to 1, who buys a quarter there, and half of that reaches 0. */
Test(links, dearer_inputs_travel_down_by_hand)
{
    struct portfolio *portfolio = portfolio_of(3, 1000, 500);
    portfolio_buy(portfolio, 2, "CN", "8703230190", 200);
    portfolio_link(portfolio, TOL_PURCHASES, 1, 2, 125);
    portfolio_link(portfolio, TOL_PURCHASES, 0, 1, 50);
    struct world world = world_of_a_tenth();
    struct tol_score_row *rows = score_portfolio(portfolio, &world);
    near(rows[2].direct_cost_rise, 0.04);
    near(rows[2].ebitda_change_eur, -0.5 * 20);
    near(rows[1].indirect_cost_rise, 0.25 * 0.5 * 0.04);
    near(rows[1].ebitda_change_eur, -0.5 * 500 * 0.25 * 0.5 * 0.04);
    near(rows[0].indirect_cost_rise, 0.1 * 0.5 * 0.25 * 0.5 * 0.04);
    free(rows);
    portfolio_free(portfolio);
}

/* Lines of 2000 against a stated 1000: a customer with half of the lines is half of the firm, not the whole of it. */
Test(links, lines_beyond_the_total_are_scaled)
{
    struct portfolio *portfolio = portfolio_of(2, 1000, 500);
    portfolio_sell(portfolio, 1, "US", "8703230190", 1000);
    portfolio_link(portfolio, TOL_SALES, 0, 1, 1000);
    portfolio_sell(portfolio, 0, "NL", "8703230190", 1000);
    struct world world = world_of_a_tenth();
    struct tol_score_row *rows = score_portfolio(portfolio, &world);
    near(rows[0].indirect_demand_loss, loss / 2);
    cr_assert(rows[0].flags & TOL_FLAG_SALES_EXCEED_REVENUE);
    free(rows);
    portfolio_free(portfolio);
}

/* Each is the other's only customer and only supplier, and hands on everything: what 0 loses comes back for ever. Bounded by the number
 * of sweeps, a thousand: half of them bring it to each of the two. */
Test(links, a_closed_circle_ends)
{
    struct portfolio *portfolio = portfolio_of(2, 1000, 1000);
    for (size_t f = 0; f < 2; f++) {
        portfolio->firm[f].number[TOL_COST_PASS_THROUGH] = 1;
        portfolio_link(portfolio, TOL_SALES, f, 1 - f, 1000);
        portfolio_link(portfolio, TOL_PURCHASES, f, 1 - f, 1000);
    }
    portfolio->line[TOL_SALES][0].importer = portfolio->line[TOL_PURCHASES][0].importer = country("US");
    struct world world = world_of_a_tenth();
    struct tol_score_row *rows = score_portfolio(portfolio, &world);
    near(rows[0].direct_demand_loss, loss);
    for (size_t f = 0; f < 2; f++) {
        near(rows[f].indirect_demand_loss, 500 * loss);
        near(rows[f].indirect_cost_rise, 500 * 0.1);
        cr_assert(isfinite(rows[f].ebitda_change_eur) && rows[f].score <= 100);
    }
    free(rows);
    portfolio_free(portfolio);
}

Test(links, firms_without_revenue_or_purchases_stay_finite)
{
    struct portfolio *portfolio = portfolio_of(3, 0, 0);
    portfolio->firm[2].number[TOL_REVENUE] = 1000;
    portfolio->firm[2].number[TOL_PURCHASES_TOTAL] = NAN; /* and no line has a value */
    portfolio_sell(portfolio, 0, "US", "8703230190", 100);
    portfolio_link(portfolio, TOL_SALES, 0, 1, 100);
    portfolio_link(portfolio, TOL_SALES, 1, 0, 0);
    portfolio_link(portfolio, TOL_SALES, 2, 0, 100);
    portfolio_buy(portfolio, 0, "CN", "8703230190", 100);
    portfolio_link(portfolio, TOL_PURCHASES, 1, 0, 50);
    portfolio_link(portfolio, TOL_PURCHASES, 2, 0, 0);
    struct world world = world_of_a_tenth();
    struct tol_score_row *rows = score_portfolio(portfolio, &world);
    for (size_t f = 0; f < 3; f++) {
        cr_assert_eq(rows[f].indirect_demand_loss, 0);
        cr_assert_eq(rows[f].indirect_cost_rise, 0);
        cr_assert(isfinite(rows[f].ebitda_change_eur));
    }
    cr_assert_lt(rows[0].ebitda_change_eur, -1);
    cr_assert_eq(rows[2].ebitda_change_eur, 0);
    free(rows);
    portfolio_free(portfolio);
}

Test(links, scenario_equal_to_the_baseline_changes_nothing)
{
    struct portfolio *portfolio = portfolio_linked(81, 300, 12);
    struct world world = world_of(81, 3);
    world.scenario[1].on = 0;
    struct tol_score_row *rows = score_portfolio(portfolio, &world);
    int moved = 0;
    for (size_t f = 0; f < 300; f++) {
        const struct tol_score_row *still = &rows[f * 3 + 1];
        moved += rows[f * 3].indirect_demand_loss != 0 && rows[f * 3 + 2].indirect_cost_rise != 0;
        const double zeros[] = {still->indirect_demand_loss,  still->indirect_cost_rise,
                                still->diversion_gain_eur,    still->opportunity_eur,
                                still->ebitda_change_low_eur, still->ebitda_change_high_eur};
        for (size_t i = 0; i < sizeof zeros / sizeof zeros[0]; i++) {
            cr_assert(zeros[i] == 0 && !signbit(zeros[i]));
        }
    }
    cr_assert_gt(moved, 100, "the other scenarios do travel");
    free(rows);
    portfolio_free(portfolio);
}

Test(links, order_of_rows_does_not_matter)
{
    struct portfolio *portfolio = portfolio_linked(82, 250, 25);
    check_order_of_rows(portfolio);
    portfolio_free(portfolio);
}

/* Halves of a double are exact, and so is their sum: the same bits, where no two lines of a firm share a cell or a counterpart. */
Test(links, splitting_a_named_line_changes_nothing)
{
    struct portfolio *whole = portfolio_of(2, 1000, 500);
    struct portfolio *halves = portfolio_of(2, 1000, 500);
    struct portfolio *const both[] = {whole, halves};
    for (int split = 0; split < 2; split++) {
        portfolio_sell(both[split], 1, "US", "8703230190", 300.3);
        portfolio_buy(both[split], 1, "CN", "8703230190", 100.1);
        for (int part = 0; part <= split; part++) {
            portfolio_link(both[split], TOL_SALES, 0, 1, 123.45 / (1 + split));
            portfolio_link(both[split], TOL_PURCHASES, 0, 1, 67.89 / (1 + split));
        }
    }
    struct world world = world_of_a_tenth();
    struct tol_score_row *a = score_portfolio(whole, &world);
    struct tol_score_row *b = score_portfolio(halves, &world);
    cr_assert(a[0].indirect_demand_loss > 0 && a[0].indirect_cost_rise > 0);
    check_same_rows(a, b, 2);
    free(a);
    free(b);
    portfolio_free(whole);
    portfolio_free(halves);
}

Test(links, splitting_all_lines_changes_nothing)
{
    struct portfolio *whole = portfolio_linked(83, 200, 10);
    struct portfolio *halves = portfolio_linked(83, 200, 20);
    memcpy(halves->firm, whole->firm, 200 * sizeof *halves->firm);
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        halves->line_count[side] = 2 * whole->line_count[side];
        for (size_t i = 0; i < halves->line_count[side]; i++) {
            halves->line[side][i] = whole->line[side][i / 2];
            halves->line[side][i].value_eur /= 2;
        }
    }
    struct world world = world_of(83, 3);
    struct tol_score_row *a = score_portfolio(whole, &world);
    struct tol_score_row *b = score_portfolio(halves, &world);
    for (size_t i = 0; i < 600; i++) {
        cr_assert_float_eq(a[i].indirect_demand_loss, b[i].indirect_demand_loss, 1e-14);
        cr_assert_float_eq(a[i].indirect_cost_rise, b[i].indirect_cost_rise, 1e-14);
        cr_assert_float_eq(a[i].ebitda_change_eur, b[i].ebitda_change_eur, 1e-13 * a[i].revenue_eur);
    }
    free(a);
    free(b);
    portfolio_free(whole);
    portfolio_free(halves);
}

/* One more tier never takes away where all shocks are losses, and with enough tiers nothing is left to add. */
Test(links, tiers_add_up_to_the_whole)
{
    struct portfolio *portfolio = portfolio_linked(84, 300, 8);
    struct world world = world_of_a_tenth();
    struct tol_score_row *all = score_portfolio(portfolio, &world);
    struct tol_score_row *before = NULL;
    int grown[6] = {0};
    static const uint32_t tiers[] = {0, 1, 2, 3, 6, 900};
    for (size_t k = 0; k < 6; k++) {
        world.options.settings.tiers = tiers[k];
        struct tol_score_row *rows = score_portfolio(portfolio, &world);
        for (size_t f = 0; f < 300; f++) {
            double demand = before != NULL ? before[f].indirect_demand_loss : 0;
            double cost = before != NULL ? before[f].indirect_cost_rise : 0;
            cr_assert(rows[f].indirect_demand_loss >= demand && rows[f].indirect_cost_rise >= cost);
            cr_assert(rows[f].indirect_demand_loss <= all[f].indirect_demand_loss);
            cr_assert(rows[f].indirect_cost_rise <= all[f].indirect_cost_rise);
            cr_assert_eq(rows[f].direct_demand_loss, all[f].direct_demand_loss);
            grown[k] += rows[f].indirect_demand_loss > demand && rows[f].indirect_cost_rise > cost;
        }
        free(before);
        before = rows;
    }
    cr_assert_eq(grown[0], 0, "no tiers, nothing indirect");
    cr_assert(grown[1] > 30 && grown[2] > 30 && grown[3] > 30 && grown[4] > 30);
    check_same_rows(before, all, 300);
    free(before);
    free(all);
    portfolio_free(portfolio);
}
