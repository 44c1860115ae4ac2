/* Rows of another source with columns that are the same in all of them: what the names of a file's folders say. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "supply/row_source.h"

struct key_source {
    struct tol_row_source base;
    struct tol_row_source *inner;
    const struct tol_supply_key *key;
    size_t key_count;
    const char **name;
    struct tol_input_cell *cell;
};

/* From the inner source's cells to all cells. */
static void add_cells(struct key_source *source, struct tol_input_row *row)
{
    size_t inner = source->inner->column_count;
    if (row->end || row->fault[0] != '\0') {
        return;
    }
    memcpy(source->cell, row->cell, inner * sizeof *source->cell);
    for (size_t i = 0; i < source->key_count; i++) {
        const char *value = source->key[i].value;
        source->cell[inner + i] =
            (struct tol_input_cell){.kind = value[0] == '\0' ? TOL_CELL_NONE : TOL_CELL_TEXT, .text = value};
    }
    row->cell = source->cell;
}

static enum tol_status key_next(struct tol_row_source *base, struct tol_input_row *row, struct tol_error *error)
{
    struct key_source *source = (struct key_source *)base;
    enum tol_status status = source->inner->next(source->inner, row, error);
    if (status == TOL_OK) {
        add_cells(source, row);
    }
    return status;
}

static enum tol_status key_row(struct tol_row_source *base, const struct tol_row_block *block, size_t index,
                               struct tol_input_row *row, struct tol_error *error)
{
    struct key_source *source = (struct key_source *)base;
    enum tol_status status = source->inner->row(source->inner, block, index, row, error);
    if (status == TOL_OK) {
        add_cells(source, row);
    }
    return status;
}

static enum tol_status key_take(struct tol_row_source *base, struct tol_row_block *block, struct tol_error *error)
{
    struct key_source *source = (struct key_source *)base;
    return source->inner->take(source->inner, block, error);
}

static enum tol_status key_split(const struct tol_row_source *base, struct tol_row_block *block,
                                 struct tol_error *error)
{
    const struct key_source *source = (const struct key_source *)base;
    /* The first to ask for room says how many columns there are. */
    enum tol_status room = tol_row_block_room(block, base->column_count, 1, error);
    enum tol_status status = room == TOL_OK ? source->inner->split(source->inner, block, error) : room;
    for (size_t i = 0; room == TOL_OK && i < source->key_count && block->row_count <= block->capacity; i++) {
        struct tol_block_column *column = &block->column[source->inner->column_count + i];
        uint32_t length = (uint32_t)strlen(source->key[i].value);
        column->kind = TOL_CELL_TEXT;
        for (size_t row = 0; row < block->row_count; row++) {
            column->text[row] = source->key[i].value;
            column->length[row] = length;
        }
    }
    return status;
}

static void key_release(const struct tol_row_source *base, struct tol_row_block *block)
{
    const struct key_source *source = (const struct key_source *)base;
    source->inner->release(source->inner, block);
}

static void key_close(struct tol_row_source *base)
{
    struct key_source *source = (struct key_source *)base;
    if (source->inner != NULL) {
        source->inner->close(source->inner);
    }
    free(source->name);
    free(source->cell);
    free(source);
}

static bool name_columns(struct key_source *source)
{
    size_t inner = source->inner->column_count;
    source->base.column_count = inner + source->key_count;
    source->name = calloc(source->base.column_count + 1, sizeof *source->name);
    source->cell = calloc(source->base.column_count + 1, sizeof *source->cell);
    if (source->name == NULL || source->cell == NULL) {
        return false;
    }
    for (size_t i = 0; i < source->base.column_count; i++) {
        source->name[i] = i < inner ? source->inner->column_name[i] : source->key[i - inner].name;
    }
    source->base.column_name = source->name;
    return true;
}

enum tol_status tol_key_source_wrap(const struct tol_supply_key *key, size_t key_count, struct tol_row_source **source,
                                    struct tol_error *error)
{
    struct key_source *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while opening a file");
    }
    bool blocks = (*source)->take != NULL;
    *made = (struct key_source){.inner = *source, .key = key, .key_count = key_count};
    made->base.next = key_next;
    made->base.close = key_close;
    made->base.row_total = (*source)->row_total;
    made->base.take = blocks ? key_take : NULL;
    made->base.split = blocks ? key_split : NULL;
    made->base.row = blocks ? key_row : NULL;
    made->base.release = blocks ? key_release : NULL;
    if (!name_columns(made)) {
        made->inner = NULL; /* stays the caller's */
        key_close(&made->base);
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while opening a file");
    }
    *source = &made->base;
    return TOL_OK;
}
