#include "write/text_rows.h"

#include <stdlib.h>

#include "write/text_block.h"

enum { BLOCKS_PER_WORKER = 8 };

struct text_rows {
    struct tol_text_layout layout;
    const struct tol_table_rows *rows;
    struct tol_run *run;
    unsigned workers;
    struct tol_table_cells **cells; /* [workers] */
    struct tol_text_buffer *buffer; /* [blocks] */
    uint64_t blocks;                /* formatted at once */
    uint64_t taken;                 /* rows of this round */
    uint64_t row;                   /* rows before this round */
};

static enum tol_status no_memory(struct tol_error *error)
{
    return tol_fail(error, TOL_NO_MEMORY, "out of memory while writing a table");
}

static enum tol_status format_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    struct text_rows *rows = context;
    uint64_t first = block * TOL_TABLE_BLOCK_ROWS;
    uint64_t left = rows->taken - first;
    size_t count = left < TOL_TABLE_BLOCK_ROWS ? (size_t)left : TOL_TABLE_BLOCK_ROWS;
    rows->buffer[block].used = 0;
    enum tol_status status = rows->rows->fill(rows->rows->context, worker, first, count, rows->cells[worker], error);
    return status == TOL_OK ? tol_text_block(&rows->layout, rows->cells[worker], rows->row + first, count,
                                             &rows->buffer[block], error)
                            : status;
}

/* One round: some blocks taken, formatted side by side, written in order. */
static enum tol_status write_round(struct text_rows *rows, struct tol_output_file *output, struct tol_error *error)
{
    uint64_t blocks = (rows->taken + TOL_TABLE_BLOCK_ROWS - 1) / TOL_TABLE_BLOCK_ROWS;
    enum tol_status status = TOL_OK;
    if (rows->run != NULL) {
        status = tol_run_blocks(rows->run, blocks, format_block, rows, error);
    } else {
        for (uint64_t i = 0; i < blocks && status == TOL_OK; i++) {
            status = format_block(rows, 0, i, error);
        }
    }
    for (uint64_t i = 0; i < blocks && status == TOL_OK; i++) {
        status = tol_output_file_write(output, rows->buffer[i].byte, rows->buffer[i].used, error);
    }
    rows->row += rows->taken;
    return status;
}

static enum tol_status write_all(struct text_rows *rows, struct tol_output_file *output, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    if (rows->layout.format == TOL_TABLE_CSV) {
        status = tol_text_header(&rows->layout, &rows->buffer[0], error);
        if (status == TOL_OK) {
            status = tol_output_file_write(output, rows->buffer[0].byte, rows->buffer[0].used, error);
        }
    }
    while (status == TOL_OK) {
        rows->taken = 0;
        status = rows->rows->take(rows->rows->context, rows->blocks * TOL_TABLE_BLOCK_ROWS, &rows->taken, error);
        if (status != TOL_OK || rows->taken == 0) {
            break;
        }
        status = write_round(rows, output, error);
    }
    return status;
}

static bool make_buffers(struct text_rows *rows)
{
    rows->cells = calloc(rows->workers, sizeof *rows->cells);
    rows->buffer = calloc(rows->blocks, sizeof *rows->buffer);
    bool made = rows->cells != NULL && rows->buffer != NULL;
    for (unsigned i = 0; i < rows->workers && made; i++) {
        rows->cells[i] = tol_table_cells_create(rows->layout.columns, rows->layout.column_count);
        made = rows->cells[i] != NULL;
    }
    return made;
}

static void free_buffers(struct text_rows *rows)
{
    for (unsigned i = 0; rows->cells != NULL && i < rows->workers; i++) {
        tol_table_cells_free(rows->cells[i], rows->layout.column_count);
    }
    for (uint64_t i = 0; rows->buffer != NULL && i < rows->blocks; i++) {
        free(rows->buffer[i].byte);
    }
    free((void *)rows->cells);
    free(rows->buffer);
}

enum tol_status tol_text_rows_write(struct tol_output_file *output, const char *path, enum tol_table_format format,
                                    const struct tol_table_column *columns, size_t column_count,
                                    const struct tol_table_rows *table_rows, struct tol_run *run,
                                    struct tol_error *error)
{
    struct text_rows rows = {.rows = table_rows, .run = run, .workers = run == NULL ? 1 : tol_run_threads(run)};
    rows.blocks = run == NULL ? 1 : (uint64_t)rows.workers * BLOCKS_PER_WORKER;
    enum tol_status status = tol_text_layout_init(&rows.layout, format, path, columns, column_count, error);
    if (status == TOL_OK) {
        status = make_buffers(&rows) ? write_all(&rows, output, error) : no_memory(error);
    }
    free_buffers(&rows);
    tol_text_layout_free(&rows.layout);
    return status;
}
