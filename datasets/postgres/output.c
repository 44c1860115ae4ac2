/* Rows into a PostgreSQL table: blocks formatted side by side, sent in order. */
#include <stdlib.h>

#include "postgres/copy_encode.h"
#include "postgres/target.h"

enum { BLOCKS_PER_WORKER = 8 };

struct copy_rows {
    struct tol_postgres_target *target;
    const struct tol_table_rows *rows;
    struct tol_run *run;
    unsigned workers;
    struct tol_table_cells **cells; /* [workers] */
    struct tol_text_buffer *buffer; /* [blocks] */
    uint64_t blocks;                /* formatted at once */
    uint64_t taken;                 /* rows of this round */
    uint64_t row;                   /* rows before this round */
};

static enum tol_status format_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    struct copy_rows *rows = context;
    const struct tol_postgres_target *target = rows->target;
    uint64_t first = block * TOL_TABLE_BLOCK_ROWS;
    uint64_t left = rows->taken - first;
    size_t count = left < TOL_TABLE_BLOCK_ROWS ? (size_t)left : TOL_TABLE_BLOCK_ROWS;
    rows->buffer[block].used = 0;
    enum tol_status status = rows->rows->fill(rows->rows->context, worker, first, count, rows->cells[worker], error);
    return status == TOL_OK ? tol_copy_block(target->label, target->columns, target->column_count, rows->cells[worker],
                                             rows->row + first, count, &rows->buffer[block], error)
                            : status;
}

static enum tol_status send_bytes(struct copy_rows *rows, const char *bytes, size_t size, struct tol_error *error)
{
    return rows->target->api->copy_write(rows->target->session, bytes, size, error);
}

static enum tol_status write_round(struct copy_rows *rows, struct tol_error *error)
{
    uint64_t blocks = (rows->taken + TOL_TABLE_BLOCK_ROWS - 1) / TOL_TABLE_BLOCK_ROWS;
    enum tol_status status = tol_run_blocks(rows->run, blocks, format_block, rows, error);
    for (uint64_t i = 0; i < blocks && status == TOL_OK; i++) {
        status = send_bytes(rows, rows->buffer[i].byte, rows->buffer[i].used, error);
    }
    rows->row += rows->taken;
    return status;
}

static enum tol_status write_all(struct copy_rows *rows, struct tol_error *error)
{
    enum tol_status status = send_bytes(rows, tol_copy_start, sizeof tol_copy_start, error);
    while (status == TOL_OK) {
        rows->taken = 0;
        status = rows->rows->take(rows->rows->context, rows->blocks * TOL_TABLE_BLOCK_ROWS, &rows->taken, error);
        if (status != TOL_OK || rows->taken == 0) {
            break;
        }
        status = write_round(rows, error);
    }
    if (status == TOL_OK) {
        status = send_bytes(rows, tol_copy_trailer, sizeof tol_copy_trailer, error);
    }
    return status == TOL_OK ? rows->target->api->copy_end(rows->target->session, error) : status;
}

static bool make_buffers(struct copy_rows *rows)
{
    rows->cells = calloc(rows->workers, sizeof *rows->cells);
    rows->buffer = calloc(rows->blocks, sizeof *rows->buffer);
    bool made = rows->cells != NULL && rows->buffer != NULL;
    for (unsigned i = 0; i < rows->workers && made; i++) {
        rows->cells[i] = tol_table_cells_create(rows->target->columns, rows->target->column_count);
        made = rows->cells[i] != NULL;
    }
    return made;
}

static void free_buffers(struct copy_rows *rows)
{
    for (unsigned i = 0; rows->cells != NULL && i < rows->workers; i++) {
        tol_table_cells_free(rows->cells[i], rows->target->column_count);
    }
    for (uint64_t i = 0; rows->buffer != NULL && i < rows->blocks; i++) {
        free(rows->buffer[i].byte);
    }
    free((void *)rows->cells);
    free(rows->buffer);
}

static enum tol_status write_rows(struct tol_postgres_target *target, const struct tol_table_rows *table_rows,
                                  struct tol_run *run, struct tol_error *error)
{
    struct copy_rows rows = {.target = target, .rows = table_rows, .run = run};
    rows.workers = run == NULL ? 1 : tol_run_threads(run);
    rows.blocks = (uint64_t)rows.workers * BLOCKS_PER_WORKER;
    enum tol_status status = make_buffers(&rows)
                                 ? tol_postgres_target_begin(target, error)
                                 : tol_fail(error, TOL_NO_MEMORY, "out of memory while writing a table");
    if (status == TOL_OK) {
        status = write_all(&rows, error);
    }
    free_buffers(&rows);
    return status == TOL_OK ? tol_postgres_target_commit(target, error) : status;
}

enum tol_status tol_postgres_write_rows(const struct tol_postgres_output *output,
                                        const struct tol_table_column *columns, size_t column_count,
                                        const struct tol_table_rows *rows, struct tol_run *run, struct tol_error *error)
{
    struct tol_postgres_target target;
    enum tol_status status = tol_postgres_target_open(&target, output, true, columns, column_count, error);
    if (status == TOL_OK) {
        status = write_rows(&target, rows, run, error);
    }
    tol_postgres_target_close(&target);
    return status;
}

enum tol_status tol_postgres_output_check(const struct tol_postgres_output *output,
                                          const struct tol_table_column *columns, size_t column_count,
                                          struct tol_error *error)
{
    struct tol_postgres_target target;
    enum tol_status status = tol_postgres_target_open(&target, output, false, columns, column_count, error);
    tol_postgres_target_close(&target);
    return status;
}
