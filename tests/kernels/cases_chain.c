/* Cases of chain_begin and chain_sweep. */
#include "cases_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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
    c->line_start = case_allocate((c->count + 1) * sizeof *c->line_start);
    uint64_t skipped = random_below(random, 5);
    c->line_start[0] = skipped;
    for (size_t n = 0; n < c->count; n++)
        c->line_start[n + 1] = c->line_start[n] + random_below(random, random_below(random, 4) ? 4 : 40);
    size_t link_count = (size_t)c->line_start[c->count];
    c->line_cell = case_allocate((link_count + 1) * sizeof *c->line_cell);
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
    c->wide = case_allocate((c->count + 63) / 64 * sizeof *c->wide);
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

static size_t out_of_beginning(const struct kernel_case *c)
{
    return 2 * c->count * c->row_count * TOL_LANES + 1;
}

static size_t out_of_sweep(const struct kernel_case *c)
{
    return 4 * c->count * c->row_count * TOL_LANES + c->count + 1;
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

const struct case_part case_chain_begin = {"chain_begin", fill_source, out_of_beginning, run_chain_begin};
const struct case_part case_chain_sweep = {"chain_sweep", fill_sweep, out_of_sweep, run_chain_sweep};
