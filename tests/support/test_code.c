#include <criterion/criterion.h>
#include <string.h>

#include "tolmuur/code.h"

TestSuite(code);

static tol_country country(const char *text)
{
    tol_country code = 0;
    cr_assert(tol_country_parse(text, &code), "%s", text);
    return code;
}

static tol_product product(const char *text)
{
    tol_product code = 0;
    cr_assert(tol_product_parse(text, 2, &code), "%s", text);
    return code;
}

Test(code, countries_round_trip)
{
    char text[TOL_COUNTRY_TEXT_SIZE];
    tol_country_format(country("NL"), text);
    cr_assert_str_eq(text, "NL");
    cr_assert_eq(country("NL"), 'N' << 8 | 'L');
}

Test(code, only_two_capitals_are_a_country_code)
{
    const char *const bad[] = {"", "N", "nl", "NLD", "N1", "1N", "N "};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        tol_country code;
        cr_assert_not(tol_country_parse(bad[i], &code), "%s", bad[i]);
    }
}

Test(code, assigned_countries_exist_and_others_do_not)
{
    const char *const yes[] = {"NL", "DE", "CN", "US", "TW", "HK", "XK", "NA", "GB"};
    const char *const no[] = {"XX", "ZZ", "UK", "EU", "AA"};
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++) {
        cr_assert(tol_country_exists(country(yes[i])), "%s", yes[i]);
    }
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++) {
        cr_assert_not(tol_country_exists(country(no[i])), "%s", no[i]);
    }
}

Test(code, other_nomenclatures_are_mapped)
{
    const char *const pairs[][2] = {{"NLD", "NL"},  {"4210", "NL"}, {"deu", "DE"}, {"4280", "DE"},
                                    {"5700", "CN"}, {"UK", "GB"},   {"el", "GR"},  {"gb", "GB"},
                                    {"5082", "PS"}, {"5083", "PS"}, {"XKX", "XK"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        tol_country code = 0;
        cr_assert(tol_country_from_any(pairs[i][0], &code), "%s", pairs[i][0]);
        cr_assert_eq(code, country(pairs[i][1]), "%s", pairs[i][0]);
    }
}

Test(code, unknown_codes_of_any_nomenclature_are_refused)
{
    const char *const bad[] = {"", "N", "ZZ", "ZZZ", "9999", "508", "50 8", "Netherlands", "EU"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        tol_country code;
        cr_assert_not(tol_country_from_any(bad[i], &code), "%s", bad[i]);
    }
}

Test(code, the_union_has_its_twenty_seven_members)
{
    unsigned members = 0;
    for (char a = 'A'; a <= 'Z'; a++) {
        for (char b = 'A'; b <= 'Z'; b++) {
            members += tol_country_in_eu((tol_country)(a << 8 | b));
        }
    }
    cr_assert_eq(members, 27);
    cr_assert(tol_country_in_eu(country("NL")));
    cr_assert(tol_country_in_eu(country("HR")));
    cr_assert_not(tol_country_in_eu(country("GB")));
    cr_assert_not(tol_country_in_eu(country("CH")));
}

Test(code, names)
{
    cr_assert_str_eq(tol_country_name(country("NL")), "Netherlands");
    cr_assert_str_empty(tol_country_name(country("ZZ")));
}

Test(code, products_round_trip_with_their_length)
{
    const char *const texts[] = {"01", "0101", "010121", "01012100", "0101210010", "8703230190", "00"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        char text[TOL_PRODUCT_TEXT_SIZE];
        tol_product_format(product(texts[i]), text);
        cr_assert_str_eq(text, texts[i]);
        cr_assert_eq(tol_product_digits(product(texts[i])), strlen(texts[i]));
    }
}

Test(code, dots_between_digits_do_not_count)
{
    cr_assert_eq(product("8703.23.01.90"), product("8703230190"));
    cr_assert_eq(product("0101.21"), product("010121"));
}

Test(code, what_is_not_a_product_is_refused)
{
    const char *const bad[] = {"", "8", "87032301900", "87o3", ".8703", "8703.", "87..03", "8703 23", "-8703", "８７"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        tol_product code;
        cr_assert_not(tol_product_parse(bad[i], 2, &code), "%s", bad[i]);
    }
    tol_product code;
    cr_assert_not(tol_product_parse("87", 4, &code));
    cr_assert(tol_product_parse("8703", 4, &code));
}

Test(code, products_sort_as_text_does)
{
    cr_assert_lt(product("01"), product("0101"));
    cr_assert_lt(product("0101"), product("0102"));
    cr_assert_lt(product("0101999999"), product("0102"));
}

Test(code, prefixes)
{
    cr_assert(tol_product_under(product("8703230190"), product("8703")));
    cr_assert(tol_product_under(product("8703"), product("8703")));
    cr_assert_not(tol_product_under(product("8703"), product("870323")));
    cr_assert_not(tol_product_under(product("8704210100"), product("8703")));
    cr_assert(tol_product_under(product("0101210010"), product("01")));
}
