#include <criterion/criterion.h>
#include <string.h>

#include "fixture.h"

Test(reader, names_of_numbers_are_those_of_the_columns)
{
    cr_assert_str_eq(tol_firm_number_name(TOL_REVENUE), "revenue_eur");
    cr_assert_str_eq(tol_firm_number_name(TOL_PURCHASES_TOTAL), "purchases_eur");
    cr_assert_str_eq(tol_firm_number_name(TOL_LOAN), "loan_eur");
    cr_assert_str_eq(tol_firm_number_name(TOL_LIQUIDITY), "liquidity");
    for (int i = 0; i < TOL_FIRM_NUMBER_COUNT; i++) {
        cr_assert_lt(strlen(tol_firm_number_name((enum tol_firm_number)i)), 24);
    }
}

Test(reader, every_array_is_aligned)
{
    char path[512];
    struct portfolio portfolio = portfolio_create(7, 31, 2);
    portfolio_build(&portfolio, scratch_path(path, "a.book"));
    struct tol_book *book = book_open(path);
    const void *array[] = {book->firm_id_start,
                           book->firm_id_text,
                           book->firm_country,
                           book->firm_sector,
                           book->firm_number[TOL_LIQUIDITY],
                           book->side[0].cell,
                           book->side[0].line_start,
                           book->side[0].line_cell,
                           book->side[0].line_value_eur,
                           book->side[1].link_start,
                           book->side[1].link_firm,
                           book->side[1].link_value_eur,
                           book->side[1].concentration};
    for (size_t i = 0; i < sizeof array / sizeof array[0]; i++) {
        cr_assert_eq((uintptr_t)array[i] % 64, 0, "array %zu", i);
    }
    tol_book_close(book);
}

Test(reader, every_firm_verifies_alone)
{
    char path[512];
    struct portfolio portfolio = portfolio_create(200, 4000, 8);
    portfolio_build(&portfolio, scratch_path(path, "a.book"));
    struct tol_book *book = book_open(path);
    for (uint64_t firm = 0; firm < book->firm_count; firm++) {
        cr_assert_eq(tol_book_verify_firm(book, firm, NULL), TOL_OK);
    }
    tol_book_close(book);
}
