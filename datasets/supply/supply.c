#include "datasets/supply.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "datasets/postgres.h"
#include "duckdb/load.h"
#include "postgres/input.h"
#include "supply/confined.h"
#include "supply/input.h"
#include "supply/reader_table.h"
#include "supply/since.h"
#include "supply/text.h"

/* All that one run over a folder holds. */
struct supply_run {
    const struct tol_supply_options *options;
    struct tol_supply_report *report;
    const char *path; /* of the input */
    const char *book_path;
    struct tol_supply_input input; /* empty until it was looked for */
    struct tol_fault_log *log;
    struct tol_whole_file *book; /* NULL: only check */
    struct tol_book_builder *builder;
    struct tol_firm_sums_list sums;
    struct tol_table_reader reader;
    struct tol_facts_cache facts_cache;
    struct tol_postgres_input postgres; /* zero: the tables are files */
    struct tol_since since;
    bool all_usable;
};

/* Of memory, of this process so far. */
static uint64_t peak_bytes(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? (uint64_t)usage.ru_maxrss * 1024 : 0;
}

/* The files of a table, or those of their rows that filter keeps. */
static enum tol_status read_files(struct supply_run *run, enum tol_supply_table table,
                                  const struct tol_row_filter *filter, struct tol_error *error)
{
    struct tol_supply_table_files *files = &run->input.table[table];
    tol_schema_init(&run->reader.schema, table, run->options->law);
    run->reader.postgres = &run->postgres;
    run->reader.filter = filter;
    run->reader.rows_before = 0;
    run->reader.more_files = files->count > 1;
    enum tol_status status = TOL_OK;
    for (size_t i = 0; i < files->count && status == TOL_OK; i++) {
        bool usable;
        status = tol_read_table(&run->reader, &files->file[i], &usable, error);
        run->all_usable &= usable;
        run->reader.rows_before += files->file[i].row_count;
    }
    run->report->cut_short = !run->all_usable;
    return status;
}

/* What is known of a side without reading its rows. */
static void account_kept(struct supply_run *run, enum tol_supply_table table, enum tol_side side)
{
    const struct tol_since_side *kept = &run->since.side[side];
    run->report->accepted_rows[table] += kept->kept_rows;
    run->report->kept_rows[table] = kept->kept_rows;
    run->report->unnamed_lines += kept->kept_unnamed;
    for (uint64_t f = 0; f < run->sums.count; f++) {
        uint32_t older = kept->older_firm[f];
        if (older != TOL_BOOK_NO_FIRM) {
            run->sums.item[f].line_eur[side] = run->since.older->side[side].concentration[older].total_eur;
        }
    }
}

/* *fit false: rows that are read because they changed have faults, whose place in the file only reading all of it can tell. */
static enum tol_status read_lines(struct supply_run *run, enum tol_supply_table table, bool *fit,
                                  struct tol_error *error)
{
    enum tol_side side = table == TOL_SUPPLY_SALES ? TOL_SALES : TOL_PURCHASES;
    const struct tol_row_filter *filter = NULL;
    enum tol_status status = tol_book_builder_begin_lines(run->builder, side, error);
    status = status == TOL_OK ? tol_since_keep(&run->since, run->builder, side, &filter, error) : status;
    if (status != TOL_OK || filter == NULL) {
        return status == TOL_OK ? read_files(run, table, NULL, error) : status;
    }
    account_kept(run, table, side);
    run->log->muted = true;
    status = read_files(run, table, filter, error); /* without rows too: files as a whole can have faults */
    run->log->muted = false;
    *fit = run->log->muted_count == 0;
    return status;
}

/* After the firms: the book begins to be written, and what an older one can give is found out. */
static enum tol_status have_firms(struct supply_run *run, struct tol_run *workers, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    if (run->book == NULL || tol_supply_rejected(run->report) > run->options->max_rejects) {
        return TOL_OK;
    }
    if (run->since.asked && tol_supply_rejected(run->report) == 0) {
        status = tol_since_compare(&run->since, &run->input, run->options, run->builder, workers, error);
    } else if (run->since.asked && run->options->note != NULL) {
        run->options->note(run->options->context, "rows of firms are rejected: all rows are read");
    }
    return status == TOL_OK ? tol_book_builder_output(run->builder, run->book, error) : status;
}

static enum tol_status read_all(struct supply_run *run, struct tol_run *workers, bool *fit, struct tol_error *error)
{
    run->all_usable = true;
    for (int i = 0; i < TOL_SUPPLY_TABLE_COUNT && *fit; i++) {
        enum tol_supply_table table = (enum tol_supply_table)i;
        if (run->input.table[i].count == 0) {
            continue;
        }
        enum tol_status status =
            table == TOL_SUPPLY_FIRMS ? read_files(run, table, NULL, error) : read_lines(run, table, fit, error);
        run->report->peak_bytes[table] = peak_bytes();
        /* Without firms every line would be a fault. */
        if (status != TOL_OK || (table == TOL_SUPPLY_FIRMS && !run->all_usable) || run->postgres.broken) {
            return status;
        }
        status = table == TOL_SUPPLY_FIRMS ? have_firms(run, workers, error) : TOL_OK;
        if (status != TOL_OK) {
            return status;
        }
    }
    return TOL_OK;
}

static void warn(struct supply_run *run, const struct tol_firm_sums *sums, double stated_eur, double lines_eur,
                 const char *column, const char *lines)
{
    struct tol_error warning;
    char stated[TOL_NUMBER_TEXT_SIZE];
    if (!(lines_eur > stated_eur * (1 + 1e-9))) {
        return;
    }
    tol_number_write(stated_eur, stated);
    tol_fail(&warning, TOL_BAD_DATA, "the firm's %s lines add up to %.2f EUR, more than this; check which is right",
             lines, lines_eur);
    uint64_t row = sums->row;
    const struct tol_supply_file *file = run->input.table[TOL_SUPPLY_FIRMS].file;
    for (; row > file->row_count; file++) {
        row -= file->row_count;
    }
    tol_fail_at(&warning, TOL_BAD_DATA, file->name, row, column, stated);
    tol_fault_log_warn(run->log, &warning);
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
static enum tol_status conclude(struct supply_run *run, struct tol_error *error)
{
    uint64_t allowed = run->book == NULL ? 0 : run->options->max_rejects;
    if (!run->all_usable || tol_supply_rejected(run->report) > allowed) {
        if (error != NULL) {
            *error = run->log->first;
        }
        return TOL_BAD_DATA;
    }
    if (run->book == NULL) {
        return TOL_OK;
    }
    tol_book_builder_count_rejected(run->builder, tol_supply_rejected(run->report));
    if (run->since.maker[0] != '\0' && tol_since_same_files(&run->since, &run->input)) {
        tol_book_builder_write_digests(run->builder, run->since.maker);
    }
    return tol_book_builder_finish(run->builder, NULL, error);
}

/* *fit false: the older book was of no use, and nothing is concluded. */
static enum tol_status read_and_conclude(struct supply_run *run, struct tol_run *workers, bool *fit,
                                         struct tol_error *error)
{
    enum tol_status status;
    run->reader = (struct tol_table_reader){
        .options = run->options,
        .log = run->log,
        .builder = run->builder,
        .run = workers,
        .keep_lines = run->book != NULL,
        .sums = &run->sums,
        .facts_cache = &run->facts_cache,
        .c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0),
    };
    if (run->reader.c_locale == (locale_t)0) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while reading the tables");
    }
    status = read_all(run, workers, fit, error);
    freelocale(run->reader.c_locale);
    *fit = *fit && (!tol_since_keeps(&run->since) || tol_since_same_files(&run->since, &run->input));
    if (status == TOL_OK && *fit) {
        warn_all(run);
        status = conclude(run, error);
    }
    return status;
}

/* The server is waited for. */
static bool stopped(void *context)
{
    const struct supply_run *run = context;
    return run->options->progress != NULL &&
           !run->options->progress(run->options->context, run->reader.schema.table, run->reader.row, 0);
}

static enum tol_status find_in_database(struct supply_run *run, struct tol_error *error)
{
    const struct tol_postgres_watch watch = {stopped, run};
    enum tol_status status =
        tol_postgres_input_open(&run->postgres, run->path, run->options->postgres, run->options->law, &watch, error);
    for (int i = 0; i < TOL_SUPPLY_TABLE_COUNT && status == TOL_OK; i++) {
        const struct tol_postgres_table *table = &run->postgres.table[i];
        if (table->present &&
            tol_supply_files_add(&run->input.table[i], TOL_SUPPLY_POSTGRES, table->label, NULL) == NULL) {
            status = tol_fail(error, TOL_NO_MEMORY, "out of memory while reading the tables");
        }
    }
    return status;
}

/* A database has columns that are for others. Named, for one may be a slip of the pen. */
static void warn_unread(struct supply_run *run)
{
    for (int i = 0; i < TOL_SUPPLY_TABLE_COUNT; i++) {
        const struct tol_postgres_table *table = &run->postgres.table[i];
        if (table->unread[0] != '\0') {
            struct tol_error warning;
            tol_fail(&warning, TOL_BAD_DATA, "columns that are not read: %s", table->unread);
            tol_fail_at(&warning, TOL_BAD_DATA, table->label, 0, NULL, NULL);
            tol_fault_log_warn(run->log, &warning);
        }
    }
}

/* Where the tables are, and that no output is one of them. */
static enum tol_status find_input(struct supply_run *run, struct tol_error *error)
{
    if (tol_postgres_is_uri(run->path)) {
        return find_in_database(run, error);
    }
    enum tol_status status = tol_supply_input_find(run->path, run->options, &run->input, error);
    if (status == TOL_OK) {
        status = tol_supply_input_keep_apart(run->path, &run->input, run->book_path, error);
    }
    return status == TOL_OK ? tol_supply_input_keep_apart(run->path, &run->input, run->options->rejects_path, error)
                            : status;
}

static enum tol_status build_once(struct supply_run *run, struct tol_run *workers, bool *fit, struct tol_error *error)
{
    const struct tol_allocator *allocator =
        run->options->allocator == NULL ? tol_allocator_default() : run->options->allocator;
    enum tol_status status = tol_book_builder_create(allocator, &run->builder, error);
    if (status != TOL_OK) {
        return status;
    }
    tol_book_builder_use(run->builder, workers);
    *fit = true;
    status = read_and_conclude(run, workers, fit, error);
    tol_book_builder_destroy(run->builder);
    free(run->sums.item);
    run->sums = (struct tol_firm_sums_list){0};
    return status;
}

/* Once more from the beginning, as if there were no older book. */
static enum tol_status build_without_older(struct supply_run *run, struct tol_run *workers, struct tol_error *error)
{
    bool fit;
    if (run->options->note != NULL) {
        run->options->note(run->options->context,
                           run->log->muted_count > 0
                               ? "rows that changed have faults, whose places only the whole table tells: all is read"
                               : "a table changed while it was read: all is read once more");
    }
    tol_since_close(&run->since);
    *run->report = (struct tol_supply_report){0};
    run->log->muted_count = 0;
    if (ftruncate(tol_whole_file_descriptor(run->book), 0) != 0) {
        tol_fail(error, TOL_IO, "cannot begin the book again: %s", strerror(errno));
        return tol_fail_at(error, TOL_IO, run->book_path, 0, NULL, NULL);
    }
    return build_once(run, workers, &fit, error);
}

static enum tol_status build_with_workers(struct supply_run *run, struct tol_error *error)
{
    struct tol_run_options run_options = {.threads = run->options->threads};
    struct tol_run *workers = NULL;
    bool fit;
    enum tol_status status = tol_run_create(&run_options, &workers, error);
    if (status == TOL_OK) {
        status = build_once(run, workers, &fit, error);
        status = status == TOL_OK && !fit ? build_without_older(run, workers, error) : status;
    }
    tol_run_destroy(workers);
    return status;
}

/* The reading, in this process or in the child: context is the supply_run, whose callbacks are now those of log. */
static enum tol_status read_supply(void *context, struct tol_fault_log *log, struct tol_supply_report *report,
                                   struct tol_error *error)
{
    struct supply_run *run = context;
    run->log = log;
    run->options = log->options;
    run->report = report;
    enum tol_status status = run->input.table[TOL_SUPPLY_FIRMS].count > 0 ? TOL_OK : find_input(run, error);
    if (status == TOL_OK) {
        warn_unread(run);
        status = build_with_workers(run, error);
    }
    report->peak_bytes_all = peak_bytes();
    return status;
}

/* A database's tables are found by opening it: that is the child's to do. */
static bool is_database(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISREG(about.st_mode);
}

/* Before the child is confined: opens what reading needs. */
static enum tol_status load_modules(void *context, struct tol_error *error)
{
    const struct supply_run *run = context;
    const struct tol_duckdb_api *api;
    bool needed = is_database(run->path);
    for (int i = 0; i < TOL_SUPPLY_TABLE_COUNT; i++) {
        const struct tol_supply_table_files *files = &run->input.table[i];
        for (size_t f = 0; f < files->count; f++) {
            needed = needed || files->file[f].format == TOL_SUPPLY_PARQUET;
        }
    }
    return needed ? tol_duckdb_load(&api, error) : TOL_OK;
}

/* Here or in a child, as the options say. */
static enum tol_status read_somewhere(struct supply_run *run, struct tol_fault_log *log,
                                      struct tol_supply_report *report, struct tol_error *error)
{
    /* A service is trusted, and needs the network. */
    if (!log->options->confined || tol_postgres_is_uri(run->path)) {
        return read_supply(run, log, report, error);
    }
    const struct tol_confined_work work = {
        .read = read_supply,
        .prepare = load_modules,
        .context = run,
        .input = run->path,
        .output_descriptor = run->book == NULL ? -1 : tol_whole_file_descriptor(run->book),
    };
    return tol_read_confined(&work, log, report, error);
}

/* Puts rejects and book in place: the rejects also when there is no book for all the faults. */
static enum tol_status settle(struct supply_run *run, struct tol_fault_log *log, enum tol_status status,
                              struct tol_error *error)
{
    if (status == TOL_OK || status == TOL_BAD_DATA) {
        struct tol_error log_error;
        enum tol_status log_status = tol_fault_log_close(log, &log_error);
        if (log_status != TOL_OK) {
            status = log_status;
            if (error != NULL) {
                *error = log_error;
            }
        }
    } else {
        tol_fault_log_abandon(log);
    }
    if (status == TOL_OK && run->book != NULL) {
        return tol_whole_file_publish(run->book, error);
    }
    tol_whole_file_abandon(run->book);
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
    run->path = input;
    run->book_path = book_path;
    struct tol_fault_log log;
    /* A folder is looked through before anything is put into it. */
    enum tol_status status = is_database(input) ? TOL_OK : find_input(run, error);
    if (status == TOL_OK && book_path != NULL) {
        status = tol_whole_file_create(book_path, &run->book, error);
    }
    if (status == TOL_OK && book_path != NULL && run->options->since_path != NULL) {
        tol_since_open(&run->since, run->options);
    }
    if (status == TOL_OK) {
        status = tol_fault_log_open(&log, run->options, report, error);
        if (status == TOL_OK) {
            status = read_somewhere(run, &log, report, error);
            status = settle(run, &log, status, error);
        } else {
            tol_whole_file_abandon(run->book);
        }
    }
    tol_since_close(&run->since);
    tol_postgres_input_close(&run->postgres);
    tol_supply_input_free(&run->input);
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
