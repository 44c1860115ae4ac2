/* Of a sector that handed a change of law on: the flow of trade whose duty changed by most money. */
#include "diff.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* All flows in the order of markets and their origins; arrays are made when first asked for. */
struct diff_flows {
    uint32_t *from;  /* [flows] the node that sells; TOL_ECONOMY_NONE: the industry is not known */
    double **change; /* [pair][flows] how the duty changed between the pair's scenarios; NaN: not asked for yet */
};

/* What is looked for and what was found. */
struct search {
    const struct diff *diff;
    const struct diff_mover *mover;
    const struct tol_economy *economy;
    const uint32_t *from;     /* [flows] */
    double *change;           /* [flows] of the pair */
    const double *weight;     /* [node] of what a buyer of inputs buys; NULL: flows count by themselves */
    enum diff_item_kind kind; /* of the flows: what a sector sells, or what it needs is bought */
    double most;
    struct diff_item *line;
};

/* Tables of the sector network and of the trade between countries: those under which the law was changed. */
static const struct tol_economy *economy_of(const struct diff *diff)
{
    return diff->side[TOL_RUN_BEFORE].session.economy;
}

static uint64_t count_flows(const struct tol_economy *economy)
{
    uint64_t count = 0;
    for (uint64_t m = 0; m < tol_market_count(economy); m++) {
        count += tol_market_at(economy, m).origin_count;
    }
    return count;
}

static bool make_sellers(struct diff_flows *flows, const struct tol_economy *economy)
{
    uint64_t flow = 0;
    flows->from = calloc(count_flows(economy) + 1, sizeof *flows->from);
    for (uint64_t m = 0; flows->from != NULL && m < tol_market_count(economy); m++) {
        struct tol_market market = tol_market_at(economy, m);
        uint32_t industry = tol_economy_industry_of_product(economy, market.product);
        uint32_t industries = tol_economy_industry_count(economy);
        for (uint32_t o = 0; o < market.origin_count; o++, flow++) {
            uint32_t region = tol_economy_region(economy, market.origin[o].origin);
            flows->from[flow] = industry == TOL_ECONOMY_NONE ? TOL_ECONOMY_NONE : region * industries + industry;
        }
    }
    return flows->from != NULL;
}

static bool make_changes(double **change, const struct tol_economy *economy)
{
    uint64_t count = count_flows(economy);
    *change = calloc(count + 1, sizeof **change);
    for (uint64_t i = 0; *change != NULL && i < count; i++) {
        (*change)[i] = NAN;
    }
    return *change != NULL;
}

static bool have_flows(const struct diff *diff, size_t pair)
{
    struct diff_flows *flows = diff->flows;
    return (flows->from != NULL || make_sellers(flows, economy_of(diff))) &&
           (flows->change[pair] != NULL || make_changes(&flows->change[pair], economy_of(diff)));
}

/* The duties of the rest of the world are nobody's: the sector network has importers with a region of their own. */
static bool has_region(const struct tol_economy *economy, tol_country importer)
{
    return tol_economy_region_country(economy, tol_economy_region(economy, importer)) == importer;
}

static enum tol_status look_at(struct search *search, const struct tol_market *market, uint32_t origin, uint64_t flow,
                               double weight, struct tol_error *error)
{
    struct diff_item line = {
        .kind = search->kind,
        .cell = {.product = market->product, .importer = market->importer, .origin = market->origin[origin].origin},
        .facts = "",
        .industry = "",
        .in = {true, true},
        .value_eur = {NAN, NAN},
        .rate = {NAN, NAN},
        .change_eur = NAN};
    enum tol_status status = TOL_OK;
    if (isnan(search->change[flow])) {
        status = diff_rate_line(search->diff, search->mover, &line, error);
        search->change[flow] = fabs(line.rate[1] - line.rate[0]);
    }
    double size = weight * market->origin[origin].imports_usd * search->change[flow];
    if (status == TOL_OK && size > search->most) {
        search->most = size;
        *search->line = line;
    }
    return status;
}

/* Weights of flows into a country: the share of the node's inputs that it buys from the seller, by what all of that is worth. */
static double *weights_of(const struct diff *diff, tol_country importer, uint32_t node)
{
    const struct tol_economy *economy = economy_of(diff);
    struct tol_economy_links links = tol_economy_purchases(economy);
    double *weight = calloc(tol_economy_node_count(economy), sizeof *weight);
    double *imports = calloc(tol_economy_node_count(economy), sizeof *imports);
    uint64_t flow = 0;
    for (uint64_t m = 0; imports != NULL && m < tol_market_count(economy); m++) {
        struct tol_market market = tol_market_at(economy, m);
        for (uint32_t o = 0; o < market.origin_count; o++, flow++) {
            uint32_t from = diff->flows->from[flow];
            if (market.importer == importer && from != TOL_ECONOMY_NONE) {
                imports[from] += market.origin[o].imports_usd;
            }
        }
    }
    for (uint64_t i = links.start[node]; weight != NULL && imports != NULL && i < links.start[node + 1]; i++) {
        double all = imports[links.node[i]];
        weight[links.node[i]] = all > 0 ? links.share[i] / all : 0;
    }
    if (imports == NULL) {
        free(weight);
        weight = NULL;
    }
    free(imports);
    return weight;
}

/* A sector that loses orders: what it sells abroad. One that becomes dearer: what its country imports that it needs. */
static enum tol_status search_flows(struct search *search, uint32_t node, tol_country country, bool sells,
                                    struct tol_error *error)
{
    const struct tol_economy *economy = search->economy;
    enum tol_status status = TOL_OK;
    uint64_t flow = 0;
    for (uint64_t m = 0; m < tol_market_count(economy) && status == TOL_OK; m++) {
        struct tol_market market = tol_market_at(economy, m);
        if (!has_region(economy, market.importer) || (!sells && market.importer != country)) {
            flow += market.origin_count;
            continue;
        }
        for (uint32_t o = 0; o < market.origin_count && status == TOL_OK; o++, flow++) {
            uint32_t from = search->from[flow];
            double weight = from == TOL_ECONOMY_NONE ? 0 : sells ? from == node : search->weight[from];
            if (weight > 0) {
                status = look_at(search, &market, o, flow, weight, error);
            }
        }
    }
    return status;
}

static uint32_t node_of_item(const struct tol_economy *economy, const struct diff_item *sector)
{
    uint32_t industries = tol_economy_industry_count(economy);
    uint32_t industry = 0;
    while (industry < industries && strcmp(tol_economy_industry_code(economy, industry), sector->industry) != 0) {
        industry++;
    }
    return industry == industries ? TOL_ECONOMY_NONE
                                  : tol_economy_region(economy, sector->country) * industries + industry;
}

enum tol_status diff_find_flow(const struct diff *diff, const struct diff_mover *mover, const struct diff_item *sector,
                               struct diff_item *line, bool *found, struct tol_error *error)
{
    const struct tol_economy *economy = economy_of(diff);
    uint32_t node = node_of_item(economy, sector);
    bool sells = sector->kind == DIFF_BUYING_SECTOR;
    *found = false;
    if (node == TOL_ECONOMY_NONE) {
        return TOL_OK;
    }
    if (!have_flows(diff, mover->pair)) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    double *weight = sells ? NULL : weights_of(diff, sector->country, node);
    if (!sells && weight == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    struct search search = {.diff = diff,
                            .mover = mover,
                            .economy = economy,
                            .from = diff->flows->from,
                            .change = diff->flows->change[mover->pair],
                            .weight = weight,
                            .kind = sells ? DIFF_SALE : DIFF_PURCHASE,
                            .line = line};
    enum tol_status status = search_flows(&search, node, sector->country, sells, error);
    free(weight);
    *found = search.most > 0;
    /* Both rates, which a flow that was met before does not have. */
    return status == TOL_OK && *found ? diff_rate_line(diff, mover, line, error) : status;
}

bool diff_flows_create(struct diff *diff)
{
    diff->flows = calloc(1, sizeof *diff->flows);
    if (diff->flows != NULL) {
        diff->flows->change = calloc(diff->pair_count + 1, sizeof(double *));
    }
    return diff->flows != NULL && diff->flows->change != NULL;
}

void diff_flows_release(struct diff *diff)
{
    struct diff_flows *flows = diff->flows;
    for (size_t i = 0; flows != NULL && flows->change != NULL && i < diff->pair_count; i++) {
        free(flows->change[i]);
    }
    if (flows != NULL) {
        free(flows->change);
        free(flows->from);
    }
    free(flows);
}
