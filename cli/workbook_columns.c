#include "workbook_columns.h"

#include <string.h>

/* docs/output-columns.md has the formulas. */
static const struct workbook_column columns[] = {
    {"scenario", TOL_CELL_TEXT, "text", "name of the scenario; a plain day is named by its date"},
    {"on", TOL_CELL_DAY, "date", "day of the law"},
    {"law_version", TOL_CELL_TEXT, "text", "hash over the law tables; a scenario with changes has its own"},
    {"sector", TOL_CELL_TEXT, "NACE", "sector of the firms, as given"},
    {"country", TOL_CELL_TEXT, "ISO 3166", "country of the firms"},
    {"band", TOL_CELL_TEXT, "A to E", "band of the score, A the best; none or empty without a score"},
    {"firms", TOL_CELL_AMOUNT, "firms", "firms in the group"},
    {"rank", TOL_CELL_AMOUNT, "number", "1: the least ebitda_change_eur of the scenario"},
    {"firm_id", TOL_CELL_TEXT, "text", "as in the firms table"},
    {"name", TOL_CELL_TEXT, "text", "as in the firms table"},
    {"loan_eur", TOL_CELL_AMOUNT, "EUR", "loans; in totals those of firms that have a score"},
    {"revenue_eur", TOL_CELL_AMOUNT, "EUR a year", "revenue, as given"},
    {"us_sales_share", TOL_CELL_SHARE, "share of revenue", "sales into the US"},
    {"china_purchase_share", TOL_CELL_SHARE, "share of purchases", "purchases from China"},
    {"duty_export_eur", TOL_CELL_AMOUNT, "EUR a year", "change of duty on what the firms sell"},
    {"duty_import_eur", TOL_CELL_AMOUNT, "EUR a year", "change of duty on what the firms buy"},
    {"price_cut_eur", TOL_CELL_AMOUNT, "EUR a year", "revenue given up by lowering the own price"},
    {"volume_loss_eur", TOL_CELL_AMOUNT, "EUR a year", "revenue change by volume; negative is a loss"},
    {"diversion_gain_eur", TOL_CELL_AMOUNT, "EUR a year", "part of the revenue change that the duties of rivals bring"},
    {"direct_demand_loss", TOL_CELL_SHARE, "share of revenue", "lost by the firm's own lines; negative is a gain"},
    {"indirect_demand_loss", TOL_CELL_SHARE, "share of revenue", "orders that customers drop, all tiers"},
    {"direct_cost_rise", TOL_CELL_SHARE, "share of purchases", "what the firm's own purchases cost more"},
    {"indirect_cost_rise", TOL_CELL_SHARE, "share of purchases", "what suppliers pass on, all tiers"},
    {"ebitda_change_eur", TOL_CELL_AMOUNT, "EUR a year", "change of EBITDA, central reading; negative is a loss"},
    {"margin_at_risk", TOL_CELL_SHARE, "share of EBITDA", "EBITDA that is lost"},
    {"margin_change", TOL_CELL_SHARE, "share of revenue", "change of EBITDA"},
    {"interest_cover", TOL_CELL_RATIO, "ratio", "EBITDA after the change over interest"},
    {"hhi_origin", TOL_CELL_RATIO, "0 to 1", "concentration of purchases by origin"},
    {"hhi_destination", TOL_CELL_RATIO, "0 to 1", "concentration of sales by destination"},
    {"origin_risk", TOL_CELL_SHARE, "share of revenue", "further loss if sales into the US were given Chinese origin"},
    {"opportunity_eur", TOL_CELL_AMOUNT, "EUR a year", "revenue gained on the lines that gain"},
    {"best_hub", TOL_CELL_TEXT, "ISO 3166", "where purchases from China would be cheapest; empty when staying is"},
    {"best_hub_gain_eur", TOL_CELL_AMOUNT, "EUR a year", "EBITDA gained by moving a part of them there"},
    {"reverse_stress_duty", TOL_CELL_SHARE, "fraction",
     "least further US duty that brings interest cover to its floor"},
    {"vulnerability", TOL_CELL_RATIO, "0.5 to 2", "how ill the firm stands a blow; 1 where nothing is known"},
    {"score_exposure", TOL_CELL_SCORE, "0 to 100", "how hard the blow is"},
    {"score", TOL_CELL_SCORE, "0 to 100", "the blow and how well the firm stands"},
    {"ebitda_change_low_eur", TOL_CELL_AMOUNT, "EUR a year", "least change of EBITDA over the readings of the law"},
    {"ebitda_change_high_eur", TOL_CELL_AMOUNT, "EUR a year", "greatest change of EBITDA over the readings of the law"},
    {"widest_unknown", TOL_CELL_TEXT, "text", "the fact that would narrow the range most if it were known"},
    {"confidence", TOL_CELL_TEXT, "text",
     "high, medium or low: how much of the value stands on known law and products"},
    {"flags", TOL_CELL_TEXT, "text", "notes, joined by ;"},
    {"loan_weighted_score", TOL_CELL_SCORE, "0 to 100", "mean score, weighted by loans; empty without any"},
    {"loan_weighted_margin_at_risk", TOL_CELL_SHARE, "share of EBITDA", "mean margin_at_risk, weighted by loans"},
    {"band_a", TOL_CELL_AMOUNT, "firms", "firms in band A"},
    {"band_b", TOL_CELL_AMOUNT, "firms", "firms in band B"},
    {"band_c", TOL_CELL_AMOUNT, "firms", "firms in band C"},
    {"band_d", TOL_CELL_AMOUNT, "firms", "firms in band D"},
    {"band_e", TOL_CELL_AMOUNT, "firms", "firms in band E"},
    {"band_none", TOL_CELL_AMOUNT, "firms", "firms without a score"},
    {"band_a_share", TOL_CELL_SHARE, "share of firms", "firms in band A"},
    {"band_b_share", TOL_CELL_SHARE, "share of firms", "firms in band B"},
    {"band_c_share", TOL_CELL_SHARE, "share of firms", "firms in band C"},
    {"band_d_share", TOL_CELL_SHARE, "share of firms", "firms in band D"},
    {"band_e_share", TOL_CELL_SHARE, "share of firms", "firms in band E"},
    {"band_none_share", TOL_CELL_SHARE, "share of firms", "firms without a score"},
    {"draw_mean_eur", TOL_CELL_AMOUNT, "EUR a year", "change of EBITDA, mean of the draws"},
    {"p05", TOL_CELL_AMOUNT, "EUR a year", "change of EBITDA that 5 in 100 draws do not exceed"},
    {"p50", TOL_CELL_AMOUNT, "EUR a year", "change of EBITDA, median of the draws"},
    {"p95", TOL_CELL_AMOUNT, "EUR a year", "change of EBITDA that 95 in 100 draws do not exceed"},
    {"expected_shortfall", TOL_CELL_AMOUNT, "EUR a year", "mean change of EBITDA over the worst 5 in 100 draws"},
};

const struct workbook_column *workbook_column_at(size_t i)
{
    return i < sizeof columns / sizeof columns[0] ? &columns[i] : NULL;
}

const struct workbook_column *workbook_column_named(const char *name)
{
    const struct workbook_column *column;
    for (size_t i = 0; (column = workbook_column_at(i)) != NULL && strcmp(column->name, name) != 0;) {
        i++;
    }
    return column;
}
