#include "datasets/table_writer.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "duckdb/load.h"
#include "write/output_file.h"
#include "write/text_block.h"
#include "write/text_rows.h"

enum tol_table_format tol_table_format_of(const char *path)
{
    static const struct {
        const char *ending;
        enum tol_table_format format;
    } kind[] = {{".csv", TOL_TABLE_CSV}, {".jsonl", TOL_TABLE_JSONL}, {".parquet", TOL_TABLE_PARQUET}};
    size_t length = strlen(path);
    for (size_t i = 0; i < sizeof kind / sizeof kind[0]; i++) {
        size_t ending = strlen(kind[i].ending);
        if (length > ending && strcasecmp(path + length - ending, kind[i].ending) == 0) {
            return kind[i].format;
        }
    }
    return TOL_TABLE_BY_ENDING;
}

static enum tol_status choose_format(const char *path, enum tol_table_format *format, struct tol_error *error)
{
    bool standard_output = strcmp(path, "-") == 0;
    if (*format == TOL_TABLE_BY_ENDING) {
        *format = standard_output ? TOL_TABLE_CSV : tol_table_format_of(path);
    }
    if (*format == TOL_TABLE_BY_ENDING) {
        tol_fail(error, TOL_USAGE, "no format can be told from this name; end it in .csv, .jsonl or .parquet");
        return tol_fail_at(error, TOL_USAGE, path, 0, NULL, NULL);
    }
    if (*format == TOL_TABLE_PARQUET && standard_output) {
        return tol_fail(error, TOL_USAGE, "Parquet cannot be written to standard output; name a file");
    }
    return TOL_OK;
}

/* Rows of tol_table_rows, block by block, for a writer that asks one at a time. */
struct row_blocks {
    const struct tol_table_rows *rows;
    uint64_t taken;
    uint64_t given;
};

enum { ROWS_AT_ONCE = 16 * TOL_TABLE_BLOCK_ROWS };

static enum tol_status next_block(void *context, const struct tol_table_cells *columns, size_t *row_count,
                                  struct tol_error *error)
{
    struct row_blocks *blocks = context;
    *row_count = 0;
    if (blocks->given == blocks->taken) {
        blocks->given = blocks->taken = 0;
        enum tol_status status = blocks->rows->take(blocks->rows->context, ROWS_AT_ONCE, &blocks->taken, error);
        if (status != TOL_OK || blocks->taken == 0) {
            return status;
        }
    }
    uint64_t left = blocks->taken - blocks->given;
    *row_count = left < TOL_TABLE_BLOCK_ROWS ? (size_t)left : TOL_TABLE_BLOCK_ROWS;
    uint64_t first = blocks->given;
    blocks->given += *row_count;
    return blocks->rows->fill(blocks->rows->context, 0, first, *row_count, columns, error);
}

enum tol_status tol_table_write_rows(const char *path, enum tol_table_format format,
                                     const struct tol_table_column *columns, size_t column_count,
                                     const struct tol_table_rows *rows, struct tol_run *run, struct tol_error *error)
{
    assert(column_count > 0);
    const struct tol_duckdb_api *duckdb = NULL;
    struct tol_output_file *output;
    enum tol_status status = choose_format(path, &format, error);
    if (status == TOL_OK && format == TOL_TABLE_PARQUET) {
        status = tol_duckdb_load(&duckdb, error);
    }
    if (status == TOL_OK) {
        status = tol_output_file_create(path, &output, error);
    }
    if (status != TOL_OK) {
        return status;
    }
    if (format == TOL_TABLE_PARQUET) {
        struct row_blocks blocks = {rows, 0, 0};
        status =
            duckdb->write(tol_output_file_descriptor(output), path, columns, column_count, next_block, &blocks, error);
    } else {
        status = tol_text_rows_write(output, path, format, columns, column_count, rows, run, error);
    }
    if (status != TOL_OK) {
        tol_output_file_abandon(output);
        return status;
    }
    return tol_output_file_commit(output, error);
}

/* A producer's block, kept until it is asked for. */
struct produced {
    tol_table_producer producer;
    void *context;
    const struct tol_table_column *columns;
    size_t column_count;
    struct tol_table_cells *cells;
};

static enum tol_status take_produced(void *context, uint64_t most, uint64_t *row_count, struct tol_error *error)
{
    struct produced *produced = context;
    size_t count = 0;
    assert(most >= TOL_TABLE_BLOCK_ROWS);
    (void)most;
    enum tol_status status = produced->producer(produced->context, produced->cells, &count, error);
    assert(count <= TOL_TABLE_BLOCK_ROWS);
    *row_count = status == TOL_OK ? count : 0;
    return status;
}

static enum tol_status fill_produced(void *context, unsigned worker, uint64_t first, size_t row_count,
                                     const struct tol_table_cells *columns, struct tol_error *error)
{
    (void)worker;
    (void)error;
    struct produced *produced = context;
    for (size_t i = 0; i < produced->column_count; i++) {
        if (produced->columns[i].type == TOL_COLUMN_TEXT) {
            memcpy((void *)columns[i].text, produced->cells[i].text + first, row_count * sizeof *columns[i].text);
        } else {
            memcpy(columns[i].number, produced->cells[i].number + first, row_count * sizeof *columns[i].number);
        }
    }
    return TOL_OK;
}

enum tol_status tol_table_write(const char *path, enum tol_table_format format, const struct tol_table_column *columns,
                                size_t column_count, tol_table_producer producer, void *context,
                                struct tol_error *error)
{
    struct produced produced = {producer, context, columns, column_count, NULL};
    struct tol_table_rows rows = {take_produced, fill_produced, &produced};
    produced.cells = tol_table_cells_create(columns, column_count);
    if (produced.cells == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while writing a table");
    }
    enum tol_status status = tol_table_write_rows(path, format, columns, column_count, &rows, NULL, error);
    tol_table_cells_free(produced.cells, column_count);
    return status;
}
