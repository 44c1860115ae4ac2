/* Kernels of draws: the same bits in every variant, those of the central kernels where nothing is spread, exact and extreme cases. */
#include "draws/kernel_inputs.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

double draw_unit(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (double)(*state >> 11) * 0x1p-53;
}

const struct tol_kernels *runnable(size_t i)
{
    const struct tol_kernels *kernels;
    for (size_t k = 0; (kernels = tol_kernels_built(k)) != NULL; k++) {
        if (tol_kernels_runnable(kernels) && i-- == 0) {
            return kernels;
        }
    }
    return NULL;
}

void draw_inputs_fill(struct draw_inputs *in, uint64_t seed)
{
    uint64_t state = seed * 7919 + 1;
    memset(in, 0, sizeof *in);
    in->rows = 1 + seed % ROWS_MOST;
    for (size_t l = 0; l < LANES_MOST; l++) {
        in->scale[l] = draw_unit(&state) < 0.2 ? 1 : exp(2 * draw_unit(&state) - 1);
        in->rho[l] = draw_unit(&state) < 0.2 ? floor(2 * draw_unit(&state)) : draw_unit(&state);
        in->log_market[l] = draw_unit(&state) < 0.2 ? 0 : 0.6 * draw_unit(&state) - 0.1;
        in->world[l] = (uint32_t)(WORLDS * draw_unit(&state));
    }
    double left = 1;
    for (size_t k = 0; k < ORIGINS; k++) {
        in->share[k] = left * 0.4 * (0.1 + draw_unit(&state));
        left -= in->share[k];
    }
    in->home_share = left;
    if (seed % 3 == 0) {
        in->share[0] += in->home_share;
        in->home_share = 0;
    }
    for (size_t c = 0; c < CELLS; c++) {
        for (size_t w = 0; w < WORLDS; w++) {
            in->log_g[c][w] = draw_unit(&state) < 0.2 ? 0 : log(0.8 + 1.65 * draw_unit(&state));
        }
        in->cell[c] = (struct tol_draw_cell){
            .response = {.scale = in->scale,
                         .rho = in->rho,
                         .sigma = c == 1 ? 0.7 : 1.1 + 11 * draw_unit(&state),
                         .eta = 2 * draw_unit(&state)},
            .log_g = in->log_g[c],
            .log_market = c % 3 == 2 ? NULL : in->log_market,
        };
    }
}

/* Everything that one table answers to the same inputs. */
struct answers {
    _Alignas(64) double sales[CELLS * TOL_DRAW_SALES_FACTOR_COUNT * LANES_MOST];
    _Alignas(64) double purchases[CELLS * LANES_MOST];
    _Alignas(64) double market[LANES_MOST];
    _Alignas(64) double wedges[LANES_MOST];
    _Alignas(64) double profit[FIRMS_MOST * LANES_MOST];
    _Alignas(64) double sum[LANES_MOST];
    _Alignas(64) double lost[LANES_MOST];
};

static void answer(const struct tol_kernels *kernels, const struct draw_inputs *in, struct answers *out)
{
    _Alignas(64) double power[ORIGINS * TOL_LANES];
    static const double margin[] = {0.3, 0.2, 0.9}, own_cost[] = {1, 0, 0.4};
    memset(out, 0, sizeof *out);
    kernels->draw_sales(CELLS, in->rows, in->world, in->cell, out->sales);
    kernels->draw_purchases(CELLS, in->rows, in->world, in->cell, out->purchases);
    kernels->draw_market(ORIGINS, in->rows, WORLDS, in->world, in->log_g[0], in->share, in->home_share,
                         &in->cell[0].response, power, out->market);
    kernels->log_wedges(in->rows, in->rho, in->scale, out->wedges);
    kernels->draw_profit(3, in->rows, margin, own_cost, out->sales, out->purchases, LANES_MOST, out->profit);
    kernels->add_compensated(3, in->rows, LANES_MOST, out->profit, out->sum, out->lost);
}

Test(draw_kernels, same_bits_in_every_variant)
{
    static struct draw_inputs in;
    static struct answers reference, other;
    for (uint64_t seed = 1; seed <= 2000; seed++) {
        draw_inputs_fill(&in, seed);
        answer(runnable(0), &in, &reference);
        for (size_t i = 1; runnable(i) != NULL; i++) {
            answer(runnable(i), &in, &other);
            cr_assert_eq(memcmp(&reference, &other, sizeof other), 0, "%s, seed %d", runnable(i)->isa, (int)seed);
        }
    }
}

/* No spread: scale 1, one rho, one world. */
Test(draw_kernels, without_spread_they_are_the_central_kernels)
{
    enum { SIZE = 2 * TOL_LANES };
    uint64_t state = 5;
    static const uint32_t world[SIZE];
    _Alignas(64) double one[SIZE], rho[SIZE], base[ORIGINS * SIZE], new[ORIGINS * SIZE], log_g[ORIGINS * SIZE];
    _Alignas(64) double power[ORIGINS * SIZE], central[TOL_SALES_FACTOR_COUNT * SIZE], drawn[2 * SIZE], market[SIZE];
    for (size_t i = 0; runnable(i) != NULL; i++) {
        const struct tol_kernels *kernels = runnable(i);
        for (int repeat = 0; repeat < 3000; repeat++) {
            struct tol_response response = {
                .rho = draw_unit(&state), .sigma = 0.3 + 9 * draw_unit(&state), .eta = 2 * draw_unit(&state)};
            response.sigma = repeat % 50 == 0 ? 1 : response.sigma;
            double share[ORIGINS], home = repeat % 2 == 0 ? 0.4 : 0, wedge[ORIGINS];
            for (size_t k = 0; k < ORIGINS; k++) {
                double old = 0.2 * draw_unit(&state), fresh = draw_unit(&state);
                share[k] = (1 - home) / ORIGINS;
                for (size_t l = 0; l < SIZE; l++) {
                    one[l] = 1;
                    rho[l] = response.rho;
                    base[k * SIZE + l] = old;
                    new[k * SIZE + l] = fresh;
                }
            }
            kernels->log_wedges(ORIGINS * 2, base, new, log_g);
            for (size_t k = 0; k < ORIGINS; k++) {
                wedge[k] = log_g[k * SIZE];
            }
            const struct tol_draw_response of = {one, rho, response.sigma, response.eta};
            kernels->market_price(ORIGINS, 2, base, new, share, home, &response, power, market);
            kernels->draw_market(ORIGINS, 2, 1, world, wedge, share, home, &of, power, drawn);
            cr_assert_eq(memcmp(market, drawn, sizeof market), 0, "%s: market", kernels->isa);
            const double *log_market = market;
            const struct tol_draw_cell cell = {of, wedge, market};
            kernels->ces_sales(1, 2, base, new, &log_market, &response, central);
            kernels->draw_sales(1, 2, world, &cell, drawn);
            cr_assert_eq(memcmp(central + TOL_SALES_PRICE_CUT * SIZE, drawn, SIZE * sizeof(double)), 0, "%s: A",
                         kernels->isa);
            cr_assert_eq(memcmp(central + TOL_SALES_VOLUME * SIZE, drawn + SIZE, SIZE * sizeof(double)), 0, "%s: B",
                         kernels->isa);
            kernels->ces_purchases(1, 2, base, new, &response, central);
            kernels->draw_purchases(1, 2, world, &cell, drawn);
            cr_assert_eq(memcmp(central + TOL_PURCHASE_COST_RISE * SIZE, drawn, SIZE * sizeof(double)), 0, "%s: G",
                         kernels->isa);
        }
    }
}

static struct tol_draw_cell plain_cell(const double *scale, const double *rho, const double *log_g,
                                       const double *log_market, double sigma)
{
    return (struct tol_draw_cell){
        .response = {.scale = scale, .rho = rho, .sigma = sigma, .eta = 1}, .log_g = log_g, .log_market = log_market};
}

Test(draw_kernels, sigma_never_falls_below_zero_and_sales_stay_finite)
{
    static const uint32_t world[TOL_LANES];
    _Alignas(64) double scale[TOL_LANES], rho[TOL_LANES], log_market[TOL_LANES], out[2 * TOL_LANES];
    const double log_g[1] = {0.1};
    for (size_t l = 0; l < TOL_LANES; l++) {
        scale[l] = 1e6;
        rho[l] = 1;
        log_market[l] = 0.3;
    }
    for (size_t i = 0; runnable(i) != NULL; i++) {
        struct tol_draw_cell cell = plain_cell(scale, rho, log_g, NULL, 0.5);
        runnable(i)->draw_sales(1, 1, world, &cell, out);
        cr_assert_eq(out[TOL_LANES], 0, "at sigma 0 no volume is lost");
        cell = plain_cell(scale, rho, log_g, log_market, 4);
        runnable(i)->draw_sales(1, 1, world, &cell, out);
        cr_assert_float_eq(out[TOL_LANES], exp(100), 1e-9 * exp(100), "the greatest growth that a draw may have");
        cell = plain_cell(scale, rho, log_g, NULL, 4);
        runnable(i)->draw_sales(1, 1, world, &cell, out);
        cr_assert_eq(out[TOL_LANES], -1);
    }
}

Test(draw_kernels, a_lane_at_sigma_one_takes_the_limit)
{
    static const uint32_t world[TOL_LANES];
    _Alignas(64) double scale[TOL_LANES], rho[TOL_LANES], power[2 * TOL_LANES], out[TOL_LANES];
    const double log_g[2] = {0.1, 0.3}, share[2] = {0.5, 0.25};
    for (size_t l = 0; l < TOL_LANES; l++) {
        scale[l] = l % 2 == 0 ? 0 : 1;
        rho[l] = 0.5;
    }
    const struct tol_draw_response response = {scale, rho, 3, 1};
    for (size_t i = 0; runnable(i) != NULL; i++) {
        runnable(i)->draw_market(2, 1, 1, world, log_g, share, 0.25, &response, power, out);
        cr_assert_float_eq(out[0], 0.5 * (0.5 * 0.1 + 0.25 * 0.3), 1e-16);
        cr_assert_float_eq(out[1], log(0.5 * exp(-0.1) + 0.25 * exp(-0.3) + 0.25) / -2, 1e-15);
    }
}

Test(draw_kernels, compensated_sums_keep_small_terms)
{
    _Alignas(64) double term[4 * TOL_LANES], sum[TOL_LANES] = {0}, lost[TOL_LANES] = {0};
    static const double value[] = {1e16, 1, 1, -1e16};
    for (size_t i = 0; runnable(i) != NULL; i++) {
        for (size_t l = 0; l < TOL_LANES; l++) {
            sum[l] = lost[l] = 0;
            for (size_t t = 0; t < 4; t++) {
                term[t * TOL_LANES + l] = value[t] * (double)(l + 1);
            }
        }
        runnable(i)->add_compensated(4, 1, TOL_LANES, term, sum, lost);
        for (size_t l = 0; l < TOL_LANES; l++) {
            cr_assert_eq(sum[l] + lost[l], 2.0 * (double)(l + 1));
        }
    }
}
