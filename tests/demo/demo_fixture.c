#include "demo_fixture.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

const struct market *demo_market(void)
{
    static struct market market;
    static bool ready;
    struct tol_error error = {0};
    if (!ready) {
        cr_assert_eq(tol_market_read(TEST_SOURCE_DIR "/datasets/demo", &market, &error), TOL_OK, "%s: %s", error.file,
                     error.message);
        ready = true;
    }
    return &market;
}

struct portfolio demo_portfolio(uint64_t seed, uint64_t firms, uint64_t lines)
{
    struct portfolio portfolio;
    struct tol_error error = {0};
    const struct portfolio_size size = {.firms = firms, .lines = lines, .named_share = PORTFOLIO_NAMED_SHARE};
    cr_assert_eq(tol_portfolio_open(demo_market(), seed, &size, &portfolio, &error), TOL_OK, "%s", error.message);
    return portfolio;
}

struct demo_block *demo_block_new(const struct production *production)
{
    struct demo_block *block = calloc(1, sizeof *block);
    cr_assert_not_null(block);
    for (size_t i = 0; i < production->column_count; i++) {
        bool text = production->columns[i].type == TOL_COLUMN_TEXT;
        block->cells[i] = (struct tol_table_cells){text ? block->text[i] : NULL, text ? NULL : block->number[i]};
    }
    return block;
}

static void add_cell(XXH3_state_t *state, const struct production *production, const struct demo_block *block,
                     size_t column, size_t row)
{
    if (production->columns[column].type == TOL_COLUMN_TEXT) {
        const char *text = block->text[column][row];
        XXH3_64bits_update(state, text != NULL ? text : "-", text != NULL ? strlen(text) + 1 : 1);
    } else {
        double number = block->number[column][row];
        number = isnan(number) ? -1e300 : number;
        XXH3_64bits_update(state, &number, sizeof number);
    }
}

uint64_t demo_digest(const struct portfolio *portfolio, enum produce_table table)
{
    struct production *production = malloc(sizeof *production);
    struct tol_error error = {0};
    tol_produce_start(production, table, portfolio, NULL);
    struct demo_block *block = demo_block_new(production);
    XXH3_state_t *state = XXH3_createState();
    XXH3_64bits_reset(state);
    size_t rows = 0;
    do {
        tol_table_producer produce = table == PRODUCE_FIRMS ? tol_produce_firms : tol_produce_lines;
        cr_assert_eq(produce(production, block->cells, &rows, &error), TOL_OK, "%s", error.message);
        for (size_t row = 0; row < rows; row++) {
            for (size_t column = 0; column < production->column_count; column++) {
                add_cell(state, production, block, column, row);
            }
        }
    } while (rows > 0);
    uint64_t digest = XXH3_64bits_digest(state);
    XXH3_freeState(state);
    free(block);
    free(production);
    return digest;
}
