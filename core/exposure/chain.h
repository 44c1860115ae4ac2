/* A shock handed on along links, tier after tier, until nothing is left of it. */
#ifndef TOLMUUR_EXPOSURE_CHAIN_H
#define TOLMUUR_EXPOSURE_CHAIN_H

#include "exposure/memory.h"
#include "kernels.h"
#include "tolmuur/run.h"

/* Sweeps at most: links whose values make up all of every node's sales, in a circle, hand on for ever. */
#define TOL_CHAIN_SWEEPS_MAX 1000

/* A network, [nodes] wide, and what its nodes do with what reaches them. */
struct tol_chain {
    const struct tol_kernels *kernels;
    uint64_t node_count;
    size_t row_count;      /* lanes: row_count * TOL_LANES */
    const uint64_t *start; /* [node_count + 1] compressed rows: node n hears from other[start[n]] ... */
    const uint32_t *other;
    const double *value;
    const double *unit;   /* [node_count] weight of a link is unit x value; NULL: 1 */
    const double *passed; /* [node_count] part of a share that is handed on; NULL: all */
    uint32_t tiers;       /* sweeps at most */
    double *term;         /* [node_count][lanes] what is handed on first; work space afterwards */
    double *next;         /* [node_count][lanes] work space */
    double *total;        /* [node_count][lanes] grows by what arrives */
};

/* Same bits whatever run has threads; NULL: in this thread, without any memory. TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_chain_run(struct tol_chain *chain, struct tol_run *run, struct tol_keep *keep,
                                             struct tol_error *error);

#endif
