#include "hts/rate_text.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "write/shortest_double.h"

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static const char *skip_digits(const char *at)
{
    while (digit(*at)) {
        at++;
    }
    return at;
}

static const char *skip_spaces(const char *at)
{
    while (*at == ' ') {
        at++;
    }
    return at;
}

/* Bytes of the white space at `at`, ASCII or one of the printer's spaces; 0: none. */
static size_t space_size(const char *at)
{
    if (*at == ' ' || (*at >= '\t' && *at <= '\r')) {
        return 1;
    }
    if (strncmp(at, "\xc2\xa0", 2) == 0) {
        return 2; /* no-break space */
    }
    bool printers = strncmp(at, "\xe2\x80", 2) == 0 && (unsigned char)at[2] >= 0x80 && (unsigned char)at[2] <= 0x8a;
    return printers || strncmp(at, "\xe2\x80\xaf", 3) == 0 ? 3 : 0;
}

/* Mark-up away, runs of white space to one blank, none at the ends. */
static void squeeze(char *text)
{
    char *to = text;
    const char *from = text;
    while (*from != '\0') {
        size_t space = space_size(from);
        const char *close = *from == '<' ? strchr(from, '>') : NULL;
        if (close != NULL) {
            from = close + 1;
        } else if (space > 0) {
            from += space;
            if (to > text && to[-1] != ' ') {
                *to++ = ' ';
            }
        } else {
            *to++ = *from++;
        }
    }
    if (to > text && to[-1] == ' ') {
        to--;
    }
    *to = '\0';
}

void tol_hts_rate_clean(char *text)
{
    squeeze(text);
    size_t length = strlen(text);
    if (length == 0 || text[length - 1] != '/') {
        return;
    }
    length--;
    while (length > 0 && text[length - 1] == ' ') {
        length--;
    }
    if (length > 0 && text[length - 1] == '%') {
        text[length] = '\0';
    }
}

/* Copies what stands between brackets, up to `close`: commas without blanks, and a blank between two names is a comma. */
static char *copy_list(char *to, const char *from, const char *close)
{
    from = skip_spaces(from);
    while (close > from && close[-1] == ' ') {
        close--;
    }
    while (from < close) {
        if (*from == ',' || *from == ' ') {
            from += from[0] == ' ' && from[1] == ',' ? 2 : 1;
            from = skip_spaces(from);
            *to++ = ',';
        } else {
            *to++ = *from++;
        }
    }
    return to;
}

void tol_hts_special_clean(char *text)
{
    squeeze(text);
    char *to = text;
    for (const char *from = text; *from != '\0'; from++) {
        *to++ = *from;
        from += from[0] == ',' && from[1] == '.'; /* ",." is a slip for "," */
    }
    *to = '\0';
    to = text;
    for (const char *from = text; *from != '\0';) {
        const char *close = *from == '(' ? strchr(from, ')') : NULL;
        *to++ = *from++;
        if (close != NULL) {
            to = copy_list(to, from, close);
            from = close;
        }
    }
    *to = '\0';
}

/* "5.3%" or "33 1/3%" at `at`: where it ends, NULL when there is none. */
struct percent {
    const char *start, *number_end;
    const char *numerator, *denominator; /* NULL: no vulgar fraction */
    const char *end;
};

static bool percent_at(const char *at, struct percent *percent)
{
    if (!digit(*at)) {
        return false;
    }
    *percent = (struct percent){.start = at};
    at = skip_digits(at);
    if (at[0] == '.' && digit(at[1])) {
        at = skip_digits(at + 1);
    }
    percent->number_end = at;
    const char *top = skip_spaces(at);
    const char *slash = skip_digits(top);
    if (top > at && slash > top && slash[0] == '/' && digit(slash[1])) {
        const char *end = skip_spaces(skip_digits(slash + 1));
        if (*end == '%') {
            percent->numerator = top;
            percent->denominator = slash + 1;
            percent->end = end + 1;
            return true;
        }
    }
    percent->end = top + 1;
    return *top == '%';
}

static bool find_percent(const char *at, struct percent *percent)
{
    for (; *at != '\0'; at++) {
        if (percent_at(at, percent)) {
            return true;
        }
    }
    return false;
}

/* An amount of money: "4.4¢/kg", "$1.035/kg", "43¢ each". */
static bool has_amount(const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        if ((*at == '$' && digit(*skip_spaces(at + 1))) ||
            (digit(*at) && strncmp(skip_spaces(at + 1), "\xc2\xa2", 2) == 0)) {
            return true;
        }
    }
    return false;
}

/* After a percentage: it stands on a part of the value, not on the whole. */
static bool on_part_of_value(const char *text)
{
    for (const char *at = strchr(text, '%'); at != NULL; at = strchr(at + 1, '%')) {
        const char *word = skip_spaces(at + 1);
        if (strncasecmp(word, "on ", 3) == 0 && strncasecmp(word + 3, "the entire set", 14) != 0) {
            return true;
        }
    }
    return false;
}

/* Nothing but the percentage, perhaps "on the entire set". */
static bool only_percent(const char *text)
{
    const char *at = text + strspn(text, "0123456789 ./");
    return at > text && *at == '%' && (at[1] == '\0' || strcmp(at + 1, " on the entire set") == 0);
}

/* A percentage as decimal fraction: exact where it ends, else as many digits as a double holds. */
static void fraction_text(const struct percent *percent, char rate[HTS_RATE_SIZE])
{
    char digits[HTS_RATE_SIZE] = "00";
    size_t whole = 2, count = 2;
    bool point = false;
    for (const char *at = percent->start; at < percent->number_end && count + 2 < sizeof digits; at++) {
        if (*at == '.') {
            point = true;
        } else {
            digits[count++] = *at;
            whole += !point;
        }
    }
    digits[count] = '\0';
    if (percent->numerator != NULL) {
        double top = strtod(percent->numerator, NULL);
        double bottom = strtod(percent->denominator, NULL);
        struct tol_shortest_table table;
        char text[TOL_SHORTEST_TEXT_SIZE];
        tol_shortest_table_init(&table);
        /* Both whole numbers are exact, so the one division rounds once. */
        tol_shortest_double(&table, (strtod(percent->start, NULL) * bottom + top) / (bottom * 100), text);
        snprintf(rate, HTS_RATE_SIZE, "%s", text);
        return;
    }
    size_t first = 0; /* the point moves two digits to the left; "00" in front makes room for it */
    while (first + 3 < whole && digits[first] == '0') {
        first++;
    }
    while (count > whole - 2 && digits[count - 1] == '0') {
        count--;
    }
    int before = (int)(whole - 2 - first);
    snprintf(rate, HTS_RATE_SIZE, "%.*s%s%.*s", before > 0 ? before : 1, before > 0 ? digits + first : "0",
             count > whole - 2 ? "." : "", (int)(count - (whole - 2)), digits + whole - 2);
}

static bool starts(const char *text, const char *start)
{
    return strncasecmp(text, start, strlen(start)) == 0;
}

static bool says_free(const char *text)
{
    char after = text[0] == '\0' ? '\0' : text[strnlen(text, 4)];
    bool letter = (after >= 'a' && after <= 'z') || (after >= 'A' && after <= 'Z') || digit(after) || after == '_';
    return starts(text, "Free") && !letter;
}

const char *tol_hts_rate_parse(const char *text, char rate[HTS_RATE_SIZE])
{
    struct percent percent = {0};
    struct percent second;
    rate[0] = '\0';
    if (says_free(text)) {
        snprintf(rate, HTS_RATE_SIZE, "0");
        return "free";
    }
    /* Rates that only another line of the schedule can tell. */
    if (text[0] == '\0' || starts(text, "The rate") || starts(text, "See ")) {
        return "unknown";
    }
    bool any = find_percent(text, &percent);
    bool one = any && !find_percent(percent.end, &second);
    bool amount = has_amount(text);
    if (on_part_of_value(text) || (amount && !any)) {
        return "specific";
    }
    if (one && (amount || only_percent(text))) {
        fraction_text(&percent, rate);
        return amount ? "compound" : "ad_valorem";
    }
    return "unknown";
}

/* The next figure ("33", "5.3") at or after *at, which is moved past it; its length, 0 at the end. */
static size_t next_figure(const char **at, const char **figure)
{
    for (const char *from = *at; *from != '\0'; from++) {
        if (strncmp(from, "/m2", 3) == 0 || strncmp(from, "/m3", 3) == 0) {
            from += 2; /* a square or cube is no figure */
        } else if (digit(*from)) {
            const char *end = skip_digits(from);
            end = end[0] == '.' && digit(end[1]) ? skip_digits(end + 1) : end;
            *figure = from;
            *at = end;
            return (size_t)(end - from);
        }
    }
    *at += strlen(*at);
    return 0;
}

bool tol_hts_rate_same(const char *a, const char *b)
{
    char rate_a[HTS_RATE_SIZE];
    char rate_b[HTS_RATE_SIZE];
    if (strcmp(tol_hts_rate_parse(a, rate_a), tol_hts_rate_parse(b, rate_b)) != 0 || strcmp(rate_a, rate_b) != 0) {
        return false;
    }
    for (;;) {
        const char *figure_a;
        const char *figure_b;
        size_t size_a = next_figure(&a, &figure_a);
        size_t size_b = next_figure(&b, &figure_b);
        if (size_a != size_b || (size_a > 0 && memcmp(figure_a, figure_b, size_a) != 0)) {
            return false;
        }
        if (size_a == 0) {
            return true;
        }
    }
}

static const char *next_sign(const char *at)
{
    while (*at != '\0' && strchr("+*%$/.\xc2\xa2", *at) == NULL && !digit(*at) && !(*at >= 'a' && *at <= 'z') &&
           !(*at >= 'A' && *at <= 'Z')) {
        at++;
    }
    return at;
}

bool tol_hts_special_same(const char *a, const char *b)
{
    for (;; a++, b++) {
        a = next_sign(a);
        b = next_sign(b);
        if (*a != *b) {
            return false;
        }
        if (*a == '\0') {
            return true;
        }
    }
}
