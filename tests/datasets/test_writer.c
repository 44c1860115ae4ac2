#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "duckdb/load.h"
#include "folder.h"

static const char header[] = "id|#value|note";
static const char *const rows[] = {"a|0.1|plain", "b,\"q\"|1e-300|two\nlines", "\xc3\xa9||", " blank |-5|tab\there",
                                   "\\|123456789.123|\x01"};

static void expect_text(const char *name, const char *text)
{
    size_t size;
    char *bytes = get_bytes(name, &size);
    cr_assert_str_eq(bytes, text);
    free(bytes);
}

Test(writer, csv)
{
    cr_assert_eq(write_cells(folder_file("a.csv"), header, rows, 5, NULL), TOL_OK);
    expect_text(
        "a.csv",
        "id,value,note\na,0.1,plain\n\"b,\"\"q\"\"\",1e-300,\"two\nlines\"\n\xc3\xa9,,\n\" blank \",-5,tab\there\n"
        "\\,123456789.123,\x01\n");
}

Test(writer, json_lines)
{
    cr_assert_eq(write_cells(folder_file("a.JSONL"), header, rows, 5, NULL), TOL_OK);
    expect_text("a.JSONL", "{\"id\":\"a\",\"value\":0.1,\"note\":\"plain\"}\n"
                           "{\"id\":\"b,\\\"q\\\"\",\"value\":1e-300,\"note\":\"two\\nlines\"}\n"
                           "{\"id\":\"\xc3\xa9\",\"value\":null,\"note\":null}\n"
                           "{\"id\":\" blank \",\"value\":-5,\"note\":\"tab\\u0009here\"}\n"
                           "{\"id\":\"\\\\\",\"value\":123456789.123,\"note\":\"\\u0001\"}\n");
}

/* Numbers of every kind, from the row's number alone. */
static double number_of(uint64_t row)
{
    uint64_t z = (row + 1) * UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    double number;
    memcpy(&number, &z, sizeof number);
    return row % 17 == 3 || !isfinite(number) ? NAN : number;
}

struct many {
    uint64_t rows;
    uint64_t next;
    char text[TOL_TABLE_BLOCK_ROWS][32];
    uint64_t fail_at; /* 0: never */
};

static enum tol_status produce(void *context, const struct tol_table_cells *cells, size_t *row_count,
                               struct tol_error *error)
{
    struct many *many = context;
    size_t count = 0;
    for (; count < TOL_TABLE_BLOCK_ROWS - 5 && many->next < many->rows; count++, many->next++) {
        snprintf(many->text[count], sizeof many->text[count], "row %llu", (unsigned long long)many->next);
        cells[0].text[count] = many->next % 11 == 5 ? NULL : many->text[count];
        cells[1].number[count] = number_of(many->next);
    }
    *row_count = count;
    return many->fail_at != 0 && many->next >= many->fail_at ? tol_fail(error, TOL_TRY_AGAIN, "the producer stops")
                                                             : TOL_OK;
}

static const struct tol_table_column many_column[] = {{"name", TOL_COLUMN_TEXT, true},
                                                      {"number", TOL_COLUMN_DOUBLE, true}};

static enum tol_status write_many(const char *name, uint64_t row_count, uint64_t fail_at, struct tol_error *error)
{
    struct many *many = calloc(1, sizeof *many);
    many->rows = row_count;
    many->fail_at = fail_at;
    enum tol_status status =
        tol_table_write(folder_file(name), TOL_TABLE_BY_ENDING, many_column, 2, produce, many, error);
    free(many);
    return status;
}

Test(writer, parquet_comes_back_bit_for_bit_in_order)
{
    const struct tol_duckdb_api *api;
    struct tol_error error = {0};
    struct tol_parquet_reader *reader;
    cr_assert_eq(write_many("a.parquet", 300000, 0, &error), TOL_OK, "%s", error.message);
    cr_assert_eq(tol_duckdb_load(&api, &error), TOL_OK);
    const struct tol_parquet_place place = {open(folder_file("a.parquet"), O_RDONLY), "a.parquet", NULL, 2, 0};
    cr_assert_eq(api->reader_open(&place, NULL, &reader, &error), TOL_OK, "%s", error.message);
    cr_assert_eq(api->reader_rows(reader), 300000);
    uint64_t row = 0;
    size_t count;
    struct tol_parquet_chunk *chunk = NULL;
    while (api->reader_take(reader, &chunk, &count, &error) == TOL_OK && count > 0) {
        for (size_t i = 0; i < count; i++, row++) {
            struct tol_parquet_cell cell;
            char text[32];
            snprintf(text, sizeof text, "row %llu", (unsigned long long)row);
            cr_assert_eq(api->reader_cell(reader, chunk, 0, i, &cell, &error), TOL_OK);
            cr_assert_eq(cell.given, row % 11 != 5);
            cr_assert(!cell.given || strcmp(cell.text, text) == 0, "%s", cell.text);
            cr_assert_eq(api->reader_cell(reader, chunk, 1, i, &cell, &error), TOL_OK);
            double number = number_of(row);
            cr_assert(cell.given ? memcmp(&cell.number, &number, sizeof number) == 0 : isnan(number));
        }
        api->chunk_release(chunk);
    }
    cr_assert_eq(row, 300000);
    api->reader_close(reader);
    close(place.file);
}

Test(writer, csv_numbers_come_back_bit_for_bit)
{
    cr_assert_eq(write_many("a.csv", 100000, 0, NULL), TOL_OK);
    FILE *file = fopen(folder_file("a.csv"), "r");
    char line[128];
    cr_assert_not_null(fgets(line, sizeof line, file));
    for (uint64_t row = 0; row < 100000; row++) {
        cr_assert_not_null(fgets(line, sizeof line, file));
        const char *cell = strchr(line, ',') + 1;
        double number = number_of(row);
        cr_assert(isnan(number) ? cell[0] == '\n' : strtod(cell, NULL) == number, "%s", line);
    }
    cr_assert_null(fgets(line, sizeof line, file));
    fclose(file);
}

Test(writer, the_same_rows_give_the_same_bytes)
{
    static const char *const ending[] = {"csv", "jsonl", "parquet"};
    for (int i = 0; i < 3; i++) {
        char one[32];
        char two[32];
        size_t one_size;
        size_t two_size;
        snprintf(one, sizeof one, "one.%s", ending[i]);
        snprintf(two, sizeof two, "two.%s", ending[i]);
        cr_assert_eq(write_many(one, 200000, 0, NULL), TOL_OK);
        cr_assert_eq(write_many(two, 200000, 0, NULL), TOL_OK);
        char *first = get_bytes(one, &one_size);
        char *second = get_bytes(two, &two_size);
        cr_assert_eq(one_size, two_size);
        cr_assert_arr_eq(first, second, one_size);
    }
}

Test(writer, a_table_without_rows)
{
    cr_assert_eq(write_many("a.csv", 0, 0, NULL), TOL_OK);
    expect_text("a.csv", "name,number\n");
    cr_assert_eq(write_many("a.jsonl", 0, 0, NULL), TOL_OK);
    expect_text("a.jsonl", "");
    cr_assert_eq(write_many("a.parquet", 0, 0, NULL), TOL_OK);
}

static int files_in_folder(void)
{
    char command[600];
    int count = 0;
    snprintf(command, sizeof command, "ls -A %s | wc -l", scratch_folder());
    FILE *pipe = popen(command, "r");
    cr_assert_eq(fscanf(pipe, "%d", &count), 1);
    pclose(pipe);
    return count;
}

Test(writer, a_producer_that_fails_leaves_the_old_file)
{
    static const char *const name[] = {"a.csv", "a.jsonl", "a.parquet"};
    for (int i = 0; i < 3; i++) {
        struct tol_error error = {0};
        put_text(name[i], "old");
        cr_assert_eq(write_many(name[i], 20000, 9000, &error), TOL_TRY_AGAIN);
        cr_assert_str_eq(error.message, "the producer stops");
        expect_text(name[i], "old");
        cr_assert_eq(files_in_folder(), i + 1);
    }
}

Test(writer, places_that_cannot_be_written)
{
    struct tol_error error = {0};
    static const char *const name[] = {"no/a.csv", "no/a.jsonl", "no/a.parquet"};
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(write_many(name[i], 10, 0, &error), TOL_CANNOT_CREATE);
        cr_assert(strstr(error.file, name[i]) != NULL);
    }
    cr_assert_eq(mkdir(folder_file("folder.csv"), 0700), 0);
    cr_assert_eq(write_many("folder.csv", 10, 0, NULL), TOL_CANNOT_CREATE);
    cr_assert_eq(write_many("a.xlsx", 10, 0, &error), TOL_USAGE);
    cr_assert_eq(tol_table_write("-", TOL_TABLE_PARQUET, many_column, 2, produce, NULL, &error), TOL_USAGE);
}

Test(writer, a_full_disk_is_an_error_and_leaves_the_old_file)
{
    static const char *const name[] = {"a.csv", "a.jsonl", "a.parquet"};
    struct rlimit limit = {200000, 200000}; /* the kernel refuses to write beyond, as a full disk does */
    for (int i = 0; i < 3; i++) {
        put_text(name[i], "old");
    }
    signal(SIGXFSZ, SIG_IGN);
    cr_assert_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    for (int i = 0; i < 3; i++) {
        struct tol_error error = {0};
        cr_assert_eq(write_many(name[i], 500000, 0, &error), TOL_IO, "%s: %s", name[i], error.message);
        expect_text(name[i], "old");
        cr_assert_eq(files_in_folder(), 3);
    }
}

Test(writer, infinities_and_bad_text_are_refused)
{
    static const char *const infinite[] = {"a|1|x", "a|inf|x"};
    static const char *const bad[] = {"\xff|1|x"};
    static const char *const name[] = {"a.csv", "a.jsonl", "a.parquet"};
    for (int i = 0; i < 3; i++) {
        struct tol_error error = {0};
        cr_assert_eq(write_cells(folder_file(name[i]), header, infinite, 2, &error), TOL_BAD_DATA);
        cr_assert_str_eq(error.column, "value");
        cr_assert_eq(error.row, 2);
        cr_assert_eq(write_cells(folder_file(name[i]), header, bad, 1, &error), TOL_BAD_DATA);
        cr_assert_str_eq(error.column, "id");
        cr_assert_eq(access(folder_file(name[i]), F_OK), -1);
    }
}

Test(writer, a_link_is_replaced_and_its_target_left_alone)
{
    char target[512];
    struct stat about;
    put_text("target", "keep");
    snprintf(target, sizeof target, "%s", folder_file("target"));
    cr_assert_eq(symlink(target, folder_file("a.csv")), 0);
    cr_assert_eq(write_many("a.csv", 1, 0, NULL), TOL_OK);
    expect_text("target", "keep");
    cr_assert_eq(lstat(folder_file("a.csv"), &about), 0);
    cr_assert(S_ISREG(about.st_mode));
}

Test(writer, standard_output, .init = cr_redirect_stdout)
{
    cr_assert_eq(write_cells("-", header, rows, 1, NULL), TOL_OK);
    cr_assert_stdout_eq_str("id,value,note\na,0.1,plain\n");
}
