/* A table as a folder of files: the same book as from one file, and every fault with the file that has it. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"

static const char header[] = "firm_id|hs|destination|#value_eur|customer_id";
static const char *const rows[] = {"A|0101|US|0.1|B", "B|0102|US|0.2|A", "A|8703|DE|0.3|B", "A|0101|US|0.7|",
                                   "B|8703|DE|1e9|A"};
enum { ROWS = 5 };

static void put_folder(const char *name)
{
    cr_assert_eq(mkdir(folder_file(name), 0777), 0, "%s", name);
}

static void put_two_firms(void)
{
    put_text("firms.csv", "firm_id,country,sector,revenue_eur\nA,NL,C28,1000\nB,DE,C29,1e10\n");
}

static void put_rows(const char *name, const char *head, const char *const *row, size_t count)
{
    struct tol_error error;
    cr_assert_eq(write_cells(folder_file(name), head, row, count, &error), TOL_OK, "%s: %s", name, error.message);
}

static char *built(size_t *size)
{
    struct checked checked = build_folder("a.book", NULL);
    cr_assert_eq(checked.status, TOL_OK, "%s: %s", checked.error.file, checked.error.message);
    cr_assert_eq(checked.report.accepted_rows[TOL_SUPPLY_SALES], ROWS);
    return get_bytes("a.book", size);
}

static void expect_same_book(const char *expected, size_t expected_size, const char *what)
{
    size_t size;
    char *bytes = built(&size);
    cr_assert_eq(size, expected_size, "%s", what);
    cr_assert_arr_eq(bytes, expected, size, "%s", what);
}

static struct checked expect_refused(enum tol_status status, const char *file, const char *message)
{
    struct checked checked = check_folder();
    cr_assert_eq(checked.status, status, "%d: %s", checked.status, checked.error.message);
    cr_assert_str_eq(checked.error.file, folder_file(file));
    cr_assert(strstr(checked.error.message, message) != NULL, "%s", checked.error.message);
    return checked;
}

Test(parts, files_together_are_the_table)
{
    static const char *const ending[] = {"parquet", "csv", "jsonl"};
    size_t size;
    put_two_firms();
    put_rows("sales.parquet", header, rows, ROWS);
    char *one = built(&size);
    drop("sales.parquet");
    put_folder("sales");
    for (int i = 0; i < 3; i++) {
        char name[2][64];
        snprintf(name[0], sizeof name[0], "sales/part-0.%s", ending[i]);
        snprintf(name[1], sizeof name[1], "sales/part-1.%s", ending[(i + 1) % 3]);
        put_rows(name[0], header, rows, 2);
        put_rows(name[1], header, rows + 2, 3);
        put_text("sales/_SUCCESS", "");
        put_text("sales/.part-0.crc", "x");
        expect_same_book(one, size, name[0]);
        drop(name[0]);
        drop(name[1]);
    }
}

Test(parts, folder_with_an_ending)
{
    size_t size;
    put_two_firms();
    put_rows("sales.parquet", header, rows, ROWS);
    char *one = built(&size);
    drop("sales.parquet");
    put_folder("sales.parquet");
    put_rows("sales.parquet/part-0.parquet", header, rows, ROWS);
    expect_same_book(one, size, "sales.parquet as a folder");
}

/* destination is a column, year is not. */
static void put_partitions(const char *ending)
{
    static const char head[] = "firm_id|hs|#value_eur|customer_id";
    static const char *const us[] = {"A|0101|0.1|B", "B|0102|0.2|A", "A|0101|0.7|"};
    static const char *const de[] = {"A|8703|0.3|B", "B|8703|1e9|A"};
    char name[96];
    put_folder("sales");
    put_folder("sales/year=2024");
    put_folder("sales/year=2024/destination=US");
    put_folder("sales/year=2024/destination=%44%45");
    snprintf(name, sizeof name, "sales/year=2024/destination=US/data_0.%s", ending);
    put_rows(name, head, us, 3);
    snprintf(name, sizeof name, "sales/year=2024/destination=%%44%%45/data_0.%s", ending);
    put_rows(name, head, de, 2);
}

static void try_partitions(const char *ending)
{
    size_t size;
    put_two_firms();
    put_rows("sales.csv", header, rows, ROWS);
    char *one = built(&size);
    drop("sales.csv");
    put_partitions(ending);
    expect_same_book(one, size, ending);
}

Test(parts, partitions_of_parquet)
{
    try_partitions("parquet");
}

Test(parts, partitions_of_csv)
{
    try_partitions("csv");
}

Test(parts, partitions_of_json_lines_are_refused)
{
    put_two_firms();
    put_partitions("jsonl");
    struct checked checked = check_folder();
    cr_assert_eq(checked.status, TOL_BAD_DATA);
    cr_assert_eq(checked.fault_count, 2);
    cr_assert_str_eq(checked.fault[0].column, "destination");
}

Test(parts, many_rows_of_a_partition)
{
    enum { MANY = 5000 };
    static char text[MANY][32];
    static const char *row[MANY];
    for (int i = 0; i < MANY; i++) {
        snprintf(text[i], sizeof text[i], "A|0101|%d", i == 4500 ? -1 : i);
        row[i] = text[i];
    }
    put_two_firms();
    put_folder("sales");
    put_folder("sales/destination=US");
    put_folder("sales/destination=__HIVE_DEFAULT_PARTITION__");
    put_rows("sales/destination=US/a.parquet", "firm_id|hs|#value_eur", row, MANY);
    struct checked checked = check_folder();
    expect_fault(&checked, "sales/destination=US/a.parquet", 4501, "value_eur", "-1", "below zero");
    cr_assert_eq(checked.report.accepted_rows[TOL_SUPPLY_SALES], MANY - 1);
    put_rows("sales/destination=__HIVE_DEFAULT_PARTITION__/a.parquet", "firm_id|hs|#value_eur", row, 2);
    checked = check_folder();
    cr_assert_eq(checked.fault_count, 3);
    cr_assert_eq(checked.fault[0].row, 4501);
    for (uint64_t i = 1; i <= 2; i++) {
        cr_assert_eq(checked.fault[i].row, i);
        cr_assert_str_eq(checked.fault[i].column, "destination");
        cr_assert(strstr(checked.fault[i].message, "required") != NULL);
    }
}

Test(parts, faults_name_their_file_in_the_order_of_names)
{
    static const char *const bad[] = {"A|0101|US|1|", "nobody|0101|US|1|"};
    put_two_firms();
    put_folder("sales");
    put_rows("sales/b.parquet", header, bad, 2);
    put_rows("sales/c.csv", header, rows, ROWS);
    put_rows("sales/a.csv", header, bad, 2);
    struct checked checked = check_folder();
    cr_assert_eq(checked.fault_count, 2);
    cr_assert_str_eq(checked.fault[0].file, folder_file("sales/a.csv"));
    cr_assert_str_eq(checked.fault[1].file, folder_file("sales/b.parquet"));
    cr_assert_eq(checked.fault[0].row, 2);
    cr_assert_eq(checked.fault[1].row, 2);
    cr_assert_eq(checked.report.accepted_rows[TOL_SUPPLY_SALES], 2 + ROWS);
}

Test(parts, warnings_name_the_file_of_the_firm)
{
    put_folder("firms");
    put_text("firms/1.csv", "firm_id,country,sector,revenue_eur\nX,NL,C28,1000\nY,NL,C28,1000\n");
    put_text("firms/2.csv", "firm_id,country,sector,revenue_eur\nZ,NL,C28,1000\nA,NL,C28,5\n");
    put_sales();
    struct checked checked = check_folder();
    cr_assert_eq(checked.status, TOL_OK, "%s", checked.error.message);
    cr_assert_eq(checked.warning_count, 1);
    cr_assert_str_eq(checked.warning[0].file, folder_file("firms/2.csv"));
    cr_assert_eq(checked.warning[0].row, 2);
}

Test(parts, columns_in_file_and_folder)
{
    put_two_firms();
    put_folder("sales");
    put_folder("sales/destination=US");
    put_rows("sales/destination=US/a.csv", header, rows, ROWS);
    struct checked checked = check_folder();
    expect_fault(&checked, "sales/destination=US/a.csv", 0, "destination", NULL, "comes twice");
}

Test(parts, keys_that_are_nearly_columns)
{
    put_two_firms();
    put_folder("sales");
    put_folder("sales/custmer_id=B");
    put_rows("sales/custmer_id=B/a.csv", "firm_id|hs|destination|value_eur", (const char *const[]){"A|0101|US|1"}, 1);
    struct checked checked = check_folder();
    expect_fault(&checked, "sales/custmer_id=B/a.csv", 0, "custmer_id", NULL, "customer_id");
}

Test(parts, keys_of_time_and_place_say_nothing)
{
    static const char *const key[] = {"year=2024", "month=01", "quarter=4", "day=2",    "date=x",
                                      "region=EU", "week=3",   "batch=1",   "period=7", "snapshot=9"};
    put_two_firms();
    put_folder("sales");
    for (size_t i = 0; i < sizeof key / sizeof key[0]; i++) {
        char name[64];
        snprintf(name, sizeof name, "sales/%s", key[i]);
        put_folder(name);
        snprintf(name, sizeof name, "sales/%s/a.csv", key[i]);
        put_rows(name, header, rows, ROWS);
    }
    struct checked checked = check_folder();
    cr_assert_eq(checked.status, TOL_OK, "%s: %s %s", checked.error.file, checked.error.column, checked.error.message);
    cr_assert_eq(checked.report.accepted_rows[TOL_SUPPLY_SALES], ROWS * sizeof key / sizeof key[0]);
}

Test(parts, folders_that_are_no_tables)
{
    put_two_firms();
    put_folder("sales");
    expect_refused(TOL_NO_INPUT, "sales", "no table in this folder");
    put_text("sales/readme.txt", "x");
    expect_refused(TOL_BAD_DATA, "sales/readme.txt", "not a table by its name");
    drop("sales/readme.txt");
    put_folder("sales/old");
    expect_refused(TOL_BAD_DATA, "sales/old", "NAME=VALUE");
    cr_assert_eq(rmdir(folder_file("sales/old")), 0);
    put_text("sales/a.csv", "");
    struct checked checked = check_folder();
    expect_fault(&checked, "sales/a.csv", 0, NULL, NULL, "empty");
    put_rows("sales.csv", header, rows, ROWS);
    cr_assert_eq(check_folder().status, TOL_BAD_DATA);
    expect_refused(TOL_BAD_DATA, "sales", "twice, also as sales.csv");
}

Test(parts, links)
{
    put_two_firms();
    put_folder("sales");
    put_folder("sales/.data");
    put_rows("sales/.data/a.csv", header, rows, ROWS);
    put_rows("outside.csv", header, rows, ROWS);
    cr_assert_eq(symlink(".data/a.csv", folder_file("sales/a.csv")), 0);
    struct checked checked = check_folder();
    cr_assert_eq(checked.status, TOL_OK, "%s: %s", checked.error.file, checked.error.message);
    cr_assert_eq(symlink("../outside.csv", folder_file("sales/b.csv")), 0);
    expect_refused(TOL_BAD_DATA, "sales/b.csv", "leaves the table's folder");
    drop("sales/b.csv");
    cr_assert_eq(symlink("nowhere.csv", folder_file("sales/b.csv")), 0);
    expect_refused(TOL_NO_INPUT, "sales/b.csv", "cannot be followed");
    drop("sales/b.csv");
    cr_assert_eq(symlink("/etc", folder_file("sales/year=1")), 0);
    expect_refused(TOL_BAD_DATA, "sales/year=1", "leaves the table's folder");
    drop("sales/year=1");
    cr_assert_eq(symlink(".data", folder_file("sales/year=1")), 0);
    expect_refused(TOL_BAD_DATA, "sales/year=1", "a link to a folder");
    drop("sales/year=1");
    cr_assert_eq(mkfifo(folder_file("sales/c.csv"), 0600), 0);
    checked = check_folder();
    expect_fault(&checked, "sales/c.csv", 0, NULL, NULL, "not a regular file");
}

Test(parts, outputs_stay_out)
{
    struct tol_supply_options options = {0};
    put_two_firms();
    put_folder("sales");
    put_rows("sales/a.csv", header, rows, ROWS);
    struct checked checked = build_folder("sales/a.csv", &options);
    cr_assert_eq(checked.status, TOL_USAGE, "%s", checked.error.message);
    checked = build_folder("sales/b.book", &options);
    cr_assert_eq(checked.status, TOL_USAGE, "%s", checked.error.message);
    cr_assert(access(folder_file("sales/b.book"), F_OK) != 0);
}
