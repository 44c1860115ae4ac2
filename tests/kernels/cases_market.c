/* Cases of ces_sales, ces_purchases and market_price. */
#include "cases_parts.h"

static void fill_rates(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    c->first = guarded_new(c->count * c->row_count * TOL_LANES);
    c->second = guarded_new(c->first.count);
    for (size_t i = 0; i < c->first.count; i++) {
        c->first.values[i] = any_rate(random, kind);
        c->second.values[i] = random_below(random, 4) ? any_rate(random, kind) : c->first.values[i];
    }
}

static void fill_response(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    static const double rho_edges[] = {0.0, 1.0, 0.5, 0x1p-1074};
    static const double sigma_edges[] = {0.1, 1.0, 50.0, 2.5};
    static const double eta_edges[] = {0.0, 1.0, 2.5, 50.0};
    c->response = case_allocate((c->count + 1) * sizeof *c->response);
    for (size_t i = 0; i < c->count; i++)
        c->response[i] = kind == CASE_USUAL ? (struct tol_response){.rho = random_unit(random),
                                                                    .sigma = random_between(random, 0.1, 50.0),
                                                                    .eta = random_between(random, 0, 3)}
                                            : (struct tol_response){.rho = PICK(random, rho_edges),
                                                                    .sigma = PICK(random, sigma_edges),
                                                                    .eta = PICK(random, eta_edges)};
}

/* Several cells share a market, a quarter has none. */
static void fill_cells(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    const size_t size = c->row_count * TOL_LANES, market_count = 1 + c->count / 2;
    fill_rates(c, kind, random);
    fill_response(c, kind, random);
    if (c->kernel != CASE_CES_SALES)
        return;
    c->third = guarded_new(market_count * size);
    for (size_t i = 0; i < c->third.count; i++)
        c->third.values[i] = kind == CASE_USUAL ? random_between(random, -0.5, 0.5) : any_share(random, kind);
    c->log_market = case_allocate((c->count + 1) * sizeof *c->log_market);
    for (size_t i = 0; i < c->count; i++)
        c->log_market[i] =
            random_below(random, 4) ? c->third.values + (size_t)random_below(random, market_count) * size : NULL;
}

static void fill_market(struct kernel_case *c, enum case_kind kind, struct random *random)
{
    fill_rates(c, kind, random);
    fill_response(c, kind, random);
    fill_market_shares(c, random);
}

static size_t out_of_sales(const struct kernel_case *c)
{
    return c->count * TOL_SALES_FACTOR_COUNT * c->row_count * TOL_LANES;
}

static size_t out_of_purchases(const struct kernel_case *c)
{
    return c->count * TOL_PURCHASE_FACTOR_COUNT * c->row_count * TOL_LANES;
}

static size_t out_of_market(const struct kernel_case *c)
{
    return c->count > 0 ? c->row_count * TOL_LANES : 0;
}

static int run_sales(const struct tol_kernels *kernels, const struct kernel_case *c, double *out)
{
    kernels->ces_sales(c->count, c->row_count, c->first.values, c->second.values, c->log_market, c->response, out);
    return 1;
}

static int run_purchases(const struct tol_kernels *kernels, const struct kernel_case *c, double *out)
{
    kernels->ces_purchases(c->count, c->row_count, c->first.values, c->second.values, c->response, out);
    return 1;
}

static int run_market_price(const struct tol_kernels *kernels, const struct kernel_case *c, double *out)
{
    if (c->count == 0)
        return 1; /* a market has suppliers */
    struct guarded power = guarded_new(c->first.count);
    kernels->market_price(c->count, c->row_count, c->first.values, c->second.values, c->numbers, c->home_share,
                          c->response, power.values, out);
    int intact = guarded_intact(&power);
    guarded_free(&power);
    return intact;
}

const struct case_part case_ces_sales = {"ces_sales", fill_cells, out_of_sales, run_sales};
const struct case_part case_ces_purchases = {"ces_purchases", fill_cells, out_of_purchases, run_purchases};
const struct case_part case_market_price = {"market_price", fill_market, out_of_market, run_market_price};
