/* chain_begin, chain_sweep, chain_settle and scatter_add against plain loops. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#include "cases.h"

static double quanta_of(double share)
{
    return trunc(share / TOL_CHAIN_QUANTUM);
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

/* ---- one tier ---------------------------------------------------------------------------------------------------- */

/* Where the parts of a sweep's output begin (kernel_case_out_count). */
struct swept {
    const double *term, *owed, *total, *settled, *wide;
    int left;
};

static struct swept parts_of(const struct ran *ran)
{
    const size_t all = ran->inputs.second.count;
    const double *out = ran->out.values;
    return (struct swept){.term = out,
                          .owed = out + all,
                          .total = out + 2 * all,
                          .settled = out + 3 * all,
                          .wide = out + 4 * all,
                          .left = ran->out.values[ran->out.count - 1] != 0};
}

/* By the kinds of row before and after. */
struct seen {
    size_t rows[2][2], dropped, kept;
};

/* A row that was narrow owes what it owed and heard, or has paid it. */
static void check_owed(const struct swept *swept, const struct kernel_case *c, size_t n, const double *own,
                       const double *owed)
{
    const size_t size = c->row_count * TOL_LANES;
    int was_wide = c->wide[n / 64] >> (n % 64) & 1, stayed = !was_wide && swept->wide[n] == 0;
    int unpaid = 0;
    for (size_t at = 0; at < size; at++)
        unpaid |= swept->owed[n * size + at] != 0;
    for (size_t at = 0; at < size; at++) {
        double total = c->second.values[n * size + at];
        if (stayed && unpaid) {
            cr_assert(same_number(swept->owed[n * size + at], owed[at] + own[at]), "node %zu", n);
            cr_assert(same_number(swept->total[n * size + at], total), "node %zu", n);
        }
        if (swept->wide[n] != 0)
            cr_assert(same_number(swept->settled[n * size + at], swept->total[n * size + at]), "node %zu", n);
    }
}

/* What narrow rows hold leaves room for what a tier adds, and their totals are whole numbers of quanta. */
static void check_narrow(const struct swept *swept, size_t n, size_t row_count)
{
    for (size_t l = 0; l < TOL_LANES; l++) {
        double numbers = 0, totals = 0;
        for (size_t at = n * row_count * TOL_LANES + l; at < (n + 1) * row_count * TOL_LANES; at += TOL_LANES) {
            numbers += fabs(swept->term[at]) + fabs(swept->owed[at]);
            totals += fabs(swept->total[at]);
        }
        cr_assert(numbers < 0x1p30 && totals < 4, "node %zu is narrow with %a quanta and a total of %a", n, numbers,
                  totals);
    }
}

static int check_node(const struct swept *swept, const struct kernel_case *c, size_t n, struct seen *seen)
{
    const size_t size = c->row_count * TOL_LANES;
    const struct tol_chain_terms from = {.row = c->first.values, .wide = c->wide};
    double own[TOL_CHAIN_ROWS_MAX * TOL_LANES] = {0}, term[TOL_CHAIN_ROWS_MAX * TOL_LANES];
    double owed[TOL_CHAIN_ROWS_MAX * TOL_LANES];
    int left = 0;
    for (uint64_t i = c->links.start[n]; i < c->links.start[n + 1]; i++) {
        decode_terms(&from, c->links.other[i], c->row_count, term, owed);
        for (size_t at = 0; at < size; at++)
            own[at] = fma(c->links.value[i], term[at], own[at]);
    }
    decode_terms(&from, n, c->row_count, term, owed);
    for (size_t at = 0; at < size; at++) {
        double heard = (c->links.unit != NULL ? c->links.unit[n] : 1) * own[at];
        own[at] = trunc(heard);
        double handed = trunc((c->links.passed != NULL ? c->links.passed[n] : 1) * own[at]);
        double total =
            fma(own[at], TOL_CHAIN_QUANTUM, fma(owed[at], TOL_CHAIN_QUANTUM, c->second.values[n * size + at]));
        cr_assert(same_number(swept->term[n * size + at], handed), "node %zu hands on %a, not %a", n,
                  swept->term[n * size + at], handed);
        cr_assert(same_number(swept->settled[n * size + at], total), "node %zu has %a, not %a", n,
                  swept->settled[n * size + at], total);
        left |= handed != 0;
        seen->dropped += heard != 0 && own[at] == 0;
        seen->kept += own[at] != 0;
    }
    check_owed(swept, c, n, own, owed);
    if (swept->wide[n] == 0)
        check_narrow(swept, n, c->row_count);
    seen->rows[c->wide[n / 64] >> (n % 64) & 1][swept->wide[n] != 0]++;
    return left;
}

Test(chain, a_sweep_is_what_plain_loops_do)
{
    struct random random = {case_seed()};
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        struct seen seen = {0};
        for (size_t repeat = 0; repeat < 4 * TOL_CHAIN_ROWS_MAX; repeat++) {
            size_t row_count = 1 + repeat % TOL_CHAIN_ROWS_MAX;
            struct ran ran = run_case(runnable_variant(i), CASE_CHAIN_SWEEP, 150, row_count, random_bits(&random));
            const struct swept swept = parts_of(&ran);
            int left = 0;
            for (size_t n = 0; n < ran.inputs.count; n++)
                left |= check_node(&swept, &ran.inputs, n, &seen);
            cr_assert_eq(swept.left, left);
            free_ran(&ran);
        }
        cr_assert(seen.dropped > 1000 && seen.kept > 1000, "%zu dropped, %zu kept", seen.dropped, seen.kept);
        for (int k = 0; k < 4; k++)
            cr_assert_gt(seen.rows[k / 2][k % 2], 30, "%s to %s: %zu rows", k / 2 ? "wide" : "narrow",
                         k % 2 ? "wide" : "narrow", seen.rows[k / 2][k % 2]);
    }
}

/* ---- the beginning ----------------------------------------------------------------------------------------------- */

/* The quotient is not a division but within a unit in the last place of it, which may decide about one quantum of the sum, and then of what is
 * passed on. */
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
                double beside = quanta_of(source->unit[n] * source->sector[from]) * TOL_CHAIN_QUANTUM;
                double first = quanta_of(direct + beside), part = source->passed != NULL ? source->passed[n] : 1;
                double got = ran.term[at], most = (fabs(direct) + fabs(beside)) / TOL_CHAIN_QUANTUM;
                cr_assert(same_number(ran.total[at], beside), "%s: node %zu", runnable_variant(i)->isa, n);
                left |= got != 0;
                if (isfinite(most) && isfinite(part * first)) {
                    cr_assert(got == trunc(got));
                    cr_assert_float_eq(got, part * first, 1 + part * (1 + 0x1p-51 * most), "%s: node %zu: %a, not %a",
                                       runnable_variant(i)->isa, n, got, part * first);
                    cr_assert(fabs(got) <= part * most * (1 + 0x1p-50), "%s: cut away from zero",
                              runnable_variant(i)->isa);
                }
                dropped += direct + beside != 0 && got == 0;
                kept += got != 0;
                without_whole += source->whole[n] == 0;
            }
            cr_assert_eq(ran.left, left);
            free_ran(&ran);
        }
    cr_assert(dropped > 1000 && kept > 1000 && without_whole > 1000, "%zu dropped, %zu kept, %zu without a whole",
              dropped, kept, without_whole);
}

/* ---- small networks ---------------------------------------------------------------------------------------------- */

enum { SMALL_NODES = 3 };

/* Up to three nodes of one row of lanes. Memory of its own, since a row may hold either kind of number. */
struct small {
    struct guarded term, next, total;
    uint64_t wide, next_wide;
};

static struct small small_new(void)
{
    struct small small = {.term = guarded_new(SMALL_NODES * TOL_LANES),
                          .next = guarded_new(SMALL_NODES * TOL_LANES),
                          .total = guarded_new(SMALL_NODES * TOL_LANES),
                          .wide = 7};
    for (size_t at = 0; at < small.term.count; at++)
        small.term.values[at] = small.total.values[at] = 0;
    return small;
}

static void small_free(struct small *small)
{
    guarded_free(&small->term);
    guarded_free(&small->next);
    guarded_free(&small->total);
}

/* One tier, and what is then handed on stands in term. */
static int sweep_small(const struct tol_kernels *kernels, struct small *small, size_t count,
                       const struct tol_chain_links *links)
{
    const struct tol_chain_terms from = {small->term.values, &small->wide},
                                 to = {small->next.values, &small->next_wide};
    int left = kernels->chain_sweep(0, count, 1, links, &from, &to, small->total.values);
    const struct small before = *small;
    small->term = before.next;
    small->next = before.term;
    small->wide = before.next_wide;
    return left;
}

static void settle_small(const struct tol_kernels *kernels, struct small *small, size_t count)
{
    kernels->chain_settle(0, count, 1, &(struct tol_chain_terms){small->term.values, &small->wide},
                          small->total.values);
}

static double small_term(const struct small *small, size_t node, size_t lane)
{
    double term[TOL_LANES], owed[TOL_LANES];
    uint64_t wide = small->wide;
    decode_terms(&(struct tol_chain_terms){small->term.values, &wide}, node, 1, term, owed);
    return term[lane];
}

/* Each node hears from one, all of it. */
static const uint64_t one_link_each[] = {0, 1, 2, 3};
static const uint32_t of_itself[] = {0, 1, 2}, of_the_other[] = {1, 0};

static void check_begin(const struct tol_kernels *kernels, double share, int beside)
{
    _Alignas(64) double shares[TOL_LANES] = {0}, zero[TOL_LANES] = {0}, term[TOL_LANES], total[TOL_LANES];
    const double one = 1, kept = fabs(share) >= 0x1p-50 ? copysign(1, share) : 0;
    shares[6] = share;
    const struct tol_chain_source source = {.own = beside ? zero : shares,
                                            .sector = beside ? shares : zero,
                                            .stride = TOL_LANES,
                                            .whole = &one,
                                            .unit = &one,
                                            .total_stride = TOL_LANES};
    cr_assert_eq(kernels->chain_begin(1, 1, &source, term, total), kept != 0);
    cr_assert(same_number(term[6], kept) && bits_of(term[0]) == 0);
    cr_assert(same_number(total[6], beside ? kept * 0x1p-50 : 0));
}

/* 2^-50 travels on, the double below it does not; so it is for gains and losses, and for both kernels. */
Test(chain, the_quantum_is_two_to_the_minus_50)
{
    static const double shares[] = {0x1p-50, -0x1p-50, 0x1.fffffffffffffp-51, -0x1.fffffffffffffp-51, 0x1p-1074, -0.0};
    for (size_t i = 0; runnable_variant(i) != NULL; i++)
        for (size_t k = 0; k < sizeof shares / sizeof shares[0]; k++) {
            const struct tol_kernels *kernels = runnable_variant(i);
            const double value = fabs(shares[k]) / 0x1p-50,
                         kept = fabs(shares[k]) >= 0x1p-50 ? copysign(1, shares[k]) : 0;
            check_begin(kernels, shares[k], 0);
            check_begin(kernels, shares[k], 1);
            for (uint64_t wide = 0; wide < 2; wide++) {
                struct small small = small_new();
                double term[TOL_LANES] = {0}, owed[TOL_LANES] = {0};
                term[6] = copysign(1, shares[k]);
                encode_terms(&(struct tol_chain_terms){small.term.values, &small.wide}, 0, 1, (int)wide, term, owed);
                const struct tol_chain_links links = {.start = one_link_each, .other = of_itself, .value = &value};
                cr_assert_eq(sweep_small(kernels, &small, 1, &links), kept != 0);
                settle_small(kernels, &small, 1);
                cr_assert(same_number(small_term(&small, 0, 6), kept));
                cr_assert(same_number(small.total.values[6], kept * 0x1p-50) && bits_of(small.total.values[0]) == 0);
                small_free(&small);
            }
        }
}

/* What is not handed on is still suffered. */
Test(chain, passing_on_nothing_ends_the_chain_but_not_the_loss)
{
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        const double one = 1, half = 0.5, nothing = 0;
        const struct tol_chain_links links = {
            .start = one_link_each, .other = of_itself, .value = &one, .unit = &half, .passed = &nothing};
        struct small small = small_new();
        for (int l = 0; l < TOL_LANES; l++) {
            small.term.values[l] = 0x1p48;
            small.total.values[l] = 1;
        }
        cr_assert_eq(sweep_small(runnable_variant(i), &small, 1, &links), 0);
        settle_small(runnable_variant(i), &small, 1);
        cr_assert_eq(small.total.values[3], 1.125);
        cr_assert_eq(bits_of(small_term(&small, 0, 3)), 0);
        small_free(&small);
    }
}

/* Two nodes that take half of what the other suffers: 1/2 + 1/4 + ... , the 51st term is below the quantum. */
Test(chain, halves_end_after_50_tiers)
{
    static const double value[] = {50, 50}, unit[] = {0.01, 0.01};
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        const struct tol_chain_links links = {
            .start = one_link_each, .other = of_the_other, .value = value, .unit = unit};
        struct small small = small_new();
        int tiers = 0, narrow_tiers = 0;
        for (int at = 0; at < 2 * TOL_LANES; at++)
            small.term.values[at] = 0x1p50;
        for (int left = 1; left;) {
            left = sweep_small(runnable_variant(i), &small, 2, &links);
            narrow_tiers += (small.wide & 3) == 0;
            cr_assert_lt(++tiers, 100);
        }
        settle_small(runnable_variant(i), &small, 2);
        cr_assert_eq(tiers, 51);
        cr_assert_eq(narrow_tiers, 31, "from the 21st on terms are below 2^30: %d", narrow_tiers);
        for (int at = 0; at < 2 * TOL_LANES; at++)
            cr_assert_eq(small.total.values[at], 1 - 0x1p-50);
        small_free(&small);
    }
}

/* A circle whose links hand on all but nothing: each tier loses a quantum at least, and nothing else happens. */
Test(chain, a_circle_loses_a_quantum_a_tier)
{
    static const double value[] = {1 - 0x1p-53, 1 - 0x1p-53};
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        const struct tol_chain_links links = {.start = one_link_each, .other = of_the_other, .value = value};
        struct small small = small_new();
        double total = 0;
        for (int at = 0; at < 2 * TOL_LANES; at++)
            small.term.values[at] = at % 2 ? -1000 : 1000;
        for (int tier = 1; tier <= 1000; tier++) {
            cr_assert_eq(sweep_small(runnable_variant(i), &small, 2, &links), tier < 1000, "tier %d", tier);
            cr_assert(same_number(small_term(&small, 1, 4), 1000 - tier));
            cr_assert(same_number(small_term(&small, 1, 5), tier - 1000));
            total += (1000 - tier) * 0x1p-50;
        }
        settle_small(runnable_variant(i), &small, 2);
        cr_assert(small.total.values[4] == total && small.total.values[5] == -total);
        small_free(&small);
    }
}

/* NaN is something to hand on, and does not hide what other nodes have in its lane. */
Test(chain, not_a_number_is_left)
{
    static const double value[] = {1, 1, 1};
    for (size_t i = 0; runnable_variant(i) != NULL; i++)
        for (int others = 0; others < 2; others++) {
            const struct tol_chain_links links = {.start = one_link_each, .other = of_itself, .value = value};
            struct small small = small_new();
            small.term.values[2] = NAN;
            small.term.values[TOL_LANES + 2] = others;
            cr_assert_eq(sweep_small(runnable_variant(i), &small, 2, &links), 1);
            settle_small(runnable_variant(i), &small, 2);
            cr_assert(isnan(small.total.values[2]) && isnan(small_term(&small, 0, 2)));
            for (size_t l = 0; l < TOL_LANES; l++) {
                cr_assert(l == 2 || bits_of(small.total.values[l]) == 0);
                cr_assert_eq(small_term(&small, 1, l), l == 2 ? others : 0);
            }
            small_free(&small);
        }
}

/* What would not fit into four bytes makes a row wide, and it pays first; one below the limit does not. */
Test(chain, rows_are_narrow_while_all_fits)
{
    static const double value = 1;
    static const struct {
        double term, owed, value, total;
        int wide;
    } cases[] = {{0x1p29 - 1, 0, 1, 0, 0},
                 {0x1p29, 0, 1, 0, 0},
                 {0x1p29, 0x1p29 - 1, 1, 0, 0},
                 {0x1p29, -0x1p29, 1, 0, 0},
                 {0x1p29, 0, 2, 0, 1},
                 {1 - 0x1p29, 0, 2, 0, 0},
                 {0x1p29, 0, 2 - 0x1p-29, 0, 0},
                 {0x1p29, 0, 0x1p33, 0, 1},
                 {0x1p28, 0, 4, 4 - 0x1p-20, 1},
                 {0x1p28, 0, 3, 4 - 0x1p-20, 0},
                 {-0x1p29 + 1, 1, 2, -4 + 0x1p-22, 1}};
    for (size_t i = 0; runnable_variant(i) != NULL; i++)
        for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
            const struct tol_chain_links links = {
                .start = one_link_each, .other = of_itself, .value = &cases[k].value, .unit = &value};
            struct small small = small_new();
            double term[TOL_LANES] = {0}, owed[TOL_LANES] = {0};
            const double handed = trunc(cases[k].value * cases[k].term);
            term[5] = cases[k].term;
            owed[5] = cases[k].owed;
            small.total.values[5] = cases[k].total;
            encode_terms(&(struct tol_chain_terms){small.term.values, &small.wide}, 0, 1, 0, term, owed);
            cr_assert_eq(sweep_small(runnable_variant(i), &small, 1, &links), 1);
            cr_assert_eq((int)(small.wide & 1), cases[k].wide, "case %zu", k);
            settle_small(runnable_variant(i), &small, 1);
            cr_assert_eq(small_term(&small, 0, 5), handed, "case %zu", k);
            cr_assert_eq(small.total.values[5], cases[k].total + (cases[k].owed + handed) * 0x1p-50, "case %zu", k);
            small_free(&small);
        }
}

Test(chain, settling_pays_once)
{
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        struct small small = small_new();
        double term[TOL_LANES] = {3}, owed[TOL_LANES] = {5, -7};
        const struct tol_chain_terms terms = {small.term.values, &small.wide};
        encode_terms(&terms, 1, 1, 0, term, owed);
        small.term.values[0] = 11; /* node 0 is wide and owes nothing */
        for (int again = 0; again < 2; again++) {
            settle_small(runnable_variant(i), &small, 3);
            cr_assert_eq(small.total.values[TOL_LANES], 5 * 0x1p-50);
            cr_assert_eq(small.total.values[TOL_LANES + 1], -7 * 0x1p-50);
            cr_assert_eq(small.total.values[0], 0);
            cr_assert(small_term(&small, 1, 0) == 3 && small_term(&small, 0, 0) == 11);
        }
        small_free(&small);
    }
}

Test(chain, no_nodes_have_nothing_left)
{
    const uint64_t start[] = {0};
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        const struct tol_chain_source source = {.stride = TOL_LANES, .total_stride = TOL_LANES};
        const struct tol_chain_links links = {.start = start};
        const struct tol_chain_terms none = {.row = NULL, .wide = NULL};
        cr_assert_eq(runnable_variant(i)->chain_sweep(0, 0, 3, &links, &none, &none, NULL), 0);
        cr_assert_eq(runnable_variant(i)->chain_begin(0, 3, &source, NULL, NULL), 0);
        runnable_variant(i)->chain_settle(0, 0, 3, &none, NULL);
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
