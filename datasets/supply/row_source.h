/* Rows of a table, whatever file they come from. */
#ifndef TOLMUUR_SUPPLY_ROW_SOURCE_H
#define TOLMUUR_SUPPLY_ROW_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "supply/schema.h"
#include "tolmuur/status.h"

enum tol_cell_kind {
    TOL_CELL_NONE = 0, /* not given: empty or null */
    TOL_CELL_TEXT,
    TOL_CELL_INTEGER, /* typed whole or decimal number, exact in `text` */
    TOL_CELL_DOUBLE,  /* typed floating point, in `number` */
    TOL_CELL_OTHER,   /* something no column takes (list, object, blob ...); `text` says what */
};

struct tol_input_cell {
    enum tol_cell_kind kind;
    const char *text; /* zero-terminated UTF-8 */
    double number;
};

struct tol_input_row {
    bool end;                    /* no row: the table is at its end */
    struct tol_input_cell *cell; /* [column_count] */
    char fault[256];             /* not "": the row as a whole cannot be used, and why; cells are undefined */
    char fault_column[64];       /* "" or the column meant */
};

struct tol_row_source {
    size_t column_count;
    const char *const *column_name;
    /* The next row; *row belongs to the source until the next call. A status other than TOL_OK ends the file: error says why. */
    enum tol_status (*next)(struct tol_row_source *source, struct tol_input_row *row, struct tol_error *error);
    void (*close)(struct tol_row_source *source);
    uint64_t row_total; /* 0: not known */
};

struct tol_row_source_options {
    unsigned threads;
    uint64_t memory_limit_bytes;
};

/* path: used to open and in messages. All: TOL_NO_INPUT, TOL_BAD_DATA, TOL_IO, TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_csv_source_open(const char *path, bool gzip, struct tol_row_source **source,
                                                   struct tol_error *error);
/* Columns are those of the schema; a row with any other key is faulty. */
TOL_MUST_CHECK enum tol_status tol_jsonl_source_open(const char *path, const struct tol_schema *schema,
                                                     struct tol_row_source **source, struct tol_error *error);
/* Also TOL_UNAVAILABLE: DuckDB could not be loaded. */
TOL_MUST_CHECK enum tol_status tol_parquet_source_open(const char *path, const struct tol_row_source_options *options,
                                                       struct tol_row_source **source, struct tol_error *error);

#endif
