#include "folder.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

const char *folder_file(const char *name)
{
    static char path[8][512];
    static int next;
    next = (next + 1) % 8;
    snprintf(path[next], sizeof path[next], "%s/%s", scratch_folder(), name);
    return path[next];
}

void put_bytes(const char *name, const void *bytes, size_t size)
{
    FILE *file = fopen(folder_file(name), "wb");
    cr_assert_not_null(file);
    cr_assert_eq(fwrite(bytes, 1, size, file), size);
    cr_assert_eq(fclose(file), 0);
}

void put_text(const char *name, const char *text)
{
    put_bytes(name, text, strlen(text));
}

void put_gzip(const char *name, const char *text)
{
    gzFile file = gzopen(folder_file(name), "wb");
    cr_assert_not_null(file);
    cr_assert_eq(gzwrite(file, text, (unsigned)strlen(text)), (int)strlen(text));
    cr_assert_eq(gzclose(file), Z_OK);
}

char *get_bytes(const char *name, size_t *size)
{
    FILE *file = fopen(folder_file(name), "rb");
    cr_assert_not_null(file, "%s", name);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    char *bytes = keep_to_the_end(malloc(*size + 1));
    cr_assert_eq(fread(bytes, 1, *size, file), *size);
    bytes[*size] = '\0';
    fclose(file);
    return bytes;
}

void drop(const char *name)
{
    unlink(folder_file(name));
}

void put_firms(void)
{
    put_text("firms.csv", "firm_id,country,sector,revenue_eur\nA,NL,C28,1000\n");
}

void put_sales(void)
{
    put_text("sales.csv", "firm_id,hs,destination,value_eur\nA,870323,US,10\n");
}

static void keep_fault(void *context, const struct tol_error *fault)
{
    struct checked *checked = context;
    if (checked->fault_count < FAULTS_KEPT) {
        checked->fault[checked->fault_count] = *fault;
    }
    checked->fault_count++;
}

static void keep_warning(void *context, const struct tol_error *warning)
{
    struct checked *checked = context;
    if (checked->warning_count < FAULTS_KEPT) {
        checked->warning[checked->warning_count] = *warning;
    }
    checked->warning_count++;
}

static void keep_note(void *context, const char *text)
{
    struct checked *checked = context;
    size_t used = strlen(checked->note);
    snprintf(checked->note + used, sizeof checked->note - used, "%s\n", text);
}

static struct checked run(const char *input, const char *book, const struct tol_supply_options *given)
{
    struct checked *checked = calloc(1, sizeof *checked);
    struct tol_law *law;
    struct tol_supply_options options = {0};
    if (given != NULL) {
        options = *given;
    }
    cr_assert_eq(tol_law_open(TEST_BINARY_DIR "/tolmuur.tables", &law, &checked->error), TOL_OK, "%s",
                 checked->error.message);
    options.law = law;
    options.fault = keep_fault;
    options.warning = keep_warning;
    options.note = keep_note;
    options.context = checked;
    checked->status = book == NULL
                          ? tol_supply_check(input, &options, &checked->report, &checked->error)
                          : tol_supply_build(input, folder_file(book), &options, &checked->report, &checked->error);
    tol_law_close(law);
    struct checked result = *checked;
    free(checked);
    return result;
}

struct checked check_folder(void)
{
    return run(scratch_folder(), NULL, NULL);
}

struct checked build_folder(const char *book, const struct tol_supply_options *options)
{
    return run(scratch_folder(), book, options);
}

struct checked check_input(const char *input)
{
    return run(input, NULL, NULL);
}

struct checked build_input(const char *input, const char *book, const struct tol_supply_options *options)
{
    return run(input, book, options);
}

void expect_fault(const struct checked *checked, const char *file, uint64_t row, const char *column, const char *value,
                  const char *message)
{
    const struct tol_error *fault = &checked->fault[0];
    cr_assert_eq(checked->status, TOL_BAD_DATA, "status %d: %s", checked->status, checked->error.message);
    cr_assert_eq(checked->fault_count, 1, "%zu faults, first: %s, second: %s", checked->fault_count, fault->message,
                 checked->fault[1].message);
    cr_assert_str_eq(fault->file, folder_file(file));
    cr_assert_eq(fault->row, row, "row %llu: %s", (unsigned long long)fault->row, fault->message);
    cr_assert(column == NULL || strcmp(fault->column, column) == 0, "column %s: %s", fault->column, fault->message);
    cr_assert(value == NULL || strcmp(fault->value, value) == 0, "value %s", fault->value);
    cr_assert(strstr(fault->message, message) != NULL, "message: %s", fault->message);
    cr_assert_str_eq(checked->error.message, fault->message);
}

struct cell_feed {
    const char *const *row;
    size_t row_count;
    size_t next;
    size_t column_count;
    const struct tol_table_column *columns;
    char *copy[TOL_TABLE_BLOCK_ROWS];
};

static enum tol_status feed_cells(void *context, const struct tol_table_cells *cells, size_t *row_count,
                                  struct tol_error *error)
{
    struct cell_feed *feed = context;
    (void)error;
    *row_count = 0;
    for (; feed->next < feed->row_count && *row_count < TOL_TABLE_BLOCK_ROWS; feed->next++, ++*row_count) {
        char *rest = feed->copy[*row_count] = keep_to_the_end(strdup(feed->row[feed->next]));
        for (size_t i = 0; i < feed->column_count; i++) {
            char *cell = strsep(&rest, "|");
            cr_assert_not_null(cell);
            if (feed->columns[i].type == TOL_COLUMN_DOUBLE) {
                cells[i].number[*row_count] = cell[0] == '\0' ? NAN : strtod(cell, NULL);
            } else {
                cells[i].text[*row_count] = cell[0] == '\0' ? NULL : cell;
            }
        }
    }
    return TOL_OK;
}

enum tol_status write_cells(const char *path, const char *header, const char *const *row, size_t row_count,
                            struct tol_error *error)
{
    struct tol_table_column column[32] = {{0}};
    size_t count = 0;
    char *names = strdup(header);
    for (char *rest = names, *name; (name = strsep(&rest, "|")) != NULL; count++) {
        column[count].type = name[0] == '#' ? TOL_COLUMN_DOUBLE : TOL_COLUMN_TEXT;
        column[count].name = name + (name[0] == '#');
    }
    struct cell_feed *feed = calloc(1, sizeof *feed);
    *feed = (struct cell_feed){.row = row, .row_count = row_count, .column_count = count, .columns = column};
    enum tol_status status = tol_table_write(path, TOL_TABLE_BY_ENDING, column, count, feed_cells, feed, error);
    free(feed);
    free(names);
    return status;
}
