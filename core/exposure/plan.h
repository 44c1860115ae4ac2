/* What a plan holds; shared by the files of this folder.
 *
 * Lanes: scenario x reading, lane = scenario * TOL_READING_COUNT + reading, padded to whole rows of TOL_LANES with zero shock. Rows are
 * cut into tiles, and each tile has factor tables of its own, so that one pass of gather_sum reads whole cache lines and its accumulators
 * stay in registers. */
#ifndef TOLMUUR_EXPOSURE_PLAN_H
#define TOLMUUR_EXPOSURE_PLAN_H

#include <stdbool.h>

#include "exposure/memory.h"
#include "kernels.h"
#include "tolmuur/economy.h"
#include "tolmuur/exposure.h"
#include "tolmuur/resilience.h"
#include "tolmuur/run.h"

/* Rows of lanes in a tile: 16 lanes, so that a sales pass has 6 factors x 2 rows = 12 accumulator rows. Twelve were the best number for two
 * million lines over 43,000 cells and 63 lanes (one thread, AVX-512, best of 10; three factors then): 6 took 0.140 s, 12 0.133 s, 15 0.158 s. */
#define TOL_TILE_ROWS 2

/* A law on a day. Scenarios that share one are priced once. */
struct tol_world {
    const struct tol_law *law;
    tol_day on;
    uint32_t facts_table; /* which parsed fact texts: one table per law */
};

struct tol_tile {
    size_t row_count;
    double *table[TOL_SIDE_COUNT]; /* [row of a cell][factor][row_count][TOL_LANES] */
    uint32_t *cell_row
        [TOL_SIDE_COUNT]; /* [cell_count] cells with equal factors share one row, so that the table stays in cache */
    struct tol_split_table split[TOL_SIDE_COUNT]; /* the same tables for the passes over the lines */
    double *log_market;                           /* [market][row_count][TOL_LANES] ln P */
    /* [node] of the sector network: SALES the share of its orders that it loses, PURCHASES the share by which it sells dearer because it buys dearer */
    double *node[TOL_SIDE_COUNT];
    double *node_direct[TOL_SIDE_COUNT];   /* [node] what duties do to it directly: delta0, c0 */
    double *node_indirect[TOL_SIDE_COUNT]; /* [node] what reaches it along the links: delta - delta0, c - c0 */
    double *use;                           /* [use] share of orders that the buyers of a market drop */
    /* Lost orders and dearer inputs that come along the chain (tol_indirect_row); NULL where the plan has no links on that side. */
    double *indirect[TOL_SIDE_COUNT];
    size_t indirect_stride; /* doubles from one row to the next */
};

/* Lines as the kernels take them. Of the whole book these are the book's own arrays. */
struct tol_plan_side {
    uint64_t cell_count;
    const struct tol_cell *cell; /* [cell_count] facts: index into the plan's fact texts */
    const uint64_t *line_start;  /* [firm_count + 1] */
    const uint32_t *line_cell;
    const double *line_value_eur;
    uint32_t *note_class;       /* [cell_count] */
    const uint64_t *link_start; /* [member_count + 1] */
    const uint32_t *link_member;
    const double *link_value_eur;
};

/* Distinct combinations of notes that cells carry. Class 0 has none. */
struct tol_note_classes {
    uint32_t count;
    const uint32_t *flags; /* [count][world_count] bits of enum tol_score_flag */
};

/* A firm's numbers with the fallbacks of docs/model.md. */
struct tol_resolved_firm {
    double revenue_eur, purchases_eur, ebitda_eur, interest_eur, contribution_margin, cost_pass_through, vulnerability;
    double us_sales_share, china_purchase_share;
    uint32_t flags;
};

/* What firms of a country and sector have in common. */
struct tol_sector_values {
    bool filled, resilience_known;
    tol_country country;
    uint32_t sector; /* of the book */
    double margin;   /* NaN: the sector has none */
    double vulnerability;
};

/* The pairs of country and sector that were met last, each at one place. All zero: empty. */
#define TOL_SECTOR_MEMO_SIZE 1024
struct tol_sector_memo {
    struct tol_sector_values values[TOL_SECTOR_MEMO_SIZE];
};

/* ---- tables beside the scenarios: what_if.h ---- */

enum tol_revenue_factor { TOL_REVENUE_PRICE_CUT = 0, TOL_REVENUE_VOLUME, TOL_REVENUE_FACTOR_COUNT };

/* Cells [first, end) of a side. Lines are sorted by cell, so that a firm's lines on them are neighbours. */
struct tol_cell_range {
    uint64_t first, end;
};

struct tol_what_if {
    struct tol_cell_range us_sales;        /* into the United States */
    struct tol_cell_range china_purchases; /* from China */
    size_t hub_count;
    const struct tol_hub *hub;
    /* [us_sales cell][scenario][reading][TOL_REVENUE_FACTOR_COUNT]: what Chinese origin adds. Padded to whole rows. */
    double *origin;
    size_t origin_stride; /* doubles from one cell to the next: whole rows */
    double
        *stress; /* [us_sales cell][scenario][TOL_REVENUE_FACTOR_COUNT][TOL_LANES]: what each step of extra duty adds */
    double *move; /* [china_purchases cell][scenario][TOL_LANES] by hub: saving per unit of value */
};

/* What facts that are not known leave open: unknown.h. */
struct tol_unknown_entry;
struct tol_unknown {
    uint32_t *row[TOL_SIDE_COUNT];   /* [cell_count] 1 + the cell's row; 0: nothing is open in any world */
    struct tol_unknown_entry *entry; /* [row][world_count] */
    uint32_t fact_count;             /* that the laws know */
};

/* Sums over one member's lines; working memory of one worker. */
struct tol_what_if_sums {
    double *origin; /* [origin_stride] */
    double *stress; /* [scenario][TOL_REVENUE_FACTOR_COUNT][TOL_LANES] */
    double *move;   /* [scenario][TOL_LANES] */
    bool sells_to_us, buys_from_china;
};

/* Working memory of one worker. */
struct tol_scratch {
    double *input;                    /* [7][chunk_firms] */
    struct tol_resolved_firm *firm;   /* [chunk_firms] */
    double *sales;                    /* [tile][chunk_firms][TOL_SALES_FACTOR_COUNT][row_count][TOL_LANES] */
    double *purchases;                /* [tile][chunk_firms][TOL_PURCHASE_FACTOR_COUNT][row_count][TOL_LANES] */
    double *outcome;                  /* [tile][chunk_firms][TOL_OUTCOME_COUNT][row_count][TOL_LANES] */
    double *indirect[TOL_SIDE_COUNT]; /* [tile][chunk_firms][row_count][TOL_LANES] */
    double *unit[TOL_SIDE_COUNT];     /* [chunk_firms] */
    double *term;                     /* [chunk_firms][TOL_TILE_ROWS][TOL_LANES] */
    struct tol_sector_memo *memo;
    struct tol_what_if_sums what_if;
    double *narrowing_eur;       /* [world_count][fact_count], all 0 between firms */
    uint32_t *narrowing_touched; /* likewise */
    uint64_t *class_weight;      /* [class_count], all 0 between firms */
    uint32_t *class_touched;     /* [class_count] */
};

/* What the plan keeps of its draws: what they add to central numbers. */
struct tol_drawn {
    uint32_t count;                   /* 0: none */
    struct tol_draw_statistics *firm; /* [scenario][firm_count] */
    double *portfolio;                /* [scenario][count] all firms together */
};

/* What a kept network says of a firm that another one names, in one scenario, central reading. */
struct tol_kept_partner {
    double direct
        [TOL_SIDE_COUNT]; /* share of its sales lost, by which its purchases are dearer, by duties on its own lines */
    double passed;        /* part of dearer purchases that it hands on */
};

struct tol_plan {
    struct tol_keep keep;
    const struct tol_book *book;
    const struct tol_parameters *parameters;
    const struct tol_economy *economy; /* NULL: neither markets nor sector network */
    const struct tol_kernels *kernels;
    struct tol_settings settings;
    const char *store; /* folder of answers kept between runs; NULL: none */
    bool
        chain_stored; /* indirect comes from there: members are the firm and, without their lines, those that it names */
    const struct tol_kept_partner *partner; /* [scenario][member_count]; NULL unless chain_stored */

    uint32_t world_count;
    struct tol_world *world; /* 0 is the baseline */
    size_t scenario_count;
    uint32_t *scenario_world; /* [scenario_count] */

    size_t lane_count; /* padded */
    size_t tile_count;
    struct tol_tile *tile;

    uint64_t first_firm;
    uint64_t firm_count;
    uint64_t member_count; /* firms that the chain runs through; the first firm_count are scored */
    const uint32_t *
        network_node; /* [member_count] their rows of what comes along the chain; NULL: row i is of member row_first + i */
    uint64_t row_first;                  /* 0, unless only the scored firms have rows */
    uint64_t scored_first, scored_count; /* firms that tol_plan_score is asked for */
    struct tol_network_answers network;
    const uint64_t *member; /* [member_count] their places in the book; NULL: firm i of the book is member i */
    struct tol_plan_side side[TOL_SIDE_COUNT];
    uint32_t facts_count;
    const uint32_t *facts_text; /* [facts_count] index into the book's fact texts; NULL: the same index */
    struct tol_note_classes notes;
    struct tol_what_if what_if;
    struct tol_unknown unknown;
    uint64_t use_count;
    uint32_t *
        use_number; /* [node][region] 1 + the use of the node's goods in the region; 0: not asked for. NULL: no network */

    struct tol_drawn drawn;

    uint64_t block_count;
    uint64_t *block_start;

    size_t chunk_firms; /* firms that a worker's scratch takes at a time */
    unsigned worker_count;
    struct tol_scratch *scratch; /* [worker_count] */
};

/* Where a lane stands: the tile, and the place inside one factor of it. */
struct tol_lane_place {
    size_t tile;
    size_t offset; /* row * TOL_LANES + lane of the row */
};

static inline struct tol_lane_place tol_lane_place(size_t lane)
{
    const size_t tile_lanes = TOL_TILE_ROWS * TOL_LANES;
    return (struct tol_lane_place){.tile = lane / tile_lanes, .offset = lane % tile_lanes};
}

static inline size_t tol_central_lane(size_t scenario)
{
    return scenario * TOL_READING_COUNT + TOL_READING_CENTRAL;
}

/* Factors per cell of a side's tables. */
static inline size_t tol_side_factors(enum tol_side side)
{
    return side == TOL_SALES ? (size_t)TOL_SALES_FACTOR_COUNT : (size_t)TOL_PURCHASE_FACTOR_COUNT;
}

/* A member's place in the book. */
static inline uint64_t tol_member_firm(const struct tol_plan *plan, uint64_t member)
{
    return plan->member != NULL ? plan->member[member] : member;
}

/* What came along the chain to a member, the lanes of a tile; the tile has it. */
static inline double *tol_indirect_row(const struct tol_plan *plan, const struct tol_tile *tile, enum tol_side side,
                                       uint64_t member)
{
    uint64_t row = plan->network_node != NULL ? plan->network_node[member] : member - plan->row_first;
    return tile->indirect[side] + row * tile->indirect_stride;
}

/* One number of those. */
static inline double *tol_indirect_place(const struct tol_plan *plan, enum tol_side side, uint64_t member, size_t lane)
{
    struct tol_lane_place place = tol_lane_place(lane);
    return tol_indirect_row(plan, &plan->tile[place.tile], side, member) + place.offset;
}

/* The kernels of that name; NULL: TOLMUUR_ISA, else the best here. TOL_USAGE: unknown, or this machine lacks it. */
TOL_MUST_CHECK enum tol_status tol_plan_kernels(const char *isa, const struct tol_kernels **kernels,
                                                struct tol_error *error);

/* A plan with worlds and tiles, and nothing priced yet. */
TOL_MUST_CHECK enum tol_status tol_plan_begin(const struct tol_book *book, const struct tol_parameters *parameters,
                                              const struct tol_plan_options *options, struct tol_plan **plan,
                                              struct tol_error *error);

/* Lines, cells and links of the whole book. */
void tol_plan_take_book(struct tol_plan *plan);
/* Which firms are scored, of a plan that has its book. TOL_USAGE: the book does not have them. */
TOL_MUST_CHECK enum tol_status tol_plan_set_scored(struct tol_plan *plan, const struct tol_plan_options *options,
                                                   struct tol_error *error);
/* Cuts the firms into blocks. False when out of memory. */
bool tol_plan_set_blocks(struct tol_plan *plan);

/* A cell's factor in a lane. */
double tol_plan_factor(const struct tol_plan *plan, enum tol_side side, uint64_t cell, size_t factor, size_t lane);

/* Fills the tiles' tables and each side's note classes. run may be NULL: in this thread. */
TOL_MUST_CHECK enum tol_status tol_plan_price(struct tol_plan *plan, struct tol_run *run, struct tol_error *error);

/* Gives cells their note class. cell_notes[side]: [cell_count][world_count], notes of a cell in each world alone. */
TOL_MUST_CHECK enum tol_status tol_notes_classify(struct tol_plan *plan, uint32_t *const cell_notes[TOL_SIDE_COUNT],
                                                  struct tol_error *error);

/* What a firm's noted lines amount to in one scenario. */
struct tol_firm_notes {
    uint32_t flags;
    /* LOW: more than a tenth of the lines' value stands on cells whose law or product is not surely known. MEDIUM: or without market, estimated
     * elasticity, confirmed law, or ad valorem rate. */
    enum tol_confidence confidence;
};
/* Adds up a firm's lines by class into the scratch; tol_notes_of reads it per scenario; tol_notes_clear ends the firm. Returns the number of
 * classes touched. */
uint32_t tol_notes_collect(const struct tol_plan *plan, struct tol_scratch *scratch, uint64_t member);
struct tol_firm_notes tol_notes_of(const struct tol_plan *plan, const struct tol_scratch *scratch, uint32_t touched,
                                   size_t scenario);
void tol_notes_clear(struct tol_scratch *scratch, uint32_t touched);

/* memo: of the calling worker; NULL: none. */
struct tol_resolved_firm tol_firm_resolve(const struct tol_plan *plan, uint64_t member, struct tol_sector_memo *memo);

/* Elasticities of a product's market under the plan's settings. */
struct tol_response tol_response_of(const struct tol_plan *plan, tol_product product, bool *estimated);
/* firm: its place in the book. */
struct tol_vulnerability tol_firm_vulnerability(const struct tol_plan *plan, uint64_t firm);

/* False when out of memory. */
bool tol_scratch_allocate(const struct tol_plan *plan, struct tol_keep *keep, struct tol_scratch *scratch);
/* Rows [count][scenario_count] of members of the plan. */
void tol_score_members(const struct tol_plan *plan, struct tol_scratch *scratch, uint64_t first_member, uint64_t count,
                       struct tol_score_row *rows);

/* One side's direct pass of at most chunk_firms members in one tile: sums [count][factor][row_count][TOL_LANES] in the scratch. */
const double *tol_sum_tile(const struct tol_plan *plan, struct tol_scratch *scratch, enum tol_side side, size_t tile,
                           uint64_t first_member, size_t count);
/* A side's first terms from those sums, packed; lanes: those of the tile. passed is not read for sales, which hand on all. */
struct tol_chain_source tol_chain_source_of(enum tol_side side, const double *sums, size_t lanes, const double *unit,
                                            const double *whole, const double *passed);

#endif
