/* From the sums of a member to its row. */
#include "exposure/what_if.h"

#include <math.h>
#include <string.h>

const double tol_stress_step[TOL_STRESS_STEPS] = {0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2};

bool tol_what_if_allocate(const struct tol_plan *plan, struct tol_keep *keep, struct tol_what_if_sums *sums)
{
    size_t scenarios = plan->scenario_count;
    sums->origin = tol_keep_array(keep, plan->what_if.origin_stride, sizeof(double));
    sums->stress = tol_keep_array(keep, scenarios * TOL_REVENUE_FACTOR_COUNT * TOL_LANES, sizeof(double));
    sums->move = tol_keep_array(keep, scenarios * TOL_LANES, sizeof(double));
    return sums->origin != NULL && sums->stress != NULL && sums->move != NULL;
}

/* First line from `line` on, before `end`, whose cell is not before `cell`. */
static uint64_t lower_line(const struct tol_plan_side *side, uint64_t line, uint64_t end, uint64_t cell)
{
    while (line < end) {
        uint64_t middle = line + (end - line) / 2;
        if (side->line_cell[middle] < cell) {
            line = middle + 1;
        } else {
            end = middle;
        }
    }
    return line;
}

static struct tol_cell_range lines_on(const struct tol_plan_side *side, struct tol_cell_range cells, uint64_t member)
{
    uint64_t end = side->line_start[member + 1];
    struct tol_cell_range lines;
    lines.first = lower_line(side, side->line_start[member], end, cells.first);
    lines.end = lower_line(side, lines.first, end, cells.end);
    return lines;
}

/* Sum over the lines of table [cell of the range][row_count][TOL_LANES]. */
static void sum_rows(const struct tol_plan *plan, const struct tol_plan_side *side, struct tol_cell_range lines,
                     uint64_t first_cell, size_t row_count, const double *table, double *sum)
{
    size_t stride = row_count * TOL_LANES;
    memset(sum, 0, stride * sizeof *sum);
    for (uint64_t i = lines.first; i < lines.end; i++) {
        const uint32_t target = 0;
        plan->kernels->scatter_add(row_count, 1, &target, &side->line_value_eur[i],
                                   table + (side->line_cell[i] - first_cell) * stride, stride, sum);
    }
}

double tol_what_if_content(const struct tol_resolved_firm *firm)
{
    double content = firm->revenue_eur > 0 ? firm->china_purchase_share * firm->purchases_eur / firm->revenue_eur : NAN;
    return content > 1 ? 1 : content; /* NaN stays */
}

static bool may_be_chinese(const struct tol_plan *plan, const struct tol_resolved_firm *firm)
{
    return tol_what_if_content(firm) >= plan->settings.origin_content;
}

static bool pays_interest(const struct tol_resolved_firm *firm)
{
    return firm->interest_eur > 0 && !isnan(firm->ebitda_eur);
}

static void sum_origin(const struct tol_plan *plan, struct tol_cell_range sold, struct tol_what_if_sums *sums)
{
    const struct tol_what_if *what_if = &plan->what_if;
    sum_rows(plan, &plan->side[TOL_SALES], sold, what_if->us_sales.first, what_if->origin_stride / TOL_LANES,
             what_if->origin, sums->origin);
}

void tol_what_if_sum_origin(const struct tol_plan *plan, uint64_t member, struct tol_what_if_sums *sums)
{
    sum_origin(plan, lines_on(&plan->side[TOL_SALES], plan->what_if.us_sales, member), sums);
}

void tol_what_if_sum(const struct tol_plan *plan, uint64_t member, const struct tol_resolved_firm *firm,
                     struct tol_what_if_sums *sums)
{
    const struct tol_what_if *what_if = &plan->what_if;
    const struct tol_plan_side *sales = &plan->side[TOL_SALES];
    const struct tol_plan_side *purchases = &plan->side[TOL_PURCHASES];
    struct tol_cell_range sold = lines_on(sales, what_if->us_sales, member);
    struct tol_cell_range bought = lines_on(purchases, what_if->china_purchases, member);
    sums->sells_to_us = sold.first < sold.end;
    sums->buys_from_china = bought.first < bought.end && what_if->hub_count > 0;
    if (sums->sells_to_us && may_be_chinese(plan, firm)) {
        sum_origin(plan, sold, sums);
    }
    if (sums->sells_to_us && pays_interest(firm)) {
        sum_rows(plan, sales, sold, what_if->us_sales.first, plan->scenario_count * TOL_REVENUE_FACTOR_COUNT,
                 what_if->stress, sums->stress);
    }
    if (sums->buys_from_china) {
        sum_rows(plan, purchases, bought, what_if->china_purchases.first, plan->scenario_count, what_if->move,
                 sums->move);
    }
}

/* ---- Chinese origin -------------------------------------------------------------------------------------------- */

static double origin_sum(const struct tol_what_if_sums *sums, uint32_t scenario, enum tol_reading reading,
                         enum tol_revenue_factor factor)
{
    return sums->origin[(scenario * (size_t)TOL_READING_COUNT + reading) * TOL_REVENUE_FACTOR_COUNT + factor];
}

double tol_what_if_origin_loss(const struct tol_what_if_sums *sums, const struct tol_resolved_firm *firm,
                               uint32_t scenario)
{
    if (!sums->sells_to_us || !(firm->revenue_eur > 0)) {
        return 0;
    }
    double cut = origin_sum(sums, scenario, TOL_READING_CENTRAL, TOL_REVENUE_PRICE_CUT);
    double volume = origin_sum(sums, scenario, TOL_READING_CENTRAL, TOL_REVENUE_VOLUME);
    return fmax(0, -(cut + volume) / firm->revenue_eur) + 0.0;
}

static void set_origin(const struct tol_plan *plan, const struct tol_what_if_sums *sums,
                       const struct tol_resolved_firm *firm, double high_eur, struct tol_score_row *row)
{
    row->origin_risk = 0;
    if (!sums->sells_to_us || !may_be_chinese(plan, firm)) {
        return;
    }
    row->origin_risk = tol_what_if_origin_loss(sums, firm, row->scenario);
    double high_cut = origin_sum(sums, row->scenario, TOL_READING_HIGH, TOL_REVENUE_PRICE_CUT);
    double high_volume = origin_sum(sums, row->scenario, TOL_READING_HIGH, TOL_REVENUE_VOLUME);
    double high_origin_eur = fma(firm->contribution_margin, high_volume, high_eur + high_cut);
    row->ebitda_change_low_eur = fmin(row->ebitda_change_low_eur, high_origin_eur);
    row->ebitda_change_high_eur = fmax(row->ebitda_change_high_eur, high_origin_eur);
}

/* ---- hubs ------------------------------------------------------------------------------------------------------ */

double tol_what_if_hub_gain(const struct tol_plan *plan, const struct tol_what_if_sums *sums,
                            const struct tol_resolved_firm *firm, uint32_t scenario, size_t hub)
{
    double borne = plan->settings.hub_share * (1 - firm->cost_pass_through);
    return borne * sums->move[scenario * (size_t)TOL_LANES + hub];
}

static void set_hub(const struct tol_plan *plan, const struct tol_what_if_sums *sums,
                    const struct tol_resolved_firm *firm, struct tol_score_row *row)
{
    row->best_hub = 0;
    row->best_hub_gain_eur = 0;
    for (size_t h = 0; sums->buys_from_china && h < plan->what_if.hub_count; h++) {
        double gain_eur = tol_what_if_hub_gain(plan, sums, firm, row->scenario, h);
        if (gain_eur > row->best_hub_gain_eur) {
            row->best_hub = plan->what_if.hub[h].country;
            row->best_hub_gain_eur = gain_eur;
        }
    }
}

/* ---- reverse stress -------------------------------------------------------------------------------------------- */

/* The duty where a line from (from, before) to (to, after) meets `floor`. */
static double crossing(double from, double before, double to, double after, double floor)
{
    return from + (to - from) * ((before - floor) / (before - after));
}

static void set_stress(const struct tol_plan *plan, const struct tol_what_if_sums *sums,
                       const struct tol_resolved_firm *firm, struct tol_score_row *row)
{
    row->reverse_stress_duty = NAN;
    double floor_eur = plan->settings.interest_cover_floor * firm->interest_eur;
    double before_eur = firm->ebitda_eur + row->ebitda_change_eur;
    if (!pays_interest(firm)) {
        return;
    }
    if (before_eur <= floor_eur) {
        row->reverse_stress_duty = 0;
        return;
    }
    double duty = 0;
    double last_eur = before_eur;
    const double *cut = sums->stress + row->scenario * (size_t)TOL_REVENUE_FACTOR_COUNT * TOL_LANES;
    for (size_t k = 0; sums->sells_to_us && k < TOL_STRESS_STEPS; k++) {
        double after_eur = before_eur + fma(firm->contribution_margin, cut[TOL_LANES + k], cut[k]);
        if (after_eur <= floor_eur) {
            row->reverse_stress_duty = crossing(duty, last_eur, tol_stress_step[k], after_eur, floor_eur);
            return;
        }
        duty = tol_stress_step[k];
        last_eur = after_eur;
    }
}

void tol_what_if_row(const struct tol_plan *plan, const struct tol_what_if_sums *sums,
                     const struct tol_resolved_firm *firm, double high_eur, struct tol_score_row *row)
{
    set_origin(plan, sums, firm, high_eur, row);
    set_hub(plan, sums, firm, row);
    set_stress(plan, sums, firm, row);
}
