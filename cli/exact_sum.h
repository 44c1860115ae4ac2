/* Sums of amounts without any rounding until they are asked for: the same for any order of terms, and sums of parts add up to the sum of the whole.
 *
 * A sum is a whole number of quanta of 2^-64 (EUR: of what is added, less than that is cut off), kept as digits of 32 bits that may be owed to each other:
 * value = sum over k of digit[k] 2^(32 k - 64). */
#ifndef CLI_EXACT_SUM_H
#define CLI_EXACT_SUM_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { EXACT_SUM_DIGITS = 7, EXACT_SUM_QUANTUM = 64, EXACT_SUM_TEXT_SIZE = 64 };

struct exact_sum {
    int64_t digit[EXACT_SUM_DIGITS];
    double beyond; /* infinities and NaN, and terms of 2^148 and more as infinities; 0: none */
};

/* Terms between two calls of exact_sum_settle at most, those of sums that were added with exact_sum_join among them. */
#define EXACT_SUM_TERMS UINT64_C(0x40000000)

/* |value| below 2^148: no amount of money is greater (docs/supply-tables.md). */
static inline void exact_sum_add(struct exact_sum *sum, double value)
{
    enum { EXPONENT_MOST = 1170, MANTISSA_BITS = 52, EXPONENT_OF_ONE = 1023 };
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    unsigned exponent = (unsigned)(bits >> MANTISSA_BITS) & 0x7ff;
    if (exponent > EXPONENT_MOST) {
        sum->beyond += value < 0 ? -INFINITY : value > 0 ? INFINITY : value;
        return;
    }
    uint64_t mantissa = (bits & ((UINT64_C(1) << MANTISSA_BITS) - 1)) | UINT64_C(1) << MANTISSA_BITS;
    int place = (int)exponent - EXPONENT_OF_ONE - MANTISSA_BITS + EXACT_SUM_QUANTUM;
    if (place < 0) {
        mantissa = place > -64 ? mantissa >> -place : 0;
        place = 0;
    }
    unsigned shift = (unsigned)place & 31, first = (unsigned)place >> 5;
    uint64_t low = mantissa << shift;
    uint64_t high = mantissa >> 1 >> (63 - shift);
    int64_t sign = -(int64_t)(bits >> 63);
    sum->digit[first] += ((int64_t)(low & UINT32_MAX) ^ sign) - sign;
    sum->digit[first + 1] += ((int64_t)(low >> 32) ^ sign) - sign;
    sum->digit[first + 2] += ((int64_t)high ^ sign) - sign;
}

/* Pays what digits owe each other: those below the last are then from 0 to 2^32 - 1. */
void exact_sum_settle(struct exact_sum *sum);
/* Adds a sum to another and settles. */
void exact_sum_join(struct exact_sum *sum, const struct exact_sum *other);
/* The nearest double, ties to even; infinities and NaN as plain addition gives them in any order. */
double exact_sum_get(const struct exact_sum *sum);

/* Hexadecimal, whole quanta: "-1f", and "inf", "-inf", "nan". */
void exact_sum_format(const struct exact_sum *sum, char text[EXACT_SUM_TEXT_SIZE]);
/* False when the text is not of exact_sum_format. */
bool exact_sum_parse(const char *text, struct exact_sum *sum);

#endif
