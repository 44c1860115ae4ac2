/* Why a firm's number is what it is: parts that add up to the batch's number, to the bit. */
#ifndef TOLMUUR_EXPLAIN_H
#define TOLMUUR_EXPLAIN_H

#include "tolmuur/exposure.h"
#include "tolmuur/resilience.h"

#pragma GCC visibility push(default)

/* One line of the firm in one scenario. */
struct tol_explained_line {
    enum tol_side side;
    struct tol_cell cell;
    double value_eur;
    double base_rate;             /* total duty under the baseline, central; NaN: not known (then nothing changes) */
    double new_rate;              /* total duty in the scenario, central; NaN likewise */
    double duty_eur;              /* v T, moved to the grid of its authorities (within an ulp or two of their sizes) */
    double price_cut_eur;         /* sales: v A */
    double volume_eur;            /* sales: v B */
    double cost_rise_eur;         /* purchases: v G */
    double revenue_change_eur;    /* sales: v (A + B), moved to the grid of its three terms */
    double revenue_own_duty_eur;  /* its split by logarithmic means: volume lost to the own duty, ... */
    double revenue_price_cut_eur; /* ... the exporter's price cut ... */
    double revenue_diversion_eur; /* ... and what the duties of others bring; they add up to it in any order, exactly */
    double ebitda_eur;            /* part of the firm's ebitda_change_eur, on the grid of the explanation */
    /* Change of each authority's duty; they add up to duty_eur in any order, exactly. */
    double authority_duty_eur[TOL_AUTHORITY_COUNT];
};

/* A named customer (sales) or supplier (purchases), and what comes along from it. */
struct tol_explained_partner {
    uint64_t firm;    /* in the book */
    double value_eur; /* sold to it, bought from it */
    /* Sales: the share of its orders that it loses. Purchases: the share by which it buys dearer. By duties on its own lines, and
     * along its own chain; as far as it is handed on within the settings' tiers. */
    double direct;
    double indirect;
    double handed_on;  /* what reaches the firm of both: all of it (sales), kappa of it (purchases) */
    double ebitda_eur; /* sales: -m R unit v handed_on; purchases: -(1 - kappa) C unit v handed_on */
};

/* Unnamed customers or suppliers by country and industry: the sector network stands in for them. */
struct tol_explained_sector {
    tol_country country; /* where the goods go; where they come from */
    uint32_t industry;   /* of the goods, an industry of the plan's economy */
    double value_eur;
    double share; /* mean over value: of orders that their buyers drop; by which they are dearer */
    double ebitda_eur;
};

/* What comes over so many named links from where duties strike. */
struct tol_explained_tier {
    uint32_t tier; /* 1: what the firm's own customers (suppliers) suffer directly, 2: what theirs suffer, ... */
    double share;  /* of all orders (purchases) of the firm */
    double ebitda_eur;
};

/* Orders lost through customers (sales), dearer inputs through suppliers (purchases): the same amount twice, by who and by tier. */
struct tol_explained_chain {
    double share;      /* row.indirect_demand_loss, row.indirect_cost_rise */
    double ebitda_eur; /* the sum of partners and sectors, and of tiers and network_eur; each exact, in any order */
    double partners_eur;
    double sectors_eur;
    size_t partner_count;
    struct tol_explained_partner *partner; /* by size of ebitda_eur, greatest first */
    size_t sector_count;
    struct tol_explained_sector *sector; /* likewise */
    size_t tier_count;
    struct tol_explained_tier *tier; /* 1 to tier_count */
    /* What the sector network brings, at the firm itself or at those that hand it on. Where the firms beyond its partners come from answers kept
     * between runs (tol_plan_options.store) or are not followed (tol_explain_near), tiers are not complete: this then holds all beyond tier 1 as well. */
    bool complete;
    double network_share;
    double network_eur;
};

/* ---- beside the sum -------------------------------------------------------------------------------------------- */

/* A supplier of a market who pays more than before. */
struct tol_explained_rival {
    tol_country origin;
    double import_share; /* of the market's imports */
    double base_rate;
    double new_rate;
};
#define TOL_EXPLAINED_RIVALS_MAX 3

/* A sale that gains. Rivals: those that push the market's price up most, by import share times rise of duty. */
struct tol_explained_gain {
    struct tol_cell cell;
    double value_eur;
    double revenue_change_eur;
    double diversion_eur;
    size_t rival_count;
    struct tol_explained_rival rival[TOL_EXPLAINED_RIVALS_MAX];
};
#define TOL_EXPLAINED_GAINS_MAX 5

/* Were the firm's sales to the United States given Chinese origin. */
struct tol_explained_origin {
    bool sells_to_us;
    double content; /* purchases from China per sale, a fraction; NaN: not known */
    double
        threshold; /* content from which the settings take the risk as real: then row.origin_risk is loss_share, else 0 */
    double loss_share; /* further share of revenue lost */
    double loss_eur;
};

/* Were the settings' part of the purchases from China moved to a hub. */
struct tol_explained_hub {
    tol_country country;
    double cost_premium;
    double gain_eur;   /* of EBITDA a year; negative: a loss */
    double hhi_origin; /* of the purchases after the move */
};

/* A fact that is not known about some lines. */
struct tol_explained_unknown {
    const char *fact; /* its name; lives as long as the scenario's law */
    size_t line_count;
    double narrowing_eur; /* by how much the range of the EBITDA change would shrink at best, to first order */
};

struct tol_explanation {
    struct tol_score_row row;               /* the batch's row, same bits */
    struct tol_vulnerability vulnerability; /* the terms of row.vulnerability */
    size_t line_count;
    struct tol_explained_line *line; /* by size of ebitda_eur, greatest first, ties in stored order */
    double sales_eur;                /* sum of ebitda_eur over sales lines, exact */
    double purchases_eur;            /* sum of ebitda_eur over purchase lines, exact */
    struct tol_explained_chain chain[TOL_SIDE_COUNT];
    /* What binary rounding leaves, and cutting what travels to whole quanta: sales_eur + purchases_eur + both chains' ebitda_eur + rounding_eur == row.ebitda_change_eur */
    double rounding_eur;

    size_t gain_count;
    struct tol_explained_gain gain[TOL_EXPLAINED_GAINS_MAX]; /* by revenue_change_eur, greatest first */
    size_t gaining_lines;                                    /* all of them, these included */
    struct tol_explained_origin origin;
    size_t hub_count;                           /* 0: nothing is bought from China, or there are no hubs */
    struct tol_explained_hub hub[TOL_HUBS_MAX]; /* by gain_eur, greatest first */
    double hub_share;                           /* part of the purchases from China that is moved */
    double interest_cover_floor;                /* what row.reverse_stress_duty is for */
    size_t unknown_count;
    struct tol_explained_unknown *unknown; /* by narrowing_eur, greatest first */
};

/* For a plan of tol_plan_create_for_firm or of the whole book. Caller owns *explanation; the book and the laws outlive it. TOL_USAGE: no such
 * firm or scenario in the plan. TOL_BAD_DATA: a fact that the law does not know. TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_explain(const struct tol_plan *plan, uint64_t firm, uint32_t scenario,
                                           struct tol_explanation **explanation, struct tol_error *error);
/* The same, but firms beyond the partners are not followed one by one: their part is in their partner's and in network_eur, tiers are not complete. It takes as long as the
 * firm's own lines and partners, where tol_explain follows every firm that its chain leads to. With fewer tiers than TOL_TIERS_ALL it is tol_explain. Thread safe, as that is. */
TOL_MUST_CHECK enum tol_status tol_explain_near(const struct tol_plan *plan, uint64_t firm, uint32_t scenario,
                                                struct tol_explanation **explanation, struct tol_error *error);
void tol_explanation_destroy(struct tol_explanation *explanation);

/* Moves each part to the nearest multiple of a power of two, coarse enough that any sum of them is exact in double, and returns
 * what is left of total: parts[0] + ... + parts[count - 1] + rest == total under ordinary addition, the parts in any order.
 * total is the sum of the parts up to rounding, all are finite; |rest| is then below count units in the last place of
 * sum |parts|. Where the parts cancel so far that the total is finer than the grid, the largest part takes up the few steps by
 * which their sum misses it. */
double tol_parts_fit(double *parts, size_t count, double total);

/* The same in steps, for parts that are split more than once. The grid: a power of two on which sums of multiples, of size up to twice
 * `size`, are exact; 0: every double is such a multiple. */
double tol_parts_grid(double size);
/* sum |parts|, not smaller than the truth. */
double tol_parts_size(const double *parts, size_t count);
/* tol_parts_fit on a grid that is at least that of the parts' size and of the total. */
double tol_parts_fit_on(double grid, double *parts, size_t count, double total);
/* Moves parts to a grid on which total lies, and lets the largest take up what then misses it: they add up to total exactly, in any order. Without
 * parts nothing is done. */
void tol_parts_fill_on(double grid, double *parts, size_t count, double total);

#pragma GCC visibility pop

#endif
