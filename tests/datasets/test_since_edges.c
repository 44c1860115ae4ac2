/* Starting from an older book where tables are out of the ordinary. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "since.h"

static const char sales_header[] = "firm_id|hs|destination|#value_eur";

static void put_cells(const char *name, const char *header, const char *const *row, size_t row_count)
{
    cr_assert_eq(write_cells(folder_file(name), header, row, row_count, NULL), TOL_OK);
}

/* Firms F1 to Fcount, and a sale of each of the first twenty. */
static void put_firms_to(int count, const char *header, const char *sale)
{
    char text[64 * 32] = "firm_id,country,sector,revenue_eur\n", cells[20][64];
    const char *row[20];
    for (int f = 1; f <= count; f++) {
        snprintf(text + strlen(text), sizeof text - strlen(text), "F%d,NL,C28,1000\n", f);
    }
    for (int f = 0; f < 20; f++) {
        snprintf(cells[f], sizeof cells[f], "F%d|%s", f + 1, sale);
        row[f] = cells[f];
    }
    put_text("firms.csv", text);
    put_cells("sales.parquet", header, row, 20);
}

/* destination is the folder's, once as it should be and once with two rows changed over. */
static void put_partitions(const char *us, const char *de)
{
    static const char head[] = "firm_id|hs|#value_eur|customer_id";
    const char *const row[2] = {us, de};
    mkdir(folder_file("sales"), 0777);
    mkdir(folder_file("sales/destination=US"), 0777);
    mkdir(folder_file("sales/destination=DE"), 0777);
    put_cells("sales/destination=US/0.parquet", head, &row[0], 1);
    put_cells("sales/destination=DE/0.parquet", head, &row[1], 1);
}

Test(since_edges, rows_that_change_folders_change)
{
    put_firms();
    put_partitions("A|0101|1|", "A|0102|2|");
    build_since("last.book", "none.book", false);
    put_partitions("A|0102|2|", "A|0101|1|");
    expect_kept(0);
    build_since("last.book", "none.book", false);
    expect_kept(2);
}

/* Values whose hashes differ only where those of the other cells do not: without a last hash over the row, the sum stays as it was. */
Test(since_edges, values_that_change_lines_change)
{
    static const char *const row[2][2] = {{"F1|7308400000|US|2270000", "F1|9018498080|US|3043000"},
                                          {"F1|7308400000|US|3043000", "F1|9018498080|US|2270000"}};
    put_text("firms.csv", "firm_id,country,sector,revenue_eur\nF1,NL,C28,1e7\n");
    put_cells("sales.parquet", sales_header, row[0], 2);
    build_since("last.book", "none.book", false);
    put_cells("sales.parquet", sales_header, row[1], 2);
    expect_kept(0);
}

/* As other programs leave numbers: whole ones are ids, others are a fault that reading tells. */
Test(since_edges, ids_that_are_numbers)
{
    char path[512];
    put_text("firms.csv", "firm_id,country,sector,revenue_eur\n7,NL,C28,1000\n");
    static const char *const row[] = {"7|0101|US|1"};
    put_cells("x.parquet", "#firm_id|hs|destination|#value_eur", row, 1);
    char sql[1024];
    snprintf(sql, sizeof sql, "COPY (SELECT * REPLACE (firm_id::BIGINT AS firm_id) FROM read_parquet('%s')) TO '%s'",
             folder_file("x.parquet"), folder_file("sales.parquet"));
    run_sql(NULL, sql);
    build_since("last.book", "none.book", false);
    expect_kept(1);
    cr_assert_eq(rename(folder_file("x.parquet"), folder_file("sales.parquet")), 0);
    const struct tol_supply_options options = {.since_path = scratch_path(path, "last.book")};
    struct checked checked = build_folder("some.book", &options);
    expect_fault(&checked, "sales.parquet", 1, "firm_id", NULL, "store the column as text");
}

Test(since_edges, firms_without_lines_are_kept_without)
{
    put_text("firms.csv", "firm_id,country,sector,revenue_eur\nA,NL,C28,1000\nB,NL,C28,1000\n");
    static const char *const row[] = {"A|0101|US|1|B"};
    put_cells("sales.parquet", "firm_id|hs|destination|#value_eur|customer_id", row, 1);
    build_since("last.book", "none.book", false);
    expect_kept(1);
}

Test(since_edges, tables_that_cannot_tell)
{
    put_firms();
    put_sales();
    struct checked checked = build_since("last.book", "none.book", false);
    cr_assert(strstr(checked.note, "sales.csv: only Parquet and DuckDB") != NULL, "%s", checked.note);
    cr_assert_eq(build_folder("all.book", NULL).status, TOL_OK);
    expect_same_books("last.book", "all.book");
}

/* As other programs leave a column that is empty throughout. */
Test(since_edges, counterparts_that_are_no_texts)
{
    static const char header[] = "firm_id|hs|destination|#value_eur|#customer_id";
    put_firms_to(20, header, "0101|US|1|");
    build_since("last.book", "none.book", false);
    put_firms_to(21, header, "0101|US|1|");
    expect_kept(20);
}

/* A table for which "a" is "A": they are two firms all the same. */
Test(since_edges, collations)
{
    char path[512];
    run_sql(scratch_path(path, "d.duckdb"),
            "CREATE TABLE firms(firm_id VARCHAR, country VARCHAR, sector VARCHAR, revenue_eur DOUBLE);"
            "INSERT INTO firms VALUES ('a', 'NL', 'C28', 1000), ('A', 'NL', 'C28', 1000);"
            "CREATE TABLE sales(firm_id VARCHAR COLLATE NOCASE, hs VARCHAR, destination VARCHAR, value_eur DOUBLE);"
            "INSERT INTO sales VALUES ('a', '0101', 'US', 1), ('A', '0102', 'US', 2)");
    build_database("last.book", "none.book");
    run_sql(path, "UPDATE sales SET value_eur = 3 WHERE hs = '0102'");
    build_database("all.book", "none.book");
    cr_assert_eq(kept(&(struct checked[]){build_database("some.book", "last.book")}[0]), 1);
    expect_same_books("some.book", "all.book");
}

/* Nothing changed but that a file came without rows. */
Test(since_edges, files_without_rows_can_have_faults)
{
    char path[512];
    static const char *const row[] = {"A|0101|US|1"};
    put_firms();
    mkdir(folder_file("sales"), 0777);
    put_cells("sales/0.parquet", sales_header, row, 1);
    build_since("last.book", "none.book", false);
    put_cells("sales/1.parquet", "firm_id|hs|destination|#value_eur|colour", NULL, 0);
    const struct tol_supply_options options = {.since_path = scratch_path(path, "last.book")};
    struct checked checked = build_folder("some.book", &options);
    expect_fault(&checked, "sales/1.parquet", 0, "colour", NULL, "unknown column");
}

Test(since_edges, files_without_rows_have_ids_of_any_type)
{
    static const char *const row[] = {"A|0101|US|1"};
    put_firms();
    mkdir(folder_file("sales"), 0777);
    put_cells("sales/0.parquet", sales_header, row, 1);
    put_cells("sales/1.parquet", "#firm_id|hs|destination|#value_eur", NULL, 0);
    build_since("last.book", "none.book", false);
    expect_kept(1);
}

Test(since_edges, one_table_that_could_not_tell)
{
    static const char *const row[] = {"F1|0101|US|1"};
    put_firms_to(20, sales_header, "0101|US|1");
    put_text("purchases.csv", "firm_id,hs,origin,value_eur\nF1,0101,US,1\n");
    build_since("last.book", "none.book", false);
    drop("purchases.csv");
    put_cells("purchases.parquet", "firm_id|hs|origin|#value_eur", row, 1);
    struct checked some = expect_kept(20);
    cr_assert(strstr(some.note, "last.book holds no hashes of the rows of purchases") != NULL, "%s", some.note);
}

Test(since_edges, rejected_firms)
{
    char path[512];
    put_firms_to(20, sales_header, "0101|US|1");
    build_since("last.book", "none.book", false);
    put_firms_to(20, sales_header, "0101|US|1");
    FILE *firms = fopen(folder_file("firms.csv"), "a");
    cr_assert_not_null(firms);
    fputs("G1,XX,C28,1000\n", firms);
    cr_assert_eq(fclose(firms), 0);
    struct tol_supply_options options = {.max_rejects = 1};
    cr_assert_eq(build_folder("all.book", &options).status, TOL_OK);
    options.since_path = scratch_path(path, "last.book");
    struct checked some = build_folder("some.book", &options);
    cr_assert_eq(some.status, TOL_OK);
    cr_assert(strstr(some.note, "rows of firms are rejected") != NULL, "%s", some.note);
    expect_same_books("some.book", "all.book");
}

/* Once the sales are read, the purchases are no longer those that were compared. */
static bool buy_more(void *context, enum tol_supply_table table, uint64_t rows_done, uint64_t rows_total)
{
    static const char *const row[] = {"F1|0101|US|2"};
    (void)context;
    (void)rows_done;
    (void)rows_total;
    if (table == TOL_SUPPLY_SALES) {
        put_cells("purchases.parquet", "firm_id|hs|origin|#value_eur", row, 1);
    }
    return true;
}

Test(since_edges, tables_that_change_meanwhile)
{
    char path[512];
    static const char *const row[] = {"F1|0101|US|1"};
    put_firms_to(20, sales_header, "0101|US|1");
    put_cells("purchases.parquet", "firm_id|hs|origin|#value_eur", row, 1);
    build_since("last.book", "none.book", false);
    const struct tol_supply_options options = {.since_path = scratch_path(path, "last.book"), .progress = buy_more};
    struct checked some = build_folder("some.book", &options);
    cr_assert_eq(some.status, TOL_OK);
    cr_assert(strstr(some.note, "a table changed while it was read") != NULL, "%s", some.note);
    cr_assert_eq(build_folder("all.book", NULL).status, TOL_OK);
    expect_same_books("some.book", "all.book");
}
