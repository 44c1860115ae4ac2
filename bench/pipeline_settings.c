/* The direct pass by itself: every instruction set, one thread and all, one scenario to sixty-four. All take turns in the same rounds. */
#include "pipeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SETTINGS_MAX = 16, SCENARIO_COUNTS = 4 };

struct settings {
    size_t count;
    struct pass_job job[SETTINGS_MAX];
    struct bench_contender contender[SETTINGS_MAX * (1 + JOB_LIMITS)]; /* the jobs, then their limits */
    struct job_limits limits[SETTINGS_MAX];
};

static void add(struct settings *settings, struct bench *bench, const struct pass *pass, struct tol_run *run,
                const struct tol_kernels *kernels)
{
    settings->job[settings->count] = (struct pass_job){bench, pass, run, kernels};
    settings->contender[settings->count] = (struct bench_contender){
        .name = kernels->isa, .run = bench_direct_pass, .context = &settings->job[settings->count]};
    settings->count++;
}

/* Every setting must give the bits of the first one, whose answer has been compared with the peers'. */
static void verify(struct bench *bench, struct settings *settings)
{
    size_t size = bench->book->firm_count * SCENARIOS_MAX * sizeof(double);
    double *expected = bench_allocate(size);
    for (size_t i = 0; i < settings->count; i++) {
        memset(bench->result, 0, size);
        bench_direct_pass(&settings->job[i]);
        if (i == 0) {
            memcpy(expected, bench->result, size);
        } else if (memcmp(expected, bench->result, size) != 0) {
            bench_fail("%s on %u threads does not give the bits of the others: not timed",
                       settings->job[i].kernels->isa, tol_run_threads(settings->job[i].run));
        }
    }
    printf("direct pass: the same bits from every instruction set and number of threads\n");
    free(expected);
}

static void measure(struct bench *bench, struct settings *settings)
{
    size_t count = settings->count;
    for (size_t i = 0; i < settings->count; i++, count += JOB_LIMITS) {
        settings->limits[i] = bench_pass_limits(&settings->job[i]);
        bench_limits_join(&settings->limits[i], settings->contender + count);
    }
    unsigned rounds = bench_rounds(settings->contender, count, bench->options.rounds);
    for (size_t i = 0; i < settings->count; i++) {
        const struct pass_job *job = &settings->job[i];
        struct bench_result result = {.name = "direct_pass_all_factors",
                                      .ours_seconds = settings->contender[i].median,
                                      .units = bench_pass_line_rows(job->pass),
                                      .unit = "line-rows",
                                      .isa = job->kernels->isa,
                                      .threads = tol_run_threads(job->run),
                                      .scenarios = job->pass->scenarios,
                                      .rounds = rounds};
        bench_limits_bounds(&settings->limits[i], result.bound);
        bench_report(&bench->sheet, &result, NULL, 0);
        bench_limits_close(&settings->limits[i], &bench->sheet, &result);
    }
}

static void measure_variants(struct bench *bench)
{
    struct settings settings = {0};
    for (size_t i = 0; tol_kernels_built(i) != NULL; i++) {
        const struct tol_kernels *kernels = tol_kernels_built(i);
        if (tol_kernels_runnable(kernels)) {
            add(&settings, bench, &bench->pass, bench->run, kernels);
            if (bench->run_one != bench->run) {
                add(&settings, bench, &bench->pass, bench->run_one, kernels);
            }
        }
    }
    verify(bench, &settings);
    measure(bench, &settings);
}

/* What a column of few scenarios says must be what it says among many. */
static void verify_column(struct bench *bench, struct settings *settings)
{
    uint64_t firms = bench->book->firm_count;
    uint64_t *expected = bench_allocate(firms * sizeof *expected); /* bits */
    for (size_t i = 0; i < settings->count; i++) {
        bench_direct_pass(&settings->job[i]);
        for (uint64_t f = 0; f < firms; f++) {
            uint64_t of_first;
            memcpy(&of_first, &bench->result[f * SCENARIOS_MAX], sizeof of_first);
            if (i == 0) {
                expected[f] = of_first;
            } else if (expected[f] != of_first) {
                bench_fail("a scenario has other bits among %u than alone", settings->job[i].pass->scenarios);
            }
        }
    }
    printf("direct pass: a scenario has the same bits alone and among %d\n", SCENARIOS_MAX);
    free(expected);
}

static void measure_scenarios(struct bench *bench)
{
    static const unsigned scenarios[SCENARIO_COUNTS] = {1, 8, 16, 64};
    struct pass pass[SCENARIO_COUNTS];
    struct settings settings = {0};
    for (size_t i = 0; i < SCENARIO_COUNTS; i++) {
        pass[i] = bench_pass_make(bench, scenarios[i]);
        add(&settings, bench, &pass[i], bench->run, tol_kernels_best());
    }
    verify_column(bench, &settings);
    measure(bench, &settings);
    for (size_t i = 0; i < SCENARIO_COUNTS; i++) {
        bench_pass_release(&pass[i]);
    }
}

void bench_measure_settings(struct bench *bench)
{
    measure_variants(bench);
    measure_scenarios(bench);
}
