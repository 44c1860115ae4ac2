/* The concordance: which codes stand for a code that is not in the schedule on a day. */
#ifndef TOLMUUR_LAW_LINKS_H
#define TOLMUUR_LAW_LINKS_H

#include "law/lookup.h"

/* Codes that stand for another, ascending, none beneath another. */
struct law_mapped {
    unsigned count;
    tol_product code[TOL_MAPPED_MAX];
};

/* Some tariff line of the day stands at or beneath the code. */
bool tol_law_code_stands(const struct tol_law *law, const struct law_importer *importer, tol_product product,
                         tol_day day);

/* Follows the links of a product that does not stand on the day, over codes that do not stand either, to those that do: links of the code, else of
 * the codes beneath it, else of its first six digits when these are gone too. False: no link leads to a code of the day. */
bool tol_law_links_follow(const struct tol_law *law, const struct law_importer *importer, tol_product product,
                          tol_day day, struct law_mapped *mapped);

/* First link of the importer whose code is >= the product; link_count when there is none. Counts from link_first. */
uint32_t tol_law_link_lower_bound(const struct tol_law *law, const struct law_importer *importer, tol_product product);

/* The code's first digits, so many of them. */
tol_product tol_law_product_cut(tol_product product, unsigned digits);

#endif
