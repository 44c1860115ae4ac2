#include "totals_figures.h"

#include <math.h>

const struct totals_column totals_columns[TOTALS_COLUMNS] = {
    {"revenue_eur", "revenue EUR", 0},
    {"duty_export_eur", "duty on sales", 0},
    {"duty_import_eur", "duty on purchases", 0},
    {"ebitda_change_eur", "EBITDA change", 0},
    {"ebitda_change_low_eur", "low", 0},
    {"ebitda_change_high_eur", "high", 0},
    {"loan_eur", "loans EUR", 0},
    {"loan_weighted_score", "score by loans", 1},
    {"loan_weighted_margin_at_risk", "margin at risk by loans", 3},
};
const char *const totals_band_names[TOL_BAND_NONE + 1] = {"band_a", "band_b", "band_c",
                                                          "band_d", "band_e", "band_none"};

void totals_get_columns(const struct total *total, double figure[TOTALS_COLUMNS])
{
    const struct exact_sum *const shown[] = {
        &total->revenue_eur,       &total->duty_export_eur,       &total->duty_import_eur,
        &total->ebitda_change_eur, &total->ebitda_change_low_eur, &total->ebitda_change_high_eur,
        &total->loan_eur};
    enum { SUMS = sizeof shown / sizeof shown[0] };
    for (size_t i = 0; i < SUMS; i++) {
        figure[i] = exact_sum_get(shown[i]);
    }
    double loan_eur = figure[SUMS - 1];
    figure[SUMS] = loan_eur > 0 ? exact_sum_get(&total->loan_score) / loan_eur : NAN;
    figure[SUMS + 1] = loan_eur > 0 ? exact_sum_get(&total->loan_margin_at_risk_eur) / loan_eur : NAN;
}

const char *const totals_draw_names[TOTALS_DRAWS] = {"draw_mean_eur", "p05", "p50", "p95", "expected_shortfall"};

void totals_get_draws(const struct drawn_total *drawn, double numbers[TOTALS_DRAWS])
{
    const struct tol_draw_statistics *of = &drawn->statistics;
    const double all[TOTALS_DRAWS] = {of->mean, of->p05, of->p50, of->p95, of->expected_shortfall};
    for (size_t i = 0; i < TOTALS_DRAWS; i++) {
        numbers[i] = all[i];
    }
}

/* ---- single figures -------------------------------------------------------------------------------------------- */

static const char *const share_names[] = {"band_a_share", "band_b_share", "band_c_share",
                                          "band_d_share", "band_e_share", "band_none_share"};
enum {
    BAND_COUNT = TOL_BAND_NONE + 1,
    FIRST_BAND = 1 + TOTALS_COLUMNS,
    FIRST_SHARE = FIRST_BAND + BAND_COUNT,
    FIRST_DRAW = FIRST_SHARE + BAND_COUNT,
    ALL_FIGURES = FIRST_DRAW + TOTALS_DRAWS
};

const char *totals_figure_name(size_t figure)
{
    if (figure == 0) {
        return "firms";
    }
    if (figure < FIRST_BAND) {
        return totals_columns[figure - 1].name;
    }
    if (figure < FIRST_SHARE) {
        return totals_band_names[figure - FIRST_BAND];
    }
    if (figure < FIRST_DRAW) {
        return share_names[figure - FIRST_SHARE];
    }
    return figure < ALL_FIGURES ? totals_draw_names[figure - FIRST_DRAW] : NULL;
}

bool totals_figure_is_drawn(size_t figure)
{
    return figure >= FIRST_DRAW;
}

double totals_figure(const struct totals *totals, size_t group, size_t scenario, size_t figure)
{
    const struct total *total = &totals->group[group * totals->scenario_count + scenario];
    double values[TOTALS_COLUMNS], draws[TOTALS_DRAWS];
    if (figure == 0) {
        return (double)total->firms;
    }
    if (figure < FIRST_BAND) {
        totals_get_columns(total, values);
        return values[figure - 1];
    }
    if (figure < FIRST_SHARE) {
        return (double)total->in_band[figure - FIRST_BAND];
    }
    if (figure < FIRST_DRAW) {
        return total->firms > 0 ? (double)total->in_band[figure - FIRST_SHARE] / (double)total->firms : NAN;
    }
    totals_get_draws(&totals->drawn[scenario], draws);
    return totals->drawn[scenario].known ? draws[figure - FIRST_DRAW] : NAN;
}
