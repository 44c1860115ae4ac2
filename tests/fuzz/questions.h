/* Questions to a law: of each importer, about codes that its tables name and some that they do not, from several origins on several days. */
#ifndef TESTS_FUZZ_QUESTIONS_H
#define TESTS_FUZZ_QUESTIONS_H

#include "tolmuur/law.h"

/* Reads every text of the answers and holds the whole answer against the totals alone. */
void fuzz_ask(const struct tol_law *law);

#endif
