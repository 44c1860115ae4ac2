/* In which order the firms' network is solved. Firms of a sector trade with firms of the same few sectors, so that neighbours read the same
 * terms while these are still in cache. Each node keeps its links in their order, so the order of nodes changes no bit. */
#ifndef TOLMUUR_EXPOSURE_NETWORK_ORDER_H
#define TOLMUUR_EXPOSURE_NETWORK_ORDER_H

#include "exposure/plan.h"

/* Members sorted by sector, then country. */
struct tol_network_order {
    uint32_t *node;   /* [member] */
    uint32_t *member; /* [node] */
};

/* False when out of memory. node is taken from the plan's memory, member from keep. */
bool tol_network_order_make(struct tol_plan *plan, struct tol_keep *keep, struct tol_network_order *order);

/* A side's links by node. Room for the links of the longer side. */
struct tol_network_links {
    uint64_t *start; /* [nodes + 1] */
    uint32_t *other;
    double *value;
};

bool tol_network_links_allocate(const struct tol_plan *plan, struct tol_keep *keep, struct tol_network_links *links);
/* Fills them; run may be NULL. */
TOL_MUST_CHECK enum tol_status tol_network_links_fill(const struct tol_plan *plan, enum tol_side side,
                                                      const struct tol_network_order *order, struct tol_run *run,
                                                      struct tol_network_links *links, struct tol_error *error);

#endif
