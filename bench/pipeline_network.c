/* One tier of the network of firms: every firm gathers what its counterparts hand on (16 lanes), takes it in and hands on its part. Peers multiply the
 * matrix of links by the shares only. */
#include "pipeline.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINKS_PER_BLOCK = 50000 };

struct network {
    struct bench *bench;
    struct tol_run *run;
    const struct tol_kernels *kernels;
    int gather_only;
    uint64_t block_count;
    uint64_t *block_start;          /* multiples of 64 */
    double *share;                  /* [firm][TILE_LANES] what counterparts hand on */
    struct tol_chain_terms term;    /* the same as it travels */
    struct tol_chain_terms next[2]; /* by side; rows [firm][TILE_LANES] */
    double *total[2];
    double *unit[2]; /* [firm] */
    double *passed;  /* [firm] */
};

static const struct tol_book_side *side_of(const struct network *network, int side)
{
    return &network->bench->book->side[side == 0 ? TOL_SALES : TOL_PURCHASES];
}

/* Shares without a pattern in [0, 0.1), the same in every run. */
static void fill_shares(double *share, size_t count)
{
    uint64_t state = 20260101;
    for (size_t i = 0; i < count; i++) {
        state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        share[i] = (double)(state >> 11) * 0x1p-53 * 0.1;
    }
}

static struct tol_chain_terms new_terms(uint64_t firms)
{
    return (struct tol_chain_terms){.row = bench_allocate(firms * TILE_LANES * sizeof(double)),
                                    .wide = bench_allocate((firms + 63) / 64 * sizeof(uint64_t))};
}

static void free_terms(struct tol_chain_terms *terms)
{
    free(terms->row);
    free(terms->wide);
}

/* A term in quanta, whatever form its row has. */
static double term_at(const struct tol_chain_terms *terms, uint64_t firm, size_t lane)
{
    const double *row = terms->row + firm * TILE_LANES;
    return (terms->wide[firm / 64] >> firm % 64 & 1) != 0 ? row[lane] : ((const int32_t *)row)[lane];
}

/* A link weighs its part of what its firm names. */
static double *units_of(const struct tol_book_side *side, uint64_t firms)
{
    double *unit = bench_allocate(firms * sizeof *unit);
    for (uint64_t f = 0; f < firms; f++) {
        double total = 0;
        for (uint64_t i = side->link_start[f]; i < side->link_start[f + 1]; i++) {
            total += side->link_value_eur[i];
        }
        unit[f] = total > 0 ? 1 / total : 0;
    }
    return unit;
}

static void open_network(struct network *network, struct bench *bench)
{
    uint64_t firms = bench->book->firm_count;
    size_t size = firms * TILE_LANES * sizeof(double);
    *network = (struct network){.bench = bench, .run = bench->run, .kernels = tol_kernels_best()};
    network->block_start = bench_allocate((firms + 1) * sizeof *network->block_start);
    network->block_count = tol_blocks_balance(firms, side_of(network, 0)->link_start, side_of(network, 1)->link_start,
                                              LINKS_PER_BLOCK, network->block_start, firms);
    for (uint64_t block = 1; block < network->block_count; block++) {
        network->block_start[block] -= network->block_start[block] % 64;
    }
    network->share = bench_allocate(size);
    fill_shares(network->share, firms * TILE_LANES);
    network->term = new_terms(firms);
    memset(network->term.wide, 0xff, (firms + 63) / 64 * sizeof(uint64_t));
    for (uint64_t i = 0; i < firms * TILE_LANES; i++) {
        network->term.row[i] = trunc(network->share[i] / TOL_CHAIN_QUANTUM);
    }
    network->passed = bench_allocate(firms * sizeof *network->passed);
    for (uint64_t f = 0; f < firms; f++) {
        network->passed[f] = 0.5;
    }
    for (int side = 0; side < 2; side++) {
        network->next[side] = new_terms(firms);
        network->total[side] = bench_allocate(size);
        network->unit[side] = units_of(side_of(network, side), firms);
    }
}

static void close_network(struct network *network)
{
    free(network->block_start);
    free(network->share);
    free_terms(&network->term);
    free(network->passed);
    for (int side = 0; side < 2; side++) {
        free_terms(&network->next[side]);
        free(network->total[side]);
        free(network->unit[side]);
    }
}

/* What the peers compute too: the sums alone, into the rows of next. */
static void gather_block(const struct network *network, uint64_t first, uint64_t end)
{
    for (int s = 0; s < 2; s++) {
        const struct tol_book_side *side = side_of(network, s);
        network->kernels->gather_sum((size_t)(end - first), TILE_ROWS, side->link_start + first, side->link_firm,
                                     side->link_value_eur, NULL, network->share,
                                     network->next[s].row + first * TILE_LANES);
    }
}

static enum tol_status sweep_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)worker;
    (void)error;
    const struct network *network = context;
    uint64_t first = network->block_start[block], end = network->block_start[block + 1];
    if (network->gather_only) {
        gather_block(network, first, end);
        return TOL_OK;
    }
    for (int s = 0; s < 2; s++) {
        const struct tol_book_side *side = side_of(network, s);
        const struct tol_chain_links links = {.start = side->link_start,
                                              .other = side->link_firm,
                                              .value = side->link_value_eur,
                                              .unit = network->unit[s],
                                              .passed = network->passed};
        network->kernels->chain_sweep(first, end, TILE_ROWS, &links, &network->term, &network->next[s],
                                      network->total[s]);
    }
    return TOL_OK;
}

static double sweep(void *context)
{
    struct network *network = context;
    struct tol_error error;
    double start = bench_now_seconds();
    if (tol_run_blocks(network->run, network->block_count, sweep_block, network, &error) != TOL_OK) {
        bench_die(&error);
    }
    return bench_now_seconds() - start;
}

static const char *const matrix_names[2] = {"sales_links", "purchases_links"};

static void give(struct network *network, struct product_peer *peer)
{
    uint64_t firms = network->bench->book->firm_count;
    struct product_table table = {firms, TILE_LANES, network->share};
    int failed = peer->take_table(peer->self, "shares", &table) < 0;
    for (int s = 0; s < 2 && !failed; s++) {
        const struct tol_book_side *side = side_of(network, s);
        struct product_matrix matrix = {firms, firms, side->link_start, side->link_firm, side->link_value_eur};
        failed = peer->take_matrix(peer->self, matrix_names[s], &matrix) < 0;
    }
    if (failed) {
        bench_fail("%s did not take the network", peer->name);
    }
}

/* The sums against every peer's, then what the step makes of them. */
static void verify(struct network *network)
{
    struct bench *bench = network->bench;
    size_t count = bench->book->firm_count * TILE_LANES;
    double *theirs = bench_allocate(count * sizeof *theirs);
    network->gather_only = 1;
    sweep(network);
    for (size_t i = 0; i < bench->peer_count; i++) {
        for (int s = 0; s < 2; s++) {
            char what[128];
            snprintf(what, sizeof what, "%s, %s", bench->peer[i]->name, matrix_names[s]);
            memset(theirs, 0, count * sizeof *theirs);
            if (bench->peer[i]->result(bench->peer[i]->self, matrix_names[s], "shares", theirs, count) < 0) {
                bench_fail("%s gave no result", what);
            }
            bench_compare(what, count, network->next[s].row, theirs, 1e-9);
        }
    }
    double *sums = theirs;
    memcpy(sums, network->next[0].row, count * sizeof *sums);
    network->gather_only = 0;
    sweep(network);
    double *handed = bench_allocate(count * sizeof *handed);
    for (size_t i = 0; i < count; i++) {
        sums[i] *= network->unit[0][i / TILE_LANES] * 0.5;
        handed[i] = term_at(&network->next[0], i / TILE_LANES, i % TILE_LANES) * TOL_CHAIN_QUANTUM;
    }
    bench_compare("what firms hand on, by the formula", count, handed, sums, 1e-9);
    free(handed);
    free(theirs);
}

/* Links are read; of every firm and side the sums are written, and the totals read and written. */
static struct job_limits limits_of(const struct network *network, double links)
{
    const struct limit_loops *loops = limit_loops_named(network->kernels->isa);
    uint64_t firms = network->bench->book->firm_count;
    double row_bytes = TILE_LANES * sizeof(double);
    struct job_limits limits = {.gather_name = "random row reads",
                                .row_name = {NULL, "limit_random_rows_sales", "limit_random_rows_purchases"}};
    limits.read_bytes = links * (sizeof(uint32_t) + sizeof(double)) + 2 * (double)firms * row_bytes * 3;
    limits.limit[0] = limit_read(network->run, loops, network->total[0], firms * TILE_LANES * sizeof(double));
    for (int s = 0; s < 2; s++) {
        limits.gather_bytes[s] = (double)side_of(network, s)->link_count * row_bytes;
        struct limit_picks picks = {side_of(network, s)->link_firm, side_of(network, s)->link_count, NULL};
        limits.limit[1 + s] = limit_gather(network->run, loops, (uint32_t)firms, TILE_LANES, &picks);
    }
    return limits;
}

static void measure(struct network *network, size_t peer_count)
{
    struct bench *bench = network->bench;
    double links = (double)(side_of(network, 0)->link_count + side_of(network, 1)->link_count);
    struct product_job product[PEERS_MAX];
    struct bench_contender contender[1 + PEERS_MAX + JOB_LIMITS] = {
        {.name = "network_sweep", .run = sweep, .context = network}};
    for (size_t i = 0; i < peer_count; i++) {
        product[i] = (struct product_job){bench->peer[i], {matrix_names[0], matrix_names[1]}, {"shares", "shares"}, 2};
        contender[1 + i] =
            (struct bench_contender){.name = bench->peer[i]->name, .run = bench_product, .context = &product[i]};
    }
    struct job_limits limits = limits_of(network, links);
    bench_limits_join(&limits, contender + 1 + peer_count);
    unsigned rounds = bench_rounds(contender, 1 + peer_count + JOB_LIMITS, bench->options.rounds);
    struct bench_result result = {.name = "network_sweep",
                                  .ours_seconds = contender[0].median,
                                  .units = links,
                                  .unit = "links",
                                  .isa = network->kernels->isa,
                                  .threads = tol_run_threads(network->run),
                                  .scenarios = TILE_LANES,
                                  .rounds = rounds};
    bench_limits_bounds(&limits, result.bound);
    bench_report(&bench->sheet, &result, contender + 1, peer_count);
    bench_limits_close(&limits, &bench->sheet, &result);
}

void bench_measure_network(struct bench *bench)
{
    struct network network;
    if (bench->book->side[TOL_SALES].link_count + bench->book->side[TOL_PURCHASES].link_count == 0) {
        printf("no firm of this book names another: no network to sweep\n");
        return;
    }
    open_network(&network, bench);
    for (size_t i = 0; i < bench->peer_count; i++) {
        give(&network, bench->peer[i]);
    }
    verify(&network);
    measure(&network, bench->peer_count);
    if (bench->run_one != bench->run) {
        network.run = bench->run_one;
        measure(&network, 0);
    }
    close_network(&network);
}
