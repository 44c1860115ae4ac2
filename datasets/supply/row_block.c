#include <stdlib.h>

#include "supply/row_source.h"

static bool make_columns(struct tol_row_block *block, size_t column_count)
{
    if (block->column == NULL) {
        block->column = calloc(column_count + 1, sizeof *block->column);
        block->column_count = column_count;
    }
    return block->column != NULL;
}

/* Contents need not survive: a block is filled anew each time. */
static bool make_rows(struct tol_row_block *block, size_t rows)
{
    bool made = (block->faulty = malloc(rows * sizeof *block->faulty)) != NULL;
    for (size_t i = 0; i < block->column_count && made; i++) {
        struct tol_block_column *column = &block->column[i];
        column->text = malloc(rows * sizeof *column->text);
        column->length = malloc(rows * sizeof *column->length);
        column->number = malloc(rows * sizeof *column->number);
        made = column->text != NULL && column->length != NULL && column->number != NULL;
    }
    return made;
}

static void free_rows(struct tol_row_block *block)
{
    for (size_t i = 0; block->column != NULL && i < block->column_count; i++) {
        free((void *)(uintptr_t)block->column[i].text);
        free(block->column[i].length);
        free(block->column[i].number);
        block->column[i].text = NULL;
        block->column[i].length = NULL;
        block->column[i].number = NULL;
    }
    free(block->faulty);
    block->faulty = NULL;
    block->capacity = 0;
}

enum tol_status tol_row_block_room(struct tol_row_block *block, size_t column_count, size_t rows,
                                   struct tol_error *error)
{
    if (rows <= block->capacity && block->column != NULL) {
        return TOL_OK;
    }
    free_rows(block);
    if (!make_columns(block, column_count) || !make_rows(block, rows)) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while reading the tables");
    }
    block->capacity = rows;
    return TOL_OK;
}

void tol_row_block_free(struct tol_row_block *block)
{
    free_rows(block);
    free(block->column);
    *block = (struct tol_row_block){0};
}
