/* Which columns a supply table has. */
#ifndef TOLMUUR_SUPPLY_SCHEMA_H
#define TOLMUUR_SUPPLY_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "datasets/supply.h"
#include "tolmuur/book.h"

/* Columns of firms, by place: texts, then the numbers in the order of enum tol_firm_number. */
enum tol_firm_column { TOL_FIRM_ID = 0, TOL_FIRM_NAME, TOL_FIRM_COUNTRY, TOL_FIRM_SECTOR, TOL_FIRM_NUMBERS };
/* Columns of sales (country: destination, other_country: origin, counterpart: customer_id) and purchases (origin, importer, supplier_id). */
enum tol_line_column {
    TOL_LINE_FIRM_ID = 0,
    TOL_LINE_HS,
    TOL_LINE_COUNTRY,
    TOL_LINE_VALUE,
    TOL_LINE_OTHER_COUNTRY,
    TOL_LINE_COUNTERPART,
    TOL_LINE_FACTS, /* the first fact column */
};

#define TOL_SCHEMA_COLUMNS_MAX 128

struct tol_schema {
    enum tol_supply_table table;
    size_t count;
    const char *name[TOL_SCHEMA_COLUMNS_MAX];
    bool required[TOL_SCHEMA_COLUMNS_MAX];
};

/* Facts of the law (NULL: none) are columns of sales and purchases. */
void tol_schema_init(struct tol_schema *schema, enum tol_supply_table table, const struct tol_law *law);
/* Place of a column, or schema->count. */
size_t tol_schema_find(const struct tol_schema *schema, const char *name);
/* The known name with the fewest letters to change; "" when none is near. */
const char *tol_schema_nearest(const struct tol_schema *schema, const char *name);
/* The same, with at most so many letters to change. */
const char *tol_schema_nearest_within(const struct tol_schema *schema, const char *name, unsigned changes_max);

#endif
