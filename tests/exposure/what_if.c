/* What stands beside the scenarios, by hand on a law of two importers: Chinese origin, hubs, one more American duty. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "exposure/world.h"

static const double no_duty_known = NAN;
static const double rho = 0.8;
static const double sigma = 4;
static const double margin = 0.5;

/* Duties by origin; the high reading counts for goods of China alone. */
static const struct duty {
    const char *into, *from;
    double base, later, later_high;
} duties[] = {
    {"US", "CN", 0.1, 0.5, 0.9},  {"US", "NL", 0.02, 0.12, 0.12}, {"US", "DE", 0.3, 0.8, 0.8},
    {"NL", "CN", 0.05, 0.4, 0.6}, {"NL", "VN", 0, 0.04, 0.04},    {"NL", "MX", 0, 0.01, 0.01},
};

static const struct duty *duty_of(const char *into, const char *from)
{
    for (size_t i = 0; i < sizeof duties / sizeof duties[0]; i++) {
        if (country(into) == country(duties[i].into) && country(from) == country(duties[i].from)) {
            return &duties[i];
        }
    }
    return NULL;
}

static void answer_duty(const struct tol_law *law, const struct tol_rate_query *query, struct tol_rate_answer *answer)
{
    (void)law;
    for (size_t i = 0; i < sizeof duties / sizeof duties[0]; i++) {
        if (query->into == country(duties[i].into) && query->from == country(duties[i].from)) {
            fake_flat(answer, TOL_IEEPA_RECIPROCAL, query->on > 0 ? duties[i].later : duties[i].base);
            answer->high = query->on > 0 ? duties[i].later_high : duties[i].base;
        }
    }
    if (query->from == country("TR")) {
        answer->low = answer->central = answer->high = no_duty_known;
        answer->flags |= TOL_RATE_NO_LAW;
    }
}

/* Revenue change of a sale of 1 whose duty goes from `base` to `later`; the price cut, then the lost volume. */
struct response {
    double cut, volume;
};

static struct response respond(double base, double later)
{
    double wedge = (1 + later) / (1 + base);
    double quantity = pow(pow(wedge, rho), -sigma);
    return (struct response){.cut = quantity * (pow(wedge, rho - 1) - 1), .volume = quantity - 1};
}

static double revenue_change(double base, double later)
{
    struct response of = respond(base, later);
    return of.cut + of.volume;
}

static double profit_change(double base, double later)
{
    struct response of = respond(base, later);
    return of.cut + margin * of.volume;
}

static double dearer(const struct duty *of, double later)
{
    return pow((1 + later) / (1 + of->base), rho) - 1;
}

static void near(double value, double by_hand)
{
    cr_assert_leq(fabs(value - by_hand), 1e-12 * fmax(1, fabs(by_hand)), "%.17g by hand %.17g", value, by_hand);
}

/* Revenue 1000, 200 sold to the US, 400 bought from China. */
static struct portfolio *exporter(void)
{
    struct portfolio *portfolio = portfolio_new(1, 8);
    double *number = portfolio->firm[0].number;
    number[TOL_REVENUE] = 1000;
    number[TOL_PURCHASES_TOTAL] = 600;
    number[TOL_EBITDA] = 300;
    number[TOL_INTEREST] = 50;
    number[TOL_CONTRIBUTION_MARGIN] = margin;
    number[TOL_COST_PASS_THROUGH] = 0.75;
    portfolio_sell(portfolio, 0, "US", "8703230190", 200);
    portfolio_sell(portfolio, 0, "DE", "8703230190", 300);
    portfolio_buy(portfolio, 0, "CN", "8501101000", 400);
    return portfolio;
}

struct setting {
    struct world world;
    struct tol_hub hub[3];
};

/* In place: the scenario points to the law beside it. */
static void set_up(struct setting *setting)
{
    world_set(&setting->world, 1, 1);
    setting->world.law.answer = answer_duty;
    setting->world.parameters.sigma = sigma;
    setting->world.options.settings.border_pass_through = rho;
}

static void set_hubs(struct setting *setting, size_t count, const char *const *code, const double *premium)
{
    for (size_t h = 0; h < count; h++) {
        setting->hub[h] = (struct tol_hub){.country = country(code[h]), .cost_premium = premium[h]};
    }
    setting->world.parameters.hub = setting->hub;
    setting->world.parameters.hub_count = count;
}

/* Frees the portfolio. */
static struct tol_score_row score_one(const struct setting *setting, struct portfolio *portfolio)
{
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct tol_score_row *rows = score_all(book, &setting->world);
    struct tol_score_row row = rows[0];
    free(rows);
    tol_book_close(book);
    portfolio_free(portfolio);
    return row;
}

/* ---- Chinese origin ---- */

Test(what_if, origin_risk_is_the_further_revenue_lost_under_both_laws)
{
    struct setting setting;
    set_up(&setting);
    struct tol_score_row row = score_one(&setting, exporter());
    double further = revenue_change(0.1, 0.5) - revenue_change(0.02, 0.12);
    near(row.origin_risk, -200 * further / 1000);
    cr_assert_gt(row.origin_risk, 0.05);
}

Test(what_if, the_range_holds_the_high_reading_with_chinese_origin)
{
    struct setting setting;
    set_up(&setting);
    struct tol_score_row row = score_one(&setting, exporter());
    const struct duty *bought = duty_of("NL", "CN");
    near(row.ebitda_change_low_eur, 200 * profit_change(0.1, 0.9) - 0.25 * 400 * dearer(bought, bought->later_high));
    near(row.ebitda_change_high_eur, 200 * profit_change(0.02, 0.12) - 0.25 * 400 * dearer(bought, bought->later));
    near(row.ebitda_change_eur, row.ebitda_change_high_eur);
}

Test(what_if, goods_that_are_chinese_already_risk_nothing)
{
    struct setting setting;
    set_up(&setting);
    struct portfolio *portfolio = exporter();
    portfolio->line[TOL_SALES][0].origin = country("CN");
    struct tol_score_row row = score_one(&setting, portfolio);
    cr_assert_eq(row.origin_risk, 0);
    near(row.volume_loss_eur, 200 * respond(0.1, 0.5).volume);
}

/* The duty on German goods rises by more than that on Chinese ones: no risk below zero. The high reading may still be worse. */
Test(what_if, an_origin_that_would_bear_less_is_no_risk)
{
    struct setting setting;
    set_up(&setting);
    struct portfolio *portfolio = exporter();
    portfolio->line[TOL_SALES][0].origin = country("DE");
    setting.world.options.settings.origin_content = 0.4;
    struct tol_score_row row = score_one(&setting, portfolio);
    cr_assert_gt(revenue_change(0.1, 0.5), revenue_change(0.3, 0.8), "or the case is none");
    cr_assert_eq(row.origin_risk, 0);
    cr_assert_eq(signbit(row.origin_risk), 0);
    const struct duty *bought = duty_of("NL", "CN");
    near(row.ebitda_change_low_eur, 200 * profit_change(0.1, 0.9) - 0.25 * 400 * dearer(bought, bought->later_high));
}

static struct tol_score_row with_chinese_purchases(const struct setting *setting, double value_eur)
{
    struct portfolio *portfolio = exporter();
    portfolio->line[TOL_PURCHASES][0].value_eur = value_eur;
    portfolio->firm[0].number[TOL_PURCHASES_TOTAL] = value_eur;
    return score_one(setting, portfolio);
}

Test(what_if, origin_risk_begins_at_the_threshold)
{
    struct setting setting;
    set_up(&setting);
    cr_assert_gt(with_chinese_purchases(&setting, 350).origin_risk, 0);
    struct tol_score_row below = with_chinese_purchases(&setting, 349.99);
    cr_assert_eq(below.origin_risk, 0);
    const struct duty *bought = duty_of("NL", "CN");
    near(below.ebitda_change_low_eur,
         200 * profit_change(0.02, 0.12) - 0.25 * 349.99 * dearer(bought, bought->later_high));
    setting.world.options.settings.origin_content = 0.2;
    cr_assert_gt(with_chinese_purchases(&setting, 349.99).origin_risk, 0);
}

Test(what_if, origin_risk_needs_sales_to_the_united_states)
{
    struct setting setting;
    set_up(&setting);
    struct portfolio *portfolio = exporter();
    portfolio->line[TOL_SALES][0].importer = country("GB");
    struct tol_score_row row = score_one(&setting, portfolio);
    cr_assert_eq(row.origin_risk, 0);
    cr_assert(isnan(row.reverse_stress_duty));
}

Test(what_if, missing_numbers_leave_finite_ones)
{
    struct setting setting;
    set_up(&setting);
    set_hubs(&setting, 1, (const char *[]){"VN"}, (double[]){0.05});
    struct portfolio *portfolio = exporter();
    portfolio->firm[0].number[TOL_PURCHASES_TOTAL] = NAN;
    struct tol_score_row row = score_one(&setting, portfolio);
    near(row.origin_risk, -200 * (revenue_change(0.1, 0.5) - revenue_change(0.02, 0.12)) / 1000);
    portfolio = exporter();
    portfolio->firm[0].number[TOL_REVENUE] = 0;
    row = score_one(&setting, portfolio);
    cr_assert_eq(row.origin_risk, 0);
    cr_assert(isfinite(row.ebitda_change_low_eur) && isfinite(row.ebitda_change_high_eur));
    cr_assert_gt(row.best_hub_gain_eur, 0, "what purchases cost does not hang on revenue");
    portfolio = exporter();
    portfolio->firm[0].number[TOL_PURCHASES_TOTAL] = 0;
    row = score_one(&setting, portfolio);
    cr_assert(isfinite(row.origin_risk) && isfinite(row.best_hub_gain_eur));
}

/* ---- hubs ---- */

static double gain_of(const char *hub, double premium)
{
    const struct duty *stay = duty_of("NL", "CN");
    double duty = duty_of("NL", hub) != NULL ? duty_of("NL", hub)->later : 0;
    return 0.25 * 0.5 * 400 * (1 + dearer(stay, stay->later) - (1 + premium) * (1 + duty) / (1 + stay->base));
}

Test(what_if, best_hub_has_the_greatest_gain)
{
    struct setting setting;
    set_up(&setting);
    set_hubs(&setting, 3, (const char *[]){"VN", "MX", "PL"}, (double[]){0.1, 0.05, 0.2});
    struct tol_score_row row = score_one(&setting, exporter());
    cr_assert_eq(row.best_hub, country("MX"));
    near(row.best_hub_gain_eur, gain_of("MX", 0.05));
    set_hubs(&setting, 3, (const char *[]){"VN", "MX", "PL"}, (double[]){0.01, 0.05, 0.2});
    row = score_one(&setting, exporter());
    cr_assert_eq(row.best_hub, country("VN"));
    near(row.best_hub_gain_eur, gain_of("VN", 0.01));
    setting.world.options.settings.hub_share = 1;
    near(score_one(&setting, exporter()).best_hub_gain_eur, 2 * gain_of("VN", 0.01));
}

static void check_no_hub(const struct setting *setting, struct portfolio *portfolio)
{
    struct tol_score_row row = score_one(setting, portfolio);
    cr_assert_eq(row.best_hub, 0);
    cr_assert_eq(row.best_hub_gain_eur, 0);
}

Test(what_if, no_hub_is_named_where_none_is_cheaper)
{
    struct setting setting;
    set_up(&setting);
    check_no_hub(&setting, exporter());
    cr_assert_lt(gain_of("VN", 0.6), 0, "or the case is none");
    set_hubs(&setting, 2, (const char *[]){"VN", "MX"}, (double[]){0.6, 0.7});
    check_no_hub(&setting, exporter());
    set_hubs(&setting, 1, (const char *[]){"MX"}, (double[]){0.05});
    struct portfolio *portfolio = exporter();
    portfolio->firm[0].number[TOL_COST_PASS_THROUGH] = 1;
    check_no_hub(&setting, portfolio);
    portfolio = exporter();
    portfolio->line[TOL_PURCHASES][0].origin = country("JP");
    check_no_hub(&setting, portfolio);
}

Test(what_if, a_hub_whose_duty_is_unknown_is_left_out)
{
    struct setting setting;
    set_up(&setting);
    set_hubs(&setting, 2, (const char *[]){"TR", "MX"}, (double[]){-0.5, 0.05});
    struct tol_score_row row = score_one(&setting, exporter());
    cr_assert_eq(row.best_hub, country("MX"));
    near(row.best_hub_gain_eur, gain_of("MX", 0.05));
    set_hubs(&setting, 1, (const char *[]){"TR"}, (double[]){-0.5});
    check_no_hub(&setting, exporter());
}

/* ---- reverse stress ---- */

/* EBITDA of the exporter under the scenario with this much duty more. */
static double ebitda_with(double extra)
{
    const struct duty *bought = duty_of("NL", "CN");
    return 300 + 200 * profit_change(0.02, 0.12 + extra) - 0.25 * 400 * dearer(bought, bought->later);
}

static double stress_at_floor(double floor_eur)
{
    struct setting setting;
    set_up(&setting);
    setting.world.options.settings.interest_cover_floor = floor_eur / 50;
    return score_one(&setting, exporter()).reverse_stress_duty;
}

Test(what_if, reverse_stress_at_and_between_the_steps)
{
    static const double step[] = {0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2};
    double before = 0;
    for (int k = 0; k < 8; k++) {
        cr_assert_float_eq(stress_at_floor(ebitda_with(step[k])), step[k], 1e-9);
        double low = ebitda_with(step[k]);
        double high = ebitda_with(before);
        cr_assert_float_eq(stress_at_floor(high - 0.3 * (high - low)), before + 0.3 * (step[k] - before), 1e-9);
        before = step[k];
    }
}

Test(what_if, reverse_stress_past_its_ends)
{
    cr_assert_eq(stress_at_floor(ebitda_with(0) + 0.001), 0, "cover is below the floor already");
    cr_assert_eq(stress_at_floor(400), 0);
    cr_assert(isnan(stress_at_floor(ebitda_with(2) - 0.001)), "not even 200 %% does it");
}

Test(what_if, reverse_stress_of_what_is_not_known)
{
    struct setting setting;
    set_up(&setting);
    static const enum tol_firm_number needed[] = {TOL_INTEREST, TOL_EBITDA};
    for (int i = 0; i < 2; i++) {
        struct portfolio *portfolio = exporter();
        portfolio->firm[0].number[needed[i]] = NAN;
        cr_assert(isnan(score_one(&setting, portfolio).reverse_stress_duty));
    }
    struct portfolio *portfolio = exporter();
    portfolio->firm[0].number[TOL_INTEREST] = 0;
    cr_assert(isnan(score_one(&setting, portfolio).reverse_stress_duty));
}

/* ---- what holds for all ---- */

Test(what_if, the_baseline_against_itself)
{
    struct setting setting;
    set_up(&setting);
    set_hubs(&setting, 2, (const char *[]){"VN", "MX"}, (double[]){0.1, 0.2});
    setting.world.scenario[0].on = 0;
    setting.world.options.settings.interest_cover_floor = 5;
    struct tol_score_row row = score_one(&setting, exporter());
    cr_assert_eq(row.origin_risk, 0);
    cr_assert_eq(signbit(row.origin_risk), 0);
    cr_assert_eq(row.best_hub, 0);
    cr_assert_eq(row.best_hub_gain_eur, 0);
    cr_assert_eq(row.ebitda_change_low_eur, 0);
    cr_assert_eq(row.ebitda_change_high_eur, 0);
    cr_assert_gt(row.reverse_stress_duty, 0, "how far the floor is does not hang on a change of law");
}

/* Random firms with hubs, a low threshold and every kind of gap. */
static void set_many(struct setting *setting, size_t scenarios)
{
    world_set(&setting->world, 77, scenarios);
    set_hubs(setting, 3, (const char *[]){"VN", "BR", "PL"}, (double[]){0.02, -0.2, 0.05});
    setting->world.options.settings.origin_content = 0.01;
}

static void check_all_kinds_are_there(const struct tol_score_row *rows, size_t count)
{
    size_t risks = 0, hubs = 0, stresses = 0;
    for (size_t i = 0; i < count; i++) {
        risks += rows[i].origin_risk > 0;
        hubs += rows[i].best_hub != 0;
        stresses += rows[i].reverse_stress_duty > 0;
    }
    cr_assert(risks > 20 && hubs > 20 && stresses > 20, "%d, %d, %d", (int)risks, (int)hubs, (int)stresses);
}

Test(what_if, order_of_rows_and_company_make_no_difference)
{
    enum { FIRMS = 120, SCENARIOS = 7 };
    struct setting setting;
    set_many(&setting, SCENARIOS);
    struct portfolio *portfolio = portfolio_random(88, FIRMS, 30);
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct tol_score_row *whole = score_all(book, &setting.world);
    check_all_kinds_are_there(whole, (size_t)FIRMS * SCENARIOS);
    for (uint64_t f = 0; f < FIRMS; f++) {
        struct tol_plan *plan = NULL;
        struct tol_score_row rows[SCENARIOS];
        cr_assert_eq(tol_plan_create_for_firm(book, f, &setting.world.parameters, &setting.world.options, &plan, NULL),
                     TOL_OK);
        cr_assert_eq(tol_plan_score(plan, 0, f, 1, rows, NULL), TOL_OK);
        check_same_rows(whole + f * SCENARIOS, rows, SCENARIOS);
        tol_plan_destroy(plan);
    }
    for (uint64_t shuffle = 1; shuffle < 4; shuffle++) {
        struct tol_book *shuffled = portfolio_book(portfolio, shuffle);
        struct tol_score_row *rows = score_all(shuffled, &setting.world);
        check_same_rows(whole, rows, (size_t)FIRMS * SCENARIOS);
        free(rows);
        tol_book_close(shuffled);
    }
    free(whole);
    tol_book_close(book);
    portfolio_free(portfolio);
}
