/* Reading numbers and values of facts, for queries and for the tables alike. */
#ifndef TOLMUUR_LAW_FACTS_H
#define TOLMUUR_LAW_FACTS_H

#include "law/image.h"

/* A finite decimal number, nothing else ("nan", "1_000", "0x10" and "1e999" are refused). */
bool tol_law_number_parse(const char *text, double *number);

/* A value of the law's fact as one number: choices by index, days as tol_day. False when the fact cannot have it. */
bool tol_law_fact_value_parse(const struct tol_law *law, size_t fact, const char *text, double *value);

#endif
