#include "pipeline.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void compare_or_die(const char *what, size_t count, const double *ours, const double *theirs, double tolerance)
{
    double scale = 0;
    double worst = 0;
    for (size_t i = 0; i < count; i++) {
        scale = fmax(scale, fabs(theirs[i]));
    }
    for (size_t i = 0; i < count; i++) {
        worst = fmax(worst, fabs(ours[i] - theirs[i]) / fmax(fabs(theirs[i]), scale * 1e-9));
    }
    if (!(worst <= tolerance)) {
        fprintf(stderr, "bench: %s: results differ by %g relative: not timed\n", what, worst);
        exit(TOL_INTERNAL);
    }
    printf("%s: %zu results agree within %.1e relative\n", what, count, worst);
}

/* Loads a side into the peer with its first `columns` factors' columns and checks that both sides say the same. */
void bench_verify_side(struct bench *bench, struct side_table *table)
{
    size_t columns = table->factors * ROWS * TOL_LANES;
    const struct tol_book_side *side = table->side;
    if (duckdb_peer_load(bench->peer, table->name, bench->book->firm_count, side->line_start, side->line_cell,
                         side->line_value_eur, side->cell_count, columns, table->factor)) {
        exit(TOL_INTERNAL);
    }
    double *theirs = bench_allocate(bench->book->firm_count * columns * sizeof *theirs);
    if (duckdb_peer_sum(bench->peer, table->name, columns, theirs) < 0) {
        exit(TOL_INTERNAL);
    }
    bench_sum_all(bench, tol_kernels_best(), table);
    compare_or_die(table->name, bench->book->firm_count * columns, table->sums, theirs, 1e-9);
    free(theirs);
}

/* What is timed must give, in every variant, the bits that follow from the sums that the peer confirmed. */
void bench_verify_variants(struct bench *bench)
{
    const struct tol_kernels *best = tol_kernels_best();
    uint64_t firms = bench->book->firm_count;
    double *outcome = bench_allocate(CHUNK_FIRMS * TOL_OUTCOME_COUNT * SCENARIOS * sizeof *outcome);
    double *expected = bench_allocate(firms * SCENARIOS * sizeof *expected);
    bench_sum_all(bench, best, &bench->sales);
    bench_sum_all(bench, best, &bench->purchases);
    for (uint64_t first = 0; first < firms; first += CHUNK_FIRMS) {
        size_t count = firms - first < CHUNK_FIRMS ? (size_t)(firms - first) : CHUNK_FIRMS;
        bench_finish_firms(bench, best, first, count, bench->sales.sums + first * bench->sales.factors * SCENARIOS,
                           bench->purchases.sums + first * bench->purchases.factors * SCENARIOS, outcome, expected);
    }
    for (size_t i = 0; tol_kernels_built(i) != NULL; i++) {
        const struct tol_kernels *kernels = tol_kernels_built(i);
        if (!tol_kernels_runnable(kernels)) {
            continue;
        }
        bench_direct_pass(bench, kernels);
        if (memcmp(expected, bench->result, firms * SCENARIOS * sizeof *expected) != 0) {
            fprintf(stderr, "bench: %s does not give the bits of %s: not timed\n", kernels->isa, best->isa);
            exit(TOL_INTERNAL);
        }
    }
    printf("the timed pass gives the same bits in every variant\n");
    free(expected);
    free(outcome);
}
