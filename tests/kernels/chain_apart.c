/* What a lane comes to does not depend on what the others hold, nor a node's row on how the nodes are cut into blocks. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cases.h"

enum { NODES = 150, TIERS = 12, SIZE_MAX_OF_ROW = TOL_CHAIN_ROWS_MAX * TOL_LANES };

/* A network in one of its tiers. */
struct state {
    size_t row_count;
    struct guarded row[2], wide[2], total;
};

static struct state state_new(size_t row_count)
{
    struct state state = {.row_count = row_count, .total = guarded_new(NODES * row_count * TOL_LANES)};
    for (int k = 0; k < 2; k++) {
        state.row[k] = guarded_new(state.total.count);
        state.wide[k] = guarded_new((NODES + 63) / 64);
    }
    return state;
}

static void state_free(struct state *state)
{
    guarded_free(&state->total);
    for (int k = 0; k < 2; k++) {
        guarded_free(&state->row[k]);
        guarded_free(&state->wide[k]);
    }
}

static struct tol_chain_terms terms_of(const struct state *state, int which)
{
    return (struct tol_chain_terms){.row = state->row[which].values, .wide = (uint64_t *)state->wide[which].values};
}

/* ---- networks in which everything happens -------------------------------------------------------------------------- */

static double pick_number(struct random *random, const double *from, size_t count)
{
    double number = from[random_below(random, count)];
    return random_bits(random) & 1 ? -number : number;
}

/* In quanta. What arrives is up to some times this: beyond a double's whole numbers too. */
static double any_term(struct random *random)
{
    static const double edges[] = {1, 0x1p29, 0x1p30 - 1, 0x1p30, 0x1p31, 0x1p50, 0x1p53 - 1, 0x1p53 + 2, 0x1p54 + 4};
    if (random_below(random, 3) == 0)
        return 0;
    if (random_below(random, 8) == 0)
        return pick_number(random, edges, sizeof edges / sizeof edges[0]);
    return trunc(random_exponent(random, -1, random_below(random, 4) ? 27 : 49));
}

static double any_total(struct random *random)
{
    static const double edges[] = {4 - 0x1p-50, 4 - 0x1p-21, 4, 4 + 0x1p-50, 8 - 0x1p-50, 8, 16 + 0x1p-48, 1e3};
    if (random_below(random, 4) == 0)
        return pick_number(random, edges, sizeof edges / sizeof edges[0]);
    return random_below(random, 2) ? 0 : trunc(random_exponent(random, 0, 50)) * 0x1p-50;
}

/* Owes much where what it hands on leaves room. */
static double any_owed(struct random *random, double room)
{
    double most = random_below(random, 3) ? fmin(room, 1000) : room;
    double owed = trunc(random_unit(random) * fmax(most, 0));
    return random_bits(random) & 1 ? -owed : owed;
}

static int fits_narrow(const double *term, const double *total, size_t row_count)
{
    for (size_t l = 0; l < TOL_LANES; l++) {
        double terms = 0, totals = 0;
        for (size_t at = l; at < row_count * TOL_LANES; at += TOL_LANES) {
            terms += fabs(term[at]);
            totals += fabs(total[at]);
        }
        if (!(terms < 0x1p30 && totals < 4))
            return 0;
    }
    return 1;
}

/* Half of the nodes are quiet, so that there are narrow rows to begin with. */
static void draw_node(struct state *state, size_t n, struct random *random)
{
    const size_t size = state->row_count * TOL_LANES;
    const struct tol_chain_terms terms = terms_of(state, 0);
    double term[SIZE_MAX_OF_ROW], owed[SIZE_MAX_OF_ROW], *total = state->total.values + n * size;
    int quiet = random_below(random, 2) != 0;
    for (size_t at = 0; at < size; at++) {
        term[at] = quiet ? trunc(random_exponent(random, -1, 24)) : any_term(random);
        total[at] = quiet ? trunc(random_exponent(random, 0, 47)) * 0x1p-50 : any_total(random);
    }
    int narrow = fits_narrow(term, total, state->row_count);
    for (size_t at = 0; at < size; at++)
        owed[at] = narrow ? any_owed(random, (0x1p30 - 1) / (double)state->row_count - fabs(term[at])) : 0;
    encode_terms(&terms, n, state->row_count, !narrow, term, owed);
}

/* Values of links that keep, halve, grow, and all but keep. */
static void draw_values(struct kernel_case *c, struct random *random)
{
    static const double edges[] = {1, 0.5, 2, 1 - 0x1p-53, 0.25};
    for (uint64_t i = 0; i < c->line_start[c->count]; i++)
        c->line_value[i] = random_below(random, 3) ? random_unit(random) * 0.2 : pick_number(random, edges, 5);
}

/* ---- lanes --------------------------------------------------------------------------------------------------------- */

/* The same network with one number of each row left. */
static struct state state_alone(const struct state *all, size_t lane)
{
    const size_t size = all->row_count * TOL_LANES;
    struct state alone = state_new(all->row_count);
    const struct tol_chain_terms from = terms_of(all, 0), to = terms_of(&alone, 0);
    double term[SIZE_MAX_OF_ROW], owed[SIZE_MAX_OF_ROW];
    for (size_t n = 0; n < NODES; n++) {
        decode_terms(&from, n, all->row_count, term, owed);
        for (size_t at = 0; at < size; at++) {
            alone.total.values[n * size + at] = at == lane ? all->total.values[n * size + at] : 0;
            term[at] = at == lane ? term[at] : 0;
            owed[at] = at == lane ? owed[at] : 0;
        }
        encode_terms(&to, n, all->row_count, from.wide[n / 64] >> (n % 64) & 1, term, owed);
    }
    return alone;
}

struct answer {
    double term[NODES], total[NODES];
};

/* What a lane has come to, settled: of a copy, since the run goes on. */
static void read_lane(const struct tol_kernels *kernels, const struct state *state, int which, size_t lane,
                      struct answer *answer)
{
    const size_t size = state->row_count * TOL_LANES;
    struct state copy = state_new(state->row_count);
    const struct tol_chain_terms terms = terms_of(&copy, 0);
    memcpy(terms.row, state->row[which].values, state->row[which].count * sizeof(double));
    memcpy(terms.wide, state->wide[which].values, state->wide[which].count * sizeof(double));
    memcpy(copy.total.values, state->total.values, state->total.count * sizeof(double));
    kernels->chain_settle(0, NODES, state->row_count, &terms, copy.total.values);
    for (size_t n = 0; n < NODES; n++) {
        double term[SIZE_MAX_OF_ROW], owed[SIZE_MAX_OF_ROW];
        decode_terms(&terms, n, state->row_count, term, owed);
        answer->term[n] = term[lane];
        answer->total[n] = copy.total.values[n * size + lane];
    }
    state_free(&copy);
}

static size_t narrow_count(const struct state *state, int which)
{
    const uint64_t *wide = (const uint64_t *)state->wide[which].values;
    size_t count = 0;
    for (size_t n = 0; n < NODES; n++)
        count += !(wide[n / 64] >> (n % 64) & 1);
    return count;
}

/* Tier after tier, a lane among others and by itself. */
static void check_lane(const struct tol_kernels *kernels, const struct kernel_case *c, const struct state *start,
                       size_t lane, size_t *narrow)
{
    struct state all = state_alone(start, lane), alone = state_alone(start, lane);
    struct answer among, by_itself;
    memcpy(all.row[0].values, start->row[0].values, all.row[0].count * sizeof(double));
    memcpy(all.total.values, start->total.values, all.total.count * sizeof(double));
    for (int tier = 0; tier < TIERS; tier++) {
        struct state *const both[] = {&all, &alone};
        for (int k = 0; k < 2; k++) {
            const struct tol_chain_terms from = terms_of(both[k], tier % 2), to = terms_of(both[k], (tier + 1) % 2);
            kernels->chain_sweep(0, NODES, c->row_count, &c->links, &from, &to, both[k]->total.values);
            narrow[k] += narrow_count(both[k], (tier + 1) % 2);
        }
        read_lane(kernels, &all, (tier + 1) % 2, lane, &among);
        read_lane(kernels, &alone, (tier + 1) % 2, lane, &by_itself);
        size_t at = first_difference(among.term, by_itself.term, NODES);
        cr_assert_eq(at, NODES, "%s: tier %d, lane %zu, node %zu hands on %a among others, %a alone", kernels->isa,
                     tier, lane, at, among.term[at], by_itself.term[at]);
        at = first_difference(among.total, by_itself.total, NODES);
        cr_assert_eq(at, NODES, "%s: tier %d, lane %zu, node %zu has %a among others, %a alone", kernels->isa, tier,
                     lane, at, among.total[at], by_itself.total[at]);
    }
    state_free(&all);
    state_free(&alone);
}

Test(chain_apart, a_lane_does_not_depend_on_its_neighbours)
{
    struct random random = {case_seed()};
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        size_t narrow[2] = {0};
        for (size_t repeat = 0; repeat < 2 * TOL_CHAIN_ROWS_MAX; repeat++) {
            size_t row_count = 1 + repeat % TOL_CHAIN_ROWS_MAX;
            struct kernel_case c =
                kernel_case_new(CASE_CHAIN_SWEEP, CASE_USUAL, NODES, row_count, random_bits(&random));
            struct state start = state_new(row_count);
            draw_values(&c, &random);
            for (size_t n = 0; n < NODES; n++)
                draw_node(&start, n, &random);
            for (size_t lane = 0; lane < row_count * TOL_LANES; lane++)
                check_lane(runnable_variant(i), &c, &start, lane, narrow);
            state_free(&start);
            kernel_case_free(&c);
        }
        cr_assert(narrow[0] > 1000 && narrow[1] > 2 * narrow[0], "%zu narrow rows among others, %zu alone", narrow[0],
                  narrow[1]);
    }
}

/* ---- blocks -------------------------------------------------------------------------------------------------------- */

static int sweep_in_blocks(const struct tol_kernels *kernels, const struct kernel_case *c, struct random *random,
                           const struct tol_chain_terms *to, double *total)
{
    const struct tol_chain_terms from = {.row = c->first.values, .wide = c->wide};
    int left = 0;
    for (size_t first = 0; first < c->count;) {
        size_t end = first + 64 * (size_t)random_below(random, 3); /* also none */
        end = end < c->count ? end : c->count;
        left |= kernels->chain_sweep(first, end, c->row_count, &c->links, &from, to, total);
        kernels->chain_settle(first, end, c->row_count, to, total);
        first = end;
    }
    return left;
}

static void check_blocks(const struct tol_kernels *kernels, enum case_kind kind, size_t row_count,
                         struct random *random)
{
    struct kernel_case c = kernel_case_new(CASE_CHAIN_SWEEP, kind, 333, row_count, random_bits(random));
    const size_t all = c.second.count, words = (c.count + 63) / 64;
    struct guarded whole = guarded_new(kernel_case_out_count(&c)), row = guarded_new(all), wide = guarded_new(words),
                   total = guarded_new(all), term = guarded_new(all), owed = guarded_new(all);
    const struct tol_chain_terms to = {.row = row.values, .wide = (uint64_t *)wide.values};
    kernel_case_run(kernels, &c, whole.values);
    memcpy(total.values, c.second.values, all * sizeof(double));
    cr_assert_eq(sweep_in_blocks(kernels, &c, random, &to, total.values), whole.values[whole.count - 1]);
    for (size_t n = 0; n < c.count; n++) {
        decode_terms(&to, n, row_count, term.values + n * row_count * TOL_LANES,
                     owed.values + n * row_count * TOL_LANES);
        cr_assert_eq((double)(to.wide[n / 64] >> (n % 64) & 1), whole.values[4 * all + n]);
    }
    cr_assert_eq(first_difference(term.values, whole.values, all), all, "%s", kernels->isa);
    cr_assert_eq(first_difference(total.values, whole.values + 3 * all, all), all, "%s", kernels->isa);
    struct guarded *const arrays[] = {&whole, &row, &wide, &total, &term, &owed};
    for (size_t k = 0; k < sizeof arrays / sizeof arrays[0]; k++) {
        cr_assert(guarded_intact(arrays[k]));
        guarded_free(arrays[k]);
    }
    kernel_case_free(&c);
}

/* Also whether anything is left, with NaN among the terms. */
Test(chain_apart, blocks_are_the_same_as_one_sweep)
{
    struct random random = {case_seed()};
    for (size_t i = 0; runnable_variant(i) != NULL; i++)
        for (int kind = 0; kind < CASE_KIND_COUNT; kind++)
            for (size_t row_count = 1; row_count <= TOL_CHAIN_ROWS_MAX; row_count++)
                check_blocks(runnable_variant(i), (enum case_kind)kind, row_count, &random);
}
