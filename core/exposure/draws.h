/* Monte Carlo draws of a plan, inside: one scenario at a time, lanes are draws.
 *
 * Lane n is draw n; the lane after the last draw is central (no spread, no programme fallen), and so is the padding. A draw's number for a firm is
 * its central number plus the difference of the two lanes' direct profit, so that what comes along the chain stays central. */
#ifndef TOLMUUR_EXPOSURE_DRAWS_H
#define TOLMUUR_EXPOSURE_DRAWS_H

#include "exposure/plan.h"

/* Rows of lanes that one pass over the lines takes: with two factors of sales, six rows, which is what AVX2 keeps in registers. */
#define TOL_DRAW_TILE_ROWS 3
#define TOL_DRAW_TILE_LANES ((size_t)TOL_DRAW_TILE_ROWS * TOL_LANES)

/* HS chapters are 1 to 99. */
#define TOL_DRAW_CHAPTERS 100

/* What is random, by lane. */
struct tol_draw_lanes {
    uint32_t draw_count;
    size_t row_count;
    size_t lane_count; /* row_count x TOL_LANES */
    size_t tile_count;
    double *scale[TOL_DRAW_CHAPTERS]; /* [lane_count] of sigma - 1 */
    double *normal;                   /* [lane_count] of the pass-through */
    uint32_t rho_count, rho_room;
    double *rho_centre; /* [rho_room] */
    const double **rho; /* [rho_room][lane_count] */
};

/* Draws scales and normals of all chapters. False when out of memory. */
bool tol_draw_lanes_make(const struct tol_plan *plan, const struct tol_draw_options *options, struct tol_keep *keep,
                         struct tol_draw_lanes *lanes);
/* The lanes of a pass-through of this median. NULL when out of memory. */
const double *tol_draw_lanes_rho(const struct tol_plan *plan, struct tol_keep *keep, struct tol_draw_lanes *lanes,
                                 double centre);
/* fallen[i]: mask of the programmes that fall in draw first_draw + i; at most TOL_DRAW_MASKS_AT_ONCE. */
#define TOL_DRAW_MASKS_AT_ONCE 1024
void tol_draws_masks(const struct tol_draw_options *options, const struct tol_scenario_doubts *scenario,
                     uint32_t first_draw, uint32_t count, uint32_t *fallen);

/* One market that some duty moves. */
struct tol_draw_market {
    uint64_t number; /* in the economy */
    bool moves;
    uint32_t origin_count;
    double *log_g;       /* [origin_count][world_count] */
    const double *share; /* [origin_count] */
    double home_share;
    struct tol_draw_response response; /* rows from lane 0 on */
};

/* Lines of a side's cells share rows: cells whose draws are equal have one. Row 0: nothing changes in any draw. */
struct tol_draw_side {
    uint32_t *cell_row; /* [cell_count] */
    uint32_t row_count;
    struct tol_draw_cell *row; /* [row_count] responses from lane 0 on; log_market not set */
    uint32_t *row_market;      /* [row_count] 1 + market; 0: none */
};

/* One scenario while its draws are made. */
struct tol_draw_job {
    struct tol_plan *plan;
    struct tol_run *run;
    const struct tol_draw_options *options;
    size_t scenario;
    unsigned workers;
    struct tol_keep keep;
    struct tol_draw_lanes *lanes;
    struct tol_plan view; /* the plan with other worlds: the baseline, then one for each mask that is drawn */
    uint32_t world_count; /* of the masks; the first is mask 0 */
    uint32_t *world;      /* [lane_count] */
    uint32_t market_count;
    struct tol_draw_market *market;
    struct tol_draw_side side[TOL_SIDE_COUNT];
    /* Tables of a group of tiles. */
    size_t group_tiles, group_first;
    bool group_made;
    double *table[TOL_SIDE_COUNT]; /* [tile of the group][row][factor][rows of the tile][TOL_LANES] */
    double *log_market;            /* [market][lanes of the group] */
    double *power;                 /* [worker][power_size] */
    size_t power_size;
};

static inline size_t tol_draw_memory(const struct tol_draw_options *options)
{
    return options->memory_bytes != 0 ? options->memory_bytes : (size_t)768 << 20;
}

static inline size_t tol_draw_factors(enum tol_side side)
{
    return side == TOL_SALES ? (size_t)TOL_DRAW_SALES_FACTOR_COUNT : 1;
}

static inline size_t tol_draw_tile_rows(const struct tol_draw_lanes *lanes, size_t tile)
{
    size_t left = lanes->row_count - tile * TOL_DRAW_TILE_ROWS;
    return left < TOL_DRAW_TILE_ROWS ? left : TOL_DRAW_TILE_ROWS;
}

/* Worlds, duties and rows of a scenario. */
TOL_MUST_CHECK enum tol_status tol_draw_worlds_set(struct tol_draw_job *job, struct tol_error *error);
TOL_MUST_CHECK enum tol_status tol_draw_cells_price(struct tol_draw_job *job, struct tol_error *error);

/* Room for as many tiles as the budget allows; then the tables of the group that begins with this tile, unless they stand already. */
TOL_MUST_CHECK enum tol_status tol_draw_tables_open(struct tol_draw_job *job, struct tol_error *error);
TOL_MUST_CHECK enum tol_status tol_draw_tables_fill(struct tol_draw_job *job, size_t first_tile,
                                                    struct tol_error *error);
const double *tol_draw_table(const struct tol_draw_job *job, enum tol_side side, size_t tile);

/* All firms: statistics [firm_count] of what draws add to a firm's central number, portfolio [draw_count] likewise of all. Firms that no duty
 * touches are left alone. */
TOL_MUST_CHECK enum tol_status tol_draw_firms(struct tol_draw_job *job, struct tol_draw_statistics *statistics,
                                              double *portfolio, struct tol_error *error);

/* Makes what the plan keeps of draws. options->count 0: nothing. */
TOL_MUST_CHECK enum tol_status tol_draws_make(struct tol_plan *plan, const struct tol_draw_options *options,
                                              struct tol_run *run, struct tol_error *error);
/* Fills in the columns of a row whose ebitda_change_eur is there; NaN without draws. */
void tol_draws_row(const struct tol_plan *plan, uint64_t member, struct tol_score_row *row);

#endif
