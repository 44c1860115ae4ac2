/* Input and output around the kernel: `tolmuur build`, and results written, against DuckDB in this process with the same threads.
 *
 *   bench_io --input FOLDER --csv FOLDER --scratch FOLDER [--rounds N] [--threads N] [--json FILE]
 *
 * Both end on the disk: what is written is synced within the time. */
#include "io.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "program.h"
#include "tolmuur/run.h"

uint64_t io_file_bytes(const char *path)
{
    struct stat state;
    if (stat(path, &state) != 0) {
        bench_fail("cannot find %s", path);
    }
    return (uint64_t)state.st_size;
}

struct options {
    const char *input;
    const char *csv;
    const char *scratch;
    const char *json;
    unsigned threads;
    unsigned rounds;
};

static _Noreturn void usage(void)
{
    fprintf(
        stderr,
        "usage: bench_io --input FOLDER --csv FOLDER --scratch FOLDER [--rounds 1..%d] [--threads N] [--json FILE]\n",
        BENCH_ROUNDS_MAX);
    exit(TOL_USAGE);
}

static struct options read_options(int count, char **arguments)
{
    struct options options = {.rounds = 5};
    for (int i = 1; i < count; i += 2) {
        const char *name = arguments[i];
        const char **text = strcmp(name, "--input") == 0     ? &options.input
                            : strcmp(name, "--csv") == 0     ? &options.csv
                            : strcmp(name, "--scratch") == 0 ? &options.scratch
                            : strcmp(name, "--json") == 0    ? &options.json
                                                             : NULL;
        unsigned *number = strcmp(name, "--threads") == 0  ? &options.threads
                           : strcmp(name, "--rounds") == 0 ? &options.rounds
                                                           : NULL;
        if (i + 1 == count || (text == NULL && number == NULL)) {
            usage();
        }
        if (text != NULL) {
            *text = arguments[i + 1];
        } else {
            *number = (unsigned)strtoul(arguments[i + 1], NULL, 10);
        }
    }
    if (options.input == NULL || options.csv == NULL || options.scratch == NULL || options.rounds < 1 ||
        options.rounds > BENCH_ROUNDS_MAX) {
        usage();
    }
    return options;
}

int main(int count, char **arguments)
{
    struct options options = read_options(count, arguments);
    struct io_bench bench = {.input = options.input,
                             .csv = options.csv,
                             .scratch = options.scratch,
                             .threads = options.threads,
                             .rounds = options.rounds};
    struct tol_topology topology;
    struct tol_error error;
    char book[IO_PATH_SIZE];
    if (tol_topology_read(&topology, &error) != TOL_OK) {
        bench_fail("%s", error.message);
    }
    bench.threads = bench.threads > 0 ? bench.threads : topology.allowed_cores;
    bench_sheet_open(&bench.sheet, topology.cpu_model);
    program_beside("tolmuur", bench.program, sizeof bench.program);
    if (duckdb_session_open(&bench.session, bench.threads) < 0) {
        bench_fail("DuckDB did not open");
    }
    /* Answers of the networks are kept here and not in the user's own folder. */
    char store[IO_PATH_SIZE];
    snprintf(store, sizeof store, "%s/store", bench.scratch);
    mkdir(store, 0700);
    setenv("TOLMUUR_CACHE", store, 1);
    snprintf(book, sizeof book, "%s/built.book", bench.scratch);
    io_measure_build(&bench, book);
    io_measure_write(&bench, book);
    unlink(book);
    duckdb_session_close(&bench.session);
    bench_sheet_close(&bench.sheet, options.json);
    return 0;
}
