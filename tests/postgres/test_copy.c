/* Binary COPY, byte by byte: streams that are cut, lengths that lie, and values of every type. */
#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "postgres/copy_decode.h"
#include "postgres/copy_encode.h"

static struct tol_copy_field field_of(const void *bytes, uint32_t length)
{
    return (struct tol_copy_field){.bytes = bytes, .length = length};
}

static const char *numeric(const void *bytes, uint32_t length)
{
    static char text[64];
    const char *fault = NULL;
    struct tol_copy_field field = field_of(bytes, length);
    return tol_copy_numeric(&field, text, sizeof text, &fault) == 0 ? "fault" : text;
}

Test(copy, numerics)
{
    cr_assert_str_eq(numeric("\0\0\0\0\0\0\0\0", 8), "0");
    cr_assert_str_eq(numeric("\0\0\0\0\0\0\0\2", 8), "0.00");
    cr_assert_str_eq(numeric("\0\1\0\1\0\0\0\0\0\1", 10), "10000");
    cr_assert_str_eq(numeric("\0\2\0\0\x40\0\0\3\0\x0c\x0d\x80", 12), "-12.345");
    cr_assert_str_eq(numeric("\0\1\xff\xfe\0\0\0\x08\x00\x63", 10), "0.00000099");
    cr_assert_str_eq(numeric("\0\0\0\0\xc0\0\0\0", 8), "NaN");
    cr_assert_str_eq(numeric("\0\0\0\0\xd0\0\0\0", 8), "Infinity");
    cr_assert_str_eq(numeric("\0\0\0\0\xf0\0\0\0", 8), "-Infinity");
    cr_assert_str_eq(numeric("\0\1\0\1\0\0\0\0\x27\x10", 10), "fault"); /* a digit of 10000 */
    cr_assert_str_eq(numeric("\0\2\0\1\0\0\0\0\0\1", 10), "fault");     /* one digit of two */
    cr_assert_str_eq(numeric("\0\1\0\1\0\1\0\0\0\1", 10), "fault");     /* a sign that is none */
    cr_assert_str_eq(numeric("\0\1\0\1\0\0\x7f\xff\0\1", 10), "fault"); /* too many decimals */
    cr_assert_str_eq(numeric("\0\0\0", 3), "fault");
}

/* The text of a long number does not fit, says so, and fits in what it asked for. */
Test(copy, long_numeric)
{
    char small[32], *large;
    const char *fault = NULL;
    struct tol_copy_field field = field_of("\0\1\0\x64\0\0\0\0\0\1", 10); /* 1e400 */
    size_t length = tol_copy_numeric(&field, small, sizeof small, &fault);
    cr_assert_geq(length, sizeof small);
    large = malloc(length + 1);
    cr_assert_eq(tol_copy_numeric(&field, large, length + 1, &fault), 401);
    cr_assert_eq(large[0], '1');
    cr_assert_eq(strspn(large + 1, "0"), 400);
    free(large);
}

static const char *short_text(enum tol_copy_type type, const void *bytes, uint32_t length)
{
    static char text[TOL_COPY_SHORT_TEXT];
    const char *fault = NULL;
    struct tol_copy_field field = field_of(bytes, length);
    return tol_copy_short_text(type, &field, text, &fault) == 0 ? "fault" : text;
}

Test(copy, short_texts)
{
    cr_assert_str_eq(short_text(TOL_COPY_BOOL, "\1", 1), "yes");
    cr_assert_str_eq(short_text(TOL_COPY_BOOL, "\0", 1), "no");
    cr_assert_str_eq(short_text(TOL_COPY_INT2, "\x80\0", 2), "-32768");
    cr_assert_str_eq(short_text(TOL_COPY_INT4, "\x7f\xff\xff\xff", 4), "2147483647");
    cr_assert_str_eq(short_text(TOL_COPY_INT8, "\x80\0\0\0\0\0\0\0", 8), "-9223372036854775808");
    cr_assert_str_eq(short_text(TOL_COPY_INT8, "\0\0\0\0\0\0\0\0", 8), "0");
    cr_assert_str_eq(short_text(TOL_COPY_DATE, "\0\0\0\0", 4), "2000-01-01");
    cr_assert_str_eq(short_text(TOL_COPY_DATE, "\0\0\0\x3b", 4), "2000-02-29");
    cr_assert_str_eq(short_text(TOL_COPY_DATE, "\xff\xff\xff\xff", 4), "1999-12-31");
    cr_assert_str_eq(short_text(TOL_COPY_DATE, "\x7f\xff\xff\xff", 4), "infinity");
    cr_assert_str_eq(short_text(TOL_COPY_DATE, "\x80\0\0\0", 4), "-infinity");
    cr_assert_str_eq(short_text(TOL_COPY_DATE, "\xff\xf4\xdb\xf9", 4), "0001-01-01"); /* 730119 days before */
    cr_assert_str_eq(short_text(TOL_COPY_DATE, "\xff\xf4\xdb\xf8", 4), "0001-12-31 BC");
    cr_assert_str_eq(short_text(TOL_COPY_INT4, "\0\0", 2), "fault");
    cr_assert_str_eq(short_text(TOL_COPY_TEXT, "\0\0", 2), "fault");
}

/* Some rows as the sink writes them. */
static size_t stream(uint8_t **bytes)
{
    static const char *texts[] = {"A1", "", NULL, "Œuvre"};
    static double numbers[] = {1.5, -0.0, NAN, DBL_MIN};
    const struct tol_table_column columns[] = {{"firm_id", TOL_COLUMN_TEXT, false},
                                               {"score", TOL_COLUMN_DOUBLE, false}};
    const struct tol_table_cells cells[] = {{.text = texts}, {.number = numbers}};
    struct tol_text_buffer buffer = {0};
    cr_assert_eq(tol_copy_block("t", columns, 2, cells, 0, 4, &buffer, NULL), TOL_OK);
    size_t size = sizeof tol_copy_start + buffer.used + sizeof tol_copy_trailer;
    *bytes = malloc(size);
    memcpy(*bytes, tol_copy_start, sizeof tol_copy_start);
    memcpy(*bytes + sizeof tol_copy_start, buffer.byte, buffer.used);
    memcpy(*bytes + size - 2, tol_copy_trailer, 2);
    free(buffer.byte);
    return size;
}

/* Walks a stream of two columns as the source does and touches every byte of every field; returns its rows, or -1. */
static int walk(const uint8_t *bytes, size_t size)
{
    size_t at = 0, length = 0;
    const char *fault = NULL;
    if (tol_copy_header(bytes, size, &at, &fault) != TOL_COPY_FOUND) {
        return -1;
    }
    for (int rows = 0;; rows++) {
        enum tol_copy_found found = tol_copy_row(bytes + at, size - at, 2, &length, &fault);
        if (found != TOL_COPY_FOUND) {
            return found == TOL_COPY_END && at + length == size ? rows : -1;
        }
        const uint8_t *next = tol_copy_fields(bytes + at);
        for (int i = 0; i < 2; i++) {
            struct tol_copy_field field;
            char text[64];
            double number;
            next = tol_copy_field(next, &field);
            (void)tol_copy_numeric(&field, text, sizeof text, &fault);
            (void)tol_copy_double(TOL_COPY_FLOAT8, &field, &number, &fault);
            (void)tol_copy_short_text(field.length == 8 ? TOL_COPY_INT8 : TOL_COPY_DATE, &field, text, &fault);
        }
        at += length;
    }
}

Test(copy, what_was_written_is_read)
{
    uint8_t *bytes;
    size_t size = stream(&bytes);
    cr_assert_eq(walk(bytes, size), 4);
    const uint8_t *row = bytes + sizeof tol_copy_start;
    struct tol_copy_field text, number;
    double value;
    const char *fault;
    (void)tol_copy_field(tol_copy_field(tol_copy_fields(row), &text), &number);
    cr_assert(text.length == 2 && memcmp(text.bytes, "A1", 2) == 0);
    cr_assert(tol_copy_double(TOL_COPY_FLOAT8, &number, &value, &fault) && value == 1.5);
    free(bytes);
}

/* In memory of exactly their size, so that a sanitizer sees one byte too far. */
Test(copy, cut_and_changed_streams)
{
    uint8_t *bytes;
    size_t size = stream(&bytes);
    uint64_t state = 1;
    for (size_t cut = 0; cut < size; cut++) {
        uint8_t *part = malloc(cut + (cut == 0));
        memcpy(part, bytes, cut);
        cr_assert_eq(walk(part, cut), -1, "cut at %zu", cut);
        free(part);
    }
    for (int i = 0; i < 200000; i++) {
        uint8_t *changed = malloc(size);
        memcpy(changed, bytes, size);
        for (int k = 0; k < 1 + i % 3; k++) {
            state = state * UINT64_C(6364136223846793005) + 1442695040888963407u;
            changed[(state >> 33) % size] = (uint8_t)(state >> 55);
        }
        (void)walk(changed, size);
        free(changed);
    }
    free(bytes);
}

Test(copy, infinities_and_broken_text_are_refused)
{
    static const char *texts[] = {"\xff"};
    static double numbers[] = {INFINITY};
    const struct tol_table_column columns[] = {{"a", TOL_COLUMN_TEXT, false}, {"b", TOL_COLUMN_DOUBLE, false}};
    const struct tol_table_cells cells[] = {{.text = texts}, {.number = numbers}};
    struct tol_text_buffer buffer = {0};
    struct tol_error error;
    cr_assert_eq(tol_copy_block("s.t", columns, 1, cells, 7, 1, &buffer, &error), TOL_BAD_DATA);
    cr_assert(error.row == 8 && strcmp(error.column, "a") == 0 && strcmp(error.file, "s.t") == 0);
    cr_assert_eq(tol_copy_block("s.t", columns + 1, 1, cells + 1, 0, 1, &buffer, &error), TOL_BAD_DATA);
    free(buffer.byte);
}
