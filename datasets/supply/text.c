#include "supply/text.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tolmuur/sector.h"
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
    /* A zero that was not written as one: some digit before the exponent is not 0. */
    if (*number == 0 && strcspn(text, "123456789") < strcspn(text, "eE")) {
        return "smaller than a number can hold, but not 0; give 0 or the real amount";
    }
    *number += 0.0; /* -0 becomes 0 */
    return NULL;
}

/* How NACE codes are written, whether or not they exist. */
static bool looks_like_sector(const char *text)
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

/* A code with a letter and a division that do not belong together, or a division that is not there. */
static void name_near_sectors(const char *text, char *fault, size_t size)
{
    uint16_t division, section, first, last;
    bool letter = *text >= 'A';
    const char *digits = text + letter;
    if (tol_sector_parse(digits, &division, &section)) {
        snprintf(fault, size, "no such code in NACE Rev. 2; did you mean %c%s?",
                 'A' + (section - TOL_SECTION_CODE('A')), digits);
    } else if (letter) {
        tol_section_divisions(*text, &first, &last);
        snprintf(fault, size, "no such code in NACE Rev. 2; section %c has the divisions %02u to %02u", *text,
                 (unsigned)first, (unsigned)last);
    } else {
        /* Never more than one number is left out between two divisions; 00 has only neighbours above it. */
        unsigned missing = (unsigned)((digits[0] - '0') * 10 + (digits[1] - '0'));
        snprintf(fault, size, "no such code in NACE Rev. 2; did you mean %02u or %02u?", missing > 0 ? missing - 1 : 1,
                 missing + 1 + (missing == 0));
    }
}

bool tol_sector_check(const char *text, char fault[TOL_SECTOR_FAULT_SIZE])
{
    uint16_t division, section;
    if (!looks_like_sector(text)) {
        snprintf(fault, TOL_SECTOR_FAULT_SIZE,
                 "not a NACE Rev. 2 code; write a letter A to U, or digits with leading zeros, as in C28.1 or 28.1");
        return false;
    }
    if (!tol_sector_parse(text, &division, &section)) {
        name_near_sectors(text, fault, TOL_SECTOR_FAULT_SIZE);
        return false;
    }
    return true;
}

void tol_number_write(double number, char text[TOL_NUMBER_TEXT_SIZE])
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, TOL_NUMBER_TEXT_SIZE, "%.*g", digits, number);
        if (isnan(number) || strtod(text, NULL) == number) {
            return;
        }
    }
}

const char *tol_hs_read(const char *text, tol_product *product)
{
    if (!tol_product_parse(text, 4, product)) {
        return "not an HS code of 4, 6, 8, 9 or 10 digits; dots between digits are allowed";
    }
    return tol_product_lacks_zero(*product)
               ? "an HS code has 4, 6, 8 or more digits, so a leading zero may be lost; store the column as text"
               : NULL;
}
