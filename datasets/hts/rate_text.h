/* What a printed rate of duty says. */
#ifndef TOLMUUR_HTS_RATE_TEXT_H
#define TOLMUUR_HTS_RATE_TEXT_H

#include <stdbool.h>

#define HTS_RATE_SIZE 64 /* a fraction as text */

/* Takes off, in place, the mark-up and stray signs of single archives; the words stay as printed. */
void tol_hts_rate_clean(char *text);
/* The same for the column of special rates, with one spelling for its lists of programmes. */
void tol_hts_special_clean(char *text);

/* Name of the kind (a `kind` of base_rates.csv) of a clean text, and its ad valorem part as a decimal fraction ("" when it has none). A percentage
 * on a part of the value (case, battery, lead content) is no fraction of the customs value: such a duty is `specific`. */
const char *tol_hts_rate_parse(const char *text, char rate[HTS_RATE_SIZE]);

/* Do two clean texts say the same: kind and figures, not spelling? */
bool tol_hts_rate_same(const char *a, const char *b);
bool tol_hts_special_same(const char *a, const char *b);

#endif
