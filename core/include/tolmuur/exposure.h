/* From a book, a law and parameters to every firm's exposure. Lanes are scenarios times readings. */
#ifndef TOLMUUR_EXPOSURE_H
#define TOLMUUR_EXPOSURE_H

#include <stddef.h>
#include <stdint.h>

#include "tolmuur/allocator.h"
#include "tolmuur/book.h"
#include "tolmuur/day.h"
#include "tolmuur/draws.h"
#include "tolmuur/economy.h"
#include "tolmuur/law.h"
#include "tolmuur/parameters.h"
#include "tolmuur/run.h"
#include "tolmuur/status.h"

#pragma GCC visibility push(default)

/* One world to compare with the baseline. */
struct tol_scenario {
    char name[64]; /* unique; a plain date is named by its date */
    tol_day on;
    const struct tol_law *law; /* not owned */
};

#define TOL_SCENARIOS_MAX 1024

/* Readings of the law, three lanes per scenario (missing facts taken as favourable, likely, unfavourable). */
enum tol_reading { TOL_READING_LOW = 0, TOL_READING_CENTRAL, TOL_READING_HIGH, TOL_READING_COUNT };

enum tol_band { TOL_BAND_A = 0, TOL_BAND_B, TOL_BAND_C, TOL_BAND_D, TOL_BAND_E, TOL_BAND_NONE };
enum tol_confidence { TOL_CONFIDENCE_HIGH = 0, TOL_CONFIDENCE_MEDIUM, TOL_CONFIDENCE_LOW };

/* Notes on a score row; bits. Names in tol_score_flag_name, joined by ';' in outputs. */
enum tol_score_flag {
    TOL_FLAG_NO_MARKET = 1, /* no market table: no diversion, P = 1 */
    TOL_FLAG_IMPORTER_LAW_UNKNOWN =
        2,                           /* lines into a country whose law is not in the tables: no change assumed there */
    TOL_FLAG_PRODUCT_AGGREGATED = 4, /* a code shorter than the tariff line */
    TOL_FLAG_PRODUCT_UNKNOWN = 8,    /* a code that is not in the importer's schedule */
    TOL_FLAG_SPECIFIC_EXCLUDED = 16, /* a specific duty is left out of the ad valorem rate */
    TOL_FLAG_BASE_DATED = 32,        /* base rates of another date */
    TOL_FLAG_UNCONFIRMED = 64,       /* an unconfirmed row of law took part */
    TOL_FLAG_PAST_COVERAGE = 128,
    TOL_FLAG_ELASTICITY_IMPUTED = 256,
    TOL_FLAG_EBITDA_MISSING = 512,
    TOL_FLAG_EBITDA_NOT_POSITIVE = 1024,
    TOL_FLAG_INTEREST_MISSING = 2048,
    TOL_FLAG_PURCHASES_MISSING = 4096, /* purchases_eur not given: sum of purchase lines taken */
    TOL_FLAG_MARGIN_IMPUTED = 8192,    /* contribution margin from the sector, or 1 - C/R */
    TOL_FLAG_SALES_EXCEED_REVENUE = 16384,
    TOL_FLAG_PURCHASES_EXCEED_TOTAL = 32768,
    TOL_FLAG_PRODUCT_MAPPED = 65536,        /* a code of another edition, answered by those that stand for it */
    TOL_FLAG_RESILIENCE_UNKNOWN = 131072,   /* V = 1, since neither the firm nor its sector has an indicator */
    TOL_FLAG_PASS_THROUGH_IMPUTED = 262144, /* the firm's cost pass-through from the parameters */
    TOL_FLAG_CHAIN_UNBOUNDED =
        524288, /* what comes along the chain is more than the whole: firms in a circle name each other for nearly all they sell */
};
const char *tol_score_flag_name(unsigned bit_index); /* "" for a bit without a note, NULL past the end */

/* One firm in one scenario. Money in EUR per year, shares as fractions. NaN: not known (empty cell, JSON null). The column names
 * of every output format are the field names; order is that of tol_score_columns. */
struct tol_score_row {
    uint64_t firm;     /* index in the book */
    uint32_t scenario; /* index in the plan */
    uint32_t flags;
    uint16_t
        widest_unknown; /* 1 + the fact that would narrow the range most, were it known about the firm's own lines (tol_fact_name); 0: none */
    uint8_t band;         /* enum tol_band */
    uint8_t confidence;   /* enum tol_confidence */
    tol_country best_hub; /* 0: no hub is cheaper */
    double revenue_eur;
    double us_sales_share;
    double china_purchase_share;
    double duty_export_eur;
    double duty_import_eur;
    double price_cut_eur;
    double volume_loss_eur;    /* sum v B: negative is a loss of volume, as in the formula */
    double diversion_gain_eur; /* part of the revenue change that other suppliers' duties bring */
    double direct_demand_loss;
    double indirect_demand_loss; /* of orders that customers drop, all tiers */
    double direct_cost_rise;
    double indirect_cost_rise; /* of suppliers that are dearer, all tiers */
    double ebitda_change_eur;
    double margin_at_risk;
    double margin_change;
    double interest_cover;
    double hhi_origin;
    double hhi_destination;
    double
        origin_risk; /* further share of revenue lost if sales to the US were given Chinese origin; 0 where they cannot be */
    double opportunity_eur;   /* revenue gained on the lines that gain */
    double best_hub_gain_eur; /* EBITDA a year, of moving the settings' share of the purchases from China there */
    double
        reverse_stress_duty; /* smallest extra duty by the US that brings interest cover to the floor, fraction; NaN: none up to 2, or not known */
    double vulnerability;
    double score_exposure;
    double score;
    double ebitda_change_low_eur;  /* least of the three readings */
    double ebitda_change_high_eur; /* greatest of the three readings */
    /* Of ebitda_change_eur over the draws, as in struct tol_draw_statistics; NaN without draws. */
    double draw_mean_eur;
    double p05;
    double p50;
    double p95;
    double expected_shortfall;
};

/* Name, kind and place of each output column, in output order. */
struct tol_score_column {
    const char *name;
    enum {
        TOL_COLUMN_FIRM_ID,
        TOL_COLUMN_SCENARIO,
        TOL_COLUMN_ON,
        TOL_COLUMN_LAW_VERSION,
        TOL_COLUMN_NUMBER,
        TOL_COLUMN_BAND,
        TOL_COLUMN_COUNTRY,
        TOL_COLUMN_FACT, /* 1 + fact, 0 for none */
        TOL_COLUMN_CONFIDENCE,
        TOL_COLUMN_FLAGS
    } kind;
    size_t offset; /* of the number, country or fact in struct tol_score_row */
};
const struct tol_score_column *tol_score_columns(size_t *count);
/* The same and, last, those of the draws. */
const struct tol_score_column *tol_score_columns_with_draws(size_t *count);

/* What a whole run does, in its order: the first and the last are the caller's. */
enum tol_stage {
    TOL_STAGE_OPEN = 0, /* tables of the law, laws of the scenarios, the book's header */
    TOL_STAGE_VERIFY,   /* checksums and bounds of the book */
    TOL_STAGE_MARKETS,  /* the law for every origin of every market, and the sector network */
    TOL_STAGE_TABLES,   /* the law for every cell, factor tables, facts that are not known */
    TOL_STAGE_NETWORK,  /* the network of firms */
    TOL_STAGE_DRAWS,
    TOL_STAGE_LINES, /* lines to scores */
    TOL_STAGE_WRITE, /* rows to the output */
    TOL_STAGE_TOTALS,
    TOL_STAGE_COUNT
};
/* "open", "verify" ...; NULL past the last. */
const char *tol_stage_name(enum tol_stage stage);

struct tol_plan_options {
    struct tol_scenario baseline;
    const struct tol_scenario *scenario; /* [scenario_count], copied */
    size_t scenario_count;
    /* Markets and the sector network; NULL: neither, P is 1 and unnamed counterparts hand on nothing. Verified, and outlives the plan. */
    const struct tol_economy *economy;
    /* Folder where answers of the networks are kept between runs, so that one firm is answered at once; NULL: none. Nothing is taken from there unverified. */
    const char *store;
    /* Firms that tol_plan_score will be asked for; count 0: all. Where the firms' network is kept (tol_plan_keep_network), only theirs is read and held. */
    uint64_t first_firm, firm_count;
    struct tol_settings settings;
    struct tol_draw_options draws; /* count 0: none, and nothing else changes */
    const char *isa;               /* NULL: TOLMUUR_ISA, else the best */
    /* NULL: tol_allocator_default(). Outlives the plan; never called from two threads at once. */
    const struct tol_allocator *allocator;
    /* Told that a stage from MARKETS to DRAWS begins, by the thread that makes the plan. NULL: not told. */
    void (*begins)(void *context, enum tol_stage stage);
    void *begins_context;
};

struct tol_plan; /* priced cells and everything a block needs; immutable after creation */

/* Prices every cell of the book (in parallel on run; NULL: in this thread) under each scenario and reading. Caller owns *plan; book,
 * laws and parameters must outlive it. The plan has working memory for as many workers as run has threads.
 * TOL_USAGE: unknown isa, no scenarios or more than TOL_SCENARIOS_MAX, a name given twice, a setting out of range, too many draws, firms that are not in the book. TOL_TRY_AGAIN: draws.go_on said so. TOL_BAD_DATA: a fact
 * text of the book that the law does not know, a duty of -100 % or less. TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_plan_create(const struct tol_book *book, const struct tol_parameters *parameters,
                                               const struct tol_plan_options *options, struct tol_run *run,
                                               struct tol_plan **plan, struct tol_error *error);
/* The same for one firm only: prices just that firm's cells; first_firm and firm_count say nothing here. tol_plan_score then takes this firm alone. Of book and economy it verifies what it
 * reads; the caller has verified the firm's own rows and the economy's look-ups. TOL_BAD_DATA: what was read is damaged. */
TOL_MUST_CHECK enum tol_status tol_plan_create_for_firm(const struct tol_book *book, uint64_t firm,
                                                        const struct tol_parameters *parameters,
                                                        const struct tol_plan_options *options, struct tol_plan **plan,
                                                        struct tol_error *error);
void tol_plan_destroy(struct tol_plan *plan);

/* How a plan of a whole book came by what the firms' network comes to. */
struct tol_network_answers {
    enum {
        TOL_NETWORK_NONE = 0, /* no firm names another */
        TOL_NETWORK_SOLVED,
        TOL_NETWORK_TAKEN /* from options.store, of every scenario */
    } origin;
    size_t kept;    /* scenarios whose answers were there and whole for the firms that were asked for */
    size_t lacking; /* the first scenario of which they were not; 0 when kept is all */
};
struct tol_network_answers tol_plan_network(const struct tol_plan *plan);

/* Keeps what the firms' network comes to in options.store, 48 bytes a firm and scenario: a later plan of the same book, laws, tables and settings that has any of
 * these scenarios takes it from there, when it is kept of all of its scenarios, and is the same to the bit. Nothing to do where the network was taken, or
 * there is none. The plan's economy and parameters are of one tables file. One file a scenario appears whole or not at all; those that were there are replaced. run NULL: in this thread. TOL_USAGE: no store or no economy.
 * TOL_CANNOT_CREATE, TOL_IO (disk full too), TOL_NO_MEMORY, TOL_TRY_AGAIN. */
TOL_MUST_CHECK enum tol_status tol_plan_keep_network(const struct tol_plan *plan, struct tol_run *run,
                                                     struct tol_error *error);

/* Whether that is kept and whole of each scenario, for the firms of the options: kept [scenario_count]. Reads those answers through. All false without store or
 * economy, and where no firm names another. Statuses as tol_plan_create. */
TOL_MUST_CHECK enum tol_status tol_network_find(const struct tol_book *book, const struct tol_parameters *parameters,
                                                const struct tol_plan_options *options, struct tol_run *run, bool *kept,
                                                struct tol_error *error);
const char *tol_plan_isa(const struct tol_plan *plan);

/* Blocks of firms of about equal work; block i is firms [start[i], start[i+1]). */
uint64_t tol_plan_block_count(const struct tol_plan *plan);
void tol_plan_block(const struct tol_plan *plan, uint64_t block, uint64_t *first_firm, uint64_t *firm_count);

/* Scores firms [first, first + count): rows [count][scenario_count]. worker picks the scratch memory, so two threads may not share
 * one. Same bits however the firms are cut into calls. TOL_USAGE: a firm or worker that the plan does not have. */
TOL_MUST_CHECK enum tol_status tol_plan_score(const struct tol_plan *plan, unsigned worker, uint64_t first_firm,
                                              uint64_t firm_count, struct tol_score_row *rows, struct tol_error *error);

/* The fact that would narrow all firms' ranges together most in a scenario, to first order and on their own lines. */
struct tol_widest_unknown {
    uint16_t fact;        /* 1 + the fact (tol_fact_name); 0: none would */
    double narrowing_eur; /* of EBITDA, at best */
};
/* widest: [scenario_count]. Walks all lines, on run or, when that is NULL, in this thread; the same bits for any. TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_plan_widest_unknown(const struct tol_plan *plan, struct tol_run *run,
                                                       struct tol_widest_unknown *widest, struct tol_error *error);

/* The bare direct pass of a block, for benchmarks and oracles: the five sums, central and other readings, as gather_sum gives
 * them: sales [count][TOL_SALES_FACTOR_COUNT][lanes], purchases [count][TOL_PURCHASE_FACTOR_COUNT][lanes]; lane = scenario * 3 + reading, lanes padded
 * to a multiple of TOL_LANES. */
size_t tol_plan_lanes(const struct tol_plan *plan);
void tol_plan_sums(const struct tol_plan *plan, unsigned worker, uint64_t first_firm, uint64_t firm_count,
                   double *sales, double *purchases);

#pragma GCC visibility pop

#endif
