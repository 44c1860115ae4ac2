/* Build and write against what DuckDB alone needs for the same tables. */
#ifndef BENCH_IO_H
#define BENCH_IO_H

#include <stddef.h>
#include <stdint.h>

#include "duckdb_session.h"
#include "limit.h"
#include "measure.h"

enum { IO_PATH_SIZE = 4096, IO_SQL_SIZE = 32768 };

struct io_bench {
    const char *input;   /* folder of Parquet supply tables */
    const char *csv;     /* folder of the same tables as CSV; made when they are not there */
    const char *scratch; /* folder on a disk */
    char program[IO_PATH_SIZE];
    unsigned threads;
    unsigned rounds;
    struct duckdb_session session;
    struct bench_sheet sheet;
};

/* io_build.c: `tolmuur build` from Parquet and from CSV. Leaves the book at `book`. */
void io_measure_build(struct io_bench *bench, const char *book);

/* io_write.c: the scores of that book to CSV, JSON lines and Parquet. */
void io_measure_write(struct io_bench *bench, const char *book);

/* Bytes of a file. Ends the bench when it is not there. */
uint64_t io_file_bytes(const char *path);

#endif
