/* Speed of the law itself: 10^6 distinct cells into the United States on sixteen days, all readings; and of law and trade's answer in many draws.
 * What is timed for many days at once is first compared with the same questions put one by one.
 *
 *   bench_law --lines datasets/law/us/tariff_lines.csv [--scripts FOLDER] [--scratch FOLDER] [--rounds N] [--threads N] [--json FILE] */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "law_cells.h"

enum { CELLS_PER_BLOCK = 1000, VERIFIED = 20000 };

/* All days at once and one by one must be the same bits. */
static void verify(const struct law_bench *bench)
{
    for (size_t i = 0; i < VERIFIED; i++) {
        struct tol_rate_query query = law_bench_query(bench, i * (LAW_CELLS / VERIFIED));
        struct tol_rate_total total[LAW_DAYS];
        tol_law_totals(bench->law, &query, LAW_DAYS, bench->day, total);
        for (size_t d = 0; d < LAW_DAYS; d++) {
            struct tol_rate_total one;
            query.on = bench->day[d];
            tol_law_total(bench->law, &query, &one);
            if (memcmp(&one, &total[d], 3 * sizeof(double)) != 0 || one.flags != total[d].flags) {
                bench_fail("the totals of many days differ from those of one: not timed");
            }
        }
    }
    printf("totals of many days: %d cells agree to the bit with one day at a time\n", VERIFIED);
}

struct law_job {
    const struct law_bench *bench;
    struct tol_rate_total *total; /* [workers][LAW_DAYS] */
    double *sum;                  /* [workers][8]: what keeps the compiler from dropping the answers */
};

static enum tol_status price_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)error;
    const struct law_job *job = context;
    struct tol_rate_total *total = job->total + (size_t)worker * LAW_DAYS;
    double sum = 0;
    for (size_t i = block * CELLS_PER_BLOCK; i < (block + 1) * CELLS_PER_BLOCK; i++) {
        struct tol_rate_query query = law_bench_query(job->bench, i);
        tol_law_totals(job->bench->law, &query, LAW_DAYS, job->bench->day, total);
        sum += total[LAW_DAYS - 1].low + total[0].high;
    }
    job->sum[worker * 8] += sum;
    return TOL_OK;
}

static double price_all(void *context)
{
    struct law_job *job = context;
    struct tol_error error;
    double start = bench_now_seconds();
    if (tol_run_blocks(job->bench->run, LAW_CELLS / CELLS_PER_BLOCK, price_block, job, &error) != TOL_OK) {
        bench_fail("%s", error.message);
    }
    return bench_now_seconds() - start;
}

static void measure_law(struct law_bench *bench)
{
    unsigned threads = tol_run_threads(bench->run);
    struct law_job job = {bench, bench_allocate(threads * LAW_DAYS * sizeof(struct tol_rate_total)),
                          bench_allocate(threads * 8 * sizeof(double))};
    struct bench_contender contender = {.name = "law_totals_16_days", .run = price_all, .context = &job};
    verify(bench);
    unsigned rounds = bench_rounds(&contender, 1, bench->rounds);
    struct bench_result result = {.name = contender.name,
                                  .ours_seconds = contender.median,
                                  .units = (double)LAW_CELLS * LAW_DAYS,
                                  .unit = "cell-days",
                                  .isa = "-",
                                  .threads = threads,
                                  .scenarios = LAW_DAYS,
                                  .rounds = rounds};
    bench_report(&bench->sheet, &result, NULL, 0);
    free(job.total);
    free(job.sum);
}

struct options {
    const char *lines;
    const char *json;
    const char *scripts;
    const char *scratch;
    unsigned threads;
    unsigned rounds;
};

static _Noreturn void usage(void)
{
    fprintf(stderr,
            "usage: bench_law --lines FILE [--scripts FOLDER] [--scratch FOLDER] [--rounds 1..%d] [--threads N] "
            "[--json FILE]\n",
            BENCH_ROUNDS_MAX);
    exit(TOL_USAGE);
}

static struct options read_options(int count, char **arguments)
{
    struct options options = {.rounds = 5, .scratch = "/dev/shm"};
    for (int i = 1; i < count; i += 2) {
        const char *name = arguments[i];
        const char *value = i + 1 < count ? arguments[i + 1] : NULL;
        const char **text = strcmp(name, "--lines") == 0     ? &options.lines
                            : strcmp(name, "--json") == 0    ? &options.json
                            : strcmp(name, "--scripts") == 0 ? &options.scripts
                            : strcmp(name, "--scratch") == 0 ? &options.scratch
                                                             : NULL;
        unsigned *number = strcmp(name, "--threads") == 0  ? &options.threads
                           : strcmp(name, "--rounds") == 0 ? &options.rounds
                                                           : NULL;
        if (value == NULL || (text == NULL && number == NULL)) {
            usage();
        }
        if (text != NULL) {
            *text = value;
        } else {
            *number = (unsigned)strtoul(value, NULL, 10);
        }
    }
    if (options.lines == NULL || options.rounds < 1 || options.rounds > BENCH_ROUNDS_MAX) {
        usage();
    }
    return options;
}

int main(int count, char **arguments)
{
    struct options options = read_options(count, arguments);
    struct law_bench bench;
    law_bench_open(&bench, options.lines, options.threads, options.rounds);
    bench_report_header();
    measure_law(&bench);
    law_bench_measure_pricing(&bench, options.scripts, options.scratch);
    bench_sheet_close(&bench.sheet, options.json);
    law_bench_close(&bench);
    return 0;
}
