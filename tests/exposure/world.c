#include "exposure/world.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void world_set(struct world *world, uint64_t seed, size_t scenario_count)
{
    memset(world, 0, sizeof *world);
    world->law.seed = seed;
    world->parameters.sector_margin = 0.35;
    for (size_t s = 0; s < scenario_count; s++) {
        world->scenario[s] = (struct tol_scenario){.on = (tol_day)(s + 1), .law = &world->law};
        (void)snprintf(world->scenario[s].name, sizeof world->scenario[s].name, "scenario %u", (unsigned)s);
    }
    world->options = (struct tol_plan_options){
        .baseline = {.name = "baseline", .on = 0, .law = &world->law},
        .scenario = world->scenario,
        .scenario_count = scenario_count,
        .settings = {.half_margin = 0.25,
                     .band_edge = {5, 15, 35, 65},
                     .border_pass_through = 0.8,
                     .market_elasticity = 1,
                     .origin_content = 0.35,
                     .hub_share = 0.5,
                     .interest_cover_floor = 2,
                     .tiers = TOL_TIERS_ALL,
                     .elasticity_default = 4,
                     .elasticity_scale = 1},
    };
}

struct tol_plan *plan_new(const struct tol_book *book, const struct world *world, struct tol_run *run)
{
    struct tol_plan *plan = NULL;
    struct tol_error error = {0};
    cr_assert_eq(tol_plan_create(book, &world->parameters, &world->options, run, &plan, &error), TOL_OK, "%s",
                 error.message);
    return plan;
}

struct tol_score_row *score_all(const struct tol_book *book, const struct world *world)
{
    struct tol_plan *plan = plan_new(book, world, NULL);
    struct tol_score_row *rows = calloc(book->firm_count * world->options.scenario_count, sizeof *rows);
    cr_assert_not_null(rows);
    cr_assert_eq(tol_plan_score(plan, 0, 0, book->firm_count, rows, NULL), TOL_OK);
    tol_plan_destroy(plan);
    return rows;
}

void check_order_of_rows(const struct portfolio *portfolio)
{
    struct world world;
    world_set(&world, 9, 7);
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct tol_score_row *rows = score_all(book, &world);
    for (uint64_t seed = 1; seed <= 4; seed++) {
        struct tol_book *shuffled = portfolio_book(portfolio, seed);
        struct tol_score_row *others = score_all(shuffled, &world);
        check_same_rows(rows, others, portfolio->firm_count * world.options.scenario_count);
        free(others);
        tol_book_close(shuffled);
    }
    free(rows);
    tol_book_close(book);
}
