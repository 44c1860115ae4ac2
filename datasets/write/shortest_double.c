#include "write/shortest_double.h"

#include <stdbool.h>
#include <string.h>

#define LIMBS 21 /* 1344 bits: 2^1343 / 10^292 and 10^324 both keep more than 128 */

__extension__ typedef unsigned __int128 wide;

/* A natural number, lowest limb first. */
struct natural {
    uint64_t limb[LIMBS];
};

static void multiply_by_ten(struct natural *number)
{
    uint64_t carry = 0;
    for (int i = 0; i < LIMBS; i++) {
        wide product = (wide)number->limb[i] * 10 + carry;
        number->limb[i] = (uint64_t)product;
        carry = (uint64_t)(product >> 64);
    }
}

static void divide_by_ten(struct natural *number)
{
    uint64_t rest = 0;
    for (int i = LIMBS - 1; i >= 0; i--) {
        wide dividend = (wide)rest << 64 | number->limb[i];
        number->limb[i] = (uint64_t)(dividend / 10);
        rest = (uint64_t)(dividend % 10);
    }
}

/* The highest 128 bits; *exact says whether all bits below are zero. Numbers with fewer bits are shifted up. */
static wide highest_bits(const struct natural *number, bool *exact)
{
    int top = LIMBS - 1;
    while (number->limb[top] == 0) {
        top--;
    }
    int shift = __builtin_clzll(number->limb[top]);
    uint64_t next = top > 0 ? number->limb[top - 1] : 0;
    uint64_t third = top > 1 ? number->limb[top - 2] : 0;
    wide bits = (wide)number->limb[top] << 64 | next;
    *exact = (shift == 0 ? third : third << shift) == 0;
    if (shift > 0) {
        bits = bits << shift | third >> (64 - shift);
    }
    for (int i = top - 3; i >= 0; i--) {
        *exact &= number->limb[i] == 0;
    }
    return bits;
}

static void set_power(struct tol_shortest_table *table, int power, const struct natural *number, bool division)
{
    bool exact;
    wide bits = highest_bits(number, &exact);
    bits += division || !exact; /* a power of a tenth is never exact */
    table->power[power - TOL_SHORTEST_POWER_MIN].high = (uint64_t)(bits >> 64);
    table->power[power - TOL_SHORTEST_POWER_MIN].low = (uint64_t)bits;
}

void tol_shortest_table_init(struct tol_shortest_table *table)
{
    struct natural number = {{1}};
    for (int power = 0; power <= TOL_SHORTEST_POWER_MAX; power++) {
        set_power(table, power, &number, false);
        multiply_by_ten(&number);
    }
    number = (struct natural){{0}};
    number.limb[LIMBS - 1] = UINT64_C(1) << 63;
    for (int power = -1; power >= TOL_SHORTEST_POWER_MIN; power--) {
        divide_by_ten(&number); /* floor of floor is the floor of the whole division */
        set_power(table, power, &number, true);
    }
}

/* Floor of log2(10^e) and of log10(2^e), log10(3/4 2^e), for the exponents of doubles. Shifts of negative numbers are arithmetic. */
static int floor_log2_pow10(int e)
{
    return (e * 1741647) >> 19;
}

static int floor_log10_pow2(int e, bool three_quarters)
{
    return (e * 1262611 - (three_quarters ? 524031 : 0)) >> 22;
}

/* Product of a power and factor, shifted down by 128, its last bit set when anything was lost. */
static uint64_t round_to_odd(uint64_t high, uint64_t low, uint64_t factor)
{
    wide lower = (wide)low * factor;
    wide upper = (wide)high * factor + (uint64_t)(lower >> 64);
    return (uint64_t)(upper >> 64) | ((uint64_t)upper > 1);
}

struct decimal {
    uint64_t digits;
    int exponent;
};

/* significand 2^exponent -> the shortest decimal inside the interval that rounds to it. */
static struct decimal shortest(const struct tol_shortest_table *table, uint64_t significand, int exponent,
                               bool lower_is_closer)
{
    bool even = significand % 2 == 0;
    int k = floor_log10_pow2(exponent, lower_is_closer);
    int h = exponent + floor_log2_pow10(-k) + 1;
    uint64_t high = table->power[-k - TOL_SHORTEST_POWER_MIN].high;
    uint64_t low = table->power[-k - TOL_SHORTEST_POWER_MIN].low;
    uint64_t below = round_to_odd(high, low, (4 * significand - 2 + lower_is_closer) << h);
    uint64_t value = round_to_odd(high, low, (4 * significand) << h);
    uint64_t above = round_to_odd(high, low, (4 * significand + 2) << h);
    uint64_t lower = below + !even;
    uint64_t upper = above - !even;
    uint64_t digits = value / 4;
    if (digits >= 10) {
        uint64_t tens = digits / 10;
        bool down_fits = lower <= 40 * tens;
        bool up_fits = 40 * tens + 40 <= upper;
        if (down_fits != up_fits) {
            return (struct decimal){tens + up_fits, k + 1};
        }
    }
    bool down_fits = lower <= 4 * digits;
    bool up_fits = 4 * digits + 4 <= upper;
    if (down_fits != up_fits) {
        return (struct decimal){digits + up_fits, k};
    }
    uint64_t middle = 4 * digits + 2;
    bool round_up = value > middle || (value == middle && digits % 2 == 1);
    return (struct decimal){digits + round_up, k};
}

static struct decimal decimal_of(const struct tol_shortest_table *table, uint64_t bits)
{
    uint64_t fraction = bits & ((UINT64_C(1) << 52) - 1);
    int biased = (int)(bits >> 52 & 0x7ff);
    if (biased == 0) {
        return shortest(table, fraction, -1074, false);
    }
    uint64_t significand = fraction | UINT64_C(1) << 52;
    int exponent = biased - 1075;
    if (exponent <= 0 && exponent > -53 && (significand & ((UINT64_C(1) << -exponent) - 1)) == 0) {
        return (struct decimal){significand >> -exponent, 0}; /* a whole number */
    }
    return shortest(table, significand, exponent, fraction == 0 && biased > 1);
}

/* 17 digits at the most, without zeros at the end; returns how many. */
static int write_digits(struct decimal *decimal, char digit[20])
{
    while (decimal->digits % 10 == 0) {
        decimal->digits /= 10;
        decimal->exponent++;
    }
    char reversed[20];
    int count = 0;
    for (uint64_t rest = decimal->digits; rest > 0; rest /= 10) {
        reversed[count++] = (char)('0' + rest % 10);
    }
    for (int i = 0; i < count; i++) {
        digit[i] = reversed[count - 1 - i];
    }
    return count;
}

static char *put_exponent(char *to, int exponent)
{
    *to++ = 'e';
    *to++ = exponent < 0 ? '-' : '+';
    exponent = exponent < 0 ? -exponent : exponent;
    if (exponent >= 100) {
        *to++ = (char)('0' + exponent / 100);
    }
    if (exponent >= 10) {
        *to++ = (char)('0' + exponent / 10 % 10);
    }
    *to++ = (char)('0' + exponent % 10);
    return to;
}

/* Plain notation from 1e-6 to below 1e21, else with an exponent. */
static char *lay_out(char *to, const char *digit, int count, int exponent)
{
    int point = count + exponent; /* digits before the point */
    if (point < -5 || point > 21) {
        *to++ = digit[0];
        if (count > 1) {
            *to++ = '.';
            memcpy(to, digit + 1, (size_t)(count - 1));
            to += count - 1;
        }
        return put_exponent(to, point - 1);
    }
    if (point <= 0) {
        memcpy(to, "0.000000", (size_t)(2 - point));
        to += 2 - point;
        memcpy(to, digit, (size_t)count);
        return to + count;
    }
    for (int i = 0; i < point; i++) {
        *to++ = i < count ? digit[i] : '0';
    }
    if (count > point) {
        *to++ = '.';
        memcpy(to, digit + point, (size_t)(count - point));
        to += count - point;
    }
    return to;
}

size_t tol_shortest_double(const struct tol_shortest_table *table, double number, char text[TOL_SHORTEST_TEXT_SIZE])
{
    uint64_t bits;
    char *to = text;
    memcpy(&bits, &number, sizeof bits);
    if (bits >> 63 != 0) {
        *to++ = '-';
        bits &= ~(UINT64_C(1) << 63);
    }
    if (bits == 0) {
        *to++ = '0';
    } else {
        char digit[20] = "";
        struct decimal decimal = decimal_of(table, bits);
        int count = write_digits(&decimal, digit);
        to = lay_out(to, digit, count, decimal.exponent);
    }
    *to = '\0';
    return (size_t)(to - text);
}
