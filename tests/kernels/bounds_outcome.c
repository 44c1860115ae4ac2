/* firm_outcome stage by stage against long double: each stage takes the number that the kernel itself printed for the stage before. */
#include "bounds.h"

/* One firm, one lane. */
struct view {
    const struct kernel_case *inputs;
    const double *out;
    size_t firm, at;
};

static long double sales_sum(const struct view *v, enum tol_sales_factor factor)
{
    size_t size = v->inputs->row_count * TOL_LANES;
    return v->inputs->first.values[(v->firm * TOL_SALES_FACTOR_COUNT + factor) * size + v->at];
}

static long double cost_rise(const struct view *v)
{
    size_t size = v->inputs->row_count * TOL_LANES;
    return v->inputs->second.values[(v->firm * TOL_PURCHASE_FACTOR_COUNT + TOL_PURCHASE_COST_RISE) * size + v->at];
}

static double outcome(const struct view *v, enum tol_outcome which)
{
    size_t size = v->inputs->row_count * TOL_LANES;
    return v->out[(v->firm * TOL_OUTCOME_COUNT + which) * size + v->at];
}

static void each_view(void (*check)(const char *isa, const struct view *view))
{
    for (size_t i = 0; runnable_variant(i) != NULL; i++) {
        struct kernel_case inputs = kernel_case_new(CASE_FIRM_OUTCOME, CASE_USUAL, 500, 2, case_seed());
        struct guarded out = guarded_new(kernel_case_out_count(&inputs));
        kernel_case_run(runnable_variant(i), &inputs, out.values);
        for (size_t f = 0; f < inputs.count; f++)
            for (size_t at = 0; at < inputs.row_count * TOL_LANES; at++)
                check(runnable_variant(i)->isa, &(struct view){&inputs, out.values, f, at});
        guarded_free(&out);
        kernel_case_free(&inputs);
    }
}

static long double along_chain(const struct view *v, const struct guarded *shares)
{
    return shares->values[v->firm * v->inputs->row_count * TOL_LANES + v->at];
}

static void check_ebitda_change(const char *isa, const struct view *v)
{
    const struct tol_firm_inputs *firm = &v->inputs->firm;
    const long double margin = firm->contribution_margin[v->firm], revenue = firm->revenue_eur[v->firm];
    long double price_cut = sales_sum(v, TOL_SALES_PRICE_CUT);
    long double volume = margin * sales_sum(v, TOL_SALES_VOLUME);
    long double lost_orders = margin * revenue * along_chain(v, &v->inputs->third);
    long double borne = 1 - (long double)firm->cost_pass_through[v->firm];
    long double own_cost = borne * cost_rise(v);
    long double inputs_cost = borne * firm->purchases_eur[v->firm] * along_chain(v, &v->inputs->fourth);
    check_near("ebitda_change", isa, outcome(v, TOL_OUTCOME_EBITDA_CHANGE),
               price_cut + volume - lost_orders - own_cost - inputs_cost,
               5 * u * (fabsl(price_cut) + fabsl(volume) + fabsl(lost_orders) + fabsl(own_cost) + fabsl(inputs_cost)));
}

Test(bounds_outcome, ebitda_change)
{
    each_view(check_ebitda_change);
}

static void check_losses(const char *isa, const struct view *v)
{
    long double change = sales_sum(v, TOL_SALES_PRICE_CUT) + sales_sum(v, TOL_SALES_VOLUME);
    long double demand_loss = -change / v->inputs->firm.revenue_eur[v->firm];
    long double dearer = cost_rise(v) / v->inputs->firm.purchases_eur[v->firm];
    check_near("demand_loss", isa, outcome(v, TOL_OUTCOME_DEMAND_LOSS), demand_loss, 2.01L * u * fabsl(demand_loss));
    check_near("cost_rise", isa, outcome(v, TOL_OUTCOME_COST_RISE), dearer, 1.01L * u * fabsl(dearer));
}

Test(bounds_outcome, demand_loss_and_cost_rise)
{
    each_view(check_losses);
}

static void check_ratios(const char *isa, const struct view *v)
{
    const struct tol_firm_inputs *firm = &v->inputs->firm;
    long double change = outcome(v, TOL_OUTCOME_EBITDA_CHANGE), ebitda = firm->ebitda_eur[v->firm];
    long double margin_change = change / firm->revenue_eur[v->firm];
    long double cover = (ebitda + change) / firm->interest_eur[v->firm];
    check_near("margin_change", isa, outcome(v, TOL_OUTCOME_MARGIN_CHANGE), margin_change,
               1.01L * u * fabsl(margin_change));
    check_near("interest_cover", isa, outcome(v, TOL_OUTCOME_INTEREST_COVER), cover, 2.01L * u * fabsl(cover));
    if (ebitda > 0) {
        long double at_risk = fmaxl(0, -change) / ebitda;
        check_near("margin_at_risk", isa, outcome(v, TOL_OUTCOME_MARGIN_AT_RISK), at_risk, 1.01L * u * at_risk);
    }
}

Test(bounds_outcome, ratios)
{
    each_view(check_ratios);
}

/* 8 u is 4 ulp at most. */
static void check_scores(const char *isa, const struct view *v)
{
    long double at_risk = outcome(v, TOL_OUTCOME_MARGIN_AT_RISK);
    if (isnan(at_risk))
        return;
    long double half = v->inputs->half_margin, vulnerability = v->inputs->firm.vulnerability[v->firm];
    long double exposure = 100 * (1 - exp2l(-at_risk / half)),
                score = 100 * (1 - exp2l(-at_risk * vulnerability / half));
    check_near("score_exposure", isa, outcome(v, TOL_OUTCOME_SCORE_EXPOSURE), exposure, 8 * u * exposure + 1e-17L);
    check_near("score", isa, outcome(v, TOL_OUTCOME_SCORE), score, 8 * u * score + 1e-17L);
}

Test(bounds_outcome, scores)
{
    each_view(check_scores);
}
