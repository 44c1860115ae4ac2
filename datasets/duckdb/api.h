/* What the program asks of DuckDB. The functions live in a library of their own (tolmuur_duckdb.so), loaded only by commands that read or write
 * Parquet or read a DuckDB database: DuckDB is large, and the others start without it. */
#ifndef TOLMUUR_DUCKDB_API_H
#define TOLMUUR_DUCKDB_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "datasets/run_compare.h"
#include "datasets/run_read.h"
#include "datasets/table_writer.h"
#include "tolmuur/status.h"

#define TOL_DUCKDB_API_VERSION 5u
#define TOL_DUCKDB_API_SYMBOL "tol_duckdb_api"

enum tol_parquet_kind {
    TOL_PARQUET_TEXT,   /* text, enumerations, dates (YYYY-MM-DD), truth values (yes, no) */
    TOL_PARQUET_EXACT,  /* whole and decimal numbers, given as text without loss */
    TOL_PARQUET_DOUBLE, /* float and double */
    TOL_PARQUET_OTHER,  /* anything else: cells give the type's name */
};

struct tol_parquet_column {
    const char *name;
    enum tol_parquet_kind kind;
    const char *type_name; /* as DuckDB calls it */
};

struct tol_parquet_cell {
    bool given;
    const char *
        text; /* zero-terminated, valid until the same column's next cell; NULL: text that holds a zero byte or is beyond 1 MB */
    double number;
};

struct tol_parquet_reader;
struct tol_parquet_chunk;

struct tol_duckdb_api {
    uint32_t version; /* TOL_DUCKDB_API_VERSION */
    const char *(*library_version)(void);

    /* Which of these tables or views (lower case) the database holds in its schema main. TOL_TRY_AGAIN: it is being written, or was not closed. */
    enum tol_status (*database_tables)(int file, const char *path, uint64_t memory_limit_bytes, const char *const *name,
                                       size_t count, bool *present, struct tol_error *error);

    /* file: an open descriptor of the file, which must stay open; path is for messages. table: of a DuckDB database, which is opened for
     * reading only; its rows come in their order there, and how many they are is not known beforehand. NULL: the file is Parquet. */
    enum tol_status (*reader_open)(int file, const char *path, const char *table, unsigned threads,
                                   uint64_t memory_limit_bytes, struct tol_parquet_reader **reader,
                                   struct tol_error *error);
    void (*reader_close)(struct tol_parquet_reader *reader);
    size_t (*reader_columns)(const struct tol_parquet_reader *reader, const struct tol_parquet_column **columns);
    uint64_t (*reader_rows)(const struct tol_parquet_reader *reader); /* 0: not known */
    /* The next rows in file order; *chunk is the caller's to release, NULL at the end. */
    enum tol_status (*reader_take)(struct tol_parquet_reader *reader, struct tol_parquet_chunk **chunk,
                                   size_t *row_count, struct tol_error *error);
    enum tol_status (*reader_cell)(struct tol_parquet_reader *reader, struct tol_parquet_chunk *chunk, size_t column,
                                   size_t row, struct tol_parquet_cell *cell, struct tol_error *error);
    /* A whole column: number[row] (NaN: not given) of a column of doubles, else text[row] and length[row] (0: not given or empty), which lie
     * in the chunk, are not zero-terminated and can be read 12 bytes far. Thread safe. */
    void (*chunk_column)(const struct tol_parquet_reader *reader, struct tol_parquet_chunk *chunk, size_t column,
                         const char **text, uint32_t *length, double *number);
    void (*chunk_release)(struct tol_parquet_chunk *chunk); /* NULL allowed */

    /* Writes into an open, empty file through its descriptor. */
    enum tol_status (*write)(int file, const char *path, const struct tol_table_column *columns, size_t column_count,
                             tol_table_producer producer, void *context, struct tol_error *error);

    /* tol_run_compare. */
    enum tol_status (*run_join)(const struct tol_run_compare *compare, uint64_t (*firms)[TOL_RUN_SIDE_COUNT],
                                tol_run_mover_function take, void *context, struct tol_error *error);

    /* tol_run_read. */
    enum tol_status (*run_read)(const struct tol_run_read *read, tol_run_chunk_function take, void *context,
                                struct tol_error *error);
};

#endif
