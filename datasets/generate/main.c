/* tolmuur-generate: writes a fictional portfolio, and real rows before it when asked. docs/demo.md describes what comes out. */
#include <errno.h>
#include <inttypes.h>
#include <popt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "produce.h"

struct options {
    long long firms, lines, seed;
    char *with, *tables, *format;
    const char *folder;
};

/* DIR and its parents. */
static enum tol_status make_folder(const char *folder, struct tol_error *error)
{
    char path[512];
    size_t length = strlen(folder);
    if (length == 0 || length >= sizeof path) {
        return tol_fail(error, TOL_USAGE, "the folder's name must have 1 to %zu characters", sizeof path - 1);
    }
    memcpy(path, folder, length + 1);
    for (size_t i = 1; i <= length; i++) {
        if (path[i] != '/' && path[i] != '\0') {
            continue;
        }
        char kept = path[i];
        path[i] = '\0';
        if (mkdir(path, 0777) != 0 && errno != EEXIST) {
            tol_fail(error, TOL_CANNOT_CREATE, "cannot make the folder: %s", strerror(errno));
            return tol_fail_at(error, TOL_CANNOT_CREATE, path, 0, NULL, NULL);
        }
        path[i] = kept;
    }
    return TOL_OK;
}

/* A table left in another format would be a second one of the same name, which readers refuse. */
static enum tol_status refuse_second(const char *folder, const char *table, const char *format, struct tol_error *error)
{
    static const char *const endings[] = {"csv", "csv.gz", "jsonl", "parquet"};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        char path[600];
        snprintf(path, sizeof path, "%s/%s.%s", folder, table, endings[i]);
        if (strcmp(endings[i], format) != 0 && access(path, F_OK) == 0) {
            tol_fail(error, TOL_CANNOT_CREATE, "is there already, and a folder may hold one file per table; remove it");
            return tol_fail_at(error, TOL_CANNOT_CREATE, path, 0, NULL, NULL);
        }
    }
    return TOL_OK;
}

static enum tol_status write_table(const struct options *options, const struct portfolio *portfolio,
                                   enum produce_table table, struct tol_error *error)
{
    struct csv_table real = {0};
    char path[600];
    enum tol_status status = refuse_second(options->folder, produce_table_name[table], options->format, error);
    if (status == TOL_OK && options->with != NULL) {
        snprintf(path, sizeof path, "%s/%s.csv", options->with, produce_table_name[table]);
        status = csv_table_read(path, &real, error);
    }
    struct production *production = malloc(sizeof *production);
    if (status == TOL_OK && production == NULL) {
        status = tol_fail(error, TOL_NO_MEMORY, "no memory for a block of rows");
    }
    if (status == TOL_OK) {
        status = produce_start(production, table, portfolio, options->with != NULL ? &real : NULL, error);
    }
    if (status == TOL_OK) {
        snprintf(path, sizeof path, "%s/%s.%s", options->folder, produce_table_name[table], options->format);
        status = tol_table_write(path, TOL_TABLE_BY_ENDING, production->columns, production->column_count,
                                 table == PRODUCE_FIRMS ? produce_firms : produce_lines, production, error);
    }
    free(production);
    csv_table_free(&real);
    return status;
}

static enum tol_status generate(const struct options *options, struct tol_error *error)
{
    struct market *market = calloc(1, sizeof *market);
    if (market == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "no memory for the market");
    }
    struct portfolio portfolio = {0};
    enum tol_status status = market_read(options->tables, market, error);
    if (status == TOL_OK) {
        status = portfolio_open(market, (uint64_t)options->seed, (uint64_t)options->firms, (uint64_t)options->lines,
                                &portfolio, error);
    }
    if (status == TOL_OK) {
        status = make_folder(options->folder, error);
    }
    for (int table = 0; status == TOL_OK && table < PRODUCE_TABLES; table++) {
        status = write_table(options, &portfolio, (enum produce_table)table, error);
    }
    portfolio_close(&portfolio);
    market_free(market);
    free(market);
    return status;
}

static int complain(const struct tol_error *error)
{
    fprintf(stderr, "tolmuur-generate: ");
    if (error->file[0] != '\0') {
        fprintf(stderr, "%s: ", error->file);
    }
    if (error->row != 0) {
        fprintf(stderr, "row %" PRIu64 ": ", error->row);
    }
    if (error->column[0] != '\0') {
        fprintf(stderr, "%s %s: ", error->column, error->value);
    }
    fprintf(stderr, "%s\n", error->message);
    return (int)error->status;
}

static int usage(poptContext context, const char *reason)
{
    fprintf(stderr, "tolmuur-generate: %s\n", reason);
    poptPrintUsage(context, stderr, 0);
    return TOL_USAGE;
}

static int check_options(poptContext context, struct options *options)
{
    options->folder = poptGetArg(context);
    if (options->folder == NULL || poptPeekArg(context) != NULL) {
        return usage(context, "name one folder to write to");
    }
    if (options->firms <= 0 || options->lines < 0 || options->seed < 0) {
        return usage(context, "--firms must be above 0, --lines and --seed at least 0");
    }
    if (strcmp(options->format, "parquet") != 0 && strcmp(options->format, "csv") != 0 &&
        strcmp(options->format, "jsonl") != 0) {
        return usage(context, "--format is parquet, csv or jsonl");
    }
    return TOL_OK;
}

int main(int argc, const char **argv)
{
    struct options options = {
        .firms = 2000, .lines = 60000, .seed = 1, .tables = strdup("datasets/demo"), .format = strdup("parquet")};
    const struct poptOption table[] = {{"firms", 0, POPT_ARG_LONGLONG | POPT_ARGFLAG_SHOW_DEFAULT, &options.firms, 0,
                                        "Number of fictional firms", "N"},
                                       {"lines", 0, POPT_ARG_LONGLONG | POPT_ARGFLAG_SHOW_DEFAULT, &options.lines, 0,
                                        "Number of lines: 60 % sales, 40 % purchases", "M"},
                                       {"seed", 0, POPT_ARG_LONGLONG | POPT_ARGFLAG_SHOW_DEFAULT, &options.seed, 0,
                                        "The same seed gives the same bytes", "S"},
                                       {"with", 0, POPT_ARG_STRING, &options.with, 0,
                                        "Put the rows of FOLDER/{firms,sales,purchases}.csv first", "FOLDER"},
                                       {"tables", 0, POPT_ARG_STRING | POPT_ARGFLAG_SHOW_DEFAULT, &options.tables, 0,
                                        "Shape of the fictional economy", "FOLDER"},
                                       {"format", 0, POPT_ARG_STRING | POPT_ARGFLAG_SHOW_DEFAULT, &options.format, 0,
                                        "parquet, csv or jsonl", "FORMAT"},
                                       POPT_AUTOHELP POPT_TABLEEND};
    poptContext context = poptGetContext("tolmuur-generate", argc, argv, table, 0);
    poptSetOtherOptionHelp(context, "[OPTION...] DIR");
    struct tol_error error = {0};
    int status = poptGetNextOpt(context);
    if (status != -1) {
        status = usage(context, poptStrerror(status));
    } else {
        status = check_options(context, &options);
        if (status == TOL_OK && generate(&options, &error) != TOL_OK) {
            status = complain(&error);
        }
    }
    free(options.with);
    free(options.tables);
    free(options.format);
    poptFreeContext(context);
    return status;
}
