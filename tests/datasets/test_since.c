/* Starting from an older book: the same bytes as a build that reads everything, whatever happened to the tables in between. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "since.h"

enum { FIRMS_MOST = 80, LINES_MOST = 900, ROW_SIZE = 128 };

#ifdef __SANITIZE_ADDRESS__
enum { NIGHTS = 4 }; /* what memory is asked for says the same every night */
#else
enum { NIGHTS = 8 };
#endif

struct line {
    int firm, partner; /* partner -1: none; a firm that is not there is named too */
    int product, country, euros, facts;
};

/* A portfolio from night to night. */
struct state {
    uint64_t random;
    bool there[FIRMS_MOST];
    int country[FIRMS_MOST];
    int revenue[FIRMS_MOST];
    size_t line_count[2];
    struct line line[2][LINES_MOST];
};

static const char *const countries[] = {"NL", "DE", "US", "CN", "MX"};
static const char *const facts[] = {"|", "yes|", "no|0.25", "|0.5"};
static const char sales_header[] = "firm_id|hs|destination|#value_eur|origin|customer_id|usmca|us_content";
static const char purchases_header[] = "firm_id|hs|origin|#value_eur|importer|supplier_id";

static size_t below(struct state *state, size_t limit)
{
    state->random = state->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)(state->random >> 33) % limit;
}

static int some_firm(struct state *state)
{
    for (;;) {
        size_t firm = below(state, FIRMS_MOST);
        if (state->there[firm]) {
            return (int)firm;
        }
    }
}

static struct line some_line(struct state *state, int firm)
{
    return (struct line){.firm = firm,
                         .partner = (int)below(state, 2 * FIRMS_MOST) - FIRMS_MOST,
                         .product = (int)below(state, 20),
                         .country = (int)below(state, 5),
                         .euros = (int)below(state, 100000),
                         .facts = (int)below(state, 4)};
}

static struct state *start(uint64_t seed)
{
    struct state *state = keep_to_the_end(calloc(1, sizeof *state));
    state->random = seed;
    for (int f = 0; f < FIRMS_MOST; f++) {
        state->there[f] = f % 4 != 3;
        state->country[f] = f % 5;
        state->revenue[f] = 1000 + f;
    }
    for (int side = 0; side < 2; side++) {
        state->line_count[side] = 600;
        for (size_t i = 0; i < state->line_count[side]; i++) {
            state->line[side][i] = some_line(state, some_firm(state));
        }
    }
    return state;
}

static void drop_firm(struct state *state, int firm)
{
    state->there[firm] = false;
    for (int side = 0; side < 2; side++) {
        size_t kept = 0;
        for (size_t i = 0; i < state->line_count[side]; i++) {
            if (state->line[side][i].firm != firm) {
                state->line[side][kept++] = state->line[side][i];
            }
        }
        state->line_count[side] = kept;
    }
}

static void swap_lines(struct state *state, int side)
{
    size_t a = below(state, state->line_count[side]), b = below(state, state->line_count[side]);
    struct line line = state->line[side][a];
    state->line[side][a] = state->line[side][b];
    state->line[side][b] = line;
}

static void change(struct state *state)
{
    int side = (int)below(state, 2);
    size_t i = below(state, state->line_count[side]);
    int firm = some_firm(state);
    switch (below(state, 9)) {
    case 0:
        state->line[side][i].euros++;
        break;
    case 1:
        state->line[side][i] = some_line(state, state->line[side][i].firm);
        break;
    case 2:
        if (state->line_count[side] < LINES_MOST) {
            state->line[side][state->line_count[side]++] = some_line(state, firm);
        }
        break;
    case 3:
        state->line[side][i] = state->line[side][--state->line_count[side]];
        break;
    case 4:
        drop_firm(state, firm);
        break;
    case 5:
        state->there[below(state, FIRMS_MOST)] = true;
        break;
    case 6:
        state->country[firm] = (int)below(state, 5);
        break;
    case 7:
        state->revenue[firm]++;
        break;
    case 8:
        swap_lines(state, side);
        break;
    }
}

static char *row_at(char text[][ROW_SIZE], const char *row[], size_t i)
{
    row[i] = text[i];
    return text[i];
}

static void put_firm_table(const struct state *state)
{
    char text[FIRMS_MOST][ROW_SIZE];
    const char *row[FIRMS_MOST];
    size_t count = 0;
    for (int f = 0; f < FIRMS_MOST; f++) {
        if (state->there[f]) {
            /* Some sell more than their revenue, which is a warning. */
            snprintf(row_at(text, row, count++), ROW_SIZE, "F%d|%s|C28|%d%s", f, countries[state->country[f]],
                     state->revenue[f], f % 7 == 0 ? "e2" : "e6");
        }
    }
    cr_assert_eq(write_cells(folder_file("firms.csv"), "firm_id|country|sector|#revenue_eur", row, count, NULL),
                 TOL_OK);
}

static void line_text(const struct line *line, bool sales, char text[ROW_SIZE])
{
    char partner[16] = "";
    if (line->partner >= 0) {
        snprintf(partner, sizeof partner, "F%d", line->partner);
    }
    snprintf(text, ROW_SIZE, "F%d|8471%02d|%s|%d.25|%s|%s%s%s", line->firm, line->product, countries[line->country],
             line->euros, line->facts % 2 ? "CN" : "", partner, sales ? "|" : "", sales ? facts[line->facts] : "");
}

/* The lines [from, end) of a side in one file. */
static void put_line_file(const struct state *state, int side, const char *name, size_t from, size_t end)
{
    static char text[LINES_MOST][ROW_SIZE];
    static const char *row[LINES_MOST];
    for (size_t i = from; i < end; i++) {
        line_text(&state->line[side][i], side == 0, row_at(text, row, i - from));
    }
    cr_assert_eq(write_cells(folder_file(name), side == 0 ? sales_header : purchases_header, row, end - from, NULL),
                 TOL_OK);
}

static void put_files(struct state *state)
{
    put_firm_table(state);
    put_line_file(state, 0, "sales.parquet", 0, state->line_count[0]);
    put_line_file(state, 1, "purchases.parquet", 0, state->line_count[1]);
}

/* The sales in three files of a folder, cut at other places every night. */
static void put_parts(struct state *state)
{
    size_t first = below(state, state->line_count[0]), second = first + below(state, state->line_count[0] - first);
    put_firm_table(state);
    mkdir(folder_file("sales"), 0777);
    put_line_file(state, 0, "sales/0.parquet", 0, first);
    put_line_file(state, 0, "sales/1.parquet", first, second);
    put_line_file(state, 0, "sales/2.parquet", second, state->line_count[0]);
    put_line_file(state, 1, "purchases.parquet", 0, state->line_count[1]);
}

/* Night after night, each from the book of the night before, which was itself started from one. */
static void live_through(struct state *state, void (*put)(struct state *), int nights, bool confined)
{
    uint64_t kept_rows = 0;
    put(state);
    build_since("last.book", "none.book", confined);
    for (int night = 0; night < nights; night++) {
        for (size_t changes = below(state, 6); changes > 0; changes--) {
            change(state);
        }
        put(state);
        struct checked all = build_since("all.book", "none.book", confined);
        struct checked some = build_since("some.book", "last.book", confined);
        expect_same_books("some.book", "all.book");
        expect_same_counts(&some, &all);
        cr_assert_eq(kept(&all), 0);
        kept_rows += kept(&some);
        cr_assert_eq(rename(folder_file("some.book"), folder_file("last.book")), 0);
    }
    /* Most firms stay what they were. */
    cr_assert_gt(kept_rows, (uint64_t)nights * 300, "%llu rows kept", (unsigned long long)kept_rows);
}

Test(since, nights_of_parquet)
{
    live_through(start(1), put_files, NIGHTS, false);
}

Test(since, nights_of_parts_in_a_confined_child)
{
    live_through(start(2), put_parts, NIGHTS / 2, true);
}

Test(since, database)
{
    char path[512], sql[2048];
    struct state *state = start(3);
    put_files(state);
    snprintf(sql, sizeof sql,
             "CREATE TABLE firms AS SELECT firm_id::VARCHAR AS firm_id, country, sector, revenue_eur FROM "
             "read_csv('%s', all_varchar = true); CREATE TABLE purchases AS SELECT * FROM read_parquet('%s');"
             "CREATE TABLE lines AS SELECT *, value_eur::DECIMAL(18, 2) AS v FROM read_parquet('%s');"
             "CREATE VIEW sales AS SELECT * EXCLUDE (value_eur, v), v AS value_eur FROM lines",
             folder_file("firms.csv"), folder_file("purchases.parquet"), folder_file("sales.parquet"));
    run_sql(scratch_path(path, "d.duckdb"), sql);
    build_database("last.book", "none.book");
    run_sql(path, "UPDATE lines SET v = v + 1 WHERE firm_id = 'F4'");
    struct checked all = build_database("all.book", "none.book");
    struct checked some = build_database("some.book", "last.book");
    expect_same_books("some.book", "all.book");
    cr_assert_gt(kept(&some), kept(&all) + 1000);
    /* A type in which equal cells hash to something else: everything is read. */
    run_sql(path, "ALTER TABLE lines ALTER v TYPE DOUBLE");
    build_database("all.book", "none.book");
    struct checked other_type = build_database("more.book", "some.book");
    expect_same_books("more.book", "all.book");
    cr_assert_eq(other_type.report.kept_rows[TOL_SUPPLY_SALES], 0);
    cr_assert_eq(other_type.report.kept_rows[TOL_SUPPLY_PURCHASES],
                 other_type.report.accepted_rows[TOL_SUPPLY_PURCHASES]);
}

static void one_bad_row(struct state *state)
{
    put_files(state);
    build_since("last.book", "none.book", false);
    state->line[0][123].country = 4;
    state->line[0][123].firm = 0;
    put_files(state);
    char sql[1024];
    snprintf(sql, sizeof sql,
             "COPY (SELECT * EXCLUDE (file_row_number) "
             "REPLACE (CASE WHEN file_row_number = 123 THEN 'ZZ' ELSE destination END AS destination) FROM "
             "read_parquet('%s', file_row_number = true)) TO '%s' (FORMAT parquet)",
             folder_file("sales.parquet"), folder_file("bad.parquet"));
    run_sql(NULL, sql);
    cr_assert_eq(rename(folder_file("bad.parquet"), folder_file("sales.parquet")), 0);
}

static void expect_told(bool confined)
{
    char path[512];
    one_bad_row(start(4));
    struct tol_supply_options options = {.since_path = scratch_path(path, "last.book"), .confined = confined};
    struct checked checked = build_folder("some.book", &options);
    expect_fault(&checked, "sales.parquet", 124, "destination", "ZZ", "no such country");
    cr_assert_neq(access(folder_file("some.book"), F_OK), 0);
}

Test(since, faults_are_told_where_they_are)
{
    expect_told(false);
}

Test(since, faults_are_told_where_they_are_in_a_confined_child)
{
    expect_told(true);
}

/* A book with rejected rows is no book to start from: the next one has to tell them again. */
Test(since, rejected_rows)
{
    char path[512];
    one_bad_row(start(5));
    struct tol_supply_options options = {.since_path = scratch_path(path, "last.book"), .max_rejects = 1};
    cr_assert_eq(build_folder("some.book", &options).status, TOL_OK);
    options.since_path = NULL;
    cr_assert_eq(build_folder("all.book", &options).status, TOL_OK);
    expect_same_books("some.book", "all.book");
    options.since_path = scratch_path(path, "some.book");
    struct checked checked = build_folder("more.book", &options);
    cr_assert_eq(checked.report.rejected_rows[TOL_SUPPLY_SALES], 1);
    expect_same_books("more.book", "all.book");
    cr_assert(strstr(checked.note, "holds no hashes") != NULL, "%s", checked.note);
}

/* last.book says why it is of no use; the book is none the worse. */
static void expect_all_read(const char *why)
{
    struct checked some = expect_kept(0);
    cr_assert(strstr(some.note, why) != NULL, "%s", some.note);
}

/* Its digests were made by another version. */
static void be_of_another_maker(const char *book)
{
    size_t size;
    char *bytes = get_bytes(book, &size);
    char *version = memmem(bytes, size, "(rows ", 6);
    cr_assert_not_null(version);
    version[6] = '0';
    put_bytes(book, bytes, size);
}

Test(since, what_cannot_be_started_from)
{
    size_t size;
    struct state *state = start(6);
    put_files(state);
    expect_all_read("is not there yet");
    put_text("last.book", "not a book at all, whatever its name");
    expect_all_read("last.book: ");
    cr_assert_eq(build_folder("last.book", NULL).status, TOL_OK);
    expect_all_read("holds no hashes");
    build_since("last.book", "none.book", false);
    char *bytes = get_bytes("last.book", &size);
    bytes[size - 100] ^= 1;
    put_bytes("last.book", bytes, size);
    expect_all_read("damaged");
    build_since("last.book", "none.book", false);
    be_of_another_maker("last.book");
    expect_all_read("last.book was built by tolmuur ");
    build_since("last.book", "none.book", false);
    for (int f = 0; f < FIRMS_MOST; f += 2) {
        drop_firm(state, f);
    }
    put_files(state);
    expect_all_read("more than a tenth");
}
