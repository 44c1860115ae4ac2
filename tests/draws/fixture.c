#include "draws/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void draw_world_set(struct draw_world *world, uint64_t seed, uint32_t draw_count)
{
    memset(world, 0, sizeof *world);
    world->law.seed = seed;
    world->parameters.sector_margin = 0.35;
    for (size_t s = 0; s < WORLD_SCENARIOS; s++) {
        world->scenario[s] = (struct tol_scenario){.on = (tol_day)(s + 1), .law = &world->law};
        (void)snprintf(world->scenario[s].name, sizeof world->scenario[s].name, "scenario %u", (unsigned)s);
    }
    world->options = (struct tol_plan_options){
        .baseline = {.name = "baseline", .on = 0, .law = &world->law},
        .scenario = world->scenario,
        .scenario_count = WORLD_SCENARIOS,
        .settings = {.half_margin = 0.25,
                     .band_edge = {5, 15, 35, 65},
                     .border_pass_through = 0.8,
                     .market_elasticity = 1,
                     .tiers = TOL_TIERS_ALL,
                     .elasticity_default = 4,
                     .elasticity_scale = 1,
                     .elasticity_spread = 0.3,
                     .pass_through_spread = 0.5},
        .draws = {.count = draw_count, .seed = 1},
    };
}

struct drawn_rows draw_all(const struct tol_book *book, const struct draw_world *world, unsigned threads)
{
    struct tol_run_options run_options = {.threads = threads};
    struct tol_run *run = NULL;
    struct tol_plan *plan = NULL;
    struct tol_error error = {0};
    cr_assert_eq(tol_run_create(&run_options, &run, &error), TOL_OK);
    cr_assert_eq(tol_plan_create(book, &world->parameters, &world->options, run, &plan, &error), TOL_OK, "%s",
                 error.message);
    cr_assert_eq(tol_plan_draw_count(plan), world->options.draws.count);
    struct drawn_rows drawn = {.row = calloc(book->firm_count * WORLD_SCENARIOS, sizeof *drawn.row)};
    cr_assert_eq(tol_plan_score(plan, 0, 0, book->firm_count, drawn.row, NULL), TOL_OK);
    for (uint32_t s = 0; s < WORLD_SCENARIOS && world->options.draws.count > 0; s++) {
        cr_assert_eq(tol_plan_portfolio_draws(plan, s, 0, &drawn.portfolio[s], &error), TOL_OK);
    }
    tol_plan_destroy(plan);
    tol_run_destroy(run);
    return drawn;
}

struct tol_draw_statistics statistics_of_row(const struct tol_score_row *row)
{
    return (struct tol_draw_statistics){row->draw_mean_eur, row->p05, row->p50, row->p95, row->expected_shortfall};
}

void check_same_statistics(const struct tol_draw_statistics *a, const struct tol_draw_statistics *b, const char *what)
{
    cr_assert_eq(memcmp(a, b, sizeof *a), 0, "%s: mean %.17g and %.17g, p05 %.17g and %.17g", what, a->mean, b->mean,
                 a->p05, b->p05);
}

/* The arithmetic parameters know no hubs. Weak: fake_law.c may say so itself. */
__attribute__((weak)) const struct tol_hub *tol_hubs(const struct tol_parameters *parameters, size_t *count)
{
    (void)parameters;
    *count = 0;
    return NULL;
}
