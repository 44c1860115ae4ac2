/* An open economy, for the files of this folder. */
#ifndef TOLMUUR_ECONOMY_ECONOMY_H
#define TOLMUUR_ECONOMY_ECONOMY_H

#include "economy/image.h"
#include "file/sections.h"

struct tol_economy {
    struct tol_sections *sections;
    uint32_t region_count, industry_count, node_count, rest;
    const struct economy_region *region;
    const struct economy_industry *industry;
    const uint32_t *division;
    const struct economy_product *product;
    const double *output, *inputs, *final_share, *home_share;
    struct tol_economy_links sales, purchases;
    const struct economy_market *market;
    const struct tol_market_origin *origin;
    uint64_t count[ECONOMY_SECTION_COUNT]; /* elements of each section */
};

/* HS6 of a longer code; a shorter one as it is. */
tol_product tol_economy_cut_to_six(tol_product product);

#endif
