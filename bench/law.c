/* Speed of the law itself: 10^6 distinct cells into the United States on sixteen days, all readings; one `rate` process; `rate --batch`.
 * What is timed for many days at once is first compared with the same questions put one by one.
 *
 *   bench_law --lines datasets/law/us/tariff_lines.csv [--rounds N] [--threads N] [--json FILE] */
#include <fcntl.h>
#include <jansson.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure.h"
#include "tolmuur/law.h"
#include "tolmuur/run.h"

enum { CELLS = 1000000, DAYS = 16, CELLS_PER_BLOCK = 1000, VERIFIED = 20000, PROCESS_RUNS = 21 };

/* Sixteen days on which US law stood differently. */
static const char *const days[DAYS] = {
    "2025-02-10", "2025-03-05", "2025-03-13", "2025-04-04", "2025-04-08", "2025-04-12", "2025-05-20", "2025-06-10",
    "2025-07-01", "2025-08-10", "2025-09-20", "2025-11-12", "2025-12-01", "2026-01-20", "2026-03-01", "2026-05-01"};

static const char *const origins[] = {"CN", "MX", "CA", "DE", "JP", "VN", "KR", "TW", "IE", "IN", "IT", "GB", "CH",
                                      "TH", "FR", "MY", "SG", "BR", "NL", "ID", "IL", "BE", "AT", "ES", "SE", "PL",
                                      "AU", "TR", "HU", "CL", "DK", "CO", "FI", "PH", "SA", "ZA", "KH", "CR", "NO",
                                      "PE", "BD", "CZ", "SK", "HK", "DO", "RU", "PT", "AR", "NZ", "LK", "PK"};
enum { ORIGINS = sizeof origins / sizeof origins[0] };

/* What companies know: mostly nothing. */
static const char *const known[] = {"",
                                    "",
                                    "",
                                    "usmca=yes",
                                    "steel_share=0.4",
                                    "steel_share=0.2;alu_share=0.1",
                                    "metal_weight_share=0.1",
                                    "us_content=0.25"};
enum { KNOWN = sizeof known / sizeof known[0] };

struct cell {
    tol_country from;
    tol_product product;
    unsigned known;
};

struct bench {
    struct tol_law *law;
    struct tol_run *run;
    unsigned rounds;
    json_t *json;
    char cpu[128];
    tol_day day[DAYS];
    struct tol_facts facts[KNOWN];
    struct cell *cell;
    struct tol_rate_total *total; /* [workers][DAYS] */
    double *sum;                  /* [workers]: what keeps the compiler from dropping the answers */
};

static _Noreturn void die(const char *message)
{
    fprintf(stderr, "bench: %s\n", message);
    exit(TOL_INTERNAL);
}

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (memory == NULL) {
        die("out of memory");
    }
    return memory;
}

/* Every line with the next origins in turn, until there are enough; a multiplier keeps neighbours from sharing their facts. */
static void make_cells(struct bench *bench, const char *path)
{
    FILE *file = fopen(path, "r");
    char text[256];
    size_t line_count = 0;
    static tol_product line[65536];
    if (file == NULL || fgets(text, sizeof text, file) == NULL) {
        die("cannot read the tariff lines");
    }
    while (fgets(text, sizeof text, file) != NULL && line_count < sizeof line / sizeof line[0]) {
        text[strcspn(text, ",")] = '\0';
        tol_product product;
        if (tol_product_parse(text, 10, &product) && (line_count == 0 || line[line_count - 1] != product)) {
            line[line_count++] = product;
        }
    }
    fclose(file);
    if (line_count * ORIGINS < CELLS) {
        die("too few tariff lines");
    }
    bench->cell = allocate(CELLS, sizeof *bench->cell);
    for (size_t i = 0; i < CELLS; i++) {
        tol_country from = 0;
        if (!tol_country_parse(origins[i / line_count], &from)) {
            die("a country of the list does not parse");
        }
        bench->cell[i] = (struct cell){from, line[i % line_count], (unsigned)(i * 2654435761u >> 16) % KNOWN};
    }
}

static struct tol_rate_query query_of(const struct bench *bench, size_t cell)
{
    return (struct tol_rate_query){.into = 'U' << 8 | 'S',
                                   .from = bench->cell[cell].from,
                                   .product = bench->cell[cell].product,
                                   .facts = &bench->facts[bench->cell[cell].known]};
}

/* All days at once and one by one must be the same bits. */
static void verify(struct bench *bench)
{
    for (size_t i = 0; i < VERIFIED; i++) {
        struct tol_rate_query query = query_of(bench, i * (CELLS / VERIFIED));
        struct tol_rate_total total[DAYS];
        tol_law_totals(bench->law, &query, DAYS, bench->day, total);
        for (size_t d = 0; d < DAYS; d++) {
            struct tol_rate_total one;
            query.on = bench->day[d];
            tol_law_total(bench->law, &query, &one);
            if (memcmp(&one, &total[d], 3 * sizeof(double)) != 0 || one.flags != total[d].flags) {
                die("the totals of many days differ from those of one: not timed");
            }
        }
    }
    printf("totals of many days: %d cells agree to the bit with one day at a time\n", VERIFIED);
}

static enum tol_status price_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)error;
    const struct bench *bench = context;
    struct tol_rate_total *total = bench->total + (size_t)worker * DAYS;
    double sum = 0;
    for (size_t i = block * CELLS_PER_BLOCK; i < (block + 1) * CELLS_PER_BLOCK; i++) {
        struct tol_rate_query query = query_of(bench, i);
        tol_law_totals(bench->law, &query, DAYS, bench->day, total);
        sum += total[DAYS - 1].low + total[0].high;
    }
    bench->sum[worker * 8] += sum;
    return TOL_OK;
}

static double price_all(struct bench *bench)
{
    struct tol_error error;
    double start = bench_now_seconds();
    if (tol_run_blocks(bench->run, CELLS / CELLS_PER_BLOCK, price_block, bench, &error) != TOL_OK) {
        die(error.message);
    }
    return bench_now_seconds() - start;
}

/* `tolmuur ARGUMENTS` beside this program, its output thrown away. Rows that have no rate on their day (exit code 65) are work too. */
static double spawn_seconds(char *const arguments[])
{
    char program[4096];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 16);
    program[length < 0 ? 0 : length] = '\0';
    char *slash = strrchr(program, '/');
    memcpy(slash == NULL ? program : slash + 1, "tolmuur", 8);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child;
    int state = 1;
    double start = bench_now_seconds();
    if (posix_spawn(&child, program, &actions, NULL, arguments, environ) != 0 || waitpid(child, &state, 0) != child ||
        (state != 0 && !(WIFEXITED(state) && WEXITSTATUS(state) == TOL_BAD_DATA))) {
        die("tolmuur rate did not succeed");
    }
    double seconds = bench_now_seconds() - start;
    posix_spawn_file_actions_destroy(&actions);
    return seconds;
}

static double rate_process(void)
{
    return spawn_seconds((char *[]){"tolmuur", "rate", "--into", "US", "--from", "CN", "--hts", "3926909989", "--on",
                                    "2025-04-12", NULL});
}

static void write_batch(const struct bench *bench, const char *path)
{
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        die("cannot write the batch");
    }
    fputs("into,hts,from,on,facts\n", file);
    for (size_t i = 0; i < CELLS; i++) {
        char product[TOL_PRODUCT_TEXT_SIZE];
        char from[TOL_COUNTRY_TEXT_SIZE];
        tol_product_format(bench->cell[i].product, product);
        tol_country_format(bench->cell[i].from, from);
        fprintf(file, "US,%s,%s,%s,%s\n", product, from, days[i % DAYS], known[bench->cell[i].known]);
    }
    if (fclose(file) != 0) {
        die("cannot write the batch");
    }
}

static void report(struct bench *bench, const char *name, double *seconds, size_t count, double units, const char *unit,
                   unsigned threads)
{
    struct bench_result result = {.name = name,
                                  .ours_seconds = bench_median(seconds, count),
                                  .units = units,
                                  .unit = unit,
                                  .isa = "-",
                                  .threads = threads};
    bench_report(&result, bench->json, bench->cpu);
}

static void measure(struct bench *bench)
{
    double seconds[BENCH_ROUNDS_MAX];
    for (unsigned round = 0; round < bench->rounds; round++) {
        seconds[round] = price_all(bench);
    }
    report(bench, "law_totals_16_days", seconds, bench->rounds, (double)CELLS * DAYS, "cell-days",
           tol_run_threads(bench->run));
    for (unsigned round = 0; round < PROCESS_RUNS; round++) {
        seconds[round] = rate_process();
    }
    report(bench, "rate_whole_process", seconds, PROCESS_RUNS, 1, "rates", 1);
    char path[] = "/tmp/tolmuur-bench-XXXXXX";
    int made = mkstemp(path);
    if (made < 0) {
        die("cannot make a temporary file");
    }
    close(made);
    write_batch(bench, path);
    for (unsigned round = 0; round < bench->rounds; round++) {
        seconds[round] = spawn_seconds((char *[]){"tolmuur", "rate", "--batch", path, "--format", "csv", NULL});
    }
    unlink(path);
    report(bench, "rate_batch", seconds, bench->rounds, CELLS, "rows", 1);
}

static void open_all(struct bench *bench, unsigned threads)
{
    struct tol_error error;
    char tables[4096];
    struct tol_topology topology;
    struct tol_run_options run_options = {threads, true};
    if (!tol_tables_find(tables, sizeof tables)) {
        die("no compiled tables found: run ./dev build");
    }
    if (tol_law_open(tables, &bench->law, &error) != TOL_OK ||
        tol_run_create(&run_options, &bench->run, &error) != TOL_OK || tol_topology_read(&topology, &error) != TOL_OK) {
        die(error.message);
    }
    memcpy(bench->cpu, topology.cpu_model, sizeof bench->cpu);
    for (size_t d = 0; d < DAYS; d++) {
        if (!tol_day_parse(days[d], &bench->day[d])) {
            die("a day of the list does not parse");
        }
    }
    for (size_t k = 0; k < KNOWN; k++) {
        if (tol_facts_parse(bench->law, known[k], &bench->facts[k], &error) != TOL_OK) {
            die(error.message);
        }
    }
    bench->total = allocate(tol_run_threads(bench->run), DAYS * sizeof *bench->total);
    bench->sum = allocate(tol_run_threads(bench->run), 8 * sizeof *bench->sum);
    bench->json = json_array();
}

struct options {
    const char *lines;
    const char *json;
    unsigned threads;
    unsigned rounds;
};

static struct options read_options(int count, char **arguments)
{
    struct options options = {.rounds = 5};
    for (int i = 1; i + 1 < count; i += 2) {
        if (strcmp(arguments[i], "--lines") == 0) {
            options.lines = arguments[i + 1];
        } else if (strcmp(arguments[i], "--json") == 0) {
            options.json = arguments[i + 1];
        } else if (strcmp(arguments[i], "--threads") == 0) {
            options.threads = (unsigned)strtoul(arguments[i + 1], NULL, 10);
        } else if (strcmp(arguments[i], "--rounds") == 0) {
            options.rounds = (unsigned)strtoul(arguments[i + 1], NULL, 10);
        } else {
            options.rounds = 0;
        }
    }
    if (options.lines == NULL || options.rounds < 1 || options.rounds > BENCH_ROUNDS_MAX) {
        fprintf(stderr, "usage: bench_law --lines FILE [--rounds 1..%d] [--threads N] [--json FILE]\n",
                BENCH_ROUNDS_MAX);
        exit(TOL_USAGE);
    }
    return options;
}

int main(int count, char **arguments)
{
    struct options options = read_options(count, arguments);
    struct bench bench = {.rounds = options.rounds};
    open_all(&bench, options.threads);
    make_cells(&bench, options.lines);
    verify(&bench);
    bench_report_header();
    measure(&bench);
    if (options.json != NULL && json_dump_file(bench.json, options.json, JSON_INDENT(1)) != 0) {
        die("cannot write the JSON file");
    }
    json_decref(bench.json);
    free(bench.cell);
    free(bench.total);
    free(bench.sum);
    tol_run_destroy(bench.run);
    tol_law_close(bench.law);
    return 0;
}
