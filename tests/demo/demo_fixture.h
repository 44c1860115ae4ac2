/* A market and a portfolio of it, opened for a test. */
#ifndef TOLMUUR_TEST_DEMO_FIXTURE_H
#define TOLMUUR_TEST_DEMO_FIXTURE_H

#include "datasets/table_writer.h"
#include "generate/portfolio.h"
#include "generate/produce.h"

/* The market of datasets/demo; stays open for the life of the test process. */
const struct market *demo_market(void);

/* Of the market above. */
struct portfolio demo_portfolio(uint64_t seed, uint64_t firms, uint64_t lines);

/* XXH3 over all rows of one table, in order. */
uint64_t demo_digest(const struct portfolio *portfolio, enum produce_table table);

/* One block of cells with room for every column. */
struct demo_block {
    const char *text[PRODUCE_COLUMNS][TOL_TABLE_BLOCK_ROWS];
    double number[PRODUCE_COLUMNS][TOL_TABLE_BLOCK_ROWS];
    struct tol_table_cells cells[PRODUCE_COLUMNS];
};
struct demo_block *demo_block_new(const struct production *production);

#endif
