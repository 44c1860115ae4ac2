/* Seeded inputs for the kernels, guarded outputs, and one way to run any kernel on them. Shared by the tests and by digest_runner.c, so it uses
 * no test library, and only arithmetic that is the same on every platform. */
#ifndef TOLMUUR_TESTS_KERNELS_CASES_H
#define TOLMUUR_TESTS_KERNELS_CASES_H

#include <stddef.h>
#include <stdint.h>

#include "kernels.h"

/* Seed of the whole run: TOLMUUR_TEST_SEED, or a fixed one. */
uint64_t case_seed(void);

struct random {
    uint64_t state;
};
uint64_t random_bits(struct random *random);
double random_unit(struct random *random); /* [0, 1) */
double random_between(struct random *random, double low, double high);
uint64_t random_below(struct random *random, uint64_t limit);
double random_exponent(struct random *random, int lowest, int highest); /* +-1.m * 2^e, e in [lowest, highest] */

/* A 64-byte aligned array of doubles with guard rows before and after it. */
struct guarded {
    double *values; /* [count] */
    size_t count;
    void *memory;
};
struct guarded
guarded_new(size_t count); /* values are set to a pattern that no kernel writes; exits when out of memory */
void guarded_free(struct guarded *array);
int guarded_intact(const struct guarded *array); /* 1 when nothing was written outside values */

enum case_kernel {
    CASE_GATHER_SUM,
    CASE_GATHER_SPLIT,
    CASE_CES_SALES,
    CASE_CES_PURCHASES,
    CASE_MARKET_PRICE,
    CASE_CHAIN_BEGIN,
    CASE_CHAIN_SWEEP,
    CASE_SCATTER_ADD,
    CASE_FIRM_OUTCOME,
    CASE_UNIFORM_DRAWS,
    CASE_NORMAL_DRAWS,
    CASE_SCALE_LOGNORMAL,
    CASE_SCALE_LOGIT_NORMAL,
    CASE_LOG_WEDGES,
    CASE_DRAW_SALES,
    CASE_DRAW_PURCHASES,
    CASE_DRAW_MARKET,
    CASE_DRAW_PROFIT,
    CASE_ADD_COMPENSATED,
    CASE_KERNEL_COUNT
};
/* Wild: half of the numbers are any 64 bits at all, infinities and NaN included; outside what kernels.h asks for, yet the bits must agree. */
enum case_kind { CASE_USUAL, CASE_EXTREME, CASE_WILD, CASE_KIND_COUNT };
const char *case_kernel_name(enum case_kernel kernel);
const char *case_kind_name(enum case_kind kind);

/* Inputs of one call. Arrays that the kernel does not read stay empty. `count` is firms, cells, nodes, additions, the origins of one market, or calls with
 * a centre and a spread of their own; draws are count row_count. */
struct kernel_case {
    enum case_kernel kernel;
    size_t count, row_count;
    size_t cell_count;    /* cells of gather_sum and gather_split, targets of scatter_add */
    uint64_t *line_start; /* lines, or links */
    uint32_t *line_cell;
    uint32_t *cell_row; /* NULL: every cell is its own row */
    double *line_value;
    struct guarded first,
        second; /* factor | factor whole, its common part | base, new | sales, purchases | rows of terms, total | factor, sum | source | normal */
    struct guarded third, fourth; /* rest | log_market_price | lost_orders, dearer_inputs */
    size_t common_count;          /* of gather_split */
    uint32_t plain_count;
    uint8_t place[TOL_ROWS_MAX];
    size_t stride;                 /* doubles from one row of `first` to the next, where the kernel is told */
    const double **log_market;     /* [count] rows of third, or NULL */
    struct tol_response *response; /* [count]; of a market the first only */
    double *numbers;               /* [number_columns][count] */
    size_t number_columns;
    struct tol_firm_inputs firm;    /* columns of numbers */
    struct tol_chain_source source; /* likewise, and rows of first */
    uint64_t *wide;                 /* which rows of first are, of chain_sweep */
    struct tol_chain_links links;   /* lines, and columns of numbers */
    double half_margin, home_share;
    struct guarded centre, spread;
    uint64_t seed, stream, first_draw;
    size_t world_count;
    uint32_t *world;                 /* [row_count][TOL_LANES] */
    struct tol_draw_cell *draw_cell; /* [count]; of a market the first only */
};
struct kernel_case kernel_case_new(enum case_kernel kernel, enum case_kind kind, size_t count, size_t row_count,
                                   uint64_t seed);
void kernel_case_free(struct kernel_case *inputs);

/* Rows that a kernel takes at most. */
size_t case_rows_max(enum case_kernel kernel);

/* The i-th variant that this CPU runs, or NULL past the last. */
const struct tol_kernels *runnable_variant(size_t i);

/* The row of factors of a cell. */
uint32_t kernel_case_row(const struct kernel_case *inputs, uint32_t cell);
/* Doubles that the kernel writes. Of the chain's beginning terms, totals and the value returned; of a sweep, with size = count row_count TOL_LANES: terms [size], what
 * narrow rows owe [size], totals [size], totals after chain_settle [size], 1 for a wide row [count], the value returned. */
size_t kernel_case_out_count(const struct kernel_case *inputs);
/* 1 for an output that the kernel leaves alone: the chain rows of cells. */
int kernel_case_left_alone(const struct kernel_case *inputs, size_t at);
/* 1 when arrays that are read and written, or work space, were not written outside; out has guards of its own. */
int kernel_case_run(const struct tol_kernels *kernels, const struct kernel_case *inputs, double *out);
uint64_t kernel_case_digest(const struct kernel_case *inputs); /* of the inputs, to see that no kernel changes them */
uint64_t digest_doubles(uint64_t digest, const double *values, size_t count);

/* One row of terms as numbers: terms and owed [row_count][TOL_LANES]. A wide row owes 0; a narrow number of 2^30 or more is none that a kernel may
 * write, and told as one that was not written. */
void decode_terms(const struct tol_chain_terms *terms, uint64_t node, size_t row_count, double *term, double *owed);

/* The other way: a narrow row where wide is 0, whose numbers are whole and below 2^30. */
void encode_terms(const struct tol_chain_terms *terms, uint64_t node, size_t row_count, int wide, const double *term,
                  const double *owed);

/* The bits of a double: -0 and 0 differ, as do NaN. */
uint64_t bits_of(double x);

/* Index of the first double whose bits differ, or count. */
size_t first_difference(const double *a, const double *b, size_t count);

#endif
