#include "supply/text.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tolmuur/text.h"

bool tol_utf8_valid(const char *text, size_t length)
{
    for (size_t i = 0; i < length;) {
        size_t step = text[i] == '\0' ? 0 : tol_utf8_length(text + i, length - i);
        if (step == 0) {
            return false;
        }
        i += step;
    }
    return true;
}

static const char *skip_digits(const char *at)
{
    while (*at >= '0' && *at <= '9') {
        at++;
    }
    return at;
}

/* The end of the number at the start of text, or NULL. */
static const char *scan(const char *text)
{
    const char *at = text + (*text == '-');
    const char *digits = at;
    at = skip_digits(at);
    if (at == digits) {
        return NULL;
    }
    if (*at == '.') {
        digits = ++at;
        at = skip_digits(at);
        if (at == digits) {
            return NULL;
        }
    }
    if (*at == 'e' || *at == 'E') {
        at++;
        at += *at == '+' || *at == '-';
        digits = at;
        at = skip_digits(at);
        if (at == digits) {
            return NULL;
        }
    }
    return at;
}

/* Up to 15 digits with a few decimals: both parts are exact doubles, so one division rounds once. False when it is not that simple. */
static bool read_short(const char *text, double *number)
{
    static const double power[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    bool negative = *text == '-';
    uint64_t digits = 0;
    unsigned count = 0;
    unsigned decimals = 0;
    bool point = false;
    for (const char *at = text + negative; *at != '\0'; at++) {
        if (*at == '.') {
            point = true;
            continue;
        }
        if (*at < '0' || *at > '9' || ++count > 15) {
            return false;
        }
        digits = digits * 10 + (uint64_t)(*at - '0');
        decimals += point;
    }
    double value = (double)digits / power[decimals];
    *number = negative ? -value : value;
    return true;
}

const char *tol_number_read(const char *text, locale_t c_locale, double *number)
{
    static const char *const plain =
        "not a plain number; write digits with a decimal point and nothing else, as in 1234.56";
    const char *end = scan(text);
    if (end == NULL || *end != '\0') {
        const char *word = text + (*text == '-' || *text == '+');
        if (strcasecmp(word, "nan") == 0 || strncasecmp(word, "inf", 3) == 0) {
            return "not a finite number; leave the cell empty when the number is not known";
        }
        size_t length = strlen(text);
        if (length > 0 && (strchr(" \t", text[0]) != NULL || strchr(" \t", text[length - 1]) != NULL)) {
            return "a blank before or after the number; take it out";
        }
        if (strpbrk(text, ",_'") != NULL) {
            return "a separator inside the number; write it without, as in 1234.56";
        }
        return plain;
    }
    if (!read_short(text, number)) {
        *number = strtod_l(text, NULL, c_locale);
    }
    if (!isfinite(*number)) {
        return "beyond what a number can hold; check its exponent";
    }
    *number += 0.0; /* -0 becomes 0 */
    return NULL;
}

bool tol_sector_valid(const char *text)
{
    bool letter = *text >= 'A' && *text <= 'U';
    text += letter;
    if (*text == '\0') {
        return letter;
    }
    size_t length = strlen(text);
    if (length == 1 || skip_digits(text) < text + 2) {
        return false;
    }
    text += 2;
    bool dot = *text == '.';
    text += dot;
    const char *end = skip_digits(text);
    return *end == '\0' && end - text <= 2 && (!dot || end > text);
}
