#include <criterion/criterion.h>
#include <math.h>

#include "fixture.h"

static struct tol_book *built(const struct tol_line_row *sales, const struct tol_line_row *purchases, size_t count)
{
    char path[512];
    struct tol_book_builder *builder;
    cr_assert_eq(tol_book_builder_create(tol_allocator_default(), &builder, NULL), TOL_OK);
    static const char *const id[] = {"a", "b", "c"};
    for (int i = 0; i < 3; i++) {
        struct tol_firm_row row = firm_row(id[i]);
        cr_assert_eq(tol_book_builder_add_firm(builder, &row, NULL), TOL_OK);
    }
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        cr_assert_eq(tol_book_builder_begin_lines(builder, (enum tol_side)side, NULL), TOL_OK);
        for (size_t i = 0; i < count; i++) {
            cr_assert_eq(tol_book_builder_add_line(builder, side == TOL_SALES ? &sales[i] : &purchases[i], NULL),
                         TOL_OK);
        }
    }
    cr_assert_eq(tol_book_builder_finish(builder, scratch_path(path, "a.book"), NULL), TOL_OK);
    tol_book_builder_destroy(builder);
    return book_open(path);
}

Test(concentration, figures_of_a_worked_example)
{
    struct tol_line_row sales[] = {line_row("a", "0101", "US", "NL", 50), line_row("a", "0102", "US", "NL", 10),
                                   line_row("a", "0101", "DE", "NL", 30), line_row("a", "0101", "CN", "NL", 10)};
    struct tol_line_row purchases[] = {line_row("a", "0101", "NL", "CN", 25), line_row("a", "0102", "NL", "CN", 25),
                                       line_row("a", "0101", "NL", "US", 25), line_row("a", "0101", "NL", "VN", 25)};
    sales[0].counterpart_id = "b";
    sales[1].counterpart_id = "c";
    sales[2].counterpart_id = "c";
    struct tol_book *book = built(sales, purchases, 4);
    struct tol_concentration sold = book->side[TOL_SALES].concentration[0];
    struct tol_concentration bought = book->side[TOL_PURCHASES].concentration[0];
    cr_assert_eq(sold.total_eur, 100);
    cr_assert_eq(sold.watched_eur, 60);
    cr_assert_float_eq(sold.hhi, 0.36 + 0.09 + 0.01, 1e-15);
    cr_assert_float_eq(sold.largest_partner_share, 0.5, 1e-15);
    cr_assert_eq(bought.watched_eur, 50);
    cr_assert_float_eq(bought.hhi, 0.25 + 2 * 0.0625, 1e-15);
    cr_assert_eq(bought.largest_partner_share, 0);
    tol_book_close(book);
}

Test(concentration, one_country_is_exactly_one)
{
    struct tol_line_row sales[] = {line_row("a", "0101", "US", "NL", 0.1), line_row("a", "0102", "US", "NL", 0.7)};
    struct tol_book *book = built(sales, sales, 2);
    cr_assert_eq(book->side[TOL_SALES].concentration[0].hhi, 1);
    cr_assert_eq(book->side[TOL_SALES].concentration[0].watched_eur, book->side[TOL_SALES].concentration[0].total_eur);
    tol_book_close(book);
}

Test(concentration, no_lines_and_lines_of_nothing_have_no_shares)
{
    struct tol_line_row sales[] = {line_row("b", "0101", "US", "NL", 0)};
    struct tol_book *book = built(sales, sales, 1);
    for (int firm = 0; firm < 2; firm++) {
        struct tol_concentration none = book->side[TOL_SALES].concentration[firm];
        cr_assert_eq(none.total_eur, 0);
        cr_assert_eq(none.watched_eur, 0);
        cr_assert(isnan(none.hhi) && isnan(none.largest_partner_share));
    }
    tol_book_close(book);
}
