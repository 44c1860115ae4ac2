#include "pipeline.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exposure/row_set.h"

/* Sixteen days on which US law stood differently. */
const char *const bench_scenario_days[SCENARIOS] = {
    "2025-02-10", "2025-03-05", "2025-03-13", "2025-04-04", "2025-04-08", "2025-04-12", "2025-05-20", "2025-06-10",
    "2025-07-01", "2025-08-10", "2025-09-20", "2025-11-12", "2025-12-01", "2026-01-20", "2026-03-01", "2026-05-01"};

void bench_die(const struct tol_error *error)
{
    fprintf(stderr, "bench: %s%s%s\n", error->file, error->file[0] ? ": " : "", error->message);
    exit((int)error->status);
}

void *bench_allocate(size_t size)
{
    const struct tol_allocator *allocator = tol_allocator_default();
    void *memory = allocator->allocate(allocator->context, size, 64);
    if (memory == NULL) {
        fprintf(stderr, "bench: out of memory for %zu bytes\n", size);
        exit(TOL_NO_MEMORY);
    }
    memset(memory, 0, size);
    return memory;
}

/* Every line is priced as if it went into the United States, so that no side's factors are all 0. */
static double rate_of(const struct bench *bench, const struct tol_cell *cell, const struct tol_facts *facts, tol_day on)
{
    struct tol_rate_query query = {
        .into = 'U' << 8 | 'S', .from = cell->origin, .product = cell->product, .on = on, .facts = facts};
    struct tol_rate_total total;
    tol_law_total(bench->law, &query, &total);
    return isnan(total.central) ? 0 : total.central;
}

void bench_price(struct bench *bench, struct side_table *table, const struct tol_book_side *side, const char *name,
                 size_t factors)
{
    size_t lanes = ROWS * TOL_LANES;
    double *base = bench_allocate(side->cell_count * lanes * sizeof *base);
    double *changed = bench_allocate(side->cell_count * lanes * sizeof *changed);
    struct tol_response *response = bench_allocate(side->cell_count * sizeof *response);
    const double **log_market = bench_allocate(side->cell_count * sizeof *log_market); /* NULL: no markets */
    struct tol_settings settings = tol_settings_default();
    tol_day baseline = 0;
    tol_day on[SCENARIOS];
    int days_read = tol_day_parse("2025-01-01", &baseline);
    for (size_t i = 0; i < SCENARIOS; i++) {
        days_read &= tol_day_parse(bench_scenario_days[i], &on[i]);
    }
    for (uint64_t c = 0; c < side->cell_count && days_read; c++) {
        const struct tol_cell *cell = &side->cell[c];
        struct tol_facts facts;
        struct tol_error error;
        if (tol_facts_parse(bench->law, tol_book_facts(bench->book, cell->facts), &facts, &error) != TOL_OK) {
            bench_die(&error);
        }
        bool estimated;
        const struct tol_market_response of = tol_market_response(bench->parameters, &settings, cell->product);
        response[c] = (struct tol_response){
            .rho = of.border_pass_through,
            .sigma = tol_elasticity(bench->parameters, &settings, cell->product, &estimated),
            .eta = of.market_elasticity,
        };
        double base_rate = rate_of(bench, cell, &facts, baseline);
        for (size_t lane = 0; lane < lanes; lane++) {
            base[c * lanes + lane] = base_rate;
            changed[c * lanes + lane] = rate_of(bench, cell, &facts, on[lane]);
        }
    }
    size_t row_bytes = factors * lanes * sizeof(double);
    *table = (struct side_table){.side = side,
                                 .factors = factors,
                                 .factor = bench_allocate(side->cell_count * row_bytes),
                                 .cell_row = bench_allocate(side->cell_count * sizeof(uint32_t)),
                                 .sums = bench_allocate(bench->book->firm_count * row_bytes),
                                 .name = name};
    const struct tol_kernels *kernels = tol_kernels_best();
    if (factors == TOL_SALES_FACTOR_COUNT) {
        kernels->ces_sales(side->cell_count, ROWS, base, changed, log_market, response, table->factor);
    } else {
        kernels->ces_purchases(side->cell_count, ROWS, base, changed, response, table->factor);
    }
    struct tol_keep keep = {.allocator = tol_allocator_default()};
    table->row = tol_rows_distinct(&keep, table->factor, side->cell_count, row_bytes, table->cell_row);
    if (table->row == NULL) {
        fprintf(stderr, "bench: out of memory for the factor rows\n");
        exit(TOL_NO_MEMORY);
    }
    free(base);
    free(changed);
    free(response);
    free(log_market);
}

/* The firms' numbers as the kernel wants them; what is missing takes a fixed value, since only speed is at stake. */
void bench_prepare_firms(struct bench *bench)
{
    uint64_t count = bench->book->firm_count;
    double *column[3];
    const double *given[3] = {bench->book->firm_number[TOL_PURCHASES_TOTAL],
                              bench->book->firm_number[TOL_CONTRIBUTION_MARGIN],
                              bench->book->firm_number[TOL_COST_PASS_THROUGH]};
    const double otherwise[3] = {0, 0.3, 0};
    for (int i = 0; i < 3; i++) {
        column[i] = bench_allocate(count * sizeof(double));
        for (uint64_t f = 0; f < count; f++) {
            column[i][f] = isnan(given[i][f]) ? otherwise[i] : given[i][f];
        }
    }
    double *ones = bench_allocate(count * sizeof *ones);
    for (uint64_t f = 0; f < count; f++) {
        ones[f] = 1;
    }
    bench->firm = (struct tol_firm_inputs){bench->book->firm_number[TOL_REVENUE],
                                           column[0],
                                           bench->book->firm_number[TOL_EBITDA],
                                           bench->book->firm_number[TOL_INTEREST],
                                           column[1],
                                           column[2],
                                           ones};
    bench->result = bench_allocate(count * SCENARIOS * sizeof *bench->result);
    bench->no_chain = bench_allocate(CHUNK_FIRMS * SCENARIOS * sizeof *bench->no_chain);
    unsigned threads = tol_run_threads(bench->run);
    bench->scratch = bench_allocate(threads * sizeof *bench->scratch);
    for (unsigned i = 0; i < threads; i++) {
        bench->scratch[i].sales = bench_allocate(CHUNK_FIRMS * TOL_SALES_FACTOR_COUNT * SCENARIOS * sizeof(double));
        bench->scratch[i].purchases =
            bench_allocate(CHUNK_FIRMS * TOL_PURCHASE_FACTOR_COUNT * SCENARIOS * sizeof(double));
        bench->scratch[i].outcome = bench_allocate(CHUNK_FIRMS * TOL_OUTCOME_COUNT * SCENARIOS * sizeof(double));
    }
}

void bench_open(struct bench *bench)
{
    struct tol_error error;
    char tables[4096];
    struct tol_run_options run_options = {bench->options.threads, true};
    struct tol_topology topology;
    if (!tol_tables_find(tables, sizeof tables)) {
        fprintf(stderr, "bench: no compiled tables found: run ./dev build\n");
        exit(TOL_NO_INPUT);
    }
    if (tol_law_open(tables, &bench->law, &error) != TOL_OK ||
        tol_parameters_open(tables, &bench->parameters, &error) != TOL_OK ||
        tol_book_open(bench->options.book, &bench->book, &error) != TOL_OK ||
        tol_book_verify(bench->book, &error) != TOL_OK || tol_run_create(&run_options, &bench->run, &error) != TOL_OK ||
        tol_topology_read(&topology, &error) != TOL_OK) {
        bench_die(&error);
    }
    memcpy(bench->cpu, topology.cpu_model, sizeof bench->cpu);
    uint64_t capacity = bench->book->firm_count;
    bench->block_start = bench_allocate((capacity + 1) * sizeof *bench->block_start);
    bench->block_count =
        tol_blocks_balance(bench->book->firm_count, bench->book->side[TOL_SALES].line_start,
                           bench->book->side[TOL_PURCHASES].line_start, 50000, bench->block_start, capacity);
    bench->json = json_array();
    printf("%s, %u of %u cores, %" PRIu64 " firms, %" PRIu64 " sales lines on %" PRIu64 " cells, %" PRIu64
           " purchase lines on %" PRIu64 " cells, %d scenarios\n",
           bench->cpu, tol_run_threads(bench->run), topology.cores, bench->book->firm_count,
           bench->book->side[TOL_SALES].line_count, bench->book->side[TOL_SALES].cell_count,
           bench->book->side[TOL_PURCHASES].line_count, bench->book->side[TOL_PURCHASES].cell_count, SCENARIOS);
}

void bench_close(struct bench *bench)
{
    json_decref(bench->json);
    tol_run_destroy(bench->run);
    tol_book_close(bench->book);
    tol_parameters_close(bench->parameters);
    tol_law_close(bench->law);
}
