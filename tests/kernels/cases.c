#include "cases_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t case_seed(void)
{
    const char *text = getenv("TOLMUUR_TEST_SEED");
    return text != NULL && *text != '\0' ? strtoull(text, NULL, 0) : 20260801u;
}

void *case_allocate(size_t bytes)
{
    void *memory = aligned_alloc(64, (bytes + 127) / 64 * 64);
    if (memory == NULL) {
        fprintf(stderr, "out of memory: %zu bytes\n", bytes);
        exit(EXIT_FAILURE);
    }
    return memory;
}

double *new_numbers(size_t count)
{
    return case_allocate((count + 1) * sizeof(double));
}

void copy(double *to, const double *from, size_t count)
{
    if (count > 0)
        memcpy(to, from, count * sizeof *to);
}

/* ---- guarded arrays --------------------------------------------------------------------------------------------- */

/* Doubles before and after the values. */
static const size_t guard_count = (size_t)2 * TOL_LANES;

struct guarded guarded_new(size_t count)
{
    double *memory = case_allocate((count + 2 * guard_count) * sizeof *memory);
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

/* ---- cases ------------------------------------------------------------------------------------------------------ */

/* In the order of their enumeration. */
static const struct case_part *const parts[CASE_KERNEL_COUNT] = {
    [CASE_GATHER_SUM] = &case_gather_sum,
    [CASE_GATHER_SPLIT] = &case_gather_split,
    [CASE_CES_SALES] = &case_ces_sales,
    [CASE_CES_PURCHASES] = &case_ces_purchases,
    [CASE_MARKET_PRICE] = &case_market_price,
    [CASE_CHAIN_BEGIN] = &case_chain_begin,
    [CASE_CHAIN_SWEEP] = &case_chain_sweep,
    [CASE_SCATTER_ADD] = &case_scatter_add,
    [CASE_FIRM_OUTCOME] = &case_firm_outcome,
    [CASE_UNIFORM_DRAWS] = &case_uniform_draws,
    [CASE_NORMAL_DRAWS] = &case_normal_draws,
    [CASE_SCALE_LOGNORMAL] = &case_scale_lognormal,
    [CASE_SCALE_LOGIT_NORMAL] = &case_scale_logit_normal,
    [CASE_LOG_WEDGES] = &case_log_wedges,
    [CASE_DRAW_SALES] = &case_draw_sales,
    [CASE_DRAW_PURCHASES] = &case_draw_purchases,
    [CASE_DRAW_MARKET] = &case_draw_market,
    [CASE_DRAW_PROFIT] = &case_draw_profit,
    [CASE_ADD_COMPENSATED] = &case_add_compensated,
};

const char *case_kernel_name(enum case_kernel kernel)
{
    return parts[kernel]->name;
}

const char *case_kind_name(enum case_kind kind)
{
    static const char *const names[] = {"usual", "extreme", "wild"};
    return names[kind];
}

struct kernel_case kernel_case_new(enum case_kernel kernel, enum case_kind kind, size_t count, size_t row_count,
                                   uint64_t seed)
{
    struct kernel_case result = {.kernel = kernel, .count = count, .row_count = row_count};
    struct random random = {seed};
    parts[kernel]->fill(&result, kind, &random);
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
    free(inputs->world);
    free(inputs->draw_cell);
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

size_t kernel_case_out_count(const struct kernel_case *inputs)
{
    return parts[inputs->kernel]->out_count(inputs);
}

int kernel_case_left_alone(const struct kernel_case *c, size_t at)
{
    const size_t row = at / (c->row_count * TOL_LANES);
    if (c->kernel == CASE_CES_SALES)
        return row % TOL_SALES_FACTOR_COUNT == TOL_SALES_CHAIN;
    return c->kernel == CASE_CES_PURCHASES && row % TOL_PURCHASE_FACTOR_COUNT == TOL_PURCHASE_CHAIN;
}

int kernel_case_run(const struct tol_kernels *kernels, const struct kernel_case *inputs, double *out)
{
    return parts[inputs->kernel]->run(kernels, inputs, out);
}

/* ---- bits ------------------------------------------------------------------------------------------------------- */

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

static uint64_t digest_of_draws(uint64_t digest, const struct kernel_case *c)
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
    digest = digest_of_draws(digest, inputs);
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
