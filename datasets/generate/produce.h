/* The three supply tables as producers for tol_table_write: real rows first when there are any, then the fictional ones. */
#ifndef TOLMUUR_GENERATE_PRODUCE_H
#define TOLMUUR_GENERATE_PRODUCE_H

#include "datasets/table_writer.h"
#include "held_table.h"
#include "portfolio.h"

enum { PRODUCE_TEXT_SIZE = 64, PRODUCE_COLUMNS = 10 };

/* One table in the making. Large (a quarter of a megabyte of text): allocate it. */
struct production {
    const struct portfolio *portfolio;
    const struct held_table *real; /* NULL: none */
    struct tol_table_column columns[PRODUCE_COLUMNS];
    size_t column_count;
    size_t next_real;
    uint32_t next_firm;
    struct line_walk walk;
    char text[2][TOL_TABLE_BLOCK_ROWS][PRODUCE_TEXT_SIZE];
};

enum produce_table { PRODUCE_FIRMS = 0, PRODUCE_SALES, PRODUCE_PURCHASES, PRODUCE_TABLES };

extern const char *const tol_produce_table_name[PRODUCE_TABLES];

/* Columns of a table of real rows: those that are generated, the first four required. */
extern const struct csv_shape tol_produce_shape[PRODUCE_TABLES];

/* Everything is borrowed. real: of the table's shape; NULL: none. */
void tol_produce_start(struct production *production, enum produce_table table, const struct portfolio *portfolio,
                       const struct held_table *real);

/* tol_table_producer with a struct production as context. */
enum tol_status tol_produce_firms(void *context, const struct tol_table_cells *cells, size_t *row_count,
                                  struct tol_error *error);
enum tol_status tol_produce_lines(void *context, const struct tol_table_cells *cells, size_t *row_count,
                                  struct tol_error *error);

#endif
