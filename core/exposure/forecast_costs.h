/* Unit costs of a score for tol_plan_forecast, all in one place: nanoseconds of one thread on the reference machine, an AMD EPYC "Milan" virtual
 * machine with 2 cores, AVX2, 512 KiB L2 and 32 MiB L3, gcc 12. Fitted to bench/forecast.py's grid (books of 10^4, 10^5, 10^6 firms; 1, 4, 16 scenarios;
 * with and without output and draws), which prints the factor between forecast and reality by stage: multiply a stage's costs by reality / forecast
 * to fit it again. What the law costs is not here: it is asked and timed in each forecast, since it depends on the tables and the days. */
#ifndef TOLMUUR_EXPOSURE_FORECAST_COSTS_H
#define TOLMUUR_EXPOSURE_FORECAST_COSTS_H

/* ---- the reference machine's speed, as tol_forecast_machine_measure finds it ---- */

#define COST_REFERENCE_MARKET_ROW_NS 155.0    /* ces_sales, one row of lanes of one cell */
#define COST_REFERENCE_READ_NS_PER_BYTE 0.050 /* sum of 8-byte words, one thread */

/* What each further thread adds to the speed of one: arithmetic, and passes that wait for memory. */
#define COST_THREAD_GAIN 0.9
#define COST_THREAD_GAIN_MEMORY 0.8

/* ---- verify ---- */
#define COST_VERIFY_BYTE 0.25
#define COST_VERIFY_LINE 4.2 /* a line or link: bounds and value */

/* ---- markets ---- */
#define COST_MARKET_LOOK 60.0     /* a market: industry, importer, origins; one thread */
#define COST_MARKET_ROW 200.0     /* an origin and row of lanes: prices, answers, sums of its sector */
#define COST_SECTOR_SHARE 0.6     /* an importer, tile and link of the sector network: shares sold there */
#define COST_SECTOR_SWEEP 1.3     /* a link and tier of the sector network, for each tile */
#define COST_SECTOR_SWEEP_ROW 0.7 /* a link, row and tier of the sector network */
#define COST_SECTOR_TIERS 60.0
#define COST_USE_LINK 1.0 /* a use and industry: its buyers; one thread */

/* ---- tables ---- */
#define COST_CELL 400.0     /* a cell: elasticities, place of its market and use */
#define COST_CELL_ROW 250.0 /* a cell and row of lanes: the market's answer */
#define COST_SHARE_ROW 60.0 /* a cell and row of lanes: equal rows found, tables cut; one thread */
#define COST_WHAT_IF 150.0  /* a cell into the US and scenario: two answers */

/* ---- network ---- */
#define COST_BEGIN_LINE_TILE 4.5 /* a line and tile: the direct pass */
#define COST_BEGIN_FIRM_ROW 20.0 /* a firm and row of lanes: first terms */
#define COST_ORDER_LINK 20.0     /* a link: into the order of the nodes */
#define COST_LINK 4.5            /* a link and sweep */
#define COST_LINK_ROW 3.5        /* a link, sweep and row of lanes */
#define COST_NODE_ROW 15.0       /* a firm, sweep and row of lanes */

#define COST_NODE 10.0     /* a firm and sweep */
#define COST_RESOLVE 400.0 /* a firm: its numbers with their fallbacks */

#define COST_TAKE_ROW 80.0  /* a firm and scenario of a kept network: checked and to its lanes */
#define COST_KEEP_ROW 130.0 /* likewise written */

/* ---- draws ---- */
#define COST_DRAW_LANES 400.0     /* a chapter and row of lanes: quantiles */
#define COST_DRAW_MARKET_ROW 60.0 /* an origin of a market that moves, row of lanes */
#define COST_DRAW_CELL_ROW 60.0   /* a row of the draws' tables, row of lanes */
#define COST_DRAW_LINE_ROW 3.0    /* a touched line, row of lanes */
#define COST_DRAW_FIRM_LANE 16.0  /* a touched firm and draw: profit, sums, ranks */
#define COST_DRAW_CENSUS_LINE 3.0 /* a line: is it touched */

/* ---- lines ---- */
#define COST_SALES_LINE_TILE 5.4
#define COST_PURCHASE_LINE_TILE 3.5
#define COST_LINE 4.0        /* notes and open facts, however many scenarios */
#define COST_FIRM 450.0      /* a firm: its numbers, its lines into the US and from China */
#define COST_FIRM_ROW 250.0  /* a firm and row of lanes: profit and score */
#define COST_SCORE_ROW 300.0 /* a firm and scenario: the row, and into the totals */

/* ---- write: a row ---- */
#define COST_WRITE_CSV 3000.0
#define COST_WRITE_JSON 3500.0
#define COST_WRITE_PARQUET 4400.0
#define COST_WRITE_PARQUET_START_SECONDS 0.08 /* DuckDB's library comes in */
#define COST_WRITE_PARQUET_BYTES 40e6         /* and what it holds, whatever the rows */

#define COST_WRITE_PARQUET_ROW_BYTES 800.0 /* held until a group of rows is written, up to */
#define COST_WRITE_PARQUET_GROUP_BYTES 110e6
#define COST_WRITE_TEXT_BYTES 10e6 /* texts under way */

/* ---- totals ---- */
#define COST_TOTALS_LINE 4.5 /* a line: which fact would narrow the range most */

/* Rows of the draws' tables for each touched cell, at most. */
#define SHARE_DRAW_ROWS 0.6

#endif
