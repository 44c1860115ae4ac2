/* Programmes that stand or fall. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "draws/fixture.h"
#include "exposure/draws.h"

#define FIRMS 200

/* Scenario 0 is a law in doubt; scenario 1 the law without the programme, on the same day. */
struct fall {
    struct draw_world world;
    struct tol_law without;
    struct tol_fallen_law fallen;
    struct portfolio *portfolio;
    struct tol_book *book;
};

static void fall_set(struct fall *fall, double probability, uint32_t draw_count)
{
    draw_world_set(&fall->world, 41, draw_count);
    fall->without = (struct tol_law){.seed = 41};
    fall->without.seed = 43;
    fall->world.scenario[1].law = &fall->without;
    fall->world.scenario[1].on = fall->world.scenario[0].on;
    fall->fallen = (struct tol_fallen_law){.fallen = 1, .law = &fall->without};
    fall->world.doubts[0] = (struct tol_scenario_doubts){
        .count = 1, .doubt = {{"s122", probability}}, .law_count = 1, .law = &fall->fallen};
    fall->world.options.draws.scenario = fall->world.doubts;
    fall->world.options.settings.elasticity_spread = fall->world.options.settings.pass_through_spread = 0;
    fall->portfolio = portfolio_random(33, FIRMS, 20);
    fall->book = portfolio_book(fall->portfolio, 0);
}

static void fall_release(struct fall *fall)
{
    tol_book_close(fall->book);
    portfolio_free(fall->portfolio);
}

Test(survival, a_programme_that_surely_falls_gives_the_law_without_it)
{
    struct fall fall;
    fall_set(&fall, 0, 40);
    struct drawn_rows drawn = draw_all(fall.book, &fall.world, 2);
    int differ = 0;
    for (size_t f = 0; f < FIRMS; f++) {
        const struct tol_score_row *row = &drawn.row[f * WORLD_SCENARIOS];
        double expected = row[1].ebitda_change_eur, size = fabs(expected) + fabs(row[0].ebitda_change_eur);
        struct tol_draw_statistics of = statistics_of_row(&row[0]);
        cr_assert_float_eq(of.p05, expected, 1e-14 * size);
        cr_assert_float_eq(of.p95, expected, 1e-14 * size);
        cr_assert_float_eq(of.mean, expected, 1e-14 * size);
        differ += expected != row[0].ebitda_change_eur;
    }
    cr_assert_gt(differ, FIRMS / 2);
    free(drawn.row);
    fall_release(&fall);
}

Test(survival, a_programme_that_surely_stands_changes_nothing_and_asks_for_no_law)
{
    struct fall fall;
    fall_set(&fall, 1, 40);
    fall.world.doubts[0].law_count = 0;
    struct drawn_rows drawn = draw_all(fall.book, &fall.world, 1);
    for (size_t f = 0; f < FIRMS; f++) {
        const struct tol_score_row *row = &drawn.row[f * WORLD_SCENARIOS];
        cr_assert(row->p05 == row->ebitda_change_eur && row->p95 == row->ebitda_change_eur);
    }
    free(drawn.row);
    fall_release(&fall);
}

/* Without spreads only two values come up, and the mean tells how often each does. */
Test(survival, a_programme_in_doubt_stands_as_often_as_is_said)
{
    struct fall fall;
    fall_set(&fall, 0.7, 2000);
    struct drawn_rows drawn = draw_all(fall.book, &fall.world, 2);
    double u[2000];
    int stands = 0, looked_at = 0;
    tol_kernels_best()->uniform_draws(1, tol_stream_of_programme("s122"), 0, 2000, u);
    for (size_t n = 0; n < 2000; n++) {
        stands += u[n] < 0.7;
    }
    cr_assert_float_eq(stands, 1400, 5 * sqrt(2000 * 0.7 * 0.3));
    for (size_t f = 0; f < FIRMS; f++) {
        const struct tol_score_row *row = &drawn.row[f * WORLD_SCENARIOS];
        double with = row[0].ebitda_change_eur, without = row[1].ebitda_change_eur;
        double size = fabs(with) + fabs(without);
        double mean = (stands * with + (2000 - stands) * without) / 2000;
        cr_assert_float_eq(row[0].draw_mean_eur, mean, 1e-12 * size);
        cr_assert_float_eq(row[0].p05, fmin(with, without), 1e-14 * size);
        cr_assert_float_eq(row[0].p50, with, 1e-14 * size);
        cr_assert_float_eq(row[0].p95, fmax(with, without), 1e-14 * size);
        looked_at += with != without;
    }
    cr_assert_gt(looked_at, FIRMS / 2);
    free(drawn.row);
    fall_release(&fall);
}

Test(survival, a_law_that_is_drawn_but_not_given_is_refused)
{
    struct fall fall;
    fall_set(&fall, 0.5, 40);
    fall.world.doubts[0].law_count = 0;
    struct tol_plan *plan = NULL;
    struct tol_error error = {0};
    cr_assert_eq(tol_plan_create(fall.book, &fall.world.parameters, &fall.world.options, NULL, &plan, &error),
                 TOL_USAGE);
    cr_assert_not_null(strstr(error.message, "0x1"), "%s", error.message);
    fall_release(&fall);
}

static unsigned ones(uint64_t set)
{
    unsigned count = 0;
    for (; set != 0; set &= set - 1) {
        count++;
    }
    return count;
}

Test(survival, masks_do_not_depend_on_the_order_of_the_list)
{
    enum { COUNT = 1000 };
    const struct tol_draw_options options = {.count = COUNT, .seed = UINT64_MAX};
    const struct tol_scenario_doubts forth = {.count = 3,
                                              .doubt = {{"s122", 0.3}, {"s301_brazil", 0.6}, {"ieepa", 0.9}}};
    const struct tol_scenario_doubts back = {.count = 3,
                                             .doubt = {{"ieepa", 0.9}, {"s301_brazil", 0.6}, {"s122", 0.3}}};
    uint32_t a[COUNT], b[COUNT];
    tol_draws_masks(&options, &forth, 0, COUNT, a);
    tol_draws_masks(&options, &back, 0, COUNT, b);
    uint64_t found = 0;
    for (size_t n = 0; n < COUNT; n++) {
        cr_assert_eq(a[n], (b[n] & 1) << 2 | (b[n] & 2) | b[n] >> 2);
        found |= UINT64_C(1) << a[n];
    }
    cr_assert_eq(tol_draws_fallen(&options, &forth), found);
    cr_assert_eq(ones(found), 8, "all eight masks come up in a thousand draws");
}

Test(survival, frequencies_and_independence)
{
    enum { COUNT = TOL_DRAW_MASKS_AT_ONCE, ROUNDS = 64 };
    static const double probability[] = {0.01, 0.3, 0.5, 0.95};
    const struct tol_scenario_doubts doubts = {.count = 4, .doubt = {{"a", 0.01}, {"b", 0.3}, {"c", 0.5}, {"d", 0.95}}};
    const struct tol_draw_options options = {.count = COUNT * ROUNDS, .seed = 7};
    double falls[4] = {0}, both = 0, all = COUNT * ROUNDS;
    uint32_t fallen[COUNT];
    for (uint32_t round = 0; round < ROUNDS; round++) {
        tol_draws_masks(&options, &doubts, round * COUNT, COUNT, fallen);
        for (size_t n = 0; n < COUNT; n++) {
            for (size_t i = 0; i < 4; i++) {
                falls[i] += fallen[n] >> i & 1;
            }
            both += (fallen[n] & 6) == 6;
        }
    }
    for (size_t i = 0; i < 4; i++) {
        double p = 1 - probability[i];
        cr_assert_float_eq(falls[i], all * p, 5 * sqrt(all * p * (1 - p)), "programme %zu fell %g times", i, falls[i]);
    }
    cr_assert_float_eq(both, all * 0.35, 5 * sqrt(all * 0.35 * 0.65));
}
