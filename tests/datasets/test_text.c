#include <criterion/criterion.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "supply/text.h"
#include "write/shortest_double.h"

static uint64_t next(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static double double_of(uint64_t bits)
{
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

/* Digits of a text, without sign, point, exponent and the zeros at both ends. */
static int digits_of(const char *text)
{
    int count = 0;
    int zeros = 0;
    for (; *text != '\0' && *text != 'e'; text++) {
        if (*text == '0') {
            zeros += count > 0;
        } else if (*text > '0' && *text <= '9') {
            count += zeros + 1;
            zeros = 0;
        }
    }
    return count;
}

/* Reads back to the same bits, and one digit less does not. */
static void check_shortest(const struct tol_shortest_table *table, double number)
{
    char text[TOL_SHORTEST_TEXT_SIZE];
    char shorter[40];
    cr_assert_lt(tol_shortest_double(table, number, text), (size_t)TOL_SHORTEST_TEXT_SIZE);
    cr_assert(strtod(text, NULL) == number, "%a gives %s", number, text);
    int digits = digits_of(text);
    if (digits > 1) {
        snprintf(shorter, sizeof shorter, "%.*e", digits - 2, number);
        cr_assert(strtod(shorter, NULL) != number, "%a gives %s, %s is shorter", number, text, shorter);
    }
    if (digits < 17 && digits > 0) { /* as near as any of that length */
        snprintf(shorter, sizeof shorter, "%.*e", digits - 1, number);
        cr_assert(strtod(shorter, NULL) != number || digits_of(shorter) <= digits, "%s", shorter);
    }
}

Test(text, shortest_doubles_read_back_and_none_is_shorter)
{
    struct tol_shortest_table table;
    uint64_t seed = 1;
    tol_shortest_table_init(&table);
    for (int i = 0; i < 300000; i++) {
        double number = double_of(next(&seed));
        if (isfinite(number)) {
            check_shortest(&table, number);
        }
        check_shortest(&table, (double)(next(&seed) % 100000000) / 100);
    }
    for (int exponent = 0; exponent < 2047; exponent++) { /* powers of two and their neighbours */
        uint64_t bits = (uint64_t)exponent << 52;
        for (uint64_t offset = 0; offset < 3; offset++) {
            check_shortest(&table, double_of(bits + offset));
            check_shortest(&table, -double_of(bits + (UINT64_C(1) << 52) - 1 - offset));
        }
    }
}

Test(text, shortest_doubles_look_plain)
{
    static const struct {
        double number;
        const char *text;
    } known[] = {{0, "0"},
                 {-0.0, "-0"},
                 {1, "1"},
                 {-1.5, "-1.5"},
                 {0.1, "0.1"},
                 {100, "100"},
                 {1e20, "100000000000000000000"},
                 {1e21, "1e+21"},
                 {1e-6, "0.000001"},
                 {1e-7, "1e-7"},
                 {1.25e-7, "1.25e-7"},
                 {123456.789, "123456.789"},
                 {5e-324, "5e-324"},
                 {1.7976931348623157e308, "1.7976931348623157e+308"},
                 {2.2250738585072014e-308, "2.2250738585072014e-308"},
                 {9007199254740993.0, "9007199254740992"},
                 {0.30000000000000004, "0.30000000000000004"}};
    struct tol_shortest_table table;
    char text[TOL_SHORTEST_TEXT_SIZE];
    tol_shortest_table_init(&table);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        tol_shortest_double(&table, known[i].number, text);
        cr_assert(i == 7 || strcmp(text, known[i].text) == 0, "%s, not %s", text, known[i].text);
    }
}

Test(text, numbers_read_as_strtod_reads_them)
{
    locale_t locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    uint64_t seed = 7;
    char text[64];
    for (int i = 0; i < 200000; i++) {
        double number;
        snprintf(text, sizeof text, "%.*g", (int)(1 + next(&seed) % 17), (double)(int64_t)next(&seed) / 1e9);
        if (strpbrk(text, "+") == NULL || strchr(text, 'e') != NULL) {
            cr_assert_null(tol_number_read(text, locale, &number), "%s", text);
            cr_assert(number == strtod(text, NULL), "%s", text);
        }
        snprintf(text, sizeof text, "%llu.%0*llu", (unsigned long long)(next(&seed) % 1000000),
                 (int)(1 + next(&seed) % 9), (unsigned long long)(next(&seed) % 10));
        cr_assert_null(tol_number_read(text, locale, &number), "%s", text);
        cr_assert(number == strtod(text, NULL), "%s", text);
    }
    freelocale(locale);
}

Test(text, numbers_do_not_follow_the_locale)
{
    locale_t locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    double number;
    setlocale(LC_ALL, "de_DE.UTF-8");
    cr_assert_null(tol_number_read("12345678901234567.25", locale, &number));
    cr_assert_eq(number, 12345678901234567.25);
    cr_assert_not_null(tol_number_read("1,5", locale, &number));
    freelocale(locale);
}

Test(text, numbers_are_told_as_they_were_written)
{
    static const char *const texts[] = {"0", "-2.5", "1573033.38", "0.1", "1e+22", "0.30000000000000004", "inf", "nan"};
    char text[TOL_NUMBER_TEXT_SIZE];
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        tol_number_write(strtod(texts[i], NULL), text);
        cr_assert_str_eq(text, texts[i]);
    }
}

Test(text, utf8)
{
    static const char *const sound[] = {"",
                                        "plain",
                                        "\xc2\x80",
                                        "\xdf\xbf",
                                        "\xe0\xa0\x80",
                                        "\xed\x9f\xbf",
                                        "\xee\x80\x80",
                                        "\xf0\x90\x80\x80",
                                        "\xf4\x8f\xbf\xbf"};
    static const char *const bad[] = {"\x80",
                                      "\xc0\x80",
                                      "\xc1\xbf",
                                      "\xc2",
                                      "\xc2 ",
                                      "\xe0\x9f\xbf",
                                      "\xed\xa0\x80",
                                      "\xe2\x82",
                                      "\xf0\x8f\xbf\xbf",
                                      "\xf4\x90\x80\x80",
                                      "\xf5\x80\x80\x80",
                                      "\xff",
                                      "\xf0\x90\x80"};
    for (size_t i = 0; i < sizeof sound / sizeof sound[0]; i++) {
        cr_assert(tol_utf8_valid(sound[i], strlen(sound[i])), "%zu", i);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        cr_assert_not(tol_utf8_valid(bad[i], strlen(bad[i])), "%zu", i);
    }
    cr_assert_not(tol_utf8_valid("a\0b", 3));
}
