/* Binary COPY from a server that sends anything: a first byte for the number of columns, one for the type of each, one for the size of the pieces in which the
 * rest comes. Rows in blocks and one by one hold the same. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "postgres/input.h"
#include "supply/postgres_source.h"

#define COLUMNS_MOST 8

struct tol_postgres_session {
    const uint8_t *next;
    size_t left;
    size_t piece;
};

static char *quote(struct tol_postgres_session *session, const char *identifier)
{
    (void)session;
    return strdup(identifier);
}

static void forget(char *quoted)
{
    free(quoted);
}

static enum tol_status copy_out(struct tol_postgres_session *session, const char *command, struct tol_error *error)
{
    (void)session;
    (void)command;
    (void)error;
    return TOL_OK;
}

static enum tol_status copy_read(struct tol_postgres_session *session, const char **bytes, size_t *size,
                                 struct tol_error *error)
{
    (void)error;
    *bytes = (const char *)session->next;
    *size = session->left < session->piece ? session->left : session->piece;
    session->next += *size;
    session->left -= *size;
    return TOL_OK;
}

static void compare_cell(const struct tol_block_column *column, size_t row, const struct tol_input_cell *cell)
{
    bool given = column->kind == TOL_CELL_DOUBLE ? !isnan(column->number[row])
                                                 : column->kind != TOL_CELL_OTHER && column->length[row] > 0;
    if (column->kind == TOL_CELL_DOUBLE) {
        fuzz_require(cell->kind == TOL_CELL_NONE
                         ? !given
                         : memcmp(&cell->number, &column->number[row], sizeof cell->number) == 0);
    } else if (column->kind != TOL_CELL_OTHER) {
        fuzz_require((cell->kind != TOL_CELL_NONE) == given);
        fuzz_require(!given || (strlen(cell->text) == column->length[row] &&
                                memcmp(cell->text, column->text[row], column->length[row]) == 0));
    }
}

static void read_block(struct tol_row_source *source, struct tol_row_block *block)
{
    struct tol_error error;
    struct tol_input_row row;
    fuzz_require(source->split(source, block, &error) == TOL_OK);
    for (size_t i = 0; i < block->row_count; i++) {
        fuzz_require(source->row(source, block, i, &row, &error) == TOL_OK);
        for (size_t c = 0; c < source->column_count && !block->faulty[i] && row.fault[0] == '\0'; c++) {
            compare_cell(&block->column[c], i, &row.cell[c]);
        }
    }
}

static void read_all(struct tol_row_source *source)
{
    struct tol_error error;
    struct tol_row_block block = {0};
    while (source->take(source, &block, &error) == TOL_OK && block.raw != NULL) {
        read_block(source, &block);
        source->release(source, &block);
    }
    tol_row_block_free(&block);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct tol_postgres_api api = {
        .quote = quote, .forget = forget, .copy_out = copy_out, .copy_read = copy_read};
    size_t columns = size > 0 ? 1 + data[0] % COLUMNS_MOST : 0;
    if (size < columns + 2) {
        return 0;
    }
    struct tol_postgres_session session = {
        .next = data + columns + 2, .left = size - columns - 2, .piece = (size_t)1 + data[columns + 1]};
    struct tol_postgres_input input = {.api = &api, .session = &session};
    struct tol_postgres_table *table = &input.table[TOL_SUPPLY_SALES];
    char name[] = "column", schema[] = "public";
    *table = (struct tol_postgres_table){
        .present = true, .label = "public.sales", .schema = schema, .name = name, .column_count = columns};
    for (size_t i = 0; i < columns; i++) {
        table->column[i] = (struct tol_postgres_column){
            .name = name, .source = name, .type = data[1 + i] % (TOL_COPY_DATE + 1), .type_name = name};
    }
    struct tol_row_source *source = NULL;
    struct tol_error error;
    fuzz_require(tol_postgres_source_open(&input, TOL_SUPPLY_SALES, &source, &error) == TOL_OK);
    read_all(source);
    source->close(source);
    return 0;
}
