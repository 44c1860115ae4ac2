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

/* Measures whose lists name a node's product or a code above it, whatever their own dates and partners. */
struct law_listed {
    uint32_t node;
    tol_day from, until;               /* lists are the same on the days [from, until) */
    uint64_t measure[LAW_WORDS_LIMIT]; /* set */
    uint64_t unsure[LAW_WORDS_LIMIT];  /* of these, what only unconfirmed rows of lists bring in */
};
void tol_law_listed(const struct tol_law *law, const struct law_importer *importer, uint32_t node, tol_day day,
                    struct law_listed *listed);

/* Listed measures that name an origin too, in stacking order. */
struct law_candidates {
    unsigned count;
    uint16_t measure[LAW_MEASURES_LIMIT];
};
void tol_law_candidates(const struct tol_law *law, const struct law_importer *importer, const struct law_listed *listed,
                        tol_country origin, tol_day day, struct law_candidates *candidates);

static inline bool law_listed_unsure(const struct law_listed *listed, unsigned measure)
{
    return (listed->unsure[measure / 64] >> measure % 64 & 1) != 0;
}

/* The set of measures that name an origin on a day, and one bit more, at measure_count: its goods pay column 2. */
const uint64_t *tol_law_partner(const struct tol_law *law, const struct law_importer *importer, tol_country origin,
                                tol_day day);

/* The fact's average in the trade of the node's product with the origin: of the nearest code that has one, the origin's own before that of any. NULL: none. */
const struct law_average *tol_law_average_find(const struct tol_law *law, const struct law_importer *importer,
                                               uint32_t node, uint32_t fact, tol_country origin, tol_day day);

static inline const struct law_node *law_node_at(const struct tol_law *law, const struct law_importer *importer,
                                                 uint32_t node)
{
    return &law->node[importer->node_first + node];
}

#endif
