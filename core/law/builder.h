/* Takes the rows of the law tables as text, checks them, and compiles them into a law in memory. Used when the tables are compiled and
 * when an overlay changes them: both go through the same checks. */
#ifndef TOLMUUR_LAW_BUILDER_H
#define TOLMUUR_LAW_BUILDER_H

#include "file/sections.h"
#include "law/image.h"

enum law_table {
    LAW_TABLE_FACTS,
    LAW_TABLE_GROUPS,
    LAW_TABLE_PROGRAMMES,
    LAW_TABLE_COVERAGE,
    LAW_TABLE_MEASURES,
    LAW_TABLE_PRODUCTS,
    LAW_TABLE_BASE_RATES,
    LAW_TABLE_TARIFF_LINES,
    LAW_TABLE_AVERAGES,
    LAW_TABLE_CONCORDANCE,
    LAW_TABLE_COUNT
};

#define LAW_COLUMNS_MAX 18
#define LAW_COLUMN2_GROUP "COLUMN2" /* its members meet the second column of the schedule */

struct law_table_shape {
    const char *name;
    char letter; /* first byte of its records */
    unsigned column_count;
    const char *column[LAW_COLUMNS_MAX];
    unsigned required; /* the first so many columns must be in the file's header line */
};
extern const struct law_table_shape tol_law_tables[LAW_TABLE_COUNT];

/* Column indices that the code names. */
enum {
    FACT_NAME,
    FACT_TYPE,
    FACT_VALUES,
    FACT_CENTRAL,
    FACT_MISSING,
    FACT_MEANING,
    GROUP_NAME = 0,
    GROUP_COUNTRY,
    GROUP_FROM,
    GROUP_UNTIL,
    PROGRAMME_NAME = 0,
    PROGRAMME_AUTHORITY,
    PROGRAMME_TITLE,
    COVERAGE_IMPORTER = 0,
    COVERAGE_FROM,
    COVERAGE_UNTIL,
    COVERAGE_BASE_FROM,
    COVERAGE_BASE_UNTIL,
    MEASURE_ID = 0,
    MEASURE_PROGRAMME,
    MEASURE_PARTNERS,
    MEASURE_PRODUCTS,
    MEASURE_EFFECT,
    MEASURE_RATE,
    MEASURE_FROM,
    MEASURE_UNTIL,
    MEASURE_SOURCE,
    MEASURE_PARTNERS_EXCEPT,
    MEASURE_PRODUCTS_EXCEPT,
    MEASURE_BASE,
    MEASURE_COLLECTED_FROM,
    MEASURE_COLLECTED_UNTIL,
    MEASURE_CONDITIONS,
    MEASURE_YIELDS_TO,
    MEASURE_STATUS,
    MEASURE_NOTE,
    PRODUCT_HS = 0,
    PRODUCT_FROM,
    PRODUCT_UNTIL,
    PRODUCT_SOURCE,
    PRODUCT_STATUS,
    BASE_KIND = 3,
    BASE_RATE,
    BASE_TEXT,
    BASE_SPECIAL,
    BASE_COLUMN2_KIND,
    BASE_COLUMN2_RATE,
    BASE_COLUMN2_TEXT,
    BASE_SOURCE,
    BASE_STATUS,
    AVERAGE_FACT = 0,
    AVERAGE_HS,
    AVERAGE_ORIGIN,
    AVERAGE_FROM,
    AVERAGE_UNTIL,
    AVERAGE_VALUE,
    AVERAGE_SOURCE,
    CONCORDANCE_IMPORTER = 0,
    CONCORDANCE_OLD,
    CONCORDANCE_NEW,
    CONCORDANCE_FROM,
    CONCORDANCE_SOURCE
};

struct tol_law_builder;

TOL_MUST_CHECK enum tol_status tol_law_builder_create(const struct tol_allocator *allocator,
                                                      struct tol_law_builder **builder, struct tol_error *error);
void tol_law_builder_destroy(struct tol_law_builder *builder);

/* Adds a row. importer: "US", "" for tables that have none; list: name of a product list, else "". field: [column_count] texts in the shape's order,
 * copied. file and row say where it stands, for faults found later. */
TOL_MUST_CHECK enum tol_status tol_law_builder_add(struct tol_law_builder *builder, enum law_table table,
                                                   const char *importer, const char *list,
                                                   const char *const field[LAW_COLUMNS_MAX], const char *file,
                                                   uint64_t row, struct tol_error *error);

/* US imports by code (ascending), for the means over lines. Copied. */
TOL_MUST_CHECK enum tol_status tol_law_builder_weights(struct tol_law_builder *builder, const uint64_t *product,
                                                       const double *usd, uint64_t count, struct tol_error *error);

/* Checks everything and compiles. version_seed: "" for tables (the version is then the hash of their rows), or a text that the
 * version is made of. Caller owns *law. TOL_BAD_DATA with file, row, column and value. The builder can only be destroyed afterwards. */
TOL_MUST_CHECK enum tol_status tol_law_builder_finish(struct tol_law_builder *builder, const char *version_seed,
                                                      struct tol_law **law, struct tol_error *error);

/* Writes a law's sections (not the market's nor the parameters'). */
TOL_MUST_CHECK enum tol_status tol_law_write(const struct tol_law *law, struct tol_sections_writer *writer,
                                             struct tol_error *error);

/* Goes through the rows that a law was compiled from. *at starts at 0; false at the end. fields point into the law. */
struct law_source_row {
    enum law_table table;
    const char *importer;
    const char *list;
    const char *field[LAW_COLUMNS_MAX];
};
bool tol_law_source_next(const struct tol_law *law, uint64_t *at, struct law_source_row *row);

#endif
