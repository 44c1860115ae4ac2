/* Monte Carlo: how far a scenario's numbers move with elasticities, pass-through and the survival of programmes (docs/model.md, Draws). */
#ifndef TOLMUUR_DRAWS_H
#define TOLMUUR_DRAWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tolmuur/law.h"
#include "tolmuur/status.h"

#pragma GCC visibility push(default)

#define TOL_DRAWS_MAX 65536

/* Programmes of one scenario that may fall. */
#define TOL_DOUBTS_MAX 6

/* Streams of random numbers (docs/numeric-contract.md). Of a chapter's elasticity: the base plus the chapter; of a programme: the 64-bit FNV-1a hash of
 * its name with the highest bit set. The bases spell "sigma" and "rho" in ASCII, so that no two kinds can meet. */
#define TOL_STREAM_ELASTICITY UINT64_C(0x7369676d61000000)
#define TOL_STREAM_PASS_THROUGH UINT64_C(0x72686f0000000000)
uint64_t tol_stream_of_programme(const char *programme);

struct tol_doubt {
    const char *programme;
    double probability; /* that it stands, [0,1] */
};

/* The law without the programmes doubt[i] with bit i of `fallen` set. */
struct tol_fallen_law {
    uint32_t fallen; /* > 0 */
    const struct tol_law *law;
};

struct tol_scenario_doubts {
    size_t count; /* at most TOL_DOUBTS_MAX */
    struct tol_doubt doubt[TOL_DOUBTS_MAX];
    size_t law_count;
    const struct tol_fallen_law *law; /* one for every mask but 0 that tol_draws_fallen names */
};

/* What is to be drawn. Spreads are settings: elasticity_spread, pass_through_spread. */
struct tol_draw_options {
    uint32_t count; /* draws, at most TOL_DRAWS_MAX; 0: none */
    uint64_t seed;
    const struct tol_scenario_doubts *scenario; /* [scenario_count]; NULL: nothing is in doubt */
    /* Bytes for factor tables (two thirds) and for the draws of the firms at hand (one third), as far as one tile and one firm allow; 0: 768 MiB. Changes
     * speed only: tables that do not fit are made again for every batch of firms. */
    size_t memory_bytes;
    /* Told now and then how many of all firms are done, from the thread that makes the plan; false ends it with TOL_TRY_AGAIN. NULL: not told. */
    bool (*go_on)(void *context, uint64_t done, uint64_t all);
    void *context;
};

/* The masks that come up in these draws of a scenario: bit m of the answer is set where in some draw just the programmes of mask m fall. Whether one
 * falls depends on seed, draw, its name and probability alone, not on the list that it stands in. options->count > 0. */
uint64_t tol_draws_fallen(const struct tol_draw_options *options, const struct tol_scenario_doubts *scenario);

/* Changes of EBITDA over the draws, EUR a year. p: the value of rank ceil(p count) of the draws in ascending order (nearest rank);
 * expected_shortfall: the mean of the ceil(0.05 count) lowest. */
struct tol_draw_statistics {
    double mean;
    double p05;
    double p50;
    double p95;
    double expected_shortfall;
};

/* Of values [count], finite, count 1 to TOL_DRAWS_MAX; bucket [2 count] and spare [count] are work space. */
struct tol_draw_statistics tol_draw_statistics_of(const double *value, size_t count, uint8_t *bucket, double *spare);

struct tol_plan;

/* Draws that the plan was made with; 0: none. */
uint32_t tol_plan_draw_count(const struct tol_plan *plan);

/* All scored firms together, draw by draw; central_eur is the sum of their ebitda_change_eur. TOL_USAGE: a plan without draws or without this scenario.
 * TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_plan_portfolio_draws(const struct tol_plan *plan, uint32_t scenario,
                                                        double central_eur, struct tol_draw_statistics *statistics,
                                                        struct tol_error *error);

#pragma GCC visibility pop

#endif
