#include "supply/schema.h"

#include <ctype.h>
#include <string.h>

const char *tol_supply_table_name(enum tol_supply_table table)
{
    static const char *const name[TOL_SUPPLY_TABLE_COUNT] = {"firms", "sales", "purchases"};
    return name[table];
}

static void add(struct tol_schema *schema, const char *name, bool required)
{
    schema->name[schema->count] = name;
    schema->required[schema->count] = required;
    schema->count++;
}

void tol_schema_init(struct tol_schema *schema, enum tol_supply_table table, const struct tol_law *law)
{
    *schema = (struct tol_schema){.table = table};
    add(schema, "firm_id", true);
    if (table == TOL_SUPPLY_FIRMS) {
        add(schema, "name", false);
        add(schema, "country", true);
        add(schema, "sector", true);
        for (int i = 0; i < TOL_FIRM_NUMBER_COUNT; i++) {
            add(schema, tol_firm_number_name((enum tol_firm_number)i), i == TOL_REVENUE);
        }
        return;
    }
    bool sales = table == TOL_SUPPLY_SALES;
    add(schema, "hs", true);
    add(schema, sales ? "destination" : "origin", true);
    add(schema, "value_eur", true);
    add(schema, sales ? "origin" : "importer", false);
    add(schema, sales ? "customer_id" : "supplier_id", false);
    for (size_t i = 0; law != NULL && schema->count < TOL_SCHEMA_COLUMNS_MAX; i++) {
        const char *name = tol_fact_name(law, i);
        if (name == NULL) {
            break;
        }
        add(schema, name, false);
    }
}

size_t tol_schema_find(const struct tol_schema *schema, const char *name)
{
    size_t i = 0;
    while (i < schema->count && strcmp(schema->name[i], name) != 0) {
        i++;
    }
    return i;
}

/* Levenshtein distance without regard to case; texts beyond 63 letters are far from everything. */
static unsigned distance(const char *a, const char *b)
{
    unsigned row[64];
    size_t a_length = strlen(a);
    size_t b_length = strlen(b);
    if (a_length > 63 || b_length > 63) {
        return 64;
    }
    for (unsigned j = 0; j <= b_length; j++) {
        row[j] = j;
    }
    for (unsigned i = 1; i <= a_length; i++) {
        unsigned diagonal = row[0];
        row[0] = i;
        for (unsigned j = 1; j <= b_length; j++) {
            unsigned change = diagonal + (tolower((unsigned char)a[i - 1]) != tolower((unsigned char)b[j - 1]));
            diagonal = row[j];
            unsigned shorter = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            row[j] = change < shorter ? change : shorter;
        }
    }
    return row[b_length];
}

const char *tol_schema_nearest(const struct tol_schema *schema, const char *name)
{
    return tol_schema_nearest_within(schema, name, 3);
}

const char *tol_schema_nearest_within(const struct tol_schema *schema, const char *name, unsigned changes_max)
{
    const char *nearest = "";
    unsigned least = changes_max + 1;
    for (size_t i = 0; i < schema->count; i++) {
        unsigned changes = distance(schema->name[i], name);
        if (changes < least) {
            least = changes;
            nearest = schema->name[i];
        }
    }
    return nearest;
}
