#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fixture.h"

static struct tol_book_builder *builder_with(const char *const *id, size_t count)
{
    struct tol_book_builder *builder;
    cr_assert_eq(tol_book_builder_create(tol_allocator_default(), &builder, NULL), TOL_OK);
    for (size_t i = 0; i < count; i++) {
        struct tol_firm_row row = firm_row(id[i]);
        cr_assert_eq(tol_book_builder_add_firm(builder, &row, NULL), TOL_OK);
    }
    return builder;
}

static void begin(struct tol_book_builder *builder, enum tol_side side)
{
    cr_assert_eq(tol_book_builder_begin_lines(builder, side, NULL), TOL_OK);
}

static void add(struct tol_book_builder *builder, struct tol_line_row row, const char *counterpart)
{
    row.counterpart_id = counterpart;
    cr_assert_eq(tol_book_builder_add_line(builder, &row, NULL), TOL_OK);
}

static struct tol_book *finish(struct tol_book_builder *builder)
{
    char path[512];
    struct tol_error error = {0};
    cr_assert_eq(tol_book_builder_finish(builder, scratch_path(path, "a.book"), &error), TOL_OK, "%s", error.message);
    tol_book_builder_destroy(builder);
    return book_open(path);
}

Test(builder, bytes_do_not_depend_on_the_order_of_rows)
{
    char path[512];
    size_t size;
    size_t again_size;
    struct portfolio portfolio = portfolio_create(57, 3000, 11);
    portfolio_build(&portfolio, scratch_path(path, "a.book"));
    unsigned char *first = file_read(path, &size);
    for (uint64_t seed = 1; seed <= 12; seed++) {
        portfolio_shuffle(&portfolio, seed);
        portfolio_build(&portfolio, scratch_path(path, "b.book"));
        unsigned char *again = file_read(path, &again_size);
        cr_assert_eq(size, again_size);
        cr_assert_arr_eq(first, again, size, "shuffle %llu", (unsigned long long)seed);
    }
}

Test(builder, another_value_gives_other_bytes)
{
    char path[512];
    size_t size;
    size_t again_size;
    struct portfolio portfolio = portfolio_create(5, 50, 3);
    portfolio_build(&portfolio, scratch_path(path, "a.book"));
    unsigned char *first = file_read(path, &size);
    portfolio.line[0][7].value_eur += 1;
    portfolio_build(&portfolio, path);
    unsigned char *again = file_read(path, &again_size);
    cr_assert(size != again_size || memcmp(first, again, size) != 0);
}

Test(builder, totals_and_counts_are_those_of_the_rows)
{
    char path[512];
    struct portfolio portfolio = portfolio_create(40, 2000, 5);
    portfolio_build(&portfolio, scratch_path(path, "a.book"));
    struct tol_book *book = book_open(path);
    cr_assert_eq(book->firm_count, 40);
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        long double given = 0;
        long double kept = 0;
        for (size_t i = 0; i < portfolio.line_count[side]; i++) {
            given += (long double)portfolio.line[side][i].value_eur;
        }
        for (uint64_t i = 0; i < book->side[side].line_count; i++) {
            kept += (long double)book->side[side].line_value_eur[i];
        }
        cr_assert_eq(book->row_count[side + 1], 2000);
        cr_assert(fabsl(given - kept) < 1e-12L * given);
    }
    tol_book_close(book);
}

Test(builder, firms_are_sorted_and_found)
{
    static const char *const id[] = {"b", "a", "B", "aa", "\xc3\xa9", "ab"};
    struct tol_book *book = finish(builder_with(id, 6));
    static const char *const sorted[] = {"B", "a", "aa", "ab", "b", "\xc3\xa9"};
    for (uint64_t i = 0; i < 6; i++) {
        char text[16];
        uint64_t firm;
        tol_book_firm_id(book, i, text, sizeof text);
        cr_assert_str_eq(text, sorted[i]);
        cr_assert(tol_book_find(book, sorted[i], &firm));
        cr_assert_eq(firm, i);
    }
    uint64_t firm;
    cr_assert_not(tol_book_find(book, "aaa", &firm));
    cr_assert_not(tol_book_find(book, "", &firm));
    cr_assert_not(tol_book_find(book, "zz", &firm));
    tol_book_close(book);
}

Test(builder, equal_lines_add_up_and_others_stay_apart)
{
    static const char *const id[] = {"a", "b"};
    struct tol_book_builder *builder = builder_with(id, 2);
    begin(builder, TOL_SALES);
    add(builder, line_row("a", "870323", "US", "DE", 10), "");
    add(builder, line_row("b", "870323", "US", "DE", 1), "");
    add(builder, line_row("a", "870323", "US", "DE", 5), "");
    add(builder, line_row("a", "87032300", "US", "DE", 7), "");
    struct tol_book *book = finish(builder);
    const struct tol_book_side *side = &book->side[TOL_SALES];
    cr_assert_eq(side->cell_count, 2);
    cr_assert_eq(side->line_count, 3);
    cr_assert_eq(side->line_start[1], 2);
    cr_assert_eq(side->line_value_eur[0], 15);
    cr_assert_eq(side->line_value_eur[1], 7);
    cr_assert_eq(side->line_value_eur[2], 1);
    tol_book_close(book);
}

Test(builder, a_line_in_two_halves_is_the_whole_line)
{
    char path[512];
    struct portfolio portfolio = portfolio_create(9, 400, 21);
    portfolio_build(&portfolio, scratch_path(path, "a.book"));
    struct tol_book *book = book_open(path);
    struct portfolio halves = portfolio;
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        halves.line_count[side] = 800;
        halves.line[side] = calloc(800, sizeof *halves.line[side]);
        for (size_t i = 0; i < 800; i++) {
            halves.line[side][i] = portfolio.line[side][i / 2];
            halves.line[side][i].value_eur /= 2;
        }
    }
    portfolio_build(&halves, scratch_path(path, "b.book"));
    struct tol_book *other = book_open(path);
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        cr_assert_eq(book->side[side].line_count, other->side[side].line_count);
        cr_assert_eq(book->side[side].link_count, other->side[side].link_count);
        cr_assert_arr_eq(book->side[side].line_value_eur, other->side[side].line_value_eur,
                         book->side[side].line_count * sizeof(double));
        cr_assert_arr_eq(book->side[side].link_value_eur, other->side[side].link_value_eur,
                         book->side[side].link_count * sizeof(double));
        free(halves.line[side]);
    }
    tol_book_close(book);
    tol_book_close(other);
}

Test(builder, cells_are_sorted_by_the_country_that_counts)
{
    static const char *const id[] = {"a"};
    struct tol_book_builder *builder = builder_with(id, 1);
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        begin(builder, (enum tol_side)side);
        add(builder, line_row("a", "0101", "US", "CN", 1), "");
        add(builder, line_row("a", "0101", "CA", "VN", 1), "");
    }
    struct tol_book *book = finish(builder);
    cr_assert_eq(book->side[TOL_SALES].cell[0].importer, 'C' << 8 | 'A');
    cr_assert_eq(book->side[TOL_PURCHASES].cell[0].origin, 'C' << 8 | 'N');
    tol_book_close(book);
}

Test(builder, a_country_not_given_is_the_firms)
{
    static const char *const id[] = {"a"};
    struct tol_book_builder *builder = builder_with(id, 1);
    begin(builder, TOL_SALES);
    add(builder, line_row("a", "0101", "US", "", 1), "");
    begin(builder, TOL_PURCHASES);
    add(builder, line_row("a", "0101", "", "CN", 1), "");
    struct tol_book *book = finish(builder);
    cr_assert_eq(book->side[TOL_SALES].cell[0].origin, 'N' << 8 | 'L');
    cr_assert_eq(book->side[TOL_PURCHASES].cell[0].importer, 'N' << 8 | 'L');
    tol_book_close(book);
}

Test(builder, facts_are_sorted_texts_and_the_first_is_empty)
{
    static const char *const id[] = {"a"};
    struct tol_book_builder *builder = builder_with(id, 1);
    static const char *const facts[] = {"usmca=yes", "fta=MX", "zinc=1", ""};
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        begin(builder, (enum tol_side)side);
        for (int i = 0; i < 4; i++) {
            struct tol_line_row row = line_row("a", "0101", "US", "CN", i + 1);
            row.facts = facts[side == TOL_SALES ? i / 2 : i];
            add(builder, row, "");
        }
    }
    struct tol_book *book = finish(builder);
    cr_assert_eq(book->facts_count, 4);
    cr_assert_str_eq(tol_book_facts(book, 0), "");
    cr_assert_str_eq(tol_book_facts(book, 1), "fta=MX");
    cr_assert_str_eq(tol_book_facts(book, 3), "zinc=1");
    cr_assert_str_eq(tol_book_facts(book, 4), "");
    const struct tol_book_side *sales = &book->side[TOL_SALES];
    cr_assert_eq(sales->cell_count, 2);
    cr_assert_str_eq(tol_book_facts(book, sales->cell[0].facts), "fta=MX");
    cr_assert_str_eq(tol_book_facts(book, sales->cell[1].facts), "usmca=yes");
    tol_book_close(book);
}

Test(builder, links_are_merged_and_never_lead_to_the_firm_itself)
{
    static const char *const id[] = {"a", "b", "c"};
    struct tol_book_builder *builder = builder_with(id, 3);
    begin(builder, TOL_SALES);
    add(builder, line_row("a", "0101", "US", "DE", 3), "c");
    add(builder, line_row("a", "0102", "US", "DE", 4), "c");
    add(builder, line_row("a", "0101", "US", "DE", 5), "a");
    add(builder, line_row("a", "0101", "US", "DE", 6), "unknown");
    add(builder, line_row("a", "0101", "US", "DE", 7), "b");
    struct tol_book_builder_counts counts;
    tol_book_builder_counts(builder, &counts);
    cr_assert_eq(counts.lines[TOL_SALES], 5);
    cr_assert_eq(counts.unnamed_lines[TOL_SALES], 2);
    struct tol_book *book = finish(builder);
    const struct tol_book_side *side = &book->side[TOL_SALES];
    cr_assert_eq(side->link_count, 2);
    cr_assert_eq(side->link_firm[0], 1);
    cr_assert_eq(side->link_value_eur[0], 7);
    cr_assert_eq(side->link_firm[1], 2);
    cr_assert_eq(side->link_value_eur[1], 7);
    cr_assert_eq(side->cell[side->line_cell[0]].named, 0, "to nobody in the book");
    cr_assert_eq(side->line_value_eur[0], 11);
    cr_assert_eq(side->cell[side->line_cell[1]].named, 1, "the same goods to firms of the book");
    cr_assert_eq(side->line_value_eur[1], 10);
    tol_book_close(book);
}

Test(builder, firm_numbers_names_and_sectors_come_back)
{
    struct tol_book_builder *builder;
    cr_assert_eq(tol_book_builder_create(tol_allocator_default(), &builder, NULL), TOL_OK);
    struct tol_firm_row row = firm_row("x");
    row.name = "Name";
    row.sector = "C28.1";
    row.number[TOL_LIQUIDITY] = -0.0;
    row.number[TOL_EBITDA] = -12.5;
    cr_assert_eq(tol_book_builder_add_firm(builder, &row, NULL), TOL_OK);
    row.firm_id = "w";
    row.sector = "A";
    cr_assert_eq(tol_book_builder_add_firm(builder, &row, NULL), TOL_OK);
    struct tol_book *book = finish(builder);
    char text[8];
    tol_book_firm_name(book, 1, text, sizeof text);
    cr_assert_str_eq(text, "Name");
    tol_book_firm_name(book, 1, text, 3);
    cr_assert_str_eq(text, "Na");
    cr_assert_str_eq(tol_book_sector(book, book->firm_sector[1]), "C28.1");
    cr_assert_str_eq(tol_book_sector(book, book->firm_sector[0]), "A");
    cr_assert_eq(book->firm_number[TOL_EBITDA][1], -12.5);
    cr_assert(isnan(book->firm_number[TOL_LOAN][1]));
    cr_assert_not(signbit(book->firm_number[TOL_LIQUIDITY][1]));
    tol_book_close(book);
}

Test(builder, refuses_bad_firms_and_stays_usable)
{
    static const char *const id[] = {"a"};
    struct tol_book_builder *builder = builder_with(id, 1);
    struct tol_error error;
    char long_id[300];
    memset(long_id, 'x', sizeof long_id - 1);
    long_id[299] = '\0';
    struct tol_firm_row row = firm_row("a");
    cr_assert_eq(tol_book_builder_add_firm(builder, &row, &error), TOL_BAD_DATA);
    cr_assert_str_eq(error.column, "firm_id");
    cr_assert_str_eq(error.value, "a");
    row = firm_row("");
    cr_assert_eq(tol_book_builder_add_firm(builder, &row, NULL), TOL_BAD_DATA);
    row = firm_row(long_id);
    cr_assert_eq(tol_book_builder_add_firm(builder, &row, NULL), TOL_BAD_DATA);
    row = firm_row("b");
    row.number[TOL_LOAN] = INFINITY;
    cr_assert_eq(tol_book_builder_add_firm(builder, &row, &error), TOL_BAD_DATA);
    cr_assert_str_eq(error.column, "loan_eur");
    row = firm_row("b");
    row.number[TOL_REVENUE] = NAN;
    cr_assert_eq(tol_book_builder_add_firm(builder, &row, NULL), TOL_BAD_DATA);
    row = firm_row("b");
    cr_assert_eq(tol_book_builder_add_firm(builder, &row, NULL), TOL_OK);
    struct tol_book *book = finish(builder);
    cr_assert_eq(book->firm_count, 2);
    tol_book_close(book);
}

Test(builder, refuses_bad_lines_and_stays_usable)
{
    static const char *const id[] = {"a"};
    static const double bad[] = {-1, NAN, INFINITY, -INFINITY, 1e19};
    struct tol_book_builder *builder = builder_with(id, 1);
    struct tol_error error;
    begin(builder, TOL_SALES);
    struct tol_line_row row = line_row("nobody", "0101", "US", "CN", 1);
    cr_assert_eq(tol_book_builder_add_line(builder, &row, &error), TOL_BAD_DATA);
    cr_assert_str_eq(error.value, "nobody");
    for (int i = 0; i < 5; i++) {
        row = line_row("a", "0101", "US", "CN", bad[i]);
        cr_assert_eq(tol_book_builder_add_line(builder, &row, NULL), TOL_BAD_DATA);
    }
    add(builder, line_row("a", "0101", "US", "CN", -0.0), "");
    struct tol_book *book = finish(builder);
    cr_assert_eq(book->side[TOL_SALES].line_count, 1);
    cr_assert_not(signbit(book->side[TOL_SALES].line_value_eur[0]));
    tol_book_close(book);
}

Test(builder, works_without_lines_or_with_purchases_alone)
{
    static const char *const id[] = {"a"};
    struct tol_book *book = finish(builder_with(id, 1));
    cr_assert_eq(book->side[TOL_SALES].line_count + book->side[TOL_PURCHASES].line_count, 0);
    cr_assert(isnan(book->side[TOL_SALES].concentration[0].hhi));
    tol_book_close(book);
    struct tol_book_builder *builder = builder_with(id, 1);
    begin(builder, TOL_PURCHASES);
    add(builder, line_row("a", "0101", "", "CN", 2), "");
    book = finish(builder);
    cr_assert_eq(book->side[TOL_SALES].line_count, 0);
    cr_assert_eq(book->side[TOL_PURCHASES].line_count, 1);
    tol_book_close(book);
}

Test(builder, a_book_needs_a_firm)
{
    struct tol_error error;
    char path[512];
    struct tol_book_builder *builder = builder_with(NULL, 0);
    cr_assert_eq(tol_book_builder_finish(builder, scratch_path(path, "a.book"), &error), TOL_BAD_DATA);
    cr_assert_eq(access(path, F_OK), -1);
    tol_book_builder_destroy(builder);
}

Test(builder, an_unwritable_place_is_an_error_and_leaves_nothing)
{
    struct tol_error error = {0};
    char path[512];
    struct portfolio portfolio = portfolio_create(3, 10, 1);
    scratch_path(path, "no/such/folder/a.book");
    cr_assert_eq(portfolio_try(&portfolio, tol_allocator_default(), path, &error), TOL_CANNOT_CREATE);
    cr_assert(strstr(error.file, "a.book") != NULL);
}

Test(builder, a_new_book_replaces_the_old_one)
{
    char path[512];
    struct portfolio portfolio = portfolio_create(3, 10, 1);
    file_write(scratch_path(path, "a.book"), "old", 3);
    portfolio_build(&portfolio, path);
    struct tol_book *book = book_open(path);
    cr_assert_eq(book->firm_count, 3);
    tol_book_close(book);
}

Test(builder, rejected_rows_are_counted)
{
    static const char *const id[] = {"a"};
    struct tol_book_builder *builder = builder_with(id, 1);
    tol_book_builder_count_rejected(builder, 3);
    tol_book_builder_count_rejected(builder, 4);
    struct tol_book *book = finish(builder);
    cr_assert_eq(book->rejected_count, 7);
    tol_book_close(book);
}
