/* Parquet and tables of DuckDB databases through DuckDB, in their order there. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "duckdb/load.h"
#include "supply/byte_source.h"
#include "supply/row_source.h"

struct parquet_source {
    struct tol_row_source base;
    const struct tol_duckdb_api *api;
    struct tol_parquet_reader *reader;
    int file;
    const struct tol_parquet_column *column;
    const char **name;
    struct tol_input_cell *cell;
    struct tol_row_block block; /* of `next` */
    size_t block_next;
};

static const enum tol_cell_kind kind[] = {TOL_CELL_TEXT, TOL_CELL_INTEGER, TOL_CELL_DOUBLE, TOL_CELL_OTHER};

static enum tol_status read_cell(struct parquet_source *source, const struct tol_row_block *block, size_t column,
                                 size_t index, struct tol_input_row *row, struct tol_error *error)
{
    struct tol_parquet_cell cell;
    enum tol_status status = source->api->reader_cell(source->reader, block->raw, column, index, &cell, error);
    if (status != TOL_OK) {
        return status;
    }
    struct tol_input_cell *to = &source->cell[column];
    *to = (struct tol_input_cell){kind[source->column[column].kind], cell.text, cell.number};
    if (!cell.given || (to->kind == TOL_CELL_TEXT && cell.text != NULL && cell.text[0] == '\0')) {
        to->kind = TOL_CELL_NONE;
    } else if (to->kind == TOL_CELL_OTHER) {
        to->text = source->column[column].type_name;
    } else if (cell.text == NULL) {
        snprintf(row->fault, sizeof row->fault, "text with a zero byte or of more than a million bytes; shorten it");
        snprintf(row->fault_column, sizeof row->fault_column, "%s", source->column[column].name);
    }
    return TOL_OK;
}

static enum tol_status parquet_row(struct tol_row_source *base, const struct tol_row_block *block, size_t index,
                                   struct tol_input_row *row, struct tol_error *error)
{
    struct parquet_source *source = (struct parquet_source *)base;
    enum tol_status status = TOL_OK;
    row->end = false;
    row->cell = source->cell;
    row->fault[0] = row->fault_column[0] = '\0';
    for (size_t i = 0; i < base->column_count && status == TOL_OK; i++) {
        status = read_cell(source, block, i, index, row, error);
    }
    return status;
}

static enum tol_status parquet_take(struct tol_row_source *base, struct tol_row_block *block, struct tol_error *error)
{
    struct parquet_source *source = (struct parquet_source *)base;
    struct tol_parquet_chunk *chunk;
    enum tol_status status = source->api->reader_take(source->reader, &chunk, &block->row_count, error);
    block->raw = chunk;
    return status;
}

static void parquet_release(const struct tol_row_source *base, struct tol_row_block *block)
{
    const struct parquet_source *source = (const struct parquet_source *)base;
    source->api->chunk_release(block->raw);
    block->raw = NULL;
}

static enum tol_status parquet_split(const struct tol_row_source *base, struct tol_row_block *block,
                                     struct tol_error *error)
{
    const struct parquet_source *source = (const struct parquet_source *)base;
    enum tol_status status = tol_row_block_room(block, base->column_count, block->row_count, error);
    if (status != TOL_OK) {
        block->row_count = 0; /* there is no place to read them from */
        return status;
    }
    memset(block->faulty, 0, block->row_count * sizeof *block->faulty);
    for (size_t i = 0; i < base->column_count; i++) {
        struct tol_block_column *column = &block->column[i];
        column->kind = kind[source->column[i].kind];
        if (column->kind != TOL_CELL_OTHER) {
            source->api->chunk_column(source->reader, block->raw, i, column->text, column->length, column->number);
        }
    }
    return TOL_OK;
}

static enum tol_status parquet_next(struct tol_row_source *base, struct tol_input_row *row, struct tol_error *error)
{
    struct parquet_source *source = (struct parquet_source *)base;
    if (source->block_next == source->block.row_count) {
        parquet_release(base, &source->block);
        enum tol_status status = parquet_take(base, &source->block, error);
        source->block_next = 0;
        if (status != TOL_OK || source->block.raw == NULL) {
            row->end = status == TOL_OK;
            return status;
        }
    }
    return parquet_row(base, &source->block, source->block_next++, row, error);
}

static void parquet_close(struct tol_row_source *base)
{
    struct parquet_source *source = (struct parquet_source *)base;
    if (source->reader != NULL) {
        parquet_release(base, &source->block);
        source->api->reader_close(source->reader);
    }
    close(source->file);
    free(source->name);
    free(source->cell);
    free(source);
}

static enum tol_status prepare(struct parquet_source *source, struct tol_error *error)
{
    size_t count = source->api->reader_columns(source->reader, &source->column);
    source->base.column_count = count;
    source->base.row_total = source->api->reader_rows(source->reader);
    source->name = calloc(count + 1, sizeof *source->name);
    source->cell = calloc(count + 1, sizeof *source->cell);
    if (source->name == NULL || source->cell == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while opening a file");
    }
    for (size_t i = 0; i < count; i++) {
        source->name[i] = source->column[i].name;
    }
    source->base.column_name = source->name;
    return TOL_OK;
}

enum tol_status tol_parquet_source_open(const char *path, const struct tol_row_source_options *options,
                                        struct tol_row_source **source, struct tol_error *error)
{
    const struct tol_duckdb_api *api;
    int file;
    enum tol_status status = tol_open_regular(path, &file, error);
    if (status != TOL_OK) {
        return status;
    }
    struct parquet_source *opened = calloc(1, sizeof *opened);
    if (opened == NULL) {
        close(file);
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while opening a file");
    }
    opened->file = file;
    opened->base.next = parquet_next;
    opened->base.close = parquet_close;
    opened->base.take = parquet_take;
    opened->base.split = parquet_split;
    opened->base.row = parquet_row;
    opened->base.release = parquet_release;
    status = tol_duckdb_load(&api, error);
    if (status == TOL_OK) {
        opened->api = api;
        /* One thread of DuckDB's keeps the rows in order, and two of ours busy. Of a filter's rows most of the work is to find them. */
        const struct tol_parquet_place place = {
            file, path, options->table, options->filter == NULL ? 1 : options->threads, options->memory_limit_bytes};
        status = api->reader_open(&place, options->filter, &opened->reader, error);
    }
    if (status == TOL_OK) {
        status = prepare(opened, error);
    }
    if (status != TOL_OK) {
        parquet_close(&opened->base);
        return status;
    }
    *source = &opened->base;
    return TOL_OK;
}
