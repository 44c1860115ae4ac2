/* What stands beside the sum: sales that gain and from whom, Chinese origin, hubs. */
#include <math.h>

#include "exposure/explain.h"
#include "exposure/markets.h"
#include "exposure/what_if.h"

static const tol_country china = 'C' << 8 | 'N';

/* ---- gains ----------------------------------------------------------------------------------------------------- */

static struct tol_rate_total total_of(const struct tol_plan *plan, const struct tol_world *world,
                                      const struct tol_market *market, tol_country origin)
{
    /* As the markets are priced: of other suppliers' goods nothing more is known. */
    const struct tol_rate_query query = {.into = market->importer,
                                         .from = origin,
                                         .product = market->product,
                                         .on = world->on,
                                         .assume = plan->settings.assume};
    struct tol_rate_total total;
    tol_law_total(world->law, &query, &total);
    return total;
}

static double push(const struct tol_explained_rival *rival)
{
    return rival->import_share * (rival->new_rate - rival->base_rate);
}

/* Keeps the list sorted; the last falls out. */
static void take_rival(struct tol_explained_gain *gain, struct tol_explained_rival rival)
{
    size_t at = gain->rival_count;
    while (at > 0 && push(&gain->rival[at - 1]) < push(&rival)) {
        at--;
    }
    if (at == TOL_EXPLAINED_RIVALS_MAX) {
        return;
    }
    gain->rival_count += gain->rival_count < TOL_EXPLAINED_RIVALS_MAX;
    for (size_t i = gain->rival_count - 1; i > at; i--) {
        gain->rival[i] = gain->rival[i - 1];
    }
    gain->rival[at] = rival;
}

static void find_rivals(const struct tol_question *question, struct tol_explained_gain *gain)
{
    const struct tol_plan *plan = question->plan;
    uint64_t number = tol_markets_slot(plan, &gain->cell);
    if (number == TOL_NO_MARKET) {
        return;
    }
    struct tol_market market = tol_market_at(plan->economy, number);
    for (uint32_t k = 0; k < market.origin_count; k++) {
        struct tol_explained_rival rival = {
            .origin = market.origin[k].origin,
            .import_share = market.origin[k].import_share,
            .base_rate = total_of(plan, &plan->world[0], &market, market.origin[k].origin).central,
            .new_rate = total_of(plan, tol_question_world(question), &market, market.origin[k].origin).central,
        };
        if (rival.origin != gain->cell.origin && rival.new_rate > rival.base_rate) {
            take_rival(gain, rival);
        }
    }
}

static void take_gain(struct tol_explanation *explanation, const struct tol_explained_line *line)
{
    explanation->gaining_lines++;
    size_t at = explanation->gain_count;
    while (at > 0 && explanation->gain[at - 1].revenue_change_eur < line->revenue_change_eur) {
        at--;
    }
    if (at == TOL_EXPLAINED_GAINS_MAX) {
        return;
    }
    explanation->gain_count += explanation->gain_count < TOL_EXPLAINED_GAINS_MAX;
    for (size_t i = explanation->gain_count - 1; i > at; i--) {
        explanation->gain[i] = explanation->gain[i - 1];
    }
    explanation->gain[at] = (struct tol_explained_gain){
        .cell = line->cell,
        .value_eur = line->value_eur,
        .revenue_change_eur = line->revenue_change_eur,
        .diversion_eur = line->revenue_diversion_eur,
    };
}

static enum tol_status fill_gains(const struct tol_question *question, struct tol_explanation *explanation,
                                  struct tol_error *error)
{
    const struct tol_plan *plan = question->plan;
    for (size_t i = 0; i < explanation->line_count; i++) {
        const struct tol_explained_line *line = &explanation->line[i];
        if (line->side == TOL_SALES && line->revenue_change_eur > 0) {
            take_gain(explanation, line);
        }
    }
    enum tol_status status = TOL_OK;
    /* A plan of one firm comes from an economy of which only look-ups are known to be whole. */
    if (explanation->gain_count > 0 && plan->economy != NULL && plan->member != NULL) {
        status = tol_economy_verify_origins(plan->economy, error);
    }
    for (size_t i = 0; status == TOL_OK && i < explanation->gain_count; i++) {
        find_rivals(question, &explanation->gain[i]);
    }
    return status;
}

/* ---- origin ---------------------------------------------------------------------------------------------------- */

static void fill_origin(const struct tol_question *question, struct tol_what_if_sums *sums,
                        struct tol_explained_origin *origin)
{
    tol_what_if_sum_origin(question->plan, question->member, sums);
    double loss = tol_what_if_origin_loss(sums, &question->firm, question->scenario);
    *origin = (struct tol_explained_origin){
        .sells_to_us = sums->sells_to_us,
        .content = tol_what_if_content(&question->firm),
        .threshold = question->plan->settings.origin_content,
        .loss_share = loss,
        .loss_eur = loss * question->firm.revenue_eur,
    };
}

/* ---- hubs ------------------------------------------------------------------------------------------------------ */

/* Herfindahl of the purchases by origin after `moved_eur` of them have gone from China to another country. Lines are sorted by origin. */
static double hhi_after(const struct tol_question *question, double moved_eur, tol_country to)
{
    const struct tol_plan_side *side = &question->plan->side[TOL_PURCHASES];
    uint64_t end = side->line_start[question->member + 1];
    double total = 0;
    double squares = 0;
    bool arrived = to == china;
    for (uint64_t i = side->line_start[question->member]; i < end;) {
        tol_country origin = side->cell[side->line_cell[i]].origin;
        double value = 0;
        for (; i < end && side->cell[side->line_cell[i]].origin == origin; i++) {
            value += side->line_value_eur[i];
        }
        value += origin == to ? moved_eur : 0;
        value -= origin == china ? moved_eur : 0;
        arrived = arrived || origin == to;
        total += value;
        squares = fma(value, value, squares);
    }
    if (!arrived) {
        total += moved_eur;
        squares = fma(moved_eur, moved_eur, squares);
    }
    return total > 0 ? squares / (total * total) : NAN;
}

static double bought_from_china_eur(const struct tol_question *question)
{
    const struct tol_plan_side *side = &question->plan->side[TOL_PURCHASES];
    double value = 0;
    for (uint64_t i = side->line_start[question->member]; i < side->line_start[question->member + 1]; i++) {
        value += side->cell[side->line_cell[i]].origin == china ? side->line_value_eur[i] : 0;
    }
    return value;
}

static void fill_hubs(const struct tol_question *question, const struct tol_what_if_sums *sums,
                      struct tol_explanation *explanation)
{
    const struct tol_what_if *what_if = &question->plan->what_if;
    double moved_eur = question->plan->settings.hub_share * bought_from_china_eur(question);
    for (size_t h = 0; sums->buys_from_china && h < what_if->hub_count; h++) {
        struct tol_explained_hub hub = {
            .country = what_if->hub[h].country,
            .cost_premium = what_if->hub[h].cost_premium,
            .gain_eur = tol_what_if_hub_gain(question->plan, sums, &question->firm, question->scenario, h),
            .hhi_origin = hhi_after(question, moved_eur, what_if->hub[h].country),
        };
        size_t at = explanation->hub_count++;
        for (; at > 0 && explanation->hub[at - 1].gain_eur < hub.gain_eur; at--) {
            explanation->hub[at] = explanation->hub[at - 1];
        }
        explanation->hub[at] = hub;
    }
    explanation->hub_share = question->plan->settings.hub_share;
}

enum tol_status tol_explain_beside(const struct tol_question *question, struct tol_what_if_sums *sums,
                                   struct tol_explanation *explanation, struct tol_error *error)
{
    enum tol_status status = fill_gains(question, explanation, error);
    fill_origin(question, sums, &explanation->origin);
    fill_hubs(question, sums, explanation);
    explanation->interest_cover_floor = question->plan->settings.interest_cover_floor;
    return status;
}
