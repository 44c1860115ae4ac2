/* Markets and the sector network under a plan: what rivals' duties do to a firm's sales, and what industries hand on to firms whose
 * counterparts are not named. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "economy/dense.h"
#include "exposure/counter.h"
#include "exposure/same_rows.h"
#include "exposure/small_world.h"
#include "kernels.h"

static const char car[] = "8703230190";
static const char bolt[] = "7318150010";
static const char *const one_day[] = {"2025-08-10", NULL};

static void near(double value, double by_hand)
{
    cr_assert_leq(fabs(value - by_hand), 1e-12 * fmax(1, fabs(by_hand)), "%.17g by hand %.17g", value, by_hand);
}

/* One firm with a line of a side; revenue 400, purchases 250. */
static struct portfolio *firm_with(enum tol_side side, const char *from, const char *into, const char *hs, double value)
{
    struct portfolio *portfolio = portfolio_new(2, 4);
    for (size_t f = 0; f < 2; f++) {
        portfolio->firm[f].number[TOL_REVENUE] = 400;
        portfolio->firm[f].number[TOL_PURCHASES_TOTAL] = 250;
        portfolio->firm[f].number[TOL_EBITDA] = 40;
        portfolio->firm[f].number[TOL_CONTRIBUTION_MARGIN] = 0.3;
    }
    (side == TOL_SALES ? portfolio_sell : portfolio_buy)(portfolio, 0, "NL", hs, value);
    portfolio->line[side][0].importer = country(into);
    portfolio->line[side][0].origin = country(from);
    return portfolio;
}

/* Row of the first firm. Frees the portfolio. */
static struct tol_score_row row_of(const struct small_world *world, struct portfolio *portfolio)
{
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct tol_score_row *rows = small_world_score(world, book, NULL);
    struct tol_score_row row = rows[0];
    free(rows);
    tol_book_close(book);
    portfolio_free(portfolio);
    return row;
}

/* ---- markets ---- */

static double car_price(void)
{
    return pow(0.2 * pow(1.15, -3) + 0.3 * pow(1.25, -3) + 0.5, -1.0 / 3);
}

/* Imports are 40 % Dutch; half of all is American: own share 0.2, others 0.3, home 0.5. */
Test(markets, a_market_of_three_origins_and_home)
{
    struct small_world world;
    small_world_open(&world, NULL, one_day);
    struct tol_score_row row = row_of(&world, firm_with(TOL_SALES, "NL", "US", car, 100));
    double price = car_price();
    double quantity = pow(1.15, -4) * pow(price, 3);
    near(row.duty_export_eur, 15);
    near(row.price_cut_eur, 0);
    near(row.volume_loss_eur, 100 * (quantity - 1));
    near(row.diversion_gain_eur, 100 * 3 * log(price) * (quantity - 1) / log(quantity));
    near(row.direct_demand_loss, -100 * (quantity - 1) / 400);
    near(row.ebitda_change_eur, 0.3 * (100 * (quantity - 1) - 400 * row.indirect_demand_loss));
    cr_assert_gt(row.diversion_gain_eur, 5);
    cr_assert_eq(row.flags & TOL_FLAG_NO_MARKET, 0);
    small_world_close(&world);
}

Test(markets, without_tables_of_markets_nothing_is_diverted)
{
    struct small_world world;
    small_world_open(&world, NULL, one_day);
    world.options.economy = NULL;
    struct tol_score_row row = row_of(&world, firm_with(TOL_SALES, "NL", "US", car, 100));
    near(row.volume_loss_eur, 100 * (pow(1.15, -4) - 1));
    cr_assert_eq(row.diversion_gain_eur, 0);
    cr_assert_neq(row.flags & TOL_FLAG_NO_MARKET, 0);
    small_world_close(&world);
}

/* Half the duty stays with the exporter: every supplier's price rises by the root alone. */
Test(markets, price_with_half_pass_through_and_a_base_duty)
{
    struct small_world world;
    small_world_open(&world, NULL, one_day);
    world.options.settings.border_pass_through = 0.5;
    struct tol_score_row row = row_of(&world, firm_with(TOL_SALES, "NL", "US", bolt, 100));
    double home = 200.0 / 220;
    double dutch = sqrt(1.55 / 1.05), chinese = sqrt(1.30 / 1.05);
    double price = pow((1 - home) * (0.75 * pow(dutch, -2) + 0.25 * pow(chinese, -2)) + home, -0.5);
    double quantity = pow(dutch, -3) * pow(price, 2);
    near(row.volume_loss_eur, 100 * (quantity - 1));
    near(row.price_cut_eur, 100 * quantity * (1 / dutch - 1));
    small_world_close(&world);
}

/* ---- sectors ---- */

struct nodes {
    double of[NODE_COUNT];
};

static uint32_t node_of(int region, int industry)
{
    return (uint32_t)(region * INDUSTRY_COUNT + industry);
}

/* Million USD sold by a node to a node, and its output, as the small world's tables have them. */
static double flow(uint32_t seller, uint32_t buyer)
{
    static const double table[NODE_COUNT][NODE_COUNT] = {
        {10, 60, 0, 20}, {0, 20, 0, 100}, {5, 0, 30, 150}, {0, 40, 0, 50}};
    return table[seller][buyer];
}

static const double output[NODE_COUNT] = {100, 500, 205, 440};

static double inputs(uint32_t buyer)
{
    double sum = 0;
    for (uint32_t seller = 0; seller < NODE_COUNT; seller++) {
        sum += flow(seller, buyer);
    }
    return sum;
}

/* (I - part W) x = direct, with rows of sales or of purchases, in one direct solution. */
static struct nodes solve(enum tol_side side, double part, const struct nodes *direct)
{
    long double matrix[NODE_COUNT * NODE_COUNT];
    long double right[NODE_COUNT];
    for (uint32_t row = 0; row < NODE_COUNT; row++) {
        for (uint32_t other = 0; other < NODE_COUNT; other++) {
            double value = side == TOL_SALES ? flow(row, other) : flow(other, row);
            double whole = side == TOL_SALES ? output[row] : inputs(row);
            double share = whole > 0 ? value / whole : 0;
            matrix[row * NODE_COUNT + other] = (row == other ? 1 : 0) - part * share;
        }
        right[row] = direct->of[row];
    }
    cr_assert(dense_solve(NODE_COUNT, 1, matrix, right));
    struct nodes solution;
    for (uint32_t n = 0; n < NODE_COUNT; n++) {
        solution.of[n] = (double)right[n];
    }
    return solution;
}

static double bolt_price(void)
{
    double home = 200.0 / 220;
    return pow((1 - home) * (0.75 * pow(1.55 / 1.05, -2) + 0.25 * pow(1.30 / 1.05, -2)) + home, -0.5);
}

/* Three quarters of what the table says the Netherlands sell to the United States is goods in the trade statistics. */
static const double part_traded = 0.75;

static struct nodes demand_loss(double home_gain)
{
    struct nodes direct = {{0}};
    direct.of[node_of(NETHERLANDS, CARS)] = -(400.0 / 500) * part_traded * (pow(1.15, -4) * pow(car_price(), 3) - 1);
    direct.of[node_of(NETHERLANDS, METAL)] =
        -(20.0 / 100) * part_traded * (pow(1.55 / 1.05, -3) * pow(bolt_price(), 2) - 1);
    direct.of[node_of(UNITED_STATES, CARS)] = -(400.0 / 440) * home_gain * (pow(car_price(), 3) - 1);
    direct.of[node_of(UNITED_STATES, METAL)] = -(200.0 / 205) * home_gain * (pow(bolt_price(), 2) - 1);
    return solve(TOL_SALES, 1, &direct);
}

/* Dutch bolts and cars are all that American industry imports. */
static struct nodes cost_rise(void)
{
    static const uint32_t dutch_metal = NETHERLANDS * INDUSTRY_COUNT + METAL;
    static const uint32_t dutch_cars = NETHERLANDS * INDUSTRY_COUNT + CARS;
    struct nodes direct = {{0}};
    for (int industry = 0; industry < INDUSTRY_COUNT; industry++) {
        uint32_t buyer = node_of(UNITED_STATES, industry);
        direct.of[buyer] = part_traded *
                           (flow(dutch_metal, buyer) * (1.55 / 1.05 - 1) + flow(dutch_cars, buyer) * 0.15) /
                           inputs(buyer);
    }
    return solve(TOL_PURCHASES, 0.6, &direct);
}

/* Dutch bolts in the Netherlands: 60 of 80 go to makers of cars, 10 to makers of metal, the rest is final demand. */
Test(markets, an_unnamed_customer_is_the_industries_that_buy_there)
{
    struct small_world world;
    small_world_open(&world, NULL, one_day);
    struct tol_score_row row = row_of(&world, firm_with(TOL_SALES, "NL", "NL", bolt, 120));
    struct nodes loss = demand_loss(0);
    double dropped = (60 * loss.of[node_of(NETHERLANDS, CARS)] + 10 * loss.of[node_of(NETHERLANDS, METAL)]) / 80;
    near(row.indirect_demand_loss, 120 * dropped / 400);
    near(row.ebitda_change_eur, -0.3 * 120 * dropped);
    cr_assert_gt(row.indirect_demand_loss, 0.01);
    cr_assert_eq(row.direct_demand_loss, 0);
    small_world_close(&world);
}

Test(markets, what_home_producers_gain_is_handed_on_as_far_as_the_setting_says)
{
    struct small_world world;
    small_world_open(&world, NULL, one_day);
    static const double gains[] = {0, 0.5, 1};
    for (int i = 0; i < 3; i++) {
        world.options.settings.home_gain = gains[i];
        struct tol_score_row row = row_of(&world, firm_with(TOL_SALES, "US", "US", bolt, 120));
        struct nodes loss = demand_loss(gains[i]);
        double dropped =
            (150 * loss.of[node_of(UNITED_STATES, CARS)] + 30 * loss.of[node_of(UNITED_STATES, METAL)]) / 200;
        near(row.indirect_demand_loss, 120 * dropped / 400);
    }
    small_world_close(&world);
}

Test(markets, an_unnamed_supplier_is_the_industry_of_its_country)
{
    struct small_world world;
    small_world_open(&world, NULL, one_day);
    struct tol_score_row row = row_of(&world, firm_with(TOL_PURCHASES, "US", "NL", car, 100));
    double dearer = 0.6 * cost_rise().of[node_of(UNITED_STATES, CARS)];
    near(row.indirect_cost_rise, 100 * dearer / 250);
    near(row.ebitda_change_eur, -(1 - 0.6) * 100 * dearer);
    cr_assert_gt(row.indirect_cost_rise, 0.001);
    cr_assert_eq(row.direct_cost_rise, 0);
    near(row_of(&world, firm_with(TOL_PURCHASES, "NL", "NL", car, 100)).indirect_cost_rise,
         100 * 0.6 * cost_rise().of[node_of(NETHERLANDS, CARS)] / 250);
    small_world_close(&world);
}

/* The other firm of the book does nothing, so it loses and raises nothing. */
Test(markets, a_named_counterpart_answers_for_itself)
{
    struct small_world world;
    small_world_open(&world, NULL, one_day);
    for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
        const char *from = side == TOL_SALES ? "NL" : "US";
        const char *hs = side == TOL_SALES ? bolt : car;
        struct portfolio *portfolio = firm_with(side, from, "NL", hs, 120);
        portfolio->line[side][0].counterpart = 2;
        struct tol_score_row row = row_of(&world, portfolio);
        cr_assert_eq(row.indirect_demand_loss, 0);
        cr_assert_eq(row.indirect_cost_rise, 0);
    }
    small_world_close(&world);
}

/* ---- what holds for all ---- */

enum { FIRMS = 150 };
static const char *const many_days[] = {"2025-08-10", "2025-02-02", "2025-07-31", "2026-01-01",
                                        "2026-02-01", "2026-03-01", "2026-04-01", NULL};

Test(markets, same_bits_from_every_isa_thread_count_and_firm_alone)
{
    struct small_world world;
    small_world_open(&world, NULL, many_days);
    size_t scenarios = world.options.scenario_count;
    struct portfolio *portfolio = small_world_portfolio(41, FIRMS, 12);
    struct tol_book *book = portfolio_book(portfolio, 0);
    world.options.isa = "scalar";
    struct tol_score_row *whole = small_world_score(&world, book, NULL);
    size_t hit = 0;
    for (size_t i = 0; i < FIRMS * scenarios; i++) {
        hit +=
            whole[i].indirect_demand_loss != 0 && whole[i].indirect_cost_rise != 0 && whole[i].diversion_gain_eur != 0;
    }
    cr_assert_gt(hit, FIRMS);
    const struct tol_kernels *kernels;
    for (size_t i = 0; (kernels = tol_kernels_built(i)) != NULL; i++) {
        for (unsigned threads = 1; threads < 8 && tol_kernels_runnable(kernels); threads += 3) {
            const struct tol_run_options run_options = {.threads = threads};
            struct tol_run *run = NULL;
            cr_assert_eq(tol_run_create(&run_options, &run, NULL), TOL_OK);
            world.options.isa = kernels->isa;
            struct tol_score_row *rows = small_world_score(&world, book, run);
            check_same_rows(whole, rows, FIRMS * scenarios);
            free(rows);
            tol_run_destroy(run);
        }
    }
    world.options.isa = NULL;
    for (uint64_t f = 0; f < FIRMS; f++) {
        struct tol_score_row *rows = small_world_score_firm(&world, book, f);
        check_same_rows(whole + f * scenarios, rows, scenarios);
        free(rows);
    }
    free(whole);
    tol_book_close(book);
    portfolio_free(portfolio);
    small_world_close(&world);
}

Test(markets, no_change_of_law_is_exactly_nothing)
{
    struct small_world world;
    small_world_open(&world, NULL, (const char *const[]){"2025-02-01", "2025-03-15", NULL});
    struct portfolio *portfolio = small_world_portfolio(42, FIRMS, 12);
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct tol_score_row *rows = small_world_score(&world, book, NULL);
    for (size_t i = 0; i < (size_t)FIRMS * 2; i++) {
        cr_assert_eq(rows[i].ebitda_change_eur, 0);
        cr_assert_eq(rows[i].ebitda_change_low_eur, 0);
        cr_assert_eq(rows[i].diversion_gain_eur, 0);
        cr_assert(!(fabs(rows[i].indirect_demand_loss) > 0));
        cr_assert(!(fabs(rows[i].indirect_cost_rise) > 0));
        cr_assert_eq(rows[i].origin_risk, 0);
    }
    free(rows);
    tol_book_close(book);
    portfolio_free(portfolio);
    small_world_close(&world);
}

/* The rivals' duty goes up day by day, the firm's own stays; sigma 4 is above eta. */
Test(markets, a_higher_duty_on_rivals_never_lowers_own_revenue)
{
    static const struct world_file rising[] = {
        {"law/us/measures/all.csv",
         MEASURE_HEADER "nl_cars,cars,NL,,8703,,add,0.15,,2025-08-01,,,,,,test,,\n"
                        "rest_1,reciprocal,MX,,*,,add,0.000001,,2025-09-01,2025-10-01,,,,,test,,\n"
                        "rest_2,reciprocal,MX,,*,,add,0.1,,2025-10-01,2025-11-01,,,,,test,,\n"
                        "rest_3,reciprocal,MX,,*,,add,0.5,,2025-11-01,2025-12-01,,,,,test,,\n"
                        "rest_4,reciprocal,MX,,*,,add,5,,2025-12-01,2026-01-01,,,,,test,,\n"
                        "rest_5,reciprocal,MX,,*,,add,10,,2026-01-01,,,,,,test,,\n"},
        {NULL, NULL}};
    static const char *const days[] = {"2025-08-01", "2025-09-01", "2025-10-01", "2025-11-01",
                                       "2025-12-01", "2026-01-01", NULL};
    struct small_world world;
    small_world_open(&world, rising, days);
    struct portfolio *portfolio = firm_with(TOL_SALES, "NL", "US", car, 100);
    struct tol_book *book = portfolio_book(portfolio, 0);
    static const double pass_through[] = {0, 0.3, 1};
    for (int i = 0; i < 3; i++) {
        world.options.settings.border_pass_through = pass_through[i];
        struct tol_score_row *rows = small_world_score(&world, book, NULL);
        for (size_t s = 1; s < world.options.scenario_count; s++) {
            double before = rows[s - 1].price_cut_eur + rows[s - 1].volume_loss_eur;
            double after = rows[s].price_cut_eur + rows[s].volume_loss_eur;
            cr_assert(pass_through[i] > 0 ? after > before : after == before, "day %d", (int)s);
        }
        free(rows);
    }
    tol_book_close(book);
    portfolio_free(portfolio);
    small_world_close(&world);
}

/* ---- memory ---- */

static enum tol_status try_plan(const struct small_world *world, const struct tol_book *book, bool alone,
                                struct tol_plan **plan)
{
    struct tol_error error = {0};
    return alone ? tol_plan_create_for_firm(book, 0, world->parameters, &world->options, plan, &error)
                 : tol_plan_create(book, world->parameters, &world->options, NULL, plan, &error);
}

Test(markets, every_failing_allocation_is_a_clean_status)
{
    struct small_world world;
    small_world_open(&world, NULL, many_days);
    struct portfolio *portfolio = small_world_portfolio(43, 12, 6);
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct counter counter;
    struct tol_allocator allocator = counter_allocator(&counter);
    world.options.allocator = &allocator;
    for (int how = 0; how < 4; how++) {
        long tried = 0;
        for (long n = 1;; n++, tried++) {
            counter = (struct counter){.left = n, .for_good = how / 2 == 1};
            struct tol_plan *plan = NULL;
            enum tol_status status = try_plan(&world, book, how % 2 == 1, &plan);
            cr_assert_eq(status, counter.failures == 0 ? TOL_OK : TOL_NO_MEMORY);
            cr_assert_eq(plan == NULL, status != TOL_OK);
            tol_plan_destroy(plan);
            cr_assert_eq(counter.held, 0, "leak after allocation %ld", n);
            if (status == TOL_OK) {
                break;
            }
        }
        cr_assert_gt(tried, 60);
    }
    tol_book_close(book);
    portfolio_free(portfolio);
    small_world_close(&world);
}
