/* One table of a supply folder on its way into a book. */
#ifndef TOLMUUR_SUPPLY_READER_H
#define TOLMUUR_SUPPLY_READER_H

#include <locale.h>

#include "supply/faults.h"
#include "supply/row_source.h"
#include "supply/schema.h"
#include "supply/text.h"
#include "tolmuur/book.h"

/* What is compared once all is read, per firm in the order of arrival. */
struct tol_firm_sums {
    uint64_t row; /* of the firms table, through all its files */
    double revenue_eur;
    double purchases_eur; /* NaN: not given */
    double line_eur[TOL_SIDE_COUNT];
};

struct tol_firm_sums_list {
    struct tol_firm_sums *item;
    uint64_t count;
    uint64_t capacity;
};

#define TOL_FACTS_CACHE_SIZE 512
/* Few combinations of facts come again and again. */
struct tol_facts_cache {
    struct {
        char raw[256];
        char canonical[512];
    } entry[TOL_FACTS_CACHE_SIZE];
};

struct tol_postgres_input;
struct tol_row_filter;

struct tol_table_reader {
    const struct tol_supply_options *options;
    struct tol_fault_log *log;
    struct tol_book_builder *builder;
    struct tol_run *run; /* reads lines */
    bool keep_lines;     /* false: lines are only checked */
    struct tol_firm_sums_list *sums;
    struct tol_facts_cache *facts_cache;
    locale_t c_locale;
    struct tol_schema schema;
    const struct tol_row_filter *filter; /* of the table's rows; NULL: all are read */
    const char *file;
    bool more_files;                     /* of the same table */
    uint64_t rows_before;                /* in the files of the table that were read before */
    struct tol_postgres_input *postgres; /* NULL: tables are files */
    uint64_t row;
    bool row_faulty;
    struct tol_input_cell cell[TOL_SCHEMA_COLUMNS_MAX]; /* by place in the schema */
    char value_text[TOL_NUMBER_TEXT_SIZE];
};

/* Reads one firm or line from reader->cell. Faults are logged and mark the row; the status is of memory and the like. */
TOL_MUST_CHECK enum tol_status tol_read_firm(struct tol_table_reader *reader, struct tol_error *error);
TOL_MUST_CHECK enum tol_status tol_read_line(struct tol_table_reader *reader, struct tol_error *error);

/* Logs a fault of the row in this column, with the cell's value, and marks the row. */
void tol_reader_fault(struct tol_table_reader *reader, size_t column, const char *message);

/* Cells as values. After a fault: "" , NaN, 0. */
const char *tol_reader_text(struct tol_table_reader *reader, size_t column);
/* A code whose leading zeros count: a typed number is a fault. */
const char *tol_reader_code(struct tol_table_reader *reader, size_t column);
double tol_reader_number(struct tol_table_reader *reader, size_t column); /* NaN: not given */
tol_country tol_reader_country(struct tol_table_reader *reader, size_t column);
/* The cell as text whatever its kind, for a message or a fact. */
const char *tol_reader_value_text(struct tol_table_reader *reader, size_t column);

/* The canonical text of the row's fact columns. */
const char *tol_reader_facts(struct tol_table_reader *reader, char *canonical, size_t size);

/* What the builder refuses about a row is a fault of the row; anything else comes back. */
enum tol_status tol_reader_builder_status(struct tol_table_reader *reader, enum tol_status status,
                                          struct tol_error *fault, struct tol_error *error);

#endif
