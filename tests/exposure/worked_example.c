/* The example of docs/model.md without diversion, worked by hand here: v = 100, t = 0, t' = 0.15, rho = 1, sigma = 4. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

#include "exposure/world.h"

static void fifteen_percent_into_us(const struct tol_law *law, const struct tol_rate_query *query,
                                    struct tol_rate_answer *answer)
{
    (void)law;
    fake_flat(answer, TOL_IEEPA_RECIPROCAL, query->on > 0 && query->into == country("US") ? 0.15 : 0);
}

static void near(double value, double by_hand)
{
    cr_assert_leq(fabs(value - by_hand), 1e-12 * fmax(1, fabs(by_hand)), "%.17g by hand %.17g", value, by_hand);
}

static struct tol_score_row score_one(double rho, double sigma, struct portfolio *portfolio)
{
    struct world world;
    world_set(&world, 1, 1);
    world.law.answer = fifteen_percent_into_us;
    world.parameters.sigma = sigma;
    world.options.settings.border_pass_through = rho;
    struct tol_book *book = portfolio_book(portfolio, 0);
    struct tol_score_row *rows = score_all(book, &world);
    struct tol_score_row row = rows[0];
    free(rows);
    tol_book_close(book);
    portfolio_free(portfolio);
    return row;
}

static struct portfolio *exporter(void)
{
    struct portfolio *portfolio = portfolio_new(1, 4);
    double *number = portfolio->firm[0].number;
    number[TOL_REVENUE] = 400;
    number[TOL_PURCHASES_TOTAL] = 200;
    number[TOL_EBITDA] = 40;
    number[TOL_INTEREST] = 4;
    number[TOL_CONTRIBUTION_MARGIN] = 0.3;
    number[TOL_COST_PASS_THROUGH] = 0.5;
    portfolio_sell(portfolio, 0, "US", "8703230190", 100);
    portfolio_sell(portfolio, 0, "DE", "8703230190", 300);
    return portfolio;
}

Test(worked_example, full_pass_through)
{
    struct tol_score_row row = score_one(1, 4, exporter());
    double q = 1 / (1.15 * 1.15 * 1.15 * 1.15);
    double volume = 100 * (q - 1);
    near(row.duty_export_eur, 15);
    near(row.price_cut_eur, 0);
    near(row.volume_loss_eur, volume);
    near(row.volume_loss_eur, -42.82467544069668);
    near(row.direct_demand_loss, -volume / 400);
    near(row.ebitda_change_eur, 0.3 * volume);
    near(row.margin_at_risk, 0.3 * -volume / 40);
    near(row.margin_change, 0.3 * volume / 400);
    near(row.interest_cover, (40 + 0.3 * volume) / 4);
    near(row.score, 100 * (1 - pow(2, 0.3 * volume / 40 / 0.25)));
    near(row.score_exposure, row.score);
    near(row.us_sales_share, 0.25);
    cr_assert_eq(row.band, TOL_BAND_D);
}

Test(worked_example, half_pass_through)
{
    struct tol_score_row row = score_one(0.5, 4, exporter());
    double q = 1 / (1.15 * 1.15); /* p = 1.15^0.5, q = p^-4 */
    double phi = 1 / sqrt(1.15);  /* g^(rho - 1) */
    near(row.duty_export_eur, 15);
    near(row.price_cut_eur, 100 * q * (phi - 1));
    near(row.volume_loss_eur, 100 * (q - 1));
    near(row.ebitda_change_eur, 100 * q * (phi - 1) + 0.3 * 100 * (q - 1));
}

Test(worked_example, no_pass_through_is_all_price)
{
    struct tol_score_row row = score_one(0, 4, exporter());
    near(row.price_cut_eur, 100 * (1 / 1.15 - 1));
    near(row.volume_loss_eur, 0);
    near(row.ebitda_change_eur, 100 * (1 / 1.15 - 1));
}

Test(worked_example, purchases)
{
    struct portfolio *portfolio = portfolio_new(1, 1);
    double *number = portfolio->firm[0].number;
    number[TOL_REVENUE] = 400;
    number[TOL_PURCHASES_TOTAL] = 200;
    number[TOL_EBITDA] = 40;
    number[TOL_CONTRIBUTION_MARGIN] = 0.3;
    number[TOL_COST_PASS_THROUGH] = 0.5;
    portfolio_buy(portfolio, 0, "CN", "8501101000", 80);
    portfolio->line[TOL_PURCHASES][0].importer = country("US");
    struct tol_score_row row = score_one(1, 4, portfolio);
    near(row.duty_import_eur, 12);
    near(row.direct_cost_rise, 12.0 / 200);
    near(row.ebitda_change_eur, -6);
    near(row.china_purchase_share, 0.4);
    near(row.margin_at_risk, 0.15);
    cr_assert(isnan(row.interest_cover));
}

Test(worked_example, a_quarter_of_ebitda_at_risk_scores_fifty)
{
    struct portfolio *portfolio = portfolio_new(1, 1);
    double *number = portfolio->firm[0].number;
    number[TOL_REVENUE] = 100;
    number[TOL_EBITDA] = 60;
    number[TOL_CONTRIBUTION_MARGIN] = 1;
    portfolio_buy(portfolio, 0, "CN", "8501101000", 100);
    portfolio->line[TOL_PURCHASES][0].importer = country("US");
    struct tol_score_row row = score_one(1, 4, portfolio);
    near(row.margin_at_risk, 0.25);
    near(row.score, 50);
}
