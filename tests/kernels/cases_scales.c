/* Cases of uniform_draws, normal_draws and what scales them. */
#include "cases_parts.h"
#include "draw_position.h"

#include <math.h>

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

static size_t out_of_draws(const struct kernel_case *c)
{
    return c->count * c->row_count;
}

static size_t out_of_scales(const struct kernel_case *c)
{
    return c->count * c->row_count * TOL_LANES;
}

static int run_uniform(const struct tol_kernels *kernels, const struct kernel_case *c, double *out)
{
    kernels->uniform_draws(c->seed, c->stream, c->first_draw, c->count * c->row_count, out);
    return 1;
}

static int run_normal(const struct tol_kernels *kernels, const struct kernel_case *c, double *out)
{
    kernels->normal_draws(c->seed, c->stream, c->first_draw, c->count * c->row_count, out);
    return 1;
}

static int run_scales(const struct tol_kernels *kernels, const struct kernel_case *c, double *out)
{
    size_t size = c->row_count * TOL_LANES;
    for (size_t i = 0; i < c->count; i++) {
        const double *normal = c->first.values + i * size;
        if (c->kernel == CASE_SCALE_LOGNORMAL)
            kernels->scale_lognormal(c->row_count, c->spread.values[i], normal, out + i * size);
        else
            kernels->scale_logit_normal(c->row_count, c->centre.values[i], c->spread.values[i], normal, out + i * size);
    }
    return 1;
}

const struct case_part case_uniform_draws = {"uniform_draws", fill_position, out_of_draws, run_uniform};
const struct case_part case_normal_draws = {"normal_draws", fill_position, out_of_draws, run_normal};
const struct case_part case_scale_lognormal = {"scale_lognormal", fill_scales, out_of_scales, run_scales};
const struct case_part case_scale_logit_normal = {"scale_logit_normal", fill_scales, out_of_scales, run_scales};
