/* What a total shows: the columns of tables of totals, in their order. */
#ifndef CLI_TOTALS_FIGURES_H
#define CLI_TOTALS_FIGURES_H

#include "totals.h"

enum { TOTALS_COLUMNS = 9, TOTALS_DRAWS = 5 };

/* Sums, and what is weighted by loans: NaN without any. */
struct totals_column {
    const char *name;
    const char *heading;
    int decimals;
};
extern const struct totals_column totals_columns[TOTALS_COLUMNS];
void totals_get_columns(const struct total *total, double column[TOTALS_COLUMNS]);

extern const char *const totals_band_names[TOL_BAND_NONE + 1]; /* "band_a" ... */
extern const char *const totals_draw_names[TOTALS_DRAWS];
void totals_get_draws(const struct drawn_total *drawn, double numbers[TOTALS_DRAWS]);

#endif
