/* Country and product codes, packed so that they compare and hash as numbers. */
#ifndef TOLMUUR_CODE_H
#define TOLMUUR_CODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma GCC visibility push(default)

/* ISO 3166 alpha-2, 'N' << 8 | 'L'. 0: none. The importer of an EU member state is stated as that member. */
typedef uint16_t tol_country;

/* HS code of 2 to 10 digits: the digits, right-padded with zeros to ten, times 16, plus the count of digits. Sorts as
 * text does: a heading before its subheadings. 0: none. */
typedef uint64_t tol_product;

#define TOL_PRODUCT_TEXT_SIZE 12
#define TOL_COUNTRY_TEXT_SIZE 3

/* Two upper-case letters. Does not know which codes exist (see tol_country_exists). */
bool tol_country_parse(const char *text, tol_country *country);
void tol_country_format(tol_country country, char text[TOL_COUNTRY_TEXT_SIZE]);

/* An assigned ISO 3166-1 alpha-2 code, or XK (Kosovo). */
bool tol_country_exists(tol_country country);

/* English short name, also of EU; "" when the code is not assigned. Static storage. */
const char *tol_country_name(tol_country country);

/* Alpha-2 code for an ISO alpha-3 code ("NLD"), a US Census code ("4210"), or alpha-2 itself in either case; "UK" and "EL" are read as
 * GB and GR. False when unknown. */
bool tol_country_from_any(const char *text, tol_country *country);

/* The same for who imports: also EU, the customs union as a whole. No country of origin and not in tol_country_exists. */
#define TOL_COUNTRY_EU ((tol_country)('E' << 8 | 'U'))
bool tol_importer_from_any(const char *text, tol_country *country);

/* Member of the European Union on every day the law tables cover (2018 on; the UK left the customs union on 2021-01-01
 * and is not a member here). */
bool tol_country_in_eu(tol_country country);

/* minimum_digits..10 digits; dots between digits are skipped. False for anything else. */
bool tol_product_parse(const char *text, size_t minimum_digits, tol_product *product);

/* The plain digits ("8703230190"). */
void tol_product_format(tol_product product, char text[TOL_PRODUCT_TEXT_SIZE]);

static inline unsigned tol_product_digits(tol_product product)
{
    return (unsigned)(product & 15u);
}

/* No schedule has codes of 5 or 7 digits: such a code was a number for a while and has lost its leading zero. */
static inline bool tol_product_lacks_zero(tol_product product)
{
    return tol_product_digits(product) == 5 || tol_product_digits(product) == 7;
}

/* True when `product` stands under `prefix` (equal counts). */
bool tol_product_under(tol_product product, tol_product prefix);

#pragma GCC visibility pop

#endif
