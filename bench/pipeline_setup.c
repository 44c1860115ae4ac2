/* Opens what bench_pipeline works on. */
#include "pipeline.h"
#include "program.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void bench_die(const struct tol_error *error)
{
    bench_fail("%s%s%s", error->file, error->file[0] ? ": " : "", error->message);
}

/* The firms' numbers as the kernel wants them; what is missing takes a fixed value, since only speed is at stake. */
static void prepare_firms(struct bench *bench)
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
    const double *const *number = bench->book->firm_number;
    bench->firm = (struct tol_firm_inputs){
        number[TOL_REVENUE], column[0], number[TOL_EBITDA], number[TOL_INTEREST], column[1], column[2], ones};
}

static void allocate_results(struct bench *bench)
{
    uint64_t firms = bench->book->firm_count;
    const size_t factors[2] = {TOL_SALES_FACTOR_COUNT, TOL_PURCHASE_FACTOR_COUNT};
    bench->result = bench_allocate(firms * SCENARIOS_MAX * sizeof *bench->result);
    bench->no_chain = bench_allocate(CHUNK_FIRMS * TILE_LANES * sizeof *bench->no_chain);
    for (int side = 0; side < 2; side++) {
        bench->sums[side] = bench_allocate(firms * factors[side] * TILE_LANES * sizeof(double));
    }
    unsigned threads = tol_run_threads(bench->run);
    bench->scratch = bench_allocate(threads * sizeof *bench->scratch);
    for (unsigned i = 0; i < threads; i++) {
        size_t lanes = (size_t)CHUNK_FIRMS * TILE_LANES * sizeof(double);
        bench->scratch[i] = (struct scratch){bench_allocate(lanes * TOL_SALES_FACTOR_COUNT),
                                             bench_allocate(lanes * TOL_PURCHASE_FACTOR_COUNT),
                                             bench_allocate(lanes * TOL_OUTCOME_COUNT)};
    }
}

static void open_tables(struct bench *bench)
{
    struct tol_error error;
    char tables[4096];
    if (!tol_tables_find(tables, sizeof tables)) {
        bench_fail("no compiled tables found: run ./dev build");
    }
    if (tol_law_open(tables, &bench->law, &error) != TOL_OK ||
        tol_parameters_open(tables, &bench->parameters, &error) != TOL_OK ||
        tol_economy_open(tables, &bench->economy, &error) != TOL_OK ||
        tol_economy_verify(bench->economy, &error) != TOL_OK ||
        tol_book_open(bench->options.book, &bench->book, &error) != TOL_OK ||
        tol_book_verify(bench->book, NULL, &error) != TOL_OK) {
        bench_die(&error);
    }
}

static void say_what(const struct bench *bench, unsigned cores)
{
    const struct tol_book_side *sales = &bench->book->side[TOL_SALES];
    const struct tol_book_side *purchases = &bench->book->side[TOL_PURCHASES];
    printf("%s, %u of %u cores\n%" PRIu64 " firms, %" PRIu64 " sales lines on %" PRIu64 " cells, %" PRIu64
           " purchase lines on %" PRIu64 " cells, %" PRIu64 " links from %" PRIu64 " input lines\n",
           bench->sheet.cpu, tol_run_threads(bench->run), cores, bench->book->firm_count, sales->line_count,
           sales->cell_count, purchases->line_count, purchases->cell_count, sales->link_count + purchases->link_count,
           bench->sheet.lines);
    fflush(stdout);
}

void bench_open(struct bench *bench)
{
    struct tol_error error;
    struct tol_run_options all = {.threads = bench->options.threads, .pin = true};
    struct tol_run_options one = {.threads = 1, .pin = true};
    struct tol_topology topology;
    open_tables(bench);
    if (tol_run_create(&all, &bench->run, &error) != TOL_OK || tol_topology_read(&topology, &error) != TOL_OK) {
        bench_die(&error);
    }
    bench->run_one = bench->run;
    if (tol_run_threads(bench->run) > 1 && tol_run_create(&one, &bench->run_one, &error) != TOL_OK) {
        bench_die(&error);
    }
    bench_sheet_open(&bench->sheet, topology.cpu_model);
    uint64_t capacity = bench->book->firm_count;
    bench->sheet.firms = capacity;
    bench->sheet.lines = bench->book->row_count[1] + bench->book->row_count[2];
    bench->block_start = bench_allocate((capacity + 1) * sizeof *bench->block_start);
    bench->block_count =
        tol_blocks_balance(capacity, bench->book->side[TOL_SALES].line_start,
                           bench->book->side[TOL_PURCHASES].line_start, 50000, bench->block_start, capacity);
    prepare_firms(bench);
    allocate_results(bench);
    say_what(bench, topology.cores);
}

static void add_peer(struct bench *bench, struct product_peer *peer)
{
    if (peer != NULL) {
        bench->peer[bench->peer_count++] = peer;
    }
}

static int is_wanted(const struct bench *bench, const char *name)
{
    const char *peers = bench->options.peers;
    return peers != NULL ? strstr(peers, name) != NULL : strcmp(name, "postgresql") != 0;
}

/* The program, or the script under Debian's Python, which sees Debian's NumPy and SciPy. */
static void add_process(struct bench *bench, const char *name, const char *program, const char *script)
{
    const char *folder = bench->options.scratch;
    static char python[] = "/usr/bin/python3";
    char path[4096], threads[16];
    snprintf(threads, sizeof threads, "%u", tol_run_threads(bench->run));
    if (program != NULL) {
        program_beside(program, path, sizeof path);
        add_peer(bench, product_pipe_open(name, (char *[]){path, (char *)folder, threads, NULL}, folder));
    } else if (bench->options.scripts != NULL) {
        snprintf(path, sizeof path, "%s/%s", bench->options.scripts, script);
        add_peer(bench, product_pipe_open(name, (char *[]){python, path, (char *)folder, threads, NULL}, folder));
    }
}

void bench_open_peers(struct bench *bench)
{
    if (is_wanted(bench, "duckdb")) {
        add_peer(bench, product_duckdb_open(tol_run_threads(bench->run)));
    }
    if (is_wanted(bench, "graphblas")) {
        add_process(bench, "GraphBLAS", "graphblas_peer", NULL);
    }
    if (is_wanted(bench, "scipy")) {
        add_process(bench, "SciPy", NULL, "scipy_peer.py");
    }
    if (is_wanted(bench, "postgresql")) {
        add_process(bench, "PostgreSQL", NULL, "postgres_peer.py");
    }
}

void bench_close(struct bench *bench)
{
    for (size_t i = 0; i < bench->peer_count; i++) {
        product_peer_close(bench->peer[i]);
    }
    if (bench->run_one != bench->run) {
        tol_run_destroy(bench->run_one);
    }
    tol_run_destroy(bench->run);
    tol_book_close(bench->book);
    tol_economy_close(bench->economy);
    tol_parameters_close(bench->parameters);
    tol_law_close(bench->law);
}
