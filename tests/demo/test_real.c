#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "generate/text_table.h"
#include "tolmuur/code.h"

#define DEMO TEST_SOURCE_DIR "/datasets/demo/"

static struct text_table read_table(const char *path)
{
    struct text_table table;
    struct tol_error error = {0};
    cr_assert_eq(tol_text_table_read(path, &table, &error), TOL_OK, "%s: row %d: %s", error.file, (int)error.row,
                 error.message);
    return table;
}

static const char *cell(const struct text_table *table, size_t row, const char *column)
{
    size_t position = tol_text_table_column(table, column);
    cr_assert_lt(position, table->column_count, "%s", column);
    return text_table_cell(table, row, position);
}

static double number(const struct text_table *table, size_t row, const char *column)
{
    char *end;
    double value = strtod(cell(table, row, column), &end);
    cr_assert_eq(*end, '\0', "%s", cell(table, row, column));
    cr_assert(isfinite(value) && value >= 0);
    return value;
}

static size_t find_firm(const struct text_table *firms, const char *id)
{
    for (size_t row = 0; row < firms->row_count; row++) {
        if (strcmp(cell(firms, row, "firm_id"), id) == 0) {
            return row;
        }
    }
    cr_assert_fail("no firm %s", id);
    return 0;
}

Test(demo_real, firms_are_industries_of_five_countries)
{
    struct text_table firms = read_table(DEMO "real/firms.csv");
    cr_assert_eq(firms.row_count, 71);
    for (size_t row = 0; row < firms.row_count; row++) {
        tol_country country;
        const char *id = cell(&firms, row, "firm_id");
        cr_assert(tol_country_parse(cell(&firms, row, "country"), &country) && tol_country_exists(country));
        cr_assert_eq(strncmp(id, cell(&firms, row, "country"), 2), 0, "%s", id);
        cr_assert_eq(find_firm(&firms, id), row, "%s is there twice", id);
        cr_assert_lt(number(&firms, row, "purchases_eur"), number(&firms, row, "revenue_eur"), "%s", id);
        cr_assert_lt(number(&firms, row, "ebitda_eur"),
                     number(&firms, row, "revenue_eur") - number(&firms, row, "purchases_eur"));
        cr_assert_not_null(strstr(cell(&firms, row, "name"), "(industry, "), "%s", id);
    }
    tol_text_table_free(&firms);
}

/* Sums the lines per firm, checks every line, and that no firm trades more than its accounts say. */
static double *check_lines(const struct text_table *firms, const struct text_table *lines, const char *place,
                           const char *country, const char *bound)
{
    double *sum = calloc(firms->row_count, sizeof *sum);
    size_t firm = 0;
    for (size_t row = 0; row < lines->row_count; row++) {
        tol_product product;
        const char *id = cell(lines, row, "firm_id");
        cr_assert(tol_product_parse(cell(lines, row, "hs"), 4, &product), "%s", cell(lines, row, "hs"));
        cr_assert_str_eq(cell(lines, row, place), country);
        if (strcmp(cell(firms, firm, "firm_id"), id) != 0) {
            firm = find_firm(firms, id);
        }
        sum[firm] += number(lines, row, "value_eur");
    }
    for (firm = 0; firm < firms->row_count; firm++) {
        cr_assert_leq(sum[firm], number(firms, firm, bound), "%s", cell(firms, firm, "firm_id"));
    }
    return sum;
}

static double usd_per_eur_2024(void)
{
    struct text_table rates = read_table(DEMO "assumptions/exchange_rates.csv");
    double rate = 0;
    for (size_t row = 0; row < rates.row_count; row++) {
        rate = strcmp(cell(&rates, row, "year"), "2024") == 0 ? number(&rates, row, "usd_per_eur") : rate;
    }
    tol_text_table_free(&rates);
    cr_assert_gt(rate, 0);
    return rate;
}

/* The totals that datasets/demo/README.md gives: billion USD of US imports of 2024 assigned to an industry. */
Test(demo_real, sales_add_up_to_the_import_statistics)
{
    static const struct {
        const char *country;
        double billion_usd;
    } assigned[] = {{"NL", 28.919}, {"DE", 148.877}, {"BE", 24.677}, {"CN", 417.639}, {"JP", 144.427}};
    struct text_table firms = read_table(DEMO "real/firms.csv"), sales = read_table(DEMO "real/sales.csv");
    double *sum = check_lines(&firms, &sales, "destination", "US", "revenue_eur"), rate = usd_per_eur_2024();
    for (size_t i = 0; i < sizeof assigned / sizeof assigned[0]; i++) {
        double total = 0;
        for (size_t firm = 0; firm < firms.row_count; firm++) {
            total += strcmp(cell(&firms, firm, "country"), assigned[i].country) == 0 ? sum[firm] : 0;
        }
        cr_expect_float_eq(total * rate / 1e9, assigned[i].billion_usd, 0.0006, "%s: %.4f", assigned[i].country,
                           total * rate / 1e9);
    }
    free(sum);
    tol_text_table_free(&firms);
    tol_text_table_free(&sales);
}

Test(demo_real, purchases_from_china_fit_the_accounts)
{
    struct text_table firms = read_table(DEMO "real/firms.csv"), purchases = read_table(DEMO "real/purchases.csv");
    double *sum = check_lines(&firms, &purchases, "origin", "CN", "purchases_eur");
    for (size_t firm = 0; firm < firms.row_count; firm++) {
        bool chinese = strcmp(cell(&firms, firm, "country"), "CN") == 0;
        cr_assert(chinese ? sum[firm] == 0 : sum[firm] > 0, "%s", cell(&firms, firm, "firm_id"));
    }
    free(sum);
    tol_text_table_free(&firms);
    tol_text_table_free(&purchases);
}
