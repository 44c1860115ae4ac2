/* What the files of cases share. */
#ifndef TOLMUUR_TESTS_KERNELS_CASES_PARTS_H
#define TOLMUUR_TESTS_KERNELS_CASES_PARTS_H

#include "cases.h"

/* A kernel's inputs, how many doubles it writes, and how it is called: see kernel_case_new, kernel_case_out_count and kernel_case_run. */
struct case_part {
    const char *name;
    void (*fill)(struct kernel_case *c, enum case_kind kind, struct random *random);
    size_t (*out_count)(const struct kernel_case *c);
    int (*run)(const struct tol_kernels *kernels, const struct kernel_case *c, double *out);
};
extern const struct case_part case_gather_sum, case_gather_split, case_scatter_add;
extern const struct case_part case_ces_sales, case_ces_purchases, case_market_price;
extern const struct case_part case_chain_begin, case_chain_sweep;
extern const struct case_part case_firm_outcome;
extern const struct case_part case_uniform_draws, case_normal_draws, case_scale_lognormal, case_scale_logit_normal;
extern const struct case_part case_log_wedges, case_draw_sales, case_draw_purchases, case_draw_market, case_draw_profit,
    case_add_compensated;

/* A quiet NaN with a payload of its own: an output that was never written. */
static const uint64_t unwritten_bits = 0x7ff8dead5afe0000u;

void *case_allocate(size_t bytes); /* 64-byte aligned; exits when out of memory */
double *new_numbers(size_t count);
void copy(double *to, const double *from, size_t count);

/* ---- numbers of one kind or another ---------------------------------------------------------------------------- */

double any_bits(struct random *random);
double pick(struct random *random, const double *from, size_t count);
#define PICK(random, array) pick(random, array, sizeof(array) / sizeof(array)[0])

double any_money(struct random *random, enum case_kind kind);
double any_rate(struct random *random, enum case_kind kind);
double any_share(struct random *random, enum case_kind kind);
void fill_shares(struct guarded *to, size_t count, enum case_kind kind, struct random *random);
/* Numbers and home_share: shares of a market's origins, which with those of the home producers add up to 1, as far as doubles do. */
void fill_market_shares(struct kernel_case *c, struct random *random);

#endif
