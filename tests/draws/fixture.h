/* A plan with draws over the arithmetic law. */
#ifndef TESTS_DRAWS_FIXTURE_H
#define TESTS_DRAWS_FIXTURE_H

#include "exposure/fake_law.h"
#include "exposure/portfolio.h"
#include "kernels.h"
#include "tolmuur/exposure.h"

#define WORLD_SCENARIOS 3

/* Scenarios on days 1, 2, 3 of one law; day 0 is the baseline. */
struct draw_world {
    struct tol_law law;
    struct tol_parameters parameters;
    struct tol_scenario scenario[WORLD_SCENARIOS];
    struct tol_scenario_doubts doubts[WORLD_SCENARIOS];
    struct tol_plan_options options;
};
void draw_world_set(struct draw_world *world, uint64_t seed, uint32_t draw_count);

/* Rows [firm_count][scenario_count] and the portfolio's statistics. Caller frees row. */
struct drawn_rows {
    struct tol_score_row *row;
    struct tol_draw_statistics portfolio[WORLD_SCENARIOS];
};
struct drawn_rows draw_all(const struct tol_book *book, const struct draw_world *world, unsigned threads);

struct tol_draw_statistics statistics_of_row(const struct tol_score_row *row);
void check_same_statistics(const struct tol_draw_statistics *a, const struct tol_draw_statistics *b, const char *what);

#endif
