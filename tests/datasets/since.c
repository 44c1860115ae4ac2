#include "since.h"

#include <criterion/criterion.h>
#include <duckdb.h>

struct checked build_since(const char *book, const char *since, bool confined)
{
    char path[512];
    const struct tol_supply_options options = {.since_path = scratch_path(path, since), .confined = confined};
    struct checked checked = build_folder(book, &options);
    cr_assert_eq(checked.status, TOL_OK, "%s: %s", checked.error.file, checked.error.message);
    return checked;
}

void expect_same_books(const char *one, const char *other)
{
    size_t size[2];
    const char *bytes[2] = {get_bytes(one, &size[0]), get_bytes(other, &size[1])};
    cr_assert_eq(size[0], size[1], "%s: %zu bytes, %s: %zu", one, size[0], other, size[1]);
    cr_assert_arr_eq(bytes[0], bytes[1], size[0]);
}

uint64_t kept(const struct checked *checked)
{
    return checked->report.kept_rows[TOL_SUPPLY_SALES] + checked->report.kept_rows[TOL_SUPPLY_PURCHASES];
}

void expect_same_counts(const struct checked *one, const struct checked *other)
{
    for (int i = 0; i < TOL_SUPPLY_TABLE_COUNT; i++) {
        cr_assert_eq(one->report.accepted_rows[i], other->report.accepted_rows[i]);
    }
    cr_assert_eq(one->report.unnamed_lines, other->report.unnamed_lines);
    cr_assert_eq(one->warning_count, other->warning_count);
    for (size_t i = 0; i < one->warning_count && i < FAULTS_KEPT; i++) {
        cr_assert_str_eq(one->warning[i].message, other->warning[i].message);
    }
}

struct checked expect_kept(uint64_t rows)
{
    struct checked all = build_since("all.book", "none.book", false);
    struct checked some = build_since("some.book", "last.book", false);
    expect_same_books("some.book", "all.book");
    expect_same_counts(&some, &all);
    cr_assert_eq(kept(&some), rows, "%llu rows are kept: %s", (unsigned long long)kept(&some), some.note);
    return some;
}

void run_sql(const char *database_path, const char *sql)
{
    duckdb_database database;
    duckdb_connection connection;
    duckdb_result result;
    cr_assert_eq(duckdb_open(database_path, &database), DuckDBSuccess);
    cr_assert_eq(duckdb_connect(database, &connection), DuckDBSuccess);
    cr_assert_eq(duckdb_query(connection, sql, &result), DuckDBSuccess, "%s", duckdb_result_error(&result));
    duckdb_destroy_result(&result);
    duckdb_disconnect(&connection);
    duckdb_close(&database);
}

struct checked build_database(const char *book, const char *since)
{
    char path[512], input[512];
    const struct tol_supply_options options = {.since_path = scratch_path(path, since)};
    struct checked checked = build_input(scratch_path(input, "d.duckdb"), book, &options);
    cr_assert_eq(checked.status, TOL_OK, "%s: %s", checked.error.file, checked.error.message);
    return checked;
}
