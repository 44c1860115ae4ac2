/* What the economy and market sections of a tables file hold. Every section is there, if only empty. */
#ifndef TOLMUUR_ECONOMY_IMAGE_H
#define TOLMUUR_ECONOMY_IMAGE_H

#include <stdint.h>

#include "tolmuur/code.h"
#include "tolmuur/economy.h"

#define ECONOMY_CODE_SIZE 8
#define ECONOMY_TEXT_SIZE 96
#define ECONOMY_DIVISIONS 100 /* NACE Rev. 2 divisions by number */

struct economy_meta {
    uint32_t region_count;
    uint32_t industry_count;
    uint32_t rest; /* the region of countries without one */
    uint32_t reserved;
};

struct economy_region {
    char code[ECONOMY_CODE_SIZE]; /* ends in a zero, like every text here */
    char name[ECONOMY_TEXT_SIZE];
    tol_country country; /* 0: the rest of the world */
    uint8_t reserved[6];
};

struct economy_industry {
    char code[ECONOMY_CODE_SIZE];
    char title[ECONOMY_TEXT_SIZE];
};

/* Sorted by product, six digits each, none twice. */
struct economy_product {
    uint64_t product;
    uint32_t industry;
    uint32_t reserved;
};

/* Sorted by importer, then product, none twice. */
struct economy_market {
    uint64_t product;
    uint64_t first_origin;
    double imports_usd;
    uint32_t origin_count;
    tol_country importer;
    uint8_t reserved[2];
};

/* Sections with the sizes of their elements. */
#define ECONOMY_SECTIONS(X)                                                                                            \
    X(META, "economy.meta", sizeof(struct economy_meta))                                                               \
    X(REGION, "economy.region", sizeof(struct economy_region))                                                         \
    X(INDUSTRY, "economy.industry", sizeof(struct economy_industry))                                                   \
    X(DIVISION, "economy.division", sizeof(uint32_t)) /* [100], TOL_ECONOMY_NONE: no such division */                  \
    X(PRODUCT, "economy.product", sizeof(struct economy_product))                                                      \
    X(OUTPUT, "economy.output", sizeof(double))           /* [node] */                                                 \
    X(INPUTS, "economy.inputs", sizeof(double))           /* [node] */                                                 \
    X(FINAL_SHARE, "economy.final_share", sizeof(double)) /* [node][region] */                                         \
    X(HOME_SHARE, "economy.home_share", sizeof(double))   /* [region, then the European Union][industry] */            \
    X(SALES_START, "economy.sales_start", sizeof(uint64_t))                                                            \
    X(SALES_NODE, "economy.sales_node", sizeof(uint32_t))                                                              \
    X(SALES_SHARE, "economy.sales_share", sizeof(double))                                                              \
    X(PURCHASES_START, "economy.buys_start", sizeof(uint64_t))                                                         \
    X(PURCHASES_NODE, "economy.buys_node", sizeof(uint32_t))                                                           \
    X(PURCHASES_SHARE, "economy.buys_share", sizeof(double))                                                           \
    X(MARKET, "market.market", sizeof(struct economy_market))                                                          \
    X(MARKET_ORIGIN, "market.origin", sizeof(struct tol_market_origin))

enum economy_section {
#define X(name, text, size) ECONOMY_##name,
    ECONOMY_SECTIONS(X)
#undef X
        ECONOMY_SECTION_COUNT
};

struct economy_section_shape {
    const char *name;
    size_t element_size;
};
extern const struct economy_section_shape tol_economy_sections[ECONOMY_SECTION_COUNT];

#endif
