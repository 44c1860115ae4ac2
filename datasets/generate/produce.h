/* The three supply tables as producers for tol_table_write: real rows first when there are any, then the fictional ones. */
#ifndef TOLMUUR_GENERATE_PRODUCE_H
#define TOLMUUR_GENERATE_PRODUCE_H

#include "datasets/table_writer.h"
#include "portfolio.h"
#include "text_table.h"

enum { PRODUCE_TEXT_SIZE = 64, PRODUCE_COLUMNS = 10 };

/* One table in the making. Large (a quarter of a megabyte of text): allocate it. */
struct production {
    const struct portfolio *portfolio;
    const struct text_table *real; /* NULL: none */
    const struct tol_table_column *columns;
    size_t column_count;
    size_t source[PRODUCE_COLUMNS]; /* where each column stands in real */
    size_t next_real;
    uint32_t next_firm;
    struct line_walk walk;
    char text[2][TOL_TABLE_BLOCK_ROWS][PRODUCE_TEXT_SIZE];
};

enum produce_table { PRODUCE_FIRMS = 0, PRODUCE_SALES, PRODUCE_PURCHASES, PRODUCE_TABLES };

extern const char *const tol_produce_table_name[PRODUCE_TABLES];

/* Everything is borrowed. TOL_BAD_DATA: real has a column that the table does not have, or lacks a required one. */
TOL_MUST_CHECK enum tol_status tol_produce_start(struct production *production, enum produce_table table,
                                                 const struct portfolio *portfolio, const struct text_table *real,
                                                 struct tol_error *error);

/* tol_table_producer with a struct production as context. */
enum tol_status tol_produce_firms(void *context, const struct tol_table_cells *cells, size_t *row_count,
                                  struct tol_error *error);
enum tol_status tol_produce_lines(void *context, const struct tol_table_cells *cells, size_t *row_count,
                                  struct tol_error *error);

#endif
