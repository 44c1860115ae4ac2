#include "datasets/supply.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "postgres/input.h"
#include "supply/reader_table.h"
#include "tolmuur/whole_file.h"

struct table_file {
    bool present;
    enum tol_supply_format format;
    char path[4096];
};

/* All that one run over a folder holds. */
struct supply_run {
    const struct tol_supply_options *options;
    struct tol_supply_report *report;
    struct table_file file[TOL_SUPPLY_TABLE_COUNT];
    struct tol_fault_log log;
    struct tol_book_builder *builder;
    struct tol_firm_sums_list sums;
    struct tol_table_reader reader;
    struct tol_facts_cache facts_cache;
    struct tol_postgres_input postgres; /* zero: the tables are files */
    bool all_usable;
};

static enum tol_status fail_at(struct tol_error *error, enum tol_status status, const char *file, const char *message)
{
    tol_fail(error, status, "%s", message);
    return tol_fail_at(error, status, file, 0, NULL, NULL);
}

static const struct {
    const char *ending;
    enum tol_supply_format format;
} kind[] = {{".csv", TOL_SUPPLY_CSV},
            {".csv.gz", TOL_SUPPLY_CSV_GZIP},
            {".parquet", TOL_SUPPLY_PARQUET},
            {".jsonl", TOL_SUPPLY_JSONL}};
enum { KIND_COUNT = sizeof kind / sizeof kind[0] };

/* False when the path is too long. */
static bool table_path(const char *folder, enum tol_supply_table table, size_t k, struct table_file *file)
{
    int length =
        snprintf(file->path, sizeof file->path, "%s/%s%s", folder, tol_supply_table_name(table), kind[k].ending);
    return length >= 0 && (size_t)length < sizeof file->path;
}

/* The one file that holds the table; two are a fault, for which would count? */
static enum tol_status find_table(const char *folder, enum tol_supply_table table, struct table_file *file,
                                  struct tol_error *error)
{
    for (size_t i = 0; i < KIND_COUNT; i++) {
        struct table_file found = {.present = true, .format = kind[i].format};
        struct stat about;
        if (!table_path(folder, table, i, &found)) {
            return fail_at(error, TOL_NO_INPUT, folder, "the path is too long");
        }
        if (stat(found.path, &about) != 0) {
            continue;
        }
        if (file->present) {
            tol_fail(error, TOL_BAD_DATA, "%s is there twice, also as %s; leave one file for each table",
                     tol_supply_table_name(table), strrchr(file->path, '/') + 1);
            return tol_fail_at(error, TOL_BAD_DATA, found.path, 0, NULL, NULL);
        }
        *file = found;
    }
    return TOL_OK;
}

static enum tol_status find_tables(const char *folder, struct table_file *file, struct tol_error *error)
{
    struct stat about;
    if (stat(folder, &about) != 0) {
        tol_fail(error, TOL_NO_INPUT, "cannot open the folder: %s", strerror(errno));
        return tol_fail_at(error, TOL_NO_INPUT, folder, 0, NULL, NULL);
    }
    if (!S_ISDIR(about.st_mode)) {
        return fail_at(error, TOL_NO_INPUT, folder,
                       "not a folder; give the folder that holds firms, sales and purchases");
    }
    for (int i = 0; i < TOL_SUPPLY_TABLE_COUNT; i++) {
        enum tol_status status = find_table(folder, (enum tol_supply_table)i, &file[i], error);
        if (status != TOL_OK) {
            return status;
        }
    }
    if (!file[TOL_SUPPLY_FIRMS].present) {
        return fail_at(error, TOL_NO_INPUT, folder,
                       "no firms table; put firms.csv, firms.csv.gz, firms.parquet or firms.jsonl into the folder");
    }
    if (!file[TOL_SUPPLY_SALES].present && !file[TOL_SUPPLY_PURCHASES].present) {
        return fail_at(
            error, TOL_NO_INPUT, folder,
            "neither sales nor purchases; put at least one of them (.csv, .csv.gz, .parquet, .jsonl) into the folder");
    }
    return TOL_OK;
}

/* The server is waited for. */
static bool stopped(void *context)
{
    const struct supply_run *run = context;
    return run->options->progress != NULL &&
           !run->options->progress(run->options->context, run->reader.schema.table, run->reader.row, 0);
}

static enum tol_status find_in_database(const char *uri, struct supply_run *run, struct tol_error *error)
{
    const struct tol_postgres_watch watch = {stopped, run};
    enum tol_status status =
        tol_postgres_input_open(&run->postgres, uri, run->options->postgres, run->options->law, &watch, error);
    for (int i = 0; i < TOL_SUPPLY_TABLE_COUNT; i++) {
        run->file[i].present = run->postgres.table[i].present;
        run->file[i].format = TOL_SUPPLY_POSTGRES;
        snprintf(run->file[i].path, sizeof run->file[i].path, "%s", run->postgres.table[i].label);
    }
    return status;
}

/* A database has columns that are for others. Named, for one may be a slip of the pen. */
static void warn_unread(struct supply_run *run)
{
    for (int i = 0; i < TOL_SUPPLY_TABLE_COUNT; i++) {
        if (run->postgres.table[i].unread[0] != '\0') {
            struct tol_error warning;
            tol_fail(&warning, TOL_BAD_DATA, "columns that are not read: %s", run->postgres.table[i].unread);
            tol_fail_at(&warning, TOL_BAD_DATA, run->file[i].path, 0, NULL, NULL);
            tol_fault_log_warn(&run->log, &warning);
        }
    }
}

/* An output may be no table of the folder, nor become one. */
static enum tol_status keep_apart(const char *folder, const char *output, struct tol_error *error)
{
    for (int table = 0; output != NULL && table < TOL_SUPPLY_TABLE_COUNT; table++) {
        for (size_t k = 0; k < KIND_COUNT; k++) {
            struct table_file file;
            if (table_path(folder, (enum tol_supply_table)table, k, &file) && tol_same_file(output, file.path, true)) {
                tol_fail(error, TOL_USAGE, "this is %.300s, a table of the folder that is read; name another file",
                         file.path);
                return tol_fail_at(error, TOL_USAGE, output, 0, NULL, NULL);
            }
        }
    }
    return TOL_OK;
}

static enum tol_status read_one(struct supply_run *run, enum tol_supply_table table, struct tol_error *error)
{
    bool usable;
    if (table != TOL_SUPPLY_FIRMS) {
        enum tol_side side = table == TOL_SUPPLY_SALES ? TOL_SALES : TOL_PURCHASES;
        enum tol_status status = tol_book_builder_begin_lines(run->builder, side, error);
        if (status != TOL_OK) {
            return status;
        }
    }
    tol_schema_init(&run->reader.schema, table, run->options->law);
    run->reader.file = run->file[table].path;
    run->reader.postgres = &run->postgres;
    enum tol_status status = tol_read_table(&run->reader, run->file[table].format, &usable, error);
    run->all_usable &= usable;
    run->report->cut_short = !run->all_usable;
    return status;
}

static enum tol_status read_all(struct supply_run *run, const char *book_path, struct tol_error *error)
{
    run->all_usable = true;
    for (int i = 0; i < TOL_SUPPLY_TABLE_COUNT; i++) {
        if (!run->file[i].present) {
            continue;
        }
        enum tol_status status = read_one(run, (enum tol_supply_table)i, error);
        /* Without firms every line would be a fault. */
        if (status != TOL_OK || (i == TOL_SUPPLY_FIRMS && !run->all_usable) || run->postgres.broken) {
            return status;
        }
        if (i == TOL_SUPPLY_FIRMS && book_path != NULL &&
            tol_supply_rejected(run->report) <= run->options->max_rejects) {
            status = tol_book_builder_output(run->builder, book_path, error);
            if (status != TOL_OK) {
                return status;
            }
        }
    }
    return TOL_OK;
}

static void warn(struct supply_run *run, const struct tol_firm_sums *sums, double stated_eur, double lines_eur,
                 const char *column, const char *lines)
{
    struct tol_error warning;
    char stated[32];
    if (!(lines_eur > stated_eur * (1 + 1e-9))) {
        return;
    }
    snprintf(stated, sizeof stated, "%.17g", stated_eur);
    tol_fail(&warning, TOL_BAD_DATA, "the firm's %s lines add up to %.2f EUR, more than this; check which is right",
             lines, lines_eur);
    tol_fail_at(&warning, TOL_BAD_DATA, run->file[TOL_SUPPLY_FIRMS].path, sums->row, column, stated);
    tol_fault_log_warn(&run->log, &warning);
}

static void warn_all(struct supply_run *run)
{
    for (uint64_t i = 0; i < run->sums.count; i++) {
        const struct tol_firm_sums *sums = &run->sums.item[i];
        warn(run, sums, sums->revenue_eur, sums->line_eur[TOL_SALES], "revenue_eur", "sales");
        if (!isnan(sums->purchases_eur)) {
            warn(run, sums, sums->purchases_eur, sums->line_eur[TOL_PURCHASES], "purchases_eur", "purchase");
        }
    }
}

uint64_t tol_supply_rejected(const struct tol_supply_report *report)
{
    uint64_t rows = 0;
    for (int i = 0; i < TOL_SUPPLY_TABLE_COUNT; i++) {
        rows += report->rejected_rows[i];
    }
    return rows;
}

/* After reading: is it good enough, and if so, into the book with it. */
static enum tol_status conclude(struct supply_run *run, const char *book_path, struct tol_error *error)
{
    uint64_t allowed = book_path == NULL ? 0 : run->options->max_rejects;
    if (!run->all_usable || tol_supply_rejected(run->report) > allowed) {
        if (error != NULL) {
            *error = run->log.first;
        }
        return TOL_BAD_DATA;
    }
    if (book_path == NULL) {
        return TOL_OK;
    }
    tol_book_builder_count_rejected(run->builder, tol_supply_rejected(run->report));
    return tol_book_builder_finish(run->builder, book_path, error);
}

static enum tol_status read_and_conclude(struct supply_run *run, struct tol_run *workers, const char *book_path,
                                         struct tol_error *error)
{
    enum tol_status status;
    run->reader = (struct tol_table_reader){
        .options = run->options,
        .log = &run->log,
        .builder = run->builder,
        .run = workers,
        .keep_lines = book_path != NULL,
        .sums = &run->sums,
        .facts_cache = &run->facts_cache,
        .c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0),
    };
    if (run->reader.c_locale == (locale_t)0) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while reading the tables");
    }
    status = read_all(run, book_path, error);
    freelocale(run->reader.c_locale);
    if (status == TOL_OK) {
        warn_all(run);
        status = conclude(run, book_path, error);
    }
    return status;
}

static enum tol_status run_builder(struct supply_run *run, const char *book_path, struct tol_error *error)
{
    const struct tol_allocator *allocator =
        run->options->allocator == NULL ? tol_allocator_default() : run->options->allocator;
    enum tol_status status = tol_book_builder_create(allocator, &run->builder, error);
    if (status != TOL_OK) {
        return status;
    }
    struct tol_run_options run_options = {.threads = run->options->threads};
    struct tol_run *workers = NULL;
    status = tol_run_create(&run_options, &workers, error);
    if (status == TOL_OK) {
        tol_book_builder_use(run->builder, workers);
        status = read_and_conclude(run, workers, book_path, error);
    }
    tol_book_builder_destroy(run->builder);
    tol_run_destroy(workers);
    free(run->sums.item);
    return status;
}

static enum tol_status run_supply(const char *input, const char *book_path, const struct tol_supply_options *options,
                                  struct tol_supply_report *report, struct tol_error *error)
{
    static const struct tol_supply_options none;
    *report = (struct tol_supply_report){0};
    struct supply_run *run = calloc(1, sizeof *run);
    if (run == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while reading the tables");
    }
    run->options = options == NULL ? &none : options;
    run->report = report;
    bool database = tol_postgres_is_uri(input);
    enum tol_status status = database ? find_in_database(input, run, error) : find_tables(input, run->file, error);
    if (status == TOL_OK && !database) {
        status = keep_apart(input, book_path, error);
    }
    if (status == TOL_OK && !database) {
        status = keep_apart(input, run->options->rejects_path, error);
    }
    if (status == TOL_OK) {
        status = tol_fault_log_open(&run->log, run->options, report, error);
    }
    if (status == TOL_OK) {
        warn_unread(run);
        status = run_builder(run, book_path, error);
        if (status == TOL_OK || status == TOL_BAD_DATA) {
            struct tol_error log_error;
            enum tol_status log_status = tol_fault_log_close(&run->log, &log_error);
            if (log_status != TOL_OK) {
                status = log_status;
                if (error != NULL) {
                    *error = log_error;
                }
            }
        } else {
            tol_fault_log_abandon(&run->log);
        }
    }
    tol_postgres_input_close(&run->postgres);
    free(run);
    return status;
}

enum tol_status tol_supply_check(const char *input, const struct tol_supply_options *options,
                                 struct tol_supply_report *report, struct tol_error *error)
{
    return run_supply(input, NULL, options, report, error);
}

enum tol_status tol_supply_build(const char *input, const char *book_path, const struct tol_supply_options *options,
                                 struct tol_supply_report *report, struct tol_error *error)
{
    return run_supply(input, book_path, options, report, error);
}
