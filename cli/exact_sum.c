#include "exact_sum.h"

#include <stdio.h>

/* Of a settled sum without its sign, with room for what stands above the last digit. */
enum { MAGNITUDE_DIGITS = EXACT_SUM_DIGITS + 1 };

void exact_sum_settle(struct exact_sum *sum)
{
    for (size_t k = 0; k + 1 < EXACT_SUM_DIGITS; k++) {
        int64_t kept = (int64_t)((uint64_t)sum->digit[k] & UINT32_MAX);
        sum->digit[k + 1] += (sum->digit[k] - kept) / (INT64_C(1) << 32);
        sum->digit[k] = kept;
    }
}

void exact_sum_join(struct exact_sum *sum, const struct exact_sum *other)
{
    struct exact_sum settled = *other;
    exact_sum_settle(&settled);
    exact_sum_settle(sum);
    for (size_t k = 0; k < EXACT_SUM_DIGITS; k++) {
        sum->digit[k] += settled.digit[k];
    }
    sum->beyond += other->beyond;
    exact_sum_settle(sum);
}

/* The digits of the value's size; true when the value is negative. The last digit of a settled sum has its sign. */
static bool take_magnitude(const struct exact_sum *sum, uint32_t magnitude[MAGNITUDE_DIGITS])
{
    struct exact_sum settled = *sum;
    exact_sum_settle(&settled);
    bool negative = settled.digit[EXACT_SUM_DIGITS - 1] < 0;
    if (negative) {
        for (size_t k = 0; k < EXACT_SUM_DIGITS; k++) {
            settled.digit[k] = -settled.digit[k];
        }
        exact_sum_settle(&settled);
    }
    for (size_t k = 0; k < EXACT_SUM_DIGITS; k++) {
        magnitude[k] = (uint32_t)((uint64_t)settled.digit[k] & UINT32_MAX);
    }
    magnitude[MAGNITUDE_DIGITS - 1] = (uint32_t)((uint64_t)settled.digit[EXACT_SUM_DIGITS - 1] >> 32);
    return negative;
}

static int highest_digit(const uint32_t magnitude[MAGNITUDE_DIGITS])
{
    int top = MAGNITUDE_DIGITS - 1;
    while (top >= 0 && magnitude[top] == 0) {
        top--;
    }
    return top;
}

double exact_sum_get(const struct exact_sum *sum)
{
    uint32_t magnitude[MAGNITUDE_DIGITS];
    if (sum->beyond != 0) {
        return sum->beyond;
    }
    bool negative = take_magnitude(sum, magnitude);
    int top = highest_digit(magnitude);
    if (top < 0) {
        return 0;
    }
    /* The 64 bits from the highest one on; what lies below only decides ties, so that one more bit stands for all of it. */
    unsigned lead = 0;
    while ((magnitude[top] << lead & UINT32_C(0x80000000)) == 0) {
        lead++;
    }
    uint64_t next = top > 0 ? magnitude[top - 1] : 0, last = top > 1 ? magnitude[top - 2] : 0;
    uint64_t bits = ((uint64_t)magnitude[top] << 32 | next) << lead | last << lead >> 32;
    bool more = (last << lead & UINT32_MAX) != 0;
    for (int k = top - 3; k >= 0; k--) {
        more = more || magnitude[k] != 0;
    }
    double value = ldexp((double)(bits | more), 32 * (top - 1) - EXACT_SUM_QUANTUM - (int)lead);
    return negative ? -value : value;
}

void exact_sum_format(const struct exact_sum *sum, char text[EXACT_SUM_TEXT_SIZE])
{
    uint32_t magnitude[MAGNITUDE_DIGITS];
    if (sum->beyond != 0) {
        snprintf(text, EXACT_SUM_TEXT_SIZE, "%s", isnan(sum->beyond) ? "nan" : sum->beyond < 0 ? "-inf" : "inf");
        return;
    }
    bool negative = take_magnitude(sum, magnitude);
    int top = highest_digit(magnitude);
    size_t used = (size_t)snprintf(text, EXACT_SUM_TEXT_SIZE, "%s%x", negative ? "-" : "",
                                   (unsigned)(top < 0 ? 0 : magnitude[top]));
    for (int k = top - 1; k >= 0; k--) {
        used += (size_t)snprintf(text + used, EXACT_SUM_TEXT_SIZE - used, "%08x", (unsigned)magnitude[k]);
    }
}

static int digit_of(char letter)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = letter == '\0' ? NULL : strchr(digits, letter);
    return found == NULL ? -1 : (int)(found - digits);
}

bool exact_sum_parse(const char *text, struct exact_sum *sum)
{
    *sum = (struct exact_sum){0};
    bool negative = text[0] == '-';
    const char *digits = text + negative;
    size_t length = strlen(digits);
    if (strcmp(digits, "inf") == 0 || strcmp(text, "nan") == 0) {
        sum->beyond = text[0] == 'n' ? (double)NAN : negative ? -INFINITY : INFINITY;
        return true;
    }
    bool plain = length > 0 && length <= 8 * EXACT_SUM_DIGITS && (digits[0] != '0' || (length == 1 && !negative));
    for (size_t i = 0; plain && i < length; i++) {
        int value = digit_of(digits[length - 1 - i]);
        plain = value >= 0;
        sum->digit[i / 8] += plain ? (int64_t)value << (i % 8 * 4) : 0;
    }
    for (size_t k = 0; plain && negative && k < EXACT_SUM_DIGITS; k++) {
        sum->digit[k] = -sum->digit[k];
    }
    exact_sum_settle(sum);
    return plain;
}
