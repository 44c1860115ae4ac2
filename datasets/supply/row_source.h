/* Rows of a table, whatever file they come from. */
#ifndef TOLMUUR_SUPPLY_ROW_SOURCE_H
#define TOLMUUR_SUPPLY_ROW_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "supply/file.h"
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

/* As an error's row: the one after all rows that were counted. */
#define TOL_ROW_AFTER UINT64_MAX

/* One column of a block of rows. */
struct tol_block_column {
    enum tol_cell_kind kind; /* TEXT, INTEGER: text and length are filled; DOUBLE: number is; OTHER: nothing is */
    const char **text;       /* [rows] not zero-terminated; 12 bytes can be read whatever the length */
    uint32_t *length;        /* [rows] 0: not given */
    double *number;          /* [rows] NaN: not given */
};

/* Rows as they come from the file, first raw, then in columns. Zero is an empty block. */
struct tol_row_block {
    size_t row_count;
    size_t column_count;
    size_t capacity;                 /* rows that the columns have room for */
    struct tol_block_column *column; /* [column_count] */
    bool *faulty;                    /* [rows] the row as a whole cannot be used: read it with `row` */
    void *raw;                       /* the source's */
};
/* Room for rows of the source; TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_row_block_room(struct tol_row_block *block, size_t column_count, size_t rows,
                                                  struct tol_error *error);

struct tol_row_source {
    size_t column_count;
    const char *const *column_name;
    /* The next row; *row belongs to the source until the next call. A status other than TOL_OK ends the file: error says why. */
    enum tol_status (*next)(struct tol_row_source *source, struct tol_input_row *row, struct tol_error *error);
    void (*close)(struct tol_row_source *source);
    uint64_t row_total; /* 0: not known */

    /* The same rows in blocks, instead of `next`; NULL where the source has none. */
    /* Takes the next raw block in file order (block->raw NULL: the end); one call at a time. */
    enum tol_status (*take)(struct tol_row_source *source, struct tol_row_block *block, struct tol_error *error);
    /* Turns a raw block into columns, on any thread. A status other than TOL_OK ends the file after the block's rows. */
    enum tol_status (*split)(const struct tol_row_source *source, struct tol_row_block *block, struct tol_error *error);
    /* One row of a split block as `next` gives it; one call at a time. */
    enum tol_status (*row)(struct tol_row_source *source, const struct tol_row_block *block, size_t index,
                           struct tol_input_row *row, struct tol_error *error);
    /* Gives back what `take` took, on any thread; the columns stay for the next block. */
    void (*release)(const struct tol_row_source *source, struct tol_row_block *block);
};
/* Frees the columns of a released block. */
void tol_row_block_free(struct tol_row_block *block);

struct tol_row_filter;

struct tol_row_source_options {
    unsigned threads;
    uint64_t memory_limit_bytes;
    const char *table;                   /* of the DuckDB database at path; NULL: a Parquet file */
    const struct tol_row_filter *filter; /* duckdb/api.h; NULL: all rows */
};

/* path: used to open and in messages. All: TOL_NO_INPUT, TOL_BAD_DATA, TOL_IO, TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_csv_source_open(const char *path, bool gzip, struct tol_row_source **source,
                                                   struct tol_error *error);
/* Columns are those of the schema; a row with any other key is faulty. */
TOL_MUST_CHECK enum tol_status tol_jsonl_source_open(const char *path, const struct tol_schema *schema,
                                                     struct tol_row_source **source, struct tol_error *error);
/* Adds columns that are the same in all rows. *source becomes the new one, which closes the old; after a failure it is as it was. The keys must
 * live as long. TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_key_source_wrap(const struct tol_supply_key *key, size_t key_count,
                                                   struct tol_row_source **source, struct tol_error *error);
/* Also TOL_UNAVAILABLE: DuckDB could not be loaded; TOL_TRY_AGAIN: the database is in use. */
TOL_MUST_CHECK enum tol_status tol_parquet_source_open(const char *path, const struct tol_row_source_options *options,
                                                       struct tol_row_source **source, struct tol_error *error);

#endif
