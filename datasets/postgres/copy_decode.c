#include "postgres/copy_decode.h"

#include <stdio.h>
#include <string.h>

static const uint8_t signature[11] = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', 0xff, '\r', '\n', 0};

static uint16_t get_16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

static uint32_t get_32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static uint64_t get_64(const uint8_t *bytes)
{
    return (uint64_t)get_32(bytes) << 32 | get_32(bytes + 4);
}

enum tol_copy_type tol_copy_type_of(uint32_t oid)
{
    /* OIDs of pg_type.dat: fixed for ever. */
    switch (oid) {
    case 25:   /* text */
    case 1043: /* character varying */
        return TOL_COPY_TEXT;
    case 1042: /* character(n) */
        return TOL_COPY_PADDED;
    case 16:
        return TOL_COPY_BOOL;
    case 21:
        return TOL_COPY_INT2;
    case 23:
        return TOL_COPY_INT4;
    case 20:
        return TOL_COPY_INT8;
    case 700:
        return TOL_COPY_FLOAT4;
    case 701:
        return TOL_COPY_FLOAT8;
    case 1700:
        return TOL_COPY_NUMERIC;
    case 1082:
        return TOL_COPY_DATE;
    default:
        return TOL_COPY_OTHER;
    }
}

static enum tol_copy_found bad(const char **fault, const char *message)
{
    *fault = message;
    return TOL_COPY_BAD;
}

enum tol_copy_found tol_copy_header(const uint8_t *bytes, size_t size, size_t *length, const char **fault)
{
    size_t known = size < sizeof signature ? size : sizeof signature;
    if (memcmp(bytes, signature, known) != 0) {
        return bad(fault, "the signature of binary COPY is missing");
    }
    if (size < sizeof signature + 8) {
        return TOL_COPY_MORE;
    }
    /* The upper half of the flags are those that a reader must know; bit 16 (OIDs) has not been sent since version 12. */
    if (get_32(bytes + sizeof signature) >> 16 != 0) {
        return bad(fault, "the header has flags of a later format");
    }
    uint32_t extension = get_32(bytes + sizeof signature + 4);
    if (extension > 1024) {
        return bad(fault, "the header's extension is too long");
    }
    *length = sizeof signature + 8 + extension;
    return size < *length ? TOL_COPY_MORE : TOL_COPY_FOUND;
}

enum tol_copy_found tol_copy_row(const uint8_t *bytes, size_t size, size_t column_count, size_t *length,
                                 const char **fault)
{
    if (size < 2) {
        return TOL_COPY_MORE;
    }
    uint16_t count = get_16(bytes);
    if (count == 0xffff) {
        *length = 2;
        return TOL_COPY_END;
    }
    if (count != column_count) {
        return bad(fault, "a row has another number of fields than its table");
    }
    size_t at = 2;
    for (size_t i = 0; i < column_count; i++) {
        if (size - at < 4) {
            return TOL_COPY_MORE;
        }
        uint32_t field = get_32(bytes + at);
        at += 4;
        if (field == UINT32_MAX) {
            continue;
        }
        if (field > TOL_COPY_ROW_BYTES_MAX - at) {
            return bad(fault, "a row of more than 64 MB");
        }
        if (size - at < field) {
            return TOL_COPY_MORE;
        }
        at += field;
    }
    *length = at;
    return TOL_COPY_FOUND;
}

const uint8_t *tol_copy_fields(const uint8_t *row)
{
    return row + 2;
}

const uint8_t *tol_copy_field(const uint8_t *bytes, struct tol_copy_field *field)
{
    uint32_t length = get_32(bytes);
    field->null = length == UINT32_MAX;
    field->length = field->null ? 0 : length;
    field->bytes = bytes + 4;
    return bytes + 4 + field->length;
}

static bool wrong_length(const char **fault)
{
    *fault = "a field has another length than its type";
    return false;
}

bool tol_copy_double(enum tol_copy_type type, const struct tol_copy_field *field, double *number, const char **fault)
{
    if (type == TOL_COPY_FLOAT4) {
        float value;
        if (field->length != sizeof value) {
            return wrong_length(fault);
        }
        uint32_t bits = get_32(field->bytes);
        memcpy(&value, &bits, sizeof value);
        *number = (double)value;
        return true;
    }
    if (field->length != sizeof *number) {
        return wrong_length(fault);
    }
    uint64_t bits = get_64(field->bytes);
    memcpy(number, &bits, sizeof *number);
    return true;
}

/* Days since 2000-01-01 in the proleptic Gregorian calendar, which is PostgreSQL's. */
static size_t date_text(int32_t days, char *text)
{
    if (days == INT32_MAX || days == INT32_MIN) {
        return (size_t)snprintf(text, TOL_COPY_SHORT_TEXT, "%sinfinity", days < 0 ? "-" : "");
    }
    /* Counted from the first of March of year 0, in eras of 400 years. */
    int64_t day = (int64_t)days + 730425;
    int64_t era = (day >= 0 ? day : day - 146096) / 146097;
    int64_t of_era = day - era * 146097;
    int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int64_t of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t march_month = (5 * of_year + 2) / 153;
    int64_t month = march_month < 10 ? march_month + 3 : march_month - 9;
    int64_t year = year_of_era + era * 400 + (month <= 2);
    int64_t of_month = of_year - (153 * march_month + 2) / 5 + 1;
    return (size_t)snprintf(text, TOL_COPY_SHORT_TEXT, "%04d-%02d-%02d%s", (int)(year > 0 ? year : 1 - year),
                            (int)month, (int)of_month, year > 0 ? "" : " BC");
}

static size_t whole_text(int64_t value, char *text)
{
    char digits[TOL_COPY_SHORT_TEXT];
    size_t used = 0, length = 0;
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do {
        digits[used++] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0) {
        text[length++] = '-';
    }
    while (used > 0) {
        text[length++] = digits[--used];
    }
    text[length] = '\0';
    return length;
}

size_t tol_copy_short_text(enum tol_copy_type type, const struct tol_copy_field *field, char text[TOL_COPY_SHORT_TEXT],
                           const char **fault)
{
    static const uint32_t length_of[] = {
        [TOL_COPY_BOOL] = 1, [TOL_COPY_INT2] = 2, [TOL_COPY_INT4] = 4, [TOL_COPY_INT8] = 8, [TOL_COPY_DATE] = 4};
    if (type >= sizeof length_of / sizeof length_of[0] || field->length != length_of[type]) {
        (void)wrong_length(fault);
        return 0;
    }
    switch (type) {
    case TOL_COPY_BOOL:
        return (size_t)snprintf(text, TOL_COPY_SHORT_TEXT, "%s", field->bytes[0] != 0 ? "yes" : "no");
    case TOL_COPY_INT2:
        return whole_text((int16_t)get_16(field->bytes), text);
    case TOL_COPY_INT4:
        return whole_text((int32_t)get_32(field->bytes), text);
    case TOL_COPY_INT8:
        return whole_text((int64_t)get_64(field->bytes), text);
    default:
        return date_text((int32_t)get_32(field->bytes), text);
    }
}

/* A numeric: digits of base 10000, the first with this weight, and the count of decimals to show. */
struct numeric {
    const uint8_t *digit;
    int32_t digit_count;
    int32_t weight;
    int32_t scale;
    bool negative;
};

enum { NUMERIC_DIGITS_MAX = 40000, NUMERIC_SCALE_MAX = 16383 };

static size_t put_word(const char *word, char *text, size_t size)
{
    size_t length = strlen(word);
    if (length < size) {
        memcpy(text, word, length + 1);
    }
    return length;
}

static bool read_numeric(const struct tol_copy_field *field, struct numeric *numeric)
{
    uint16_t sign = get_16(field->bytes + 4);
    *numeric = (struct numeric){.digit = field->bytes + 8,
                                .digit_count = get_16(field->bytes),
                                .weight = (int16_t)get_16(field->bytes + 2),
                                .scale = get_16(field->bytes + 6),
                                .negative = sign == 0x4000};
    bool sound = (sign == 0 || sign == 0x4000) && numeric->scale <= NUMERIC_SCALE_MAX &&
                 numeric->digit_count <= NUMERIC_DIGITS_MAX && field->length == 8 + 2 * (uint32_t)numeric->digit_count;
    for (int32_t i = 0; sound && i < numeric->digit_count; i++) {
        sound = get_16(numeric->digit + 2 * (size_t)i) < 10000;
    }
    return sound;
}

/* The digit of base 10000 at a weight; 0 outside those that are there. */
static unsigned digit_at(const struct numeric *numeric, int32_t weight)
{
    int32_t place = numeric->weight - weight;
    return place < 0 || place >= numeric->digit_count ? 0 : get_16(numeric->digit + 2 * (size_t)place);
}

static char *put_four(char *to, unsigned digit)
{
    to[0] = (char)('0' + digit / 1000);
    to[1] = (char)('0' + digit / 100 % 10);
    to[2] = (char)('0' + digit / 10 % 10);
    to[3] = (char)('0' + digit % 10);
    return to + 4;
}

static size_t put_numeric(const struct numeric *numeric, char *text)
{
    char *to = text;
    if (numeric->negative) {
        *to++ = '-';
    }
    char *whole = to;
    for (int32_t weight = numeric->weight > 0 ? numeric->weight : 0; weight >= 0; weight--) {
        to = put_four(to, digit_at(numeric, weight));
    }
    *to = '\0';
    size_t length = (size_t)(to - whole);
    size_t zeros = strspn(whole, "0");
    zeros = zeros < length ? zeros : length - 1;
    memmove(whole, whole + zeros, length - zeros);
    to -= zeros;
    if (numeric->scale > 0) {
        *to++ = '.';
        char *end = to + numeric->scale;
        for (int32_t weight = -1; to < end; weight--) {
            to = put_four(to, digit_at(numeric, weight));
        }
        to = end;
    }
    *to = '\0';
    return (size_t)(to - text);
}

size_t tol_copy_numeric(const struct tol_copy_field *field, char *text, size_t size, const char **fault)
{
    struct numeric numeric;
    if (field->length < 8) {
        (void)wrong_length(fault);
        return 0;
    }
    switch (get_16(field->bytes + 4)) {
    case 0xc000:
        return put_word("NaN", text, size);
    case 0xd000:
        return put_word("Infinity", text, size);
    case 0xf000:
        return put_word("-Infinity", text, size);
    default:
        break;
    }
    if (!read_numeric(field, &numeric)) {
        *fault = "not a sound numeric";
        return 0;
    }
    /* At most: sign, digits of the whole part, point, decimals in fours. What fits is put there at once. */
    size_t most = 8 + 4 * (size_t)(numeric.weight > 0 ? numeric.weight + 1 : 1) + (size_t)numeric.scale;
    return most < size ? put_numeric(&numeric, text) : most;
}
