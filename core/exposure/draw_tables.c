/* Factor tables of the draws, for as many tiles of lanes at a time as fit in the budget. */
#include "exposure/draws.h"

#define ROWS_PER_BLOCK 64

struct filling {
    struct tol_draw_job *job;
    uint64_t blocks[TOL_SIDE_COUNT]; /* of one tile */
    size_t tiles;
};

static size_t group_lanes(const struct tol_draw_job *job)
{
    return job->group_tiles * TOL_DRAW_TILE_LANES;
}

static size_t tile_bytes(const struct tol_draw_job *job)
{
    size_t rows = (size_t)job->side[TOL_SALES].row_count * TOL_DRAW_SALES_FACTOR_COUNT +
                  job->side[TOL_PURCHASES].row_count + job->market_count;
    return rows * TOL_DRAW_TILE_LANES * sizeof(double);
}

enum tol_status tol_draw_tables_open(struct tol_draw_job *job, struct tol_error *error)
{
    size_t tiles = tol_draw_memory(job->options) / 3 * 2 / tile_bytes(job);
    tiles = tiles < 1 ? 1 : tiles;
    job->group_tiles = tiles < job->lanes->tile_count ? tiles : job->lanes->tile_count;
    size_t lanes = group_lanes(job);
    job->log_market = tol_keep_array(&job->keep, job->market_count, lanes * sizeof(double));
    job->power = tol_keep_array(&job->keep, job->workers, job->power_size * sizeof(double));
    bool fits = job->log_market != NULL && job->power != NULL;
    for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
        job->table[side] = tol_keep_array(&job->keep, (size_t)job->side[side].row_count * tol_draw_factors(side),
                                          lanes * sizeof(double));
        fits = fits && job->table[side] != NULL;
    }
    return fits ? TOL_OK : tol_fail(error, TOL_NO_MEMORY, "out of memory for the factor tables of the draws");
}

static double *table_of(const struct tol_draw_job *job, enum tol_side side, size_t tile)
{
    size_t tile_size = (size_t)job->side[side].row_count * tol_draw_factors(side) * TOL_DRAW_TILE_LANES;
    return job->table[side] + (tile - job->group_first) * tile_size;
}

const double *tol_draw_table(const struct tol_draw_job *job, enum tol_side side, size_t tile)
{
    return table_of(job, side, tile);
}

/* The same response, from a later lane on. */
static struct tol_draw_response from_lane(const struct tol_draw_response *response, size_t lane)
{
    struct tol_draw_response later = *response;
    later.scale += lane;
    later.rho += lane;
    return later;
}

static enum tol_status price_market(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)error;
    const struct filling *filling = context;
    struct tol_draw_job *job = filling->job;
    const struct tol_draw_market *market = &job->market[block];
    if (!market->moves) {
        return TOL_OK;
    }
    size_t first_row = job->group_first * TOL_DRAW_TILE_ROWS;
    size_t rows = filling->tiles * TOL_DRAW_TILE_ROWS;
    rows = rows < job->lanes->row_count - first_row ? rows : job->lanes->row_count - first_row;
    const struct tol_draw_response response = from_lane(&market->response, first_row * TOL_LANES);
    job->plan->kernels->draw_market(market->origin_count, rows, job->world_count, job->world + first_row * TOL_LANES,
                                    market->log_g, market->share, market->home_share, &response,
                                    job->power + worker * job->power_size, job->log_market + block * group_lanes(job));
    return TOL_OK;
}

static void fill_rows(const struct tol_draw_job *job, enum tol_side which, size_t tile, uint32_t first, uint32_t count)
{
    const struct tol_draw_side *side = &job->side[which];
    size_t lane = tile * TOL_DRAW_TILE_LANES;
    size_t rows = tol_draw_tile_rows(job->lanes, tile);
    struct tol_draw_cell cell[ROWS_PER_BLOCK];
    for (uint32_t i = 0; i < count; i++) {
        uint32_t market = side->row_market[first + i];
        cell[i] = side->row[first + i];
        cell[i].response = from_lane(&cell[i].response, lane);
        cell[i].log_market = market == 0 ? NULL
                                         : job->log_market + (market - 1) * group_lanes(job) +
                                               (tile - job->group_first) * TOL_DRAW_TILE_LANES;
    }
    double *to = table_of(job, which, tile) + first * tol_draw_factors(which) * rows * TOL_LANES;
    if (which == TOL_SALES) {
        job->plan->kernels->draw_sales(count, rows, job->world + lane, cell, to);
    } else {
        job->plan->kernels->draw_purchases(count, rows, job->world + lane, cell, to);
    }
}

static enum tol_status fill_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)worker;
    (void)error;
    const struct filling *filling = context;
    uint64_t of_tile = filling->blocks[TOL_SALES] + filling->blocks[TOL_PURCHASES];
    size_t tile = filling->job->group_first + block / of_tile;
    uint64_t at = block % of_tile;
    enum tol_side side = at < filling->blocks[TOL_SALES] ? TOL_SALES : TOL_PURCHASES;
    uint32_t first = (uint32_t)(at - (side == TOL_SALES ? 0 : filling->blocks[TOL_SALES])) * ROWS_PER_BLOCK;
    uint32_t left = filling->job->side[side].row_count - first;
    fill_rows(filling->job, side, tile, first, left < ROWS_PER_BLOCK ? left : ROWS_PER_BLOCK);
    return TOL_OK;
}

enum tol_status tol_draw_tables_fill(struct tol_draw_job *job, size_t first_tile, struct tol_error *error)
{
    if (job->group_made && job->group_first == first_tile) {
        return TOL_OK;
    }
    job->group_first = first_tile;
    job->group_made = true;
    size_t left = job->lanes->tile_count - first_tile;
    struct filling filling = {.job = job, .tiles = left < job->group_tiles ? left : job->group_tiles};
    for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
        filling.blocks[side] = (job->side[side].row_count + ROWS_PER_BLOCK - 1) / ROWS_PER_BLOCK;
    }
    enum tol_status status = tol_run_blocks(job->run, job->market_count, price_market, &filling, error);
    uint64_t blocks = filling.tiles * (filling.blocks[TOL_SALES] + filling.blocks[TOL_PURCHASES]);
    return status == TOL_OK ? tol_run_blocks(job->run, blocks, fill_block, &filling, error) : status;
}
