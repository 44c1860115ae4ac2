#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exposure/counter.h"
#include "exposure/world.h"

struct fixture {
    struct portfolio *portfolio;
    struct tol_book *book;
    struct world world;
};

/* In place: scenarios point to the law beside them. */
static void set_up(struct fixture *fixture, size_t firms, size_t scenarios)
{
    fixture->portfolio = portfolio_random(71, firms, 10);
    fixture->book = portfolio_book(fixture->portfolio, 0);
    world_set(&fixture->world, 71, scenarios);
}

static void tear_down(struct fixture *fixture)
{
    tol_book_close(fixture->book);
    portfolio_free(fixture->portfolio);
}

static enum tol_status try_plan(const struct fixture *fixture, struct tol_error *error)
{
    struct tol_plan *plan = (struct tol_plan *)(uintptr_t)64; /* has to be written in any case */
    enum tol_status status =
        tol_plan_create(fixture->book, &fixture->world.parameters, &fixture->world.options, NULL, &plan, error);
    cr_assert_eq(plan == NULL, status != TOL_OK);
    tol_plan_destroy(plan);
    return status;
}

Test(plan, needs_a_scenario)
{
    struct fixture fixture;
    set_up(&fixture, 3, 0);
    struct tol_error error = {0};
    cr_assert_eq(try_plan(&fixture, &error), TOL_USAGE);
    cr_assert_not_null(strstr(error.message, "no scenario"));
    tear_down(&fixture);
}

Test(plan, names_of_scenarios_differ)
{
    struct fixture fixture;
    set_up(&fixture, 3, 2);
    struct tol_error error = {0};
    strcpy(fixture.world.scenario[1].name, fixture.world.scenario[0].name);
    cr_assert_eq(try_plan(&fixture, &error), TOL_USAGE);
    cr_assert_not_null(strstr(error.message, "scenario 0"));
    tear_down(&fixture);
}

Test(plan, refuses_more_scenarios_than_fit)
{
    struct fixture fixture;
    set_up(&fixture, 3, 1);
    struct tol_scenario *many = calloc(TOL_SCENARIOS_MAX + 1, sizeof *many);
    fixture.world.options.scenario = many;
    fixture.world.options.scenario_count = TOL_SCENARIOS_MAX + 1;
    cr_assert_eq(try_plan(&fixture, NULL), TOL_USAGE);
    free(many);
    tear_down(&fixture);
}

Test(plan, largest_number_of_scenarios_works)
{
    struct fixture fixture;
    set_up(&fixture, 3, 1);
    struct tol_scenario *many = calloc(TOL_SCENARIOS_MAX, sizeof *many);
    for (int s = 0; s < TOL_SCENARIOS_MAX; s++) {
        many[s] = (struct tol_scenario){.on = s, .law = &fixture.world.law};
        (void)snprintf(many[s].name, sizeof many[s].name, "%d", s);
    }
    fixture.world.options.scenario = many;
    fixture.world.options.scenario_count = TOL_SCENARIOS_MAX;
    struct tol_score_row *rows = score_all(fixture.book, &fixture.world);
    for (int f = 0; f < 3; f++) {
        const struct tol_score_row *first = &rows[f * TOL_SCENARIOS_MAX];
        cr_assert_eq(first->ebitda_change_eur, 0, "day 0 is the baseline");
        cr_assert_eq(first[TOL_SCENARIOS_MAX - 1].scenario, TOL_SCENARIOS_MAX - 1);
    }
    free(rows);
    free(many);
    tear_down(&fixture);
}

Test(plan, unknown_isa_is_named_with_those_that_run)
{
    struct fixture fixture;
    set_up(&fixture, 3, 1);
    struct tol_error error = {0};
    fixture.world.options.isa = "mmx";
    cr_assert_eq(try_plan(&fixture, &error), TOL_USAGE);
    cr_assert_not_null(strstr(error.message, "mmx"));
    cr_assert_not_null(strstr(error.message, "scalar"));
    tear_down(&fixture);
}

Test(plan, isa_from_the_environment)
{
    struct fixture fixture;
    set_up(&fixture, 3, 1);
    cr_assert_eq(setenv("TOLMUUR_ISA", "scalar", 1), 0);
    struct tol_plan *plan = plan_new(fixture.book, &fixture.world, NULL);
    cr_assert_str_eq(tol_plan_isa(plan), "scalar");
    tol_plan_destroy(plan);
    cr_assert_eq(setenv("TOLMUUR_ISA", "abacus", 1), 0);
    cr_assert_eq(try_plan(&fixture, NULL), TOL_USAGE);
    cr_assert_eq(setenv("TOLMUUR_ISA", "", 1), 0);
    plan = plan_new(fixture.book, &fixture.world, NULL);
    cr_assert_str_eq(tol_plan_isa(plan), tol_kernels_best()->isa);
    tol_plan_destroy(plan);
    tear_down(&fixture);
}

Test(plan, settings_out_of_range_are_refused)
{
    struct fixture fixture;
    set_up(&fixture, 2, 1);
    struct tol_settings *settings = &fixture.world.options.settings;
    const struct tol_settings good = *settings;
    static const double bad_margin[] = {0, -1, NAN, INFINITY};
    for (int i = 0; i < 4; i++) {
        *settings = good;
        settings->half_margin = bad_margin[i];
        cr_assert_eq(try_plan(&fixture, NULL), TOL_USAGE);
        *settings = good;
        settings->elasticity_scale = bad_margin[i];
        cr_assert_eq(try_plan(&fixture, NULL), TOL_USAGE);
    }
    static const double bad_share[] = {-0.1, 1.1, INFINITY};
    for (int i = 0; i < 3; i++) {
        *settings = good;
        settings->border_pass_through = bad_share[i];
        cr_assert_eq(try_plan(&fixture, NULL), TOL_USAGE);
        *settings = good;
        settings->cost_pass_through = bad_share[i];
        cr_assert_eq(try_plan(&fixture, NULL), TOL_USAGE);
    }
    static const double bad_scale[] = {-0.1, 101, NAN};
    for (int i = 0; i < 3; i++) {
        *settings = good;
        settings->vulnerability_scale = bad_scale[i];
        cr_assert_eq(try_plan(&fixture, NULL), TOL_USAGE);
    }
    static const double bad_elasticity[] = {-0.1, INFINITY};
    for (int i = 0; i < 2; i++) {
        *settings = good;
        settings->market_elasticity = bad_elasticity[i];
        cr_assert_eq(try_plan(&fixture, NULL), TOL_USAGE);
    }
    /* NaN asks for the tables' numbers; those of these tests hand on the setting, so the plan is not scored. */
    *settings = good;
    settings->border_pass_through = settings->cost_pass_through = settings->market_elasticity = NAN;
    cr_assert_eq(try_plan(&fixture, NULL), TOL_OK);
    *settings = good;
    *settings = good;
    settings->elasticity_default = 0;
    cr_assert_eq(try_plan(&fixture, NULL), TOL_USAGE);
    settings->elasticity_default = NAN; /* the table's own */
    cr_assert_eq(try_plan(&fixture, NULL), TOL_OK);
    *settings = good;
    settings->band_edge[2] = 10;
    cr_assert_eq(try_plan(&fixture, NULL), TOL_USAGE);
    *settings = good;
    cr_assert_eq(try_plan(&fixture, NULL), TOL_OK);
    tear_down(&fixture);
}

Test(plan, fact_text_that_the_law_does_not_know)
{
    struct portfolio *portfolio = portfolio_new(1, 1);
    portfolio_sell(portfolio, 0, "US", "8703230190", 10);
    strcpy(portfolio->line[TOL_SALES][0].facts, "colour=red");
    struct fixture fixture = {.portfolio = portfolio, .book = portfolio_book(portfolio, 0)};
    world_set(&fixture.world, 1, 1);
    struct tol_error error = {0};
    cr_assert_eq(try_plan(&fixture, &error), TOL_BAD_DATA);
    cr_assert_str_eq(error.value, "colour=red");
    tear_down(&fixture);
}

static void minus_one(const struct tol_law *law, const struct tol_rate_query *query, struct tol_rate_answer *answer)
{
    (void)law;
    fake_flat(answer, TOL_OTHER, query->on > 0 ? -1 : 0);
}

Test(plan, duty_of_minus_one_is_refused)
{
    struct fixture fixture;
    set_up(&fixture, 20, 1);
    fixture.world.law.answer = minus_one;
    struct tol_error error = {0};
    cr_assert_eq(try_plan(&fixture, &error), TOL_BAD_DATA);
    cr_assert_not_null(strstr(error.message, "duty of -1"));
    tear_down(&fixture);
}

/* Cells whose goods might be called Chinese: asked for under that origin too. */
static uint64_t count_foreign_us_sales(const struct tol_book *book)
{
    const struct tol_book_side *sales = &book->side[TOL_SALES];
    uint64_t count = 0;
    for (uint64_t c = 0; c < sales->cell_count; c++) {
        char importer[TOL_COUNTRY_TEXT_SIZE], origin[TOL_COUNTRY_TEXT_SIZE];
        tol_country_format(sales->cell[c].importer, importer);
        tol_country_format(sales->cell[c].origin, origin);
        count += strcmp(importer, "US") == 0 && strcmp(origin, "US") != 0 && strcmp(origin, "CN") != 0;
    }
    return count;
}

Test(plan, equal_law_and_day_are_asked_once)
{
    struct fixture fixture;
    set_up(&fixture, 30, 9);
    uint64_t questions = 0;
    for (int s = 0; s < 9; s++) {
        fixture.world.scenario[s].on = s % 3;
    }
    fixture.world.law.questions = &questions;
    struct tol_plan *plan = plan_new(fixture.book, &fixture.world, NULL);
    uint64_t cells = fixture.book->side[TOL_SALES].cell_count + fixture.book->side[TOL_PURCHASES].cell_count;
    cr_assert_eq(questions, 3 * (cells + count_foreign_us_sales(fixture.book)), "days 0 (the baseline too), 1 and 2");
    tol_plan_destroy(plan);
    questions = 0;
    cr_assert_eq(
        tol_plan_create_for_firm(fixture.book, 5, &fixture.world.parameters, &fixture.world.options, &plan, NULL),
        TOL_OK);
    uint64_t lines = 0;
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        lines += fixture.book->side[side].line_start[6] - fixture.book->side[side].line_start[5];
    }
    cr_assert_eq(questions, 3 * lines, "one firm asks for its own cells alone");
    tol_plan_destroy(plan);
    tear_down(&fixture);
}

Test(plan, two_laws_on_one_day)
{
    struct fixture fixture;
    set_up(&fixture, 40, 2);
    struct tol_law other = {.seed = 12345};
    fixture.world.scenario[1] = fixture.world.scenario[0];
    strcpy(fixture.world.scenario[1].name, "overlay");
    fixture.world.scenario[1].law = &other;
    struct tol_score_row *rows = score_all(fixture.book, &fixture.world);
    struct fixture alone;
    set_up(&alone, 40, 1);
    struct tol_score_row *first = score_all(alone.book, &alone.world);
    int differ = 0;
    for (size_t f = 0; f < 40; f++) {
        check_same_rows(&rows[2 * f], &first[f], 1);
        differ += rows[2 * f].ebitda_change_eur != rows[2 * f + 1].ebitda_change_eur;
    }
    cr_assert_gt(differ, 20);
    free(rows);
    free(first);
    tear_down(&fixture);
    tear_down(&alone);
}

Test(plan, firms_and_workers_it_does_not_have)
{
    struct fixture fixture;
    set_up(&fixture, 10, 1);
    struct tol_plan *plan = plan_new(fixture.book, &fixture.world, NULL);
    struct tol_score_row rows[11];
    cr_assert_eq(tol_plan_score(plan, 0, 0, 11, rows, NULL), TOL_USAGE);
    cr_assert_eq(tol_plan_score(plan, 0, 10, 1, rows, NULL), TOL_USAGE);
    cr_assert_eq(tol_plan_score(plan, 0, UINT64_MAX, 2, rows, NULL), TOL_USAGE);
    cr_assert_eq(tol_plan_score(plan, 1, 0, 1, rows, NULL), TOL_USAGE);
    cr_assert_eq(tol_plan_score(plan, 0, 10, 0, rows, NULL), TOL_OK);
    tol_plan_destroy(plan);
    cr_assert_eq(
        tol_plan_create_for_firm(fixture.book, 10, &fixture.world.parameters, &fixture.world.options, &plan, NULL),
        TOL_USAGE);
    cr_assert_null(plan);
    cr_assert_eq(
        tol_plan_create_for_firm(fixture.book, 4, &fixture.world.parameters, &fixture.world.options, &plan, NULL),
        TOL_OK);
    cr_assert_eq(tol_plan_score(plan, 0, 3, 1, rows, NULL), TOL_USAGE);
    cr_assert_eq(tol_plan_score(plan, 0, 4, 2, rows, NULL), TOL_USAGE);
    cr_assert_eq(tol_plan_score(plan, 0, 4, 1, rows, NULL), TOL_OK);
    tol_plan_destroy(plan);
    tol_plan_destroy(NULL);
    tear_down(&fixture);
}

/* ---- memory ---- */

static const uint64_t whole_book = UINT64_MAX;

static enum tol_status create_for(const struct fixture *fixture, uint64_t firm, struct tol_plan **plan)
{
    struct tol_error error = {0};
    if (firm == whole_book) {
        return tol_plan_create(fixture->book, &fixture->world.parameters, &fixture->world.options, NULL, plan, &error);
    }
    return tol_plan_create_for_firm(fixture->book, firm, &fixture->world.parameters, &fixture->world.options, plan,
                                    &error);
}

/* The n-th allocation fails, alone or with all after it, until a plan is made without reaching it. */
static void check_allocations(struct portfolio *portfolio, uint64_t firm)
{
    struct fixture fixture = {.portfolio = portfolio, .book = portfolio_book(portfolio, 0)};
    world_set(&fixture.world, 71, 7);
    const struct tol_hub hub = {.country = country("VN"), .cost_premium = 0.01};
    fixture.world.parameters.hub = &hub;
    fixture.world.parameters.hub_count = 1;
    fixture.world.options.settings.origin_content = 0.01;
    struct tol_score_row *expected = score_all(fixture.book, &fixture.world);
    struct tol_score_row *rows = calloc(portfolio->firm_count * 7, sizeof *rows);
    uint64_t first = firm == whole_book ? 0 : firm;
    uint64_t count = firm == whole_book ? portfolio->firm_count : 1;
    struct counter counter;
    struct tol_allocator allocator = counter_allocator(&counter);
    fixture.world.options.allocator = &allocator;
    long tried = 0;
    for (int for_good = 0; for_good < 2; for_good++) {
        for (long n = 1;; n++) {
            counter = (struct counter){.left = n, .for_good = for_good == 1};
            struct tol_plan *plan = NULL;
            enum tol_status status = create_for(&fixture, firm, &plan);
            if (counter.failures == 0) {
                cr_assert_eq(status, TOL_OK);
                cr_assert_eq(tol_plan_score(plan, 0, first, count, rows, NULL), TOL_OK);
                check_same_rows(rows, expected + first * 7, count * 7);
                tol_plan_destroy(plan);
                cr_assert_eq(counter.held, 0);
                break;
            }
            tried++;
            cr_assert_eq(status, TOL_NO_MEMORY);
            cr_assert_null(plan);
            cr_assert_eq(counter.held, 0, "leak after allocation %ld", n);
        }
    }
    cr_assert_gt(tried, 40);
    free(rows);
    free(expected);
    tear_down(&fixture);
}

Test(plan, every_failing_allocation_is_a_clean_status)
{
    check_allocations(portfolio_random(71, 25, 10), whole_book);
    check_allocations(portfolio_linked(72, 25, 10), whole_book);
}

/* A hundred firms within reach, so that the list of members has to grow. */
Test(plan, every_failing_allocation_for_one_firm_is_a_clean_status)
{
    check_allocations(portfolio_linked(73, 100, 10), 7);
}

/* ---- columns ---- */

Test(plan, columns_are_those_of_the_row)
{
    size_t count;
    (void)tol_score_columns(&count);
    cr_assert_eq(count, 36);
    const struct tol_score_column *column = tol_score_columns_with_draws(&count);
    cr_assert_eq(count, 41);
    size_t numbers = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            cr_assert_str_neq(column[i].name, column[j].name);
        }
        numbers += column[i].kind == TOL_COLUMN_NUMBER;
    }
    cr_assert_eq(numbers * sizeof(double) + offsetof(struct tol_score_row, revenue_eur), sizeof(struct tol_score_row));
    cr_assert_str_eq(column[0].name, "firm_id");
    cr_assert_str_eq(column[35].name, "flags");
}
