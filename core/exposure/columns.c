#include "tolmuur/exposure.h"

#define NUMBER(field)                                                                                                  \
    {                                                                                                                  \
        .name = #field, .kind = TOL_COLUMN_NUMBER, .offset = offsetof(struct tol_score_row, field)                     \
    }

static const struct tol_score_column columns[] = {
    {.name = "firm_id", .kind = TOL_COLUMN_FIRM_ID},
    {.name = "scenario", .kind = TOL_COLUMN_SCENARIO},
    {.name = "on", .kind = TOL_COLUMN_ON},
    {.name = "law_version", .kind = TOL_COLUMN_LAW_VERSION},
    NUMBER(revenue_eur),
    NUMBER(us_sales_share),
    NUMBER(china_purchase_share),
    NUMBER(duty_export_eur),
    NUMBER(duty_import_eur),
    NUMBER(price_cut_eur),
    NUMBER(volume_loss_eur),
    NUMBER(diversion_gain_eur),
    NUMBER(direct_demand_loss),
    NUMBER(indirect_demand_loss),
    NUMBER(direct_cost_rise),
    NUMBER(indirect_cost_rise),
    NUMBER(ebitda_change_eur),
    NUMBER(margin_at_risk),
    NUMBER(margin_change),
    NUMBER(interest_cover),
    NUMBER(hhi_origin),
    NUMBER(hhi_destination),
    NUMBER(origin_risk),
    NUMBER(opportunity_eur),
    {.name = "best_hub", .kind = TOL_COLUMN_COUNTRY, .offset = offsetof(struct tol_score_row, best_hub)},
    NUMBER(best_hub_gain_eur),
    NUMBER(reverse_stress_duty),
    NUMBER(vulnerability),
    NUMBER(score_exposure),
    NUMBER(score),
    {.name = "band", .kind = TOL_COLUMN_BAND},
    NUMBER(ebitda_change_low_eur),
    NUMBER(ebitda_change_high_eur),
    {.name = "widest_unknown", .kind = TOL_COLUMN_FACT, .offset = offsetof(struct tol_score_row, widest_unknown)},
    {.name = "confidence", .kind = TOL_COLUMN_CONFIDENCE},
    {.name = "flags", .kind = TOL_COLUMN_FLAGS},
    NUMBER(draw_mean_eur),
    NUMBER(p05),
    NUMBER(p50),
    NUMBER(p95),
    NUMBER(expected_shortfall),
};
enum { COLUMNS_OF_DRAWS = 5 };

const struct tol_score_column *tol_score_columns(size_t *count)
{
    *count = sizeof columns / sizeof columns[0] - COLUMNS_OF_DRAWS;
    return columns;
}

const struct tol_score_column *tol_score_columns_with_draws(size_t *count)
{
    *count = sizeof columns / sizeof columns[0];
    return columns;
}

static const char *const flag_names[] = {
    "no_market",          "importer_law_unknown", "product_aggregated",   "product_unknown",
    "specific_excluded",  "base_dated",           "unconfirmed",          "past_coverage",
    "elasticity_imputed", "ebitda_missing",       "ebitda_not_positive",  "interest_missing",
    "purchases_missing",  "margin_imputed",       "sales_exceed_revenue", "purchases_exceed_total",
    "product_mapped",     "resilience_unknown",   "pass_through_imputed", "chain_unbounded",
};

const char *tol_score_flag_name(unsigned bit_index)
{
    return bit_index < sizeof flag_names / sizeof flag_names[0] ? flag_names[bit_index] : NULL;
}
