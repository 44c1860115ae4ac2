/* From law to factor tables: every cell is asked for its duty once per distinct law and day. */
#include <math.h>
#include <string.h>

#include "exposure/markets.h"
#include "exposure/plan.h"
#include "exposure/rates.h"
#include "exposure/row_set.h"
#include "exposure/split.h"
#include "exposure/what_if.h"

#define CELLS_PER_BLOCK 256
#define FACTS_PER_BLOCK 1024

/* Arrays of one worker for one block of cells. */
struct bench {
    struct tol_rate_desk desk;
    struct tol_rates *rates; /* [CELLS_PER_BLOCK][world_count] */
    double *base_rate;       /* [CELLS_PER_BLOCK][TOL_TILE_ROWS][TOL_LANES] */
    double *new_rate;
    struct tol_response *response; /* [CELLS_PER_BLOCK] */
    uint64_t *market;              /* [CELLS_PER_BLOCK] */
    const double **log_market;     /* [CELLS_PER_BLOCK] */
    double *own_market;            /* [CELLS_PER_BLOCK][TOL_TILE_ROWS][TOL_LANES] */
    struct tol_what_if_desk what_if;
};

struct pricing {
    struct tol_plan *plan;
    struct tol_keep keep;
    uint32_t facts_table_count;
    struct tol_facts *facts;         /* [facts_table_count][facts_count] */
    struct bench *bench;             /* [workers] */
    uint32_t *notes[TOL_SIDE_COUNT]; /* [cell_count][world_count] */
    uint64_t blocks[TOL_SIDE_COUNT];
};

/* ---- facts ---- */

static enum tol_status parse_facts_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)worker;
    const struct pricing *pricing = context;
    const struct tol_plan *plan = pricing->plan;
    uint64_t end = (block + 1) * FACTS_PER_BLOCK;
    end = end < plan->facts_count ? end : plan->facts_count;
    for (uint32_t i = (uint32_t)(block * FACTS_PER_BLOCK); i < end; i++) {
        const char *text = tol_book_facts(plan->book, plan->facts_text == NULL ? i : plan->facts_text[i]);
        for (uint32_t w = 0; w < plan->world_count; w++) {
            const struct tol_world *world = &plan->world[w];
            struct tol_facts *facts = &pricing->facts[(size_t)world->facts_table * plan->facts_count + i];
            enum tol_status status = tol_facts_parse(world->law, text, facts, error);
            if (status != TOL_OK) {
                return tol_fail_at(error, status, NULL, 0, "facts", text);
            }
        }
    }
    return TOL_OK;
}

/* ---- economics ---- */

/* Elasticities and markets only matter, and are only noted, where a duty changes. */
static void note_where_changed(const struct tol_plan *plan, const struct tol_rates *rates, uint32_t flag,
                               uint32_t *notes)
{
    for (uint32_t w = 1; w < plan->world_count; w++) {
        notes[w] |= tol_rates_change(rates, w) ? flag : 0;
    }
}

static void parameters_of_cell(const struct pricing *pricing, enum tol_side side, const struct tol_cell *cell,
                               struct bench *bench, size_t at, uint32_t *notes)
{
    const struct tol_plan *plan = pricing->plan;
    const struct tol_rates *rates = bench->rates + at * plan->world_count;
    bool estimated = true;
    bench->response[at] = tol_response_of(plan, cell->product, &estimated);
    if (side == TOL_SALES) {
        bench->market[at] = tol_markets_slot(plan, cell);
        if (bench->market[at] == TOL_NO_MARKET) {
            note_where_changed(plan, rates, TOL_FLAG_NO_MARKET, notes);
        }
        if (!estimated) {
            note_where_changed(plan, rates, TOL_FLAG_ELASTICITY_IMPUTED, notes);
        }
    }
}

/* What the sectors of unnamed customers and suppliers do to a line of each cell. */
static void fill_chain(const struct tol_plan *plan, enum tol_side side, size_t tile, uint64_t first_cell, size_t count,
                       double *table)
{
    size_t factor = side == TOL_SALES ? (size_t)TOL_SALES_CHAIN : (size_t)TOL_PURCHASE_CHAIN;
    size_t lane_count = plan->tile[tile].row_count * TOL_LANES;
    for (size_t c = 0; c < count; c++) {
        const double *row = tol_sectors_row(plan, side, tile, &plan->side[side].cell[first_cell + c]);
        double *to = table + (c * tol_side_factors(side) + factor) * lane_count;
        for (size_t l = 0; l < lane_count; l++) {
            to[l] = row != NULL ? row[l] : 0;
        }
    }
}

/* The market's price for a cell: a sale whose own duty nobody knows in a lane is not moved there by its rivals' either. */
static const double *market_row(const struct tol_plan *plan, size_t tile, const struct bench *bench, size_t at)
{
    size_t lane_count = plan->tile[tile].row_count * TOL_LANES;
    const double *row = tol_markets_row(plan, tile, bench->market[at]);
    const struct tol_rates *rates = bench->rates + at * plan->world_count;
    double *own = bench->own_market + at * lane_count;
    bool all = true;
    for (size_t l = 0; l < lane_count && row != NULL; l++) {
        size_t scenario = (tile * TOL_TILE_ROWS * TOL_LANES + l) / TOL_READING_COUNT;
        bool known =
            scenario >= plan->scenario_count || (rates[0].known && rates[plan->scenario_world[scenario]].known);
        own[l] = known ? row[l] : 0;
        all = all && known;
    }
    return row == NULL || all ? row : own;
}

static void fill_tile(const struct tol_plan *plan, enum tol_side side, size_t tile, uint64_t first_cell, size_t count,
                      const struct bench *bench)
{
    size_t row_count = plan->tile[tile].row_count;
    size_t lane_count = row_count * TOL_LANES;
    for (size_t c = 0; c < count; c++) {
        tol_rates_spread(plan, tile, bench->rates + c * plan->world_count, bench->base_rate + c * lane_count,
                         bench->new_rate + c * lane_count);
    }
    double *table = plan->tile[tile].table[side] + first_cell * tol_side_factors(side) * lane_count;
    if (side == TOL_SALES) {
        for (size_t c = 0; c < count; c++) {
            bench->log_market[c] = market_row(plan, tile, bench, c);
        }
        plan->kernels->ces_sales(count, row_count, bench->base_rate, bench->new_rate, bench->log_market,
                                 bench->response, table);
    } else {
        plan->kernels->ces_purchases(count, row_count, bench->base_rate, bench->new_rate, bench->response, table);
    }
    fill_chain(plan, side, tile, first_cell, count, table);
}

static void set_facts(const struct pricing *pricing, const struct tol_cell *cell, struct tol_rate_desk *desk)
{
    const struct tol_plan *plan = pricing->plan;
    for (uint32_t w = 0; w < plan->world_count; w++) {
        desk->facts[w] = &pricing->facts[(size_t)plan->world[w].facts_table * plan->facts_count + cell->facts];
    }
}

static enum tol_status price_what_if(const struct pricing *pricing, enum tol_side side, uint64_t first_cell,
                                     size_t count, struct bench *bench, struct tol_error *error)
{
    const struct tol_plan *plan = pricing->plan;
    enum tol_status status = TOL_OK;
    for (size_t c = 0; c < count && status == TOL_OK; c++) {
        set_facts(pricing, &plan->side[side].cell[first_cell + c], &bench->desk);
        status = tol_what_if_cell(plan, &bench->what_if, &bench->desk, side, first_cell + c,
                                  bench->rates + c * plan->world_count, &bench->response[c], bench->market[c], error);
    }
    return status;
}

static enum tol_status price_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    const struct pricing *pricing = context;
    const struct tol_plan *plan = pricing->plan;
    struct bench *bench = &pricing->bench[worker];
    enum tol_side side = block < pricing->blocks[TOL_SALES] ? TOL_SALES : TOL_PURCHASES;
    uint64_t first = (block - (side == TOL_SALES ? 0 : pricing->blocks[TOL_SALES])) * CELLS_PER_BLOCK;
    uint64_t left = plan->side[side].cell_count - first;
    size_t count = left < CELLS_PER_BLOCK ? (size_t)left : CELLS_PER_BLOCK;
    for (size_t c = 0; c < count; c++) {
        const struct tol_cell *cell = &plan->side[side].cell[first + c];
        uint32_t *notes = pricing->notes[side] + (first + c) * plan->world_count;
        set_facts(pricing, cell, &bench->desk);
        enum tol_status status =
            tol_rates_ask(plan, &bench->desk, cell, bench->rates + c * plan->world_count, notes, error);
        if (status != TOL_OK) {
            return status;
        }
        parameters_of_cell(pricing, side, cell, bench, c, notes);
    }
    for (size_t tile = 0; tile < plan->tile_count; tile++) {
        fill_tile(plan, side, tile, first, count, bench);
    }
    return price_what_if(pricing, side, first, count, bench, error);
}

/* ---- all of it ---- */

static bool allocate_bench(struct pricing *pricing, struct bench *bench)
{
    const size_t lanes = TOL_TILE_ROWS * TOL_LANES;
    struct tol_keep *keep = &pricing->keep;
    bench->rates = tol_keep_array(keep, CELLS_PER_BLOCK * (size_t)pricing->plan->world_count, sizeof *bench->rates);
    bench->base_rate = tol_keep_array(keep, CELLS_PER_BLOCK * lanes, sizeof(double));
    bench->new_rate = tol_keep_array(keep, CELLS_PER_BLOCK * lanes, sizeof(double));
    bench->own_market = tol_keep_array(keep, CELLS_PER_BLOCK * lanes, sizeof(double));
    bench->response = tol_keep_array(keep, CELLS_PER_BLOCK, sizeof *bench->response);
    bench->market = tol_keep_array(keep, CELLS_PER_BLOCK, sizeof *bench->market);
    bench->log_market = tol_keep_array(keep, CELLS_PER_BLOCK, sizeof *bench->log_market);
    return bench->rates != NULL && bench->base_rate != NULL && bench->new_rate != NULL && bench->own_market != NULL &&
           bench->response != NULL && bench->market != NULL && bench->log_market != NULL &&
           tol_rate_desk_set(pricing->plan, keep, 1, &bench->desk) &&
           tol_what_if_desk_set(pricing->plan, keep, &bench->what_if);
}

static size_t row_bytes(const struct tol_plan *plan, enum tol_side side, size_t tile)
{
    return tol_side_factors(side) * plan->tile[tile].row_count * TOL_LANES * sizeof(double);
}

/* One row a cell, for as long as prices are made. */
static bool allocate_tables(struct pricing *pricing)
{
    struct tol_plan *plan = pricing->plan;
    for (size_t t = 0; t < plan->tile_count; t++) {
        for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
            uint64_t cells = plan->side[side].cell_count;
            plan->tile[t].table[side] = tol_keep_array(&pricing->keep, cells, row_bytes(plan, side, t));
            plan->tile[t].cell_row[side] = tol_keep_array(&plan->keep, cells, sizeof(uint32_t));
            if (plan->tile[t].table[side] == NULL || plan->tile[t].cell_row[side] == NULL) {
                return false;
            }
        }
    }
    return true;
}

static bool allocate_pricing(struct pricing *pricing, unsigned workers)
{
    struct tol_plan *plan = pricing->plan;
    for (uint32_t w = 0; w < plan->world_count; w++) {
        uint32_t tables = plan->world[w].facts_table + 1;
        pricing->facts_table_count = tables > pricing->facts_table_count ? tables : pricing->facts_table_count;
    }
    size_t facts = (size_t)pricing->facts_table_count * plan->facts_count;
    pricing->facts = tol_keep_array(&pricing->keep, facts, sizeof *pricing->facts);
    pricing->bench = tol_keep_zeroed(&pricing->keep, workers, sizeof *pricing->bench);
    if (pricing->facts == NULL || pricing->bench == NULL) {
        return false;
    }
    for (unsigned i = 0; i < workers; i++) {
        if (!allocate_bench(pricing, &pricing->bench[i])) {
            return false;
        }
    }
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        uint64_t cells = plan->side[side].cell_count;
        pricing->blocks[side] = (cells + CELLS_PER_BLOCK - 1) / CELLS_PER_BLOCK;
        pricing->notes[side] = tol_keep_array(&pricing->keep, cells, plan->world_count * sizeof(uint32_t));
        plan->side[side].note_class = tol_keep_array(&plan->keep, cells, sizeof(uint32_t));
        if (pricing->notes[side] == NULL || plan->side[side].note_class == NULL) {
            return false;
        }
    }
    return allocate_tables(pricing) && tol_what_if_begin(plan);
}

/* The same rows once more, cut for the passes over the lines. */
static bool split_rows(struct tol_plan *plan, enum tol_side which, struct tol_tile *tile)
{
    const struct tol_plan_side *side = &plan->side[which];
    struct tol_split_source source = {
        .row = tile->table[which],
        .factor_count = tol_side_factors(which),
        .row_count = tile->row_count,
        .cell_row = tile->cell_row[which],
        .cell_count = side->cell_count,
        .line_count = side->line_start[plan->member_count] - side->line_start[0],
    };
    for (uint64_t c = 0; c < side->cell_count; c++) {
        uint32_t number = source.cell_row[c];
        source.count = number >= source.count ? number + 1 : source.count;
    }
    if (source.line_count > 0) {
        source.line_cell = side->line_cell + side->line_start[0];
    }
    return tol_split_make(&plan->keep, &source, &tile->split[which]);
}

/* What the plan keeps of the tables. Sales that meet no changed law, the greater part of most books, all have the row of zeros. */
static bool share_rows(struct tol_plan *plan)
{
    for (size_t t = 0; t < plan->tile_count; t++) {
        struct tol_tile *tile = &plan->tile[t];
        for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
            tile->table[side] = tol_rows_distinct(&plan->keep, tile->table[side], plan->side[side].cell_count,
                                                  row_bytes(plan, side, t), tile->cell_row[side]);
            if (tile->table[side] == NULL || !split_rows(plan, side, tile)) {
                return false;
            }
        }
    }
    return true;
}

static enum tol_status price(struct pricing *pricing, struct tol_run *run, struct tol_error *error)
{
    struct tol_plan *plan = pricing->plan;
    if (!allocate_pricing(pricing, run == NULL ? 1 : tol_run_threads(run))) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for the factor tables of %llu cells and %zu lanes",
                        (unsigned long long)(plan->side[TOL_SALES].cell_count + plan->side[TOL_PURCHASES].cell_count),
                        plan->lane_count);
    }
    uint64_t facts_blocks = ((uint64_t)plan->facts_count + FACTS_PER_BLOCK - 1) / FACTS_PER_BLOCK;
    enum tol_status status = tol_run_blocks(run, facts_blocks, parse_facts_block, pricing, error);
    if (status == TOL_OK) {
        uint64_t blocks = pricing->blocks[TOL_SALES] + pricing->blocks[TOL_PURCHASES];
        status = tol_run_blocks(run, blocks, price_block, pricing, error);
    }
    if (status == TOL_OK && !share_rows(plan)) {
        status = tol_fail(error, TOL_NO_MEMORY, "out of memory for the factor rows");
    }
    return status == TOL_OK ? tol_notes_classify(plan, pricing->notes, error) : status;
}

enum tol_status tol_plan_price(struct tol_plan *plan, struct tol_run *run, struct tol_error *error)
{
    struct pricing pricing = {.plan = plan, .keep = {.allocator = plan->keep.allocator}};
    enum tol_status status = price(&pricing, run, error);
    tol_keep_release(&pricing.keep);
    return status;
}
