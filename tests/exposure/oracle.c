/* The formulas of docs/model.md in 256-bit arithmetic, from the input rows, against the engine. Shares no code with it. */
#include "exposure/oracle.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "exposure/world.h"

/* Numbers of one line, and room to reckon in. */
struct desk {
    mpfr_t g, p, phi, q, term, other;
};

static void desk_init(struct desk *e)
{
    mpfr_inits2(ORACLE_BITS, e->g, e->p, e->phi, e->q, e->term, e->other, (mpfr_ptr)0);
}

static void desk_clear(struct desk *e)
{
    mpfr_clears(e->g, e->p, e->phi, e->q, e->term, e->other, (mpfr_ptr)0);
}

/* sum += e->term x value. */
static void add_term(mpfr_t sum, double value, struct desk *e)
{
    mpfr_mul_d(e->other, e->term, value, MPFR_RNDN);
    mpfr_add(sum, sum, e->other, MPFR_RNDN);
}

/* The same, of a term that bears on the profit. */
static void add_weighty_term(mpfr_t sum, double value, struct desk *e, struct exact_firm *firm)
{
    add_term(sum, value, e);
    mpfr_abs(e->other, e->other, MPFR_RNDN);
    mpfr_add(firm->sizes, firm->sizes, e->other, MPFR_RNDN);
}

/* result = base ^ exponent */
static void power(mpfr_t result, const mpfr_t base, double exponent, mpfr_t spare)
{
    mpfr_set_d(spare, exponent, MPFR_RNDN);
    mpfr_pow(result, base, spare, MPFR_RNDN);
}

static void wedge(struct desk *e, double t, double t_new)
{
    mpfr_set_d(e->g, t_new, MPFR_RNDN);
    mpfr_add_ui(e->g, e->g, 1, MPFR_RNDN);
    mpfr_set_d(e->other, t, MPFR_RNDN);
    mpfr_add_ui(e->other, e->other, 1, MPFR_RNDN);
    mpfr_div(e->g, e->g, e->other, MPFR_RNDN);
    mpfr_set_d(e->term, t_new, MPFR_RNDN);
    mpfr_sub_d(e->term, e->term, t, MPFR_RNDN);
}

static void add_sale(struct exact_firm *firm, struct desk *e, double value, double t, double t_new, double rho,
                     double sigma)
{
    wedge(e, t, t_new);
    add_term(firm->duty_export, value, e);
    power(e->p, e->g, rho, e->other);
    mpfr_set_d(e->other, rho, MPFR_RNDN);
    mpfr_sub_ui(e->other, e->other, 1, MPFR_RNDN);
    mpfr_pow(e->phi, e->g, e->other, MPFR_RNDN);
    power(e->q, e->p, -sigma, e->other);
    mpfr_sub_ui(e->term, e->phi, 1, MPFR_RNDN);
    mpfr_mul(e->term, e->term, e->q, MPFR_RNDN);
    add_weighty_term(firm->price_cut, value, e, firm);
    mpfr_sub_ui(e->term, e->q, 1, MPFR_RNDN);
    add_weighty_term(firm->volume, value, e, firm);
}

static void add_purchase(struct exact_firm *firm, struct desk *e, double value, double t, double t_new, double rho)
{
    wedge(e, t, t_new);
    add_term(firm->duty_import, value, e);
    power(e->p, e->g, rho, e->other);
    mpfr_sub_ui(e->term, e->p, 1, MPFR_RNDN);
    add_weighty_term(firm->cost_rise, value, e, firm);
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

static void add_line(struct exact_firm *firm, struct desk *e, const struct world *world, size_t scenario,
                     enum tol_side side, const struct portfolio_line *line)
{
    const struct tol_settings *settings = &world->options.settings;
    double t, t_new;
    bool estimated;
    mpfr_add_d(firm->lines[side], firm->lines[side], line->value_eur, MPFR_RNDN);
    if (!duties(world, line, scenario, &t, &t_new)) {
        return;
    }
    if (side == TOL_SALES) {
        double sigma = tol_elasticity(&world->parameters, settings, line->product, &estimated);
        add_sale(firm, e, line->value_eur, t, t_new, settings->border_pass_through, sigma);
    } else {
        add_purchase(firm, e, line->value_eur, t, t_new, settings->border_pass_through);
    }
}

static double given(const struct tol_firm_row *firm, enum tol_firm_number number, double otherwise)
{
    return isnan(firm->number[number]) ? otherwise : firm->number[number];
}

static void reset(struct exact_firm *firm)
{
    mpfr_ptr const sums[] = {firm->duty_export, firm->duty_import, firm->price_cut,        firm->volume,
                             firm->cost_rise,   firm->sizes,       firm->lines[TOL_SALES], firm->lines[TOL_PURCHASES]};
    for (size_t i = 0; i < sizeof sums / sizeof sums[0]; i++) {
        mpfr_set_zero(sums[i], 1);
    }
}

/* delta0 and c0: shares of what the firm says of itself. */
static void close_sums(struct exact_firm *exact, const struct tol_firm_row *firm, const struct world *world)
{
    exact->whole[TOL_SALES] = firm->number[TOL_REVENUE];
    exact->whole[TOL_PURCHASES] = given(firm, TOL_PURCHASES_TOTAL, mpfr_get_d(exact->lines[TOL_PURCHASES], MPFR_RNDN));
    exact->cost_pass_through = given(firm, TOL_COST_PASS_THROUGH, world->options.settings.cost_pass_through);
    mpfr_add(exact->share[TOL_SALES], exact->price_cut, exact->volume, MPFR_RNDN);
    mpfr_neg(exact->share[TOL_SALES], exact->share[TOL_SALES], MPFR_RNDN);
    mpfr_set(exact->share[TOL_PURCHASES], exact->cost_rise, MPFR_RNDN);
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        if (exact->whole[side] > 0) {
            mpfr_div_d(exact->share[side], exact->share[side], exact->whole[side], MPFR_RNDN);
        } else {
            mpfr_set_zero(exact->share[side], 1);
        }
    }
}

static void near(double value, mpfr_t exact, double slack, const char *what, size_t firm)
{
    double truth = mpfr_get_d(exact, MPFR_RNDN);
    double error = fabs(value - truth);
    cr_assert_leq(error, 1e-12 * fabs(truth) + slack, "%s of firm %d: %.17g, exactly %.17g", what, (int)firm, value,
                  truth);
}

/* Terms of the chain below 2^-53 are dropped: this much of a share may be missing. */
static const double chain_slack = 1e-14;

static void check_shares(struct exact_firm *exact, const struct tol_score_row *row, double cancelled, size_t f)
{
    near(row->duty_export_eur, exact->duty_export, cancelled, "duty_export", f);
    near(row->duty_import_eur, exact->duty_import, cancelled, "duty_import", f);
    near(row->price_cut_eur, exact->price_cut, cancelled, "price_cut", f);
    near(row->volume_loss_eur, exact->volume, cancelled, "volume", f);
    near(row->direct_demand_loss, exact->share[TOL_SALES], cancelled / exact->whole[TOL_SALES], "direct_demand_loss",
         f);
    if (exact->whole[TOL_PURCHASES] > 0) {
        near(row->direct_cost_rise, exact->share[TOL_PURCHASES], cancelled / exact->whole[TOL_PURCHASES],
             "direct_cost_rise", f);
    }
    near(row->indirect_demand_loss, exact->indirect[TOL_SALES], chain_slack, "indirect_demand_loss", f);
    near(row->indirect_cost_rise, exact->indirect[TOL_PURCHASES], chain_slack, "indirect_cost_rise", f);
}

/* e->g = sum v (A + m B) - m R (delta - delta0) - (1 - kappa) C c */
static void ebitda_change(const struct exact_firm *exact, double margin, struct desk *e)
{
    mpfr_mul_d(e->other, exact->indirect[TOL_SALES], exact->whole[TOL_SALES], MPFR_RNDN);
    mpfr_sub(e->g, exact->volume, e->other, MPFR_RNDN);
    mpfr_mul_d(e->g, e->g, margin, MPFR_RNDN);
    mpfr_add(e->g, e->g, exact->price_cut, MPFR_RNDN);
    mpfr_add(e->p, exact->share[TOL_PURCHASES], exact->indirect[TOL_PURCHASES], MPFR_RNDN);
    mpfr_mul_d(e->p, e->p, exact->whole[TOL_PURCHASES], MPFR_RNDN);
    mpfr_set_d(e->q, exact->cost_pass_through, MPFR_RNDN);
    mpfr_ui_sub(e->q, 1, e->q, MPFR_RNDN);
    mpfr_mul(e->p, e->p, e->q, MPFR_RNDN);
    mpfr_sub(e->g, e->g, e->p, MPFR_RNDN);
}

static void check_firm(struct exact_firm *exact, struct desk *e, const struct tol_firm_row *firm, size_t f,
                       const struct world *world, const struct tol_score_row *row)
{
    /* Where gains and losses cancel, to the last digits of what was added up. */
    double cancelled = 4e-16 * mpfr_get_d(exact->sizes, MPFR_RNDN);
    check_shares(exact, row, cancelled, f);
    double revenue = exact->whole[TOL_SALES];
    double purchases = exact->whole[TOL_PURCHASES];
    double clipped = fmin(fmax(1 - purchases / revenue, 0), 1);
    double margin =
        given(firm, TOL_CONTRIBUTION_MARGIN, firm->sector[1] == '2' ? world->parameters.sector_margin : clipped);
    double slack = cancelled;
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        slack += mpfr_zero_p(exact->indirect[side]) ? 0 : chain_slack * exact->whole[side];
    }
    ebitda_change(exact, margin, e);
    near(row->ebitda_change_eur, e->g, slack, "ebitda_change", f);
    mpfr_div_d(e->p, e->g, revenue, MPFR_RNDN);
    near(row->margin_change, e->p, slack / revenue, "margin_change", f);
    double ebitda = firm->number[TOL_EBITDA];
    double interest = firm->number[TOL_INTEREST];
    if (!isnan(ebitda) && !isnan(interest)) {
        mpfr_add_d(e->p, e->g, ebitda, MPFR_RNDN);
        mpfr_div_d(e->p, e->p, interest, MPFR_RNDN);
        near(row->interest_cover, e->p, (slack + 4e-16 * fabs(ebitda)) / interest, "interest_cover", f);
    }
    if (!(ebitda > 0)) {
        cr_assert(isnan(row->score));
        return;
    }
    double half_margin = world->options.settings.half_margin;
    mpfr_neg(e->g, e->g, MPFR_RNDN);
    if (mpfr_sgn(e->g) < 0) {
        mpfr_set_zero(e->g, 1);
    }
    mpfr_div_d(e->g, e->g, ebitda, MPFR_RNDN);
    near(row->margin_at_risk, e->g, slack / ebitda, "margin_at_risk", f);
    /* fake_law.c: the factor itself. */
    double vulnerability = given(firm, TOL_LIQUIDITY, 1);
    cr_assert_eq(row->vulnerability, vulnerability);
    mpfr_mul_d(e->g, e->g, vulnerability, MPFR_RNDN);
    mpfr_div_d(e->g, e->g, -half_margin, MPFR_RNDN);
    mpfr_exp2(e->g, e->g, MPFR_RNDN);
    mpfr_ui_sub(e->g, 1, e->g, MPFR_RNDN);
    mpfr_mul_ui(e->g, e->g, 100, MPFR_RNDN);
    near(row->score, e->g, 100 * vulnerability * slack / ebitda / half_margin, "score", f);
}

/* Firms that heard something from others, and firms whose lines exceed a total. */
struct reach {
    size_t indirect, exceeding;
};

static void check_scenario(struct exact_firm *exact, struct desk *e, const struct portfolio *portfolio,
                           const struct world *world, size_t scenario, const struct tol_score_row *rows,
                           struct reach *reach)
{
    for (size_t f = 0; f < portfolio->firm_count; f++) {
        reset(&exact[f]);
    }
    for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
        for (size_t i = 0; i < portfolio->line_count[side]; i++) {
            const struct portfolio_line *line = &portfolio->line[side][i];
            add_line(&exact[line->firm], e, world, scenario, side, line);
        }
    }
    for (size_t f = 0; f < portfolio->firm_count; f++) {
        close_sums(&exact[f], &portfolio->firm[f], world);
    }
    reach->exceeding += exact_network(portfolio, exact);
    for (size_t f = 0; f < portfolio->firm_count; f++) {
        const struct tol_score_row *row = &rows[f * world->options.scenario_count + scenario];
        check_firm(&exact[f], e, &portfolio->firm[f], f, world, row);
        reach->indirect += row->indirect_demand_loss != 0 || row->indirect_cost_rise != 0;
    }
}

static struct reach check_portfolio(struct portfolio *portfolio, uint64_t seed, double rho)
{
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct world world;
    world_set(&world, seed, 2);
    world.options.settings.border_pass_through = rho;
    world.options.settings.cost_pass_through = 0.3;
    struct tol_score_row *rows = score_all(book, &world);
    struct exact_firm *exact = calloc(portfolio->firm_count, sizeof *exact);
    struct desk e;
    struct reach reach = {0};
    cr_assert_not_null(exact);
    desk_init(&e);
    for (size_t f = 0; f < portfolio->firm_count; f++) {
        exact_firm_init(&exact[f]);
    }
    cr_assert_gt(portfolio->line_count[TOL_SALES] + portfolio->line_count[TOL_PURCHASES], portfolio->firm_count);
    for (size_t s = 0; s < 2; s++) {
        check_scenario(exact, &e, portfolio, &world, s, rows, &reach);
    }
    for (size_t f = 0; f < portfolio->firm_count; f++) {
        exact_firm_clear(&exact[f]);
    }
    free(exact);
    desk_clear(&e);
    mpfr_free_cache();
    free(rows);
    tol_book_close(book);
    portfolio_free(portfolio);
    return reach;
}

Test(oracle, six_thousand_firms_at_partial_pass_through)
{
    struct reach reach = check_portfolio(portfolio_random(101, 6000, 6), 101, 0.8);
    cr_assert_eq(reach.indirect, 0, "nobody is named");
}

Test(oracle, six_thousand_firms_at_full_pass_through)
{
    check_portfolio(portfolio_random(102, 6000, 6), 102, 1);
}

Test(oracle, large_firms)
{
    check_portfolio(portfolio_random(103, 60, 400), 103, 0.35);
}

Test(oracle, no_pass_through)
{
    check_portfolio(portfolio_random(104, 500, 8), 104, 0);
}

Test(oracle, a_thousand_firms_that_name_each_other)
{
    struct reach reach = check_portfolio(portfolio_linked(105, 1000, 6), 105, 0.8);
    cr_assert(reach.indirect > 1500 && reach.exceeding > 200, "%d and %d", (int)reach.indirect, (int)reach.exceeding);
}

/* Few firms with many lines: circles everywhere, and most rows of the fourth firms are scaled. */
Test(oracle, a_dense_network)
{
    struct reach reach = check_portfolio(portfolio_linked(106, 50, 120), 106, 1);
    cr_assert(reach.indirect == 100 && reach.exceeding > 20, "%d and %d", (int)reach.indirect, (int)reach.exceeding);
}
