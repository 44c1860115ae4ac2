#include <criterion/criterion.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "demo_fixture.h"
#include "tolmuur/code.h"

Test(demo_produce, the_same_seed_gives_the_same_rows_for_ever)
{
    static const uint64_t golden[PRODUCE_TABLES] = {0x341f8e50792b2b6a, 0x6e3256ac7670a51c, 0x3a3785eb010b2ead};
    struct portfolio portfolio = demo_portfolio(2026, 500, 10000), again = demo_portfolio(2026, 500, 10000);
    struct portfolio other = demo_portfolio(2027, 500, 10000);
    for (int table = 0; table < PRODUCE_TABLES; table++) {
        uint64_t digest = demo_digest(&portfolio, (enum produce_table)table);
        cr_expect_eq(digest, golden[table], "%s: 0x%016" PRIx64, tol_produce_table_name[table], digest);
        cr_expect_eq(digest, demo_digest(&again, (enum produce_table)table));
        cr_expect_neq(digest, demo_digest(&other, (enum produce_table)table));
    }
    tol_portfolio_close(&portfolio);
    tol_portfolio_close(&again);
    tol_portfolio_close(&other);
}

static struct production *start(enum produce_table table, const struct portfolio *portfolio,
                                const struct text_table *real)
{
    struct production *production = malloc(sizeof *production);
    struct tol_error error = {0};
    cr_assert_eq(tol_produce_start(production, table, portfolio, real, &error), TOL_OK, "%s %s", error.column,
                 error.message);
    return production;
}

Test(demo_produce, firms_say_that_they_are_fictional)
{
    struct portfolio portfolio = demo_portfolio(5, 2000, 0);
    struct production *production = start(PRODUCE_FIRMS, &portfolio, NULL);
    struct demo_block *block = demo_block_new(production);
    size_t rows, missing = 0, losses = 0, margins = 0;
    cr_assert_eq(tol_produce_firms(production, block->cells, &rows, NULL), TOL_OK);
    cr_assert_eq(rows, 2000);
    for (size_t row = 0; row < rows; row++) {
        char id[32];
        snprintf(id, sizeof id, "FX%07zu", row + 1);
        cr_assert_str_eq(block->text[0][row], id);
        cr_assert_eq(strncmp(block->text[9][row], "Fictional ", 10), 0);
        double revenue = block->number[3][row], ebitda = block->number[5][row], margin = block->number[7][row];
        cr_assert(isnan(ebitda) || (ebitda >= -0.08 * revenue - 0.01 && ebitda <= 0.15 * revenue));
        cr_assert(isnan(margin) || (margin > 0 && margin < 1));
        cr_assert_eq(isnan(block->number[6][row]), isnan(block->number[8][row]), "interest without a loan");
        missing += isnan(ebitda);
        losses += !isnan(ebitda) && ebitda < 0;
        margins += !isnan(margin);
    }
    cr_assert(missing > 120 && missing < 280, "%zu without EBITDA", missing);
    cr_assert(losses > 100 && losses < 240, "%zu losses", losses);
    cr_assert(margins > 900 && margins < 1100, "%zu margins", margins);
    free(block);
    free(production);
    tol_portfolio_close(&portfolio);
}

/* Counts the lines to (or from) one country. */
static size_t check_lines(enum produce_table table, const struct portfolio *portfolio, const char *wanted)
{
    struct production *production = start(table, portfolio, NULL);
    struct demo_block *block = demo_block_new(production);
    size_t rows, found = 0;
    do {
        cr_assert_eq(tol_produce_lines(production, block->cells, &rows, NULL), TOL_OK);
        for (size_t row = 0; row < rows; row++) {
            tol_country country;
            tol_product product;
            const char *place = block->text[2][row];
            bool us_sale = table == PRODUCE_SALES && strcmp(place, "US") == 0;
            cr_assert(tol_country_parse(place, &country) && tol_country_exists(country), "%s", place);
            cr_assert(tol_product_parse(block->text[1][row], 4, &product), "%s", block->text[1][row]);
            cr_assert_eq(tol_product_digits(product), us_sale ? 10u : 6u);
            cr_assert_gt(block->number[3][row], 0);
            found += strcmp(place, wanted) == 0;
        }
    } while (rows > 0);
    free(block);
    free(production);
    return found;
}

Test(demo_produce, lines_have_codes_countries_and_the_shape_of_dutch_trade)
{
    struct portfolio portfolio = demo_portfolio(9, 2000, 60000);
    size_t home = check_lines(PRODUCE_SALES, &portfolio, "NL"), states = check_lines(PRODUCE_SALES, &portfolio, "US");
    size_t china = check_lines(PRODUCE_PURCHASES, &portfolio, "CN");
    cr_assert(home > 36000 * 45 / 100 && home < 36000 * 60 / 100, "%zu to NL", home);
    cr_assert(states > 36000 * 3 / 100 && states < 36000 * 6 / 100, "%zu to US", states);
    cr_assert(china > 24000 * 6 / 100 && china < 24000 * 12 / 100, "%zu from CN", china);
    tol_portfolio_close(&portfolio);
}

Test(demo_produce, real_rows_come_first_and_unchanged)
{
    struct portfolio portfolio = demo_portfolio(1, 10, 10);
    struct text_table real;
    struct tol_error error = {0};
    cr_assert_eq(tol_text_table_read(TEST_SOURCE_DIR "/datasets/demo/real/firms.csv", &real, &error), TOL_OK, "%s",
                 error.message);
    struct production *production = start(PRODUCE_FIRMS, &portfolio, &real);
    struct demo_block *block = demo_block_new(production);
    size_t rows, name = tol_text_table_column(&real, "name");
    cr_assert_eq(tol_produce_firms(production, block->cells, &rows, &error), TOL_OK, "%s", error.message);
    cr_assert_eq(rows, real.row_count + 10);
    for (size_t row = 0; row < real.row_count; row++) {
        cr_assert_str_eq(block->text[9][row], text_table_cell(&real, row, name));
        cr_assert(isnan(block->number[8][row]), "a loan that nobody gave");
    }
    cr_assert_str_eq(block->text[0][real.row_count], "FX0000001");
    free(block);
    free(production);
    tol_text_table_free(&real);
    tol_portfolio_close(&portfolio);
}

Test(demo_produce, real_tables_with_other_columns_are_refused)
{
    struct portfolio portfolio = demo_portfolio(1, 10, 10);
    struct text_table firms;
    struct tol_error error = {0};
    struct production *production = malloc(sizeof *production);
    cr_assert_eq(tol_text_table_read(TEST_SOURCE_DIR "/datasets/demo/real/firms.csv", &firms, &error), TOL_OK);
    cr_assert_eq(tol_produce_start(production, PRODUCE_SALES, &portfolio, &firms, &error), TOL_BAD_DATA);
    cr_assert_str_eq(error.column, "hs");
    free(production);
    tol_text_table_free(&firms);
    tol_portfolio_close(&portfolio);
}
