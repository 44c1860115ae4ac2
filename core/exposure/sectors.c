/* The sector network: what customers drop reaches their suppliers, what suppliers raise reaches their customers, until nothing is left
 * to hand on. Firms of the portfolio hang on it where their own counterparts are not known. */
#include <string.h>

#include "exposure/chain.h"
#include "exposure/markets.h"
#include "exposure/sector_shock.h"

struct solving {
    struct tol_plan *plan;
    const struct tol_sector_shock *shock;
    struct tol_keep keep;
    double *passed;               /* [node] kappa */
    struct tol_chain_terms *term; /* [tile][side] work space [node][lanes] */
    struct tol_chain_terms *next;
};

/* Buyers of each use, as compressed rows. */
struct uses {
    struct tol_keep keep;
    uint64_t *start; /* [use_count + 1] */
    uint32_t *node;
    double *share;
};

static size_t tile_lanes(const struct tol_plan *plan, size_t tile)
{
    return plan->tile[tile].row_count * TOL_LANES;
}

/* ---- what duties do directly ----------------------------------------------------------------------------------- */

double tol_sectors_share_sold(const struct tol_economy *economy, uint32_t node, uint32_t region)
{
    struct tol_economy_links sales = tol_economy_sales(economy);
    uint32_t industries = tol_economy_industry_count(economy);
    double share = tol_economy_final_share(economy)[node * (size_t)tol_economy_region_count(economy) + region];
    for (uint64_t i = sales.start[node]; i < sales.start[node + 1]; i++) {
        share += sales.node[i] / industries == region ? sales.share[i] : 0;
    }
    return share;
}

/* Only an importer with a region of its own: what one country does is not done by the rest of the world. */
static bool stands_for_region(const struct solving *solving, uint32_t importer)
{
    const struct tol_sector_shock *shock = solving->shock;
    return tol_economy_region_country(solving->plan->economy, shock->region[importer]) == shock->importer[importer];
}

/* delta0 = -sum over importers of (share of output sold there) (mean revenue change there). */
static void begin_sales(const struct solving *solving, size_t tile, double *term)
{
    const struct tol_economy *economy = solving->plan->economy;
    const struct tol_sector_shock *shock = solving->shock;
    uint32_t nodes = tol_economy_node_count(economy);
    size_t lanes = tile_lanes(solving->plan, tile);
    for (uint32_t n = 0; n < nodes; n++) {
        for (uint32_t i = 0; i < shock->importer_count; i++) {
            double share = stands_for_region(solving, i) ? tol_sectors_share_sold(economy, n, shock->region[i]) : 0;
            const double *change = shock->revenue_change[tile] + ((size_t)i * nodes + n) * lanes;
            for (size_t l = 0; l < lanes; l++) {
                term[n * lanes + l] -= share * change[l];
            }
        }
    }
}

/* c0 of the industries of each importer: shares of their inputs times the rise of what crosses the border. Other countries' purchases
 * have no trade to weigh their duties by. */
static void begin_purchases(const struct solving *solving, size_t tile, double *term)
{
    const struct tol_plan *plan = solving->plan;
    const struct tol_economy *economy = plan->economy;
    struct tol_economy_links links = tol_economy_purchases(economy);
    uint32_t nodes = tol_economy_node_count(economy);
    uint32_t industries = tol_economy_industry_count(economy);
    size_t lanes = tile_lanes(plan, tile);
    for (uint32_t i = 0; i < solving->shock->importer_count; i++) {
        if (!stands_for_region(solving, i)) {
            continue;
        }
        uint32_t first = solving->shock->region[i] * industries;
        plan->kernels->gather_sum(industries, plan->tile[tile].row_count, links.start + first, links.node, links.share,
                                  NULL, solving->shock->cost_rise[tile] + (size_t)i * nodes * lanes,
                                  term + first * lanes);
    }
}

/* ---- along the links ------------------------------------------------------------------------------------------- */

static enum tol_status solve_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)worker;
    const struct solving *solving = context;
    const struct tol_plan *plan = solving->plan;
    enum tol_side side = (enum tol_side)(block % TOL_SIDE_COUNT);
    size_t tile = block / TOL_SIDE_COUNT;
    size_t lanes = tile_lanes(plan, tile);
    uint32_t nodes = tol_economy_node_count(plan->economy);
    struct tol_economy_links links =
        side == TOL_SALES ? tol_economy_sales(plan->economy) : tol_economy_purchases(plan->economy);
    double *term = solving->term[block].row;
    double *direct = plan->tile[tile].node_direct[side];
    memset(direct, 0, nodes * lanes * sizeof *direct);
    memset(plan->tile[tile].node_indirect[side], 0, nodes * lanes * sizeof *direct);
    (side == TOL_SALES ? begin_sales : begin_purchases)(solving, tile, direct);
    for (uint32_t n = 0; n < nodes; n++) {
        for (size_t l = n * lanes; l < (n + 1) * lanes; l++) {
            term[l] = tol_chain_quanta(side == TOL_SALES ? direct[l] : solving->passed[n] * direct[l]);
        }
    }
    struct tol_chain chain = {
        .kernels = plan->kernels,
        .node_count = nodes,
        .row_count = plan->tile[tile].row_count,
        .links = {.start = links.start,
                  .other = links.node,
                  .value = links.share,
                  .passed = side == TOL_SALES ? NULL : solving->passed},
        .tiers = TOL_TIERS_ALL,
        .term = solving->term[block],
        .next = solving->next[block],
        .total = plan->tile[tile].node_indirect[side],
    };
    return tol_chain_run(&chain, NULL, NULL, error);
}

/* ---- what the buyers of a market drop -------------------------------------------------------------------------- */

/* Buyers of a node's goods in a region, each with its part of all use there; the rest is final demand, which drops nothing. */
static void list_buyers(const struct tol_economy *economy, uint32_t node, uint32_t region, struct uses *uses,
                        uint64_t *count)
{
    struct tol_economy_links sales = tol_economy_sales(economy);
    uint32_t industries = tol_economy_industry_count(economy);
    double all = tol_sectors_share_sold(economy, node, region);
    for (uint64_t i = sales.start[node]; i < sales.start[node + 1] && all > 0; i++) {
        if (sales.node[i] / industries == region) {
            uses->node[*count] = sales.node[i];
            uses->share[*count] = sales.share[i] / all;
            ++*count;
        }
    }
}

static size_t place_count(const struct tol_plan *plan)
{
    return (size_t)tol_economy_node_count(plan->economy) * tol_economy_region_count(plan->economy);
}

/* place: [use_count] of each use; NULL: use i is at place i. */
static bool list_uses(const struct tol_plan *plan, uint64_t use_count, const uint32_t *place, struct uses *uses)
{
    size_t regions = tol_economy_region_count(plan->economy);
    size_t room = (size_t)use_count * tol_economy_industry_count(plan->economy);
    uses->start = tol_keep_zeroed(&uses->keep, use_count + 1, sizeof *uses->start);
    uses->node = tol_keep_array(&uses->keep, room, sizeof *uses->node);
    uses->share = tol_keep_array(&uses->keep, room, sizeof *uses->share);
    if (uses->start == NULL || uses->node == NULL || uses->share == NULL) {
        return false;
    }
    uint64_t count = 0;
    for (uint64_t u = 0; u < use_count; u++) {
        uint64_t at = place != NULL ? place[u] : u;
        list_buyers(plan->economy, (uint32_t)(at / regions), (uint32_t)(at % regions), uses, &count);
        uses->start[u + 1] = count;
    }
    return true;
}

/* Buyers of the uses that the plan asks for. */
static bool list_asked(const struct tol_plan *plan, struct uses *uses)
{
    uint32_t *place = tol_keep_array(&uses->keep, plan->use_count, sizeof *place);
    for (size_t i = 0; place != NULL && i < place_count(plan); i++) {
        if (plan->use_number[i] != 0) {
            place[plan->use_number[i] - 1] = (uint32_t)i;
        }
    }
    return place != NULL && list_uses(plan, plan->use_count, place, uses);
}

static void sum_uses(const struct tol_plan *plan, size_t tile, uint64_t use_count, const struct uses *uses, double *row)
{
    if (use_count > 0) {
        plan->kernels->gather_sum(use_count, plan->tile[tile].row_count, uses->start, uses->node, uses->share, NULL,
                                  plan->tile[tile].node[TOL_SALES], row);
    }
}

double *tol_sectors_all_uses(const struct tol_plan *plan, size_t tile, struct tol_keep *keep)
{
    struct uses uses = {.keep = {.allocator = plan->keep.allocator}};
    double *row = tol_keep_array(keep, place_count(plan), tile_lanes(plan, tile) * sizeof *row);
    bool fits = row != NULL && list_uses(plan, place_count(plan), NULL, &uses);
    if (fits) {
        sum_uses(plan, tile, place_count(plan), &uses, row);
    }
    tol_keep_release(&uses.keep);
    return fits ? row : NULL;
}

uint64_t tol_sectors_place(const struct tol_plan *plan, const struct tol_cell *cell)
{
    const struct tol_economy *economy = plan->economy;
    uint32_t industry = tol_economy_industry_of_product(economy, cell->product);
    if (cell->named || industry == TOL_ECONOMY_NONE) {
        return TOL_NO_MARKET;
    }
    uint32_t node = tol_economy_region(economy, cell->origin) * tol_economy_industry_count(economy) + industry;
    return (uint64_t)node * tol_economy_region_count(economy) + tol_economy_region(economy, cell->importer);
}

static void number_uses(struct tol_plan *plan)
{
    const struct tol_plan_side *sales = &plan->side[TOL_SALES];
    for (uint64_t c = 0; c < sales->cell_count; c++) {
        uint64_t at = tol_sectors_place(plan, &sales->cell[c]);
        if (at != TOL_NO_MARKET && plan->use_number[at] == 0) {
            plan->use_number[at] = (uint32_t)++plan->use_count;
        }
    }
}

const double *tol_sectors_row(const struct tol_plan *plan, enum tol_side side, size_t tile, const struct tol_cell *cell)
{
    if (plan->use_number == NULL) {
        return NULL;
    }
    uint64_t at = tol_sectors_place(plan, cell);
    if (at == TOL_NO_MARKET) {
        return NULL;
    }
    size_t lanes = tile_lanes(plan, tile);
    return side == TOL_SALES
               ? plan->tile[tile].use + (plan->use_number[at] - 1) * lanes
               : plan->tile[tile].node[TOL_PURCHASES] + at / tol_economy_region_count(plan->economy) * lanes;
}

/* ---- all of it ------------------------------------------------------------------------------------------------- */

static double cost_pass_through(const struct tol_plan *plan)
{
    return tol_market_response(plan->parameters, &plan->settings, 0).cost_pass_through;
}

bool tol_sectors_begin(struct tol_plan *plan)
{
    size_t nodes = tol_economy_node_count(plan->economy);
    plan->use_number = tol_keep_zeroed(&plan->keep, place_count(plan), sizeof *plan->use_number);
    if (plan->use_number == NULL) {
        return false;
    }
    number_uses(plan);
    for (size_t t = 0; t < plan->tile_count; t++) {
        struct tol_tile *tile = &plan->tile[t];
        size_t bytes = tile->row_count * TOL_LANES * sizeof(double);
        tile->use = tol_keep_array(&plan->keep, plan->use_count, bytes);
        bool fits = tile->use != NULL;
        for (int side = 0; side < TOL_SIDE_COUNT; side++) {
            tile->node[side] = tol_keep_zeroed(&plan->keep, nodes, bytes);
            tile->node_direct[side] = tol_keep_zeroed(&plan->keep, nodes, bytes);
            tile->node_indirect[side] = tol_keep_zeroed(&plan->keep, nodes, bytes);
            fits = fits && tile->node[side] != NULL && tile->node_direct[side] != NULL &&
                   tile->node_indirect[side] != NULL;
        }
        if (!fits) {
            return false;
        }
    }
    return true;
}

static bool allocate(struct solving *solving)
{
    const struct tol_plan *plan = solving->plan;
    size_t nodes = tol_economy_node_count(plan->economy);
    size_t blocks = plan->tile_count * TOL_SIDE_COUNT;
    solving->passed = tol_keep_array(&solving->keep, nodes, sizeof *solving->passed);
    solving->term = tol_keep_array(&solving->keep, blocks, sizeof *solving->term);
    solving->next = tol_keep_array(&solving->keep, blocks, sizeof *solving->next);
    if (solving->passed == NULL || solving->term == NULL || solving->next == NULL) {
        return false;
    }
    for (size_t b = 0; b < blocks; b++) {
        size_t rows = plan->tile[b / TOL_SIDE_COUNT].row_count;
        if (!tol_chain_terms_make(&solving->keep, nodes, rows, &solving->term[b]) ||
            !tol_chain_terms_make(&solving->keep, nodes, rows, &solving->next[b])) {
            return false;
        }
    }
    for (size_t n = 0; n < nodes; n++) {
        solving->passed[n] = cost_pass_through(plan);
    }
    return true;
}

enum tol_status tol_sectors_solve(struct tol_plan *plan, const struct tol_sector_shock *shock, struct tol_run *run,
                                  struct tol_error *error)
{
    struct solving solving = {.plan = plan, .shock = shock, .keep = {.allocator = plan->keep.allocator}};
    enum tol_status status;
    if (!allocate(&solving)) {
        status = tol_fail(error, TOL_NO_MEMORY, "out of memory for the sector network");
    } else {
        status = tol_run_blocks(run, plan->tile_count * TOL_SIDE_COUNT, solve_block, &solving, error);
    }
    tol_keep_release(&solving.keep);
    return status;
}

/* What sectors answer: SALES the share of its orders one loses; PURCHASES kappa times the share by which it buys dearer. */
static void answer(const struct tol_plan *plan, struct tol_tile *tile, enum tol_side side, uint32_t first,
                   uint32_t count)
{
    double part = side == TOL_SALES ? 1 : cost_pass_through(plan);
    size_t lanes = tile->row_count * TOL_LANES;
    for (size_t i = first * lanes; i < (first + (size_t)count) * lanes; i++) {
        tile->node[side][i] = part * (tile->node_indirect[side][i] + tile->node_direct[side][i]);
    }
}

void tol_sectors_answer(const struct tol_plan *plan, struct tol_tile *tile, enum tol_side side, uint32_t node)
{
    answer(plan, tile, side, node, 1);
}

enum tol_status tol_sectors_finish(struct tol_plan *plan, struct tol_error *error)
{
    struct uses uses = {.keep = {.allocator = plan->keep.allocator}};
    bool fits = list_asked(plan, &uses);
    for (size_t t = 0; t < plan->tile_count && fits; t++) {
        for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
            answer(plan, &plan->tile[t], side, 0, tol_economy_node_count(plan->economy));
        }
        sum_uses(plan, t, plan->use_count, &uses, plan->tile[t].use);
    }
    tol_keep_release(&uses.keep);
    return fits ? TOL_OK : tol_fail(error, TOL_NO_MEMORY, "out of memory for the markets' buyers");
}
