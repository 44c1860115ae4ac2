/* The kernel, the direct pass, the network and the score over a book, against those who can do the same: results are compared first, then all are
 * timed in turn in the same run, and so are the limits of the machine.
 *
 *   bench_pipeline --book FILE [--scripts FOLDER] [--scratch FOLDER] [--rounds N] [--threads N] [--json FILE]
 *                  [--peers duckdb,graphblas,scipy,postgresql] [--without-score] [--full] */
#include "pipeline.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static _Noreturn void usage(void)
{
    fprintf(stderr,
            "usage: bench_pipeline --book FILE [--scripts FOLDER] [--scratch FOLDER] [--rounds 1..%d] [--threads N] "
            "[--json FILE]\n       [--peers duckdb,graphblas,scipy,postgresql] [--without-score] [--full]\n",
            BENCH_ROUNDS_MAX);
    exit(TOL_USAGE);
}

static int read_flag(struct options *options, const char *name)
{
    const struct {
        const char *name;
        int *set;
    } flags[] = {{"--without-score", &options->without_score}, {"--full", &options->full}};
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (strcmp(name, flags[i].name) == 0) {
            return *flags[i].set = 1;
        }
    }
    return 0;
}

static int read_value(struct options *options, const char *name, const char *value)
{
    const struct {
        const char *name;
        const char **set;
    } texts[] = {{"--book", &options->book},
                 {"--json", &options->json},
                 {"--peers", &options->peers},
                 {"--scripts", &options->scripts},
                 {"--scratch", &options->scratch}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (strcmp(name, texts[i].name) == 0) {
            *texts[i].set = value;
            return 1;
        }
    }
    unsigned *number = strcmp(name, "--threads") == 0  ? &options->threads
                       : strcmp(name, "--rounds") == 0 ? &options->rounds
                                                       : NULL;
    if (number == NULL) {
        return 0;
    }
    *number = (unsigned)strtoul(value, NULL, 10);
    return 1;
}

static struct options read_options(int count, char **arguments)
{
    struct options options = {.rounds = 5, .scratch = "/dev/shm"};
    for (int i = 1; i < count; i++) {
        if (read_flag(&options, arguments[i])) {
            continue;
        }
        if (i + 1 == count || !read_value(&options, arguments[i], arguments[i + 1])) {
            usage();
        }
        i++;
    }
    if (options.book == NULL || options.rounds < 1 || options.rounds > BENCH_ROUNDS_MAX) {
        usage();
    }
    return options;
}

int main(int count, char **arguments)
{
    struct bench bench = {.options = read_options(count, arguments)};
    bench_open(&bench);
    bench_open_peers(&bench);
    bench_price(&bench);
    bench.pass = bench_pass_make(&bench, SCENARIOS);
    bench.one_factor = bench_pass_one_factor(&bench.pass);
    bench_measure_passes(&bench);
    bench_measure_settings(&bench);
    bench_measure_network(&bench);
    if (!bench.options.without_score) {
        bench_measure_score(&bench);
    }
    bench_sheet_close(&bench.sheet, bench.options.json);
    bench_close(&bench);
    return 0;
}
