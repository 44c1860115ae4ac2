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

#define TOL_DUCKDB_API_VERSION 6u
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

/* A Parquet file, or a table of a DuckDB database, which is opened for reading only. */
struct tol_parquet_place {
    int file;          /* an open descriptor, which must stay open */
    const char *path;  /* for messages */
    const char *table; /* of a database; NULL: the file is Parquet */
    unsigned threads;
    uint64_t memory_limit_bytes; /* 0: 512 MB */
};

/* Texts, not zero-terminated. */
struct tol_text_list {
    size_t count;
    const char **text;
    uint32_t *length;
};

/* Rows whose cell in this column is one of the texts. */
struct tol_row_filter {
    const char *column;
    struct tol_text_list keep;
};

/* Some keys (length 0: not given) in no order, none twice. */
typedef enum tol_status (*tol_digest_function)(void *context, size_t count, const char *const *key,
                                               const uint32_t *length, const uint64_t *row_count, const uint64_t *sum,
                                               struct tol_error *error);

struct tol_parquet_reader;
struct tol_parquet_chunk;

struct tol_duckdb_api {
    uint32_t version; /* TOL_DUCKDB_API_VERSION */
    const char *(*library_version)(void);

    /* Which of these tables or views (lower case) the database holds in its schema main. TOL_TRY_AGAIN: it is being written, or was not closed. */
    enum tol_status (*database_tables)(int file, const char *path, uint64_t memory_limit_bytes, const char *const *name,
                                       size_t count, bool *present, struct tol_error *error);

    /* All rows (filter NULL) come in their order there, those of a filter in any. How many is not known beforehand for a table or with a filter. */
    enum tol_status (*reader_open)(const struct tol_parquet_place *place, const struct tol_row_filter *filter,
                                   struct tol_parquet_reader **reader, struct tol_error *error);
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

    /* How many rows each text of the column `key` has, and the sum of 64-bit hashes of what is read of them (cells, names and kinds of columns,
     * salt) modulo 2^64. Of this library_version only. A row without a text there has the key of length 0, as has each where the column is not there
     * or of a kind that reading takes for no text. */
    enum tol_status (*rows_digest)(const struct tol_parquet_place *place, const char *key, uint64_t salt,
                                   tol_digest_function take, void *context, struct tol_error *error);
    /* The same of rows that have one of the texts in a column (which need not be there); sum is 0. */
    enum tol_status (*rows_naming)(const struct tol_parquet_place *place, const char *key, const char *column,
                                   const struct tol_text_list *texts, tol_digest_function take, void *context,
                                   struct tol_error *error);

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
