/* Others who can do what gather_sum does: a sparse matrix of lines times a dense table of factors.
 *
 * A peer is given matrices and tables by name, once, and multiplies them when asked. DuckDB works in this process; the others are programs of their own that
 * read flat files and answer over a pipe (product_pipe.c), so that rounds can still be interleaved. */
#ifndef BENCH_PRODUCT_PEER_H
#define BENCH_PRODUCT_PEER_H

#include <stddef.h>
#include <stdint.h>

/* Compressed rows: row r holds entries [start[r], start[r + 1]), each value in a column. */
struct product_matrix {
    uint64_t row_count;
    uint64_t column_count;
    const uint64_t *start;  /* [row_count + 1] */
    const uint32_t *column; /* [start[row_count]] */
    const double *value;
};

/* [row_count][column_count] */
struct product_table {
    uint64_t row_count;
    size_t column_count;
    const double *value;
};

/* Every function gives 0 or seconds when it succeeds and something negative, after a message on stderr, when it does not. */
struct product_peer {
    const char *name;
    void *self;
    int (*take_matrix)(void *self, const char *name, const struct product_matrix *matrix);
    int (*take_table)(void *self, const char *name, const struct product_table *table);
    /* Seconds for the whole product, its result in the peer's memory. */
    double (*multiply)(void *self, const char *matrix, const char *table);
    /* The product into out [rows of the matrix][columns of the table], count in all, which is 0 before; rows without entries are 0. Not timed. */
    int (*result)(void *self, const char *matrix, const char *table, double *out, size_t count);
    void (*close)(void *self);
};

/* NULL, with the reason on stdout, when this peer cannot be had here. */
struct product_peer *product_duckdb_open(unsigned threads);
/* command: NULL-terminated, the first a path. folder: where the flat files are put for a moment. Copies neither. */
struct product_peer *product_pipe_open(const char *name, char *const command[], const char *folder);

void product_peer_close(struct product_peer *peer); /* NULL allowed */

#endif
