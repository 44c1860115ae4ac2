/* With the shipped tables: law, markets and elasticities of a real day. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "exposure/draws.h"
#include "exposure/portfolio.h"
#include "tolmuur/economy.h"

#define TABLES TEST_BINARY_DIR "/tolmuur.tables"

struct shipped {
    struct tol_law *law;
    struct tol_parameters *parameters;
    struct tol_economy *economy;
    struct portfolio *portfolio;
    struct tol_book *book;
    struct tol_scenario scenario[2];
    struct tol_plan *plan;
};

static const char *const products[] = {"8413309090", "8703230190", "7326908688", "2204215035", "3004909290",
                                       "84818050",   "870899",     "9403608081", "6204624011", "2710124500"};
static const char *const countries[] = {"US", "CN", "DE", "GB", "BR", "JP", "MX", "NO"};
enum { PRODUCTS = 10, COUNTRIES = 8, FIRMS = 8 };

static void open_shipped(struct shipped *shipped)
{
    struct tol_error error = {0};
    cr_assert_eq(tol_law_open(TABLES, &shipped->law, &error), TOL_OK, "%s", error.message);
    cr_assert_eq(tol_parameters_open(TABLES, &shipped->parameters, &error), TOL_OK, "%s", error.message);
    cr_assert_eq(tol_economy_open(TABLES, &shipped->economy, &error), TOL_OK, "%s", error.message);
    shipped->portfolio = portfolio_new(FIRMS, PRODUCTS * COUNTRIES);
    for (size_t f = 0; f < FIRMS; f++) {
        shipped->portfolio->firm[f].number[TOL_REVENUE] = 1e6;
        shipped->portfolio->firm[f].number[TOL_EBITDA] = 1e5;
    }
    for (size_t i = 0; i < PRODUCTS * COUNTRIES; i++) {
        const char *hs = products[i % PRODUCTS], *other = countries[i / PRODUCTS];
        portfolio_sell(shipped->portfolio, i % FIRMS, other, hs, 1000 + 37 * (double)i);
        portfolio_buy(shipped->portfolio, (i + 3) % FIRMS, other, hs, 900 + 11 * (double)i);
    }
    shipped->book = portfolio_book(shipped->portfolio, 0);
    static const char *const days[] = {"2025-08-10", "2025-04-12"};
    struct tol_plan_options options = {.baseline = {.name = "baseline", .law = shipped->law},
                                       .scenario = shipped->scenario,
                                       .scenario_count = 2,
                                       .economy = shipped->economy,
                                       .settings = tol_settings_default(),
                                       .draws = {.count = 200, .seed = 9}};
    options.settings.border_pass_through = 0.85; /* so that exporters give way */
    cr_assert(tol_day_parse("2025-01-01", &options.baseline.on));
    for (size_t s = 0; s < 2; s++) {
        shipped->scenario[s] = (struct tol_scenario){.law = shipped->law};
        cr_assert(tol_day_parse(days[s], &shipped->scenario[s].on));
        (void)snprintf(shipped->scenario[s].name, sizeof shipped->scenario[s].name, "%s", days[s]);
    }
    cr_assert_eq(tol_plan_create(shipped->book, shipped->parameters, &options, NULL, &shipped->plan, &error), TOL_OK,
                 "%s", error.message);
}

static void close_shipped(struct shipped *shipped)
{
    tol_plan_destroy(shipped->plan);
    tol_book_close(shipped->book);
    portfolio_free(shipped->portfolio);
    tol_economy_close(shipped->economy);
    tol_parameters_close(shipped->parameters);
    tol_law_close(shipped->law);
}

/* A number of the central lane for a cell of the plan. */
static double central_number(const struct tol_draw_job *job, enum tol_side side, uint64_t cell, size_t factor)
{
    size_t lane = job->lanes->draw_count, tile = lane / TOL_DRAW_TILE_LANES;
    size_t lanes = tol_draw_tile_rows(job->lanes, tile) * TOL_LANES;
    size_t row = job->side[side].cell_row[cell] * tol_draw_factors(side) + factor;
    return tol_draw_table(job, side, tile)[row * lanes + lane % TOL_DRAW_TILE_LANES];
}

static int check_side(const struct tol_draw_job *job, enum tol_side side, size_t drawn_factor, size_t plan_factor)
{
    int moved = 0;
    size_t central = tol_central_lane(job->scenario);
    for (uint64_t c = 0; c < job->plan->side[side].cell_count; c++) {
        double drawn = central_number(job, side, c, drawn_factor);
        double scored = tol_plan_factor(job->plan, side, c, plan_factor, central);
        cr_assert_eq(memcmp(&drawn, &scored, sizeof drawn), 0, "side %d, cell %d: %.17g, not %.17g", (int)side, (int)c,
                     drawn, scored);
        moved += drawn != 0;
    }
    return moved;
}

/* The lane without spread has the bits of the plan's own tables: duties, markets, elasticities and pass-through are all the same. */
Test(draw_tables, the_central_lane_is_the_plans_own)
{
    struct shipped shipped;
    open_shipped(&shipped);
    for (size_t s = 0; s < 2; s++) {
        const struct tol_draw_options options = {.count = 200, .seed = 9};
        struct tol_draw_lanes lanes = {0};
        struct tol_draw_job job = {.plan = shipped.plan,
                                   .options = &options,
                                   .scenario = s,
                                   .workers = 1,
                                   .keep = {.allocator = tol_allocator_default()},
                                   .lanes = &lanes};
        cr_assert(tol_draw_lanes_make(shipped.plan, &options, &job.keep, &lanes));
        cr_assert_eq(tol_draw_worlds_set(&job, NULL), TOL_OK);
        cr_assert_eq(tol_draw_cells_price(&job, NULL), TOL_OK);
        cr_assert_eq(tol_draw_tables_open(&job, NULL), TOL_OK);
        cr_assert_eq(tol_draw_tables_fill(&job, 0, NULL), TOL_OK);
        cr_assert_gt(job.market_count, 5);
        cr_assert_gt(check_side(&job, TOL_SALES, TOL_DRAW_PRICE_CUT, TOL_SALES_PRICE_CUT), 3);
        cr_assert_gt(check_side(&job, TOL_SALES, TOL_DRAW_VOLUME, TOL_SALES_VOLUME), 5);
        check_side(&job, TOL_PURCHASES, 0, TOL_PURCHASE_COST_RISE);
        tol_keep_release(&job.keep);
    }
    close_shipped(&shipped);
}

/* What comes along the chain is in the central number and stays: a firm's draws lie about it, and not about its direct part alone. */
Test(draw_tables, draws_lie_about_the_central_number)
{
    struct shipped shipped;
    open_shipped(&shipped);
    struct tol_score_row row[2 * FIRMS];
    cr_assert_eq(tol_plan_score(shipped.plan, 0, 0, FIRMS, row, NULL), TOL_OK);
    int along_the_chain = 0;
    for (size_t i = 0; i < 2 * FIRMS; i++) {
        double spread = row[i].p95 - row[i].p05;
        cr_assert_gt(spread, 0);
        cr_assert(row[i].p05 < row[i].ebitda_change_eur && row[i].ebitda_change_eur < row[i].p95);
        cr_assert_lt(fabs(row[i].p50 - row[i].ebitda_change_eur), 0.5 * spread);
        cr_assert(row[i].expected_shortfall <= row[i].p05 && row[i].p05 <= row[i].draw_mean_eur &&
                  row[i].draw_mean_eur <= row[i].p95);
        along_the_chain += row[i].indirect_demand_loss != 0;
    }
    cr_assert_gt(along_the_chain, 0);
    close_shipped(&shipped);
}
