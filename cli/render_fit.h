/* Makes a table of libsmartcols fit a terminal: sentences go on below at words, columns that can be spared are left out, and what is still too
 * wide is turned on its side. */
#ifndef CLI_RENDER_FIT_H
#define CLI_RENDER_FIT_H

#include <libsmartcols.h>
#include <stdbool.h>
#include <stddef.h>

#include "render_table.h"

enum { FIT_COLUMNS_MAX = 32, FIT_SEPARATOR = 2 };

struct fit_column {
    enum column_style style;
    unsigned spared; /* as of a heading */
};

/* Changes the table so that no line is wider than width. The names of columns that were left out are added to left_out, with commas. False: that is
 * not possible (a tree is then as narrow as can be made, another table waits for fit_on_side), or out of memory. */
bool fit_table(struct libscols_table *table, const struct fit_column *column, size_t width, char *left_out,
               size_t left_out_size);

/* Prints a table without a tree on its side: a line for each column, as many lines of the table side by side as fit. *text is the caller's to free;
 * false: out of memory. */
bool fit_on_side(struct libscols_table *table, const struct fit_column *column, size_t width, char **text);

#endif
