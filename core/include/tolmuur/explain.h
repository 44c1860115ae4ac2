/* Why a firm's number is what it is: parts that add up to the batch's number, to the bit. */
#ifndef TOLMUUR_EXPLAIN_H
#define TOLMUUR_EXPLAIN_H

#include "tolmuur/exposure.h"
#include "tolmuur/resilience.h"

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
    double revenue_change_eur;    /* sales: v (A + B) */
    double revenue_own_duty_eur;  /* its split by logarithmic means: volume lost to the own duty ... */
    double revenue_price_cut_eur; /* ... and the exporter's price cut; the two add up to revenue_change_eur */
    double ebitda_eur;            /* part of the firm's ebitda_change_eur, on the grid of tol_parts_fit */
    /* Change of each authority's duty; they add up to duty_eur in any order, exactly. */
    double authority_duty_eur[TOL_AUTHORITY_COUNT];
};

struct tol_explanation {
    struct tol_score_row row;               /* the batch's row, same bits */
    struct tol_vulnerability vulnerability; /* the terms of row.vulnerability */
    size_t line_count;
    struct tol_explained_line *line; /* by size of ebitda_eur, greatest first, ties in stored order */
    double sales_eur;                /* sum of ebitda_eur over sales lines, exact */
    double purchases_eur;            /* sum of ebitda_eur over purchase lines, exact */
    double rounding_eur; /* binary rounding: sales_eur + purchases_eur + rounding_eur == row.ebitda_change_eur */
};

/* For a plan of tol_plan_create_for_firm or of the whole book. Caller owns *explanation. TOL_USAGE: no such firm or scenario in the
 * plan. TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status tol_explain(const struct tol_plan *plan, uint64_t firm, uint32_t scenario,
                                           struct tol_explanation **explanation, struct tol_error *error);
void tol_explanation_destroy(struct tol_explanation *explanation);

/* Moves each part to the nearest multiple of a power of two, coarse enough that any sum of them is exact in double, and returns
 * what is left of total: parts[0] + ... + parts[count - 1] + rest == total under ordinary addition, the parts in any order.
 * total is the sum of the parts up to rounding, all are finite; |rest| is then below count units in the last place of
 * sum |parts|. Where the parts cancel so far that the total is finer than the grid, the largest part takes up the few steps by
 * which their sum misses it. */
double tol_parts_fit(double *parts, size_t count, double total);

#endif
