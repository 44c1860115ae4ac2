/* The way from text tables to a firm's row: real law engine, real parameters, real book. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "datasets/tables.h"
#include "exposure/portfolio.h"
#include "tolmuur/explain.h"
#include "tolmuur/law.h"
#include "tolmuur/parameters.h"

struct setting {
    struct tol_law *law;
    struct tol_parameters *parameters;
    struct portfolio *portfolio;
    struct tol_book *book;
    struct tol_scenario scenario[2];
    struct tol_plan_options options;
};

static tol_day day(const char *text)
{
    tol_day result = 0;
    cr_assert(tol_day_parse(text, &result));
    return result;
}

static void open_tables(struct setting *setting)
{
    struct tol_error error = {0};
    char path[] = "/tmp/tolmuur-test-XXXXXX";
    int file = mkstemp(path);
    cr_assert_geq(file, 0);
    close(file);
    cr_assert_eq(tol_tables_compile(TEST_SOURCE_DIR "/tests/exposure/tables", path, &error), TOL_OK, "%s %s: %s",
                 error.file, error.column, error.message);
    cr_assert_eq(tol_law_open(path, &setting->law, &error), TOL_OK, "%s", error.message);
    cr_assert_eq(tol_parameters_open(path, &setting->parameters, &error), TOL_OK, "%s", error.message);
    unlink(path);
}

static void sell(struct portfolio *portfolio, size_t firm, const char *from, const char *into, const char *hs,
                 double value_eur)
{
    portfolio_sell(portfolio, firm, into, hs, value_eur);
    portfolio->line[TOL_SALES][portfolio->line_count[TOL_SALES] - 1].origin = country(from);
}

/* Firm 0 makes pumps and cars in the Netherlands, firm 1 motors in Mexico, firm 2 sells where no law is known. */
static void set_up(struct setting *setting)
{
    open_tables(setting);
    setting->portfolio = portfolio_new(3, 8);
    setting->portfolio->firm[0].number[TOL_REVENUE] = 1000;
    setting->portfolio->firm[0].number[TOL_EBITDA] = 100;
    setting->portfolio->firm[0].number[TOL_PURCHASES_TOTAL] = 500;
    setting->portfolio->firm[1].number[TOL_REVENUE] = 400;
    setting->portfolio->firm[2].number[TOL_REVENUE] = 400;
    sell(setting->portfolio, 0, "NL", "US", "8413309090", 200);
    sell(setting->portfolio, 0, "NL", "US", "8703230190", 100);
    sell(setting->portfolio, 0, "NL", "DE", "8413309090", 300);
    sell(setting->portfolio, 1, "MX", "US", "8501102000", 150);
    sell(setting->portfolio, 2, "NL", "BR", "8413309090", 50);
    sell(setting->portfolio, 2, "NL", "US", "841330", 50);
    setting->book = portfolio_book(setting->portfolio, 0);
    setting->scenario[0] = (struct tol_scenario){.name = "2025-08-10", .on = day("2025-08-10"), .law = setting->law};
    setting->scenario[1] = (struct tol_scenario){.name = "2026-03-01", .on = day("2026-03-01"), .law = setting->law};
    setting->options = (struct tol_plan_options){
        .baseline = {.name = "baseline", .on = day("2025-02-01"), .law = setting->law},
        .scenario = setting->scenario,
        .scenario_count = 2,
        .settings = tol_settings_default(),
    };
}

static struct tol_plan *plan_of(struct setting *setting)
{
    struct tol_plan *plan = NULL;
    struct tol_error error = {0};
    cr_assert_eq(tol_plan_create(setting->book, setting->parameters, &setting->options, NULL, &plan, &error), TOL_OK,
                 "%s", error.message);
    return plan;
}

static void tear_down(struct setting *setting)
{
    tol_book_close(setting->book);
    portfolio_free(setting->portfolio);
    tol_parameters_close(setting->parameters);
    tol_law_close(setting->law);
}

static void score(struct setting *setting, struct tol_score_row rows[6])
{
    struct tol_plan *plan = plan_of(setting);
    cr_assert_eq(tol_plan_score(plan, 0, 0, 3, rows, NULL), TOL_OK);
    tol_plan_destroy(plan);
}

Test(law, exporter_by_hand)
{
    struct setting setting;
    struct tol_score_row rows[6];
    set_up(&setting);
    score(&setting, rows);
    /* August 2025: pumps 2.5 % -> 12.5 %, sigma 4; cars 2.5 % -> 27.5 % (no reciprocal on top), sigma 5. */
    double pumps = 200 * (pow(1.125 / 1.025, -4) - 1);
    double cars = 100 * (pow(1.275 / 1.025, -5) - 1);
    cr_assert_float_eq(rows[0].duty_export_eur, 200 * 0.1 + 100 * 0.25, 1e-12);
    cr_assert_float_eq(rows[0].volume_loss_eur, pumps + cars, 1e-10);
    cr_assert_float_eq(rows[0].ebitda_change_eur, 0.4 * (pumps + cars), 1e-10);
    cr_assert_float_eq(rows[0].us_sales_share, 0.3, 1e-15);
    cr_assert(rows[0].flags & TOL_FLAG_MARGIN_IMPUTED, "the sector's 0.4");
    cr_assert_eq(rows[0].flags & TOL_FLAG_UNCONFIRMED, 0);
    cr_assert_float_eq(rows[0].score, 100 * (1 - pow(2, 0.4 * (pumps + cars) / 100 / 0.25)), 1e-10);
    /* March 2026: 15 % in place of 10 %, from an unconfirmed row. */
    cr_assert_float_eq(rows[1].duty_export_eur, 200 * 0.15 + 100 * 0.25, 1e-12);
    cr_assert(rows[1].flags & TOL_FLAG_UNCONFIRMED);
    tear_down(&setting);
}

Test(law, missing_fact_makes_a_range)
{
    struct setting setting;
    struct tol_score_row rows[6];
    set_up(&setting);
    score(&setting, rows);
    /* Proven under the agreement there is no change; the central reading claims nothing. */
    cr_assert_float_eq(rows[2].duty_export_eur, 15, 1e-12);
    cr_assert_eq(rows[2].ebitda_change_high_eur, 0);
    cr_assert_eq(rows[2].ebitda_change_low_eur, rows[2].ebitda_change_eur);
    cr_assert_lt(rows[2].ebitda_change_low_eur, -1);
    cr_assert(rows[2].flags & TOL_FLAG_ELASTICITY_IMPUTED);
    tear_down(&setting);
}

Test(law, given_fact_closes_the_range)
{
    struct setting setting;
    struct tol_score_row rows[6];
    set_up(&setting);
    tol_book_close(setting.book);
    struct portfolio_line *line = &setting.portfolio->line[TOL_SALES][3];
    (void)snprintf(line->facts, sizeof line->facts, "usmca=yes");
    setting.book = portfolio_book(setting.portfolio, 0);
    score(&setting, rows);
    cr_assert_eq(rows[2].ebitda_change_eur, 0);
    cr_assert_eq(rows[2].ebitda_change_low_eur, 0);
    cr_assert_eq(rows[2].ebitda_change_high_eur, 0);
    tear_down(&setting);
}

Test(law, unknown_importer_and_short_code_lower_the_confidence)
{
    struct setting setting;
    struct tol_score_row rows[6];
    set_up(&setting);
    score(&setting, rows);
    cr_assert(rows[4].flags & TOL_FLAG_IMPORTER_LAW_UNKNOWN);
    cr_assert(rows[4].flags & TOL_FLAG_PRODUCT_AGGREGATED);
    cr_assert_eq(rows[4].confidence, TOL_CONFIDENCE_LOW);
    cr_assert_float_eq(rows[4].duty_export_eur, 50 * 0.1, 1e-12);
    cr_assert_eq(rows[0].confidence, TOL_CONFIDENCE_MEDIUM);
    cr_assert_eq(rows[0].flags & TOL_FLAG_IMPORTER_LAW_UNKNOWN, 0, "inside the EU there is no duty to know");
    tear_down(&setting);
}

Test(law, explanation_names_the_authorities)
{
    struct setting setting;
    set_up(&setting);
    for (uint64_t firm = 0; firm < 3; firm++) {
        struct tol_plan *plan = NULL;
        struct tol_error error = {0};
        cr_assert_eq(tol_plan_create_for_firm(setting.book, firm, setting.parameters, &setting.options, &plan, &error),
                     TOL_OK);
        struct tol_explanation *explanation = NULL;
        cr_assert_eq(tol_explain(plan, firm, 1, &explanation, &error), TOL_OK, "%s", error.message);
        double sum = 0;
        for (size_t i = 0; i < explanation->line_count; i++) {
            const struct tol_explained_line *line = &explanation->line[i];
            sum += line->ebitda_eur;
            cr_assert_eq(line->authority_duty_eur[TOL_SECTION_122] + line->authority_duty_eur[TOL_SECTION_232],
                         line->duty_eur);
            cr_assert_eq(isnan(line->new_rate), line->cell.importer == country("BR"));
        }
        cr_assert_eq(sum + explanation->rounding_eur, explanation->row.ebitda_change_eur);
        cr_assert_gt(explanation->line_count, 0);
        tol_explanation_destroy(explanation);
        tol_plan_destroy(plan);
    }
    tear_down(&setting);
}

Test(law, fact_that_the_tables_do_not_know)
{
    struct setting setting;
    set_up(&setting);
    tol_book_close(setting.book);
    struct portfolio_line *line = &setting.portfolio->line[TOL_SALES][0];
    (void)snprintf(line->facts, sizeof line->facts, "colour=red");
    setting.book = portfolio_book(setting.portfolio, 0);
    struct tol_plan *plan = NULL;
    struct tol_error error = {0};
    cr_assert_eq(tol_plan_create(setting.book, setting.parameters, &setting.options, NULL, &plan, &error),
                 TOL_BAD_DATA);
    cr_assert_null(plan);
    tear_down(&setting);
}
