/* Tier after tier (tol_chain_run) against one direct solution of the same equations, both ways through a network:
 *   demand  x = W (d + x)      W: share of a seller's output that each buyer takes
 *   cost    x = S K (c + x)    S: share of each supplier in a buyer's inputs; K: the part that a supplier passes on */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "economy/closed_set.h"
#include "economy/dense.h"
#include "exposure/chain.h"
#include "tolmuur/parameters.h"

enum { LANES = TOL_LANES };
static const double tolerance = 1e-10; /* of the greatest share of the lane */
static const double clearly = 1e-3;
static const double passed_on = 0.6;

static double *table(size_t count)
{
    double *made = aligned_alloc(64, count * LANES * sizeof *made);
    cr_assert_not_null(made);
    memset(made, 0, count * LANES * sizeof *made);
    return made;
}

/* ---- both answers: shock [node][LANES] to what arrives along the links, unit and passed NULL for 1 ---------------- */

static double *tiers_of(const struct links *links, const double *unit, const double *passed, const double *shock,
                        uint32_t tiers, const struct tol_kernels *kernels, struct tol_run *run)
{
    struct tol_keep keep = {.allocator = tol_allocator_default()};
    struct tol_error error = {.status = TOL_OK};
    struct tol_chain chain = {
        .kernels = kernels,
        .node_count = links->count,
        .row_count = 1,
        .links = {.start = links->start, .other = links->other, .value = links->share, .unit = unit, .passed = passed},
        .tiers = tiers,
        .total = table(links->count)};
    cr_assert(tol_chain_terms_make(&keep, links->count, 1, &chain.term) &&
              tol_chain_terms_make(&keep, links->count, 1, &chain.next));
    for (size_t i = 0; i < links->count * LANES; i++) {
        chain.term.row[i] = tol_chain_quanta((passed != NULL ? passed[i / LANES] : 1) * shock[i]);
    }
    cr_assert_eq(tol_chain_run(&chain, run, &keep, &error), TOL_OK, "%s", error.message);
    tol_keep_release(&keep);
    return chain.total;
}

static double *tier_after_tier(const struct links *links, const double *unit, const double *passed, const double *shock,
                               const struct tol_kernels *kernels, struct tol_run *run)
{
    return tiers_of(links, unit, passed, shock, TOL_TIERS_ALL, kernels, run);
}

static void lay_out(const struct links *links, const double *unit, const double *passed, const double *shock,
                    long double *a, long double *b)
{
    size_t n = links->count;
    for (size_t row = 0; row < n; row++) {
        a[row * n + row] += 1;
        for (uint64_t i = links->start[row]; i < links->start[row + 1]; i++) {
            size_t other = links->other[i];
            long double weight =
                (long double)links->share[i] * (unit != NULL ? unit[row] : 1) * (passed != NULL ? passed[other] : 1);
            a[row * n + other] -= weight;
            for (size_t l = 0; l < LANES; l++) {
                b[row * LANES + l] += weight * shock[other * LANES + l];
            }
        }
    }
}

static double *at_once(const struct links *links, const double *unit, const double *passed, const double *shock)
{
    size_t n = links->count;
    long double *a = calloc(n * n, sizeof *a);
    long double *b = calloc(n * LANES, sizeof *b);
    cr_assert(a != NULL && b != NULL);
    lay_out(links, unit, passed, shock, a, b);
    cr_assert(dense_solve(n, LANES, a, b));
    double *answer = table(n);
    for (size_t i = 0; i < n * LANES; i++) {
        answer[i] = (double)b[i];
    }
    free(a);
    free(b);
    return answer;
}

/* Greatest difference of any lane, as a part of the greatest share in the lane of want. */
static double difference(const double *got, const double *want, size_t count)
{
    double worst = 0;
    for (size_t l = 0; l < LANES; l++) {
        double apart = 0, greatest = 0;
        for (size_t n = 0; n < count; n++) {
            apart = fmax(apart, fabs(got[n * LANES + l] - want[n * LANES + l]));
            greatest = fmax(greatest, fabs(want[n * LANES + l]));
        }
        cr_assert_gt(greatest, 0, "nothing happens in lane %zu", l);
        worst = fmax(worst, apart / greatest);
    }
    return worst;
}

/* ---- shocks ---------------------------------------------------------------------------------------------------- */

static uint64_t random_state;

static double random_share(void)
{
    uint64_t z = (random_state += 0x9e3779b97f4a7c15u); /* splitmix64 */
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

/* One node in ten loses or gains up to a fifth. */
static void strike_at_random(double *shock, size_t count, size_t first_lane)
{
    for (size_t n = 0; n < count; n++) {
        for (size_t l = first_lane; l < LANES; l++) {
            shock[n * LANES + l] = random_share() < 0.1 ? 0.4 * random_share() - 0.2 : 0;
        }
    }
}

/* ---- the closed set --------------------------------------------------------------------------------------------- */

/* Lane 0: every sector abroad loses a tenth of what it sells to the USA. Lane 1: only those of Germany, and all of it. The rest: at random. */
static double *strike_closed_set(const struct closed_set *set)
{
    double *shock = table(CLOSED_NODES);
    size_t usa = closed_set_region(set, "USA"), germany = closed_set_region(set, "Germany");
    random_state = 31;
    strike_at_random(shock, CLOSED_NODES, 2);
    for (size_t n = 0; n < CLOSED_NODES; n++) {
        size_t region = n / CLOSED_SECTORS;
        double share = set->network.output[n] > 0 ? set->trade[n][usa] / set->network.output[n] : 0;
        shock[n * LANES] = region == usa ? 0 : 0.1 * share;
        shock[n * LANES + 1] = region == germany ? share : 0;
    }
    return shock;
}

/* Each answer is that of its own equations, and not that of the other's. */
static void compare_directions(const struct network *network, const double *passed, const double *shock)
{
    const struct tol_kernels *kernels = tol_kernels_best();
    struct links demand = links_of(network, DEMAND), cost = links_of(network, COST);
    double *orders = tier_after_tier(&demand, NULL, NULL, shock, kernels, NULL);
    double *prices = tier_after_tier(&cost, NULL, passed, shock, kernels, NULL);
    double *orders_at_once = at_once(&demand, NULL, NULL, shock);
    double *prices_at_once = at_once(&cost, NULL, passed, shock);
    cr_expect_leq(difference(orders, orders_at_once, network->count), tolerance);
    cr_expect_leq(difference(prices, prices_at_once, network->count), tolerance);
    cr_expect_gt(difference(orders, prices_at_once, network->count), clearly);
    cr_expect_gt(difference(prices, orders_at_once, network->count), clearly);
    /* The same parts passed on: only the direction differs. */
    double *wrong_way = tier_after_tier(&demand, NULL, passed, shock, kernels, NULL);
    cr_expect_gt(difference(wrong_way, prices_at_once, network->count), clearly);
    double *all[] = {orders, prices, orders_at_once, prices_at_once, wrong_way};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        free(all[i]);
    }
    links_free(&demand);
    links_free(&cost);
}

/* Trade and inputs come from different accounts, so that some sectors sell more to industries than they make. */
static void check_closed(const struct closed_set *set)
{
    struct links demand = links_of(&set->network, DEMAND), cost = links_of(&set->network, COST);
    fprintf(stderr, "closed set: %zu of %d rows of sales are above 1 and scaled to 1; %zu inputs below 0 taken for 0\n",
            demand.scaled, CLOSED_NODES, set->negative_inputs);
    cr_expect_lt(demand.scaled, CLOSED_NODES / 5);
    cr_expect_eq(set->negative_inputs, 1);
    cr_expect_eq(cost.scaled, 0, "shares of inputs add up to 1");
    links_free(&demand);
    links_free(&cost);
}

Test(chain, closed_set_is_the_direct_solution)
{
    struct closed_set set;
    if (!closed_set_read(&set)) {
        fprintf(stderr, "skipped: the closed set of 31 countries is not at hand\n");
        cr_skip_test(
            "the closed set is not at hand; TOLMUUR_DATA names a folder with input-output/caliendo_parro_*.csv.gz");
    }
    check_closed(&set);
    double *shock = strike_closed_set(&set);
    double passed[CLOSED_NODES];
    for (size_t n = 0; n < CLOSED_NODES; n++) {
        passed[n] = passed_on;
    }
    compare_directions(&set.network, passed, shock);
    free(shock);
    closed_set_free(&set);
}

/* ---- random networks -------------------------------------------------------------------------------------------- */

enum { RANDOM_NODES = 200 };

/* A third of all pairs trade; each seller also has final demand. */
static struct network draw_network(void)
{
    struct network network = network_new(RANDOM_NODES);
    for (size_t i = 0; i < RANDOM_NODES * RANDOM_NODES; i++) {
        network.flow[i] = random_share() < 0.33 ? pow(random_share(), 4) : 0;
        network.output[i / RANDOM_NODES] += network.flow[i];
    }
    for (size_t n = 0; n < RANDOM_NODES; n++) {
        network.output[n] *= 1.05 + random_share();
    }
    return network;
}

static void draw_parts(double *part, double least, double most)
{
    for (size_t n = 0; n < RANDOM_NODES; n++) {
        part[n] = least + (most - least) * random_share();
    }
}

Test(chain, random_networks_are_the_direct_solution)
{
    for (uint64_t seed = 1; seed <= 4; seed++) {
        random_state = seed;
        struct network network = draw_network();
        double *shock = table(RANDOM_NODES);
        double passed[RANDOM_NODES];
        strike_at_random(shock, RANDOM_NODES, 0);
        draw_parts(passed, 0, 0.95);
        compare_directions(&network, passed, shock);
        free(shock);
        network_free(&network);
    }
}

/* With parts of their own for what arrives and what is passed on, in every variant that runs here, with and without threads: the same
 * bits, and the direct solution. */
Test(chain, variants_and_threads_are_the_direct_solution)
{
    random_state = 5;
    struct network network = draw_network();
    struct links demand = links_of(&network, DEMAND);
    double *shock = table(RANDOM_NODES);
    double unit[RANDOM_NODES], passed[RANDOM_NODES];
    strike_at_random(shock, RANDOM_NODES, 0);
    draw_parts(unit, 0.2, 1);
    draw_parts(passed, 0, 1);
    struct tol_run *run;
    struct tol_error error = {.status = TOL_OK};
    cr_assert_eq(tol_run_create(&(struct tol_run_options){.threads = 3}, &run, &error), TOL_OK, "%s", error.message);
    double *first = tier_after_tier(&demand, unit, passed, shock, tol_kernels_named("scalar"), NULL);
    double *want = at_once(&demand, unit, passed, shock);
    cr_expect_leq(difference(first, want, RANDOM_NODES), tolerance);
    for (size_t i = 0; tol_kernels_built(i) != NULL; i++) {
        for (int threaded = 0; threaded < 2 && tol_kernels_runnable(tol_kernels_built(i)); threaded++) {
            double *again = tier_after_tier(&demand, unit, passed, shock, tol_kernels_built(i), threaded ? run : NULL);
            cr_expect_eq(memcmp(again, first, RANDOM_NODES * LANES * sizeof *again), 0, "%s",
                         tol_kernels_built(i)->isa);
            free(again);
        }
    }
    tol_run_destroy(run);
    free(first);
    free(want);
    free(shock);
    links_free(&demand);
    network_free(&network);
}

/* ---- three nodes by hand ---------------------------------------------------------------------------------------- */

/* A sells all to B; B sells all to final demand abroad; C sells to A. */
Test(chain, three_nodes_by_hand)
{
    enum { A, B, C, NODES };
    struct network network = network_new(NODES);
    network.flow[A * NODES + B] = network.output[A] = 100;
    network.output[B] = 250;
    network.flow[C * NODES + A] = 30;
    network.output[C] = 120; /* the rest to final demand */
    struct links demand = links_of(&network, DEMAND), cost = links_of(&network, COST);
    const double passed[NODES] = {0.5, 0.5, 0.5};
    double *shock = table(NODES);
    shock[B * LANES] = 0.2;     /* lane 0: B */
    shock[A * LANES + 1] = 0.4; /* lane 1: A */
    double *orders = tier_after_tier(&demand, NULL, NULL, shock, tol_kernels_best(), NULL);
    double *prices = tier_after_tier(&cost, NULL, passed, shock, tol_kernels_best(), NULL);
    /* B loses a fifth: all of A's orders come from B, and a quarter of C's from A. */
    cr_expect_float_eq(orders[A * LANES], 0.2, 1e-15);
    cr_expect_float_eq(orders[C * LANES], 0.05, 1e-15);
    cr_expect_eq(orders[B * LANES], 0, "a loss of B comes from nobody's orders");
    /* A loses: B, its customer, does not feel it. */
    cr_expect_eq(orders[B * LANES + 1], 0, "no loss goes down to a customer");
    cr_expect_float_eq(orders[C * LANES + 1], 0.1, 1e-15);
    /* A buys dearer by 0.4 and passes on half: all that B buys is A's. */
    cr_expect_float_eq(prices[B * LANES + 1], 0.2, 1e-15);
    cr_expect_eq(prices[C * LANES + 1], 0, "no price goes up to a supplier");
    /* B buys dearer: it has no customers in the network. */
    cr_expect_eq(prices[A * LANES], 0);
    cr_expect_eq(prices[C * LANES], 0);
    double *all[] = {shock, orders, prices};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        free(all[i]);
    }
    links_free(&demand);
    links_free(&cost);
    network_free(&network);
}

/* ---- circles ----------------------------------------------------------------------------------------------------- */

/* Each of three nodes hears from the next one alone. Lane l is struck by l + 1 eighths, the odd ones for the better. */
static double *round_a_circle(double weight, uint32_t tiers, struct tol_run *run)
{
    uint64_t start[] = {0, 1, 2, 3};
    uint32_t other[] = {1, 2, 0};
    double share[] = {weight, weight, weight};
    const struct links circle = {.count = 3, .start = start, .other = other, .share = share};
    double *shock = table(circle.count);
    for (size_t l = 0; l < LANES; l++) {
        shock[l] = (l % 2 ? -0.125 : 0.125) * (double)(l + 1);
    }
    double *total = tiers_of(&circle, NULL, NULL, shock, tiers, tol_kernels_best(), run);
    free(shock);
    return total;
}

/* Node 0 is reached in every third tier, node 2 in the first, node 1 in the second. */
static double plain_circle(double weight, uint32_t tiers, size_t node, double shock)
{
    double term = tol_chain_quanta(shock), total = 0;
    for (uint32_t tier = 1; tier <= tiers; tier++) {
        term = trunc(weight * term);
        total += tier % 3 == (3 - node) % 3 ? term * TOL_CHAIN_QUANTUM : 0;
    }
    return total;
}

/* Weights of 1 and a little less hand on for ever, or as good as: cut off. Smaller ones end. None gives anything but a number. */
Test(chain, closed_circles_end)
{
    static const double weight[] = {1, 1 - 0x1p-53, 1 - 1e-6, 0.99, 0.5, 0x1p-50, 0x1p-51};
    struct tol_run *run;
    struct tol_error error = {.status = TOL_OK};
    cr_assert_eq(tol_run_create(&(struct tol_run_options){.threads = 2}, &run, &error), TOL_OK, "%s", error.message);
    for (size_t w = 0; w < sizeof weight / sizeof weight[0]; w++) {
        double *all = round_a_circle(weight[w], TOL_TIERS_ALL, NULL);
        double *threaded = round_a_circle(weight[w], TOL_TIERS_ALL, run);
        cr_expect_eq(memcmp(all, threaded, (size_t)3 * LANES * sizeof *all), 0);
        for (size_t at = 0; at < (size_t)3 * LANES; at++) {
            size_t l = at % LANES;
            double shock = (l % 2 ? -0.125 : 0.125) * (double)(l + 1);
            cr_expect_eq(all[at], plain_circle(weight[w], TOL_CHAIN_SWEEPS_MAX, at / LANES, shock), "%g: node %zu",
                         weight[w], at / LANES);
        }
        free(all);
        free(threaded);
    }
    tol_run_destroy(run);
}

/* Sums of quanta are exact: what each tier brings, cut off after any number of them, adds up to the total. */
Test(chain, tiers_add_up_exactly)
{
    random_state = 6;
    struct network network = draw_network();
    struct links demand = links_of(&network, DEMAND);
    double *shock = table(RANDOM_NODES);
    strike_at_random(shock, RANDOM_NODES, 0);
    double *before = table(RANDOM_NODES), *backwards = table(RANDOM_NODES);
    double *total = tier_after_tier(&demand, NULL, NULL, shock, tol_kernels_best(), NULL);
    memcpy(backwards, total, RANDOM_NODES * LANES * sizeof *total);
    for (uint32_t tiers = 1; tiers <= 20; tiers++) {
        double *up_to = tiers_of(&demand, NULL, NULL, shock, tiers, tol_kernels_best(), NULL);
        for (size_t i = 0; i < RANDOM_NODES * LANES; i++) {
            double tier = up_to[i] - before[i];
            cr_assert_eq(tier / TOL_CHAIN_QUANTUM, trunc(tier / TOL_CHAIN_QUANTUM));
            backwards[i] -= tier;
            cr_assert_eq(backwards[i] + up_to[i], total[i], "tier %u", tiers);
        }
        free(before);
        before = up_to;
    }
    double *all[] = {shock, before, backwards, total};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        free(all[i]);
    }
    links_free(&demand);
    network_free(&network);
}
