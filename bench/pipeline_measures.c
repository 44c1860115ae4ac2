/* The direct pass against peers: their sums and ours are compared, what follows from the sums too, and then all take turns. */
#include "pipeline.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COMPARED_AT_ONCE = 16 };

void bench_compare(const char *what, size_t count, const double *ours, const double *theirs, double tolerance)
{
    double worst = 0;
    for (size_t first = 0; first < count; first += COMPARED_AT_ONCE) {
        double scale = 0;
        double difference = 0;
        for (size_t i = first; i < count && i < first + COMPARED_AT_ONCE; i++) {
            scale = fmax(scale, fabs(theirs[i]));
            difference = fmax(difference, fabs(ours[i] - theirs[i]));
            if (isnan(ours[i]) != isnan(theirs[i])) {
                difference = INFINITY;
            }
        }
        worst = difference == 0 ? worst : fmax(worst, difference / scale);
    }
    if (!(worst <= tolerance)) {
        bench_fail("%s: results differ by %g relative: not timed", what, worst);
    }
    printf("%s: %zu results agree within %.1e relative\n", what, count, worst);
}

double bench_product(void *context)
{
    struct product_job *job = context;
    double sum = 0;
    for (unsigned i = 0; i < job->count; i++) {
        double seconds = job->peer->multiply(job->peer->self, job->matrix[i], job->table[i]);
        if (seconds < 0) {
            return -1;
        }
        sum += seconds;
    }
    return sum;
}

static struct product_matrix matrix_of(const struct bench *bench, const struct tol_book_side *side)
{
    return (struct product_matrix){bench->book->firm_count, side->cell_count, side->line_start, side->line_cell,
                                   side->line_value_eur};
}

static struct product_table table_of(const struct side_table *table)
{
    return (struct product_table){table->side->cell_count, table->factors * table->rows * TOL_LANES, table->factor};
}

static void give_side(struct bench *bench, struct product_peer *peer, const struct priced_side *priced,
                      const struct side_table *all, const struct side_table *one)
{
    char name[64];
    struct product_matrix matrix = matrix_of(bench, priced->side);
    struct product_table table = table_of(all);
    snprintf(name, sizeof name, "%s_factors", priced->name);
    int failed =
        peer->take_matrix(peer->self, priced->name, &matrix) < 0 || peer->take_table(peer->self, name, &table) < 0;
    table = table_of(one);
    snprintf(name, sizeof name, "%s_factor", priced->name);
    if (failed || peer->take_table(peer->self, name, &table) < 0) {
        bench_fail("%s did not take the %s", peer->name, priced->name);
    }
}

static void verify_product(struct bench *bench, struct product_peer *peer, const struct side_table *table,
                           const char *matrix, const char *factors, const double *ours)
{
    char what[128];
    size_t count = bench->book->firm_count * table->factors * table->rows * TOL_LANES;
    double *theirs = bench_allocate(count * sizeof *theirs);
    if (peer->result(peer->self, matrix, factors, theirs, count) < 0) {
        bench_fail("%s gave no result", peer->name);
    }
    snprintf(what, sizeof what, "%s, %s", peer->name, factors);
    bench_compare(what, count, ours, theirs, 1e-9);
    free(theirs);
}

/* The change of EBITDA that follows from the sums that peers confirmed, by the formula and not by the kernel. */
static void verify_profit(struct bench *bench, struct pass_job *job)
{
    uint64_t firms = bench->book->firm_count;
    const struct tol_firm_inputs *firm = &bench->firm;
    size_t factors[2] = {job->pass->sales.factors, job->pass->purchases.factors};
    double *expected = bench_allocate(firms * TILE_LANES * sizeof *expected);
    double *ours = bench_allocate(firms * TILE_LANES * sizeof *ours);
    bench_direct_pass(job);
    for (uint64_t f = 0; f < firms; f++) {
        const double *sales = bench->sums[0] + f * factors[0] * TILE_LANES;
        const double *purchases = bench->sums[1] + f * factors[1] * TILE_LANES;
        for (size_t l = 0; l < TILE_LANES; l++) {
            double price_cut = factors[0] == 1 ? 0 : sales[TOL_SALES_PRICE_CUT * TILE_LANES + l];
            double volume = factors[0] == 1 ? sales[l] : sales[TOL_SALES_VOLUME * TILE_LANES + l];
            double cost = factors[1] == 1 ? purchases[l] : purchases[TOL_PURCHASE_COST_RISE * TILE_LANES + l];
            expected[f * TILE_LANES + l] =
                price_cut + firm->contribution_margin[f] * volume - (1 - firm->cost_pass_through[f]) * cost;
            ours[f * TILE_LANES + l] = bench->result[f * SCENARIOS_MAX + l];
        }
    }
    bench_compare("profit of the pass, by the formula", firms * TILE_LANES, ours, expected, 1e-9);
    free(expected);
    free(ours);
}

/* Sums of one pass: ours, then those of every peer. */
static void verify_pass(struct bench *bench, const struct pass *pass, const char *sales, const char *purchases)
{
    struct pass_job job = {bench, pass, bench->run, tol_kernels_best()};
    bench_sum_pass(&job);
    for (size_t i = 0; i < bench->peer_count; i++) {
        verify_product(bench, bench->peer[i], &pass->sales, "sales", sales, bench->sums[0]);
        verify_product(bench, bench->peer[i], &pass->purchases, "purchases", purchases, bench->sums[1]);
    }
    verify_profit(bench, &job);
}

/* Ours, the kernel alone and through profit, and every peer in turn. */
static void measure_pass(struct bench *bench, const struct pass *pass, const char *sales, const char *purchases,
                         const char *kernel_name, const char *pass_name)
{
    struct pass_job job = {bench, pass, bench->run, tol_kernels_best()};
    struct product_job product[PEERS_MAX];
    struct bench_contender contender[2 + PEERS_MAX + JOB_LIMITS] = {
        {.name = kernel_name, .run = bench_sum_pass, .context = &job},
        {.name = pass_name, .run = bench_direct_pass, .context = &job}};
    for (size_t i = 0; i < bench->peer_count; i++) {
        product[i] = (struct product_job){bench->peer[i], {"sales", "purchases"}, {sales, purchases}, 2};
        contender[2 + i] =
            (struct bench_contender){.name = bench->peer[i]->name, .run = bench_product, .context = &product[i]};
    }
    struct job_limits limits = bench_pass_limits(&job);
    int all = pass == &bench->pass;
    limits.row_name[0] = all ? "limit_read" : NULL;
    limits.row_name[1] = all ? "limit_gather_sales" : "limit_gather_sales_one";
    limits.row_name[2] = all ? "limit_gather_purchases" : "limit_gather_purchases_one";
    bench_limits_join(&limits, contender + 2 + bench->peer_count);
    unsigned rounds = bench_rounds(contender, 2 + bench->peer_count + JOB_LIMITS, bench->options.rounds);
    struct bench_result result = {.units = bench_pass_line_rows(pass),
                                  .unit = "line-rows",
                                  .isa = job.kernels->isa,
                                  .threads = tol_run_threads(bench->run),
                                  .scenarios = pass->scenarios,
                                  .rounds = rounds};
    bench_limits_bounds(&limits, result.bound);
    for (int i = 0; i < 2; i++) {
        result.name = contender[i].name;
        result.ours_seconds = contender[i].median;
        bench_report(&bench->sheet, &result, contender + 2, bench->peer_count);
    }
    bench_limits_close(&limits, &bench->sheet, &result);
}

void bench_measure_passes(struct bench *bench)
{
    for (size_t i = 0; i < bench->peer_count; i++) {
        give_side(bench, bench->peer[i], &bench->sales, &bench->pass.sales, &bench->one_factor.sales);
        give_side(bench, bench->peer[i], &bench->purchases, &bench->pass.purchases, &bench->one_factor.purchases);
    }
    verify_pass(bench, &bench->pass, "sales_factors", "purchases_factors");
    verify_pass(bench, &bench->one_factor, "sales_factor", "purchases_factor");
    bench_report_header();
    measure_pass(bench, &bench->pass, "sales_factors", "purchases_factors", "gather_sum_all_factors",
                 "direct_pass_all_factors");
    measure_pass(bench, &bench->one_factor, "sales_factor", "purchases_factor", "gather_sum_one_factor",
                 "direct_pass_one_factor");
}
