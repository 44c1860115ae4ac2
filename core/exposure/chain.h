/* A shock handed on along links, tier after tier, until nothing is left of it. */
#ifndef TOLMUUR_EXPOSURE_CHAIN_H
#define TOLMUUR_EXPOSURE_CHAIN_H

#include <math.h>
#include <stdbool.h>

#include "exposure/memory.h"
#include "kernels.h"
#include "tolmuur/run.h"

/* Sweeps at most: links whose values make up all of every node's sales, in a circle, hand on for ever. */
#define TOL_CHAIN_SWEEPS_MAX 1000

/* A network, [nodes] wide, and what its nodes do with what reaches them. */
struct tol_chain {
    const struct tol_kernels *kernels;
    uint64_t node_count;
    size_t row_count; /* lanes: row_count * TOL_LANES */
    struct tol_chain_links links;
    uint32_t tiers; /* sweeps at most */
    struct tol_chain_terms
        term; /* what is handed on first, in quanta, all wide whatever its bits say; work space afterwards */
    struct tol_chain_terms next; /* work space */
    double *total;               /* [node_count][lanes] grows by what arrives */
};

/* Memory for terms; false when there is none. */
bool tol_chain_terms_make(struct tol_keep *keep, uint64_t node_count, size_t row_count, struct tol_chain_terms *terms);

/* A share as it travels, in quanta. */
static inline double tol_chain_quanta(double share)
{
    return trunc(share * (1 / TOL_CHAIN_QUANTUM));
}

/* Same bits whatever run has threads; NULL: in this thread, without any memory. TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_chain_run(struct tol_chain *chain, struct tol_run *run, struct tol_keep *keep,
                                             struct tol_error *error);

#endif
