/* What a firm's number must satisfy beyond being finite, in every form of input. */
#ifndef TOLMUUR_SUPPLY_FIRM_NUMBER_H
#define TOLMUUR_SUPPLY_FIRM_NUMBER_H

#include "tolmuur/book.h"

/* NULL, or what is wrong and how to mend it. NaN (not given) is no fault. */
const char *tol_firm_number_fault(enum tol_firm_number number, double value);

#endif
