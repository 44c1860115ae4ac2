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

/* Rows of one gather_split pass at most. */
#define TOL_SPLIT_ROWS_MAX 64

/* Factors of a sales cell, in table order, per unit of value. */
enum tol_sales_factor {
    TOL_SALES_DUTY = 0,
    TOL_SALES_PRICE_CUT,
    TOL_SALES_VOLUME,
    TOL_SALES_DIVERSION,   /* part of the revenue change that other suppliers' duties bring */
    TOL_SALES_OPPORTUNITY, /* the revenue change where it is a gain, else 0 */
    TOL_SALES_CHAIN,       /* share of orders that the buying sectors drop; the caller's to fill in */
    TOL_SALES_FACTOR_COUNT
};
/* Factors of a purchase cell. */
enum tol_purchase_factor {
    TOL_PURCHASE_DUTY = 0,
    TOL_PURCHASE_COST_RISE,
    TOL_PURCHASE_CHAIN, /* share by which the supplying sector's own costs make it dearer; the caller's to fill in */
    TOL_PURCHASE_FACTOR_COUNT
};

/* Factors of a sales cell in draws; a purchase cell has one, the cost rise. */
enum tol_draw_sales_factor { TOL_DRAW_PRICE_CUT = 0, TOL_DRAW_VOLUME, TOL_DRAW_SALES_FACTOR_COUNT };

/* How a market answers a duty where that differs from lane to lane. */
struct tol_draw_response {
    const double *scale; /* [row_count][TOL_LANES] sigma of a lane is max(0, 1 + (sigma - 1) scale) */
    const double *rho;   /* [row_count][TOL_LANES] border pass-through, [0,1] */
    double sigma;        /* > 0 */
    double eta;          /* >= 0 */
};

/* One cell in many draws. */
struct tol_draw_cell {
    struct tol_draw_response response;
    const double *log_g;      /* [worlds] ln of the tariff wedge */
    const double *log_market; /* [row_count][TOL_LANES] ln P; NULL: P is 1. Not read for purchases */
};

/* How a market answers a duty. */
struct tol_response {
    double rho;   /* border pass-through, [0,1] */
    double sigma; /* elasticity of substitution between suppliers, > 0 */
    double eta;   /* elasticity of the whole market's demand, >= 0 */
};

/* A factor table in two parts, for cells most of which are 0 in the same places: the common part is read for every line, the rest only for those cells
 * that have one. */
struct tol_split_table {
    size_t row_count;    /* 1..TOL_SPLIT_ROWS_MAX */
    size_t common_count; /* 0..row_count */
    const uint8_t
        *place; /* [row_count] where the rows of the common part, then those of the rest, stand among the cell's */
    const uint32_t *cell_row; /* [cells] */
    uint32_t plain_count;     /* rows numbered below it have no rest: it is all 0 there */
    const double *common;     /* [rows][common_count][TOL_LANES] */
    const double *rest;       /* [rows - plain_count][row_count - common_count][TOL_LANES] */
};

/* What travels along a chain is a whole number of these, a share of 2^-50: cut toward zero, so that nothing travels for ever. */
#define TOL_CHAIN_QUANTUM 0x1p-50

/* Rows of one chain_sweep at most. */
#define TOL_CHAIN_ROWS_MAX 6

/* What the nodes of a network hand on, in quanta. Row n stands at row + n row_count TOL_LANES and is wide, doubles, where bit n % 64 of
 * wide[n / 64] is set; else narrow: row_count TOL_LANES terms of int32_t, and behind them as many that the node's total lacks, which
 * chain_settle adds. */
struct tol_chain_terms {
    double *row;    /* [nodes][row_count][TOL_LANES] */
    uint64_t *wide; /* [(nodes + 63) / 64] */
};

/* Node n hears from other[start[n]] .. other[start[n + 1] - 1]. */
struct tol_chain_links {
    const uint64_t *start; /* [nodes + 1] */
    const uint32_t *other; /* node */
    const double *value;
    const double *unit;   /* [nodes] the weight of a link is unit x value; NULL: 1 */
    const double *passed; /* [nodes] part of a share that is handed on; NULL: all */
};

/* Where the first terms of a network come from. Rows of node n stand at own + n stride, own_gain and sector likewise; whole, unit, passed [nodes]. */
struct tol_chain_source {
    const double *own;      /* an amount lost */
    const double *own_gain; /* NULL, or: what is lost is -(own + own_gain) */
    const double *sector;   /* sum of value x share over counterparts that are no nodes */
    size_t stride;
    const double *whole;  /* what own is a share of; 0: the share is 0 */
    const double *unit;   /* weight of sector */
    const double *passed; /* part that is handed on; NULL: all */
    size_t total_stride;  /* of terms and totals: node n's rows start at n total_stride */
};

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

    /* The same bits as gather_sum over the table that was split: out [firm_count][row_count][TOL_LANES]. */
    void (*gather_split)(size_t firm_count, const uint64_t *line_start, const uint32_t *line_cell,
                         const double *line_value, const struct tol_split_table *table, double *out);

    /* Sales cells. base_rate, new_rate [cells][row_count][TOL_LANES] duty fractions > -1; log_market_price [cells] rows of ln P, each
     * [row_count][TOL_LANES], NULL: P is 1; response [cells].
     *   ln g = log((1 + new) / (1 + base)),  ln phi = (rho - 1) ln g,  ln q = -sigma rho ln g + (sigma - eta) ln P,  ln r = ln phi + ln q
     *   T = new - base,  A = q (phi - 1),  B = q - 1,  diversion = (sigma - eta) ln P (r - 1) / ln r,  opportunity = max(0, A + B)
     * Exact 0 when new == base and P is 1. factor [cells][TOL_SALES_FACTOR_COUNT][row_count][TOL_LANES]; its TOL_SALES_CHAIN rows are left alone.
     * Source: docs/model.md. */
    void (*ces_sales)(size_t cell_count, size_t row_count, const double *base_rate, const double *new_rate,
                      const double *const *log_market_price, const struct tol_response *response, double *factor);

    /* Purchase cells. T = new - base,  G = exp(rho ln g) - 1. factor [cells][TOL_PURCHASE_FACTOR_COUNT][row_count][TOL_LANES];
     * its TOL_PURCHASE_CHAIN rows are left alone. */
    void (*ces_purchases)(size_t cell_count, size_t row_count, const double *base_rate, const double *new_rate,
                          const struct tol_response *response, double *factor);

    /* One market: ln P = log(sum a p^(1 - sigma)) / (1 - sigma) over its origins, p = g^rho, and the home producers at p = 1; the limit
     * sum a ln p where sigma is 1. base_rate, new_rate [origins][row_count][TOL_LANES]; share [origins] > 0 and home_share >= 0 add up
     * to 1; power [origins][row_count][TOL_LANES] is work space. origin_count >= 1. log_market_price [row_count][TOL_LANES]: 0 where no duty changes.
     * Where all others are priced out of the market, (1 - sigma) ln P is exact to 2^-53 over the share of the supplier that is left, which
     * has to be above 2^-53. */
    void (*market_price)(size_t origin_count, size_t row_count, const double *base_rate, const double *new_rate,
                         const double *share, double home_share, const struct tol_response *response, double *power,
                         double *log_market_price);

    /* The first terms of a network: what each node suffers itself, and through counterparts that are no nodes.
     *   beside = cut(unit sector),  total = beside,  term = cut(passed cut(own / whole + beside)) in quanta
     * cut: the whole number of quanta next to it on the side of 0. total, term: rows of node n at n total_stride. All terms are wide.
     * Returns 1 when any term is not 0; NaN is not. */
    int (*chain_begin)(size_t node_count, size_t row_count, const struct tol_chain_source *source, double *term,
                       double *total);

    /* One tier more for nodes [first, end), first a multiple of 64:
     *   own = cut(unit sum of value x term of the counterparts),  total += own,  term = cut(passed own)
     * by fma in stored order; what total lacks is owed by narrow terms. from, of all nodes, is not changed; rows and bits of `to` are written
     * for these nodes. row_count <= TOL_CHAIN_ROWS_MAX; total [nodes][row_count][TOL_LANES]. The same bits for any blocks, and for a lane
     * whatever the others hold. Returns 1 when any term is not 0; NaN is not. */
    int (*chain_sweep)(uint64_t first, uint64_t end, size_t row_count, const struct tol_chain_links *links,
                       const struct tol_chain_terms *from, const struct tol_chain_terms *to, double *total);

    /* Pays what the nodes' narrow terms owe into total. */
    void (*chain_settle)(uint64_t first, uint64_t end, size_t row_count, const struct tol_chain_terms *terms,
                         double *total);

    /* sum[target[i]] += weight[i] factor_i, i ascending, by fma. factor_i is row [row_count][TOL_LANES] at factor + i factor_stride; sum
     * [targets][row_count][TOL_LANES], whose other rows stay as they are. */
    void (*scatter_add)(size_t row_count, size_t count, const uint32_t *target, const double *weight,
                        const double *factor, size_t factor_stride, double *sum);

    /* From a firm's sums to profit and score, per lane. sales [firms][TOL_SALES_FACTOR_COUNT][row_count][TOL_LANES] and
     * purchases [firms][TOL_PURCHASE_FACTOR_COUNT][row_count][TOL_LANES] as gather_sum wrote them; out [firms][TOL_OUTCOME_COUNT][row_count][TOL_LANES].
     *   delta0 = -(price_cut + volume) / R (0 when R is 0)      c0 = cost_rise / C (0 when C is 0)
     *   dEBITDA = price_cut + m volume - m R (delta - delta0) - (1 - kappa) (cost_rise + C (c - c0))
     * lost_orders: delta - delta0, dearer_inputs: c - c0, each [firms][row_count][TOL_LANES].
     *   margin_at_risk = max(0, -dEBITDA) / E,  margin_change = dEBITDA / R,  cover = (E + dEBITDA) / I
     *   score = 100 (1 - 2^(-margin_at_risk V / half_margin)); exposure has V = 1.
     * half_margin > 0. Scores lie in [0, 100]. A gain scores 0. */
    void (*firm_outcome)(size_t firm_count, size_t row_count, const struct tol_firm_inputs *firm, double half_margin,
                         const double *sales, const double *purchases, const double *lost_orders,
                         const double *dearer_inputs, double *out);

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

    /* log_g = log((1 + new) / (1 + base)), as in ces_sales. base_rate, new_rate > -1, log_g [row_count][TOL_LANES]. */
    void (*log_wedges)(size_t row_count, const double *base_rate, const double *new_rate, double *log_g);

    /* Sales cells where sigma, rho and the wedge differ from lane to lane: lane l is in world[l], an index into the wedges of a cell.
     *   ln q = -sigma rho ln g + (sigma - eta) ln P (at most 100),  A = q (g^(rho - 1) - 1),  B = q - 1
     * world [row_count][TOL_LANES], factor [cells][TOL_DRAW_SALES_FACTOR_COUNT][row_count][TOL_LANES]. With scale 1 a lane has the bits of ces_sales. */
    void (*draw_sales)(size_t cell_count, size_t row_count, const uint32_t *world, const struct tol_draw_cell *cell,
                       double *factor);

    /* Purchase cells: G = exp(rho ln g) - 1. factor [cells][row_count][TOL_LANES]. */
    void (*draw_purchases)(size_t cell_count, size_t row_count, const uint32_t *world, const struct tol_draw_cell *cell,
                           double *factor);

    /* One market, as market_price. log_g [origins][world_count]; share [origins] > 0 and home_share >= 0 add up to 1; power [origins][TOL_LANES] is work
     * space. log_market_price [row_count][TOL_LANES]: ln P. */
    void (*draw_market)(size_t origin_count, size_t row_count, size_t world_count, const uint32_t *world,
                        const double *log_g, const double *share, double home_share,
                        const struct tol_draw_response *response, double *power, double *log_market_price);

    /* Direct profit change of firms: price_cut + margin volume - own_cost cost_rise. margin, own_cost [firms]; sales
     * [firms][TOL_DRAW_SALES_FACTOR_COUNT][row_count][TOL_LANES] and purchases [firms][row_count][TOL_LANES] as gather_sum wrote them; firm f is
     * written to out + f stride, [row_count][TOL_LANES]. */
    void (*draw_profit)(size_t firm_count, size_t row_count, const double *margin, const double *own_cost,
                        const double *sales, const double *purchases, size_t stride, double *out);

    /* sum + lost += x_i, i ascending, lane by lane: lost gathers what rounding took away from sum, exactly for each term. x_i is row
     * [row_count][TOL_LANES] at x + i stride; sum, lost [row_count][TOL_LANES]. */
    void (*add_compensated)(size_t count, size_t row_count, size_t stride, const double *x, double *sum, double *lost);
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
