#include <assert.h>

#include "economy/economy.h"

uint64_t tol_market_count(const struct tol_economy *economy)
{
    return economy->count[ECONOMY_MARKET];
}

struct tol_market tol_market_at(const struct tol_economy *economy, uint64_t index)
{
    assert(index < economy->count[ECONOMY_MARKET]);
    const struct economy_market *row = &economy->market[index];
    return (struct tol_market){
        .product = row->product,
        .importer = row->importer,
        .origin_count = row->origin_count,
        .origin = economy->origin + row->first_origin,
        .imports_usd = row->imports_usd,
        .home_share =
            tol_economy_home_share(economy, row->importer, tol_economy_industry_of_product(economy, row->product)),
    };
}

static bool stands_before(const struct economy_market *row, tol_country importer, tol_product product)
{
    return row->importer != importer ? row->importer < importer : row->product < product;
}

bool tol_market_find(const struct tol_economy *economy, tol_country importer, tol_product product, uint64_t *index)
{
    tol_product code = tol_economy_cut_to_six(product);
    uint64_t low = 0;
    uint64_t high = economy->count[ECONOMY_MARKET];
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (stands_before(&economy->market[middle], importer, code)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == economy->count[ECONOMY_MARKET] || economy->market[low].importer != importer ||
        economy->market[low].product != code) {
        return false;
    }
    *index = low;
    return true;
}
