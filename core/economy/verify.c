#include <string.h>

#include "economy/economy.h"

static enum tol_status damaged(const struct tol_economy *economy, enum economy_section which, struct tol_error *error)
{
    tol_fail(error, TOL_BAD_DATA, "section %s names something outside the tables; build the file again",
             tol_economy_sections[which].name);
    return tol_fail_at(error, TOL_BAD_DATA, tol_sections_path(economy->sections), 0, NULL, NULL);
}

static bool ends(const char *text, size_t size)
{
    return memchr(text, '\0', size) != NULL;
}

static bool texts_end(const struct tol_economy *economy)
{
    bool good = true;
    for (uint32_t i = 0; i < economy->region_count; i++) {
        const struct economy_region *region = &economy->region[i];
        good = good && ends(region->code, sizeof region->code) && ends(region->name, sizeof region->name);
    }
    for (uint32_t i = 0; i < economy->industry_count; i++) {
        const struct economy_industry *industry = &economy->industry[i];
        good = good && ends(industry->code, sizeof industry->code) && ends(industry->title, sizeof industry->title);
    }
    return good;
}

static bool is_industry(const struct tol_economy *economy, uint32_t industry)
{
    return industry < economy->industry_count || industry == TOL_ECONOMY_NONE;
}

static bool industries_exist(const struct tol_economy *economy)
{
    bool good = true;
    for (unsigned i = 0; i < ECONOMY_DIVISIONS; i++) {
        good = good && is_industry(economy, economy->division[i]);
    }
    for (uint64_t i = 0; i < economy->count[ECONOMY_PRODUCT]; i++) {
        good = good && is_industry(economy, economy->product[i].industry);
    }
    return good;
}

static bool links_hold(const struct tol_economy *economy, const struct tol_economy_links *links)
{
    bool good = links->start[0] == 0;
    for (uint32_t node = 0; node < economy->node_count && good; node++) {
        good = links->start[node] <= links->start[node + 1];
    }
    for (uint64_t i = 0; good && i < links->start[economy->node_count]; i++) {
        good = links->node[i] < economy->node_count;
    }
    return good;
}

static bool markets_hold(const struct tol_economy *economy)
{
    uint64_t next = 0;
    for (uint64_t i = 0; i < economy->count[ECONOMY_MARKET]; i++) {
        if (economy->market[i].first_origin != next) {
            return false;
        }
        next += economy->market[i].origin_count;
    }
    return next == economy->count[ECONOMY_MARKET_ORIGIN];
}

static bool is_walked(enum economy_section section)
{
    return (section >= ECONOMY_FINAL_SHARE && section <= ECONOMY_PURCHASES_SHARE && section != ECONOMY_HOME_SHARE) ||
           section == ECONOMY_MARKET_ORIGIN;
}

/* Checksums of the sections that look-ups read, or of the others. */
static enum tol_status sections_whole(const struct tol_economy *economy, bool walked, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    for (unsigned i = 0; i < ECONOMY_SECTION_COUNT && status == TOL_OK; i++) {
        if (is_walked((enum economy_section)i) == walked) {
            status = tol_sections_verify(economy->sections, tol_economy_sections[i].name, error);
        }
    }
    return status;
}

enum tol_status tol_economy_verify_lookups(const struct tol_economy *economy, struct tol_error *error)
{
    enum tol_status status = sections_whole(economy, false, error);
    if (status == TOL_OK && !texts_end(economy)) {
        status = damaged(economy, ECONOMY_REGION, error);
    }
    if (status == TOL_OK && !industries_exist(economy)) {
        status = damaged(economy, ECONOMY_PRODUCT, error);
    }
    if (status == TOL_OK && !markets_hold(economy)) {
        status = damaged(economy, ECONOMY_MARKET, error);
    }
    return status;
}

enum tol_status tol_economy_verify_origins(const struct tol_economy *economy, struct tol_error *error)
{
    return tol_sections_verify(economy->sections, tol_economy_sections[ECONOMY_MARKET_ORIGIN].name, error);
}

enum tol_status tol_economy_verify(const struct tol_economy *economy, struct tol_error *error)
{
    enum tol_status status = tol_economy_verify_lookups(economy, error);
    if (status == TOL_OK) {
        status = sections_whole(economy, true, error);
    }
    if (status == TOL_OK && !links_hold(economy, &economy->sales)) {
        status = damaged(economy, ECONOMY_SALES_START, error);
    }
    if (status == TOL_OK && !links_hold(economy, &economy->purchases)) {
        status = damaged(economy, ECONOMY_PURCHASES_START, error);
    }
    return status;
}
