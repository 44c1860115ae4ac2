#include "pipeline.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"

enum { FIRM_PROCESS_RUNS = 21 };

/* Reads all lines of the sales side once; the compiler may not drop it because the sum is returned. */
static enum tol_status read_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)worker;
    (void)error;
    const struct bench *bench = context;
    const struct tol_book_side *side = bench->sales.side;
    uint64_t first = side->line_start[bench->block_start[block]];
    uint64_t last = side->line_start[bench->block_start[block + 1]];
    double sum[8] = {0};
    for (uint64_t i = first; i < last; i++) {
        sum[i & 7] += side->line_value_eur[i] * side->line_cell[i];
    }
    double total = sum[0] + sum[1] + sum[2] + sum[3] + sum[4] + sum[5] + sum[6] + sum[7];
    return total < 0 ? TOL_INTERNAL : TOL_OK;
}

void bench_measure_read_bandwidth(struct bench *bench)
{
    double seconds[5];
    for (size_t i = 0; i < 5; i++) {
        struct tol_error error;
        double start = bench_now_seconds();
        if (tol_run_blocks(bench->run, bench->block_count, read_block, bench, &error) != TOL_OK) {
            bench_die(&error);
        }
        seconds[i] = bench_now_seconds() - start;
    }
    bench->read_bytes_per_second = (double)bench->sales.side->line_count * 12.0 / bench_median(seconds, 5);
    printf("read bandwidth of the lines: %.1f GB/s\n", bench->read_bytes_per_second / 1e9);
}

static void report(struct bench *bench, const char *name, const char *isa, double *seconds, double *peer_seconds,
                   double units, double bytes, const char *unit)
{
    double median = bench_median(seconds, bench->options.rounds);
    struct bench_result result = {.name = name,
                                  .ours_seconds = median,
                                  .units = units,
                                  .unit = unit,
                                  .isa = isa,
                                  .threads = tol_run_threads(bench->run),
                                  .limit = "line read bandwidth"};
    result.limit_per_second = bench->read_bytes_per_second * units / bytes;
    if (peer_seconds != NULL) {
        result.peer = "DuckDB";
        result.peer_seconds = bench_median(peer_seconds, bench->options.rounds);
    }
    bench_report(&result, bench->json, bench->cpu);
}

static double peer_pass(struct bench *bench)
{
    return duckdb_peer_sum(bench->peer, bench->sales.name, bench->sales.factors * SCENARIOS, NULL) +
           duckdb_peer_sum(bench->peer, bench->purchases.name, bench->purchases.factors * SCENARIOS, NULL);
}

/* Sales and purchases with all their factors, and profit; the peer does the join and the sums only. */
void bench_measure_direct_pass(struct bench *bench)
{
    double sales_lines = (double)bench->sales.side->line_count;
    double purchase_lines = (double)bench->purchases.side->line_count;
    double line_rows = sales_lines * (double)bench->sales.factors + purchase_lines * (double)bench->purchases.factors;
    for (size_t i = 0; tol_kernels_built(i) != NULL; i++) {
        const struct tol_kernels *kernels = tol_kernels_built(i);
        double ours[BENCH_ROUNDS_MAX];
        double theirs[BENCH_ROUNDS_MAX];
        int against_peer = bench->peer != NULL && kernels == tol_kernels_best();
        for (unsigned round = 0; round < bench->options.rounds && tol_kernels_runnable(kernels); round++) {
            ours[round] = bench_direct_pass(bench, kernels);
            if (against_peer) {
                theirs[round] = peer_pass(bench);
            }
        }
        if (tol_kernels_runnable(kernels)) {
            report(bench, "direct_pass_all_factors", kernels->isa, ours, against_peer ? theirs : NULL, line_rows,
                   (sales_lines + purchase_lines) * 12, "line-rows");
        }
    }
}

/* The whole score of every firm, law priced before: sums, profit, score, rows in memory, block by block. */
struct score_pass {
    const struct tol_plan *plan;
    struct tol_score_row **rows; /* one buffer per worker */
    size_t scenarios;
};

static enum tol_status score_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    const struct score_pass *pass = context;
    uint64_t first;
    uint64_t count;
    tol_plan_block(pass->plan, block, &first, &count);
    return tol_plan_score(pass->plan, worker, first, count, pass->rows[worker], error);
}

static struct tol_plan *make_plan(struct bench *bench)
{
    struct tol_scenario scenario[SCENARIOS];
    struct tol_plan_options options = {
        .scenario = scenario, .scenario_count = SCENARIOS, .settings = tol_settings_default()};
    options.baseline = (struct tol_scenario){.name = "baseline", .law = bench->law};
    int days_read = tol_day_parse("2025-01-01", &options.baseline.on);
    for (size_t i = 0; i < SCENARIOS; i++) {
        scenario[i] = (struct tol_scenario){.law = bench->law};
        memcpy(scenario[i].name, bench_scenario_days[i], 11);
        days_read &= tol_day_parse(bench_scenario_days[i], &scenario[i].on);
    }
    struct tol_plan *plan = NULL;
    struct tol_error error;
    if (!days_read || tol_plan_create(bench->book, bench->parameters, &options, bench->run, &plan, &error) != TOL_OK) {
        bench_die(&error);
    }
    return plan;
}

void bench_measure_score(struct bench *bench)
{
    double start = bench_now_seconds();
    struct tol_plan *plan = make_plan(bench);
    double plan_seconds = bench_now_seconds() - start;
    uint64_t blocks = tol_plan_block_count(plan);
    uint64_t largest = 0;
    for (uint64_t block = 0; block < blocks; block++) {
        uint64_t first;
        uint64_t count;
        tol_plan_block(plan, block, &first, &count);
        largest = count > largest ? count : largest;
    }
    unsigned threads = tol_run_threads(bench->run);
    struct score_pass pass = {plan, bench_allocate(threads * sizeof *pass.rows), SCENARIOS};
    for (unsigned worker = 0; worker < threads; worker++) {
        pass.rows[worker] = bench_allocate(largest * SCENARIOS * sizeof **pass.rows);
    }
    double seconds[BENCH_ROUNDS_MAX];
    for (unsigned round = 0; round < bench->options.rounds; round++) {
        struct tol_error error;
        double begin = bench_now_seconds();
        if (tol_run_blocks(bench->run, blocks, score_block, &pass, &error) != TOL_OK) {
            bench_die(&error);
        }
        seconds[round] = bench_now_seconds() - begin;
    }
    double rows = (double)bench->book->firm_count * SCENARIOS;
    double cells = (double)(bench->sales.side->cell_count + bench->purchases.side->cell_count);
    struct bench_result pricing = {.name = "plan_law_and_response",
                                   .ours_seconds = plan_seconds,
                                   .units = cells * (SCENARIOS + 1),
                                   .unit = "cell-days",
                                   .isa = tol_plan_isa(plan),
                                   .threads = threads};
    bench_report(&pricing, bench->json, bench->cpu);
    struct bench_result score = {.name = "score_three_readings",
                                 .ours_seconds = bench_median(seconds, bench->options.rounds),
                                 .units = rows,
                                 .unit = "firm-scenarios",
                                 .isa = tol_plan_isa(plan),
                                 .threads = threads};
    bench_report(&score, bench->json, bench->cpu);
    for (unsigned worker = 0; worker < threads; worker++) {
        free(pass.rows[worker]);
    }
    free(pass.rows);
    tol_plan_destroy(plan);
}

static double spawn_seconds(char *const arguments[])
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child;
    int state = 1;
    double start = bench_now_seconds();
    if (posix_spawn(&child, arguments[0], &actions, NULL, arguments, environ) != 0 ||
        waitpid(child, &state, 0) != child || state != 0) {
        fprintf(stderr, "bench: %s did not succeed\n", arguments[0]);
        exit(TOL_INTERNAL);
    }
    double seconds = bench_now_seconds() - start;
    posix_spawn_file_actions_destroy(&actions);
    return seconds;
}

/* `tolmuur firm` as a user starts it, one firm after another across the book. */
void bench_measure_firm_process(struct bench *bench)
{
    char program[4096];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 16);
    program[length < 0 ? 0 : length] = '\0';
    char *slash = strrchr(program, '/');
    if (slash == NULL) {
        return;
    }
    memcpy(slash + 1, "tolmuur", 8);
    double seconds[FIRM_PROCESS_RUNS];
    for (uint64_t i = 0; i < FIRM_PROCESS_RUNS; i++) {
        char id[256];
        tol_book_firm_id(bench->book, bench->book->firm_count * i / FIRM_PROCESS_RUNS, id, sizeof id);
        char *arguments[] = {
            program, (char[]){"firm"}, (char *)bench->options.book, id, (char[]){"--on"}, (char[]){"2025-08-10"}, NULL};
        seconds[i] = spawn_seconds(arguments);
    }
    struct bench_result result = {.name = "firm_whole_process",
                                  .ours_seconds = bench_median(seconds, FIRM_PROCESS_RUNS),
                                  .units = 1,
                                  .unit = "firms",
                                  .isa = tol_kernels_best()->isa,
                                  .threads = 1};
    bench_report(&result, bench->json, bench->cpu);
}
