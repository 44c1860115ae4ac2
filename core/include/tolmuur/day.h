/* Calendar days as numbers. */
#ifndef TOLMUUR_DAY_H
#define TOLMUUR_DAY_H

#include <stdbool.h>
#include <stdint.h>

#include "tolmuur/status.h"

#pragma GCC visibility push(default)

/* Days since 1970-01-01, proleptic Gregorian. */
typedef int32_t tol_day;

#define TOL_DAY_MIN INT32_MIN /* open at the start */
#define TOL_DAY_MAX INT32_MAX /* open at the end */
#define TOL_DAY_TEXT_SIZE 16

/* Reads exactly YYYY-MM-DD with a valid month and day, years 1900 to 2199. False when text is anything else. */
TOL_MUST_CHECK bool tol_day_parse(const char *text, tol_day *day);

/* Writes YYYY-MM-DD and a final zero. */
void tol_day_format(tol_day day, char text[TOL_DAY_TEXT_SIZE]);

#pragma GCC visibility pop

#endif
