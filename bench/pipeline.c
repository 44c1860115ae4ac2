/* The direct scoring pass over a book against DuckDB SQL on the same join and sums: results are compared first, then both are
 * timed in turn in the same run. The limit is the bandwidth at which this machine reads the book's lines, measured here too.
 *
 *   bench_pipeline [--book FILE] [--rounds N] [--threads N] [--json FILE] [--without-peers] */
#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "duckdb_peer.h"
#include "kernels.h"
#include "measure.h"
#include "tolmuur/allocator.h"
#include "tolmuur/book.h"
#include "tolmuur/exposure.h"
#include "tolmuur/law.h"
#include "tolmuur/parameters.h"
#include "tolmuur/run.h"

enum { SCENARIOS = 16, ROWS = SCENARIOS / TOL_LANES, FIRM_PROCESS_RUNS = 21, CHUNK_FIRMS = 64 };

/* Sixteen days on which US law stood differently. */
static const char *const scenario_days[SCENARIOS] = {
    "2025-02-10", "2025-03-05", "2025-03-13", "2025-04-04", "2025-04-08", "2025-04-12", "2025-05-20", "2025-06-10",
    "2025-07-01", "2025-08-10", "2025-09-20", "2025-11-12", "2025-12-01", "2026-01-20", "2026-03-01", "2026-05-01"};

struct options {
    const char *book;
    const char *json;
    unsigned threads;
    unsigned rounds;
    int with_peers;
};

/* A side's factors for the sixteen days, [cell][factor][ROWS][TOL_LANES], priced by the real law and response. */
struct side_table {
    const struct tol_book_side *side;
    size_t factors;
    double *factor;
    double *sums; /* [firm][factors][ROWS][TOL_LANES] */
    const char *name;
};

struct bench {
    struct options options;
    struct tol_book *book;
    struct tol_law *law;
    struct tol_parameters *parameters;
    struct tol_run *run;
    struct duckdb_peer *peer;
    json_t *json;
    char cpu[128];
    double read_bytes_per_second;
    struct side_table sales;
    struct side_table purchases;
    struct tol_firm_inputs firm;
    double *result;          /* [firm][ROWS][TOL_LANES] change of EBITDA */
    struct scratch *scratch; /* one per worker */
    uint64_t block_count;
    uint64_t *block_start;
};

/* Sums and outcomes of a few firms: they stay in a core's own cache. */
struct scratch {
    double *sales;
    double *purchases;
    double *outcome;
};

static void die(const struct tol_error *error)
{
    fprintf(stderr, "bench: %s%s%s\n", error->file, error->file[0] ? ": " : "", error->message);
    exit((int)error->status);
}

static void *allocate(size_t size)
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
    struct tol_rate_query query = {'U' << 8 | 'S', cell->origin, cell->product, on, facts};
    struct tol_rate_total total;
    tol_law_total(bench->law, &query, &total);
    return isnan(total.central) ? 0 : total.central;
}

static void price(struct bench *bench, struct side_table *table, const struct tol_book_side *side, const char *name,
                  size_t factors)
{
    size_t lanes = ROWS * TOL_LANES;
    double *base = allocate(side->cell_count * lanes * sizeof *base);
    double *changed = allocate(side->cell_count * lanes * sizeof *changed);
    double *rho = allocate(side->cell_count * sizeof *rho);
    double *sigma = allocate(side->cell_count * sizeof *sigma);
    struct tol_settings settings = tol_settings_default();
    tol_day baseline = 0;
    tol_day on[SCENARIOS];
    int days_read = tol_day_parse("2025-01-01", &baseline);
    for (size_t i = 0; i < SCENARIOS; i++) {
        days_read &= tol_day_parse(scenario_days[i], &on[i]);
    }
    for (uint64_t c = 0; c < side->cell_count && days_read; c++) {
        const struct tol_cell *cell = &side->cell[c];
        struct tol_facts facts;
        struct tol_error error;
        if (tol_facts_parse(bench->law, tol_book_facts(bench->book, cell->facts), &facts, &error) != TOL_OK) {
            die(&error);
        }
        bool estimated;
        rho[c] = settings.border_pass_through;
        sigma[c] = tol_elasticity(bench->parameters, &settings, cell->product, &estimated);
        double base_rate = rate_of(bench, cell, &facts, baseline);
        for (size_t lane = 0; lane < lanes; lane++) {
            base[c * lanes + lane] = base_rate;
            changed[c * lanes + lane] = rate_of(bench, cell, &facts, on[lane]);
        }
    }
    *table = (struct side_table){side, factors, allocate(side->cell_count * factors * lanes * sizeof(double)),
                                 allocate(bench->book->firm_count * factors * lanes * sizeof(double)), name};
    const struct tol_kernels *kernels = tol_kernels_best();
    if (factors == TOL_SALES_FACTOR_COUNT) {
        kernels->ces_sales(side->cell_count, ROWS, base, changed, rho, sigma, table->factor);
    } else {
        kernels->ces_purchases(side->cell_count, ROWS, base, changed, rho, table->factor);
    }
    free(base);
    free(changed);
    free(rho);
    free(sigma);
}

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
                              table->side->line_value_eur, table->factor, table->sums + first * rows * TOL_LANES);
    return TOL_OK;
}

static void sum_all(struct bench *bench, const struct tol_kernels *kernels, const struct side_table *table)
{
    struct sum_pass pass = {bench, kernels, table};
    struct tol_error error;
    if (tol_run_blocks(bench->run, bench->block_count, sum_block, &pass, &error) != TOL_OK) {
        die(&error);
    }
}

/* From sums of firms [first, first + count) to their change of EBITDA. */
static void finish_firms(const struct bench *bench, const struct tol_kernels *kernels, uint64_t first, size_t count,
                         const double *sales, const double *purchases, double *outcome, double *result)
{
    const struct tol_firm_inputs *all = &bench->firm;
    struct tol_firm_inputs firm = {all->revenue_eur + first,         all->purchases_eur + first,
                                   all->ebitda_eur + first,          all->interest_eur + first,
                                   all->contribution_margin + first, all->cost_pass_through + first,
                                   all->vulnerability + first};
    kernels->firm_outcome(count, ROWS, &firm, 0.25, sales, purchases, outcome);
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
                                  sales->line_value_eur, bench->sales.factor, scratch->sales);
        pass->kernels->gather_sum(count, bench->purchases.factors * ROWS, purchases->line_start + first,
                                  purchases->line_cell, purchases->line_value_eur, bench->purchases.factor,
                                  scratch->purchases);
        finish_firms(bench, pass->kernels, first, count, scratch->sales, scratch->purchases, scratch->outcome,
                     bench->result);
    }
    return TOL_OK;
}

static double run_direct_pass(struct bench *bench, const struct tol_kernels *kernels)
{
    struct direct_pass pass = {bench, kernels};
    struct tol_error error;
    double start = bench_now_seconds();
    if (tol_run_blocks(bench->run, bench->block_count, direct_block, &pass, &error) != TOL_OK) {
        die(&error);
    }
    return bench_now_seconds() - start;
}

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

static void measure_read_bandwidth(struct bench *bench)
{
    double seconds[5];
    for (size_t i = 0; i < 5; i++) {
        struct tol_error error;
        double start = bench_now_seconds();
        if (tol_run_blocks(bench->run, bench->block_count, read_block, bench, &error) != TOL_OK) {
            die(&error);
        }
        seconds[i] = bench_now_seconds() - start;
    }
    bench->read_bytes_per_second = (double)bench->sales.side->line_count * 12.0 / bench_median(seconds, 5);
    printf("read bandwidth of the lines: %.1f GB/s\n", bench->read_bytes_per_second / 1e9);
}

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
static void verify_side(struct bench *bench, struct side_table *table)
{
    size_t columns = table->factors * ROWS * TOL_LANES;
    const struct tol_book_side *side = table->side;
    if (duckdb_peer_load(bench->peer, table->name, bench->book->firm_count, side->line_start, side->line_cell,
                         side->line_value_eur, side->cell_count, columns, table->factor)) {
        exit(TOL_INTERNAL);
    }
    double *theirs = allocate(bench->book->firm_count * columns * sizeof *theirs);
    if (duckdb_peer_sum(bench->peer, table->name, columns, theirs) < 0) {
        exit(TOL_INTERNAL);
    }
    sum_all(bench, tol_kernels_best(), table);
    compare_or_die(table->name, bench->book->firm_count * columns, table->sums, theirs, 1e-9);
    free(theirs);
}

/* What is timed must give, in every variant, the bits that follow from the sums that the peer confirmed. */
static void verify_variants(struct bench *bench)
{
    const struct tol_kernels *best = tol_kernels_best();
    uint64_t firms = bench->book->firm_count;
    double *outcome = allocate(CHUNK_FIRMS * TOL_OUTCOME_COUNT * SCENARIOS * sizeof *outcome);
    double *expected = allocate(firms * SCENARIOS * sizeof *expected);
    sum_all(bench, best, &bench->sales);
    sum_all(bench, best, &bench->purchases);
    for (uint64_t first = 0; first < firms; first += CHUNK_FIRMS) {
        size_t count = firms - first < CHUNK_FIRMS ? (size_t)(firms - first) : CHUNK_FIRMS;
        finish_firms(bench, best, first, count, bench->sales.sums + first * bench->sales.factors * SCENARIOS,
                     bench->purchases.sums + first * bench->purchases.factors * SCENARIOS, outcome, expected);
    }
    for (size_t i = 0; tol_kernels_built(i) != NULL; i++) {
        const struct tol_kernels *kernels = tol_kernels_built(i);
        if (!tol_kernels_runnable(kernels)) {
            continue;
        }
        run_direct_pass(bench, kernels);
        if (memcmp(expected, bench->result, firms * SCENARIOS * sizeof *expected) != 0) {
            fprintf(stderr, "bench: %s does not give the bits of %s: not timed\n", kernels->isa, best->isa);
            exit(TOL_INTERNAL);
        }
    }
    printf("the timed pass gives the same bits in every variant\n");
    free(expected);
    free(outcome);
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
static void measure_direct_pass(struct bench *bench)
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
            ours[round] = run_direct_pass(bench, kernels);
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
        memcpy(scenario[i].name, scenario_days[i], 11);
        days_read &= tol_day_parse(scenario_days[i], &scenario[i].on);
    }
    struct tol_plan *plan = NULL;
    struct tol_error error;
    if (!days_read || tol_plan_create(bench->book, bench->parameters, &options, bench->run, &plan, &error) != TOL_OK) {
        die(&error);
    }
    return plan;
}

static void measure_score(struct bench *bench)
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
    struct score_pass pass = {plan, allocate(threads * sizeof *pass.rows), SCENARIOS};
    for (unsigned worker = 0; worker < threads; worker++) {
        pass.rows[worker] = allocate(largest * SCENARIOS * sizeof **pass.rows);
    }
    double seconds[BENCH_ROUNDS_MAX];
    for (unsigned round = 0; round < bench->options.rounds; round++) {
        struct tol_error error;
        double begin = bench_now_seconds();
        if (tol_run_blocks(bench->run, blocks, score_block, &pass, &error) != TOL_OK) {
            die(&error);
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
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", 1 /* O_WRONLY */, 0);
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
static void measure_firm_process(struct bench *bench)
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
        column[i] = allocate(count * sizeof(double));
        for (uint64_t f = 0; f < count; f++) {
            column[i][f] = isnan(given[i][f]) ? otherwise[i] : given[i][f];
        }
    }
    double *ones = allocate(count * sizeof *ones);
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
    bench->result = allocate(count * SCENARIOS * sizeof *bench->result);
    unsigned threads = tol_run_threads(bench->run);
    bench->scratch = allocate(threads * sizeof *bench->scratch);
    for (unsigned i = 0; i < threads; i++) {
        bench->scratch[i].sales = allocate(CHUNK_FIRMS * TOL_SALES_FACTOR_COUNT * SCENARIOS * sizeof(double));
        bench->scratch[i].purchases = allocate(CHUNK_FIRMS * TOL_PURCHASE_FACTOR_COUNT * SCENARIOS * sizeof(double));
        bench->scratch[i].outcome = allocate(CHUNK_FIRMS * TOL_OUTCOME_COUNT * SCENARIOS * sizeof(double));
    }
}

static struct options read_options(int count, char **arguments)
{
    struct options options = {NULL, NULL, 0, 5, 1};
    for (int i = 1; i < count; i++) {
        const char *value = i + 1 < count ? arguments[i + 1] : NULL;
        if (strcmp(arguments[i], "--without-peers") == 0) {
            options.with_peers = 0;
            continue;
        }
        if (value == NULL) {
            fprintf(stderr, "bench: %s is unknown or wants a value\n", arguments[i]);
            exit(TOL_USAGE);
        }
        if (strcmp(arguments[i], "--book") == 0) {
            options.book = value;
        } else if (strcmp(arguments[i], "--json") == 0) {
            options.json = value;
        } else if (strcmp(arguments[i], "--threads") == 0) {
            options.threads = (unsigned)strtoul(value, NULL, 10);
        } else if (strcmp(arguments[i], "--rounds") == 0) {
            options.rounds = (unsigned)strtoul(value, NULL, 10);
        } else {
            fprintf(stderr, "bench: unknown option %s\n", arguments[i]);
            exit(TOL_USAGE);
        }
        i++;
    }
    if (options.book == NULL || options.rounds < 1 || options.rounds > BENCH_ROUNDS_MAX) {
        fprintf(stderr,
                "usage: bench_pipeline --book FILE [--rounds 1..%d] [--threads N] [--json FILE] [--without-peers]\n",
                BENCH_ROUNDS_MAX);
        exit(TOL_USAGE);
    }
    return options;
}

static void open_all(struct bench *bench)
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
        die(&error);
    }
    memcpy(bench->cpu, topology.cpu_model, sizeof bench->cpu);
    uint64_t capacity = bench->book->firm_count;
    bench->block_start = allocate((capacity + 1) * sizeof *bench->block_start);
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

int main(int count, char **arguments)
{
    struct bench bench = {.options = read_options(count, arguments)};
    open_all(&bench);
    price(&bench, &bench.sales, &bench.book->side[TOL_SALES], "sales", TOL_SALES_FACTOR_COUNT);
    price(&bench, &bench.purchases, &bench.book->side[TOL_PURCHASES], "purchases", TOL_PURCHASE_FACTOR_COUNT);
    prepare_firms(&bench);
    if (bench.options.with_peers) {
        bench.peer = duckdb_peer_open(tol_run_threads(bench.run));
        if (bench.peer == NULL) {
            return TOL_UNAVAILABLE;
        }
        verify_side(&bench, &bench.sales);
        verify_side(&bench, &bench.purchases);
    }
    verify_variants(&bench);
    measure_read_bandwidth(&bench);
    bench_report_header();
    measure_direct_pass(&bench);
    duckdb_peer_close(bench.peer);
    measure_score(&bench);
    measure_firm_process(&bench);
    if (bench.options.json != NULL && json_dump_file(bench.json, bench.options.json, JSON_INDENT(1)) != 0) {
        fprintf(stderr, "bench: cannot write %s\n", bench.options.json);
        return TOL_CANNOT_CREATE;
    }
    json_decref(bench.json);
    tol_run_destroy(bench.run);
    tol_book_close(bench.book);
    tol_parameters_close(bench.parameters);
    tol_law_close(bench.law);
    return 0;
}
