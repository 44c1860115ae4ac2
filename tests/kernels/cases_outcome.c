/* Cases of firm_outcome. */
#include "cases_parts.h"

#include <math.h>

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
    fill_shares(&c->third, n * c->row_count * TOL_LANES, kind, random);
    fill_shares(&c->fourth, n * c->row_count * TOL_LANES, kind, random);
    c->numbers = new_numbers(7 * n);
    c->number_columns = 7;
    for (size_t f = 0; f < n; f++)
        fill_firm(c->numbers + f, n, kind, random);
    const double *column = c->numbers;
    c->firm = (struct tol_firm_inputs){column,         column + n,     column + 2 * n, column + 3 * n,
                                       column + 4 * n, column + 5 * n, column + 6 * n};
    c->half_margin = kind == CASE_USUAL ? 0.25 : random_between(random, 0.01, 2.0);
}

static size_t out_of_outcomes(const struct kernel_case *c)
{
    return c->count * TOL_OUTCOME_COUNT * c->row_count * TOL_LANES;
}

static int run_firm_outcome(const struct tol_kernels *kernels, const struct kernel_case *c, double *out)
{
    kernels->firm_outcome(c->count, c->row_count, &c->firm, c->half_margin, c->first.values, c->second.values,
                          c->third.values, c->fourth.values, out);
    return 1;
}

const struct case_part case_firm_outcome = {"firm_outcome", fill_firms, out_of_outcomes, run_firm_outcome};
