/* Lines read by several threads: JSON lines go the careful way row by row, the other formats by the block, and both must agree. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "folder.h"
#include "tolmuur/run.h"

enum { FIRMS = 400, LINES = 30000, ROW_SIZE = 160 };

static const char sales_header[] = "firm_id|hs|destination|#value_eur|origin|customer_id|usmca|us_content";
static const char purchases_header[] = "firm_id|hs|origin|#value_eur|importer|supplier_id";

struct lines {
    char text[LINES][ROW_SIZE];
    const char *row[LINES];
};

static uint64_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

/* Sorted by firm in parts and mixed in others; firm 7 has most of the lines. faults: of every 1000 rows some are not sound. */
static struct lines *make_lines(bool sales, bool faults)
{
    static const char *const country[] = {"US", "DEU", "nl", "5700", "MX", "UK"};
    static const char *const odd_hs[] = {"0101.21", "8703.23.0190", "8486901234", "848"};
    struct lines *lines = calloc(1, sizeof *lines);
    uint64_t state = sales ? 1 : 2;
    for (size_t i = 0; i < LINES; i++) {
        uint64_t firm = i % 3 == 0 ? next_random(&state) % FIRMS : i % 5 == 0 ? i / 75 : 7;
        bool bad = faults && next_random(&state) % 100 == 0;
        uint64_t fault = next_random(&state) % 7;
        char id[24] = "", hs[16], facts[32] = "", customer[24] = "";
        if (!bad || fault != 1) { /* else the id is left empty */
            snprintf(id, sizeof id, "%c%llu", bad && fault == 0 ? 'X' : 'F', (unsigned long long)firm);
        }
        snprintf(hs, sizeof hs, "%llu", (unsigned long long)(847100 + next_random(&state) % 90));
        if (next_random(&state) % 4 == 0) {
            static const char *const form[] = {"F%llu", "a customer, \"quoted\" %llu", "F%llu", "nobody%llu"};
            snprintf(customer, sizeof customer, form[next_random(&state) % (sales ? 4 : 2)],
                     (unsigned long long)(next_random(&state) % FIRMS));
        }
        if (sales) {
            snprintf(facts, sizeof facts, "|%s|%s", next_random(&state) % 2 ? "yes" : "",
                     bad && fault == 2         ? "much"
                     : next_random(&state) % 3 ? ""
                                               : "0.25");
        }
        snprintf(lines->text[i], ROW_SIZE, "%s|%s|%s|%s%llu.%02llu|%s|%s%s", id,
                 bad && fault == 3              ? odd_hs[3]
                 : next_random(&state) % 5 == 0 ? odd_hs[next_random(&state) % 3]
                                                : hs,
                 bad && fault == 4 ? "ZZ" : country[next_random(&state) % 6], bad && fault == 5 ? "-" : "",
                 (unsigned long long)(1 + next_random(&state) % 1000000), (unsigned long long)next_random(&state) % 100,
                 bad && fault == 6         ? "Q"
                 : next_random(&state) % 3 ? ""
                                           : "CN",
                 customer, facts);
        lines->row[i] = lines->text[i];
    }
    return lines;
}

static void put_firm_table(void)
{
    static char text[FIRMS][ROW_SIZE];
    static const char *row[FIRMS];
    for (size_t i = 0; i < FIRMS; i++) {
        snprintf(text[i], ROW_SIZE, "F%zu|NL|C28|1e9", FIRMS - 1 - i);
        row[i] = text[i];
    }
    cr_assert_eq(write_cells(folder_file("firms.csv"), "firm_id|country|sector|#revenue_eur", row, FIRMS, NULL),
                 TOL_OK);
}

static void put_lines(const char *format, bool faults)
{
    static const char *const all[] = {"csv", "csv.gz", "jsonl", "parquet"};
    for (int side = 0; side < 2; side++) {
        char name[64];
        const char *table = side == 0 ? "sales" : "purchases";
        bool gzip = strcmp(format, "csv.gz") == 0;
        struct lines *lines = make_lines(side == 0, faults);
        for (int i = 0; i < 4; i++) {
            snprintf(name, sizeof name, "%s.%s", table, all[i]);
            drop(name);
        }
        snprintf(name, sizeof name, "%s.%s", table, gzip ? "csv" : format);
        cr_assert_eq(
            write_cells(folder_file(name), side == 0 ? sales_header : purchases_header, lines->row, LINES, NULL),
            TOL_OK);
        if (gzip) {
            size_t size;
            char *text = get_bytes(name, &size);
            drop(name);
            snprintf(name, sizeof name, "%s.csv.gz", table);
            put_gzip(name, text);
            free(text);
        }
        free(lines);
    }
}

Test(threads, every_format_and_thread_count_gives_the_same_book)
{
    static const char *const format[] = {"jsonl", "csv", "csv.gz", "parquet"};
    char *first = NULL;
    size_t first_size = 0;
    put_firm_table();
    for (size_t f = 0; f < 4; f++) {
        put_lines(format[f], false);
        for (unsigned threads = 1; threads <= 5; threads += 2) {
            struct tol_supply_options options = {.threads = threads};
            size_t size;
            struct checked checked = build_folder("a.book", &options);
            cr_assert_eq(checked.status, TOL_OK, "%s: row %llu %s '%s': %s", format[f],
                         (unsigned long long)checked.error.row, checked.error.column, checked.error.value,
                         checked.error.message);
            cr_assert_eq(checked.report.accepted_rows[TOL_SUPPLY_SALES], LINES);
            char *bytes = get_bytes("a.book", &size);
            if (first == NULL) {
                first = bytes;
                first_size = size;
                continue;
            }
            cr_assert_eq(size, first_size);
            cr_assert_arr_eq(bytes, first, size, "%s, %u threads", format[f], threads);
            free(bytes);
        }
    }
    free(first);
}

Test(threads, every_format_and_thread_count_finds_the_same_faults)
{
    static const char *const format[] = {"jsonl", "csv", "parquet"};
    struct checked *first = NULL;
    put_firm_table();
    for (size_t f = 0; f < 3; f++) {
        put_lines(format[f], true);
        for (unsigned threads = 1; threads <= 5; threads += 2) {
            struct tol_supply_options options = {.threads = threads};
            struct checked *checked = malloc(sizeof *checked);
            *checked = build_folder("a.book", &options);
            cr_assert_eq(checked->status, TOL_BAD_DATA);
            cr_assert_gt(checked->report.rejected_rows[TOL_SUPPLY_SALES], 100);
            if (first == NULL) {
                first = checked;
                continue;
            }
            cr_assert_eq(checked->report.fault_count, first->report.fault_count);
            cr_assert_eq(checked->report.unnamed_lines, first->report.unnamed_lines);
            cr_assert_eq(checked->report.accepted_rows[TOL_SUPPLY_PURCHASES],
                         first->report.accepted_rows[TOL_SUPPLY_PURCHASES]);
            for (size_t i = 0; i < FAULTS_KEPT; i++) {
                cr_assert_eq(checked->fault[i].row, first->fault[i].row, "%s: fault %zu", format[f], i);
                cr_assert_str_eq(checked->fault[i].column, first->fault[i].column);
                cr_assert_str_eq(checked->fault[i].message, first->fault[i].message);
            }
            free(checked);
        }
    }
    free(first);
}

/* Rows that end in every way, cells with row ends and quotation marks inside, in blocks of every cut. */
Test(threads, quoted_rows_are_cut_where_they_end)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    fputs("firm_id,hs,destination,value_eur,customer_id\r\n", stream);
    for (size_t i = 0; i < 20000; i++) {
        fprintf(stream, "F%zu,847100,US,1.5,", i % FIRMS);
        fprintf(stream, i % 7 == 0 ? "\"a \"\"b\"\",\r\n\nc %zu\"" : i % 5000 < 4000 ? "\"d%zu\"" : "d%zu", i);
        fputs(i % 3 == 0 ? "\r\n" : i % 3 == 1 ? "\n" : "\n\n", stream);
    }
    fputs("F1,847100,US,\"2\",", stream);
    fclose(stream);
    put_firm_table();
    put_text("sales.csv", text);
    free(text);
    for (unsigned threads = 1; threads <= 3; threads++) {
        struct tol_supply_options options = {.threads = threads};
        struct checked checked = build_folder("a.book", &options);
        cr_assert_eq(checked.status, TOL_OK, "row %llu: %s", (unsigned long long)checked.error.row,
                     checked.error.message);
        cr_assert_eq(checked.report.accepted_rows[TOL_SUPPLY_SALES], 20001);
    }
}

/* The fault of a file that breaks off names the row after all rows before it. */
Test(threads, a_broken_file_is_told_at_its_row)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    fputs("firm_id,hs,destination,value_eur\n", stream);
    for (size_t i = 0; i < 50000; i++) {
        fprintf(stream, i == 43210 ? "F1,847100,US,\"1\"2\n" : "F1,847100,US,1\n");
    }
    fclose(stream);
    put_firm_table();
    put_text("sales.csv", text);
    free(text);
    struct tol_supply_options options = {.threads = 3};
    struct checked checked = build_folder("a.book", &options);
    expect_fault(&checked, "sales.csv", 43211, NULL, NULL, "a quotation mark that does not open or close a cell");
    cr_assert_eq(checked.report.accepted_rows[TOL_SUPPLY_SALES], 43210);
}

static const struct tol_table_column column[] = {
    {"id", TOL_COLUMN_TEXT, true}, {"x", TOL_COLUMN_DOUBLE, true}, {"band", TOL_COLUMN_TEXT, true}};
enum { TABLE_ROWS = 100000 };

struct table {
    uint64_t given;
    uint64_t first; /* of those taken last */
    char text[5][TOL_TABLE_BLOCK_ROWS][32];
};

static double number_at(uint64_t row)
{
    static const double special[] = {-0.0, 1e22, 5e-324, 2.2250738585072014e-308, 9007199254740994.0,
                                     0.1,  1e-7, -1234.5};
    uint64_t bits = (row + 1) * UINT64_C(0x9e3779b97f4a7c15);
    double number;
    memcpy(&number, &bits, sizeof number);
    return row % 16 < 8 ? special[row % 8] : number - number == 0 ? number : (double)row;
}

static enum tol_status take_rows(void *context, uint64_t most, uint64_t *row_count, struct tol_error *error)
{
    (void)error;
    struct table *table = context;
    uint64_t left = TABLE_ROWS - table->given;
    most = most > 7000 ? 7000 : most; /* rounds that end inside a block */
    *row_count = left < most ? left : most;
    table->first = table->given;
    table->given += *row_count;
    return TOL_OK;
}

static enum tol_status fill_rows(void *context, unsigned worker, uint64_t first, size_t row_count,
                                 const struct tol_table_cells *cells, struct tol_error *error)
{
    static const char *const band[] = {"A", "", NULL, "say \"B\", or C", "t\tab"};
    (void)error;
    struct table *table = context;
    for (size_t i = 0; i < row_count; i++) {
        uint64_t row = table->first + first + i;
        snprintf(table->text[worker][i], 32, "row %llu", (unsigned long long)row);
        cells[0].text[i] = table->text[worker][i];
        cells[1].number[i] = number_at(row);
        cells[2].text[i] = band[row / 3 % 5];
    }
    return TOL_OK;
}

/* Every line as printf would have it, and every number back bit for bit: nothing here knows how the writer works. */
static void check_table(const char *bytes, bool json)
{
    const char *at = json ? bytes : strchr(bytes, '\n') + 1;
    for (uint64_t row = 0; row < TABLE_ROWS; row++) {
        static const char *const csv_band[] = {"A", "\"\"", "", "\"say \"\"B\"\", or C\"", "t\tab"};
        static const char *const json_band[] = {"\"A\"", "\"\"", "null", "\"say \\\"B\\\", or C\"", "\"t\\u0009ab\""};
        char head[64], tail[64], *end;
        int length =
            snprintf(head, sizeof head, json ? "{\"id\":\"row %llu\",\"x\":" : "row %llu,", (unsigned long long)row);
        cr_assert(strncmp(at, head, (size_t)length) == 0, "row %llu", (unsigned long long)row);
        double number = strtod(at + length, &end), expected = number_at(row);
        cr_assert(memcmp(&number, &expected, sizeof number) == 0, "%a and not %a", number, expected);
        length =
            snprintf(tail, sizeof tail, json ? ",\"band\":%s}\n" : ",%s\n", (json ? json_band : csv_band)[row / 3 % 5]);
        cr_assert(strncmp(end, tail, (size_t)length) == 0, "row %llu", (unsigned long long)row);
        at = end + length;
    }
    cr_assert_eq(*at, '\0');
}

Test(threads, rows_are_written_in_order_whoever_formats_them)
{
    static const char *const name[] = {"a.csv", "a.jsonl"};
    for (int f = 0; f < 2; f++) {
        char *first = NULL;
        size_t first_size = 0;
        for (unsigned threads = 0; threads <= 5; threads++) {
            struct tol_run *run = NULL;
            struct tol_run_options options = {.threads = threads};
            struct table *table = calloc(1, sizeof *table);
            struct tol_table_rows rows = {take_rows, fill_rows, table};
            size_t size;
            cr_assert(threads == 0 || tol_run_create(&options, &run, NULL) == TOL_OK);
            cr_assert_eq(tol_table_write_rows(folder_file(name[f]), TOL_TABLE_BY_ENDING, column, 3, &rows, run, NULL),
                         TOL_OK);
            char *bytes = get_bytes(name[f], &size);
            if (first == NULL) {
                check_table(bytes, f == 1);
                first = bytes;
                first_size = size;
            } else {
                cr_assert_eq(size, first_size);
                cr_assert_arr_eq(bytes, first, size, "%u threads", threads);
                free(bytes);
            }
            tol_run_destroy(run);
            free(table);
        }
        free(first);
    }
}
