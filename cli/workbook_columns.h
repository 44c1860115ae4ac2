/* How the columns of a workbook are shown, and what they mean. */
#ifndef CLI_WORKBOOK_COLUMNS_H
#define CLI_WORKBOOK_COLUMNS_H

#include "datasets/workbook.h"

struct workbook_column {
    const char *name;
    enum tol_workbook_style style;
    const char *unit;
    const char *meaning;
};

/* By name; NULL: none. */
const struct workbook_column *workbook_column_named(const char *name);
/* The i-th; NULL past the last. */
const struct workbook_column *workbook_column_at(size_t i);

#endif
