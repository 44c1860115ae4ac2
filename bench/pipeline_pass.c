/* The passes over all lines that are timed. */
#include "pipeline.h"

#include <string.h>

/* The one place that calls gather_sum over the lines: firms [first, first + count) of one tile. */
static void gather(const struct tol_kernels *kernels, const struct side_table *table, size_t tile, uint64_t first,
                   size_t count, double *out)
{
    kernels->gather_sum(count, table->factors * table->rows, table->side->line_start + first, table->side->line_cell,
                        table->side->line_value_eur, table->tile[tile].cell_row, table->tile[tile].row, out);
}

/* The same sums from the cut table, as a score makes them. */
static void gather_cut(const struct tol_kernels *kernels, const struct side_table *table, size_t tile, uint64_t first,
                       size_t count, double *out)
{
    kernels->gather_split(count, table->side->line_start + first, table->side->line_cell, table->side->line_value_eur,
                          &table->tile[tile].split, out);
}

static double run_blocks(struct pass_job *job, tol_block_function function)
{
    struct tol_error error;
    double start = bench_now_seconds();
    if (tol_run_blocks(job->run, job->bench->block_count, function, job, &error) != TOL_OK) {
        bench_die(&error);
    }
    return bench_now_seconds() - start;
}

static enum tol_status sum_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)worker;
    (void)error;
    const struct pass_job *job = context;
    const struct side_table *table[2] = {&job->pass->sales, &job->pass->purchases};
    uint64_t first = job->bench->block_start[block];
    size_t count = (size_t)(job->bench->block_start[block + 1] - first);
    for (int side = 0; side < 2; side++) {
        size_t lanes = table[side]->factors * table[side]->rows * TOL_LANES;
        gather(job->kernels, table[side], 0, first, count, job->bench->sums[side] + first * lanes);
    }
    return TOL_OK;
}

double bench_sum_pass(void *context)
{
    return run_blocks(context, sum_block);
}

/* From sums of a chunk to its change of EBITDA, as a score does it. */
static void finish_firms(const struct pass_job *job, uint64_t first, size_t count, size_t tile,
                         const struct scratch *scratch)
{
    const struct bench *bench = job->bench;
    const struct tol_firm_inputs *all = &bench->firm;
    struct tol_firm_inputs firm = {all->revenue_eur + first,         all->purchases_eur + first,
                                   all->ebitda_eur + first,          all->interest_eur + first,
                                   all->contribution_margin + first, all->cost_pass_through + first,
                                   all->vulnerability + first};
    size_t rows = job->pass->sales.rows;
    size_t lanes = rows * TOL_LANES;
    job->kernels->firm_outcome(count, rows, &firm, 0.25, scratch->sales, scratch->purchases, bench->no_chain,
                               bench->no_chain, scratch->outcome);
    for (size_t f = 0; f < count; f++) {
        memcpy(bench->result + (first + f) * SCENARIOS_MAX + tile * TILE_LANES,
               scratch->outcome + (f * TOL_OUTCOME_COUNT + TOL_OUTCOME_EBITDA_CHANGE) * lanes, lanes * sizeof(double));
    }
}

/* Profit from one factor of each side. */
static void finish_one_factor(const struct pass_job *job, uint64_t first, size_t count, const struct scratch *scratch)
{
    const struct tol_firm_inputs *all = &job->bench->firm;
    for (size_t f = 0; f < count; f++) {
        double margin = all->contribution_margin[first + f];
        double own_part = 1 - all->cost_pass_through[first + f];
        const double *volume = scratch->sales + f * TILE_LANES;
        const double *cost = scratch->purchases + f * TILE_LANES;
        double *result = job->bench->result + (first + f) * SCENARIOS_MAX;
        for (size_t l = 0; l < TILE_LANES; l++) {
            result[l] = margin * volume[l] - own_part * cost[l];
        }
    }
}

/* Tile by tile, so that a tile's table stays in the cache while the block's lines pass. */
static enum tol_status direct_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)error;
    const struct pass_job *job = context;
    const struct pass *pass = job->pass;
    struct scratch *scratch = &job->bench->scratch[worker];
    uint64_t end = job->bench->block_start[block + 1];
    for (size_t tile = 0; tile < pass->sales.tile_count; tile++) {
        for (uint64_t first = job->bench->block_start[block]; first < end; first += CHUNK_FIRMS) {
            size_t count = end - first < CHUNK_FIRMS ? (size_t)(end - first) : CHUNK_FIRMS;
            gather_cut(job->kernels, &pass->sales, tile, first, count, scratch->sales);
            gather_cut(job->kernels, &pass->purchases, tile, first, count, scratch->purchases);
            if (pass->sales.factors == 1) {
                finish_one_factor(job, first, count, scratch);
            } else {
                finish_firms(job, first, count, tile, scratch);
            }
        }
    }
    return TOL_OK;
}

double bench_direct_pass(void *context)
{
    return run_blocks(context, direct_block);
}
