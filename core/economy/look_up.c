#include <assert.h>
#include <math.h>

#include "economy/economy.h"
#include "law/image.h"
#include "tolmuur/sector.h"

uint32_t tol_economy_region_count(const struct tol_economy *economy)
{
    return economy->region_count;
}

uint32_t tol_economy_industry_count(const struct tol_economy *economy)
{
    return economy->industry_count;
}

uint32_t tol_economy_node_count(const struct tol_economy *economy)
{
    return economy->node_count;
}

const char *tol_economy_region_code(const struct tol_economy *economy, uint32_t region)
{
    assert(region < economy->region_count);
    return economy->region[region].code;
}

const char *tol_economy_region_name(const struct tol_economy *economy, uint32_t region)
{
    assert(region < economy->region_count);
    return economy->region[region].name;
}

tol_country tol_economy_region_country(const struct tol_economy *economy, uint32_t region)
{
    assert(region < economy->region_count);
    return economy->region[region].country;
}

const char *tol_economy_industry_code(const struct tol_economy *economy, uint32_t industry)
{
    assert(industry < economy->industry_count);
    return economy->industry[industry].code;
}

const char *tol_economy_industry_title(const struct tol_economy *economy, uint32_t industry)
{
    assert(industry < economy->industry_count);
    return economy->industry[industry].title;
}

struct tol_economy_links tol_economy_sales(const struct tol_economy *economy)
{
    return economy->sales;
}

struct tol_economy_links tol_economy_purchases(const struct tol_economy *economy)
{
    return economy->purchases;
}

const double *tol_economy_final_share(const struct tol_economy *economy)
{
    return economy->final_share;
}

const double *tol_economy_output_musd(const struct tol_economy *economy)
{
    return economy->output;
}

const double *tol_economy_inputs_musd(const struct tol_economy *economy)
{
    return economy->inputs;
}

uint32_t tol_economy_region(const struct tol_economy *economy, tol_country country)
{
    if (economy->node_count == 0) {
        return TOL_ECONOMY_NONE;
    }
    for (uint32_t i = 0; i < economy->region_count; i++) {
        if (economy->region[i].country == country) {
            return i;
        }
    }
    return economy->rest;
}

tol_product tol_economy_cut_to_six(tol_product product)
{
    return tol_product_digits(product) > 6 ? ((product >> 4) / 10000 * 10000) << 4 | 6 : product;
}

static uint64_t product_lower_bound(const struct tol_economy *economy, tol_product product)
{
    uint64_t low = 0;
    uint64_t high = economy->count[ECONOMY_PRODUCT];
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (economy->product[middle].product < product) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* How many of the products from `first` on, below `end`, an industry makes. */
static uint64_t count_of(const struct tol_economy *economy, uint64_t first, tol_product end, uint32_t industry)
{
    uint64_t count = 0;
    for (uint64_t i = first; i < economy->count[ECONOMY_PRODUCT] && economy->product[i].product < end; i++) {
        count += economy->product[i].industry == industry;
    }
    return count;
}

uint32_t tol_economy_industry_of_product(const struct tol_economy *economy, tol_product product)
{
    tol_product code = tol_economy_cut_to_six(product);
    if (tol_product_digits(code) == 0) {
        return TOL_ECONOMY_NONE;
    }
    tol_product end = tol_law_product_end(code);
    uint64_t first = product_lower_bound(economy, code);
    uint32_t best = TOL_ECONOMY_NONE;
    uint64_t most = 0;
    if (tol_product_digits(code) == 6) {
        bool found = first < economy->count[ECONOMY_PRODUCT] && economy->product[first].product == code;
        return found ? economy->product[first].industry : TOL_ECONOMY_NONE;
    }
    for (uint32_t industry = 0; industry < economy->industry_count; industry++) {
        uint64_t count = count_of(economy, first, end, industry);
        if (count > most) {
            most = count;
            best = industry;
        }
    }
    return best;
}

static uint32_t industry_of_section(const struct tol_economy *economy, char letter)
{
    uint16_t first;
    uint16_t last;
    tol_section_divisions(letter, &first, &last);
    uint32_t only = TOL_ECONOMY_NONE;
    for (uint16_t division = first; division <= last; division++) {
        uint32_t industry = economy->division[division];
        if (industry != TOL_ECONOMY_NONE && only != TOL_ECONOMY_NONE && industry != only) {
            return TOL_ECONOMY_NONE;
        }
        only = industry != TOL_ECONOMY_NONE ? industry : only;
    }
    return only;
}

uint32_t tol_economy_industry_of_sector(const struct tol_economy *economy, const char *nace)
{
    uint16_t division;
    uint16_t section;
    if (!tol_sector_parse(nace, &division, &section)) {
        return TOL_ECONOMY_NONE;
    }
    return division != 0 ? economy->division[division]
                         : industry_of_section(economy, (char)('A' + section - TOL_SECTION_CODE('A')));
}

double tol_economy_home_share(const struct tol_economy *economy, tol_country importer, uint32_t industry)
{
    if (industry >= economy->industry_count || economy->region_count == 0) {
        return NAN;
    }
    uint64_t row = importer == TOL_COUNTRY_EU ? economy->region_count : tol_economy_region(economy, importer);
    return economy->home_share[row * economy->industry_count + industry];
}
