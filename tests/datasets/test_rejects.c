#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"

static void put_two_bad_rows(void)
{
    put_firms();
    put_text("sales.csv", "firm_id,hs,destination,value_eur\nA,0101,US,1\nA,01,US,-1\nZ,0101,US,3\nA,0102,US,4\n");
}

Test(rejects, the_limit_is_kept)
{
    struct tol_supply_options options = {.max_rejects = 1};
    put_two_bad_rows();
    put_text("a.book", "old");
    struct checked checked = build_folder("a.book", &options);
    cr_assert_eq(checked.status, TOL_BAD_DATA);
    cr_assert_eq(checked.report.accepted_rows[TOL_SUPPLY_SALES], 2);
    cr_assert_eq(checked.report.rejected_rows[TOL_SUPPLY_SALES], 2);
    cr_assert_eq(checked.report.fault_count, 3);
    cr_assert_eq(checked.error.row, 2);
    size_t size;
    cr_assert_str_eq(get_bytes("a.book", &size), "old");
    options.max_rejects = 2;
    checked = build_folder("a.book", &options);
    cr_assert_eq(checked.status, TOL_OK);
    struct tol_book *book;
    cr_assert_eq(tol_book_open(folder_file("a.book"), &book, NULL), TOL_OK);
    cr_assert_eq(book->rejected_count, 2);
    cr_assert_eq(book->row_count[1], 2);
    cr_assert_eq(book->side[TOL_SALES].line_count, 2);
    tol_book_close(book);
}

Test(rejects, check_finds_faults_whatever_the_limit)
{
    put_two_bad_rows();
    struct checked checked = check_folder();
    cr_assert_eq(checked.status, TOL_BAD_DATA);
    cr_assert_eq(checked.fault_count, 3);
    cr_assert_eq(access(folder_file("a.book"), F_OK), -1);
}

Test(rejects, the_file_lists_every_fault)
{
    char path[512];
    char expected[2048];
    size_t size;
    put_two_bad_rows();
    snprintf(path, sizeof path, "%s", folder_file("rejects.csv"));
    struct tol_supply_options options = {.rejects_path = path};
    build_folder("a.book", &options);
    char *text = get_bytes("rejects.csv", &size);
    snprintf(expected, sizeof expected, "file,row,column,value,message\n%s,2,hs,01,", folder_file("sales.csv"));
    cr_assert_eq(strncmp(text, expected, strlen(expected)), 0, "%s", text);
    cr_assert(strstr(text, ",2,value_eur,-1,a value below zero") != NULL, "%s", text);
    cr_assert(strstr(text, ",3,firm_id,Z,") != NULL);
    int lines = 0;
    for (const char *at = text; *at != '\0'; at++) {
        lines += *at == '\n';
    }
    cr_assert_eq(lines, 4);
}

Test(rejects, the_file_is_there_without_faults_too)
{
    char path[512];
    size_t size;
    put_firms();
    put_sales();
    snprintf(path, sizeof path, "%s", folder_file("rejects.csv"));
    struct tol_supply_options options = {.rejects_path = path};
    cr_assert_eq(build_folder("a.book", &options).status, TOL_OK);
    cr_assert_str_eq(get_bytes("rejects.csv", &size), "file,row,column,value,message\n");
}

Test(rejects, formulas_are_defused_and_cells_quoted)
{
    char path[512];
    size_t size;
    put_text("firms.csv", "firm_id,country,sector,revenue_eur\nA,=1+1,C,1\nB,\"@a,\"\"b\",C,1\n");
    put_sales();
    snprintf(path, sizeof path, "%s", folder_file("rejects.csv"));
    struct tol_supply_options options = {.rejects_path = path};
    build_folder("a.book", &options);
    char *text = get_bytes("rejects.csv", &size);
    cr_assert(strstr(text, ",country,\"'=1+1\",") != NULL, "%s", text);
    cr_assert(strstr(text, ",country,\"'@a,\"\"b\",") != NULL, "%s", text);
}

Test(rejects, an_unwritable_rejects_file_is_an_error_before_reading)
{
    put_firms();
    put_sales();
    struct tol_supply_options options = {.rejects_path = "/no/such/folder/rejects.csv"};
    struct checked checked = build_folder("a.book", &options);
    cr_assert_eq(checked.status, TOL_CANNOT_CREATE);
    cr_assert_eq(access(folder_file("a.book"), F_OK), -1);
}

Test(rejects, an_unwritable_book_is_an_error)
{
    put_firms();
    put_sales();
    struct tol_supply_options options = {0};
    cr_assert_eq(build_folder("no/a.book", &options).status, TOL_CANNOT_CREATE);
}

Test(rejects, a_broken_file_fails_the_build_whatever_the_limit)
{
    struct tol_supply_options options = {.max_rejects = 1000};
    put_firms();
    put_text("sales.csv", "firm_id,hs,destination,value_eur\nA,0101,US,1\nA,\"0101\"x,US,1\n");
    cr_assert_eq(build_folder("a.book", &options).status, TOL_BAD_DATA);
    cr_assert_eq(access(folder_file("a.book"), F_OK), -1);
}

static bool stop_reading(void *context, enum tol_supply_table table, uint64_t done, uint64_t total)
{
    (void)context;
    (void)done;
    (void)total;
    return table != TOL_SUPPLY_SALES;
}

Test(rejects, reading_can_be_stopped)
{
    struct tol_supply_options options = {.progress = stop_reading};
    put_firms();
    put_sales();
    cr_assert_eq(build_folder("a.book", &options).status, TOL_TRY_AGAIN);
    cr_assert_eq(access(folder_file("a.book"), F_OK), -1);
}

/* Neither the list of faults nor the book may take the place of a pipe; both say so and leave it. */
Test(rejects, a_pipe_is_not_replaced)
{
    char path[512];
    struct stat about;
    put_two_bad_rows();
    snprintf(path, sizeof path, "%s", folder_file("pipe"));
    cr_assert_eq(mkfifo(path, 0600), 0);
    struct tol_supply_options options = {.rejects_path = path, .max_rejects = 2};
    cr_assert_eq(build_folder("a.book", &options).status, TOL_CANNOT_CREATE);
    cr_assert_eq(access(folder_file("a.book"), F_OK), -1);
    options.rejects_path = NULL;
    cr_assert_eq(build_folder("pipe", &options).status, TOL_CANNOT_CREATE);
    cr_assert(lstat(path, &about) == 0 && S_ISFIFO(about.st_mode));
}
