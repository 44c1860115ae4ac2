/* A DuckDB database as a source: the same book as from files, opened for reading only, and nothing outside it. */
#include <criterion/criterion.h>
#include <duckdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"

static void run_all(duckdb_connection connection, const char *const *sql)
{
    for (; *sql != NULL; sql++) {
        duckdb_result result;
        cr_assert_eq(duckdb_query(connection, *sql, &result), DuckDBSuccess, "%s: %s", *sql,
                     duckdb_result_error(&result));
        duckdb_destroy_result(&result);
    }
}

/* sql ends with NULL. */
static void put_database(const char *name, const char *const *sql)
{
    duckdb_database database;
    duckdb_connection connection;
    cr_assert_eq(duckdb_open(folder_file(name), &database), DuckDBSuccess);
    cr_assert_eq(duckdb_connect(database, &connection), DuckDBSuccess);
    run_all(connection, sql);
    duckdb_disconnect(&connection);
    duckdb_close(&database);
}

static const char firms_sql[] =
    "CREATE TABLE firms AS SELECT 'A' AS firm_id, 'NL' AS country, 'C28' AS sector, 1000.0 AS revenue_eur";
static const char sales_sql[] =
    "CREATE TABLE sales AS SELECT 'A' AS firm_id, '0101' AS hs, 'US' AS destination, 10.0::DOUBLE AS value_eur";

static struct checked check_database(const char *name)
{
    return check_input(folder_file(name));
}

static struct checked expect_status(const char *name, enum tol_status status, const char *message)
{
    struct checked checked = check_database(name);
    cr_assert_eq(checked.status, status, "%d: %s", checked.status, checked.error.message);
    cr_assert(strstr(checked.error.message, message) != NULL, "%s", checked.error.message);
    return checked;
}

Test(database, tables_and_views_give_the_book_of_files)
{
    size_t size[2];
    put_text("firms.csv", "firm_id,country,sector,revenue_eur\nA,NL,C28,1000000\n0B,DE,01,5\n");
    put_text("sales.csv",
             "firm_id,hs,destination,value_eur,customer_id,usmca\nA,0101.21,US,0.1,0B,yes\n0B,8703,CA,3,,no\n");
    put_text("purchases.csv", "firm_id,hs,origin,value_eur\nA,7208,CN,0.25\n");
    cr_assert_eq(build_folder("a.book", NULL).status, TOL_OK);
    const char *const sql[] = {
        "CREATE TABLE Firms (firm_id VARCHAR, country VARCHAR, sector VARCHAR, revenue_eur DECIMAL(18, 2))",
        "INSERT INTO firms VALUES ('A', 'NL', 'C28', 1000000), ('0B', 'DE', '01', 5)", "CREATE SCHEMA raw",
        "CREATE TABLE raw.lines AS SELECT * FROM (VALUES ('A', '0101.21', 'US', 0.1, '0B', true), ('0B', '8703', 'CA', "
        "3, "
        "NULL, false)) AS t(firm_id, hs, destination, value_eur, customer_id, usmca)",
        /* A view may call the database by its name. */
        "CREATE VIEW sales AS SELECT firm_id, hs, destination, value_eur::DOUBLE AS value_eur, customer_id, usmca FROM "
        "my_portfolio.raw.lines",
        "CREATE TABLE purchases AS SELECT 'A' AS firm_id, '7208' AS hs, 'CN'::ENUM('CN', 'US') AS origin, 0.25::FLOAT "
        "AS "
        "value_eur",
        "CREATE TABLE something_else (x INTEGER)", NULL};
    put_database("my_portfolio.v1.duckdb", sql);
    struct checked checked = build_input(folder_file("my_portfolio.v1.duckdb"), "b.book", NULL);
    cr_assert_eq(checked.status, TOL_OK, "%s: %s", checked.error.file, checked.error.message);
    cr_assert_eq(checked.report.accepted_rows[TOL_SUPPLY_SALES], 2);
    const char *one = get_bytes("a.book", &size[0]), *two = get_bytes("b.book", &size[1]);
    cr_assert_eq(size[0], size[1]);
    cr_assert_arr_eq(one, two, size[0]);
}

Test(database, faults_name_table_and_row)
{
    put_database("x.duckdb",
                 (const char *const[]){firms_sql, sales_sql,
                                       "INSERT INTO sales SELECT 'A', '0101', 'US', i FROM range(5000) AS t(i)",
                                       "INSERT INTO sales VALUES ('A', '0101', 'ZZ', 1)", NULL});
    struct checked checked = check_database("x.duckdb");
    cr_assert_eq(checked.fault_count, 1);
    cr_assert_str_eq(checked.fault[0].file, folder_file("x.duckdb:sales"));
    cr_assert_eq(checked.fault[0].row, 5002);
    cr_assert_str_eq(checked.fault[0].value, "ZZ");
}

/* Whatever a view asks for outside the file is refused, by name, and nothing is read. */
Test(database, views_cannot_reach_out)
{
    static const char *const from[] = {"read_csv('/etc/passwd')",
                                       "read_text('/proc/self/environ')",
                                       "glob('/etc/*')",
                                       "read_blob('/etc/hostname')",
                                       "read_csv('https://127.0.0.1:9/x.csv')",
                                       "read_parquet('s3://bucket/x.parquet')",
                                       "read_json('/etc/passwd')",
                                       "'/etc/passwd.csv'",
                                       "parquet_metadata('/etc/passwd')",
                                       "sniff_csv('/etc/passwd')",
                                       "read_text('/proc/self/fd/0')",
                                       "duckdb_logs_of_nobody()"};
    for (size_t i = 0; i < sizeof from / sizeof from[0]; i++) {
        /* Made without being looked at, as a hostile program would: DuckDB binds a view when it is made. */
        char sql[512], name[32];
        snprintf(name, sizeof name, "hostile%zu.duckdb", i);
        snprintf(sql, sizeof sql,
                 "CREATE VIEW sales AS SELECT firm_id, hs, destination, value_eur FROM sound WHERE firm_id IN (SELECT "
                 "'A' FROM %s)",
                 from[i]);
        duckdb_database database;
        duckdb_connection connection;
        duckdb_result result;
        cr_assert_eq(duckdb_open(folder_file(name), &database), DuckDBSuccess);
        cr_assert_eq(duckdb_connect(database, &connection), DuckDBSuccess);
        run_all(connection, (const char *const[]){"SET autoinstall_known_extensions = false", firms_sql,
                                                  "CREATE TABLE sound AS SELECT 'A' AS firm_id, '0101' AS hs, 'US' AS "
                                                  "destination, 1.0::DOUBLE AS value_eur",
                                                  NULL});
        bool made = duckdb_query(connection, sql, &result) == DuckDBSuccess;
        duckdb_destroy_result(&result);
        duckdb_disconnect(&connection);
        duckdb_close(&database);
        struct checked checked = check_database(name);
        cr_assert_neq(checked.status, TOL_OK, "%s", from[i]);
        cr_assert_eq(checked.report.accepted_rows[TOL_SUPPLY_SALES], 0, "%s", from[i]);
        if (made) {
            cr_assert_eq(checked.status, TOL_BAD_DATA, "%s: %s", from[i], checked.error.message);
            cr_assert(strstr(checked.error.message, "outside this database") != NULL, "%s: %s", from[i],
                      checked.error.message);
            cr_assert_str_eq(checked.error.file, folder_file(strcat(name, ":sales")));
        }
        cr_assert(made || i >= 3, "%s", from[i]);
    }
}

Test(database, is_not_written)
{
    size_t size[2];
    put_database("x.duckdb", (const char *const[]){firms_sql, sales_sql, NULL});
    const char *before = get_bytes("x.duckdb", &size[0]);
    cr_assert_eq(chmod(folder_file("x.duckdb"), 0400), 0);
    cr_assert_eq(check_database("x.duckdb").status, TOL_OK);
    const char *after = get_bytes("x.duckdb", &size[1]);
    cr_assert_eq(size[0], size[1]);
    cr_assert_arr_eq(before, after, size[0]);
    cr_assert(access(folder_file("x.duckdb.wal"), F_OK) != 0);
}

Test(database, that_was_not_closed)
{
    put_database("x.duckdb", (const char *const[]){firms_sql, sales_sql, NULL});
    put_text("x.duckdb.wal", "");
    expect_status("x.duckdb", TOL_TRY_AGAIN, ".wal file beside it");
}

Test(database, without_the_tables)
{
    put_database("x.duckdb", (const char *const[]){sales_sql, NULL});
    expect_status("x.duckdb", TOL_NO_INPUT, "without firms");
    put_database("y.duckdb",
                 (const char *const[]){firms_sql, "CREATE SCHEMA other", "CREATE TABLE other.sales (x INTEGER)", NULL});
    expect_status("y.duckdb", TOL_NO_INPUT, "neither sales nor purchases");
}

Test(database, files_that_are_none)
{
    size_t size;
    put_text("x.duckdb", "this is some text and no database");
    expect_status("x.duckdb", TOL_NO_INPUT, "nor a DuckDB database");
    put_text("x.duckdb", "");
    expect_status("x.duckdb", TOL_NO_INPUT, "nor a DuckDB database");
    put_database("y.duckdb", (const char *const[]){firms_sql, sales_sql, NULL});
    char *bytes = get_bytes("y.duckdb", &size);
    put_bytes("cut.duckdb", bytes, 5000);
    expect_status("cut.duckdb", TOL_BAD_DATA, "DuckDB cannot read this");
    for (size_t i = 4096 * 3; i < size; i += 64) {
        bytes[i] ^= 0x55;
    }
    put_bytes("harmed.duckdb", bytes, size);
    expect_status("harmed.duckdb", TOL_BAD_DATA, "DuckDB cannot read this");
}

Test(database, names_that_are_hard_to_quote)
{
    static const char *const name[] = {"it's a \"test\"; DROP.duckdb", "temp.duckdb", "System.db", ".duckdb",
                                       "main.duckdb"};
    for (size_t i = 0; i < sizeof name / sizeof name[0]; i++) {
        put_database("plain.duckdb",
                     (const char *const[]){i == 0 ? firms_sql : "SELECT 1", i == 0 ? sales_sql : "SELECT 1", NULL});
        size_t size;
        char *bytes = get_bytes("plain.duckdb", &size);
        put_bytes(name[i], bytes, size);
        struct checked checked = check_database(name[i]);
        cr_assert_eq(checked.status, TOL_OK, "%s: %s", name[i], checked.error.message);
    }
}

Test(database, output_over_itself)
{
    struct tol_supply_options options = {0};
    put_database("x.duckdb", (const char *const[]){firms_sql, sales_sql, NULL});
    struct checked checked = build_input(folder_file("x.duckdb"), "x.duckdb", &options);
    cr_assert_eq(checked.status, TOL_USAGE, "%s", checked.error.message);
}
