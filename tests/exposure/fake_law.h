/* A law and parameters made of arithmetic, in place of the compiled tables: every duty is a known function of seed, day, importer, origin,
 * product and facts, so that tests can ask for any shape of duties. Takes the place of core/law when it is linked. */
#ifndef TESTS_EXPOSURE_FAKE_LAW_H
#define TESTS_EXPOSURE_FAKE_LAW_H

#include "tolmuur/law.h"
#include "tolmuur/parameters.h"
#include "tolmuur/resilience.h"

struct tol_law {
    uint64_t seed;
    /* Puts the answer in place of the arithmetic one where it is set. by_authority, low and high have to be filled. */
    void (*answer)(const struct tol_law *law, const struct tol_rate_query *query, struct tol_rate_answer *answer);
    uint64_t *questions; /* counted in tol_law_total when not NULL; one thread only */
};

struct tol_parameters {
    double sigma;         /* > 0: of every product; 0: of its own for each, from 1.2 to 9 */
    double sector_margin; /* NaN: the tables have none */
    const struct tol_hub *hub;
    size_t hub_count;
    double vulnerability; /* of every firm; 0: nothing is known, so 1 */
};

/* Fills an answer from its authorities: central is their sum in order, low and high that far from it. */
void fake_answer(struct tol_rate_answer *answer, double spread);

/* One authority's duty in all of an answer. */
void fake_flat(struct tol_rate_answer *answer, enum tol_authority authority, double rate);

#endif
