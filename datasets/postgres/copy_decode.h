/* Rows of COPY ... (FORMAT binary), from bytes that are not trusted. Knows nothing of connections.
 *
 * A stream is a header (11 bytes of signature, flags, the length of an extension), rows (count of fields in two bytes, then each field: its
 * length in four bytes, -1 for null, and its bytes) and a trailer (-1 in two bytes); all numbers have their greatest byte first. */
#ifndef TOLMUUR_POSTGRES_COPY_DECODE_H
#define TOLMUUR_POSTGRES_COPY_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tol_copy_type {
    TOL_COPY_OTHER = 0, /* fields are not looked into */
    TOL_COPY_TEXT,      /* text, varchar */
    TOL_COPY_PADDED,    /* character(n): blanks at the end say nothing */
    TOL_COPY_BOOL,
    TOL_COPY_INT2,
    TOL_COPY_INT4,
    TOL_COPY_INT8,
    TOL_COPY_FLOAT4,
    TOL_COPY_FLOAT8,
    TOL_COPY_NUMERIC,
    TOL_COPY_DATE,
};
/* Type of a column by the OID of its type. */
enum tol_copy_type tol_copy_type_of(uint32_t oid);

/* A row longer than this is a fault of the stream: nothing that is wanted here comes near it. */
#define TOL_COPY_ROW_BYTES_MAX ((size_t)64 << 20)
/* Room for the text of a field that is no text and no numeric, with its zero byte. */
#define TOL_COPY_SHORT_TEXT 24

enum tol_copy_found {
    TOL_COPY_MORE = 0, /* the bytes end too early: ask again with more */
    TOL_COPY_FOUND,
    TOL_COPY_END, /* the trailer */
    TOL_COPY_BAD, /* not such a stream: *fault says why */
};

/* Header at the start of bytes: FOUND and its length. */
enum tol_copy_found tol_copy_header(const uint8_t *bytes, size_t size, size_t *length, const char **fault);
/* Row or trailer at the start of bytes: FOUND or END, and its length. */
enum tol_copy_found tol_copy_row(const uint8_t *bytes, size_t size, size_t column_count, size_t *length,
                                 const char **fault);

struct tol_copy_field {
    bool null;
    const uint8_t *bytes; /* in the row */
    uint32_t length;
};
/* The field at the start of bytes, inside a row that tol_copy_row has found; returns the bytes after it. */
const uint8_t *tol_copy_field(const uint8_t *bytes, struct tol_copy_field *field);
/* The first field of such a row. */
const uint8_t *tol_copy_fields(const uint8_t *row);

/* Fields as values; field->null is false. False, and *fault says why, when the bytes are no value of the type. */
bool tol_copy_double(enum tol_copy_type type, const struct tol_copy_field *field, double *number, const char **fault);
/* Whole numbers in decimal, dates as YYYY-MM-DD (before the year 1: "... BC"; "infinity"), truth as yes and no. Returns the length, 0 after a
 * fault. */
size_t tol_copy_short_text(enum tol_copy_type type, const struct tol_copy_field *field, char text[TOL_COPY_SHORT_TEXT],
                           const char **fault);
/* Exactly the decimal number with the digits its scale gives, as PostgreSQL writes it ("NaN", "Infinity"). Returns its length; when `size` may not
 * be enough, a length that no text of it exceeds and that is not less than size, and writes nothing; 0 after a fault. */
size_t tol_copy_numeric(const struct tol_copy_field *field, char *text, size_t size, const char **fault);

#endif
