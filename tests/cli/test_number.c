/* Doubles as text: they read back as the same bits and are as short as any text that does. */
#include "number.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void expect_text(double value, const char *expected)
{
    char text[NUMBER_TEXT_SIZE];
    size_t length = number_format(value, text);
    cr_assert_str_eq(text, expected);
    cr_assert_eq(length, strlen(expected));
}

Test(number, known_texts)
{
    expect_text(0.0, "0");
    expect_text(-0.0, "0");
    expect_text(0.1, "0.1");
    expect_text(1.0, "1");
    expect_text(-2.5, "-2.5");
    expect_text(0.779, "0.779");
    expect_text(0.1 + 0.2, "0.30000000000000004");
    expect_text(14172.0, "14172");
    expect_text(1e15, "1000000000000000");
    expect_text(9007199254740991.0, "9007199254740991");
    expect_text(0.001, "0.001");
    expect_text(0.0001, "0.0001");
    expect_text(1e-5, "1e-05");
    expect_text(1e300, "1e+300");
    expect_text(5e-324, "5e-324");
    expect_text(1.0 / 3.0, "0.3333333333333333");
}

/* Significant digits of a decimal text: without sign, point, leading and trailing zeros. */
static size_t significant(const char *text)
{
    size_t count = 0, zeros = 0;
    for (; *text != '\0' && *text != 'e'; text++) {
        if (*text == '0') {
            zeros += count > 0;
        } else if (*text >= '1' && *text <= '9') {
            count += zeros + 1;
            zeros = 0;
        }
    }
    return count;
}

static void expect_shortest(double value)
{
    char text[NUMBER_TEXT_SIZE], trial[64];
    number_format(value, text);
    cr_assert_eq(strtod(text, NULL), value, "%s does not read back as %.17g", text, value);
    int precision = 1;
    do {
        snprintf(trial, sizeof trial, "%.*g", precision, value);
        precision += 1;
    } while (strtod(trial, NULL) != value);
    cr_assert_eq(significant(text), significant(trial), "%s is not as short as %s", text, trial);
}

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

Test(number, reads_back_and_is_shortest)
{
    uint64_t state = 88172645463325252u;
    for (int i = 0; i < 50000; i++) {
        uint64_t bits = next(&state);
        double any;
        memcpy(&any, &bits, sizeof any);
        if (isfinite(any)) {
            expect_shortest(any);
        }
        double fraction = (double)(bits >> 11) * 0x1p-53;
        expect_shortest(fraction);
        expect_shortest(-fraction * 1e9);
        expect_shortest((double)(bits % 1000000u) / 1e4);
        expect_shortest((double)(bits % 100000000u) / 100);
    }
    for (int exponent = -20; exponent < 60; exponent++) {
        double power = ldexp(1.0, exponent);
        expect_shortest(power);
        expect_shortest(nextafter(power, 0));
        expect_shortest(nextafter(power, INFINITY));
    }
    double power = 1e-6;
    for (int i = 0; i < 24; i++, power *= 10) {
        expect_shortest(nextafter(power, 0));
        expect_shortest(power);
        expect_shortest(nextafter(power, INFINITY));
    }
}

Test(number, for_people)
{
    char text[64];
    number_people(1234567.891, 2, text, sizeof text);
    cr_assert_str_eq(text, "1,234,567.89");
    number_people(-999.0, 0, text, sizeof text);
    cr_assert_str_eq(text, "-999");
    number_people(-0.2, 0, text, sizeof text);
    cr_assert_str_eq(text, "0");
    number_people(NAN, 0, text, sizeof text);
    cr_assert_str_eq(text, "-");
    number_percent(0.779, 2, text, sizeof text);
    cr_assert_str_eq(text, "77.90 %");
    number_percent(NAN, 2, text, sizeof text);
    cr_assert_str_eq(text, "unknown");
}
