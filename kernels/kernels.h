/* Arithmetic over lanes. No files, threads, allocation or messages; needs only SLEEF.
 *
 * Every table computes the same bits (docs/numeric-contract.md): multiply-add is fused everywhere, a firm's sum runs over its lines in stored
 * order lane by lane, and transcendental functions are SLEEF's deterministic ones (finz_, u10). */
#ifndef TOLMUUR_KERNELS_H
#define TOLMUUR_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/* Doubles in one row: one cache line. All lane counts are multiples of it; callers pad with zero shock. */
#define TOL_LANES 8

/* Rows of one gather_sum pass at most. */
#define TOL_ROWS_MAX 16

/* Factors of a sales cell, in table order, per unit of value. */
enum tol_sales_factor { TOL_SALES_DUTY = 0, TOL_SALES_PRICE_CUT, TOL_SALES_VOLUME, TOL_SALES_FACTOR_COUNT };
/* Factors of a purchase cell. */
enum tol_purchase_factor { TOL_PURCHASE_DUTY = 0, TOL_PURCHASE_COST_RISE, TOL_PURCHASE_FACTOR_COUNT };

/* What firm_outcome writes, in order. */
enum tol_outcome {
    TOL_OUTCOME_DEMAND_LOSS = 0, /* delta0, share of revenue lost */
    TOL_OUTCOME_COST_RISE,       /* c0, share by which purchases become dearer */
    TOL_OUTCOME_EBITDA_CHANGE,   /* EUR per year */
    TOL_OUTCOME_MARGIN_AT_RISK,  /* share of EBITDA; NaN when EBITDA is missing or not positive */
    TOL_OUTCOME_MARGIN_CHANGE,   /* share of revenue; NaN when revenue is 0 */
    TOL_OUTCOME_INTEREST_COVER,  /* after the change; NaN when interest or EBITDA is missing or interest is 0 */
    TOL_OUTCOME_SCORE_EXPOSURE,  /* 0..100, NaN with margin_at_risk */
    TOL_OUTCOME_SCORE,           /* the same with vulnerability */
    TOL_OUTCOME_COUNT
};

/* Numbers of a firm that do not depend on the lane, each [firm_count], fallbacks already resolved by the caller. */
struct tol_firm_inputs {
    const double *revenue_eur;         /* >= 0 */
    const double *purchases_eur;       /* >= 0; 0: no cost share is formed */
    const double *ebitda_eur;          /* NaN: missing */
    const double *interest_eur;        /* NaN: missing */
    const double *contribution_margin; /* fraction, [0,1] */
    const double *cost_pass_through;   /* kappa, [0,1] */
    const double *vulnerability;       /* V, [0.5,2] */
};

/* Pointers may not overlap. Arrays of rows are 64-byte aligned (asserted; without assertions a vector variant may fault). All functions are pure and thread safe.
 * What they write has no -0, and every NaN is the quiet positive one without payload. A count of 0 writes nothing. */
struct tol_kernels {
    const char *isa; /* "scalar", "avx2", "avx512", "neon" */

    /* out[f][r][l] = sum over lines i in [line_start[f], line_start[f+1]) of value[i] * factor[row(cell[i])][r][l], by fma in stored order
     * from 0; row(c) = cell_row[c], or c where cell_row is NULL. factor [rows][row_count][TOL_LANES], out [firm_count][row_count][TOL_LANES], row_count 1..TOL_ROWS_MAX.
     * line_start holds firm_count + 1 absolute positions into line_cell and line_value, which may be NULL
     * when there are no lines. Cells and rows are not checked. Infinities and NaN are not expected. */
    void (*gather_sum)(size_t firm_count, size_t row_count, const uint64_t *line_start, const uint32_t *line_cell,
                       const double *line_value, const uint32_t *cell_row, const double *factor, double *out);

    /* Sales cells. base_rate, new_rate [cells][row_count][TOL_LANES] duty fractions > -1; rho, sigma [cells].
     *   ln g = log((1 + new) / (1 + base)),  q = exp(-sigma rho ln g),  phi = exp((rho - 1) ln g)
     *   T = new - base,  A = q (phi - 1),  B = q - 1      (exact 0 when new == base)
     * factor [cells][TOL_SALES_FACTOR_COUNT][row_count][TOL_LANES]. Source: docs/model.md. */
    void (*ces_sales)(size_t cell_count, size_t row_count, const double *base_rate, const double *new_rate,
                      const double *rho, const double *sigma, double *factor);

    /* Purchase cells. T = new - base,  G = exp(rho ln g) - 1. factor [cells][TOL_PURCHASE_FACTOR_COUNT][row_count][TOL_LANES]. */
    void (*ces_purchases)(size_t cell_count, size_t row_count, const double *base_rate, const double *new_rate,
                          const double *rho, double *factor);

    /* From a firm's sums to profit and score, per lane. sales [firms][TOL_SALES_FACTOR_COUNT][row_count][TOL_LANES] and
     * purchases [firms][TOL_PURCHASE_FACTOR_COUNT][row_count][TOL_LANES] as gather_sum wrote them; out [firms][TOL_OUTCOME_COUNT][row_count][TOL_LANES].
     *   delta0 = -(price_cut + volume) / R (0 when R is 0)      c0 = cost_rise / C (0 when C is 0)
     *   dEBITDA = price_cut + m volume - (1 - kappa) cost_rise
     *   margin_at_risk = max(0, -dEBITDA) / E,  margin_change = dEBITDA / R,  cover = (E + dEBITDA) / I
     *   score = 100 (1 - 2^(-margin_at_risk V / half_margin)); exposure has V = 1.
     * half_margin > 0. Scores lie in [0, 100]. A gain scores 0. */
    void (*firm_outcome)(size_t firm_count, size_t row_count, const struct tol_firm_inputs *firm, double half_margin,
                         const double *sales, const double *purchases, double *out);

    /* out[i] = u(seed, stream, first_draw + i), i < draw_count: uniform in (0, 1), one of (k + 1/2) 2^-52, k < 2^52. u is a pure function of its three numbers,
     * each any 64 bits: k is bits 12..63 of half d % 2 (words 0 and 1, or 2 and 3, low word first) of Philox 4x32-10 with counter (d / 2, stream) and key seed,
     * low words first. first_draw + i is taken modulo 2^64. P(u < p) is p within 2^-53, and exact for p = 0 and 1.
     * out [draw_count], of any alignment. Source: philox.h. */
    void (*uniform_draws)(uint64_t seed, uint64_t stream, uint64_t first_draw, size_t draw_count, double *out);

    /* out[i] = the u(seed, stream, first_draw + i) quantile of the standard normal distribution: finite, never 0, abs(out) < 8.3. The same draw as
     * that of uniform_draws: take another stream for an independent one. Accuracy: docs/numeric-contract.md. out [draw_count], of any alignment.
     * Source: normal_quantile.kernel.h. */
    void (*normal_draws)(uint64_t seed, uint64_t stream, uint64_t first_draw, size_t draw_count, double *out);

    /* out = exp(spread normal): lognormal factors of median 1 (mean exp(spread^2 / 2)); exactly 1 where spread is 0. spread >= 0 is the standard deviation of
     * the logarithm. normal, out [row_count][TOL_LANES]; out may be normal. Infinite where spread normal is above 709.78. */
    void (*scale_lognormal)(size_t row_count, double spread, const double *normal, double *out);

    /* out = 1 / (1 + exp(-(logit(centre) + spread normal))): shares of median centre, in [0, 1]. Exactly centre where spread is 0, and where centre is 0 or 1.
     * centre in [0, 1], a fraction; spread >= 0 is the standard deviation of the log odds. normal, out [row_count][TOL_LANES]; out may be normal. */
    void (*scale_logit_normal)(size_t row_count, double centre, double spread, const double *normal, double *out);
};

/* The best table this CPU runs. Never NULL; on an x86-64 CPU without FMA, where none runs, the scalar table: tol_kernels_runnable tells. */
const struct tol_kernels *tol_kernels_best(void);

/* By name ("scalar", "avx2", "avx512", "neon"); NULL when unknown, not built in, or not runnable here. */
const struct tol_kernels *tol_kernels_named(const char *isa);

/* i-th table that was built in, runnable or not, best last; NULL past the end. For tests and `doctor`. */
const struct tol_kernels *tol_kernels_built(size_t i);

/* 1 when this CPU runs the table. */
int tol_kernels_runnable(const struct tol_kernels *kernels);

#endif
