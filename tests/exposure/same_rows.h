#ifndef TESTS_EXPOSURE_SAME_ROWS_H
#define TESTS_EXPOSURE_SAME_ROWS_H

#include "tolmuur/exposure.h"

/* Every field of every row, numbers bit for bit. */
void check_same_rows(const struct tol_score_row *a, const struct tol_score_row *b, size_t count);

#endif
