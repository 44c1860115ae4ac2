/* What a score will take, before it runs: counts of the work, the speed of this machine, and from both the seconds and the memory of each stage.
 *
 * What is not in it: reading a book that is not in the system's page cache, and the first touch of memory that a virtual machine has to get
 * from its host. Both are the surroundings' and may take seconds a gigabyte (docs/performance.md). */
#ifndef TOLMUUR_FORECAST_H
#define TOLMUUR_FORECAST_H

#include "tolmuur/exposure.h"

#pragma GCC visibility push(default)

/* How rows leave. */
enum tol_forecast_output {
    TOL_FORECAST_NONE = 0, /* only totals are made */
    TOL_FORECAST_CSV,
    TOL_FORECAST_JSON, /* an array or lines */
    TOL_FORECAST_PARQUET,
    TOL_FORECAST_NETWORK /* no rows: what the firms' network comes to is kept (tol_plan_keep_network) */
};

/* How much there is to do. Everything but the last group stands in the book, the tables and the options; the last group is looked at on samples. */
struct tol_forecast_counts {
    uint64_t firm_count;
    uint64_t line_count[TOL_SIDE_COUNT], link_count[TOL_SIDE_COUNT], cell_count[TOL_SIDE_COUNT];
    uint64_t facts_count;    /* texts of the book */
    uint64_t book_bytes;     /* as mapped */
    uint64_t base_bytes;     /* resident before the book is read: program and tables */
    uint64_t us_sales_cells; /* sales into the United States */
    uint64_t china_purchase_cells;
    uint64_t hub_count;
    uint64_t block_count, block_firms; /* blocks of the lines, as tol_plan_block; firms of the greatest */
    uint64_t window_rows;              /* rows that the caller holds at a time */

    uint64_t market_count;        /* of the economy; 0: neither markets nor sectors */
    uint64_t priced_markets;      /* all, or those that the book's sales go to where the sectors' answers are kept */
    uint64_t question_count;      /* origins of the markets that are priced */
    uint64_t sold_question_count; /* origins of the markets that the book's sales go to */
    uint64_t origins_most;        /* of one market */
    uint64_t importer_count, node_count, region_count, industry_count;
    uint64_t node_link_count; /* of the sector network, both sides */
    uint64_t use_count;       /* industries of a region in the markets of another that sales hang on */
    bool sectors_stored;      /* the sector network's answers are kept from an earlier run */
    bool network_kept;        /* and those of the firms' network, for the firms that are scored */
    uint64_t scored_count;    /* those firms */

    size_t scenario_count;
    uint32_t world_count;  /* laws and days, the baseline among them */
    uint32_t facts_tables; /* different laws among them */
    uint32_t draw_count;
    uint32_t tiers_most; /* as set */
    unsigned thread_count;
    enum tol_forecast_output output;

    double tiers[TOL_SIDE_COUNT]; /* sweeps that the network will take, by the decay of its terms; 0 where it is kept */
    double factor_rows[TOL_SIDE_COUNT]; /* different rows of factors that the cells have */
    double open_cells;                  /* cells whose duty some unknown fact leaves open */
    /* What some duty moves, mean of the scenarios; only with draws. */
    double touched_lines[TOL_SIDE_COUNT], touched_firms, touched_cells[TOL_SIDE_COUNT], moved_questions;
    double market_question_ns; /* one origin of a market asked in all worlds, one thread of this machine */
    double cell_question_ns;   /* one cell likewise */
    double open_question_ns;   /* one open cell in one world, with the reasons why it is open */
};

/* This machine against the one that the unit costs were measured on: 1 is equal, 2 is twice as fast. */
struct tol_forecast_machine {
    double arithmetic; /* exp and log in the market's kernel */
    double memory;     /* reading in sequence, one thread */
};

struct tol_stage_use {
    double seconds;
    double cpu_seconds; /* of all threads */
    double
        peak_bytes; /* greatest memory of the process while the stage runs, pages of the book that were read among them */
};

/* Counts the work of a score of the whole book. Reads the links a few times over and asks the law about some thousand lines: a fraction of a
 * second. output, base_bytes and window_rows are left 0 for the caller. The book need not be verified. TOL_USAGE and TOL_BAD_DATA as tol_plan_create,
 * TOL_BAD_DATA where a link or line leads out of the book, TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_forecast_count(const struct tol_book *book, const struct tol_parameters *parameters,
                                                  const struct tol_plan_options *options, struct tol_run *run,
                                                  struct tol_forecast_counts *counts, struct tol_error *error);

/* Measures for about a tenth of a second on the calling thread. isa as in tol_plan_options. TOL_USAGE, TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_forecast_machine_measure(const char *isa, struct tol_forecast_machine *machine,
                                                            struct tol_error *error);

/* Seconds and memory by stage: unit costs (core/exposure/forecast_costs.h) times counts, divided by the machine's speed and by what the threads
 * gain; memory from the shapes of the arrays. OPEN is the caller's, who has done it: its seconds are 0 here. Never less for more firms, lines,
 * scenarios or draws. use: [TOL_STAGE_COUNT]. */
void tol_plan_forecast(const struct tol_forecast_counts *counts, const struct tol_forecast_machine *machine,
                       struct tol_stage_use *use);

#pragma GCC visibility pop

#endif
