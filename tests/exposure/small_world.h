/* Two countries and the rest of the world, two industries, two American markets, in the compiled tables that the program reads: every share
 * can be worked out by hand.
 *
 * From 2025-08-01 the United States lay 15 % on Dutch cars, 50 % on Dutch bolts and 25 % on all goods of others. Cars were free before, bolts bore
 * 5 %. */
#ifndef TESTS_EXPOSURE_SMALL_WORLD_H
#define TESTS_EXPOSURE_SMALL_WORLD_H

#include "exposure/portfolio.h"
#include "law/world.h"
#include "tolmuur/exposure.h"

enum { METAL, CARS, INDUSTRY_COUNT };
enum { NETHERLANDS, UNITED_STATES, REST, REGION_COUNT };
enum { NODE_COUNT = REGION_COUNT * INDUSTRY_COUNT };

struct small_world {
    struct tol_law *law;
    struct tol_parameters *parameters;
    struct tol_economy *economy;
    struct tol_scenario scenario[16];
    struct tol_plan_options options; /* against 2025-02-01, rho 1, eta 1, kappa 0.6 */
};

/* One scenario for each day, NULL at the end. changed: files in place of those of this world, may be NULL. In place: options point into it. */
void small_world_open(struct small_world *world, const struct world_file *changed, const char *const *day);
void small_world_close(struct small_world *world);

/* Rows [firm_count][scenario_count] of a whole book or [scenario_count] of one firm alone. Caller frees. */
struct tol_score_row *small_world_score(const struct small_world *world, const struct tol_book *book,
                                        struct tol_run *run);
struct tol_score_row *small_world_score_firm(const struct small_world *world, const struct tol_book *book,
                                             uint64_t firm);

/* Random firms, many of them customers and suppliers of each other, that trade in cars and bolts. */
struct portfolio *small_world_portfolio(uint64_t seed, size_t firm_count, size_t lines_max);

#endif
