/* chain_begin, chain_step and scatter_add against plain loops. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "cases.h"

static double above_floor(double share)
{
    return fabs(share) < TOL_CHAIN_FLOOR ? 0 : share;
}

/* Equal, or both NaN; the kernels write no -0. */
static int same_number(double got, double expected)
{
    return bits_of(got) == bits_of(expected + 0.0);
}

struct ran {
    struct kernel_case inputs;
    struct guarded out;
    const double *term, *total;
    int left;
};

static struct ran run_case(const struct tol_kernels *kernels, enum case_kernel kernel, size_t count, size_t row_count,
                           uint64_t seed)
{
    struct ran ran = {.inputs = kernel_case_new(kernel, CASE_USUAL, count, row_count, seed)};
    ran.out = guarded_new(kernel_case_out_count(&ran.inputs));
    cr_assert(kernel_case_run(kernels, &ran.inputs, ran.out.values) && guarded_intact(&ran.out));
    ran.term = ran.out.values;
    ran.total = ran.out.values + count * row_count * TOL_LANES;
    ran.left = ran.out.values[ran.out.count - 1] != 0;
    return ran;
}

static void free_ran(struct ran *ran)
{
    kernel_case_free(&ran->inputs);
    guarded_free(&ran->out);
}

Test(chain, a_step_is_what_plain_loops_do)
{
    struct random random = {case_seed()};
    size_t dropped = 0, kept = 0;
    for (size_t i = 0; runnable_variant(i) != NULL; i++)
        for (size_t row_count = 1; row_count <= TOL_ROWS_MAX; row_count++) {
            struct ran ran = run_case(runnable_variant(i), CASE_CHAIN_STEP, 150, row_count, random_bits(&random));
            const struct kernel_case *c = &ran.inputs;
            int left = 0;
            for (size_t at = 0; at < c->first.count; at++) {
                size_t n = at / (row_count * TOL_LANES);
                double share = (c->unit != NULL ? c->unit[n] : 1.0) * c->first.values[at];
                double own = above_floor(share), handed = c->passed != NULL ? c->passed[n] * own : own;
                cr_assert(same_number(ran.total[at], c->second.values[at] + own), "%s: node %zu",
                          runnable_variant(i)->isa, n);
                cr_assert(same_number(ran.term[at], handed), "%s: node %zu", runnable_variant(i)->isa, n);
                left |= handed != 0;
                dropped += share != 0 && own == 0;
                kept += own != 0;
            }
            cr_assert_eq(ran.left, left);
            free_ran(&ran);
        }
    cr_assert(dropped > 1000 && kept > 1000, "%zu dropped, %zu kept", dropped, kept);
}

/* The quotient is not a division but within a unit in the last place of it; a share so near the floor that this decides is left out. */
Test(chain, the_beginning_is_what_plain_loops_do)
{
    struct random random = {case_seed()};
    size_t dropped = 0, kept = 0, without_whole = 0;
    for (size_t i = 0; runnable_variant(i) != NULL; i++)
        for (size_t row_count = 1; row_count <= TOL_ROWS_MAX; row_count++) {
            struct ran ran = run_case(runnable_variant(i), CASE_CHAIN_BEGIN, 150, row_count, random_bits(&random));
            const struct kernel_case *c = &ran.inputs;
            const struct tol_chain_source *source = &c->source;
            size_t size = row_count * TOL_LANES;
            int left = 0;
            for (size_t at = 0; at < c->count * size; at++) {
                size_t n = at / size, from = n * source->stride + at % size;
                double amount =
                    source->own_gain != NULL ? -(source->own[from] + source->own_gain[from]) : source->own[from];
                double direct = source->whole[n] > 0 ? amount / source->whole[n] : 0;
                double beside = above_floor(source->unit[n] * source->sector[from]);
                double first = above_floor(direct + beside), part = source->passed != NULL ? source->passed[n] : 1;
                cr_assert(same_number(ran.total[at], beside), "%s: node %zu", runnable_variant(i)->isa, n);
                left |= ran.term[at] != 0;
                if (isfinite(direct) && isfinite(part * first) &&
                    fabs(fabs(direct + beside) - TOL_CHAIN_FLOOR) > 0x1p-50 * (fabs(direct) + fabs(beside)))
                    cr_assert_float_eq(ran.term[at], part * first, 0x1p-51 * part * (fabs(direct) + fabs(beside)),
                                       "%s: node %zu: %a, not %a", runnable_variant(i)->isa, n, ran.term[at],
                                       part * first);
                dropped += direct + beside != 0 && ran.term[at] == 0;
                kept += ran.term[at] != 0;
                without_whole += source->whole[n] == 0;
            }
            cr_assert_eq(ran.left, left);
            free_ran(&ran);
        }
    cr_assert(dropped > 1000 && kept > 1000 && without_whole > 1000, "%zu dropped, %zu kept, %zu without a whole",
              dropped, kept, without_whole);
}

/* 2^-53 travels on, the double below it does not; so it is for gains and losses, and for both kernels. */
Test(chain, the_floor_is_two_to_the_minus_53)
{
    static const double shares[] = {0x1p-53, -0x1p-53, 0x1.fffffffffffffp-54, -0x1.fffffffffffffp-54, 0x1p-1074, -0.0};
    for (size_t i = 0; runnable_variant(i) != NULL; i++)
        for (size_t k = 0; k < sizeof shares / sizeof shares[0]; k++) {
            _Alignas(64) double term[TOL_LANES], total[TOL_LANES], own[TOL_LANES], zero[TOL_LANES] = {0};
            const double kept = fabs(shares[k]) >= 0x1p-53 ? shares[k] : 0.0, one = 1;
            for (int l = 0; l < TOL_LANES; l++) {
                own[l] = l == 6 ? shares[k] : 0;
                term[l] = own[l];
                total[l] = 0;
            }
            cr_assert_eq(runnable_variant(i)->chain_step(1, 1, NULL, NULL, term, total), kept != 0);
            cr_assert(same_number(term[6], kept) && same_number(total[6], kept) && bits_of(term[0]) == 0);
            const struct tol_chain_source source = {
                .own = own, .sector = zero, .stride = TOL_LANES, .whole = &one, .unit = &one};
            cr_assert_eq(runnable_variant(i)->chain_begin(1, 1, &source, term, total), kept != 0);
            cr_assert(same_number(term[6], kept) && bits_of(total[6]) == 0);
            const struct tol_chain_source beside = {
                .own = zero, .sector = own, .stride = TOL_LANES, .whole = &one, .unit = &one};
            cr_assert_eq(runnable_variant(i)->chain_begin(1, 1, &beside, term, total), kept != 0);
            cr_assert(same_number(term[6], kept) && same_number(total[6], kept));
        }
}

/* What is not handed on is still suffered. */
Test(chain, passing_on_nothing_ends_the_chain_but_not_the_loss)
{
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        _Alignas(64) double term[TOL_LANES], total[TOL_LANES];
        const double half = 0.5, nothing = 0;
        for (int l = 0; l < TOL_LANES; l++) {
            term[l] = 0.25;
            total[l] = 1;
        }
        cr_assert_eq(runnable_variant(i)->chain_step(1, 1, &half, &nothing, term, total), 0);
        cr_assert_eq(total[3], 1.125);
        cr_assert_eq(bits_of(term[3]), 0);
    }
}

/* Two nodes that take half of what the other suffers: 1/2 + 1/4 + ... , the 54th term is below the floor. */
Test(chain, halves_end_after_53_tiers)
{
    static const uint64_t start[] = {0, 1, 2};
    static const uint32_t other[] = {1, 0};
    static const double value[] = {50, 50}, unit[] = {0.01, 0.01};
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        _Alignas(64) double term[2 * TOL_LANES], next[2 * TOL_LANES], total[2 * TOL_LANES] = {0};
        int tiers = 0, left = 1;
        for (int at = 0; at < 2 * TOL_LANES; at++)
            term[at] = 1;
        while (left) {
            runnable_variant(i)->gather_sum(2, 1, start, other, value, NULL, term, next);
            left = runnable_variant(i)->chain_step(2, 1, unit, NULL, next, total);
            memcpy(term, next, sizeof term);
            cr_assert_lt(++tiers, 100);
        }
        cr_assert_eq(tiers, 54);
        for (int at = 0; at < 2 * TOL_LANES; at++)
            cr_assert_eq(total[at], 1 - 0x1p-53);
    }
}

Test(chain, no_nodes_have_nothing_left)
{
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        const struct tol_chain_source source = {.stride = TOL_LANES};
        cr_assert_eq(runnable_variant(i)->chain_step(0, 3, NULL, NULL, NULL, NULL), 0);
        cr_assert_eq(runnable_variant(i)->chain_begin(0, 3, &source, NULL, NULL), 0);
    }
}

Test(scatter, is_fma_in_ascending_order)
{
    struct random random = {case_seed()};
    for (size_t i = 0; runnable_variant(i) != NULL; i++)
        for (size_t row_count = 1; row_count <= TOL_ROWS_MAX; row_count++) {
            struct kernel_case c = kernel_case_new(CASE_SCATTER_ADD, CASE_USUAL, 700, row_count, random_bits(&random));
            struct guarded out = guarded_new(c.second.count), expected = guarded_new(c.second.count);
            size_t size = row_count * TOL_LANES;
            memcpy(expected.values, c.second.values, c.second.count * sizeof(double));
            for (size_t k = 0; k < c.count; k++)
                for (size_t at = 0; at < size; at++) {
                    double *sum = expected.values + c.line_cell[k] * size + at;
                    *sum = fma(c.numbers[k], c.first.values[k * c.stride + at], *sum) + 0.0;
                }
            cr_assert(kernel_case_run(runnable_variant(i), &c, out.values));
            size_t at = first_difference(out.values, expected.values, out.count);
            cr_assert_eq(at, out.count, "%s: double %zu of %zu, %zu rows", runnable_variant(i)->isa, at, out.count,
                         row_count);
            guarded_free(&out);
            guarded_free(&expected);
            kernel_case_free(&c);
        }
}
