#include "pipeline.h"

#include <string.h>

#include "measure.h"

/* The sums of one side for every firm, kept whole: what the peer's answer is compared with. */
struct sum_pass {
    const struct bench *bench;
    const struct tol_kernels *kernels;
    const struct side_table *table;
};

static enum tol_status sum_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)worker;
    (void)error;
    const struct sum_pass *pass = context;
    const struct side_table *table = pass->table;
    uint64_t first = pass->bench->block_start[block];
    uint64_t count = pass->bench->block_start[block + 1] - first;
    size_t rows = table->factors * ROWS;
    pass->kernels->gather_sum(count, rows, table->side->line_start + first, table->side->line_cell,
                              table->side->line_value_eur, table->cell_row, table->row,
                              table->sums + first * rows * TOL_LANES);
    return TOL_OK;
}

void bench_sum_all(struct bench *bench, const struct tol_kernels *kernels, const struct side_table *table)
{
    struct sum_pass pass = {bench, kernels, table};
    struct tol_error error;
    if (tol_run_blocks(bench->run, bench->block_count, sum_block, &pass, &error) != TOL_OK) {
        bench_die(&error);
    }
}

/* From sums of firms [first, first + count) to their change of EBITDA. */
void bench_finish_firms(const struct bench *bench, const struct tol_kernels *kernels, uint64_t first, size_t count,
                        const double *sales, const double *purchases, double *outcome, double *result)
{
    const struct tol_firm_inputs *all = &bench->firm;
    struct tol_firm_inputs firm = {all->revenue_eur + first,         all->purchases_eur + first,
                                   all->ebitda_eur + first,          all->interest_eur + first,
                                   all->contribution_margin + first, all->cost_pass_through + first,
                                   all->vulnerability + first};
    kernels->firm_outcome(count, ROWS, &firm, 0.25, sales, purchases, bench->no_chain, bench->no_chain, outcome);
    for (size_t f = 0; f < count; f++) {
        memcpy(result + (first + f) * SCENARIOS,
               outcome + (f * TOL_OUTCOME_COUNT + TOL_OUTCOME_EBITDA_CHANGE) * SCENARIOS, SCENARIOS * sizeof *result);
    }
}

/* The direct pass: lines of the mapped book to every firm's change of EBITDA in memory. */
struct direct_pass {
    const struct bench *bench;
    const struct tol_kernels *kernels;
};

static enum tol_status direct_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)error;
    const struct direct_pass *pass = context;
    const struct bench *bench = pass->bench;
    const struct tol_book_side *sales = bench->sales.side;
    const struct tol_book_side *purchases = bench->purchases.side;
    struct scratch *scratch = &bench->scratch[worker];
    uint64_t end = bench->block_start[block + 1];
    for (uint64_t first = bench->block_start[block]; first < end; first += CHUNK_FIRMS) {
        size_t count = end - first < CHUNK_FIRMS ? (size_t)(end - first) : CHUNK_FIRMS;
        pass->kernels->gather_sum(count, bench->sales.factors * ROWS, sales->line_start + first, sales->line_cell,
                                  sales->line_value_eur, bench->sales.cell_row, bench->sales.row, scratch->sales);
        pass->kernels->gather_sum(count, bench->purchases.factors * ROWS, purchases->line_start + first,
                                  purchases->line_cell, purchases->line_value_eur, bench->purchases.cell_row,
                                  bench->purchases.row, scratch->purchases);
        bench_finish_firms(bench, pass->kernels, first, count, scratch->sales, scratch->purchases, scratch->outcome,
                           bench->result);
    }
    return TOL_OK;
}

double bench_direct_pass(struct bench *bench, const struct tol_kernels *kernels)
{
    struct direct_pass pass = {bench, kernels};
    struct tol_error error;
    double start = bench_now_seconds();
    if (tol_run_blocks(bench->run, bench->block_count, direct_block, &pass, &error) != TOL_OK) {
        bench_die(&error);
    }
    return bench_now_seconds() - start;
}
