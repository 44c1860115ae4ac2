/* One block: the markets of one importer for the goods of one industry. So every node's sums are made by one block, in the order of
 * the markets, whatever the number of threads. */
#include "exposure/markets.h"

#include <math.h>
#include <string.h>

#include "exposure/rates.h"
#include "exposure/sector_shock.h"
#include "exposure/sector_store.h"

/* Arrays of one worker, for the origins of one market and the home producers after them. */
struct stall {
    struct tol_rate_desk desk;
    struct tol_rates *rates; /* [origins][world_count] */
    tol_country *origin;     /* [origins] */
    double *base_rate;       /* [origins + 1][tile lanes] */
    double *new_rate;
    double *power;
    double *sales;     /* [origins + 1][TOL_SALES_FACTOR_COUNT][tile lanes] */
    double *purchases; /* [origins][TOL_PURCHASE_FACTOR_COUNT][tile lanes] */
    double *share;     /* [origins + 1] */
    double *value_usd; /* [origins + 1] */
    double *heard_usd; /* [origins + 1] value whose change reaches the sellers' suppliers */
    uint32_t *region;  /* [origins + 1] */
    const double **log_market;
    struct tol_response *response; /* [origins + 1] */
    double *region_usd;            /* [region] of the industry's goods */
    double *sums;                  /* [tile][2][region][lanes of the tile]: revenue changes, then cost rises */
};

struct fair {
    struct tol_plan *plan;
    struct tol_sector_shock *shock;
    struct tol_keep keep;
    uint32_t origins;   /* of the largest market */
    uint32_t *industry; /* [market] */
    uint32_t *importer; /* [market] its place in the shock's list */
    struct tol_facts no_facts;
    struct stall *stall; /* [workers] */
};

struct tol_response tol_response_of(const struct tol_plan *plan, tol_product product, bool *estimated)
{
    struct tol_market_response of = tol_market_response(plan->parameters, &plan->settings, product);
    return (struct tol_response){
        .rho = of.border_pass_through,
        .eta = of.market_elasticity,
        .sigma = tol_elasticity(plan->parameters, &plan->settings, product, estimated),
    };
}

uint64_t tol_markets_slot(const struct tol_plan *plan, const struct tol_cell *cell)
{
    uint64_t market;
    bool found = plan->economy != NULL && tol_product_digits(cell->product) >= 6 &&
                 tol_market_find(plan->economy, cell->importer, cell->product, &market);
    return found ? market : TOL_NO_MARKET;
}

static size_t tile_lanes(const struct tol_plan *plan, size_t tile)
{
    return plan->tile[tile].row_count * TOL_LANES;
}

const double *tol_markets_row(const struct tol_plan *plan, size_t tile, uint64_t market)
{
    return market == TOL_NO_MARKET ? NULL : plan->tile[tile].log_market + market * tile_lanes(plan, tile);
}

/* ---- one market ------------------------------------------------------------------------------------------------ */

static enum tol_status ask_duties(const struct fair *fair, const struct tol_market *market, struct stall *stall,
                                  struct tol_error *error)
{
    const struct tol_cell cell = {.product = market->product, .importer = market->importer};
    for (uint32_t k = 0; k < market->origin_count; k++) {
        stall->origin[k] = market->origin[k].origin;
    }
    return tol_rates_ask_origins(fair->plan, &stall->desk, &cell, market->origin_count, stall->origin, stall->rates,
                                 error);
}

/* Value supplied at home for every value imported: h / (1 - h). A market that lives of home goods alone imports nothing to weigh it by. */
static double home_value_usd(const struct tol_market *market)
{
    return market->home_share > 0 && market->home_share < 1
               ? market->imports_usd * (market->home_share / (1 - market->home_share))
               : 0;
}

/* Origins, then the home producers, whose goods bear no duty. */
static void lay_out(const struct fair *fair, const struct tol_market *market, uint32_t importer, struct stall *stall)
{
    const struct tol_plan *plan = fair->plan;
    double home_share = market->home_share > 0 ? market->home_share : 0;
    bool estimated;
    struct tol_response response = tol_response_of(plan, market->product, &estimated);
    for (uint32_t k = 0; k < market->origin_count; k++) {
        stall->share[k] = (1 - home_share) * market->origin[k].import_share;
        stall->value_usd[k] = market->origin[k].imports_usd;
        stall->region[k] = tol_economy_region(plan->economy, market->origin[k].origin);
        stall->response[k] = response;
    }
    stall->share[market->origin_count] = home_share;
    memcpy(stall->heard_usd, stall->value_usd, market->origin_count * sizeof *stall->heard_usd);
    stall->value_usd[market->origin_count] = home_value_usd(market);
    stall->heard_usd[market->origin_count] = plan->settings.home_gain * home_value_usd(market);
    stall->region[market->origin_count] = fair->shock->region[importer];
    stall->response[market->origin_count] = response;
}

static void price_market(const struct fair *fair, const struct tol_market *market, uint64_t number, size_t tile,
                         struct stall *stall)
{
    const struct tol_plan *plan = fair->plan;
    size_t lanes = tile_lanes(plan, tile);
    size_t rows = plan->tile[tile].row_count;
    uint32_t origins = market->origin_count;
    double *log_market = plan->tile[tile].log_market + number * lanes;
    for (uint32_t k = 0; k < origins; k++) {
        tol_rates_spread(plan, tile, stall->rates + (size_t)k * plan->world_count, stall->base_rate + k * lanes,
                         stall->new_rate + k * lanes);
    }
    memset(stall->base_rate + origins * lanes, 0, lanes * sizeof(double));
    memset(stall->new_rate + origins * lanes, 0, lanes * sizeof(double));
    plan->kernels->market_price(origins, rows, stall->base_rate, stall->new_rate, stall->share, stall->share[origins],
                                stall->response, stall->power, log_market);
    for (uint32_t k = 0; k <= origins; k++) {
        stall->log_market[k] = log_market;
    }
    plan->kernels->ces_sales(origins + 1, rows, stall->base_rate, stall->new_rate, stall->log_market, stall->response,
                             stall->sales);
    plan->kernels->ces_purchases(origins, rows, stall->base_rate, stall->new_rate, stall->response, stall->purchases);
}

/* Adds a market's answers to the sums of its sellers, [region][lanes]. */
static void add_to_nodes(const struct fair *fair, uint32_t origins, size_t tile, const struct stall *stall,
                         double *revenue_change, double *cost_rise)
{
    const struct tol_kernels *kernels = fair->plan->kernels;
    size_t lanes = tile_lanes(fair->plan, tile);
    size_t rows = fair->plan->tile[tile].row_count;
    kernels->scatter_add(rows, origins + 1, stall->region, stall->heard_usd, stall->sales + TOL_SALES_PRICE_CUT * lanes,
                         TOL_SALES_FACTOR_COUNT * lanes, revenue_change);
    kernels->scatter_add(rows, origins + 1, stall->region, stall->heard_usd, stall->sales + TOL_SALES_VOLUME * lanes,
                         TOL_SALES_FACTOR_COUNT * lanes, revenue_change);
    kernels->scatter_add(rows, origins, stall->region, stall->value_usd,
                         stall->purchases + TOL_PURCHASE_COST_RISE * lanes, TOL_PURCHASE_FACTOR_COUNT * lanes,
                         cost_rise);
}

/* ---- one industry's markets ------------------------------------------------------------------------------------ */

static double *shock_row(const struct fair *fair, double *const *array, size_t tile, uint32_t importer, uint32_t node)
{
    size_t nodes = tol_economy_node_count(fair->plan->economy);
    return array[tile] + (importer * nodes + node) * tile_lanes(fair->plan, tile);
}

/* Part of what a node sells into an importer that its goods are: their imports against the table's sales, services among them. The years differ, so more
 * than all of it is all of it. Home producers' goods are weighed by the table itself. */
static double part_traded(const struct fair *fair, uint32_t importer, uint32_t node, double goods_usd)
{
    const struct tol_economy *economy = fair->plan->economy;
    uint32_t region = fair->shock->region[importer];
    double sold_usd = 1e6 * tol_economy_output_musd(economy)[node] * tol_sectors_share_sold(economy, node, region);
    bool home = node / tol_economy_industry_count(economy) == region;
    return home || goods_usd >= sold_usd ? 1 : goods_usd / sold_usd;
}

/* Sums to means, spread from [region] to the nodes of the industry. */
static void write_means(const struct fair *fair, uint32_t importer, uint32_t industry, size_t tile,
                        const struct stall *stall, const double *sum, double *const *array)
{
    const struct tol_economy *economy = fair->plan->economy;
    size_t lanes = tile_lanes(fair->plan, tile);
    for (uint32_t r = 0; r < tol_economy_region_count(economy); r++) {
        uint32_t node = r * tol_economy_industry_count(economy) + industry;
        double *to = shock_row(fair, array, tile, importer, node);
        double goods_usd = stall->region_usd[r];
        double part = goods_usd > 0 ? part_traded(fair, importer, node, goods_usd) : 0;
        for (size_t l = 0; l < lanes; l++) {
            to[l] = goods_usd > 0 ? part * (sum[r * lanes + l] / goods_usd) : 0;
        }
    }
}

static double *sums_of(const struct fair *fair, size_t tile, bool cost, const struct stall *stall)
{
    size_t regions = tol_economy_region_count(fair->plan->economy);
    size_t before = tile * TOL_TILE_ROWS * TOL_LANES;
    return stall->sums + 2 * regions * before + (cost ? regions * tile_lanes(fair->plan, tile) : 0);
}

static enum tol_status price_industry(const struct fair *fair, uint32_t importer, uint32_t industry,
                                      struct stall *stall, struct tol_error *error)
{
    const struct tol_plan *plan = fair->plan;
    uint64_t market_count = tol_market_count(plan->economy);
    for (uint64_t m = 0; m < market_count; m++) {
        if (fair->industry[m] != industry || fair->importer[m] != importer) {
            continue;
        }
        struct tol_market market = tol_market_at(plan->economy, m);
        enum tol_status status = ask_duties(fair, &market, stall, error);
        if (status != TOL_OK) {
            return status;
        }
        lay_out(fair, &market, importer, stall);
        for (uint32_t k = 0; k <= market.origin_count && industry != TOL_ECONOMY_NONE; k++) {
            stall->region_usd[stall->region[k]] += stall->value_usd[k];
        }
        for (size_t tile = 0; tile < plan->tile_count; tile++) {
            price_market(fair, &market, m, tile, stall);
            if (industry != TOL_ECONOMY_NONE) {
                add_to_nodes(fair, market.origin_count, tile, stall, sums_of(fair, tile, false, stall),
                             sums_of(fair, tile, true, stall));
            }
        }
    }
    return TOL_OK;
}

/* Block: importer x industry, and one more industry for markets whose goods have none. */
static enum tol_status price_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    const struct fair *fair = context;
    const struct tol_plan *plan = fair->plan;
    struct stall *stall = &fair->stall[worker];
    uint32_t industries = tol_economy_industry_count(plan->economy);
    uint32_t importer = (uint32_t)(block / (industries + 1));
    uint32_t industry = (uint32_t)(block % (industries + 1));
    size_t regions = tol_economy_region_count(plan->economy);
    memset(stall->region_usd, 0, regions * sizeof *stall->region_usd);
    memset(stall->sums, 0, 2 * regions * plan->lane_count * sizeof *stall->sums);
    enum tol_status status =
        price_industry(fair, importer, industry == industries ? TOL_ECONOMY_NONE : industry, stall, error);
    for (size_t tile = 0; tile < plan->tile_count && industry < industries && status == TOL_OK; tile++) {
        write_means(fair, importer, industry, tile, stall, sums_of(fair, tile, false, stall),
                    fair->shock->revenue_change);
        write_means(fair, importer, industry, tile, stall, sums_of(fair, tile, true, stall), fair->shock->cost_rise);
    }
    return status;
}

/* ---- all of them ----------------------------------------------------------------------------------------------- */

static bool allocate_stall(struct fair *fair, struct stall *stall)
{
    const struct tol_plan *plan = fair->plan;
    struct tol_keep *keep = &fair->keep;
    const size_t lanes = TOL_TILE_ROWS * TOL_LANES;
    size_t suppliers = (size_t)fair->origins + 1;
    size_t regions = tol_economy_region_count(plan->economy);
    stall->rates = tol_keep_array(keep, suppliers * plan->world_count, sizeof *stall->rates);
    stall->origin = tol_keep_array(keep, suppliers, sizeof *stall->origin);
    stall->base_rate = tol_keep_array(keep, suppliers * lanes, sizeof(double));
    stall->new_rate = tol_keep_array(keep, suppliers * lanes, sizeof(double));
    stall->power = tol_keep_array(keep, suppliers * lanes, sizeof(double));
    stall->sales = tol_keep_array(keep, suppliers * TOL_SALES_FACTOR_COUNT * lanes, sizeof(double));
    stall->purchases = tol_keep_array(keep, suppliers * TOL_PURCHASE_FACTOR_COUNT * lanes, sizeof(double));
    stall->share = tol_keep_array(keep, suppliers, sizeof(double));
    stall->value_usd = tol_keep_array(keep, suppliers, sizeof(double));
    stall->heard_usd = tol_keep_array(keep, suppliers, sizeof(double));
    stall->region = tol_keep_array(keep, suppliers, sizeof *stall->region);
    stall->log_market = tol_keep_array(keep, suppliers, sizeof *stall->log_market);
    stall->response = tol_keep_array(keep, suppliers, sizeof *stall->response);
    stall->region_usd = tol_keep_array(keep, regions, sizeof(double));
    stall->sums = tol_keep_array(keep, 2 * regions * plan->lane_count, sizeof(double));
    bool fits = stall->rates != NULL && stall->origin != NULL && stall->base_rate != NULL && stall->new_rate != NULL &&
                stall->power != NULL && stall->sales != NULL && stall->purchases != NULL && stall->share != NULL &&
                stall->value_usd != NULL && stall->heard_usd != NULL && stall->region != NULL &&
                stall->log_market != NULL && stall->response != NULL && stall->region_usd != NULL &&
                stall->sums != NULL && tol_rate_desk_set(plan, keep, suppliers, &stall->desk);
    for (uint32_t w = 0; fits && w < plan->world_count; w++) {
        stall->desk.facts[w] = &fair->no_facts;
    }
    return fits;
}

/* Distinct importers, the industry of each market, the size of the largest. */
static bool look_around(struct fair *fair)
{
    const struct tol_economy *economy = fair->plan->economy;
    struct tol_sector_shock *shock = fair->shock;
    uint64_t count = tol_market_count(economy);
    fair->industry = tol_keep_array(&fair->keep, count, sizeof *fair->industry);
    fair->importer = tol_keep_array(&fair->keep, count, sizeof *fair->importer);
    shock->importer = tol_keep_array(&shock->keep, count, sizeof *shock->importer);
    shock->region = tol_keep_array(&shock->keep, count, sizeof *shock->region);
    if (fair->industry == NULL || fair->importer == NULL || shock->importer == NULL || shock->region == NULL) {
        return false;
    }
    for (uint64_t m = 0; m < count; m++) {
        struct tol_market market = tol_market_at(economy, m);
        fair->industry[m] = tol_economy_industry_of_product(economy, market.product);
        fair->origins = market.origin_count > fair->origins ? market.origin_count : fair->origins;
        if (shock->importer_count == 0 || shock->importer[shock->importer_count - 1] != market.importer) {
            shock->importer[shock->importer_count] = market.importer;
            shock->region[shock->importer_count++] = tol_economy_region(economy, market.importer);
        }
        fair->importer[m] = shock->importer_count - 1;
    }
    return true;
}

static bool allocate(struct fair *fair, unsigned workers)
{
    struct tol_plan *plan = fair->plan;
    struct tol_sector_shock *shock = fair->shock;
    if (!look_around(fair)) {
        return false;
    }
    size_t nodes = (size_t)shock->importer_count * tol_economy_node_count(plan->economy);
    shock->revenue_change = tol_keep_array(&shock->keep, plan->tile_count, sizeof *shock->revenue_change);
    shock->cost_rise = tol_keep_array(&shock->keep, plan->tile_count, sizeof *shock->cost_rise);
    fair->stall = tol_keep_zeroed(&fair->keep, workers, sizeof *fair->stall);
    if (shock->revenue_change == NULL || shock->cost_rise == NULL || fair->stall == NULL) {
        return false;
    }
    for (size_t t = 0; t < plan->tile_count; t++) {
        size_t lanes = tile_lanes(plan, t);
        shock->revenue_change[t] = tol_keep_zeroed(&shock->keep, nodes, lanes * sizeof(double));
        shock->cost_rise[t] = tol_keep_zeroed(&shock->keep, nodes, lanes * sizeof(double));
        if (shock->revenue_change[t] == NULL || shock->cost_rise[t] == NULL) {
            return false;
        }
    }
    for (unsigned i = 0; i < workers; i++) {
        if (!allocate_stall(fair, &fair->stall[i])) {
            return false;
        }
    }
    return true;
}

enum tol_status tol_sector_shock_make(struct tol_plan *plan, struct tol_run *run, struct tol_sector_shock *shock,
                                      struct tol_error *error)
{
    struct fair fair = {.plan = plan, .shock = shock, .keep = {.allocator = plan->keep.allocator}};
    enum tol_status status;
    if (!allocate(&fair, run == NULL ? 1 : tol_run_threads(run))) {
        status = tol_fail(error, TOL_NO_MEMORY, "out of memory for the markets");
    } else {
        uint64_t blocks = (uint64_t)shock->importer_count * (tol_economy_industry_count(plan->economy) + 1);
        status = tol_run_blocks(run, blocks, price_block, &fair, error);
    }
    tol_keep_release(&fair.keep);
    return status;
}

static bool allocate_markets(struct tol_plan *plan)
{
    for (size_t t = 0; t < plan->tile_count; t++) {
        plan->tile[t].log_market =
            tol_keep_zeroed(&plan->keep, tol_market_count(plan->economy), tile_lanes(plan, t) * sizeof(double));
        if (plan->tile[t].log_market == NULL) {
            return false;
        }
    }
    return true;
}

/* Markets and network anew, and kept. */
static enum tol_status make_answers(struct tol_plan *plan, struct tol_run *run, struct tol_error *error)
{
    struct tol_sector_shock shock = {.keep = {.allocator = plan->keep.allocator}};
    /* A plan of one firm is the only one whose caller has not read the whole economy through. */
    enum tol_status status = plan->member != NULL ? tol_economy_verify(plan->economy, error) : TOL_OK;
    if (status == TOL_OK) {
        status = tol_sector_shock_make(plan, run, &shock, error);
    }
    if (status == TOL_OK) {
        status = tol_sectors_solve(plan, &shock, run, error);
    }
    tol_keep_release(&shock.keep);
    if (status == TOL_OK) {
        status = tol_sectors_finish(plan, error);
    }
    if (status == TOL_OK && plan->store != NULL) {
        tol_sector_store_save(plan, plan->store);
    }
    return status;
}

enum tol_status tol_markets_price(struct tol_plan *plan, struct tol_run *run, struct tol_error *error)
{
    if (plan->economy == NULL || tol_economy_node_count(plan->economy) == 0) {
        return TOL_OK;
    }
    if (!tol_sectors_begin(plan) || !allocate_markets(plan)) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for markets and sector network");
    }
    if (plan->store == NULL || !tol_sector_store_load(plan, plan->store)) {
        return make_answers(plan, run, error);
    }
    return plan->member != NULL ? TOL_OK : tol_sectors_finish(plan, error);
}
