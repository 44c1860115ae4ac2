/* Scenarios of the arithmetic law, and scoring a book under them. */
#ifndef TESTS_EXPOSURE_WORLD_H
#define TESTS_EXPOSURE_WORLD_H

#include "exposure/fake_law.h"
#include "exposure/portfolio.h"
#include "exposure/same_rows.h"
#include "kernels.h"
#include "tolmuur/exposure.h"

/* Scenarios on consecutive days of one law; day 0 is the baseline. */
struct world {
    struct tol_law law;
    struct tol_parameters parameters;
    struct tol_scenario scenario[64];
    struct tol_plan_options options;
};
void world_set(struct world *world, uint64_t seed, size_t scenario_count);

struct tol_plan *plan_new(const struct tol_book *book, const struct world *world, struct tol_run *run);
/* Rows [firm_count][scenario_count] of a whole book, in one call. Caller frees. */
struct tol_score_row *score_all(const struct tol_book *book, const struct world *world);
/* Fails the test unless its rows, handed to the builder in other orders, give the same scores. */
void check_order_of_rows(const struct portfolio *portfolio);

#endif
