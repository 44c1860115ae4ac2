#include "cases.h"
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
    static const char *const names[] = {"gather_sum",    "ces_sales",    "ces_purchases",   "firm_outcome",
                                        "uniform_draws", "normal_draws", "scale_lognormal", "scale_logit_normal"};
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

static void fill_cells(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    static const double rho_edges[] = {0.0, 1.0, 0.5, 0x1p-1074};
    static const double sigma_edges[] = {0.1, 1.0, 50.0, 2.5};
    c->first = guarded_new(c->count * c->row_count * TOL_LANES);
    c->second = guarded_new(c->first.count);
    c->rho = guarded_new(c->count);
    c->sigma = guarded_new(c->count);
    for (size_t i = 0; i < c->first.count; i++) {
        c->first.values[i] = any_rate(random, kind);
        c->second.values[i] = random_below(random, 4) ? any_rate(random, kind) : c->first.values[i];
    }
    for (size_t i = 0; i < c->count; i++) {
        c->rho.values[i] = kind == CASE_USUAL ? random_unit(random) : PICK(random, rho_edges);
        c->sigma.values[i] = kind == CASE_USUAL ? random_between(random, 0.1, 50.0) : PICK(random, sigma_edges);
    }
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
    c->numbers = new_numbers(7 * n);
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
    if (kernel == CASE_GATHER_SUM)
        fill_lines(&result, kind, &random);
    else if (kernel == CASE_FIRM_OUTCOME)
        fill_firms(&result, kind, &random);
    else if (kernel == CASE_UNIFORM_DRAWS || kernel == CASE_NORMAL_DRAWS)
        fill_position(&result, kind, &random);
    else if (kernel == CASE_SCALE_LOGNORMAL || kernel == CASE_SCALE_LOGIT_NORMAL)
        fill_scales(&result, kind, &random);
    else
        fill_cells(&result, kind, &random);
    return result;
}

void kernel_case_free(struct kernel_case *inputs)
{
    free(inputs->line_start);
    free(inputs->line_cell);
    free(inputs->cell_row);
    free(inputs->line_value);
    free(inputs->numbers);
    guarded_free(&inputs->first);
    guarded_free(&inputs->second);
    guarded_free(&inputs->rho);
    guarded_free(&inputs->sigma);
    guarded_free(&inputs->centre);
    guarded_free(&inputs->spread);
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
    static const size_t row_size[] = {TOL_LANES,
                                      TOL_SALES_FACTOR_COUNT * TOL_LANES,
                                      TOL_PURCHASE_FACTOR_COUNT * TOL_LANES,
                                      TOL_OUTCOME_COUNT * TOL_LANES,
                                      1,
                                      1,
                                      TOL_LANES,
                                      TOL_LANES};
    return inputs->count * inputs->row_count * row_size[inputs->kernel];
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

void kernel_case_run(const struct tol_kernels *kernels, const struct kernel_case *c, double *out)
{
    switch (c->kernel) {
    case CASE_GATHER_SUM:
        kernels->gather_sum(c->count, c->row_count, c->line_start, c->line_cell, c->line_value, c->cell_row,
                            c->first.values, out);
        break;
    case CASE_CES_SALES:
        kernels->ces_sales(c->count, c->row_count, c->first.values, c->second.values, c->rho.values, c->sigma.values,
                           out);
        break;
    case CASE_CES_PURCHASES:
        kernels->ces_purchases(c->count, c->row_count, c->first.values, c->second.values, c->rho.values, out);
        break;
    case CASE_FIRM_OUTCOME:
        kernels->firm_outcome(c->count, c->row_count, &c->firm, c->half_margin, c->first.values, c->second.values, out);
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
    case CASE_KERNEL_COUNT:
        break;
    }
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
    digest = digest_doubles(digest, inputs->rho.values, inputs->rho.count);
    digest = digest_doubles(digest, inputs->sigma.values, inputs->sigma.count);
    digest = digest_doubles(digest, inputs->centre.values, inputs->centre.count);
    digest = digest_doubles(digest, inputs->spread.values, inputs->spread.count);
    if (inputs->numbers != NULL)
        digest = digest_doubles(digest, inputs->numbers, 7 * inputs->count);
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
