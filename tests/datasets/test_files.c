/* Faults of whole files and of their shape. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folder.h"

static void firms_fault(const char *text, uint64_t row, const char *column, const char *message)
{
    put_text("firms.csv", text);
    put_sales();
    struct checked checked = check_folder();
    expect_fault(&checked, "firms.csv", row, column, NULL, message);
}

Test(files, what_must_be_there)
{
    struct tol_error error;
    struct tol_supply_report report;
    cr_assert_eq(tol_supply_check("/no/such/folder", NULL, &report, &error), TOL_NO_INPUT);
    cr_assert_eq(check_folder().status, TOL_NO_INPUT);
    put_firms();
    struct checked checked = check_folder();
    cr_assert_eq(checked.status, TOL_NO_INPUT);
    cr_assert(strstr(checked.error.message, "neither sales nor purchases") != NULL);
    cr_assert_eq(tol_supply_check(folder_file("firms.csv"), NULL, &report, &error), TOL_NO_INPUT);
    put_sales();
    cr_assert_eq(check_folder().status, TOL_OK);
    drop("sales.csv");
    put_text("purchases.csv", "firm_id,hs,origin,value_eur\nA,870323,US,10\n");
    cr_assert_eq(check_folder().status, TOL_OK);
}

Test(files, a_table_twice)
{
    put_firms();
    put_sales();
    put_text("sales.jsonl", "{}\n");
    struct checked checked = check_folder();
    cr_assert_eq(checked.status, TOL_BAD_DATA);
    cr_assert_str_eq(checked.error.file, folder_file("sales.jsonl"));
    cr_assert(strstr(checked.error.message, "sales.csv") != NULL);
}

Test(files, empty_and_header_only)
{
    firms_fault("", 0, "", "empty");
    put_firms();
    put_text("sales.csv", "firm_id,hs,destination,value_eur\n");
    struct checked checked = check_folder();
    cr_assert_eq(checked.status, TOL_OK);
    cr_assert_eq(checked.report.accepted_rows[TOL_SUPPLY_SALES], 0);
    put_text("sales.csv", "\nfirm_id,hs,destination,value_eur"); /* the header is in the second block */
    checked = check_folder();
    cr_assert_eq(checked.status, TOL_OK, "%s", checked.error.message);
    cr_assert_eq(checked.report.accepted_rows[TOL_SUPPLY_SALES], 0);
    put_text("sales.csv", "\n\n");
    checked = check_folder();
    expect_fault(&checked, "sales.csv", 0, "", NULL, "no header");
}

Test(files, columns_missing_doubled_unknown)
{
    firms_fault("firm_id,country,sector\nA,NL,C\n", 0, "revenue_eur", "missing");
    firms_fault("firm_id,country,sector,revenue_eur,country\nA,NL,C,1,NL\n", 0, "country", "twice");
    firms_fault("firm_id,country,sector,revenue_eur,Ebitda_EUR\nA,NL,C,1,1\n", 0, "Ebitda_EUR",
                "did you mean ebitda_eur");
    firms_fault("firm_id,country,sector,revenue_eur,qqqqqqqqqqqq\nA,NL,C,1,1\n", 0, "qqqqqqqqqqqq", "unknown column;");
    firms_fault("firm_id,country,sector,revenue_eur,\nA,NL,C,1,1\n", 0, "", "unknown column");
}

Test(files, a_fact_is_a_column_only_when_the_law_is_there)
{
    struct tol_supply_report report;
    struct tol_error error;
    put_firms();
    put_text("sales.csv", "firm_id,hs,destination,value_eur,usmca\nA,0101,US,1,yes\n");
    cr_assert_eq(check_folder().status, TOL_OK);
    cr_assert_eq(tol_supply_check(scratch_folder(), NULL, &report, &error), TOL_BAD_DATA);
    cr_assert_str_eq(error.column, "usmca");
}

Test(files, ragged_rows_are_rejected_one_by_one)
{
    put_firms();
    put_text("sales.csv", "firm_id,hs,destination,value_eur\nA,0101,US,1\nA,0101,US\nA,0101,US,1,2\nA,0101,US,4\n");
    struct checked checked = check_folder();
    cr_assert_eq(checked.fault_count, 2);
    cr_assert_eq(checked.fault[0].row, 2);
    cr_assert_eq(checked.fault[1].row, 3);
    cr_assert(strstr(checked.fault[1].message, "5 cells and the header has 4") != NULL);
    cr_assert_eq(checked.report.accepted_rows[TOL_SUPPLY_SALES], 2);
}

Test(files, quotation_marks_out_of_place)
{
    firms_fault("firm_id,country,sector,revenue_eur\nA,NL,C,1\nB,N\"L,C,1\n", 2, "", "quotation mark");
    firms_fault("firm_id,country,sector,revenue_eur\nA,NL,C,1\n\"B,NL,C,1\n", 2, "", "quotation mark");
    firms_fault("firm_id,country,sector,revenue_eur\n\"A\"x,NL,C,1\n", 1, "", "quotation mark");
}

Test(files, quoting_line_ends_and_marks_are_read)
{
    struct tol_supply_options options = {0};
    put_text("firms.csv",
             "\xef\xbb\xbf"
             "firm_id,name,country,sector,revenue_eur\r\n\"A\",\"a \"\"b\"\",\nc\",NL,C28,1\r\n\r\nB,,NL,C28,\"2\"");
    put_sales();
    struct checked checked = build_folder("a.book", &options);
    cr_assert_eq(checked.status, TOL_OK, "%s", checked.error.message);
    struct tol_book *book;
    char name[32];
    cr_assert_eq(tol_book_open(folder_file("a.book"), &book, NULL), TOL_OK);
    tol_book_firm_name(book, 0, name, sizeof name);
    cr_assert_str_eq(name, "a \"b\",\nc");
    cr_assert_eq(book->firm_number[TOL_REVENUE][1], 2);
    tol_book_close(book);
}

Test(files, text_that_is_not_utf8)
{
    put_text("firms.csv",
             "firm_id,name,country,sector,revenue_eur\nA,\xff,NL,C28,1\nB,\xc3\xa9,NL,C28,1\nC,\xc0\x80,NL,C28,1\n");
    put_text("sales.csv", "firm_id,hs,destination,value_eur\nB,0101,US,1\n");
    struct checked checked = check_folder();
    cr_assert_eq(checked.fault_count, 2);
    cr_assert_eq(checked.fault[0].row, 1);
    cr_assert_eq(checked.fault[1].row, 3);
    cr_assert(strstr(checked.fault[0].message, "UTF-8") != NULL);
}

Test(files, a_zero_byte)
{
    static const char text[] = "firm_id,country,sector,revenue_eur\nA\0B,NL,C28,1\n";
    put_bytes("firms.csv", text, sizeof text - 1);
    put_sales();
    struct checked checked = check_folder();
    cr_assert_eq(checked.fault[0].row, 1);
    cr_assert(strstr(checked.fault[0].message, "UTF-8") != NULL);
}

Test(files, gzip_cut_short_or_damaged)
{
    size_t size;
    char text[20000] = "firm_id,hs,destination,value_eur\n";
    while (strlen(text) < 19900) {
        snprintf(text + strlen(text), 60, "A,0101,US,%zu\n", strlen(text) * 7919 % 10007);
    }
    put_firms();
    put_gzip("sales.csv.gz", text);
    cr_assert_eq(check_folder().status, TOL_OK);
    char *bytes = get_bytes("sales.csv.gz", &size);
    for (size_t length = 1; length < size; length += 97) {
        put_bytes("sales.csv.gz", bytes, length);
        struct checked checked = check_folder();
        cr_assert_eq(checked.status, TOL_BAD_DATA, "cut at %zu", length);
        cr_assert(strstr(checked.fault[checked.fault_count - 1].message, "cut short") != NULL ||
                      strstr(checked.fault[checked.fault_count - 1].message, "header") != NULL,
                  "%s", checked.fault[checked.fault_count - 1].message);
    }
    bytes[size / 2] ^= 0x10;
    put_bytes("sales.csv.gz", bytes, size);
    cr_assert_eq(check_folder().status, TOL_BAD_DATA);
    put_text("sales.csv.gz", "firm_id,hs,destination,value_eur\nA,0101,US,1\n");
    struct checked checked = check_folder();
    expect_fault(&checked, "sales.csv.gz", 0, "", NULL, "not gzip");
}

Test(files, gzip_members_one_after_the_other)
{
    size_t first;
    size_t second;
    put_firms();
    put_gzip("sales.csv.gz", "firm_id,hs,destination,value_eur\nA,0101,US,1\n");
    char *one = get_bytes("sales.csv.gz", &first);
    put_gzip("sales.csv.gz", "A,0101,US,2\n");
    char *two = get_bytes("sales.csv.gz", &second);
    char *both = malloc(first + second + 4);
    memcpy(both, one, first);
    memcpy(both + first, two, second);
    put_bytes("sales.csv.gz", both, first + second);
    cr_assert_eq(check_folder().report.accepted_rows[TOL_SUPPLY_SALES], 2);
    memcpy(both + first + second, "junk", 4);
    put_bytes("sales.csv.gz", both, first + second + 4);
    cr_assert_eq(check_folder().status, TOL_BAD_DATA);
    free(both);
}

Test(files, a_folder_or_pipe_in_place_of_a_file)
{
    put_firms();
    cr_assert_eq(mkdir(folder_file("sales.csv"), 0700), 0);
    struct checked checked = check_folder();
    expect_fault(&checked, "sales.csv", 0, "", NULL, "regular file");
    rmdir(folder_file("sales.csv"));
    cr_assert_eq(mkfifo(folder_file("sales.csv"), 0600), 0);
    checked = check_folder();
    expect_fault(&checked, "sales.csv", 0, "", NULL, "regular file");
}

Test(files, a_cell_without_end)
{
    size_t size = (size_t)3 << 20;
    char *text = malloc(size + 1);
    memset(text, 'x', size);
    text[size] = '\0';
    memcpy(text, "firm_id,country,sector,revenue_eur\n\"", 36);
    put_bytes("firms.csv", text, size);
    put_sales();
    struct checked checked = check_folder();
    expect_fault(&checked, "firms.csv", 1, "", NULL, "million bytes");
    free(text);
}

static void sales_line_fault(const char *line, const char *column, const char *message)
{
    char text[1024];
    put_firms();
    snprintf(text, sizeof text, "{\"firm_id\":\"A\",\"hs\":\"0101\",\"destination\":\"US\",\"value_eur\":1}\n\n%s\n",
             line);
    put_text("sales.jsonl", text);
    struct checked checked = check_folder();
    expect_fault(&checked, "sales.jsonl", 2, column, NULL, message);
}

Test(files, json_lines)
{
    sales_line_fault("{\"firm_id\":\"A\",\"hs\":101,\"destination\":\"US\",\"value_eur\":1}", "hs", "leading zeros");
    sales_line_fault("{\"firm_id\":\"A\",\"hs\":\"0101\",\"destination\":\"US\",\"value_eur\":[1]}", "value_eur",
                     "number");
    sales_line_fault("{\"firm_id\":\"A\",\"hs\":\"0101\",\"destination\":\"US\",\"value\":1}", "value",
                     "unknown column");
    sales_line_fault("{\"firm_id\":\"A\",\"hs\":\"0101\",\"destination\":\"US\"}", "value_eur", "required");
    sales_line_fault("{\"firm_id\":\"A\",\"hs\":\"0101\",\"hs\":\"0101\",\"destination\":\"US\",\"value_eur\":1}", "",
                     "not JSON");
    sales_line_fault("{\"firm_id\":\"A\",\"hs\":\"0101\",\"destination\":\"US\",\"value_eur\":1e999}", "", "not JSON");
    sales_line_fault("{\"firm_id\":\"A\",\"hs\":\"0101\",\"destination\":\"US\",\"value_eur\":NaN}", "", "not JSON");
    sales_line_fault("[1]", "", "not a JSON object");
    sales_line_fault("{\"firm_id\":\"A\"", "", "not JSON");
    sales_line_fault("{\"firm_id\":\"\xff\"}", "", "UTF-8");
    sales_line_fault("{\"firm_id\":\"A\",\"hs\":\"0101\",\"destination\":1.5,\"value_eur\":1}", "destination",
                     "text is wanted");
    sales_line_fault("{\"firm_id\":\"A\",\"hs\":\"0101\",\"destination\":\"US\",\"value_eur\":true}", "value_eur",
                     "plain number");
    sales_line_fault("{\"firm_id\":\"A\",\"hs\":\"0101\",\"destination\":\"US\",\"value_eur\":-1}", "value_eur",
                     "below zero");
}

Test(files, json_takes_text_and_typed_values_alike)
{
    put_firms();
    put_text("sales.jsonl",
             "{\"firm_id\":\"A\",\"hs\":\"0101\",\"destination\":\"US\",\"value_eur\":\"1.5\",\"usmca\":true}\n"
             "{\"firm_id\":\"A\",\"hs\":\"0101\",\"destination\":5700,\"value_eur\":1.5,\"origin\":null}");
    struct checked checked = check_folder();
    cr_assert_eq(checked.status, TOL_OK, "%s %s", checked.error.column, checked.error.message);
    cr_assert_eq(checked.report.accepted_rows[TOL_SUPPLY_SALES], 2);
}

Test(files, json_nested_without_end_and_a_line_without_end)
{
    char *text = malloc((size_t)3 << 20);
    memset(text, '[', (size_t)3 << 20);
    memcpy(text + 1000000, "\n", 1);
    put_firms();
    put_bytes("sales.jsonl", text, (size_t)3 << 20);
    struct checked checked = check_folder();
    cr_assert_eq(checked.fault_count, 2);
    cr_assert(strstr(checked.fault[0].message, "not JSON") != NULL, "%s", checked.fault[0].message);
    cr_assert(strstr(checked.fault[1].message, "million bytes") != NULL);
    free(text);
}
