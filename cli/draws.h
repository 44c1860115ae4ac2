/* --draws and --seed: what is to be drawn, with the laws in which programmes in doubt have fallen. */
#ifndef CLI_DRAWS_H
#define CLI_DRAWS_H

#include "talk.h"
#include "worlds.h"

#include "tolmuur/draws.h"

struct draws {
    struct tol_draw_options options; /* for the plan; count 0: none */
    struct tol_scenario_doubts *scenario;
    struct tol_fallen_law *fallen; /* of all scenarios, one after the other */
    struct tol_law **law;          /* likewise */
    size_t law_count;
    struct progress progress;
};

/* Builds a law for each set of fallen programmes that comes up in the draws, and no other. worlds outlives it. Release also after a failure, before
 * worlds. TOL_USAGE names the option. */
TOL_MUST_CHECK enum tol_status draws_read(struct draws *draws, const struct options *options,
                                          const struct worlds *worlds, struct tol_error *error);
void draws_release(struct draws *draws);

/* Shows how far the draws are while the plan is made, and ends it after a signal. */
void draws_show_progress(struct draws *draws);

/* "1,000 draws, seed 1: EBITDA change mean ... EUR, P5 ..., P50 ..., P95 ..., expected shortfall ...". */
void draws_sentence(const struct draws *draws, const struct tol_draw_statistics *statistics, char *text, size_t size);

#endif
