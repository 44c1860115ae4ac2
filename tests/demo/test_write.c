/* The whole way: the demo portfolio written as files and read back by the reader of supply tables. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "datasets/supply.h"
#include "demo_fixture.h"

static void write_demo(const char *folder, const char *format, const struct portfolio *portfolio)
{
    struct production *production = malloc(sizeof *production);
    struct tol_error error = {0};
    for (int table = 0; table < PRODUCE_TABLES; table++) {
        struct text_table real;
        char path[512];
        const char *name = tol_produce_table_name[table];
        snprintf(path, sizeof path, TEST_SOURCE_DIR "/datasets/demo/real/%s.csv", name);
        cr_assert_eq(tol_text_table_read(path, &real, &error), TOL_OK, "%s", error.message);
        cr_assert_eq(tol_produce_start(production, (enum produce_table)table, portfolio, &real, &error), TOL_OK);
        snprintf(path, sizeof path, "%s/%s.%s", folder, name, format);
        cr_assert_eq(tol_table_write(path, TOL_TABLE_BY_ENDING, production->columns, production->column_count,
                                     table == PRODUCE_FIRMS ? tol_produce_firms : tol_produce_lines, production,
                                     &error),
                     TOL_OK, "%s", error.message);
        tol_text_table_free(&real);
    }
    free(production);
}

static void remove_demo(const char *folder, const char *format)
{
    for (int table = 0; table < PRODUCE_TABLES; table++) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s.%s", folder, tol_produce_table_name[table], format);
        remove(path);
    }
    rmdir(folder);
}

static void print_fault(void *context, const struct tol_error *fault)
{
    (void)context;
    cr_log_error("%s row %d %s %s: %s", fault->file, (int)fault->row, fault->column, fault->value, fault->message);
}

static void check_format(const char *format)
{
    char folder[] = "/tmp/tolmuur-demo-XXXXXX";
    cr_assert_not_null(mkdtemp(folder));
    struct portfolio portfolio = demo_portfolio(2026, 200, 5000);
    write_demo(folder, format, &portfolio);
    struct tol_supply_options options = {.fault = print_fault, .warning = print_fault};
    struct tol_supply_report report = {0};
    struct tol_error error = {0};
    enum tol_status status = tol_supply_check(folder, &options, &report, &error);
    remove_demo(folder, format);
    tol_portfolio_close(&portfolio);
    cr_assert_eq(status, TOL_OK, "%s: %s", error.file, error.message);
    cr_assert_eq(report.fault_count + report.warning_count, 0);
    cr_assert_eq(report.accepted_rows[TOL_SUPPLY_FIRMS], 71 + 200);
    cr_assert_eq(report.accepted_rows[TOL_SUPPLY_SALES], 46731 + 3000);
    cr_assert_eq(report.accepted_rows[TOL_SUPPLY_PURCHASES], 9465 + 2000);
}

Test(demo_write, the_reader_takes_the_demo_as_csv)
{
    check_format("csv");
}

Test(demo_write, the_reader_takes_the_demo_as_parquet)
{
    check_format("parquet");
}
