#include "number.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

enum { MOST_DIGITS = 17, SURE_DIGITS = 15 };

static const uint64_t power_of_ten[20] = {1u,
                                          10u,
                                          100u,
                                          1000u,
                                          10000u,
                                          100000u,
                                          1000000u,
                                          10000000u,
                                          100000000u,
                                          1000000000u,
                                          10000000000u,
                                          100000000000u,
                                          1000000000000u,
                                          10000000000000u,
                                          100000000000000u,
                                          1000000000000000u,
                                          10000000000000000u,
                                          100000000000000000u,
                                          1000000000000000000u,
                                          10000000000000000000u};

/* Digits of a value m 2^-shift, 1e-4 <= value < 2^53, exact in 128 bits: digits / 10^scale lies inside the interval of numbers that
 * round to this double and has as few digits as any there. */
static void shortest_digits(uint64_t mantissa, int shift, int scale, uint64_t *digits, int *places)
{
    wide power = power_of_ten[scale > 19 ? 19 : scale];
    power *= scale > 19 ? power_of_ten[scale - 19] : 1u;
    /* All doubled, so that the half-way points are whole: value = middle / 2^(shift + 1), neighbours half a unit away. */
    wide middle = 2u * (wide)mantissa * power;
    wide low = (2u * (wide)mantissa - 1u) * power;
    wide high = (2u * (wide)mantissa + 1u) * power;
    wide unit = (wide)1 << (shift + 1);
    for (uint64_t step = power_of_ten[MOST_DIGITS - SURE_DIGITS]; step >= 1; step /= 10) {
        wide step_unit = unit * step;
        wide below = middle / step_unit;
        wide rest = middle - below * step_unit;
        wide nearest = rest * 2u >= step_unit ? below + 1u : below;
        wide candidate = nearest * step_unit;
        if ((candidate > low && candidate < high) || step == 1) {
            *digits = (uint64_t)nearest * step;
            break;
        }
    }
    *places = scale;
    while (*places > 0 && *digits % 10u == 0) {
        *digits /= 10u;
        *places -= 1;
    }
}

static size_t put_decimal(uint64_t digits, int places, bool negative, char *text)
{
    char reversed[NUMBER_TEXT_SIZE];
    size_t count = 0;
    for (int place = 0; digits > 0 || place <= places; place++) {
        if (place == places && places > 0) {
            reversed[count++] = '.';
        }
        reversed[count++] = (char)('0' + digits % 10u);
        digits /= 10u;
    }
    if (negative) {
        reversed[count++] = '-';
    }
    for (size_t i = 0; i < count; i++) {
        text[i] = reversed[count - 1 - i];
    }
    text[count] = '\0';
    return count;
}

/* Any finite double, by trial. */
static size_t format_by_trial(double value, char *text)
{
    int length = 0;
    /* Numbers below the normal range have fewer digits to tell apart. */
    for (int precision = fabs(value) < DBL_MIN ? 1 : SURE_DIGITS; precision <= MOST_DIGITS; precision++) {
        length = snprintf(text, NUMBER_TEXT_SIZE, "%.*g", precision, value);
        if (strtod(text, NULL) == value) {
            break;
        }
    }
    return (size_t)length;
}

size_t number_format(double value, char text[NUMBER_TEXT_SIZE])
{
    double size = fabs(value);
    if (size == 0) {
        memcpy(text, "0", 2);
        return 1;
    }
    if (size < 1e-4 || size >= 0x1p53) {
        return format_by_trial(value, text);
    }
    int exponent;
    uint64_t mantissa = (uint64_t)ldexp(frexp(size, &exponent), 53);
    int shift = 53 - exponent;
    /* Below a power of two the interval is half as wide: step aside rather than carry a special case. */
    if (mantissa == (uint64_t)1 << 52) {
        return format_by_trial(value, text);
    }
    int scale = MOST_DIGITS - 1;
    double bound = 10;
    while (bound <= size) {
        bound *= 10;
        scale -= 1;
    }
    bound = 1;
    while (bound > size) {
        bound /= 10;
        scale += 1;
    }
    uint64_t digits = 0;
    int places = 0;
    shortest_digits(mantissa, shift, scale, &digits, &places);
    return put_decimal(digits, places, value < 0, text);
}

void number_people(double value, int decimals, char *text, size_t size)
{
    if (!isfinite(value)) {
        snprintf(text, size, "-");
        return;
    }
    char plain[400];
    snprintf(plain, sizeof plain, "%.*f", decimals, fabs(value));
    size_t whole = strcspn(plain, ".");
    bool zero = strspn(plain, "0.") == strlen(plain);
    size_t used = 0;
    if (value < 0 && !zero && used + 1 < size) {
        text[used++] = '-';
    }
    for (size_t i = 0; plain[i] != '\0' && used + 2 < size; i++) {
        if (i > 0 && i < whole && (whole - i) % 3 == 0) {
            text[used++] = ',';
        }
        text[used++] = plain[i];
    }
    text[used] = '\0';
}

void number_percent(double fraction, int decimals, char *text, size_t size)
{
    if (!isfinite(fraction)) {
        snprintf(text, size, "unknown");
        return;
    }
    double percent = fraction * 100;
    snprintf(text, size, "%.*f %%", decimals, percent == 0 ? 0.0 : percent);
}
