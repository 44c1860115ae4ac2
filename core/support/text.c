#include "tolmuur/text.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

size_t tol_utf8_length(const char *text, size_t length)
{
    const unsigned char *byte = (const unsigned char *)text;
    unsigned first = byte[0];
    if (first < 0x80) {
        return 1;
    }
    size_t need = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || need > length) {
        return 0;
    }
    for (size_t i = 1; i < need; i++) {
        if ((byte[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    bool overlong = (first == 0xe0 && byte[1] < 0xa0) || (first == 0xf0 && byte[1] < 0x90);
    bool beyond = (first == 0xed && byte[1] >= 0xa0) || (first == 0xf4 && byte[1] >= 0x90);
    return overlong || beyond ? 0 : need;
}

/* Of a character of one to three bytes: nothing beyond them moves a cursor or turns the writing. */
static uint32_t code_point(const unsigned char *byte, size_t length)
{
    if (length == 1) {
        return byte[0];
    }
    return length == 2 ? (byte[0] & 0x1fu) << 6 | (byte[1] & 0x3fu)
                       : (byte[0] & 0x0fu) << 12 | (byte[1] & 0x3fu) << 6 | (byte[2] & 0x3fu);
}

/* The controls of Unicode (category Cc), its line and paragraph separators and the characters with the property Bidi_Control. */
static bool drives_a_terminal(uint32_t code)
{
    return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code == 0x061c || code == 0x200e || code == 0x200f ||
           (code >= 0x2028 && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

void tol_text_visible(const char *text, char *visible, size_t size)
{
    size_t left = strlen(text);
    size_t used = 0;
    while (left > 0) {
        const unsigned char *byte = (const unsigned char *)text;
        size_t length = tol_utf8_length(text, left);
        bool escaped = length == 0 || (length < 4 && drives_a_terminal(code_point(byte, length)));
        length = length == 0 ? 1 : length;
        size_t need = escaped ? 4 * length : length;
        if (used + need >= size) {
            break;
        }
        for (size_t i = 0; i < length; i++) {
            if (escaped) {
                snprintf(visible + used, 5, "\\x%02x", byte[i]);
            } else {
                visible[used] = text[i];
            }
            used += need / length;
        }
        text += length;
        left -= length;
    }
    visible[used] = '\0';
}

/* [+-]digits[.digits][e[+-]digits] */
static bool is_plain_number(const char *text)
{
    static const char digits[] = "0123456789";
    text += *text == '+' || *text == '-';
    size_t whole = strspn(text, digits);
    text += whole;
    size_t fraction = 0;
    if (*text == '.') {
        fraction = strspn(text + 1, digits);
        text += 1 + fraction;
    }
    if (whole + fraction > 0 && (*text == 'e' || *text == 'E')) {
        text += text[1] == '+' || text[1] == '-' ? 2 : 1;
        size_t exponent = strspn(text, digits);
        text += exponent;
        whole = exponent;
    }
    return whole + fraction > 0 && *text == '\0';
}

bool tol_text_runs_as_formula(const char *text)
{
    /* U+FF0B, U+FF0D, U+FF1D, U+FF20 */
    static const char *const wide[] = {"\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\x9d", "\xef\xbc\xa0"};
    if (text[0] == '\0' || text[1] == '\0') {
        return false;
    }
    if (strchr("=+-@\t\r", text[0]) != NULL) {
        return !is_plain_number(text);
    }
    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++) {
        if (strncmp(text, wide[i], 3) == 0) {
            return true;
        }
    }
    return false;
}
