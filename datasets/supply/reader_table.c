#include "supply/reader_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "supply/pipeline.h"
#include "supply/postgres_source.h"

#define ROWS_PER_PROGRESS 65536

static enum tol_status open_source(struct tol_table_reader *reader, const struct tol_supply_file *file,
                                   struct tol_row_source **source, struct tol_error *error)
{
    struct tol_row_source_options options = {
        .threads = reader->options->threads,
        .memory_limit_bytes = reader->options->memory_limit_bytes,
        .filter = reader->filter,
    };
    switch (file->format) {
    case TOL_SUPPLY_CSV:
        return tol_csv_source_open(file->path, false, source, error);
    case TOL_SUPPLY_CSV_GZIP:
        return tol_csv_source_open(file->path, true, source, error);
    case TOL_SUPPLY_JSONL:
        return tol_jsonl_source_open(file->path, &reader->schema, source, error);
    case TOL_SUPPLY_POSTGRES:
        return tol_postgres_source_open(reader->postgres, reader->schema.table, source, error);
    case TOL_SUPPLY_DATABASE:
        options.table = tol_supply_table_name(reader->schema.table);
        break;
    case TOL_SUPPLY_PARQUET:
        break;
    }
    return tol_parquet_source_open(file->path, &options, source, error);
}

/* A fault of the file or of a row as a whole. */
static void log_whole(struct tol_table_reader *reader, uint64_t row, const char *column, const char *message)
{
    struct tol_error fault;
    tol_fail(&fault, TOL_BAD_DATA, "%s", message);
    tol_fail_at(&fault, TOL_BAD_DATA, reader->file, row, column, NULL);
    reader->row_faulty = true;
    tol_fault_log_add(reader->log, &fault);
}

static void log_unknown_column(struct tol_table_reader *reader, const char *name)
{
    char message[256];
    const char *nearest = tol_schema_nearest(&reader->schema, name);
    snprintf(message, sizeof message, "unknown column%s%s; rename it or take it out",
             nearest[0] == '\0' ? "" : ", did you mean ", nearest);
    log_whole(reader, 0, name, message);
}

/* Where each column of the source goes. False after faults: missing, doubled or unknown columns. */
static bool place_columns(struct tol_table_reader *reader, const struct tol_row_source *source, size_t *place)
{
    bool seen[TOL_SCHEMA_COLUMNS_MAX] = {false};
    bool sound = true;
    for (size_t i = 0; i < source->column_count; i++) {
        place[i] = tol_schema_find(&reader->schema, source->column_name[i]);
        if (place[i] == reader->schema.count) {
            log_unknown_column(reader, source->column_name[i]);
            sound = false;
        } else if (seen[place[i]]) {
            log_whole(reader, 0, source->column_name[i], "the column comes twice; take one out");
            sound = false;
        } else {
            seen[place[i]] = true;
        }
    }
    for (size_t i = 0; i < reader->schema.count; i++) {
        if (reader->schema.required[i] && !seen[i]) {
            log_whole(reader, 0, reader->schema.name[i], "the column is missing and required; add it");
            sound = false;
        }
    }
    return sound;
}

static enum tol_status read_row(struct tol_table_reader *reader, const struct tol_row_source *source,
                                const struct tol_input_row *row, const size_t *place, struct tol_error *error)
{
    struct tol_supply_report *report = reader->log->report;
    reader->row++;
    reader->row_faulty = false;
    enum tol_status status = TOL_OK;
    if (row->fault[0] != '\0') {
        log_whole(reader, reader->row, row->fault_column, row->fault);
    } else {
        for (size_t i = 0; i < source->column_count; i++) {
            reader->cell[place[i]] = row->cell[i];
        }
        status = reader->schema.table == TOL_SUPPLY_FIRMS ? tol_read_firm(reader, error) : tol_read_line(reader, error);
    }
    if (status == TOL_OK) {
        (reader->row_faulty ? report->rejected_rows : report->accepted_rows)[reader->schema.table]++;
    }
    return status;
}

static enum tol_status tell_progress(const struct tol_table_reader *reader, uint64_t row_total, struct tol_error *error)
{
    const struct tol_supply_options *options = reader->options;
    if (options->progress == NULL ||
        options->progress(options->context, reader->schema.table, reader->rows_before + reader->row,
                          reader->more_files ? 0 : row_total)) {
        return TOL_OK;
    }
    return tol_fail(error, TOL_TRY_AGAIN, "stopped while reading");
}

/* What counting the blocks of a table needs. */
struct block_counting {
    struct tol_table_reader *reader;
    struct tol_row_source *source;
    const size_t *place;
};

static enum tol_status count_block(void *context, const struct tol_row_block *block, const struct tol_quick_rows *rows,
                                   struct tol_error *error)
{
    const struct block_counting *counting = context;
    struct tol_table_reader *reader = counting->reader;
    enum tol_supply_table table = reader->schema.table;
    enum tol_side side = table == TOL_SUPPLY_SALES ? TOL_SALES : TOL_PURCHASES;
    struct tol_supply_report *report = reader->log->report;
    uint64_t before = reader->row / ROWS_PER_PROGRESS;
    enum tol_status status = TOL_OK;
    for (size_t i = 0; i < block->row_count && status == TOL_OK; i++) {
        if (rows->firm[i] == TOL_BOOK_NO_FIRM) {
            struct tol_input_row row;
            status = counting->source->row(counting->source, block, i, &row, error);
            status = status == TOL_OK ? read_row(reader, counting->source, &row, counting->place, error) : status;
            continue;
        }
        reader->row++;
        report->accepted_rows[table]++;
        reader->sums->item[rows->firm[i]].line_eur[side] += rows->value_eur[i];
    }
    report->unnamed_lines += block->row_count > 0 ? rows->unnamed : 0;
    return status == TOL_OK && reader->row / ROWS_PER_PROGRESS != before
               ? tell_progress(reader, counting->source->row_total, error)
               : status;
}

static enum tol_status read_with(struct tol_table_reader *reader, struct tol_row_source *source, const size_t *place,
                                 struct tol_quick_reader **quick, struct tol_error *error)
{
    bool made = true;
    for (unsigned i = 0; i < tol_run_threads(reader->run); i++) {
        quick[i] = tol_quick_reader_create(reader, place, source->column_count);
        made = made && quick[i] != NULL;
    }
    struct block_counting counting = {reader, source, place};
    enum tol_status status = made ? tol_pipeline_run(reader->run, source, quick, count_block, &counting, error)
                                  : tol_fail(error, TOL_NO_MEMORY, "out of memory while reading the tables");
    for (unsigned i = 0; i < tol_run_threads(reader->run); i++) {
        tol_quick_reader_free(quick[i]);
    }
    if (status != TOL_OK && error != NULL && error->row == TOL_ROW_AFTER) {
        error->row = reader->row + 1;
    }
    return status == TOL_OK ? tell_progress(reader, reader->row, error) : status;
}

static enum tol_status read_blocks(struct tol_table_reader *reader, struct tol_row_source *source, const size_t *place,
                                   struct tol_error *error)
{
    struct tol_quick_reader **quick = calloc(tol_run_threads(reader->run), sizeof(struct tol_quick_reader *));
    if (quick == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while reading the tables");
    }
    enum tol_status status = read_with(reader, source, place, quick, error);
    free(quick);
    return status;
}

static enum tol_status read_rows(struct tol_table_reader *reader, struct tol_row_source *source, const size_t *place,
                                 struct tol_error *error)
{
    struct tol_input_row row;
    enum tol_status status;
    while ((status = source->next(source, &row, error)) == TOL_OK && !row.end) {
        status = read_row(reader, source, &row, place, error);
        if (status == TOL_OK && reader->row % ROWS_PER_PROGRESS == 0) {
            status = tell_progress(reader, source->row_total, error);
        }
        if (status != TOL_OK) {
            return status;
        }
    }
    return status == TOL_OK ? tell_progress(reader, reader->row, error) : status;
}

/* Faults of a file's content are logged and leave the rest of the folder to be read. */
static enum tol_status whole_file_fault(struct tol_table_reader *reader, enum tol_status status,
                                        struct tol_error *fault, bool *usable, struct tol_error *error)
{
    *usable = false;
    if (fault->file[0] != '\0') { /* a database does not know which of its tables it was */
        tol_fail_at(fault, status, reader->file, fault->row, NULL, NULL);
    }
    if (status == TOL_BAD_DATA) {
        tol_fault_log_add(reader->log, fault);
        return TOL_OK;
    }
    if (error != NULL) {
        *error = *fault;
    }
    return status;
}

/* One letter in four may be wrong: more would take region for origin. */
static bool nearly_a_column(const struct tol_table_reader *reader, const char *key)
{
    return tol_schema_nearest_within(&reader->schema, key, (unsigned)strlen(key) / 4)[0] != '\0';
}

/* Keeps those keys that are columns of the table, in front; *count of them. Others (year=2024) say nothing here, but for a name that is
 * nearly a column's: false after such faults. */
static bool choose_keys(struct tol_table_reader *reader, struct tol_supply_file *file, size_t *count)
{
    bool sound = true;
    *count = 0;
    for (size_t i = 0; i < file->key_count; i++) {
        struct tol_supply_key key = file->key[i];
        if (tol_schema_find(&reader->schema, key.name) < reader->schema.count) {
            file->key[i] = file->key[*count];
            file->key[(*count)++] = key;
        } else if (nearly_a_column(reader, key.name)) {
            log_unknown_column(reader, key.name);
            sound = false;
        }
    }
    if (sound && *count > 0 && file->format == TOL_SUPPLY_JSONL) {
        log_whole(reader, 0, file->key[0].name,
                  "the name of a folder gives a column to CSV and Parquet files only; write the column into the file");
        sound = false;
    }
    return sound;
}

static enum tol_status read_source(struct tol_table_reader *reader, struct tol_row_source *source, bool *usable,
                                   struct tol_error *fault)
{
    enum tol_status status = TOL_OK;
    size_t *place = calloc(source->column_count + 1, sizeof *place);
    if (place == NULL) {
        status = tol_fail(fault, TOL_NO_MEMORY, "out of memory while reading %s", reader->file);
    } else if (place_columns(reader, source, place)) {
        bool lines = reader->schema.table != TOL_SUPPLY_FIRMS && source->take != NULL;
        status = (lines ? read_blocks : read_rows)(reader, source, place, fault);
    } else {
        *usable = false;
    }
    free(place);
    return status;
}

enum tol_status tol_read_table(struct tol_table_reader *reader, struct tol_supply_file *file, bool *usable,
                               struct tol_error *error)
{
    struct tol_error fault;
    struct tol_row_source *source;
    size_t key_count;
    reader->file = file->name;
    reader->row = 0;
    memset(reader->cell, 0, sizeof reader->cell);
    *usable = choose_keys(reader, file, &key_count);
    if (!*usable) {
        return TOL_OK;
    }
    enum tol_status status = open_source(reader, file, &source, &fault);
    if (status != TOL_OK) {
        return whole_file_fault(reader, status, &fault, usable, error);
    }
    status = key_count == 0 ? TOL_OK : tol_key_source_wrap(file->key, key_count, &source, &fault);
    if (status == TOL_OK) {
        status = read_source(reader, source, usable, &fault);
    }
    source->close(source);
    file->row_count = reader->row;
    return status == TOL_OK ? TOL_OK : whole_file_fault(reader, status, &fault, usable, error);
}
