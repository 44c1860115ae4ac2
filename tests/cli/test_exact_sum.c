#include "exact_sum.h"

#include <criterion/criterion.h>
#include <stdlib.h>

enum { TERMS = 4000 };

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Amounts of both signs from 1e-6 to 1e18, each a multiple of 2^-64. */
static double amount(uint64_t *state)
{
    double value = ldexp((double)(next_random(state) >> 11), (int)(next_random(state) % 60) - 53);
    return next_random(state) % 2 == 0 ? value : -value;
}

static void check_same(const struct exact_sum *one, const struct exact_sum *other)
{
    char left[EXACT_SUM_TEXT_SIZE], right[EXACT_SUM_TEXT_SIZE];
    double a = exact_sum_get(one), b = exact_sum_get(other);
    exact_sum_format(one, left);
    exact_sum_format(other, right);
    cr_assert_str_eq(left, right);
    cr_assert_eq(memcmp(&a, &b, sizeof a), 0);
}

Test(exact_sum, does_not_depend_on_order_or_parts)
{
    static double value[TERMS];
    uint64_t state = 12345;
    struct exact_sum forward = {0}, backward = {0}, joined = {0};
    for (size_t i = 0; i < TERMS; i++) {
        value[i] = amount(&state);
        exact_sum_add(&forward, value[i]);
    }
    for (size_t i = TERMS; i > 0; i--) {
        exact_sum_add(&backward, value[i - 1]);
    }
    for (size_t at = 0; at < TERMS;) {
        struct exact_sum part = {0};
        for (size_t length = next_random(&state) % 100; length > 0 && at < TERMS; length--) {
            exact_sum_add(&part, value[at++]);
        }
        exact_sum_join(&joined, &part);
    }
    check_same(&forward, &backward);
    check_same(&forward, &joined);
    for (size_t i = 0; i < TERMS; i++) {
        exact_sum_add(&forward, -value[i]);
    }
    cr_assert_eq(exact_sum_get(&forward), 0.0);
}

__extension__ typedef __int128 wide;

/* The oracle is two's complement arithmetic of 128 bits: amounts of up to 2^60 in quanta of 2^-64. */
Test(exact_sum, is_the_nearest_double)
{
    uint64_t state = 99;
    for (size_t round = 0; round < 20000; round++) {
        struct exact_sum sum = {0};
        wide oracle = 0;
        for (size_t terms = 1 + next_random(&state) % 4; terms > 0; terms--) {
            int64_t whole = (int64_t)next_random(&state) >> (next_random(&state) % 60 + 4);
            double value = ldexp((double)(whole >> 8), (int)(next_random(&state) % 60) - 64);
            exact_sum_add(&sum, value);
            oracle += (wide)ldexp(value, 64);
        }
        double expected = ldexp((double)oracle, -64), got = exact_sum_get(&sum);
        cr_assert_eq(got, expected, "round %zu: %a, not %a", round, got, expected);
    }
}

Test(exact_sum, ties_go_to_even)
{
    struct exact_sum sum = {0};
    exact_sum_add(&sum, 9007199254740992.0); /* 2^53 */
    exact_sum_add(&sum, 1.0);
    cr_assert_eq(exact_sum_get(&sum), 9007199254740992.0);
    exact_sum_add(&sum, 0x1p-64);
    cr_assert_eq(exact_sum_get(&sum), 9007199254740994.0);
    exact_sum_add(&sum, -0x1p-64);
    exact_sum_add(&sum, 2.0);
    cr_assert_eq(exact_sum_get(&sum), 9007199254740996.0);
}

Test(exact_sum, keeps_what_plain_addition_loses)
{
    struct exact_sum sum = {0};
    const double values[] = {1.0, 0x1p147, 0x1p-64, 1.0, -0x1p147};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        exact_sum_add(&sum, values[i]);
    }
    cr_assert_eq(exact_sum_get(&sum), 2.0 + 0x1p-64 - 0x1p-64);
    char text[EXACT_SUM_TEXT_SIZE];
    exact_sum_format(&sum, text);
    cr_assert_str_eq(text, "20000000000000001");
}

Test(exact_sum, cuts_what_is_below_a_quantum)
{
    struct exact_sum sum = {0};
    exact_sum_add(&sum, 0x1.8p-64);
    exact_sum_add(&sum, -0x1.8p-64);
    exact_sum_add(&sum, 0x1p-65);
    exact_sum_add(&sum, 4.9e-324);
    cr_assert_eq(exact_sum_get(&sum), 0.0);
    exact_sum_add(&sum, 0x1.8p-64);
    cr_assert_eq(exact_sum_get(&sum), 0x1p-64);
}

Test(exact_sum, what_is_no_amount_stays)
{
    struct exact_sum sum = {0}, other = {0};
    exact_sum_add(&sum, INFINITY);
    exact_sum_add(&sum, 5.0);
    cr_assert_eq(exact_sum_get(&sum), INFINITY);
    exact_sum_add(&other, -1e300);
    cr_assert_eq(exact_sum_get(&other), -INFINITY);
    exact_sum_join(&sum, &other);
    cr_assert(isnan(exact_sum_get(&sum)));
    struct exact_sum unknown = {0};
    exact_sum_add(&unknown, NAN);
    exact_sum_add(&unknown, 1.0);
    cr_assert(isnan(exact_sum_get(&unknown)));
}

Test(exact_sum, texts_are_read_back)
{
    uint64_t state = 7;
    for (size_t round = 0; round < 1000; round++) {
        struct exact_sum sum = {0}, read;
        char text[EXACT_SUM_TEXT_SIZE];
        for (size_t terms = next_random(&state) % 6; terms > 0; terms--) {
            exact_sum_add(&sum, amount(&state));
        }
        exact_sum_format(&sum, text);
        cr_assert(exact_sum_parse(text, &read), "%s", text);
        check_same(&sum, &read);
    }
    static const char *const wrong[] = {"",
                                        "-",
                                        "-0",
                                        "00",
                                        "0x1",
                                        "1g",
                                        "+1",
                                        " 1",
                                        "1 ",
                                        "-nan",
                                        "Inf",
                                        "A",
                                        "123456789012345678901234567890123456789012345678901234567"};
    struct exact_sum read;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        cr_assert_not(exact_sum_parse(wrong[i], &read), "%s", wrong[i]);
    }
    cr_assert(exact_sum_parse("-inf", &read) && exact_sum_get(&read) == -INFINITY);
    cr_assert(exact_sum_parse("nan", &read) && isnan(exact_sum_get(&read)));
}
