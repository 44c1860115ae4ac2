/* The shape of the fictional economy: which sectors there are, what they sell and buy, where. Read from datasets/demo. */
#ifndef TOLMUUR_GENERATE_MARKET_H
#define TOLMUUR_GENERATE_MARKET_H

#include <stddef.h>
#include <stdint.h>

#include "pick_list.h"
#include "tolmuur/status.h"

/* Shares are counted in parts of 65,536. */
#define SHARE_ONE 65536u

enum { MARKET_SECTORS = 64, MARKET_DIVISIONS = 100, MARKET_COUNTRIES = 250 };

struct market_sector {
    char code[8];   /* NACE Rev. 2 */
    char label[40]; /* middle part of a firm's name */
    uint32_t purchase_share_low, purchase_share_high;
    struct pick_list sells, buys; /* divisions */
};

struct market_product {
    char hs10[11];
    char hs6[7];
    uint32_t subheading; /* hs6 as a number */
};

struct market {
    struct market_sector sector[MARKET_SECTORS];
    size_t sector_count;
    struct pick_list sectors; /* by number of firms */
    struct market_product *product;
    size_t product_count, product_room;
    /* By division, 0 to 99. */
    struct pick_list products[MARKET_DIVISIONS], buyers[MARKET_DIVISIONS], sellers[MARKET_DIVISIONS];
    char country[MARKET_COUNTRIES][3];
    uint32_t reach[MARKET_COUNTRIES]; /* share of the subheadings that are traded with the country at all */
    size_t country_count;
    uint32_t united_states; /* its position; UINT32_MAX when absent */
    struct pick_list homes, destinations, origins;
};

/* folder holds product_mix.csv and fictional/{sectors,countries}.csv. The market is to be freed in any case.
 * TOL_NO_INPUT, TOL_BAD_DATA, TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_market_read(const char *folder, struct market *market, struct tol_error *error);

void tol_market_free(struct market *market);

#endif
