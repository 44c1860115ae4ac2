/* Rows of a CSV file, one by one and in blocks: both ways give the same rows, the same faults, the same end. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "supply/row_source.h"

/* Rows of the block way, one after the other. */
struct by_block {
    struct tol_row_source *source;
    struct tol_row_block block;
    size_t next;
    enum tol_status split;
    struct tol_error error;
};

/* The next row; row->end where there is none. */
static enum tol_status next_of_block(struct by_block *by, struct tol_input_row *row, struct tol_error *error)
{
    while (by->block.raw == NULL || by->next == by->block.row_count) {
        if (by->block.raw != NULL) {
            by->source->release(by->source, &by->block);
            by->block.raw = NULL;
            if (by->split != TOL_OK) {
                *error = by->error;
                return by->split;
            }
        }
        enum tol_status status = by->source->take(by->source, &by->block, error);
        row->end = status == TOL_OK && by->block.raw == NULL;
        if (status != TOL_OK || row->end) {
            return status;
        }
        by->split = by->source->split(by->source, &by->block, &by->error);
        by->next = 0;
    }
    row->end = false;
    return by->source->row(by->source, &by->block, by->next++, row, error);
}

static bool same_text(const struct tol_input_cell *a, const struct tol_input_cell *b)
{
    return a->kind == b->kind && (a->kind != TOL_CELL_TEXT || strcmp(a->text, b->text) == 0);
}

static void compare(struct tol_row_source *one, struct tol_row_source *other)
{
    struct by_block by = {.source = other};
    struct tol_input_row a = {0}, b = {0};
    struct tol_error error_a, error_b;
    for (bool end = false; !end;) {
        enum tol_status first = one->next(one, &a, &error_a);
        enum tol_status second = next_of_block(&by, &b, &error_b);
        fuzz_require(first == second);
        end = first != TOL_OK || a.end;
        fuzz_require(first != TOL_OK ? strcmp(error_a.message, error_b.message) == 0 : a.end == b.end);
        fuzz_require(end || strcmp(a.fault, b.fault) == 0);
        for (size_t c = 0; !end && a.fault[0] == '\0' && c < one->column_count; c++) {
            fuzz_require(same_text(&a.cell[c], &b.cell[c]));
        }
    }
    if (by.block.raw != NULL) {
        other->release(other, &by.block);
    }
    tol_row_block_free(&by.block);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tol_row_source *one = NULL, *other = NULL;
    struct tol_error error;
    const char *path = fuzz_file(data, size);
    enum tol_status status = tol_csv_source_open(path, false, &one, &error);
    if (status != TOL_OK) {
        return 0;
    }
    fuzz_require(tol_csv_source_open(path, false, &other, &error) == TOL_OK);
    compare(one, other);
    one->close(one);
    other->close(other);
    return 0;
}
