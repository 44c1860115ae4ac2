/* What the tables say about one product on one day: its base duty and the measures that name it. */
#ifndef TOLMUUR_LAW_LOOKUP_H
#define TOLMUUR_LAW_LOOKUP_H

#include "law/image.h"

/* The importer's deepest code at or above the product, LAW_NONE when no table names any. */
uint32_t tol_law_node_find(const struct tol_law *law, const struct law_importer *importer, tol_product product);

/* First node whose product is >= the given one; node_count when there is none. */
uint32_t tol_law_node_lower_bound(const struct tol_law *law, const struct law_importer *importer, tol_product product);

/* The base row in force for the node or the nearest code above it; NULL: none. */
const struct law_base_row *tol_law_base_find(const struct tol_law *law, const struct law_importer *importer,
                                             uint32_t node, tol_day day);

/* A base row of the node itself is in force. */
bool tol_law_base_in_force(const struct tol_law *law, const struct law_node *node, tol_day day);

/* Is the node a tariff line of the day? statistical: its statistical lines tell; else the codes with a base rate and none beneath them are
 * the lines. */
bool tol_law_is_line(const struct tol_law *law, const struct law_importer *importer, uint32_t node, tol_day day,
                     bool statistical);

bool tol_law_line_in_force(const struct tol_law *law, const struct law_node *node, tol_day day);

/* Measures that name a node's product and an origin, in stacking order, whatever their own dates. */
struct law_candidates {
    uint32_t node;
    tol_day from, until; /* lists and groups are the same on the days [from, until) */
    unsigned count;
    uint16_t measure[LAW_MEASURES_LIMIT];
    uint64_t unsure[LAW_WORDS_LIMIT]; /* measures that only unconfirmed rows of lists bring in */
};

static inline bool law_candidate_unsure(const struct law_candidates *candidates, unsigned measure)
{
    return (candidates->unsure[measure / 64] >> measure % 64 & 1) != 0;
}

void tol_law_candidates(const struct tol_law *law, const struct law_importer *importer, uint32_t node,
                        tol_country origin, tol_day day, struct law_candidates *candidates);

/* The fact's average in the trade of the node's product with the origin: of the nearest code that has one, the origin's own before that of any. NULL: none. */
const struct law_average *tol_law_average_find(const struct tol_law *law, const struct law_importer *importer,
                                               uint32_t node, uint32_t fact, tol_country origin, tol_day day);

static inline const struct law_node *law_node_at(const struct tol_law *law, const struct law_importer *importer,
                                                 uint32_t node)
{
    return &law->node[importer->node_first + node];
}

#endif
