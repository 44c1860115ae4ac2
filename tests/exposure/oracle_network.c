#include <criterion/criterion.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "exposure/oracle.h"

void exact_firm_init(struct exact_firm *firm)
{
    mpfr_inits2(ORACLE_BITS, firm->duty_export, firm->duty_import, firm->price_cut, firm->volume, firm->cost_rise,
                firm->sizes, (mpfr_ptr)0);
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        mpfr_inits2(ORACLE_BITS, firm->share[side], firm->indirect[side], firm->lines[side], (mpfr_ptr)0);
    }
}

void exact_firm_clear(struct exact_firm *firm)
{
    mpfr_clears(firm->duty_export, firm->duty_import, firm->price_cut, firm->volume, firm->cost_rise, firm->sizes,
                (mpfr_ptr)0);
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        mpfr_clears(firm->share[side], firm->indirect[side], firm->lines[side], (mpfr_ptr)0);
    }
}

/* What one firm hands on of its own trouble and of what it heard from others. */
static void handed_on(const struct exact_firm *firm, int side, mpfr_t result)
{
    mpfr_add(result, firm->share[side], firm->indirect[side], MPFR_RNDN);
    if (side == TOL_PURCHASES) {
        mpfr_mul_d(result, result, firm->cost_pass_through, MPFR_RNDN);
    }
}

/* next[f] = sum over f's named lines of value x handed on / max(stated total, lines). */
static void substitute(const struct portfolio *portfolio, const struct exact_firm *firm, int side, mpfr_t *next,
                       mpfr_t spare)
{
    for (size_t f = 0; f < portfolio->firm_count; f++) {
        mpfr_set_zero(next[f], 1);
    }
    for (size_t i = 0; i < portfolio->line_count[side]; i++) {
        const struct portfolio_line *line = &portfolio->line[side][i];
        if (line->counterpart != 0 && line->counterpart - 1 != line->firm) {
            handed_on(&firm[line->counterpart - 1], side, spare);
            mpfr_mul_d(spare, spare, line->value_eur, MPFR_RNDN);
            mpfr_add(next[line->firm], next[line->firm], spare, MPFR_RNDN);
        }
    }
    for (size_t f = 0; f < portfolio->firm_count; f++) {
        bool exceeds = mpfr_cmp_d(firm[f].lines[side], firm[f].whole[side]) > 0;
        if (!(firm[f].whole[side] > 0)) {
            mpfr_set_zero(next[f], 1);
        } else if (exceeds) {
            mpfr_div(next[f], next[f], firm[f].lines[side], MPFR_RNDN);
        } else {
            mpfr_div_d(next[f], next[f], firm[f].whole[side], MPFR_RNDN);
        }
    }
}

/* Takes over what was found; the greatest change. */
static double take_over(size_t count, struct exact_firm *firm, int side, mpfr_t *next, mpfr_t spare)
{
    double greatest = 0;
    for (size_t f = 0; f < count; f++) {
        mpfr_sub(spare, next[f], firm[f].indirect[side], MPFR_RNDN);
        greatest = fmax(greatest, fabs(mpfr_get_d(spare, MPFR_RNDN)));
        mpfr_swap(next[f], firm[f].indirect[side]);
    }
    return greatest;
}

size_t exact_network(const struct portfolio *portfolio, struct exact_firm *firm)
{
    const size_t count = portfolio->firm_count;
    mpfr_t *next = calloc(count, sizeof *next);
    mpfr_t spare;
    size_t exceeding = 0;
    cr_assert_not_null(next);
    mpfr_init2(spare, ORACLE_BITS);
    for (size_t f = 0; f < count; f++) {
        mpfr_init2(next[f], ORACLE_BITS);
    }
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        double change = 1;
        for (size_t f = 0; f < count; f++) {
            mpfr_set_zero(firm[f].indirect[side], 1);
            exceeding += mpfr_cmp_d(firm[f].lines[side], firm[f].whole[side]) > 0;
        }
        for (int sweep = 0; change > 0x1p-120; sweep++) {
            cr_assert_lt(sweep, 2000, "the network of this portfolio hands on for ever");
            substitute(portfolio, firm, side, next, spare);
            change = take_over(count, firm, side, next, spare);
        }
    }
    for (size_t f = 0; f < count; f++) {
        mpfr_clear(next[f]);
    }
    mpfr_clear(spare);
    free(next);
    return exceeding;
}
