/* Who sells what to whom, as a full table, and the two networks of shares that stand on it. */
#ifndef TOLMUUR_TESTS_ECONOMY_NETWORK_H
#define TOLMUUR_TESTS_ECONOMY_NETWORK_H

#include <stddef.h>
#include <stdint.h>

struct network {
    size_t count;
    double *flow;   /* [seller][buyer], in money */
    double *output; /* [seller] all that it sells, final demand included */
};

struct network network_new(size_t count);
void network_free(struct network *network);

enum direction {
    DEMAND, /* row: a seller; what its buyers drop. Share: flow / output of the seller */
    COST    /* row: a buyer; what its suppliers raise. Share: flow / all that the buyer buys from nodes */
};

/* Compressed rows. A row whose shares add up to more than 1 is scaled to 1 and counted. */
struct links {
    size_t count;
    uint64_t *start;
    uint32_t *other;
    double *share;
    size_t scaled;
};

struct links links_of(const struct network *network, enum direction direction);
void links_free(struct links *links);

#endif
