#include "datasets/supply.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "supply/input.h"
#include "supply/reader_table.h"

/* All that one run over a folder holds. */
struct supply_run {
    const struct tol_supply_options *options;
    struct tol_supply_report *report;
    struct tol_supply_input input;
    struct tol_fault_log log;
    struct tol_book_builder *builder;
    struct tol_firm_sums_list sums;
    struct tol_table_reader reader;
    struct tol_facts_cache facts_cache;
    bool all_usable;
};

static enum tol_status read_one(struct supply_run *run, enum tol_supply_table table, struct tol_error *error)
{
    struct tol_supply_table_files *files = &run->input.table[table];
    if (table != TOL_SUPPLY_FIRMS) {
        enum tol_side side = table == TOL_SUPPLY_SALES ? TOL_SALES : TOL_PURCHASES;
        enum tol_status status = tol_book_builder_begin_lines(run->builder, side, error);
        if (status != TOL_OK) {
            return status;
        }
    }
    tol_schema_init(&run->reader.schema, table, run->options->law);
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

static enum tol_status read_all(struct supply_run *run, const char *book_path, struct tol_error *error)
{
    run->all_usable = true;
    for (int i = 0; i < TOL_SUPPLY_TABLE_COUNT; i++) {
        if (run->input.table[i].count == 0) {
            continue;
        }
        enum tol_status status = read_one(run, (enum tol_supply_table)i, error);
        /* Without firms every line would be a fault. */
        if (status != TOL_OK || (i == TOL_SUPPLY_FIRMS && !run->all_usable)) {
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
    uint64_t row = sums->row;
    const struct tol_supply_file *file = run->input.table[TOL_SUPPLY_FIRMS].file;
    for (; row > file->row_count; file++) {
        row -= file->row_count;
    }
    tol_fail_at(&warning, TOL_BAD_DATA, file->name, row, column, stated);
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
    enum tol_status status = tol_supply_input_find(input, run->options, &run->input, error);
    if (status == TOL_OK) {
        status = tol_supply_input_keep_apart(input, &run->input, book_path, error);
    }
    if (status == TOL_OK) {
        status = tol_supply_input_keep_apart(input, &run->input, run->options->rejects_path, error);
    }
    if (status == TOL_OK) {
        status = tol_fault_log_open(&run->log, run->options, report, error);
    }
    if (status == TOL_OK) {
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
