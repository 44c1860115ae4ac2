/* market_price, and ces_sales where a market has a price: what the model promises of them, the worked example, and long double formulas. */
#include "bounds.h"

enum { ORIGINS_MAX = 12, OWN = 0 };

/* A market of which every lane is the same. */
struct market {
    size_t count;
    double base[ORIGINS_MAX], new_rate[ORIGINS_MAX], share[ORIGINS_MAX], home_share;
    struct tol_response of;
};

static double log_price(const struct tol_kernels *kernels, const struct market *m)
{
    _Alignas(64) double base[ORIGINS_MAX][TOL_LANES], new_rate[ORIGINS_MAX][TOL_LANES];
    _Alignas(64) double power[ORIGINS_MAX][TOL_LANES], out[TOL_LANES];
    for (size_t k = 0; k < m->count; k++)
        for (int l = 0; l < TOL_LANES; l++) {
            base[k][l] = l == 5 ? m->base[k] : 0.1 * l;
            new_rate[k][l] = l == 5 ? m->new_rate[k] : 0.3;
        }
    kernels->market_price(m->count, 1, base[0], new_rate[0], m->share, m->home_share, &m->of, power[0], out);
    return out[5];
}

/* Shares are multiples of 2^-20, so that they add up to exactly 1. */
static void draw_shares(struct market *m, struct random *random)
{
    uint64_t left = 1 << 20;
    for (size_t k = 0; k < m->count; k++) {
        uint64_t after = m->count - 1 - k;
        uint64_t part = after == 0 && m->home_share == 0 ? left : 1 + random_below(random, left / 2 - after);
        m->share[k] = ldexp((double)part, -20);
        left -= part;
    }
    m->home_share = ldexp((double)left, -20);
}

static struct market draw_market(struct random *random)
{
    struct market m = {.count = 1 + (size_t)random_below(random, 8), .home_share = (double)random_below(random, 2)};
    draw_shares(&m, random);
    m.of = (struct tol_response){
        .rho = random_unit(random), .sigma = random_between(random, 1.1, 12), .eta = random_between(random, 0, 1.1)};
    for (size_t k = 0; k < m.count; k++) {
        m.base[k] = random_between(random, 0, 0.3);
        m.new_rate[k] = m.base[k] + random_between(random, 0, 1);
    }
    return m;
}

/* The variant after this one that runs here; of NULL the first. */
static const struct tol_kernels *next_variant(const struct tol_kernels *kernels)
{
    size_t at = 0;
    while (kernels != NULL && runnable_variant(at) != kernels)
        at++;
    return runnable_variant(kernels == NULL ? 0 : at + 1);
}

#define EACH_VARIANT(kernels)                                                                                          \
    for (const struct tol_kernels *kernels = next_variant(NULL); kernels != NULL; kernels = next_variant(kernels))

Test(market, no_change_is_exactly_zero)
{
    static const double sigmas[] = {0.2, 1.0, 1.0 + 0x1p-52, 4.0, 50.0};
    struct random random = {case_seed()};
    EACH_VARIANT(kernels)
    for (int repeat = 0; repeat < 3000; repeat++) {
        struct market m = draw_market(&random);
        m.of.sigma = repeat % 2 ? sigmas[repeat / 2 % 5] : m.of.sigma;
        for (size_t k = 0; k < m.count; k++) {
            m.base[k] = repeat % 3 ? m.base[k] : random_between(&random, -0.9, 1e6);
            m.new_rate[k] = m.base[k];
        }
        cr_assert_eq(bits_of(log_price(kernels, &m)), 0, "%s: sigma %g", kernels->isa, m.of.sigma);
    }
}

/* Without home producers, and the same wedge for all: P = g^rho whatever the elasticity. */
Test(market, one_price_for_all_is_the_price)
{
    struct random random = {case_seed()};
    EACH_VARIANT(kernels)
    for (int repeat = 0; repeat < 3000; repeat++) {
        struct market m = draw_market(&random);
        m.home_share = 0;
        draw_shares(&m, &random);
        m.of.sigma = repeat % 4 ? random_between(&random, 0.1, 20) : 1.0;
        for (size_t k = 0; k < m.count; k++) {
            m.base[k] = 0.25;
            m.new_rate[k] = m.new_rate[0];
        }
        long double log_p = m.of.rho * log1pl(((long double)m.new_rate[0] - 0.25L) / 1.25L);
        check_near("log price", kernels->isa, log_price(kernels, &m), log_p, 16 * u * fabsl(log_p));
    }
}

/* With x = ln p, a market's ln P at 1 + e lies within e max(x)^2 of the mean of x. */
Test(market, sigma_one_is_the_limit)
{
    static const double steps[] = {-0x1p-10, 0x1p-10, -0x1p-25, 0x1p-25, 0x1p-40};
    struct random random = {case_seed()};
    EACH_VARIANT(kernels)
    for (int repeat = 0; repeat < 2000; repeat++) {
        struct market m = draw_market(&random);
        double greatest = 0;
        for (size_t k = 0; k < m.count; k++)
            greatest = fmax(greatest, fabs(log1p(m.new_rate[k]) - log1p(m.base[k])));
        m.of.sigma = 1;
        double limit = log_price(kernels, &m);
        for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
            m.of.sigma = 1 + steps[i];
            cr_assert_float_eq(log_price(kernels, &m), limit,
                               fabs(steps[i]) * greatest * greatest + 64 * DBL_EPSILON * greatest, "%s: %a from 1",
                               kernels->isa, steps[i]);
        }
    }
}

/* Duties that nobody pays: finite, and never above the dearest or below the cheapest. */
Test(market, prohibitive_duties_stay_finite_and_between_the_prices)
{
    static const double duties[] = {0.0, 0.5, 1e3, 1e6, 1e12, 1e100, 1e300};
    static const double sigmas[] = {0.2, 0.9, 1.0, 1.5, 4.0, 12.0};
    struct random random = {case_seed()};
    EACH_VARIANT(kernels)
    for (int repeat = 0; repeat < 5000; repeat++) {
        struct market m = draw_market(&random);
        double least = m.home_share > 0 ? 0 : INFINITY, greatest = m.home_share > 0 ? 0 : -INFINITY;
        m.of.sigma = sigmas[random_below(&random, 6)];
        for (size_t k = 0; k < m.count; k++) {
            m.base[k] = 0;
            m.new_rate[k] = duties[random_below(&random, 7)];
            double log_p = m.of.rho * log1p(m.new_rate[k]);
            least = fmin(least, log_p);
            greatest = fmax(greatest, log_p);
        }
        double got = log_price(kernels, &m), slack = 1e-13 * greatest;
        /* The logarithm of the cheapest supplier's share is as exact as that share's difference from 1. */
        slack += 0x1p-30 / fabs(1 - m.of.sigma + (m.of.sigma == 1));
        cr_assert(isfinite(got) && got >= least - slack && got <= greatest + slack,
                  "%s: %g not between %g and %g, sigma %g", kernels->isa, got, least, greatest, m.of.sigma);
    }
}

/* ---- against the formula ------------------------------------------------------------------------------------------ */

/* P^(1 - sigma) in long double from the greatest term on, and what its rounding errors are relative to. */
struct exact_price {
    long double log_price, size;
};

static struct exact_price exact_price(const struct market *m)
{
    long double x[ORIGINS_MAX], greatest = m->home_share > 0 ? 0 : -INFINITY, rest = 0, size = 0;
    long double power = (1 - (long double)m->of.sigma) * m->of.rho;
    for (size_t k = 0; k < m->count; k++) {
        x[k] = power * log1pl(((long double)m->new_rate[k] - m->base[k]) / (1 + (long double)m->base[k]));
        greatest = fmaxl(greatest, x[k]);
    }
    rest = m->home_share * expm1l(-greatest);
    for (size_t k = 0; k < m->count; k++) {
        rest += m->share[k] * expm1l(x[k] - greatest);
        size += m->share[k] * expl(x[k] - greatest) * (fabsl(x[k]) + fabsl(greatest));
    }
    size += m->home_share * expl(-greatest) * fabsl(greatest);
    size = fabsl(greatest) + (size + fabsl(rest)) / (1 + rest);
    return (struct exact_price){.log_price = (greatest + log1pl(rest)) / (1 - (long double)m->of.sigma),
                                .size = size / fabsl(1 - (long double)m->of.sigma)};
}

static void check_prices(double sigma_low, double sigma_high, double least_change, double greatest_change,
                         double sharp_part)
{
    struct random random = {case_seed()};
    EACH_VARIANT(kernels)
    {
        int sharp = 0;
        for (int repeat = 0; repeat < 20000; repeat++) {
            struct market m = draw_market(&random);
            m.of.sigma = random_between(&random, sigma_low, sigma_high);
            for (size_t k = 0; k < m.count; k++)
                m.new_rate[k] = m.base[k] + random_between(&random, least_change, greatest_change);
            struct exact_price exact = exact_price(&m);
            long double bound = 10 * u * exact.size;
            check_near("log price", kernels->isa, log_price(kernels, &m), exact.log_price, bound);
            sharp += bound <= 1e-13L * fabsl(exact.log_price);
        }
        cr_assert_geq(sharp, (int)(20000 * sharp_part), "%s: only %d within 1e-13 of themselves", kernels->isa, sharp);
    }
}

Test(market, price_of_rising_duties)
{
    check_prices(1.1, 12, 0, 1, 0.99);
    check_prices(1.1, 12, 0, 1e-9, 0.99);
}

Test(market, price_of_duties_that_rise_and_fall)
{
    check_prices(1.1, 12, -0.2, 1, 0.9);
    check_prices(0.1, 0.9, -0.2, 1, 0.9);
}

/* ---- sales into a market ------------------------------------------------------------------------------------------ */

struct sale {
    double of[TOL_SALES_FACTOR_COUNT];
};

static struct sale sell(const struct tol_kernels *kernels, double base, double new_rate, double log_market,
                        struct tol_response of)
{
    _Alignas(64) double base_row[TOL_LANES], new_row[TOL_LANES], market[TOL_LANES];
    _Alignas(64) double factor[TOL_SALES_FACTOR_COUNT][TOL_LANES] = {{0}};
    for (int l = 0; l < TOL_LANES; l++) {
        base_row[l] = l == 5 ? base : 0.1 * l;
        new_row[l] = l == 5 ? new_rate : 0.3;
        market[l] = l == 5 ? log_market : 0.01 * l;
    }
    const double *const rows[] = {market};
    kernels->ces_sales(1, 1, base_row, new_row, rows, &of, factor[0]);
    struct sale sale;
    for (int k = 0; k < TOL_SALES_FACTOR_COUNT; k++)
        sale.of[k] = factor[k][5];
    return sale;
}

static double revenue_change(const struct sale *sale)
{
    return sale->of[TOL_SALES_PRICE_CUT] + sale->of[TOL_SALES_VOLUME];
}

/* A market whose price stands still is no market. */
Test(market, a_price_of_one_is_no_market)
{
    struct random random = {case_seed()};
    const double *const none[] = {NULL};
    EACH_VARIANT(kernels)
    for (int repeat = 0; repeat < 1000; repeat++) {
        _Alignas(64) double base[TOL_LANES], new_rate[TOL_LANES], zero[TOL_LANES] = {0};
        _Alignas(64) double with[TOL_SALES_FACTOR_COUNT * TOL_LANES] = {0},
                                                          without[TOL_SALES_FACTOR_COUNT * TOL_LANES] = {0};
        const double *const still[] = {zero};
        struct tol_response of = draw_market(&random).of;
        for (int l = 0; l < TOL_LANES; l++) {
            base[l] = random_unit(&random);
            new_rate[l] = random_unit(&random);
        }
        kernels->ces_sales(1, 1, base, new_rate, still, &of, with);
        kernels->ces_sales(1, 1, base, new_rate, none, &of, without);
        cr_assert_eq(first_difference(with, without, (size_t)TOL_SALES_FACTOR_COUNT * TOL_LANES),
                     (size_t)TOL_SALES_FACTOR_COUNT * TOL_LANES);
        for (int l = 0; l < TOL_LANES; l++)
            cr_assert_eq(bits_of(with[TOL_SALES_DIVERSION * TOL_LANES + l]), 0);
    }
}

/* docs/model.md: v = 100, t = 0, t' = 0.15, rho = 1, sigma = 4, eta = 1; own share 0.2, others 0.3 at 0.25, home 0.5.
 * 1.15^3 = 1.520875, 1.25^3 = 1.953125, 1.15^4 = 1.74900625; P^-3 = 0.2 / 1.520875 + 0.3 / 1.953125 + 0.5, q = P^3 / 1.15^4. */
Test(market, worked_example)
{
    const struct market m = {.count = 2,
                             .new_rate = {0.15, 0.25},
                             .share = {0.2, 0.3},
                             .home_share = 0.5,
                             .of = {.rho = 1, .sigma = 4, .eta = 1}};
    const long double inverse = 0.2L / 1.520875L + 0.3L / 1.953125L + 0.5L;
    const long double quantity = 1 / (inverse * 1.74900625L);
    const long double mean = (quantity - 1) / logl(quantity);
    EACH_VARIANT(kernels)
    {
        double log_market = log_price(kernels, &m);
        cr_assert_float_eq(log_market, logl(inverse) / -3, 1e-14);
        struct sale sale = sell(kernels, 0, 0.15, log_market, m.of);
        cr_assert_eq(sale.of[TOL_SALES_DUTY], 0.15);
        cr_assert_eq(bits_of(sale.of[TOL_SALES_PRICE_CUT]), 0);
        cr_assert_float_eq(100 * sale.of[TOL_SALES_VOLUME], 100 * (quantity - 1), 1e-12);
        cr_assert_float_eq(100 * sale.of[TOL_SALES_VOLUME], -27.1747699233, 1e-9);
        cr_assert_float_eq(100 * sale.of[TOL_SALES_DIVERSION], -100 * logl(inverse) * mean, 1e-12);
        cr_assert_eq(bits_of(sale.of[TOL_SALES_OPPORTUNITY]), 0);
    }
}

/* The same market seen by a supplier whose own duty stays: what the others lose is diverted to him, q = P^3. */
Test(market, a_supplier_without_a_new_duty_gains)
{
    const struct market m = {
        .count = 2, .new_rate = {0, 0.25}, .share = {0.5, 0.5}, .of = {.rho = 1, .sigma = 4, .eta = 1}};
    const double gain = 1 / (0.5 + 0.5 / 1.953125) - 1;
    EACH_VARIANT(kernels)
    {
        struct sale sale = sell(kernels, 0, 0, log_price(kernels, &m), m.of);
        cr_assert_float_eq(sale.of[TOL_SALES_VOLUME], gain, 1e-14);
        cr_assert_float_eq(sale.of[TOL_SALES_DIVERSION], gain, 1e-14);
        cr_assert_float_eq(sale.of[TOL_SALES_OPPORTUNITY], gain, 1e-14);
    }
}

/* Every factor against its formula; each bound adds up the roundings on the way. */
static void check_sale(const char *isa, double base, double new_rate, double log_market, struct tol_response of,
                       const struct sale *sale)
{
    const long double log_g = log1pl(((long double)new_rate - base) / (1 + (long double)base));
    const long double log_phi = ((long double)of.rho - 1) * log_g, log_own = -(long double)of.sigma * of.rho * log_g;
    const long double log_diversion = ((long double)of.sigma - of.eta) * log_market;
    const long double log_q = log_own + log_diversion, log_r = log_phi + log_q;
    const long double q = expl(log_q), mean = log_r == 0 ? 1 : expm1l(log_r) / log_r;
    const long double log_error = u * (8 * fabsl(log_own) + 3 * fabsl(log_diversion) + fabsl(log_q));
    const long double r_error = log_error + u * (8 * fabsl(log_phi) + fabsl(log_r));
    const long double volume = expm1l(log_q), volume_error = 1.01L * q * log_error + 3 * u * fabsl(volume);
    const long double phi_change = expm1l(log_phi);
    const long double cut_error = 1.01L * ((volume_error + u * q) * fabsl(phi_change) +
                                           q * u * (8 * fabsl(log_phi) * expl(log_phi) + 4 * fabsl(phi_change)));
    check_near("volume", isa, sale->of[TOL_SALES_VOLUME], volume, volume_error);
    check_near("price cut", isa, sale->of[TOL_SALES_PRICE_CUT], q * phi_change, cut_error);
    check_near("diversion", isa, sale->of[TOL_SALES_DIVERSION], log_diversion * mean,
               fabsl(log_diversion) * (1.01L * fmaxl(1, expl(log_r)) * r_error + 8 * u * mean));
    /* The logarithmic split leaves nothing over. */
    const long double own = (log_phi + log_own) * mean, change = revenue_change(sale);
    check_near("diversion + own parts", isa, sale->of[TOL_SALES_DIVERSION], change - own,
               1e-13L * (fabsl(own) + fabsl(log_diversion * mean) + q));
    cr_assert_eq(bits_of(sale->of[TOL_SALES_OPPORTUNITY]), bits_of(fmax(0, revenue_change(sale)) + 0.0));
}

Test(market, sales_against_the_formula)
{
    struct random random = {case_seed()};
    EACH_VARIANT(kernels)
    for (int repeat = 0; repeat < 20000; repeat++) {
        double base = random_between(&random, 0, 1), new_rate = random_between(&random, 0, 2);
        double log_market = random_between(&random, -0.5, 0.5);
        if (repeat % 3 == 0) { /* shocks of every size down to a unit in the last place */
            new_rate = base + fabs(random_exponent(&random, -50, -10));
            log_market = random_exponent(&random, -60, -10);
        }
        struct tol_response of = {.rho = random_unit(&random),
                                  .sigma = random_between(&random, 0.1, 20),
                                  .eta = random_between(&random, 0, 3)};
        struct sale sale = sell(kernels, base, new_rate, log_market, of);
        check_sale(kernels->isa, base, new_rate, log_market, of, &sale);
    }
}

/* Where neither term cancels the other, to a relative 1e-13. */
Test(market, sales_keep_relative_accuracy)
{
    struct random random = {case_seed()};
    EACH_VARIANT(kernels)
    for (int repeat = 0; repeat < 20000; repeat++) {
        double base = random_between(&random, 0, 0.5), log_market = -fabs(random_exponent(&random, -40, -3));
        double new_rate = base + fabs(random_exponent(&random, -40, -2));
        struct tol_response of = {.rho = random_unit(&random), .sigma = random_between(&random, 1, 8), .eta = 0.5};
        struct sale sale = sell(kernels, base, new_rate, log_market, of);
        long double log_g = log1pl(((long double)new_rate - base) / (1 + (long double)base));
        long double log_diversion = ((long double)of.sigma - of.eta) * log_market;
        long double log_q = -(long double)of.sigma * of.rho * log_g + log_diversion;
        long double log_phi = ((long double)of.rho - 1) * log_g;
        long double diversion = log_diversion * expm1l(log_q + log_phi) / (log_q + log_phi);
        long double cut = expl(log_q) * expm1l(log_phi);
        check_near("volume", kernels->isa, sale.of[TOL_SALES_VOLUME], expm1l(log_q), 1e-13L * fabsl(expm1l(log_q)));
        check_near("price cut", kernels->isa, sale.of[TOL_SALES_PRICE_CUT], cut, 1e-13L * fabsl(cut));
        check_near("diversion", kernels->isa, sale.of[TOL_SALES_DIVERSION], diversion, 1e-13L * fabsl(diversion));
    }
}

/* Steps of one supplier's duty, with the market's price following; 1 for the own duty, -1 for a rival's. */
static void check_direction(const struct tol_kernels *kernels, struct market m, size_t supplier, int falls)
{
    double before = falls ? INFINITY : -INFINITY;
    for (int step = 0; step < 24; step++) {
        m.new_rate[supplier] = step / 8.0;
        struct sale sale = sell(kernels, m.base[OWN], m.new_rate[OWN], log_price(kernels, &m), m.of);
        double change = revenue_change(&sale), slack = 1e-13 * (1 + fabs(change));
        cr_assert(falls ? change <= before + slack : change >= before - slack,
                  "%s: supplier %zu at %g: %.17g after %.17g; sigma %g, eta %g, rho %g", kernels->isa, supplier,
                  m.new_rate[supplier], change, before, m.of.sigma, m.of.eta, m.of.rho);
        before = change;
    }
}

Test(market, own_duty_never_raises_and_a_rivals_never_lowers_revenue)
{
    struct random random = {case_seed()};
    EACH_VARIANT(kernels)
    for (int repeat = 0; repeat < 1000; repeat++) {
        struct market m = draw_market(&random);
        cr_assert_geq(m.of.sigma, m.of.eta);
        check_direction(kernels, m, OWN, 1);
        if (m.count > 1)
            check_direction(kernels, m, 1, 0);
    }
}
