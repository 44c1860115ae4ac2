/* Draws of firms and of the portfolio. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "draws/fixture.h"
#include "tolmuur/draws.h"

#define FIRMS 700

static void check_same_drawn(const struct drawn_rows *a, const struct drawn_rows *b, size_t row_count)
{
    for (size_t i = 0; i < row_count; i++) {
        struct tol_draw_statistics left = statistics_of_row(&a->row[i]), right = statistics_of_row(&b->row[i]);
        check_same_statistics(&left, &right, "firm");
    }
    for (size_t s = 0; s < WORLD_SCENARIOS; s++) {
        check_same_statistics(&a->portfolio[s], &b->portfolio[s], "portfolio");
    }
}

Test(draws, without_spread_every_draw_is_the_central_number)
{
    struct portfolio *portfolio = portfolio_random(3, FIRMS, 30);
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct draw_world world;
    draw_world_set(&world, 5, 100);
    world.options.settings.elasticity_spread = world.options.settings.pass_through_spread = 0;
    struct drawn_rows drawn = draw_all(book, &world, 2);
    int moved = 0;
    for (size_t i = 0; i < FIRMS * WORLD_SCENARIOS; i++) {
        double central = drawn.row[i].ebitda_change_eur;
        struct tol_draw_statistics of = statistics_of_row(&drawn.row[i]);
        const struct tol_draw_statistics same = {central, central, central, central, central};
        check_same_statistics(&of, &same, "no spread");
        moved += central != 0;
    }
    cr_assert_gt(moved, FIRMS);
    free(drawn.row);
    tol_book_close(book);
    portfolio_free(portfolio);
}

/* One product: then a single draw is a scenario with another elasticity and another pass-through, which the batch can score by itself. */
Test(draws, one_draw_is_the_batch_with_its_elasticity_and_pass_through)
{
    enum { COUNT = 4 };
    static const char *const countries[] = {"US", "CN", "GB", "MX"};
    struct portfolio *portfolio = portfolio_new(COUNT, 40);
    for (size_t f = 0; f < COUNT; f++) {
        portfolio->firm[f].number[TOL_REVENUE] = 1000;
        portfolio->firm[f].number[TOL_EBITDA] = 100;
        portfolio->firm[f].number[TOL_CONTRIBUTION_MARGIN] = 0.2 + 0.1 * (double)f;
        portfolio->firm[f].number[TOL_COST_PASS_THROUGH] = 0.15 * (double)f;
        for (size_t c = 0; c < 4; c++) {
            portfolio_sell(portfolio, f, countries[c], "8413309090", 20 + 31 * (double)(c + f));
            portfolio_buy(portfolio, f, countries[c], "8413309090", 50 - 7 * (double)(c + f));
        }
    }
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct draw_world world;
    for (uint64_t seed = 1; seed <= 50; seed++) {
        draw_world_set(&world, 5, 1);
        world.parameters.sigma = 4.5;
        world.options.draws.seed = seed;
        struct drawn_rows drawn = draw_all(book, &world, 1);
        double z[2];
        tol_kernels_best()->normal_draws(seed, TOL_STREAM_ELASTICITY + 84, 0, 1, &z[0]);
        tol_kernels_best()->normal_draws(seed, TOL_STREAM_PASS_THROUGH, 0, 1, &z[1]);
        world.parameters.sigma = 1 + 3.5 * exp(0.3 * z[0]);
        world.options.settings.border_pass_through = 1 / (1 + exp(-(log(0.8 / 0.2) + 0.5 * z[1])));
        world.options.draws = (struct tol_draw_options){0};
        struct drawn_rows batch = draw_all(book, &world, 1);
        for (size_t i = 0; i < COUNT * WORLD_SCENARIOS; i++) {
            double expected = batch.row[i].ebitda_change_eur;
            cr_assert_float_eq(drawn.row[i].p50, expected, 1e-10 * (1 + fabs(expected)),
                               "seed %d, row %zu: %.17g, %.17g", (int)seed, i, drawn.row[i].p50, expected);
            cr_assert_neq(drawn.row[i].p50, drawn.row[i].ebitda_change_eur);
            cr_assert(isnan(batch.row[i].p50) && isnan(batch.row[i].draw_mean_eur), "nothing is drawn without draws");
        }
        free(batch.row);
        free(drawn.row);
    }
    tol_book_close(book);
    portfolio_free(portfolio);
}

Test(draws, same_bits_from_every_isa_and_thread_count_and_memory)
{
    enum { FEW = 60 }; /* where memory is short, tables are made again for every firm */
    struct portfolio *portfolio = portfolio_random(21, FEW, 40);
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct draw_world world;
    draw_world_set(&world, 31, 67);
    world.options.isa = "scalar";
    struct drawn_rows reference = draw_all(book, &world, 1);
    const struct tol_kernels *kernels;
    int tables = 0;
    for (size_t i = 0; (kernels = tol_kernels_built(i)) != NULL; i++) {
        static const unsigned threads[] = {1, 2, 7};
        /* One firm and one tile at a time; some of both; all. */
        static const size_t memory[] = {1, 40000, 0};
        for (size_t t = 0; t < 3 && tol_kernels_runnable(kernels); t++) {
            world.options.isa = kernels->isa;
            world.options.draws.memory_bytes = memory[t];
            struct drawn_rows drawn = draw_all(book, &world, threads[t]);
            check_same_drawn(&reference, &drawn, FEW * WORLD_SCENARIOS);
            free(drawn.row);
            tables++;
        }
    }
    cr_assert_geq(tables, 3);
    free(reference.row);
    tol_book_close(book);
    portfolio_free(portfolio);
}

Test(draws, a_firm_alone_has_the_batch_numbers)
{
    struct portfolio *portfolio = portfolio_random(24, 60, 40);
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct draw_world world;
    draw_world_set(&world, 35, 77);
    struct drawn_rows whole = draw_all(book, &world, 2);
    int spread = 0;
    for (uint64_t f = 0; f < 60; f++) {
        struct tol_plan *plan = NULL;
        struct tol_score_row row[WORLD_SCENARIOS];
        cr_assert_eq(tol_plan_create_for_firm(book, f, &world.parameters, &world.options, &plan, NULL), TOL_OK);
        cr_assert_eq(tol_plan_score(plan, 0, f, 1, row, NULL), TOL_OK);
        for (size_t s = 0; s < WORLD_SCENARIOS; s++) {
            struct tol_draw_statistics alone = statistics_of_row(&row[s]);
            struct tol_draw_statistics batch = statistics_of_row(&whole.row[f * WORLD_SCENARIOS + s]);
            check_same_statistics(&alone, &batch, "alone");
            spread += alone.p05 < alone.p50 && alone.p50 < alone.p95 && alone.expected_shortfall <= alone.p05;
        }
        tol_plan_destroy(plan);
    }
    cr_assert_gt(spread, 100);
    free(whole.row);
    tol_book_close(book);
    portfolio_free(portfolio);
}

/* With one draw the portfolio's only draw is the sum of the firms' only draws; the plan was told a central sum of 0. */
Test(draws, the_portfolio_adds_its_firms_up)
{
    struct portfolio *portfolio = portfolio_random(26, FIRMS, 30);
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct draw_world world;
    draw_world_set(&world, 35, 1);
    struct drawn_rows drawn = draw_all(book, &world, 2);
    for (size_t s = 0; s < WORLD_SCENARIOS; s++) {
        long double sum = 0, sizes = 0;
        for (size_t f = 0; f < FIRMS; f++) {
            const struct tol_score_row *row = &drawn.row[f * WORLD_SCENARIOS + s];
            sum += (long double)row->p50 - (long double)row->ebitda_change_eur;
            sizes += fabsl((long double)row->ebitda_change_eur);
        }
        cr_assert_leq(fabsl((long double)drawn.portfolio[s].p50 - sum), 1e-15L * sizes);
        cr_assert_gt(fabsl(sum), 1e-6L * sizes);
    }
    free(drawn.row);
    tol_book_close(book);
    portfolio_free(portfolio);
}

Test(draws, the_first_draws_of_many_are_those_of_few)
{
    struct portfolio *portfolio = portfolio_random(27, 40, 20);
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct draw_world world;
    draw_world_set(&world, 35, 1);
    struct drawn_rows one = draw_all(book, &world, 1);
    world.options.draws.count = 2;
    struct drawn_rows two = draw_all(book, &world, 1);
    int between = 0;
    for (size_t i = 0; i < 40 * WORLD_SCENARIOS; i++) {
        bool first = one.row[i].p50 == two.row[i].p05, second = one.row[i].p50 == two.row[i].p95;
        cr_assert(first || second, "one of the two draws is the one draw");
        between += two.row[i].p05 < two.row[i].p95;
    }
    cr_assert_gt(between, 40);
    free(one.row);
    free(two.row);
    tol_book_close(book);
    portfolio_free(portfolio);
}

/* ---- what is refused ---- */

static void check_refused(struct draw_world *world, const char *word)
{
    struct portfolio *portfolio = portfolio_random(28, 5, 5);
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct tol_plan *plan = NULL;
    struct tol_error error = {0};
    cr_assert_eq(tol_plan_create(book, &world->parameters, &world->options, NULL, &plan, &error), TOL_USAGE);
    cr_assert_not_null(strstr(error.message, word), "%s", error.message);
    cr_assert_null(plan);
    tol_book_close(book);
    portfolio_free(portfolio);
}

Test(draws, what_cannot_be_drawn_is_refused)
{
    struct draw_world world;
    draw_world_set(&world, 1, TOL_DRAWS_MAX + 1);
    check_refused(&world, "65536");
    draw_world_set(&world, 1, 10);
    world.options.settings.elasticity_spread = 1.5;
    check_refused(&world, "elasticity_spread");
    draw_world_set(&world, 1, 10);
    world.options.settings.pass_through_spread = NAN;
    check_refused(&world, "pass_through_spread");
    draw_world_set(&world, 1, 10);
    world.doubts[1] = (struct tol_scenario_doubts){.count = 1, .doubt = {{"s122", -0.1}}};
    world.options.draws.scenario = world.doubts;
    check_refused(&world, "s122");
}

static bool stop_at_once(void *context, uint64_t done, uint64_t all)
{
    int *calls = context;
    cr_assert_leq(done, all);
    ++*calls;
    return false;
}

Test(draws, can_be_stopped)
{
    struct portfolio *portfolio = portfolio_random(28, 50, 5);
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct draw_world world;
    struct tol_plan *plan = NULL;
    int calls = 0;
    draw_world_set(&world, 1, 10);
    world.options.draws.go_on = stop_at_once;
    world.options.draws.context = &calls;
    cr_assert_eq(tol_plan_create(book, &world.parameters, &world.options, NULL, &plan, NULL), TOL_TRY_AGAIN);
    cr_assert_eq(calls, 1);
    tol_book_close(book);
    portfolio_free(portfolio);
}

/* ---- memory that runs out ---- */

struct purse {
    long left, held;
};

static void *purse_allocate(void *context, size_t size, size_t alignment)
{
    struct purse *purse = context;
    if (purse->left == 0) {
        return NULL;
    }
    purse->left--;
    purse->held++;
    return tol_allocator_default()->allocate(tol_allocator_default()->context, size, alignment);
}

static void purse_release(void *context, void *memory, size_t size)
{
    struct purse *purse = context;
    purse->held--;
    tol_allocator_default()->release(tol_allocator_default()->context, memory, size);
}

Test(draws, out_of_memory_anywhere_leaves_nothing_behind)
{
    struct portfolio *portfolio = portfolio_random(29, 30, 10);
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct draw_world world;
    struct purse purse;
    const struct tol_allocator allocator = {purse_allocate, purse_release, &purse};
    enum tol_status status = TOL_NO_MEMORY;
    long most = 0;
    draw_world_set(&world, 1, 30);
    world.options.allocator = &allocator;
    for (; status == TOL_NO_MEMORY; most++) {
        struct tol_plan *plan = NULL;
        purse = (struct purse){.left = most};
        status = tol_plan_create(book, &world.parameters, &world.options, NULL, &plan, NULL);
        tol_plan_destroy(plan);
        cr_assert_eq(purse.held, 0, "after %ld allocations", most);
    }
    cr_assert_eq(status, TOL_OK);
    cr_assert_gt(most, 200);
    tol_book_close(book);
    portfolio_free(portfolio);
}
