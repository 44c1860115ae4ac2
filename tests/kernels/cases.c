#include "cases.h"
#include "cases_draws.h"
#include "draw_position.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A quiet NaN with a payload of its own: an output that was never written. */
static const uint64_t unwritten_bits = 0x7ff8dead5afe0000u;

uint64_t case_seed(void)
{
    const char *text = getenv("TOLMUUR_TEST_SEED");
    return text != NULL && *text != '\0' ? strtoull(text, NULL, 0) : 20260801u;
}

uint64_t random_bits(struct random *random)
{
    uint64_t z = random->state += 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

double random_unit(struct random *random)
{
    return (double)(random_bits(random) >> 11) * 0x1p-53;
}

double random_between(struct random *random, double low, double high)
{
    return low + (high - low) * random_unit(random);
}

uint64_t random_below(struct random *random, uint64_t limit)
{
    return random_bits(random) % limit;
}

double random_exponent(struct random *random, int lowest, int highest)
{
    double mantissa = 1.0 + random_unit(random);
    uint64_t exponent_count = (uint64_t)highest - (uint64_t)lowest + 1;
    int exponent = lowest + (int)random_below(random, exponent_count);
    return ldexp(random_bits(random) & 1 ? -mantissa : mantissa, exponent);
}

static void *allocate(size_t bytes)
{
    void *memory = aligned_alloc(64, (bytes + 127) / 64 * 64);
    if (memory == NULL) {
        fprintf(stderr, "out of memory: %zu bytes\n", bytes);
        exit(EXIT_FAILURE);
    }
    return memory;
}

/* Doubles before and after the values. */
static const size_t guard_count = (size_t)2 * TOL_LANES;

struct guarded guarded_new(size_t count)
{
    double *memory = allocate((count + 2 * guard_count) * sizeof *memory);
    for (size_t i = 0; i < count + 2 * guard_count; i++)
        memcpy(memory + i, &unwritten_bits, sizeof unwritten_bits);
    return (struct guarded){.values = memory + guard_count, .count = count, .memory = memory};
}

void guarded_free(struct guarded *array)
{
    free(array->memory);
    *array = (struct guarded){0};
}

int guarded_intact(const struct guarded *array)
{
    for (size_t i = 0; i < guard_count; i++)
        if (bits_of(((const double *)array->memory)[i]) != unwritten_bits ||
            bits_of(array->values[array->count + i]) != unwritten_bits)
            return 0;
    return 1;
}

const char *case_kernel_name(enum case_kernel kernel)
{
    static const char *const names[] = {"gather_sum",         "gather_split",  "ces_sales",      "ces_purchases",
                                        "market_price",       "chain_begin",   "chain_sweep",    "scatter_add",
                                        "firm_outcome",       "uniform_draws", "normal_draws",   "scale_lognormal",
                                        "scale_logit_normal", "log_wedges",    "draw_sales",     "draw_purchases",
                                        "draw_market",        "draw_profit",   "add_compensated"};
    return names[kernel];
}

const char *case_kind_name(enum case_kind kind)
{
    static const char *const names[] = {"usual", "extreme", "wild"};
    return names[kind];
}

static double any_bits(struct random *random)
{
    uint64_t bits = random_bits(random);
    double result;
    memcpy(&result, &bits, sizeof result);
    return result;
}

static double pick(struct random *random, const double *from, size_t count)
{
    return from[random_below(random, count)];
}
#define PICK(random, array) pick(random, array, sizeof(array) / sizeof(array)[0])

static double any_money(struct random *random, enum case_kind kind)
{
    static const double edges[] = {0.0, -0.0, 0x1p-1074, -0x1p-1074, 0x1p-1022, 1e300, -1e300, 1.0, -1.0};
    if (kind == CASE_USUAL)
        return random_between(random, -1e8, 1e9);
    if (kind == CASE_WILD && random_below(random, 2))
        return any_bits(random);
    return random_below(random, 2) ? PICK(random, edges) : random_exponent(random, -1060, 990);
}

static double any_rate(struct random *random, enum case_kind kind)
{
    static const double edges[] = {
        0.0, -0.0, -0.9, 10.0, 0x1p-1074, -0x1p-1074, 0x1p-60, -0x1p-53, 0.25, 1e300, -0x1.fffffffffffffp-1};
    if (kind == CASE_USUAL)
        return random_between(random, -0.9, 10.0);
    if (kind == CASE_WILD && random_below(random, 2))
        return any_bits(random);
    if (random_below(random, 2))
        return PICK(random, edges);
    return random_below(random, 2) ? random_between(random, -0.9, 10.0) : fabs(random_exponent(random, -80, 30));
}

static double *new_numbers(size_t count)
{
    return allocate((count + 1) * sizeof(double));
}

static void fill_lines(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    c->cell_count = 1 + (size_t)random_below(random, 97);
    c->line_start = allocate((c->count + 1) * sizeof *c->line_start);
    uint64_t skipped = random_below(random, 5); /* line_start holds absolute positions: the first need not be 0 */
    c->line_start[0] = skipped;
    for (size_t f = 0; f < c->count; f++)
        c->line_start[f + 1] = c->line_start[f] + (random_below(random, 4) ? random_below(random, 40) : 0);
    size_t line_count = (size_t)c->line_start[c->count];
    c->line_cell = allocate((line_count + 1) * sizeof *c->line_cell);
    c->line_value = new_numbers(line_count);
    for (size_t i = 0; i < line_count; i++) {
        c->line_cell[i] = i < skipped ? UINT32_MAX : (uint32_t)random_below(random, c->cell_count);
        c->line_value[i] = any_money(random, kind);
    }
    /* Half of the cases have a row a cell, the others draw rows that cells share. */
    c->cell_row = random_below(random, 2) ? NULL : allocate(c->cell_count * sizeof *c->cell_row);
    for (size_t i = 0; i < c->cell_count && c->cell_row != NULL; i++)
        c->cell_row[i] = (uint32_t)random_below(random, c->cell_count);
    c->first = guarded_new(c->cell_count * c->row_count * TOL_LANES);
    for (size_t i = 0; i < c->first.count; i++)
        c->first.values[i] = kind == CASE_USUAL ? random_between(random, -1.0, 1.0) : any_money(random, kind);
}

/* The rows of a table that is cut: places in any order, and some rows that are 0, of either sign, outside the common part. */
static void fill_split(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    fill_lines(c, kind, random);
    if (c->cell_row == NULL) {
        c->cell_row = allocate(c->cell_count * sizeof *c->cell_row);
        for (size_t i = 0; i < c->cell_count; i++)
            c->cell_row[i] = (uint32_t)(c->cell_count - 1 - i);
    }
    c->common_count = (size_t)random_below(random, c->row_count + 1);
    c->plain_count = (uint32_t)random_below(random, c->cell_count + 1);
    for (size_t r = 0; r < c->row_count; r++) {
        size_t other = (size_t)random_below(random, r + 1);
        c->place[r] = c->place[other];
        c->place[other] = (uint8_t)r;
    }
    size_t rest_count = c->row_count - c->common_count;
    c->second = guarded_new(c->cell_count * c->common_count * TOL_LANES);
    c->third = guarded_new((c->cell_count - c->plain_count) * rest_count * TOL_LANES);
    for (size_t i = 0; i < c->cell_count; i++)
        for (size_t r = 0; r < c->row_count; r++) {
            double *row = c->first.values + (i * c->row_count + c->place[r]) * TOL_LANES;
            for (size_t l = 0; l < TOL_LANES; l++)
                if (r < c->common_count)
                    c->second.values[(i * c->common_count + r) * TOL_LANES + l] = row[l];
                else if (i >= c->plain_count)
                    c->third.values[((i - c->plain_count) * rest_count + r - c->common_count) * TOL_LANES + l] = row[l];
                else
                    row[l] = random_below(random, 2) ? 0.0 : -0.0;
        }
}

static double any_share(struct random *random, enum case_kind kind)
{
    static const double edges[] = {0.0, -0.0, 0x1p-50, -0x1p-50, 0x1.fffffffffffffp-51, 0x1p-1074, 1.0, -1.0, 1e300};
    if (kind == CASE_USUAL)
        return random_exponent(random, -70, 0);
    if (kind == CASE_WILD && random_below(random, 2))
        return any_bits(random);
    return random_below(random, 2) ? PICK(random, edges) : random_exponent(random, -60, 4);
}

static void fill_rates(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    c->first = guarded_new(c->count * c->row_count * TOL_LANES);
    c->second = guarded_new(c->first.count);
    for (size_t i = 0; i < c->first.count; i++) {
        c->first.values[i] = any_rate(random, kind);
        c->second.values[i] = random_below(random, 4) ? any_rate(random, kind) : c->first.values[i];
    }
}

static void fill_response(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    static const double rho_edges[] = {0.0, 1.0, 0.5, 0x1p-1074};
    static const double sigma_edges[] = {0.1, 1.0, 50.0, 2.5};
    static const double eta_edges[] = {0.0, 1.0, 2.5, 50.0};
    c->response = allocate((c->count + 1) * sizeof *c->response);
    for (size_t i = 0; i < c->count; i++)
        c->response[i] = kind == CASE_USUAL ? (struct tol_response){.rho = random_unit(random),
                                                                    .sigma = random_between(random, 0.1, 50.0),
                                                                    .eta = random_between(random, 0, 3)}
                                            : (struct tol_response){.rho = PICK(random, rho_edges),
                                                                    .sigma = PICK(random, sigma_edges),
                                                                    .eta = PICK(random, eta_edges)};
}

/* Several cells share a market, a quarter has none. */
static void fill_cells(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    const size_t size = c->row_count * TOL_LANES, market_count = 1 + c->count / 2;
    fill_rates(c, kind, random);
    fill_response(c, kind, random);
    if (c->kernel != CASE_CES_SALES)
        return;
    c->third = guarded_new(market_count * size);
    for (size_t i = 0; i < c->third.count; i++)
        c->third.values[i] = kind == CASE_USUAL ? random_between(random, -0.5, 0.5) : any_share(random, kind);
    c->log_market = allocate((c->count + 1) * sizeof *c->log_market);
    for (size_t i = 0; i < c->count; i++)
        c->log_market[i] =
            random_below(random, 4) ? c->third.values + (size_t)random_below(random, market_count) * size : NULL;
}

/* Shares with those of the home producers add up to 1, as far as doubles do. */
static void fill_market(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    fill_rates(c, kind, random);
    fill_response(c, kind, random);
    c->numbers = new_numbers(c->count);
    c->number_columns = 1;
    c->home_share = random_below(random, 3) ? random_unit(random) : 0.0;
    double sum = 0;
    for (size_t k = 0; k < c->count; k++)
        sum += c->numbers[k] = 0x1p-30 + random_unit(random);
    for (size_t k = 0; k < c->count; k++)
        c->numbers[k] *= (1 - c->home_share) / sum;
}

/* Columns whole, unit and passed. Weights are such that shares of all sizes, the quantum among them, come out. */
static void fill_node_numbers(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    static const double edges[] = {0.0, 1.0, 0x1p-1074, 1e300, 0.5};
    c->numbers = new_numbers(3 * c->count);
    c->number_columns = 3;
    for (size_t i = 0; i < 3 * c->count; i++) {
        double usual = i < c->count ? random_between(random, 0, 4) : random_unit(random);
        c->numbers[i] = kind == CASE_USUAL && random_below(random, 8) ? usual : PICK(random, edges);
        if (kind == CASE_WILD && random_below(random, 4) == 0)
            c->numbers[i] = any_bits(random);
    }
}

static void fill_shares(struct guarded *to, size_t count, enum case_kind kind, struct random *random)
{
    *to = guarded_new(count);
    for (size_t i = 0; i < count; i++)
        to->values[i] = any_share(random, kind);
}

static void fill_source(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    const size_t size = c->row_count * TOL_LANES;
    fill_node_numbers(c, kind, random);
    c->stride = 3 * size;
    fill_shares(&c->first, c->count * c->stride, kind, random);
    c->source = (struct tol_chain_source){.own = c->first.values,
                                          .own_gain = random_below(random, 2) ? c->first.values + size : NULL,
                                          .sector = c->first.values + 2 * size,
                                          .stride = c->stride,
                                          .whole = c->numbers,
                                          .unit = c->numbers + c->count,
                                          .passed = random_below(random, 2) ? c->numbers + 2 * c->count : NULL,
                                          .total_stride = size * (1 + (size_t)random_below(random, 2))};
}

/* Weights that make sums of all sizes; usual parts are within [0, 1]. */
static void fill_links(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    static const double edges[] = {0.0, -0.0, 1.0, 0.5, 1 - 0x1p-53, 0x1p-1074, -1.0, 1e300};
    static const size_t usual_edges = 5;
    c->line_start = allocate((c->count + 1) * sizeof *c->line_start);
    uint64_t skipped = random_below(random, 5);
    c->line_start[0] = skipped;
    for (size_t n = 0; n < c->count; n++)
        c->line_start[n + 1] = c->line_start[n] + random_below(random, random_below(random, 4) ? 4 : 40);
    size_t link_count = (size_t)c->line_start[c->count];
    c->line_cell = allocate((link_count + 1) * sizeof *c->line_cell);
    c->line_value = new_numbers(link_count);
    for (size_t i = 0; i < link_count; i++) {
        c->line_cell[i] = i < skipped ? UINT32_MAX : (uint32_t)random_below(random, c->count);
        c->line_value[i] = kind == CASE_USUAL ? fabs(random_exponent(random, -30, 1)) : any_share(random, kind);
    }
    c->numbers = new_numbers(2 * c->count);
    c->number_columns = 2;
    for (size_t i = 0; i < 2 * c->count; i++) {
        size_t choice = (size_t)random_below(random, kind == CASE_USUAL ? usual_edges : sizeof edges / sizeof *edges);
        c->numbers[i] = random_below(random, 4) ? random_unit(random) : edges[choice];
        if (kind == CASE_WILD && random_below(random, 8) == 0)
            c->numbers[i] = any_bits(random);
    }
    c->links = (struct tol_chain_links){.start = c->line_start,
                                        .other = c->line_cell,
                                        .value = c->line_value,
                                        .unit = random_below(random, 3) ? c->numbers : NULL,
                                        .passed = random_below(random, 2) ? c->numbers + c->count : NULL};
}

static double any_quanta(struct random *random, enum case_kind kind, int highest)
{
    static const double edges[] = {0.0, -0.0, 1.0, -1.0, 0x1p30, -0x1p30, 0x1p31, 0x1p53 + 2, -0x1p60, 1e300};
    if (kind == CASE_WILD && random_below(random, 4) == 0)
        return any_bits(random);
    if (kind != CASE_USUAL && random_below(random, 4) == 0)
        return PICK(random, edges);
    return random_below(random, 3) ? trunc(random_exponent(random, -1, highest)) : 0.0;
}

/* Of a share; written as kernels write numbers, since a total that nothing is added to stays as it is. */
static double any_total(struct random *random, enum case_kind kind)
{
    static const double edges[] = {0.0, 4.0, 4 - 0x1p-50, -4.0, 4 + 0x1p-50, 8.0, -1e300, 0x1p-1074, 0.1};
    static const double wild[] = {INFINITY, -INFINITY, 1e308};
    if (kind == CASE_WILD && random_below(random, 8) == 0)
        return random_below(random, 4) ? PICK(random, wild) : (double)NAN;
    if (kind != CASE_USUAL && random_below(random, 4) == 0)
        return PICK(random, edges);
    return trunc(random_exponent(random, -1, 47)) * TOL_CHAIN_QUANTUM + 0.0;
}

/* A usual total is a whole number of quanta, and those of one node's rows add up to less than 4. */
static void fill_sweep(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    const size_t size = c->row_count * TOL_LANES;
    fill_links(c, kind, random);
    c->first = guarded_new(c->count * size);
    c->second = guarded_new(c->count * size);
    c->wide = allocate((c->count + 63) / 64 * sizeof *c->wide);
    memset(c->wide, 0, (c->count + 63) / 64 * sizeof *c->wide);
    double *term = new_numbers(size), *owed = new_numbers(size);
    for (size_t n = 0; n < c->count; n++) {
        int wide = random_below(random, 2) != 0;
        int narrow_highest = 24 + (int)random_below(random, 2); /* 2 x 6 numbers below 2^26 fit */
        int highest = wide ? (int)random_below(random, 52) : narrow_highest;
        for (size_t at = 0; at < size; at++) {
            term[at] = any_quanta(random, wide ? kind : CASE_USUAL, highest);
            owed[at] = any_quanta(random, CASE_USUAL, highest);
            c->second.values[n * size + at] = any_total(random, kind);
        }
        encode_terms(&(struct tol_chain_terms){.row = c->first.values, .wide = c->wide}, n, c->row_count, wide, term,
                     owed);
    }
    free(term);
    free(owed);
}

static void fill_additions(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    const size_t size = c->row_count * TOL_LANES;
    c->cell_count = 1 + (size_t)random_below(random, 97);
    c->line_cell = allocate((c->count + 1) * sizeof *c->line_cell);
    c->numbers = new_numbers(c->count);
    c->number_columns = 1;
    for (size_t i = 0; i < c->count; i++) {
        c->line_cell[i] = (uint32_t)random_below(random, c->cell_count);
        c->numbers[i] = any_money(random, kind);
    }
    c->stride = (1 + (size_t)random_below(random, 3)) * size;
    fill_shares(&c->first, c->count * c->stride, kind, random);
    c->second = guarded_new(c->cell_count * size);
    /* A sum that nothing is added to stays as it is, so it starts as kernels write numbers. */
    for (size_t i = 0; i < c->second.count; i++)
        c->second.values[i] = any_money(random, kind == CASE_WILD ? CASE_EXTREME : kind) + 0.0;
}

static void fill_firm(double *number, size_t stride, enum case_kind kind, struct random *random)
{
    static const double money[] = {0.0, 0x1p-1074, 1e-300, 1e300, 1.0, 1e6};
    static const double profit[] = {NAN, -NAN, 0.0, -0.0, -1e6, -0x1p-1074, 0x1p-1074, 1e300, 1e6};
    int usual = kind == CASE_USUAL;
    number[0] = usual ? random_between(random, 0, 1e9) : PICK(random, money);
    number[stride] = usual ? random_between(random, 0, 1e9) : PICK(random, money);
    number[2 * stride] = usual ? random_between(random, -1e7, 1e8) : PICK(random, profit);
    number[3 * stride] = usual ? random_between(random, 1e3, 1e7) : PICK(random, profit);
    number[4 * stride] = random_unit(random);
    number[5 * stride] = random_unit(random);
    number[6 * stride] = random_between(random, 0.5, 2.0);
    for (size_t k = 0; k < 7; k++)
        if (kind == CASE_WILD && random_below(random, 4) == 0)
            number[k * stride] = any_bits(random);
}

static void fill_firms(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    size_t n = c->count;
    c->first = guarded_new(n * TOL_SALES_FACTOR_COUNT * c->row_count * TOL_LANES);
    c->second = guarded_new(n * TOL_PURCHASE_FACTOR_COUNT * c->row_count * TOL_LANES);
    for (size_t i = 0; i < c->first.count; i++)
        c->first.values[i] = kind == CASE_USUAL ? random_between(random, -1e8, 1e7) : any_money(random, kind);
    for (size_t i = 0; i < c->second.count; i++)
        c->second.values[i] = kind == CASE_USUAL ? random_between(random, -1e6, 1e8) : any_money(random, kind);
    fill_shares(&c->third, n * c->row_count * TOL_LANES, kind, random);
    fill_shares(&c->fourth, n * c->row_count * TOL_LANES, kind, random);
    c->numbers = new_numbers(7 * n);
    c->number_columns = 7;
    for (size_t f = 0; f < n; f++)
        fill_firm(c->numbers + f, n, kind, random);
    const double *column = c->numbers;
    c->firm = (struct tol_firm_inputs){column,         column + n,     column + 2 * n, column + 3 * n,
                                       column + 4 * n, column + 5 * n, column + 6 * n};
    c->half_margin = kind == CASE_USUAL ? 0.25 : random_between(random, 0.01, 2.0);
}

/* Extreme: every carry between the words of a counter and the end of all draws, or a first draw that lies far out in a tail. */
static void fill_position(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    static const uint64_t edges[] = {0, 1, 0xffffffffu, 0x100000000u, 0x1fffffffeu, UINT64_MAX, UINT64_MAX - 5};
    uint64_t *const number[] = {&c->seed, &c->stream, &c->first_draw};
    if (kind == CASE_EXTREME && random_below(random, 2)) {
        uint64_t tail = random_bits(random) >> (12 + random_below(random, 52)), ones = 0xfffffffffffffu;
        struct draw_position at = draw_position_of(random_below(random, 2) ? tail : ones - tail, random);
        c->seed = at.seed;
        c->stream = at.stream;
        c->first_draw = at.draw;
        return;
    }
    for (size_t k = 0; k < 3; k++)
        if (kind == CASE_USUAL)
            *number[k] = random_below(random, 100000);
        else
            *number[k] =
                kind == CASE_WILD ? random_bits(random) : edges[random_below(random, sizeof edges / sizeof edges[0])];
}

static double any_normal(struct random *random, enum case_kind kind)
{
    static const double edges[] = {0.0, -0.0, 8.21, -8.21, 0x1p-53, -0x1p-1074, INFINITY, -INFINITY, NAN, 1e300};
    if (kind == CASE_USUAL)
        return random_between(random, -8.3, 8.3);
    if (kind == CASE_WILD && random_below(random, 2))
        return any_bits(random);
    return random_below(random, 2) ? PICK(random, edges) : random_exponent(random, -60, 12);
}

static void fill_scales(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    static const double centre_edges[] = {0.0, 1.0, 0.5, 0x1p-1074, 1 - 0x1p-53, 1e-9};
    static const double spread_edges[] = {0.0, 0x1p-1074, 1.0, 40.0, 1000.0, 1e300};
    c->first = guarded_new(c->count * c->row_count * TOL_LANES);
    c->centre = guarded_new(c->count);
    c->spread = guarded_new(c->count);
    for (size_t i = 0; i < c->first.count; i++)
        c->first.values[i] = any_normal(random, kind);
    for (size_t i = 0; i < c->count; i++) {
        c->centre.values[i] = kind == CASE_USUAL ? random_unit(random) : PICK(random, centre_edges);
        c->spread.values[i] = kind == CASE_USUAL ? random_between(random, 0, 2) : PICK(random, spread_edges);
    }
}

struct kernel_case kernel_case_new(enum case_kernel kernel, enum case_kind kind, size_t count, size_t row_count,
                                   uint64_t seed)
{
    struct kernel_case result = {.kernel = kernel, .count = count, .row_count = row_count};
    struct random random = {seed};
    switch (kernel) {
    case CASE_GATHER_SUM:
        fill_lines(&result, kind, &random);
        break;
    case CASE_GATHER_SPLIT:
        fill_split(&result, kind, &random);
        break;
    case CASE_CES_SALES:
    case CASE_CES_PURCHASES:
        fill_cells(&result, kind, &random);
        break;
    case CASE_MARKET_PRICE:
        fill_market(&result, kind, &random);
        break;
    case CASE_CHAIN_BEGIN:
        fill_source(&result, kind, &random);
        break;
    case CASE_CHAIN_SWEEP:
        fill_sweep(&result, kind, &random);
        break;
    case CASE_SCATTER_ADD:
        fill_additions(&result, kind, &random);
        break;
    case CASE_FIRM_OUTCOME:
        fill_firms(&result, kind, &random);
        break;
    case CASE_UNIFORM_DRAWS:
    case CASE_NORMAL_DRAWS:
        fill_position(&result, kind, &random);
        break;
    case CASE_SCALE_LOGNORMAL:
    case CASE_SCALE_LOGIT_NORMAL:
        fill_scales(&result, kind, &random);
        break;
    case CASE_LOG_WEDGES:
    case CASE_DRAW_SALES:
    case CASE_DRAW_PURCHASES:
    case CASE_DRAW_MARKET:
    case CASE_DRAW_PROFIT:
    case CASE_ADD_COMPENSATED:
        draw_case_fill(&result, kind, &random);
        break;
    case CASE_KERNEL_COUNT:
        break;
    }
    return result;
}

void kernel_case_free(struct kernel_case *inputs)
{
    free(inputs->line_start);
    free(inputs->line_cell);
    free(inputs->cell_row);
    free(inputs->line_value);
    free(inputs->wide);
    free(inputs->numbers);
    guarded_free(&inputs->first);
    guarded_free(&inputs->second);
    free(inputs->log_market);
    free(inputs->response);
    guarded_free(&inputs->third);
    guarded_free(&inputs->fourth);
    guarded_free(&inputs->centre);
    guarded_free(&inputs->spread);
    draw_case_free(inputs);
}

size_t case_rows_max(enum case_kernel kernel)
{
    return kernel == CASE_CHAIN_SWEEP ? TOL_CHAIN_ROWS_MAX : TOL_ROWS_MAX;
}

const struct tol_kernels *runnable_variant(size_t i)
{
    for (size_t k = 0; tol_kernels_built(k) != NULL; k++)
        if (tol_kernels_runnable(tol_kernels_built(k)) && i-- == 0)
            return tol_kernels_built(k);
    return NULL;
}

uint32_t kernel_case_row(const struct kernel_case *inputs, uint32_t cell)
{
    return inputs->cell_row != NULL ? inputs->cell_row[cell] : cell;
}

size_t kernel_case_out_count(const struct kernel_case *c)
{
    const size_t size = c->row_count * TOL_LANES;
    switch (c->kernel) {
    case CASE_GATHER_SUM:
    case CASE_GATHER_SPLIT:
        return c->count * size;
    case CASE_CES_SALES:
        return c->count * TOL_SALES_FACTOR_COUNT * size;
    case CASE_CES_PURCHASES:
        return c->count * TOL_PURCHASE_FACTOR_COUNT * size;
    case CASE_MARKET_PRICE:
        return c->count > 0 ? size : 0;
    case CASE_CHAIN_BEGIN:
        return 2 * c->count * size + 1;
    case CASE_CHAIN_SWEEP:
        return 4 * c->count * size + c->count + 1;
    case CASE_SCATTER_ADD:
        return c->cell_count * size;
    case CASE_FIRM_OUTCOME:
        return c->count * TOL_OUTCOME_COUNT * size;
    case CASE_UNIFORM_DRAWS:
    case CASE_NORMAL_DRAWS:
        return c->count * c->row_count;
    case CASE_SCALE_LOGNORMAL:
    case CASE_SCALE_LOGIT_NORMAL:
        return c->count * size;
    case CASE_LOG_WEDGES:
    case CASE_DRAW_SALES:
    case CASE_DRAW_PURCHASES:
    case CASE_DRAW_MARKET:
    case CASE_DRAW_PROFIT:
    case CASE_ADD_COMPENSATED:
        return draw_case_out_count(c);
    case CASE_KERNEL_COUNT:
        break;
    }
    return 0;
}

int kernel_case_left_alone(const struct kernel_case *c, size_t at)
{
    const size_t row = at / (c->row_count * TOL_LANES);
    if (c->kernel == CASE_CES_SALES)
        return row % TOL_SALES_FACTOR_COUNT == TOL_SALES_CHAIN;
    return c->kernel == CASE_CES_PURCHASES && row % TOL_PURCHASE_FACTOR_COUNT == TOL_PURCHASE_CHAIN;
}

static int run_market_price(const struct tol_kernels *kernels, const struct kernel_case *c, double *out)
{
    if (c->count == 0)
        return 1; /* a market has suppliers */
    struct guarded power = guarded_new(c->first.count);
    kernels->market_price(c->count, c->row_count, c->first.values, c->second.values, c->numbers, c->home_share,
                          c->response, power.values, out);
    int intact = guarded_intact(&power);
    guarded_free(&power);
    return intact;
}

static void copy(double *to, const double *from, size_t count)
{
    if (count > 0)
        memcpy(to, from, count * sizeof *to);
}

/* Rows of terms and totals lie stride apart; what is between them is not the kernel's. */
static int run_chain_begin(const struct tol_kernels *kernels, const struct kernel_case *c, double *out)
{
    const size_t size = c->row_count * TOL_LANES, stride = c->source.total_stride, all = c->count * size;
    struct guarded term = guarded_new(c->count * stride), total = guarded_new(c->count * stride);
    out[2 * all] = kernels->chain_begin(c->count, c->row_count, &c->source, term.values, total.values);
    int intact = guarded_intact(&term) && guarded_intact(&total);
    for (size_t n = 0; n < c->count; n++) {
        copy(out + n * size, term.values + n * stride, size);
        copy(out + all + n * size, total.values + n * stride, size);
        for (size_t at = n * stride + size; at < (n + 1) * stride; at++)
            intact =
                intact && bits_of(term.values[at]) == unwritten_bits && bits_of(total.values[at]) == unwritten_bits;
    }
    guarded_free(&term);
    guarded_free(&total);
    return intact;
}

static int32_t int32_at(const double *row, size_t at)
{
    int32_t number;
    memcpy(&number, (const char *)row + at * sizeof number, sizeof number);
    return number;
}

static double narrow_number(int32_t number)
{
    double result = number;
    if (fabs(result) >= 0x1p30)
        memcpy(&result, &unwritten_bits, sizeof result);
    return result;
}

void decode_terms(const struct tol_chain_terms *terms, uint64_t node, size_t row_count, double *term, double *owed)
{
    const size_t size = row_count * TOL_LANES;
    const double *row = terms->row + node * size;
    int wide = terms->wide[node / 64] >> (node % 64) & 1;
    for (size_t at = 0; at < size; at++) {
        term[at] = wide ? row[at] : narrow_number(int32_at(row, at));
        owed[at] = wide ? 0 : narrow_number(int32_at(row, size + at));
    }
}

void encode_terms(const struct tol_chain_terms *terms, uint64_t node, size_t row_count, int wide, const double *term,
                  const double *owed)
{
    const size_t size = row_count * TOL_LANES;
    double *row = terms->row + node * size;
    uint64_t bit = (uint64_t)1 << (node % 64);
    terms->wide[node / 64] = wide ? terms->wide[node / 64] | bit : terms->wide[node / 64] & ~bit;
    if (wide)
        copy(row, term, size);
    for (size_t at = 0; !wide && at < size; at++) {
        const int32_t numbers[] = {(int32_t)term[at], (int32_t)owed[at]};
        memcpy((char *)row + at * sizeof numbers[0], &numbers[0], sizeof numbers[0]);
        memcpy((char *)row + (size + at) * sizeof numbers[1], &numbers[1], sizeof numbers[1]);
    }
}

static int run_chain_sweep(const struct tol_kernels *kernels, const struct kernel_case *c, double *out)
{
    const size_t size = c->row_count * TOL_LANES, all = c->count * size;
    struct guarded row = guarded_new(all), bits = guarded_new((c->count + 63) / 64), total = guarded_new(all);
    const struct tol_chain_terms from = {.row = c->first.values, .wide = c->wide};
    const struct tol_chain_terms to = {.row = row.values, .wide = (uint64_t *)bits.values};
    copy(total.values, c->second.values, all);
    out[4 * all + c->count] = kernels->chain_sweep(0, c->count, c->row_count, &c->links, &from, &to, total.values);
    copy(out + 2 * all, total.values, all);
    for (size_t n = 0; n < c->count; n++) {
        decode_terms(&to, n, c->row_count, out + n * size, out + all + n * size);
        out[4 * all + n] = (double)(to.wide[n / 64] >> (n % 64) & 1);
    }
    kernels->chain_settle(0, c->count, c->row_count, &to, total.values);
    copy(out + 3 * all, total.values, all);
    int intact = guarded_intact(&row) && guarded_intact(&bits) && guarded_intact(&total);
    guarded_free(&row);
    guarded_free(&bits);
    guarded_free(&total);
    return intact;
}

static void run_scales(const struct tol_kernels *kernels, const struct kernel_case *c, double *out)
{
    size_t size = c->row_count * TOL_LANES;
    for (size_t i = 0; i < c->count; i++) {
        const double *normal = c->first.values + i * size;
        if (c->kernel == CASE_SCALE_LOGNORMAL)
            kernels->scale_lognormal(c->row_count, c->spread.values[i], normal, out + i * size);
        else
            kernels->scale_logit_normal(c->row_count, c->centre.values[i], c->spread.values[i], normal, out + i * size);
    }
}

int kernel_case_run(const struct tol_kernels *kernels, const struct kernel_case *c, double *out)
{
    switch (c->kernel) {
    case CASE_GATHER_SUM:
        kernels->gather_sum(c->count, c->row_count, c->line_start, c->line_cell, c->line_value, c->cell_row,
                            c->first.values, out);
        break;
    case CASE_GATHER_SPLIT:
        kernels->gather_split(c->count, c->line_start, c->line_cell, c->line_value,
                              &(struct tol_split_table){.row_count = c->row_count,
                                                        .common_count = c->common_count,
                                                        .place = c->place,
                                                        .cell_row = c->cell_row,
                                                        .plain_count = c->plain_count,
                                                        .common = c->second.values,
                                                        .rest = c->third.values},
                              out);
        break;
    case CASE_CES_SALES:
        kernels->ces_sales(c->count, c->row_count, c->first.values, c->second.values, c->log_market, c->response, out);
        break;
    case CASE_CES_PURCHASES:
        kernels->ces_purchases(c->count, c->row_count, c->first.values, c->second.values, c->response, out);
        break;
    case CASE_MARKET_PRICE:
        return run_market_price(kernels, c, out);
    case CASE_CHAIN_BEGIN:
        return run_chain_begin(kernels, c, out);
    case CASE_CHAIN_SWEEP:
        return run_chain_sweep(kernels, c, out);
    case CASE_SCATTER_ADD:
        copy(out, c->second.values, c->second.count);
        kernels->scatter_add(c->row_count, c->count, c->line_cell, c->numbers, c->first.values, c->stride, out);
        break;
    case CASE_FIRM_OUTCOME:
        kernels->firm_outcome(c->count, c->row_count, &c->firm, c->half_margin, c->first.values, c->second.values,
                              c->third.values, c->fourth.values, out);
        break;
    case CASE_UNIFORM_DRAWS:
        kernels->uniform_draws(c->seed, c->stream, c->first_draw, c->count * c->row_count, out);
        break;
    case CASE_NORMAL_DRAWS:
        kernels->normal_draws(c->seed, c->stream, c->first_draw, c->count * c->row_count, out);
        break;
    case CASE_SCALE_LOGNORMAL:
    case CASE_SCALE_LOGIT_NORMAL:
        run_scales(kernels, c, out);
        break;
    case CASE_LOG_WEDGES:
    case CASE_DRAW_SALES:
    case CASE_DRAW_PURCHASES:
    case CASE_DRAW_MARKET:
    case CASE_DRAW_PROFIT:
    case CASE_ADD_COMPENSATED:
        return draw_case_run(kernels, c, out);
    case CASE_KERNEL_COUNT:
        break;
    }
    return 1;
}

uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* FNV-1a over the bytes, least significant first. */
uint64_t digest_doubles(uint64_t digest, const double *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint64_t bits = bits_of(values[i]);
        for (int shift = 0; shift < 64; shift += 8)
            digest = (digest ^ (bits >> shift & 0xff)) * 0x100000001b3u;
    }
    return digest;
}

uint64_t kernel_case_digest(const struct kernel_case *inputs)
{
    uint64_t digest = 0xcbf29ce484222325u;
    digest = digest_doubles(digest, inputs->first.values, inputs->first.count);
    digest = digest_doubles(digest, inputs->second.values, inputs->second.count);
    digest = digest_doubles(digest, inputs->third.values, inputs->third.count);
    digest = digest_doubles(digest, inputs->fourth.values, inputs->fourth.count);
    for (size_t i = 0; inputs->response != NULL && i < inputs->count; i++)
        digest = digest_doubles(
            digest, (const double[]){inputs->response[i].rho, inputs->response[i].sigma, inputs->response[i].eta}, 3);
    for (size_t i = 0; inputs->wide != NULL && i < (inputs->count + 63) / 64; i++)
        digest = digest_doubles(
            digest, (const double[]){(double)(inputs->wide[i] >> 32), (double)(uint32_t)inputs->wide[i]}, 2);
    digest = digest_doubles(digest, inputs->centre.values, inputs->centre.count);
    digest = digest_doubles(digest, inputs->spread.values, inputs->spread.count);
    digest = draw_case_digest(digest, inputs);
    if (inputs->numbers != NULL)
        digest = digest_doubles(digest, inputs->numbers, inputs->number_columns * inputs->count);
    if (inputs->line_value != NULL)
        digest = digest_doubles(digest, inputs->line_value, (size_t)inputs->line_start[inputs->count]);
    return digest;
}

size_t first_difference(const double *a, const double *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (bits_of(a[i]) != bits_of(b[i]))
            return i;
    return count;
}
