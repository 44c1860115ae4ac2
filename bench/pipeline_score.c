/* The whole score of every firm: law, markets, networks and rows, three readings of every scenario; and Monte Carlo draws. */
#include "pipeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DRAWS = 1024, SCORE_ISA_MAX = 8 };

struct score_job {
    struct bench *bench;
    struct tol_run *run;
    const char *isa;
    unsigned scenarios;
    unsigned draws;
    uint64_t largest;            /* firms of a block */
    struct tol_plan *held;       /* NULL, or what score_rows works from */
    struct tol_score_row **rows; /* a buffer for every worker */
    struct tol_score_row *kept;  /* NULL, or [firm][scenarios]: all rows */
    const struct tol_plan *plan;
};

static struct tol_plan *make_plan(const struct score_job *job)
{
    struct bench *bench = job->bench;
    struct tol_scenario scenario[SCENARIOS_MAX];
    struct tol_plan_options options = {.scenario = scenario,
                                       .scenario_count = job->scenarios,
                                       .economy = bench->economy,
                                       .settings = tol_settings_default(),
                                       .draws = {.count = job->draws, .seed = 1},
                                       .isa = job->isa};
    options.baseline = (struct tol_scenario){.name = "baseline", .law = bench->law};
    int days_read = tol_day_parse("2025-01-01", &options.baseline.on);
    for (size_t i = 0; i < job->scenarios; i++) {
        /* A scenario alone stands on the day that most of the others have in common. */
        const char *day = bench_scenario_days[job->scenarios == 1 ? 9 : i];
        scenario[i] = (struct tol_scenario){.law = bench->law};
        snprintf(scenario[i].name, sizeof scenario[i].name, "%s", day);
        days_read &= tol_day_parse(day, &scenario[i].on);
    }
    struct tol_plan *plan = NULL;
    struct tol_error error;
    if (!days_read || tol_plan_create(bench->book, bench->parameters, &options, job->run, &plan, &error) != TOL_OK) {
        bench_die(&error);
    }
    return plan;
}

static enum tol_status score_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    const struct score_job *job = context;
    uint64_t first;
    uint64_t count;
    tol_plan_block(job->plan, block, &first, &count);
    struct tol_score_row *rows = job->kept != NULL ? job->kept + first * job->scenarios : job->rows[worker];
    return tol_plan_score(job->plan, worker, first, count, rows, error);
}

static void open_rows(struct score_job *job, const struct tol_plan *plan)
{
    for (uint64_t block = 0; block < tol_plan_block_count(plan); block++) {
        uint64_t first;
        uint64_t count;
        tol_plan_block(plan, block, &first, &count);
        job->largest = count > job->largest ? count : job->largest;
    }
    unsigned threads = tol_run_threads(job->run);
    job->rows = bench_allocate(threads * sizeof *job->rows);
    for (unsigned worker = 0; worker < threads; worker++) {
        job->rows[worker] = bench_allocate(job->largest * job->scenarios * sizeof **job->rows);
    }
}

static void close_rows(struct score_job *job)
{
    for (unsigned worker = 0; job->rows != NULL && worker < tol_run_threads(job->run); worker++) {
        free(job->rows[worker]);
    }
    free(job->rows);
    if (job->held != NULL) {
        tol_plan_destroy(job->held);
    }
}

/* From the book to all rows in memory, block by block: everything that a score does but writing. */
static double score(void *context)
{
    struct score_job *job = context;
    struct tol_error error;
    double start = bench_now_seconds();
    struct tol_plan *plan = make_plan(job);
    if (job->rows == NULL) {
        open_rows(job, plan);
    }
    job->plan = plan;
    if (tol_run_blocks(job->run, tol_plan_block_count(plan), score_block, job, &error) != TOL_OK) {
        bench_die(&error);
    }
    tol_plan_destroy(plan);
    return bench_now_seconds() - start;
}

/* All rows from the first way are kept; every other way must give their bits. Rows have no padding that is not set: they start as zeros. */
static void verify(struct score_job *first, struct score_job *other, size_t others)
{
    size_t size = first->bench->book->firm_count * first->scenarios * sizeof *first->kept;
    struct tol_score_row *expected = bench_allocate(size);
    struct tol_score_row *got = bench_allocate(size);
    first->kept = expected;
    score(first);
    first->kept = NULL;
    for (size_t i = 0; i < others; i++) {
        memset(got, 0, size);
        other[i].kept = got;
        score(&other[i]);
        other[i].kept = NULL;
        if (memcmp(expected, got, size) != 0) {
            bench_fail("%u scenarios, %u draws: %s on %u threads does not give the bits of %s on %u: not timed",
                       first->scenarios, first->draws, other[i].isa, tol_run_threads(other[i].run), first->isa,
                       tol_run_threads(first->run));
        }
    }
    printf("score, %u scenarios, %u draws: the same bits from %s on %u threads and %zu other ways\n", first->scenarios,
           first->draws, first->isa, tol_run_threads(first->run), others);
    free(expected);
    free(got);
}

static size_t other_ways(const struct score_job *job, struct score_job other[SCORE_ISA_MAX])
{
    size_t count = 0;
    struct bench *bench = job->bench;
    for (size_t i = 0; tol_kernels_built(i) != NULL && count + 1 < SCORE_ISA_MAX; i++) {
        const struct tol_kernels *kernels = tol_kernels_built(i);
        /* Scalar on one thread says all, and takes the longest: on a large book the best two are enough. */
        int slow = strcmp(kernels->isa, "scalar") == 0 && bench->sheet.firms > 100000;
        if (tol_kernels_runnable(kernels) && !slow && strcmp(kernels->isa, job->isa) != 0) {
            other[count] = *job;
            other[count++].isa = kernels->isa;
        }
    }
    if (bench->run_one != bench->run) {
        other[count] = *job;
        other[count++].run = bench->run_one;
    }
    return count;
}

static void close_jobs(struct score_job *job, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        close_rows(&job[i]);
    }
}

static void verify_all_ways(struct score_job *job)
{
    struct score_job other[SCORE_ISA_MAX];
    size_t others = other_ways(job, other);
    verify(job, other, others);
    close_jobs(other, others);
}

static void report(struct score_job *job, const char *name, double *seconds, unsigned rounds, double units,
                   const char *unit)
{
    struct bench_result result = {.name = name,
                                  .ours_seconds = bench_median(seconds, rounds),
                                  .units = units,
                                  .unit = unit,
                                  .isa = job->isa,
                                  .threads = tol_run_threads(job->run),
                                  .scenarios = job->scenarios,
                                  .rounds = rounds};
    bench_report(&job->bench->sheet, &result, NULL, 0);
}

/* The rows alone, over and over from one plan. */
static double score_rows(void *context)
{
    struct score_job *job = context;
    struct tol_error error;
    if (job->held == NULL) {
        job->held = make_plan(job);
        open_rows(job, job->held);
    }
    job->plan = job->held;
    double begin = bench_now_seconds();
    if (tol_run_blocks(job->run, tol_plan_block_count(job->plan), score_block, job, &error) != TOL_OK) {
        bench_die(&error);
    }
    return bench_now_seconds() - begin;
}

enum { KINDS_MAX = 5 };
static const struct score_kind {
    unsigned scenarios, draws;
} kind[KINDS_MAX] = {{SCENARIOS, 0}, {1, DRAWS}, {1, 0}, {8, 0}, {SCENARIOS_MAX, 0}};

void bench_measure_score(struct bench *bench)
{
    struct score_job job[KINDS_MAX];
    struct bench_contender contender[KINDS_MAX + 1];
    size_t kinds = bench->options.full ? KINDS_MAX : 2;
    for (size_t i = 0; i < kinds; i++) {
        job[i] = (struct score_job){.bench = bench,
                                    .run = bench->run,
                                    .isa = tol_kernels_best()->isa,
                                    .scenarios = kind[i].scenarios,
                                    .draws = kind[i].draws};
        contender[i] = (struct bench_contender){
            .name = job[i].draws > 0 ? "monte_carlo_1024_draws" : "full_score", .run = score, .context = &job[i]};
    }
    verify_all_ways(&job[0]);
    verify_all_ways(&job[1]);
    struct score_job rows_only = job[0];
    rows_only.rows = NULL; /* its own, not those that the verification has used */
    contender[kinds] = (struct bench_contender){.name = "score_rows_only", .run = score_rows, .context = &rows_only};
    unsigned rounds = bench_rounds(contender, kinds + 1, bench->options.rounds);
    for (size_t i = 0; i <= kinds; i++) {
        struct score_job *of = contender[i].context;
        report(of, contender[i].name, contender[i].seconds, rounds,
               (double)bench->sheet.firms * (of->draws > 0 ? of->draws : of->scenarios),
               of->draws > 0 ? "firm-draws" : "firm-scenarios");
    }
    close_jobs(job, kinds);
    close_jobs(&rows_only, 1);
}
