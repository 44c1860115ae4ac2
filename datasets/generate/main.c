/* tolmuur-generate: writes a fictional portfolio, and real rows before it when asked. docs/demo.md describes what comes out. */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "produce.h"

struct options {
    struct portfolio_size size;
    uint64_t seed;
    const char *with, *tables, *format, *folder; /* with: NULL when there are no real rows */
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

static enum tol_status write_rows(const struct options *options, const struct portfolio *portfolio,
                                  enum produce_table table, const struct held_table *real, struct tol_error *error)
{
    char path[600];
    struct production *production = malloc(sizeof *production);
    if (production == NULL) {
        tol_fail(error, TOL_NO_MEMORY, "no memory for a block of rows");
        return TOL_NO_MEMORY;
    }
    tol_produce_start(production, table, portfolio, real);
    snprintf(path, sizeof path, "%s/%s.%s", options->folder, tol_produce_table_name[table], options->format);
    enum tol_status status =
        tol_table_write(path, TOL_TABLE_BY_ENDING, production->columns, production->column_count,
                        table == PRODUCE_FIRMS ? tol_produce_firms : tol_produce_lines, production, error);
    free(production);
    return status;
}

static enum tol_status write_table(const struct options *options, const struct portfolio *portfolio,
                                   enum produce_table table, struct tol_error *error)
{
    enum tol_status status = refuse_second(options->folder, tol_produce_table_name[table], options->format, error);
    if (status != TOL_OK || options->with == NULL) {
        return status != TOL_OK ? status : write_rows(options, portfolio, table, NULL, error);
    }
    struct held_table real;
    char path[600];
    snprintf(path, sizeof path, "%s/%s.csv", options->with, tol_produce_table_name[table]);
    status = tol_held_table_read(path, &tol_produce_shape[table], &real, error);
    if (status == TOL_OK) {
        status = write_rows(options, portfolio, table, &real, error);
    }
    tol_held_table_free(&real);
    return status;
}

static enum tol_status generate(const struct options *options, struct tol_error *error)
{
    struct market *market = calloc(1, sizeof *market);
    if (market == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "no memory for the market");
    }
    struct portfolio portfolio = {0};
    enum tol_status status = tol_market_read(options->tables, market, error);
    if (status == TOL_OK) {
        status = tol_portfolio_open(market, options->seed, &options->size, &portfolio, error);
    }
    if (status == TOL_OK) {
        status = make_folder(options->folder, error);
    }
    for (int table = 0; status == TOL_OK && table < PRODUCE_TABLES; table++) {
        status = write_table(options, &portfolio, (enum produce_table)table, error);
    }
    tol_portfolio_close(&portfolio);
    tol_market_free(market);
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

static const char help[] = "usage: tolmuur-generate [OPTION...] DIR\n"
                           "Writes firms, sales and purchases of a fictional portfolio into DIR.\n\n"
                           "  --firms N          number of fictional firms (default 2000)\n"
                           "  --lines M          number of lines, 60 % sales and 40 % purchases (default 60000)\n"
                           "  --named PERCENT    of the lines with a partner in the portfolio's countries, how many\n"
                           "                     name it (default 64)\n"
                           "  --seed S           the same seed gives the same bytes (default 1)\n"
                           "  --with FOLDER      put the rows of FOLDER/{firms,sales,purchases}.csv first\n"
                           "  --tables FOLDER    shape of the fictional economy (default datasets/demo)\n"
                           "  --format FORMAT    parquet (default), csv or jsonl\n";

static int usage(const char *reason, const char *value)
{
    fprintf(stderr, "tolmuur-generate: %s%s\n%s", reason, value, help);
    return TOL_USAGE;
}

/* Decimal digits only, below 2^63. */
static bool read_number(const char *text, uint64_t *number)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 18 || text[digits] != '\0') {
        return false;
    }
    *number = strtoull(text, NULL, 10);
    return true;
}

/* A whole number from 0 to 100, as a part of SHARE_ONE. */
static bool read_percent(const char *text, uint32_t *share)
{
    uint64_t percent;
    if (!read_number(text, &percent) || percent > 100) {
        return false;
    }
    *share = (uint32_t)(percent * SHARE_ONE / 100);
    return true;
}

/* False when the value of a numeric option is no number. */
static bool take_option(struct options *options, int option)
{
    switch (option) {
    case 'f':
        return read_number(optarg, &options->size.firms);
    case 'l':
        return read_number(optarg, &options->size.lines);
    case 'n':
        return read_percent(optarg, &options->size.named_share);
    case 's':
        return read_number(optarg, &options->seed);
    case 'w':
        options->with = optarg;
        return true;
    case 't':
        options->tables = optarg;
        return true;
    default:
        options->format = optarg;
        return strcmp(optarg, "parquet") == 0 || strcmp(optarg, "csv") == 0 || strcmp(optarg, "jsonl") == 0;
    }
}

int main(int argc, char **argv)
{
    static const struct option table[] = {{"firms", required_argument, NULL, 'f'},
                                          {"lines", required_argument, NULL, 'l'},
                                          {"named", required_argument, NULL, 'n'},
                                          {"seed", required_argument, NULL, 's'},
                                          {"with", required_argument, NULL, 'w'},
                                          {"tables", required_argument, NULL, 't'},
                                          {"format", required_argument, NULL, 'o'},
                                          {"help", no_argument, NULL, 'h'},
                                          {NULL, 0, NULL, 0}};
    struct options options = {.size = {.firms = 2000, .lines = 60000, .named_share = PORTFOLIO_NAMED_SHARE},
                              .seed = 1,
                              .tables = "datasets/demo",
                              .format = "parquet"};
    int option;
    while ((option = getopt_long(argc, argv, "", table, NULL)) != -1) {
        if (option == 'h') {
            fputs(help, stdout);
            return TOL_OK;
        }
        if (option == '?') {
            return usage("unknown option or missing value", "");
        }
        if (!take_option(&options, option)) {
            return usage("cannot use the value ", optarg);
        }
    }
    if (optind + 1 != argc) {
        return usage("name one folder to write to", "");
    }
    options.folder = argv[optind];
    struct tol_error error = {0};
    return generate(&options, &error) == TOL_OK ? TOL_OK : complain(&error);
}
