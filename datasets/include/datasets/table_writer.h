/* One way to write a table: CSV, JSON lines or Parquet from blocks of rows. */
#ifndef TOLMUUR_DATASETS_TABLE_WRITER_H
#define TOLMUUR_DATASETS_TABLE_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tolmuur/run.h"
#include "tolmuur/status.h"

#pragma GCC visibility push(default)

enum tol_table_format { TOL_TABLE_BY_ENDING = 0, TOL_TABLE_CSV, TOL_TABLE_JSONL, TOL_TABLE_PARQUET };

/* Format of a path by its ending (.csv .jsonl .parquet, any case); TOL_TABLE_BY_ENDING when it has none of them. */
enum tol_table_format tol_table_format_of(const char *path);

enum tol_column_type { TOL_COLUMN_TEXT = 0, TOL_COLUMN_DOUBLE };

struct tol_table_column {
    const char *name;
    enum tol_column_type type;
    bool
        raw; /* text in CSV: also a cell that a spreadsheet would run as a formula is written as it is; else it gets TOL_TEXT_NO_FORMULA in front */
};

/* Where the producer puts one column of a block: `text` for a text column, `number` for a double column, the other is NULL. Both have room for
 * TOL_TABLE_BLOCK_ROWS. Texts are UTF-8, zero-terminated, and must live until the next call or the end; NULL is no value. NaN is
 * no value; an infinity is a fault. */
struct tol_table_cells {
    const char **text;
    double *number;
};
#define TOL_TABLE_BLOCK_ROWS 2048

/* Fills the first *row_count <= TOL_TABLE_BLOCK_ROWS rows of every column; 0 rows: the table is at its end. Called on the calling thread for CSV and
 * JSON lines, and one call at a time in row order for Parquet. A status other than TOL_OK ends the writing and is returned. */
typedef enum tol_status (*tol_table_producer)(void *context, const struct tol_table_cells *columns, size_t *row_count,
                                              struct tol_error *error);

/* Writes the whole table to path: a temporary file beside it (mode 0600, O_EXCL), sync, rename. path "-" writes CSV or JSON lines to standard
 * output (BY_ENDING: CSV). On failure nothing is left behind and an older file is untouched. Memory does not grow with the rows.
 * The same rows give the same bytes. CSV: RFC 4180 with \n, header line; no value: empty cell; an empty text is "". JSON lines: no value: null.
 * Doubles have the fewest digits that read back to the same bits. Parquet: VARCHAR and DOUBLE, zstd.
 * TOL_USAGE: no format can be told from the ending, Parquet to standard output. TOL_CANNOT_CREATE: no file can be made there. TOL_IO: disk full, closed pipe.
 * TOL_BAD_DATA: infinity, or text that is not UTF-8. TOL_UNAVAILABLE: DuckDB could not be loaded (Parquet only). */
TOL_MUST_CHECK enum tol_status tol_table_write(const char *path, enum tol_table_format format,
                                               const struct tol_table_column *columns, size_t column_count,
                                               tol_table_producer producer, void *context, struct tol_error *error);

/* Rows that several threads may put into columns side by side. */
struct tol_table_rows {
    /* Makes the next rows ready, at most `most`; *row_count 0: the table is at its end. One call at a time, on any thread. */
    enum tol_status (*take)(void *context, uint64_t most, uint64_t *row_count, struct tol_error *error);
    /* Fills columns with the rows [first, first + row_count) of those taken last; row_count <= TOL_TABLE_BLOCK_ROWS. worker < threads of the run.
     * Texts live until the same worker's next call; where a column's text stands at one address, it is one text. */
    enum tol_status (*fill)(void *context, unsigned worker, uint64_t first, size_t row_count,
                            const struct tol_table_cells *columns, struct tol_error *error);
    void *context;
};

/* The same as tol_table_write, and the same bytes: CSV and JSON lines are formatted by all workers of run (NULL: on the calling thread). */
TOL_MUST_CHECK enum tol_status tol_table_write_rows(const char *path, enum tol_table_format format,
                                                    const struct tol_table_column *columns, size_t column_count,
                                                    const struct tol_table_rows *rows, struct tol_run *run,
                                                    struct tol_error *error);

#pragma GCC visibility pop

#endif
