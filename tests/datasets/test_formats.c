/* The same rows from any mix of formats give the same book. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "datasets/duckdb.h"
#include "folder.h"

static const char firms_header[] = "firm_id|name|country|sector|#revenue_eur|#ebitda_eur";
static const char *const firms[] = {"A|Acme, \"Inc\"|NL|C28.1|1000000.25|-3", "0B||DEU|01|0.1|",
                                    "C|\xc3\xa9\nx|5700|U|7|7"};
static const char sales_header[] = "firm_id|hs|destination|#value_eur|origin|customer_id|usmca|#us_content";
static const char *const sales[] = {"A|0101.21|US|10.5||0B|yes|0.5", "A|8703230190|US|0.1|CN|A||",
                                    "0B|0101|MX|3||C|no|", "A|010121|US|1e-3||0B|yes|0.5"};
static const char purchases_header[] = "firm_id|hs|origin|#value_eur|importer|supplier_id";
static const char *const purchases[] = {"C|7208|CN|5|NL|A", "A|7208|CN|5||nobody"};

static void put_table(const char *table, const char *format, const char *header, const char *const *row, size_t count)
{
    char name[64];
    struct tol_error error = {0};
    static const char *const all[] = {"csv", "csv.gz", "jsonl", "parquet"};
    for (int i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "%s.%s", table, all[i]);
        drop(name);
    }
    bool gzip = strcmp(format, "csv.gz") == 0;
    snprintf(name, sizeof name, "%s.%s", table, gzip ? "csv" : format);
    cr_assert_eq(write_cells(folder_file(name), header, row, count, &error), TOL_OK, "%s", error.message);
    if (gzip) {
        size_t size;
        char *text = get_bytes(name, &size);
        drop(name);
        snprintf(name, sizeof name, "%s.csv.gz", table);
        put_gzip(name, text);
        free(text);
    }
}

Test(formats, every_mix_gives_the_same_bytes)
{
    static const char *const format[] = {"csv", "csv.gz", "jsonl", "parquet"};
    char *first = NULL;
    size_t first_size = 0;
    for (int mix = 0; mix < 64; mix += mix == 0 ? 1 : 7) {
        struct tol_supply_options options = {0};
        size_t size;
        put_table("firms", format[mix % 4], firms_header, firms, 3);
        put_table("sales", format[mix / 4 % 4], sales_header, sales, 4);
        put_table("purchases", format[mix / 16], purchases_header, purchases, 2);
        struct checked checked = build_folder("a.book", &options);
        cr_assert_eq(checked.status, TOL_OK, "mix %d: %s %s: %s", mix, checked.error.column, checked.error.value,
                     checked.error.message);
        char *bytes = get_bytes("a.book", &size);
        if (first == NULL) {
            first = bytes;
            first_size = size;
        } else {
            cr_assert_eq(size, first_size);
            cr_assert_arr_eq(bytes, first, size, "mix %d", mix);
            free(bytes);
        }
    }
}

Test(formats, the_book_holds_what_the_tables_say)
{
    struct tol_supply_options options = {0};
    struct tol_book *book;
    uint64_t firm;
    put_table("firms", "parquet", firms_header, firms, 3);
    put_table("sales", "parquet", sales_header, sales, 4);
    put_table("purchases", "jsonl", purchases_header, purchases, 2);
    cr_assert_eq(build_folder("a.book", &options).status, TOL_OK);
    cr_assert_eq(tol_book_open(folder_file("a.book"), &book, NULL), TOL_OK);
    cr_assert_eq(tol_book_verify(book, NULL, NULL), TOL_OK);
    cr_assert(tol_book_find(book, "A", &firm));
    cr_assert_eq(book->firm_number[TOL_REVENUE][firm], 1000000.25);
    const struct tol_book_side *side = &book->side[TOL_SALES];
    cr_assert_eq(side->line_start[firm + 1] - side->line_start[firm], 2);
    bool found = false;
    for (uint64_t i = side->line_start[firm]; i < side->line_start[firm + 1]; i++) {
        if (side->line_value_eur[i] == 10.501) {
            cr_assert(strstr(tol_book_facts(book, side->cell[side->line_cell[i]].facts), "usmca=yes") != NULL);
            found = true;
        }
    }
    cr_assert(found);
    cr_assert_eq(side->link_start[firm + 1] - side->link_start[firm], 1);
    tol_book_close(book);
}

Test(formats, parquet_codes_that_are_numbers)
{
    static const char *const row[] = {"A|8703|US|1"};
    put_firms();
    cr_assert_eq(write_cells(folder_file("sales.parquet"), "firm_id|#hs|destination|#value_eur", row, 1, NULL), TOL_OK);
    struct checked checked = check_folder();
    expect_fault(&checked, "sales.parquet", 1, "hs", "8703", "leading zeros");
}

Test(formats, parquet_faults_have_their_row)
{
    char row[5000][32];
    const char *text[5000];
    for (int i = 0; i < 5000; i++) {
        snprintf(row[i], sizeof row[i], "A|0101|%s|%d", i == 4096 ? "ZZ" : "US", i == 3000 ? -1 : i);
        text[i] = row[i];
    }
    put_firms();
    cr_assert_eq(write_cells(folder_file("sales.parquet"), "firm_id|hs|destination|#value_eur", text, 5000, NULL),
                 TOL_OK);
    struct checked checked = check_folder();
    cr_assert_eq(checked.fault_count, 2);
    cr_assert_eq(checked.fault[0].row, 3001);
    cr_assert_str_eq(checked.fault[0].column, "value_eur");
    cr_assert_eq(checked.fault[1].row, 4097);
    cr_assert_str_eq(checked.fault[1].value, "ZZ");
    cr_assert_eq(checked.report.accepted_rows[TOL_SUPPLY_SALES], 4998);
}

Test(formats, parquet_columns_missing_and_unknown)
{
    static const char *const row[] = {"A|0101|US"};
    put_firms();
    cr_assert_eq(write_cells(folder_file("sales.parquet"), "firm_id|hs|destinations", row, 1, NULL), TOL_OK);
    struct checked checked = check_folder();
    cr_assert_eq(checked.fault_count, 3);
    cr_assert_str_eq(checked.fault[0].column, "destinations");
    cr_assert(strstr(checked.fault[0].message, "did you mean destination") != NULL);
}

Test(formats, parquet_cut_or_overwritten)
{
    size_t size;
    static const char *const row[] = {"A|0101|US|1"};
    put_firms();
    cr_assert_eq(write_cells(folder_file("sales.parquet"), "firm_id|hs|destination|#value_eur", row, 1, NULL), TOL_OK);
    char *bytes = get_bytes("sales.parquet", &size);
    for (size_t length = 1; length < size; length += 31) {
        put_bytes("sales.parquet", bytes, length);
        struct checked checked = check_folder();
        expect_fault(&checked, "sales.parquet", 0, "", NULL, "Parquet");
        cr_assert(strstr(checked.error.message, "/proc/") == NULL, "%s", checked.error.message);
    }
    for (size_t at = 4; at < size; at += 11) { /* whatever it says, it must come back */
        bytes[at] ^= 0x55;
        put_bytes("sales.parquet", bytes, size);
        check_folder();
        bytes[at] ^= 0x55;
    }
}

Test(formats, parquet_through_hostile_names)
{
    static const char *const name[] = {"it's.parquet", "a*b?.parquet", "[x].parquet", "'); SELECT 1; --.parquet"};
    static const char *const row[] = {"1"};
    for (int i = 0; i < 4; i++) {
        struct tol_error error = {0};
        cr_assert_eq(write_cells(folder_file(name[i]), "#a'b\"; DROP", row, 1, &error), TOL_OK, "%s", error.message);
        size_t size;
        free(get_bytes(name[i], &size));
        cr_assert_gt(size, 100);
    }
}

Test(formats, duckdb_says_its_version)
{
    char text[32];
    struct tol_error error = {0};
    cr_assert_eq(tol_duckdb_version(text, sizeof text, &error), TOL_OK, "%s", error.message);
    cr_assert_eq(text[0], 'v');
}
