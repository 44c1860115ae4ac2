/* Kernels of draws against the formulas of docs/model.md in long double, written as they stand there: with powers, not logarithms. */
#include "draws/kernel_inputs.h"

#include <criterion/criterion.h>
#include <math.h>

static long double sigma_of(const struct tol_draw_response *of, size_t lane)
{
    long double sigma = 1 + ((long double)of->sigma - 1) * (long double)of->scale[lane];
    return sigma > 0 ? sigma : 0;
}

static void check_near(double got, long double expected, long double bound, const char *what, uint64_t seed)
{
    cr_assert_leq(fabsl((long double)got - expected), bound, "%s, seed %d: %.17g, not %.17Lg", what, (int)seed, got,
                  expected);
}

/* Error of q where ln q is summed up from terms of this size. */
static const long double unit = 0x1p-53L;

static void check_cells(const struct draw_inputs *in, const struct tol_kernels *kernels, uint64_t seed)
{
    _Alignas(64) static double sales[CELLS * 2 * LANES_MOST], purchases[CELLS * LANES_MOST];
    size_t lanes = in->rows * TOL_LANES;
    kernels->draw_sales(CELLS, in->rows, in->world, in->cell, sales);
    kernels->draw_purchases(CELLS, in->rows, in->world, in->cell, purchases);
    for (size_t c = 0; c < CELLS; c++) {
        const struct tol_draw_cell *cell = &in->cell[c];
        for (size_t l = 0; l < lanes; l++) {
            long double g = expl((long double)cell->log_g[in->world[l]]), rho = in->rho[l];
            long double sigma = sigma_of(&cell->response, l), p = powl(g, rho), phi = powl(g, rho - 1);
            long double market = cell->log_market == NULL ? 1 : expl((long double)cell->log_market[l]);
            long double own = powl(p, -sigma), others = powl(market, sigma - (long double)cell->response.eta);
            long double q = own * others;
            long double size = (1 + q) * (8 + 8 * (fabsl(logl(own)) + fabsl(logl(others)))) * unit;
            /* sigma - eta loses digits where the two are near. */
            size += q * fabsl(logl(market)) * (sigma + (long double)cell->response.eta) * 4 * unit;
            check_near(sales[(2 * c + TOL_DRAW_VOLUME) * lanes + l], q - 1, size, "volume", seed);
            check_near(sales[(2 * c + TOL_DRAW_PRICE_CUT) * lanes + l], q * (phi - 1),
                       size * (1 + phi) + 8 * q * phi * unit, "price cut", seed);
            check_near(purchases[c * lanes + l], p - 1, 8 * (1 + p) * unit, "cost rise", seed);
        }
    }
}

static void check_market(const struct draw_inputs *in, const struct tol_kernels *kernels, uint64_t seed)
{
    _Alignas(64) double power[ORIGINS * TOL_LANES], market[LANES_MOST];
    const struct tol_draw_response *of = &in->cell[0].response;
    kernels->draw_market(ORIGINS, in->rows, WORLDS, in->world, in->log_g[0], in->share, in->home_share, of, power,
                         market);
    for (size_t l = 0; l < in->rows * TOL_LANES; l++) {
        long double sigma = sigma_of(of, l), sum = in->home_share, most = 0;
        for (size_t k = 0; k < ORIGINS; k++) {
            long double log_p = (long double)in->rho[l] * (long double)in->log_g[k][in->world[l]];
            sum += (long double)in->share[k] * expl((1 - sigma) * log_p);
            most = fmaxl(most, fabsl(log_p));
        }
        long double bound = (40 + 40 * fabsl(sigma - 1) * most) * unit * (most + 1 / fabsl(sigma - 1)) + 1e-18L;
        check_near(market[l], logl(sum) / (1 - sigma), bound, "market", seed);
    }
}

Test(draw_oracle, kernels_are_the_formulas)
{
    static struct draw_inputs in;
    for (uint64_t seed = 1; seed <= 3000; seed++) {
        draw_inputs_fill(&in, seed);
        for (size_t i = 0; runnable(i) != NULL; i++) {
            check_cells(&in, runnable(i), seed);
            check_market(&in, runnable(i), seed);
        }
    }
}

Test(draw_oracle, profit_and_wedges)
{
    uint64_t state = 11;
    static const double margin[] = {0.35, 0.9}, own_cost[] = {1, 0.25};
    _Alignas(64) double sales[2 * 2 * TOL_LANES], purchases[2 * TOL_LANES], out[2 * 3 * TOL_LANES] = {0};
    _Alignas(64) double base[TOL_LANES], new[TOL_LANES], log_g[TOL_LANES];
    for (size_t i = 0; runnable(i) != NULL; i++) {
        for (size_t l = 0; l < 4 * TOL_LANES; l++) {
            sales[l] = draw_unit(&state) - 0.5;
            purchases[l % (2 * TOL_LANES)] = draw_unit(&state);
            base[l % TOL_LANES] = draw_unit(&state) - 0.3;
            new[l % TOL_LANES] = draw_unit(&state) - 0.3;
        }
        runnable(i)->draw_profit(2, 1, margin, own_cost, sales, purchases, 3 * TOL_LANES, out);
        runnable(i)->log_wedges(1, base, new, log_g);
        for (size_t l = 0; l < TOL_LANES; l++) {
            for (size_t f = 0; f < 2; f++) {
                long double expected = (long double)sales[2 * f * TOL_LANES + l] +
                                       (long double)margin[f] * (long double)sales[(2 * f + 1) * TOL_LANES + l] -
                                       (long double)own_cost[f] * (long double)purchases[f * TOL_LANES + l];
                check_near(out[3 * f * TOL_LANES + l], expected, 4 * unit, "profit", 0);
            }
            long double wedge = logl((1 + (long double)new[l]) / (1 + (long double)base[l]));
            check_near(log_g[l], wedge, 4 * unit * fabsl(wedge) + 0x1p-60L, "wedge", 0);
        }
    }
}
