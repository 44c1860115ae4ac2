/* The formulas of docs/model.md in 256-bit arithmetic, from the input rows, against the engine. Shares no code with it. */
#include <criterion/criterion.h>
#include <math.h>
#include <mpfr.h>
#include <stdlib.h>

#include "exposure/world.h"

#define BITS 256

struct exact {
    mpfr_t duty_export, duty_import, price_cut, volume, cost_rise, sizes;
    mpfr_t g, p, phi, q, term, other;
};

static void exact_init(struct exact *e)
{
    mpfr_inits2(BITS, e->duty_export, e->duty_import, e->price_cut, e->volume, e->cost_rise, e->sizes, e->g, e->p,
                e->phi, e->q, e->term, e->other, (mpfr_ptr)0);
}

static void exact_clear(struct exact *e)
{
    mpfr_clears(e->duty_export, e->duty_import, e->price_cut, e->volume, e->cost_rise, e->sizes, e->g, e->p, e->phi,
                e->q, e->term, e->other, (mpfr_ptr)0);
}

static void add_term(mpfr_t sum, const mpfr_t term, double value, struct exact *e, bool weighs)
{
    mpfr_mul_d(e->other, term, value, MPFR_RNDN);
    mpfr_add(sum, sum, e->other, MPFR_RNDN);
    if (weighs) {
        mpfr_abs(e->other, e->other, MPFR_RNDN);
        mpfr_add(e->sizes, e->sizes, e->other, MPFR_RNDN);
    }
}

/* result = base ^ exponent */
static void power(mpfr_t result, const mpfr_t base, double exponent, mpfr_t spare)
{
    mpfr_set_d(spare, exponent, MPFR_RNDN);
    mpfr_pow(result, base, spare, MPFR_RNDN);
}

static void wedge(struct exact *e, double t, double t_new)
{
    mpfr_set_d(e->g, t_new, MPFR_RNDN);
    mpfr_add_ui(e->g, e->g, 1, MPFR_RNDN);
    mpfr_set_d(e->other, t, MPFR_RNDN);
    mpfr_add_ui(e->other, e->other, 1, MPFR_RNDN);
    mpfr_div(e->g, e->g, e->other, MPFR_RNDN);
    mpfr_set_d(e->term, t_new, MPFR_RNDN);
    mpfr_sub_d(e->term, e->term, t, MPFR_RNDN);
}

static void add_sale(struct exact *e, double value, double t, double t_new, double rho, double sigma)
{
    wedge(e, t, t_new);
    add_term(e->duty_export, e->term, value, e, false);
    power(e->p, e->g, rho, e->other);
    mpfr_set_d(e->other, rho, MPFR_RNDN);
    mpfr_sub_ui(e->other, e->other, 1, MPFR_RNDN);
    mpfr_pow(e->phi, e->g, e->other, MPFR_RNDN);
    power(e->q, e->p, -sigma, e->other);
    mpfr_sub_ui(e->term, e->phi, 1, MPFR_RNDN);
    mpfr_mul(e->term, e->term, e->q, MPFR_RNDN);
    add_term(e->price_cut, e->term, value, e, true);
    mpfr_sub_ui(e->term, e->q, 1, MPFR_RNDN);
    add_term(e->volume, e->term, value, e, true);
}

static void add_purchase(struct exact *e, double value, double t, double t_new, double rho)
{
    wedge(e, t, t_new);
    add_term(e->duty_import, e->term, value, e, false);
    power(e->p, e->g, rho, e->other);
    mpfr_sub_ui(e->term, e->p, 1, MPFR_RNDN);
    add_term(e->cost_rise, e->term, value, e, true);
}

static void reset(struct exact *e)
{
    mpfr_set_zero(e->duty_export, 1);
    mpfr_set_zero(e->duty_import, 1);
    mpfr_set_zero(e->price_cut, 1);
    mpfr_set_zero(e->volume, 1);
    mpfr_set_zero(e->cost_rise, 1);
    mpfr_set_zero(e->sizes, 1);
}

/* Both readings of the law as a line meets them; false where either is unknown. */
static bool duties(const struct world *world, const struct portfolio_line *line, size_t scenario, double *t,
                   double *t_new)
{
    struct tol_facts facts;
    struct tol_rate_total total;
    cr_assert_eq(tol_facts_parse(&world->law, line->facts, &facts, NULL), TOL_OK);
    struct tol_rate_query query = {
        .into = line->importer, .from = line->origin, .product = line->product, .on = 0, .facts = &facts};
    tol_law_total(&world->law, &query, &total);
    *t = total.central;
    query.on = world->scenario[scenario].on;
    tol_law_total(&world->law, &query, &total);
    *t_new = total.central;
    return !isnan(*t) && !isnan(*t_new);
}

static void near(double value, mpfr_t exact, double sizes, const char *what, size_t firm)
{
    double truth = mpfr_get_d(exact, MPFR_RNDN);
    double error = fabs(value - truth);
    /* Relative to the number; where gains and losses cancel, to the last digits of what was added up. */
    cr_assert_leq(error, 1e-12 * fabs(truth) + 4e-16 * sizes, "%s of firm %d: %.17g, exactly %.17g", what, (int)firm,
                  value, truth);
}

static double given(const struct tol_firm_row *firm, enum tol_firm_number number, double otherwise)
{
    return isnan(firm->number[number]) ? otherwise : firm->number[number];
}

/* dEBITDA = A + m B - (1 - kappa) G, then the ratios. */
static void check_firm(struct exact *e, const struct portfolio *portfolio, size_t f, double bought,
                       double sector_margin, double half_margin, const struct tol_score_row *row)
{
    const struct tol_firm_row *firm = &portfolio->firm[f];
    double sizes = mpfr_get_d(e->sizes, MPFR_RNDN);
    near(row->duty_export_eur, e->duty_export, sizes, "duty_export", f);
    near(row->duty_import_eur, e->duty_import, sizes, "duty_import", f);
    near(row->price_cut_eur, e->price_cut, sizes, "price_cut", f);
    near(row->volume_loss_eur, e->volume, sizes, "volume", f);
    double revenue = firm->number[TOL_REVENUE];
    double purchases = given(firm, TOL_PURCHASES_TOTAL, bought);
    double imputed = firm->sector[1] == '2' ? sector_margin : fmin(fmax(1 - purchases / revenue, 0), 1);
    double margin = given(firm, TOL_CONTRIBUTION_MARGIN, imputed);
    mpfr_add(e->p, e->price_cut, e->volume, MPFR_RNDN);
    mpfr_div_d(e->p, e->p, -revenue, MPFR_RNDN);
    near(row->direct_demand_loss, e->p, sizes / revenue, "direct_demand_loss", f);
    if (purchases > 0) {
        mpfr_div_d(e->p, e->cost_rise, purchases, MPFR_RNDN);
        near(row->direct_cost_rise, e->p, sizes / purchases, "direct_cost_rise", f);
    }
    mpfr_mul_d(e->g, e->volume, margin, MPFR_RNDN);
    mpfr_add(e->g, e->g, e->price_cut, MPFR_RNDN);
    mpfr_set_d(e->q, given(firm, TOL_COST_PASS_THROUGH, 0), MPFR_RNDN);
    mpfr_ui_sub(e->q, 1, e->q, MPFR_RNDN);
    mpfr_mul(e->q, e->q, e->cost_rise, MPFR_RNDN);
    mpfr_sub(e->g, e->g, e->q, MPFR_RNDN);
    near(row->ebitda_change_eur, e->g, sizes, "ebitda_change", f);
    mpfr_div_d(e->p, e->g, revenue, MPFR_RNDN);
    near(row->margin_change, e->p, sizes / revenue, "margin_change", f);
    double ebitda = firm->number[TOL_EBITDA];
    double interest = firm->number[TOL_INTEREST];
    if (!isnan(ebitda) && !isnan(interest)) {
        mpfr_add_d(e->p, e->g, ebitda, MPFR_RNDN);
        mpfr_div_d(e->p, e->p, interest, MPFR_RNDN);
        near(row->interest_cover, e->p, (sizes + fabs(ebitda)) / interest, "interest_cover", f);
    }
    if (!(ebitda > 0)) {
        cr_assert(isnan(row->score));
        return;
    }
    mpfr_neg(e->g, e->g, MPFR_RNDN);
    if (mpfr_sgn(e->g) < 0) {
        mpfr_set_zero(e->g, 1);
    }
    mpfr_div_d(e->g, e->g, ebitda, MPFR_RNDN);
    near(row->margin_at_risk, e->g, sizes / ebitda, "margin_at_risk", f);
    /* fake_law.c: the factor itself. */
    double vulnerability = given(firm, TOL_LIQUIDITY, 1);
    cr_assert_eq(row->vulnerability, vulnerability);
    mpfr_mul_d(e->g, e->g, vulnerability, MPFR_RNDN);
    mpfr_div_d(e->g, e->g, -half_margin, MPFR_RNDN);
    mpfr_exp2(e->g, e->g, MPFR_RNDN);
    mpfr_ui_sub(e->g, 1, e->g, MPFR_RNDN);
    mpfr_mul_ui(e->g, e->g, 100, MPFR_RNDN);
    near(row->score, e->g, 100 * vulnerability * sizes / ebitda / half_margin, "score", f);
}

static size_t add_firm_lines(struct exact *e, const struct portfolio *portfolio, const struct world *world,
                             size_t scenario, size_t firm, size_t *at, double *bought)
{
    size_t lines = 0;
    const struct tol_settings *settings = &world->options.settings;
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        for (; at[side] < portfolio->line_count[side] && portfolio->line[side][at[side]].firm == firm; at[side]++) {
            const struct portfolio_line *line = &portfolio->line[side][at[side]];
            double t, t_new;
            bool estimated;
            *bought += side == TOL_PURCHASES ? line->value_eur : 0;
            lines++;
            if (!duties(world, line, scenario, &t, &t_new)) {
                continue;
            }
            if (side == TOL_SALES) {
                double sigma = tol_elasticity(&world->parameters, settings, line->product, &estimated);
                add_sale(e, line->value_eur, t, t_new, settings->border_pass_through, sigma);
            } else {
                add_purchase(e, line->value_eur, t, t_new, settings->border_pass_through);
            }
        }
    }
    return lines;
}

static void check_portfolio(uint64_t seed, size_t firms, size_t lines_max, double rho)
{
    struct portfolio *portfolio = portfolio_random(seed, firms, lines_max);
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct world world;
    world_set(&world, seed, 2);
    world.options.settings.border_pass_through = rho;
    struct tol_score_row *rows = score_all(book, &world);
    struct exact e;
    exact_init(&e);
    size_t lines = 0;
    for (size_t s = 0; s < 2; s++) {
        size_t at[TOL_SIDE_COUNT] = {0, 0};
        for (size_t f = 0; f < firms; f++) {
            double bought = 0;
            reset(&e);
            lines += add_firm_lines(&e, portfolio, &world, s, f, at, &bought);
            check_firm(&e, portfolio, f, bought, world.parameters.sector_margin, world.options.settings.half_margin,
                       &rows[f * 2 + s]);
        }
    }
    cr_assert_gt(lines, firms);
    exact_clear(&e);
    mpfr_free_cache();
    free(rows);
    tol_book_close(book);
    portfolio_free(portfolio);
}

Test(oracle, six_thousand_firms_at_partial_pass_through)
{
    check_portfolio(101, 6000, 6, 0.8);
}

Test(oracle, six_thousand_firms_at_full_pass_through)
{
    check_portfolio(102, 6000, 6, 1);
}

Test(oracle, large_firms)
{
    check_portfolio(103, 60, 400, 0.35);
}

Test(oracle, no_pass_through)
{
    check_portfolio(104, 500, 8, 0);
}
