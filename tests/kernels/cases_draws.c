#include "cases_draws.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RESPONSES = 3, WORLDS_MOST = 5 };

static void *allocate(size_t bytes)
{
    void *memory = calloc(1, bytes + 64);
    if (memory == NULL) {
        fprintf(stderr, "out of memory: %zu bytes\n", bytes);
        exit(EXIT_FAILURE);
    }
    return memory;
}

/* Usual: between low and high. Extreme: half of them at an edge. Wild: half of them any bits. */
struct range {
    double low, high;
    const double *edge;
    size_t edge_count;
};
#define RANGE(low, high, edges) ((struct range){low, high, edges, sizeof(edges) / sizeof(edges)[0]})

static double number(const struct range *range, enum case_kind kind, struct random *random)
{
    double usual = random_between(random, range->low, range->high);
    if (kind == CASE_WILD && random_below(random, 2)) {
        uint64_t bits = random_bits(random);
        memcpy(&usual, &bits, sizeof usual);
        return usual;
    }
    return kind != CASE_USUAL && random_below(random, 2) ? range->edge[random_below(random, range->edge_count)] : usual;
}

static struct guarded numbers(size_t count, struct range range, enum case_kind kind, struct random *random)
{
    struct guarded made = guarded_new(count);
    for (size_t i = 0; i < count; i++)
        made.values[i] = number(&range, kind, random);
    return made;
}

/* Rates above -1, as log_wedges asks for; wild ones may be anything. */
static void fill_wedges(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    static const double edges[] = {0.0, -0.0, -0.9, 10.0, 0x1p-1074, 0x1p-60, 1e300, -0x1.fffffffffffffp-1};
    size_t size = c->count * c->row_count * TOL_LANES;
    c->first = numbers(size, RANGE(-0.9, 10.0, edges), kind, random);
    c->second = numbers(size, RANGE(-0.9, 10.0, edges), kind, random);
    for (size_t i = 0; i < size; i += 4)
        c->second.values[i] = c->first.values[i];
}

/* `first` has the wedges of each cell or origin, `second` the scales of each response, `third` their pass-throughs, `fourth` the prices of markets. */
static void fill_responses(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    static const double wedges[] = {0.0, -0.0, 700.0, -745.0, 0x1p-1074, 1e300, -1e300};
    static const double scales[] = {1.0, 0.0, 0x1p-1074, 1e6, 1e300};
    static const double rhos[] = {0.0, 1.0, 0.5, 0x1p-1074};
    static const double prices[] = {0.0, -0.0, 100.0, -100.0, 1e300};
    const size_t size = c->row_count * TOL_LANES;
    c->world_count = 1 + (size_t)random_below(random, WORLDS_MOST);
    c->first = numbers(c->count * c->world_count, RANGE(-0.3, 1.0, wedges), kind, random);
    c->second = numbers(RESPONSES * size, RANGE(0.3, 3.0, scales), kind, random);
    c->third = numbers(RESPONSES * size, RANGE(0.0, 1.0, rhos), kind, random);
    c->fourth = numbers(RESPONSES * size, RANGE(-0.5, 0.5, prices), kind, random);
    c->world = allocate(size * sizeof *c->world);
    for (size_t at = 0; at < size; at++)
        c->world[at] = (uint32_t)random_below(random, c->world_count);
}

/* A quarter of the cells has no market; where sigma is 1 a lane is at the limit of the price. */
static void fill_draw_cells(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    static const double sigmas[] = {0.1, 1.0, 50.0, 2.5};
    const size_t size = c->row_count * TOL_LANES;
    fill_responses(c, kind, random);
    c->draw_cell = allocate((c->count + 1) * sizeof *c->draw_cell);
    for (size_t i = 0; i < c->count; i++) {
        size_t response = (size_t)random_below(random, RESPONSES) * size;
        c->draw_cell[i] = (struct tol_draw_cell){
            .response = {.scale = c->second.values + response,
                         .rho = c->third.values + response,
                         .sigma = random_below(random, 4) ? random_between(random, 0.1, 20.0)
                                                          : sigmas[random_below(random, 4)],
                         .eta = random_below(random, 4) ? random_between(random, 0.0, 3.0) : 0.0},
            .log_g = c->first.values + i * c->world_count,
            .log_market = random_below(random, 4) ? c->fourth.values + response : NULL};
    }
}

/* Shares with those of the home producers add up to 1, as far as doubles do. */
static void fill_draw_market(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    fill_draw_cells(c, kind, random);
    c->numbers = allocate((c->count + 1) * sizeof *c->numbers);
    c->number_columns = 1;
    c->home_share = random_below(random, 3) ? random_unit(random) : 0.0;
    double sum = 0;
    for (size_t k = 0; k < c->count; k++)
        sum += c->numbers[k] = 0x1p-30 + random_unit(random);
    for (size_t k = 0; k < c->count; k++)
        c->numbers[k] *= (1 - c->home_share) / sum;
}

/* Columns margin and own_cost. */
static void fill_profit(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    static const double money[] = {0.0, -0.0, 1e300, -1e300, 0x1p-1074, 0x1p-1022};
    static const double shares[] = {0.0, 1.0, 0x1p-1074};
    const size_t size = c->row_count * TOL_LANES;
    struct range share = RANGE(0.0, 1.0, shares);
    c->first = numbers(c->count * TOL_DRAW_SALES_FACTOR_COUNT * size, RANGE(-1e8, 1e7, money), kind, random);
    c->second = numbers(c->count * size, RANGE(-1e6, 1e8, money), kind, random);
    c->numbers = allocate((2 * c->count + 1) * sizeof *c->numbers);
    c->number_columns = 2;
    for (size_t i = 0; i < 2 * c->count; i++)
        c->numbers[i] = number(&share, kind, random);
    c->stride = (1 + (size_t)random_below(random, 2)) * size;
}

/* Terms of all sizes, so that some are lost whole. */
static void fill_compensated(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    static const double edges[] = {0.0, -0.0, 1e300, -1e300, 1.7e308, 0x1p-1074, 1.0, 0x1p53, -0x1p53};
    const size_t size = c->row_count * TOL_LANES;
    c->stride = (1 + (size_t)random_below(random, 3)) * size;
    c->first = numbers(c->count * c->stride, RANGE(-1e9, 1e9, edges), kind, random);
    for (size_t i = 0; i < c->first.count; i += 2)
        c->first.values[i] *= 0x1p-40;
    c->second = numbers(size, RANGE(-1e9, 1e9, edges), kind, random);
    c->third = numbers(size, RANGE(-1e-8, 1e-8, edges), kind, random);
}

void draw_case_fill(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    switch (c->kernel) {
    case CASE_LOG_WEDGES:
        fill_wedges(c, kind, random);
        break;
    case CASE_DRAW_SALES:
    case CASE_DRAW_PURCHASES:
        fill_draw_cells(c, kind, random);
        break;
    case CASE_DRAW_MARKET:
        fill_draw_market(c, kind, random);
        break;
    case CASE_DRAW_PROFIT:
        fill_profit(c, kind, random);
        break;
    default:
        fill_compensated(c, kind, random);
        break;
    }
}

void draw_case_free(struct kernel_case *c)
{
    free(c->world);
    free(c->draw_cell);
}

size_t draw_case_out_count(const struct kernel_case *c)
{
    const size_t size = c->row_count * TOL_LANES;
    switch (c->kernel) {
    case CASE_DRAW_SALES:
        return c->count * TOL_DRAW_SALES_FACTOR_COUNT * size;
    case CASE_DRAW_MARKET:
        return c->count > 0 ? size : 0;
    case CASE_ADD_COMPENSATED:
        return 2 * size;
    default:
        return c->count * size;
    }
}

static int run_market(const struct tol_kernels *kernels, const struct kernel_case *c, double *out)
{
    if (c->count == 0)
        return 1; /* a market has suppliers */
    struct guarded power = guarded_new(c->count * TOL_LANES);
    kernels->draw_market(c->count, c->row_count, c->world_count, c->world, c->first.values, c->numbers, c->home_share,
                         &c->draw_cell[0].response, power.values, out);
    int intact = guarded_intact(&power);
    guarded_free(&power);
    return intact;
}

/* Rows of firms lie stride apart; what is between them is not the kernel's. */
static int run_profit(const struct tol_kernels *kernels, const struct kernel_case *c, double *out)
{
    const size_t size = c->row_count * TOL_LANES;
    struct guarded all = guarded_new(c->count * c->stride), untouched = guarded_new(1);
    kernels->draw_profit(c->count, c->row_count, c->numbers, c->numbers + c->count, c->first.values, c->second.values,
                         c->stride, all.values);
    int intact = guarded_intact(&all);
    for (size_t f = 0; f < c->count; f++) {
        memcpy(out + f * size, all.values + f * c->stride, size * sizeof *out);
        for (size_t at = f * c->stride + size; at < (f + 1) * c->stride; at++)
            intact = intact && bits_of(all.values[at]) == bits_of(untouched.values[0]);
    }
    guarded_free(&all);
    guarded_free(&untouched);
    return intact;
}

/* The sum in the first half of out, what it lost in the second. */
static int run_compensated(const struct tol_kernels *kernels, const struct kernel_case *c, double *out)
{
    const size_t size = c->row_count * TOL_LANES;
    memcpy(out, c->second.values, size * sizeof *out);
    memcpy(out + size, c->third.values, size * sizeof *out);
    kernels->add_compensated(c->count, c->row_count, c->stride, c->first.values, out, out + size);
    return 1;
}

int draw_case_run(const struct tol_kernels *kernels, const struct kernel_case *c, double *out)
{
    switch (c->kernel) {
    case CASE_LOG_WEDGES:
        kernels->log_wedges(c->count * c->row_count, c->first.values, c->second.values, out);
        return 1;
    case CASE_DRAW_SALES:
        kernels->draw_sales(c->count, c->row_count, c->world, c->draw_cell, out);
        return 1;
    case CASE_DRAW_PURCHASES:
        kernels->draw_purchases(c->count, c->row_count, c->world, c->draw_cell, out);
        return 1;
    case CASE_DRAW_MARKET:
        return run_market(kernels, c, out);
    case CASE_DRAW_PROFIT:
        return run_profit(kernels, c, out);
    default:
        return run_compensated(kernels, c, out);
    }
}

uint64_t draw_case_digest(uint64_t digest, const struct kernel_case *c)
{
    for (size_t at = 0; c->world != NULL && at < c->row_count * TOL_LANES; at++)
        digest = digest_doubles(digest, (const double[]){(double)c->world[at]}, 1);
    for (size_t i = 0; c->draw_cell != NULL && i < c->count; i++)
        digest = digest_doubles(digest,
                                (const double[]){c->draw_cell[i].response.sigma, c->draw_cell[i].response.eta,
                                                 c->draw_cell[i].log_market != NULL},
                                3);
    return digest;
}
