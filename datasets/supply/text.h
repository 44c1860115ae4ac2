/* Strict readings of texts from outside, and a number as it may have stood there. */
#ifndef TOLMUUR_SUPPLY_TEXT_H
#define TOLMUUR_SUPPLY_TEXT_H

#include <locale.h>
#include <stdbool.h>
#include <stddef.h>

#include "tolmuur/code.h"

/* Well-formed UTF-8 (no surrogates, nothing overlong, at most U+10FFFF) without zero bytes. */
bool tol_utf8_valid(const char *text, size_t length);

/* A plain decimal number: [-] digits [. digits] [e [+|-] digits]. NULL and the nearest double in *number (-0 becomes 0), or what is wrong
 * and how to mend it. c_locale: of newlocale(LC_ALL_MASK, "C", 0). */
const char *tol_number_read(const char *text, locale_t c_locale, double *number);

/* With as few of 15 to 17 digits as read back to the same number. */
#define TOL_NUMBER_TEXT_SIZE 32
void tol_number_write(double number, char text[TOL_NUMBER_TEXT_SIZE]);

/* An HS code of 4, 6, 8, 9 or 10 digits, dots between digits allowed. NULL, or what is wrong and how to mend it: no schedule has codes of 5 or 7 digits, but
 * a code that was a number for a while has lost a leading zero. */
const char *tol_hs_read(const char *text, tol_product *product);

#define TOL_SECTOR_FAULT_SIZE 160
/* NACE Rev. 2: a letter A to U, or two to four digits with an optional dot after the second, or both ("C", "28", "C28.1", "2811"), of a division
 * that exists. Else false, and what is wrong and how to mend it. */
bool tol_sector_check(const char *text, char fault[TOL_SECTOR_FAULT_SIZE]);

#endif
