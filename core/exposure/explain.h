/* What the files that take a firm's number apart share. */
#ifndef TOLMUUR_EXPOSURE_EXPLAIN_H
#define TOLMUUR_EXPOSURE_EXPLAIN_H

#include "exposure/plan.h"
#include "tolmuur/explain.h"

/* What is explained, and working memory that ends with the answer. */
struct tol_question {
    const struct tol_plan *plan;
    struct tol_keep *keep;
    uint64_t member;
    uint32_t scenario;
    size_t lane; /* the central one */
    bool near;   /* of firms beyond the partners only what comes of them all */
    struct tol_resolved_firm firm;
};

static inline const struct tol_world *tol_question_world(const struct tol_question *question)
{
    return &question->plan->world[question->plan->scenario_world[question->scenario]];
}

/* ---- explain_chain.c ---- */

/* Partners, sectors and tiers of a side with their parts in EUR, not yet on any grid. Its arrays are of malloc. False when out of memory. */
bool tol_explain_chain(const struct tol_question *question, enum tol_side side, struct tol_explained_chain *chain);

/* ---- explain_unknown.c ---- */

/* The facts that would narrow anything. False when out of memory. */
bool tol_explain_unknown(const struct tol_question *question, struct tol_explanation *explanation);

/* ---- explain_beside.c ---- */

/* Gains, origin, hubs: the lines and the row are filled in; sums: of the member. */
TOL_MUST_CHECK enum tol_status tol_explain_beside(const struct tol_question *question, struct tol_what_if_sums *sums,
                                                  struct tol_explanation *explanation, struct tol_error *error);

/* ---- explain.c ---- */

/* Order of elements of `bytes` bytes: by abs of the double at `offset`, greatest first, ties as they stand. False when out of memory. */
bool tol_explain_sort(struct tol_keep *keep, void *elements, size_t count, size_t bytes, size_t offset);

#endif
