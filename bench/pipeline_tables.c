/* Duties, and the factor tables that they make. */
#include "pipeline.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const bench_scenario_days[SCENARIOS_MAX] = {
    "2025-02-10", "2025-03-05", "2025-03-13", "2025-04-04", "2025-04-08", "2025-04-12", "2025-05-20", "2025-06-10",
    "2025-07-01", "2025-08-10", "2025-09-20", "2025-11-12", "2025-12-01", "2026-01-20", "2026-03-01", "2026-05-01",
    "2025-01-27", "2025-02-03", "2025-02-17", "2025-02-24", "2025-03-03", "2025-03-10", "2025-03-17", "2025-03-24",
    "2025-03-31", "2025-04-07", "2025-04-14", "2025-04-21", "2025-04-28", "2025-05-05", "2025-05-12", "2025-05-19",
    "2025-05-26", "2025-06-02", "2025-06-09", "2025-06-16", "2025-06-23", "2025-06-30", "2025-07-07", "2025-07-14",
    "2025-07-21", "2025-07-28", "2025-08-04", "2025-08-11", "2025-08-18", "2025-08-25", "2025-09-01", "2025-09-08",
    "2025-09-15", "2025-09-22", "2025-09-29", "2025-10-06", "2025-10-13", "2025-10-20", "2025-10-27", "2025-11-03",
    "2025-11-10", "2025-11-17", "2025-11-24", "2025-12-08", "2025-12-15", "2025-12-22", "2025-12-29", "2026-01-05"};

enum { CELLS_PER_BLOCK = 256 };

struct price_job {
    const struct bench *bench;
    struct priced_side *priced;
    tol_day day[SCENARIOS_MAX + 1]; /* the last is the baseline */
};

static double rate_of(const struct tol_rate_total *total)
{
    return isnan(total->central) ? 0 : total->central;
}

static enum tol_status price_cell(const struct price_job *job, uint64_t c, struct tol_error *error)
{
    const struct bench *bench = job->bench;
    const struct tol_cell *cell = &job->priced->side->cell[c];
    struct tol_settings settings = tol_settings_default();
    struct tol_facts facts;
    enum tol_status status = tol_facts_parse(bench->law, tol_book_facts(bench->book, cell->facts), &facts, error);
    if (status != TOL_OK) {
        return status;
    }
    struct tol_rate_query query = {
        .into = 'U' << 8 | 'S', .from = cell->origin, .product = cell->product, .facts = &facts};
    struct tol_rate_total total[SCENARIOS_MAX + 1];
    tol_law_totals(bench->law, &query, SCENARIOS_MAX + 1, job->day, total);
    for (size_t i = 0; i < SCENARIOS_MAX; i++) {
        job->priced->changed[c * SCENARIOS_MAX + i] = rate_of(&total[i]);
    }
    job->priced->base[c] = rate_of(&total[SCENARIOS_MAX]);
    bool estimated;
    const struct tol_market_response of = tol_market_response(bench->parameters, &settings, cell->product);
    job->priced->response[c] =
        (struct tol_response){.rho = of.border_pass_through,
                              .sigma = tol_elasticity(bench->parameters, &settings, cell->product, &estimated),
                              .eta = of.market_elasticity};
    return TOL_OK;
}

static enum tol_status price_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)worker;
    const struct price_job *job = context;
    uint64_t end = (block + 1) * CELLS_PER_BLOCK;
    enum tol_status status = TOL_OK;
    for (uint64_t c = block * CELLS_PER_BLOCK; c < end && c < job->priced->side->cell_count && status == TOL_OK; c++) {
        status = price_cell(job, c, error);
    }
    return status;
}

static struct priced_side price_side(const struct bench *bench, const char *name, enum tol_side side, size_t factors)
{
    const struct tol_book_side *of = &bench->book->side[side];
    struct priced_side priced = {.name = name,
                                 .side = of,
                                 .factors = factors,
                                 .base = bench_allocate(of->cell_count * sizeof(double)),
                                 .changed = bench_allocate(of->cell_count * SCENARIOS_MAX * sizeof(double)),
                                 .response = bench_allocate(of->cell_count * sizeof(struct tol_response))};
    struct price_job job = {.bench = bench, .priced = &priced};
    for (size_t i = 0; i <= SCENARIOS_MAX; i++) {
        if (!tol_day_parse(i < SCENARIOS_MAX ? bench_scenario_days[i] : "2025-01-01", &job.day[i])) {
            bench_fail("a day of the list does not parse");
        }
    }
    struct tol_error error;
    uint64_t blocks = (of->cell_count + CELLS_PER_BLOCK - 1) / CELLS_PER_BLOCK;
    if (tol_run_blocks(bench->run, blocks, price_block, &job, &error) != TOL_OK) {
        bench_die(&error);
    }
    return priced;
}

void bench_price(struct bench *bench)
{
    bench->sales = price_side(bench, "sales", TOL_SALES, TOL_SALES_FACTOR_COUNT);
    bench->purchases = price_side(bench, "purchases", TOL_PURCHASES, TOL_PURCHASE_FACTOR_COUNT);
}

/* What the sectors hand on is not the bench's to solve: a quarter of the volume or cost stands for it, so that the row is not 0. */
static void fill_chain(double *factor, uint64_t cells, size_t factors, size_t lanes, size_t from, size_t chain)
{
    for (uint64_t c = 0; c < cells; c++) {
        for (size_t l = 0; l < lanes; l++) {
            factor[(c * factors + chain) * lanes + l] = -0.25 * factor[(c * factors + from) * lanes + l];
        }
    }
}

/* Factors of scenarios [first, first + lanes), those from `scenarios` on without a change. */
static double *make_factors(const struct priced_side *priced, unsigned first, size_t rows, unsigned scenarios)
{
    uint64_t cells = priced->side->cell_count;
    size_t lanes = rows * TOL_LANES;
    double *base = bench_allocate(cells * lanes * sizeof *base);
    double *changed = bench_allocate(cells * lanes * sizeof *changed);
    double *factor = bench_allocate(cells * priced->factors * lanes * sizeof *factor);
    const double **no_market = bench_allocate(cells * sizeof *no_market); /* P is 1 */
    for (uint64_t c = 0; c < cells; c++) {
        for (size_t l = 0; l < lanes; l++) {
            base[c * lanes + l] = priced->base[c];
            changed[c * lanes + l] =
                first + l < scenarios ? priced->changed[c * SCENARIOS_MAX + first + l] : priced->base[c];
        }
    }
    const struct tol_kernels *kernels = tol_kernels_best();
    if (priced->factors == TOL_SALES_FACTOR_COUNT) {
        kernels->ces_sales(cells, rows, base, changed, no_market, priced->response, factor);
        fill_chain(factor, cells, priced->factors, lanes, TOL_SALES_VOLUME, TOL_SALES_CHAIN);
    } else {
        kernels->ces_purchases(cells, rows, base, changed, priced->response, factor);
        fill_chain(factor, cells, priced->factors, lanes, TOL_PURCHASE_COST_RISE, TOL_PURCHASE_CHAIN);
    }
    free(base);
    free(changed);
    free(no_market);
    return factor;
}

struct row_order {
    const char *factor;
    size_t row_bytes;
};

static int compare_rows(const void *a, const void *b, void *context)
{
    const struct row_order *order = context;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int sign = memcmp(order->factor + x * order->row_bytes, order->factor + y * order->row_bytes, order->row_bytes);
    return sign != 0 ? sign : (x > y) - (x < y);
}

/* Rows with the same bits become one, numbered in the order in which the cells come. Returns how many there are. */
static uint32_t number_rows(struct row_order *order, uint32_t cells, uint32_t *cell_row, uint32_t *first_cell)
{
    uint32_t *sorted = bench_allocate(cells * sizeof *sorted);
    for (uint32_t c = 0; c < cells; c++) {
        sorted[c] = c;
    }
    qsort_r(sorted, cells, sizeof *sorted, compare_rows, order);
    uint32_t first = 0;
    for (uint32_t i = 0; i < cells; i++) {
        const char *row = order->factor + sorted[i] * order->row_bytes;
        if (i == 0 || memcmp(order->factor + first * order->row_bytes, row, order->row_bytes) != 0) {
            first = sorted[i];
        }
        cell_row[sorted[i]] = first;
    }
    free(sorted);
    uint32_t count = 0;
    for (uint32_t c = 0; c < cells; c++) {
        if (cell_row[c] == c) {
            first_cell[count] = c;
            cell_row[c] = count++;
        } else {
            cell_row[c] = cell_row[cell_row[c]];
        }
    }
    return count;
}

static void cut_tile(struct side_table *table, size_t tile)
{
    const struct tol_split_source source = {.row = table->tile[tile].row,
                                            .count = table->tile[tile].row_count,
                                            .factor_count = table->factors,
                                            .row_count = table->rows,
                                            .cell_row = table->tile[tile].cell_row,
                                            .cell_count = table->side->cell_count,
                                            .line_cell = table->side->line_cell,
                                            .line_count = table->side->line_count};
    if (!tol_split_make(&table->keep, &source, &table->tile[tile].split)) {
        bench_fail("out of memory for the cut tables");
    }
}

static void set_tile(struct side_table *table, size_t tile, const double *factor)
{
    uint32_t cells = (uint32_t)table->side->cell_count;
    struct row_order order = {(const char *)factor, table->factors * table->rows * TOL_LANES * sizeof(double)};
    uint32_t *first_cell = bench_allocate(cells * sizeof *first_cell);
    uint32_t *cell_row = bench_allocate(cells * sizeof *cell_row);
    uint32_t count = number_rows(&order, cells, cell_row, first_cell);
    table->tile[tile].cell_row = cell_row;
    table->tile[tile].row_count = count;
    table->tile[tile].row = bench_allocate(count * order.row_bytes);
    for (uint32_t row = 0; row < count; row++) {
        memcpy((char *)table->tile[tile].row + row * order.row_bytes, order.factor + first_cell[row] * order.row_bytes,
               order.row_bytes);
    }
    free(first_cell);
    cut_tile(table, tile);
}

static struct side_table make_table(const struct priced_side *priced, unsigned scenarios)
{
    struct side_table table = {
        .side = priced->side, .factors = priced->factors, .keep = {.allocator = tol_allocator_default()}};
    table.rows = scenarios <= TOL_LANES ? 1 : TILE_ROWS;
    table.tile_count = (scenarios + table.rows * TOL_LANES - 1) / (table.rows * TOL_LANES);
    for (size_t tile = 0; tile < table.tile_count; tile++) {
        double *factor = make_factors(priced, (unsigned)(tile * TILE_LANES), table.rows, scenarios);
        set_tile(&table, tile, factor);
        if (tile == 0) {
            table.factor = factor;
        } else {
            free(factor);
        }
    }
    return table;
}

struct pass bench_pass_make(const struct bench *bench, unsigned scenarios)
{
    return (struct pass){scenarios, make_table(&bench->sales, scenarios), make_table(&bench->purchases, scenarios)};
}

static struct side_table one_factor(const struct side_table *whole, size_t factor)
{
    struct side_table table = {.side = whole->side,
                               .factors = 1,
                               .rows = whole->rows,
                               .tile_count = 1,
                               .keep = {.allocator = tol_allocator_default()}};
    size_t lanes = whole->rows * TOL_LANES;
    table.factor = bench_allocate(whole->side->cell_count * lanes * sizeof(double));
    for (uint64_t c = 0; c < whole->side->cell_count; c++) {
        memcpy(table.factor + c * lanes, whole->factor + (c * whole->factors + factor) * lanes, lanes * sizeof(double));
    }
    set_tile(&table, 0, table.factor);
    return table;
}

struct pass bench_pass_one_factor(const struct pass *whole)
{
    return (struct pass){whole->scenarios, one_factor(&whole->sales, TOL_SALES_VOLUME),
                         one_factor(&whole->purchases, TOL_PURCHASE_COST_RISE)};
}

static void release_table(struct side_table *table)
{
    for (size_t tile = 0; tile < table->tile_count; tile++) {
        free(table->tile[tile].cell_row);
        free(table->tile[tile].row);
    }
    tol_keep_release(&table->keep);
    free(table->factor);
}

void bench_pass_release(struct pass *pass)
{
    release_table(&pass->sales);
    release_table(&pass->purchases);
}

double bench_pass_line_rows(const struct pass *pass)
{
    return (double)pass->sales.side->line_count * (double)(pass->sales.factors * pass->sales.tile_count) +
           (double)pass->purchases.side->line_count * (double)(pass->purchases.factors * pass->purchases.tile_count);
}
