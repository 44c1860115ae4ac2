/* The hot path: lines of a chunk of firms through the kernels, tile by tile, then rows. */
#include <math.h>
#include <string.h>

#include "exposure/draws.h"
#include "exposure/network.h"
#include "exposure/plan.h"
#include "exposure/unknown.h"
#include "exposure/what_if.h"

enum { INPUT_COUNT = sizeof(struct tol_firm_inputs) / sizeof(const double *) };

bool tol_scratch_allocate(const struct tol_plan *plan, struct tol_keep *keep, struct tol_scratch *scratch)
{
    size_t lanes = plan->chunk_firms * plan->lane_count;
    scratch->input = tol_keep_array(keep, INPUT_COUNT * plan->chunk_firms, sizeof(double));
    scratch->firm = tol_keep_array(keep, plan->chunk_firms, sizeof *scratch->firm);
    scratch->sales = tol_keep_array(keep, TOL_SALES_FACTOR_COUNT * lanes, sizeof(double));
    scratch->purchases = tol_keep_array(keep, TOL_PURCHASE_FACTOR_COUNT * lanes, sizeof(double));
    scratch->outcome = tol_keep_array(keep, TOL_OUTCOME_COUNT * lanes, sizeof(double));
    scratch->term = tol_keep_array(keep, plan->chunk_firms * TOL_TILE_ROWS * TOL_LANES, sizeof(double));
    scratch->memo = tol_keep_zeroed(keep, 1, sizeof *scratch->memo);
    bool fits = scratch->memo != NULL;
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        scratch->unit[side] = tol_keep_array(keep, plan->chunk_firms, sizeof(double));
        scratch->indirect[side] = tol_keep_array(keep, lanes, sizeof(double));
        fits = fits && scratch->unit[side] != NULL && scratch->indirect[side] != NULL;
    }
    size_t open = (size_t)plan->world_count * plan->unknown.fact_count;
    scratch->narrowing_eur = tol_keep_zeroed(keep, open, sizeof(double));
    scratch->narrowing_touched = tol_keep_array(keep, open, sizeof(uint32_t));
    fits = fits && scratch->narrowing_eur != NULL && scratch->narrowing_touched != NULL;
    scratch->class_weight = tol_keep_zeroed(keep, plan->notes.count, sizeof(uint64_t));
    scratch->class_touched = tol_keep_array(keep, plan->notes.count, sizeof(uint32_t));
    fits = fits && tol_what_if_allocate(plan, keep, &scratch->what_if);
    return fits && scratch->input != NULL && scratch->firm != NULL && scratch->sales != NULL &&
           scratch->purchases != NULL && scratch->outcome != NULL && scratch->term != NULL &&
           scratch->class_weight != NULL && scratch->class_touched != NULL;
}

/* Start of a tile in an array [tile][chunk][factor_count][row_count][TOL_LANES]; every tile but the last is full. */
static double *tile_part(double *array, size_t tile, size_t chunk, size_t factor_count)
{
    return array + tile * chunk * factor_count * TOL_TILE_ROWS * TOL_LANES;
}

/* One tile's sums of a chunk of members: [count][factor][row_count][TOL_LANES]. */
static void sum_tile(const struct tol_plan *plan, enum tol_side side, size_t tile, uint64_t first_member, size_t count,
                     double *out)
{
    const struct tol_plan_side *of = &plan->side[side];
    plan->kernels->gather_split(count, of->line_start + first_member, of->line_cell, of->line_value_eur,
                                &plan->tile[tile].split[side], out);
}

const double *tol_sum_tile(const struct tol_plan *plan, struct tol_scratch *scratch, enum tol_side side, size_t tile,
                           uint64_t first_member, size_t count)
{
    double *out = side == TOL_SALES ? scratch->sales : scratch->purchases;
    sum_tile(plan, side, tile, first_member, count, out);
    return out;
}

static void sum_lines(const struct tol_plan *plan, struct tol_scratch *scratch, uint64_t first_member, size_t count)
{
    for (size_t t = 0; t < plan->tile_count; t++) {
        sum_tile(plan, TOL_SALES, t, first_member, count, tile_part(scratch->sales, t, count, TOL_SALES_FACTOR_COUNT));
        sum_tile(plan, TOL_PURCHASES, t, first_member, count,
                 tile_part(scratch->purchases, t, count, TOL_PURCHASE_FACTOR_COUNT));
    }
}

/* Resolved numbers of a chunk, and the same as the kernel's columns. */
static struct tol_firm_inputs resolve(const struct tol_plan *plan, struct tol_scratch *scratch, uint64_t first_member,
                                      size_t count)
{
    double *column[INPUT_COUNT];
    for (size_t i = 0; i < INPUT_COUNT; i++) {
        column[i] = scratch->input + i * count;
    }
    for (size_t f = 0; f < count; f++) {
        struct tol_resolved_firm of = tol_firm_resolve(plan, first_member + f, scratch->memo);
        scratch->firm[f] = of;
        for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
            scratch->unit[side][f] = tol_network_unit(plan, side, first_member + f, &of);
        }
        column[0][f] = of.revenue_eur;
        column[1][f] = of.purchases_eur;
        column[2][f] = of.ebitda_eur;
        column[3][f] = of.interest_eur;
        column[4][f] = of.contribution_margin;
        column[5][f] = of.cost_pass_through;
        column[6][f] = of.vulnerability;
    }
    return (struct tol_firm_inputs){
        .revenue_eur = column[0],
        .purchases_eur = column[1],
        .ebitda_eur = column[2],
        .interest_eur = column[3],
        .contribution_margin = column[4],
        .cost_pass_through = column[5],
        .vulnerability = column[6],
    };
}

static uint8_t band_of(const struct tol_settings *settings, double score)
{
    if (isnan(score)) {
        return TOL_BAND_NONE;
    }
    uint8_t band = TOL_BAND_A;
    while (band < TOL_BAND_E && score >= settings->band_edge[band]) {
        band++;
    }
    return band;
}

/* Sums and outcomes of the chunk that one row is made from. */
struct chunk {
    const struct tol_plan *plan;
    struct tol_scratch *scratch;
    size_t count;
};

/* Everything of one firm in one lane: value i of an array stands at i x stride. */
struct lane_view {
    const double *sales, *purchases, *outcome;
    double indirect[TOL_SIDE_COUNT];
    size_t stride;
};

static struct lane_view view_lane(const struct chunk *chunk, size_t at, size_t lane)
{
    const struct tol_scratch *scratch = chunk->scratch;
    struct tol_lane_place place = tol_lane_place(lane);
    size_t count = chunk->count;
    size_t stride = chunk->plan->tile[place.tile].row_count * TOL_LANES;
    struct lane_view view = {.stride = stride};
    view.sales = tile_part(scratch->sales, place.tile, count, TOL_SALES_FACTOR_COUNT) +
                 at * TOL_SALES_FACTOR_COUNT * stride + place.offset;
    view.purchases = tile_part(scratch->purchases, place.tile, count, TOL_PURCHASE_FACTOR_COUNT) +
                     at * TOL_PURCHASE_FACTOR_COUNT * stride + place.offset;
    view.outcome = tile_part(scratch->outcome, place.tile, count, TOL_OUTCOME_COUNT) + at * TOL_OUTCOME_COUNT * stride +
                   place.offset;
    for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
        view.indirect[side] = tile_part(scratch->indirect[side], place.tile, count, 1)[at * stride + place.offset];
    }
    return view;
}

static double sale_sum(const struct lane_view *view, enum tol_sales_factor factor)
{
    return view->sales[factor * view->stride];
}

static double outcome(const struct lane_view *view, enum tol_outcome which)
{
    return view->outcome[which * view->stride];
}

/* EBITDA in each reading. */
static void take_changes(const struct chunk *chunk, size_t at, uint32_t scenario, double change[TOL_READING_COUNT])
{
    for (size_t r = 0; r < TOL_READING_COUNT; r++) {
        struct lane_view view = view_lane(chunk, at, scenario * (size_t)TOL_READING_COUNT + r);
        change[r] = outcome(&view, TOL_OUTCOME_EBITDA_CHANGE);
    }
}

/* Least and greatest of the three readings: the lower duty need not be the better news, since the baseline has readings of its own. */
static void set_range(const double change[TOL_READING_COUNT], struct tol_score_row *row)
{
    double least = INFINITY;
    double greatest = -INFINITY;
    for (size_t r = 0; r < TOL_READING_COUNT; r++) {
        least = change[r] < least ? change[r] : least;
        greatest = change[r] > greatest ? change[r] : greatest;
    }
    row->ebitda_change_low_eur = least;
    row->ebitda_change_high_eur = greatest;
}

/* In place: a row is long, and copies of it take as long as what is in it. */
static void fill_row(const struct chunk *chunk, size_t at, uint64_t member, uint32_t scenario, uint32_t touched,
                     struct tol_score_row *row)
{
    const struct tol_plan *plan = chunk->plan;
    uint64_t firm = tol_member_firm(plan, member);
    const struct tol_resolved_firm *of = &chunk->scratch->firm[at];
    struct tol_firm_notes notes = tol_notes_of(plan, chunk->scratch, touched, scenario);
    struct lane_view view = view_lane(chunk, at, tol_central_lane(scenario));
    double change[TOL_READING_COUNT];
    take_changes(chunk, at, scenario, change);
    memset(row, 0, sizeof *row);
    row->firm = firm;
    row->scenario = scenario;
    row->flags = of->flags | notes.flags;
    row->confidence = (uint8_t)notes.confidence;
    row->revenue_eur = of->revenue_eur;
    row->us_sales_share = of->us_sales_share;
    row->china_purchase_share = of->china_purchase_share;
    row->duty_export_eur = sale_sum(&view, TOL_SALES_DUTY);
    row->duty_import_eur = view.purchases[TOL_PURCHASE_DUTY * view.stride];
    row->price_cut_eur = sale_sum(&view, TOL_SALES_PRICE_CUT);
    row->volume_loss_eur = sale_sum(&view, TOL_SALES_VOLUME);
    row->diversion_gain_eur = sale_sum(&view, TOL_SALES_DIVERSION);
    row->direct_demand_loss = outcome(&view, TOL_OUTCOME_DEMAND_LOSS);
    row->indirect_demand_loss = view.indirect[TOL_SALES];
    row->direct_cost_rise = outcome(&view, TOL_OUTCOME_COST_RISE);
    row->indirect_cost_rise = view.indirect[TOL_PURCHASES];
    row->opportunity_eur = sale_sum(&view, TOL_SALES_OPPORTUNITY);
    row->ebitda_change_eur = outcome(&view, TOL_OUTCOME_EBITDA_CHANGE);
    row->margin_at_risk = outcome(&view, TOL_OUTCOME_MARGIN_AT_RISK);
    row->margin_change = outcome(&view, TOL_OUTCOME_MARGIN_CHANGE);
    row->interest_cover = outcome(&view, TOL_OUTCOME_INTEREST_COVER);
    row->hhi_origin = plan->book->side[TOL_PURCHASES].concentration[firm].hhi;
    row->hhi_destination = plan->book->side[TOL_SALES].concentration[firm].hhi;
    row->vulnerability = of->vulnerability;
    row->score_exposure = outcome(&view, TOL_OUTCOME_SCORE_EXPOSURE);
    row->score = outcome(&view, TOL_OUTCOME_SCORE);
    if (fabs(row->indirect_demand_loss) > 1 || fabs(row->indirect_cost_rise) > 1) {
        row->flags |= TOL_FLAG_CHAIN_UNBOUNDED;
    }
    row->band = band_of(&plan->settings, row->score);
    set_range(change, row);
    tol_draws_row(plan, member, row);
    tol_what_if_row(plan, &chunk->scratch->what_if, of, change[TOL_READING_HIGH], row);
}

struct tol_chain_source tol_chain_source_of(enum tol_side side, const double *sums, size_t lanes, const double *unit,
                                            const double *whole, const double *passed)
{
    bool sales = side == TOL_SALES;
    return (struct tol_chain_source){
        .own = sums + (sales ? (size_t)TOL_SALES_PRICE_CUT : (size_t)TOL_PURCHASE_COST_RISE) * lanes,
        .own_gain = sales ? sums + TOL_SALES_VOLUME * lanes : NULL,
        .sector = sums + (sales ? (size_t)TOL_SALES_CHAIN : (size_t)TOL_PURCHASE_CHAIN) * lanes,
        .stride = tol_side_factors(side) * lanes,
        .whole = whole,
        .unit = unit,
        .passed = sales ? NULL : passed,
        .total_stride = lanes,
    };
}

/* What came along the chain: from the network where the plan has one on that side, else from the sectors alone. */
static void take_indirect(const struct tol_plan *plan, struct tol_scratch *scratch, size_t tile, uint64_t first_member,
                          size_t count, const struct tol_firm_inputs *inputs)
{
    const struct tol_tile *of = &plan->tile[tile];
    size_t lanes = of->row_count * TOL_LANES;
    const double *const sums[TOL_SIDE_COUNT] = {tile_part(scratch->sales, tile, count, TOL_SALES_FACTOR_COUNT),
                                                tile_part(scratch->purchases, tile, count, TOL_PURCHASE_FACTOR_COUNT)};
    for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
        double *to = tile_part(scratch->indirect[side], tile, count, 1);
        if (of->indirect[side] != NULL) {
            for (size_t f = 0; f < count; f++) {
                memcpy(to + f * lanes, tol_indirect_row(plan, of, side, first_member + f), lanes * sizeof *to);
            }
        } else {
            const struct tol_chain_source source =
                tol_chain_source_of(side, sums[side], lanes, scratch->unit[side],
                                    side == TOL_SALES ? inputs->revenue_eur : inputs->purchases_eur, NULL);
            plan->kernels->chain_begin(count, of->row_count, &source, scratch->term, to);
        }
    }
}

static void score_chunk(const struct tol_plan *plan, struct tol_scratch *scratch, uint64_t first_member, size_t count,
                        struct tol_score_row *rows)
{
    struct chunk chunk = {.plan = plan, .scratch = scratch, .count = count};
    struct tol_firm_inputs inputs = resolve(plan, scratch, first_member, count);
    sum_lines(plan, scratch, first_member, count);
    for (size_t t = 0; t < plan->tile_count; t++) {
        take_indirect(plan, scratch, t, first_member, count, &inputs);
        plan->kernels->firm_outcome(count, plan->tile[t].row_count, &inputs, plan->settings.half_margin,
                                    tile_part(scratch->sales, t, count, TOL_SALES_FACTOR_COUNT),
                                    tile_part(scratch->purchases, t, count, TOL_PURCHASE_FACTOR_COUNT),
                                    tile_part(scratch->indirect[TOL_SALES], t, count, 1),
                                    tile_part(scratch->indirect[TOL_PURCHASES], t, count, 1),
                                    tile_part(scratch->outcome, t, count, TOL_OUTCOME_COUNT));
    }
    for (size_t f = 0; f < count; f++) {
        uint32_t touched = tol_notes_collect(plan, scratch, first_member + f);
        uint32_t open = tol_unknown_collect(plan, scratch, first_member + f, &scratch->firm[f]);
        tol_what_if_sum(plan, first_member + f, &scratch->firm[f], &scratch->what_if);
        for (size_t s = 0; s < plan->scenario_count; s++) {
            struct tol_score_row *row = &rows[f * plan->scenario_count + s];
            fill_row(&chunk, f, first_member + f, (uint32_t)s, touched, row);
            row->widest_unknown = tol_unknown_widest(plan, scratch, open, s);
        }
        tol_unknown_clear(scratch, open);
        tol_notes_clear(scratch, touched);
    }
}

void tol_score_members(const struct tol_plan *plan, struct tol_scratch *scratch, uint64_t first_member, uint64_t count,
                       struct tol_score_row *rows)
{
    for (uint64_t done = 0; done < count; done += plan->chunk_firms) {
        uint64_t left = count - done;
        score_chunk(plan, scratch, first_member + done, left < plan->chunk_firms ? (size_t)left : plan->chunk_firms,
                    rows + done * plan->scenario_count);
    }
}

static bool has_firms(const struct tol_plan *plan, uint64_t first_firm, uint64_t count)
{
    return first_firm >= plan->scored_first && count <= plan->scored_count &&
           first_firm - plan->scored_first <= plan->scored_count - count;
}

enum tol_status tol_plan_score(const struct tol_plan *plan, unsigned worker, uint64_t first_firm, uint64_t firm_count,
                               struct tol_score_row *rows, struct tol_error *error)
{
    if (!has_firms(plan, first_firm, firm_count)) {
        return tol_fail(error, TOL_USAGE, "firms %llu to %llu asked for; the plan has %llu from %llu on",
                        (unsigned long long)first_firm, (unsigned long long)(first_firm + firm_count),
                        (unsigned long long)plan->scored_count, (unsigned long long)plan->scored_first);
    }
    if (worker >= plan->worker_count) {
        return tol_fail(error, TOL_USAGE, "worker %u asked for; the plan was made for %u", worker, plan->worker_count);
    }
    tol_score_members(plan, &plan->scratch[worker], first_firm - plan->first_firm, firm_count, rows);
    return TOL_OK;
}

/* From tiles to [count][factor_count][lanes]. */
static void copy_sums(const struct tol_plan *plan, double *tiles, size_t count, size_t factor_count, double *out)
{
    for (size_t t = 0; t < plan->tile_count; t++) {
        size_t lanes = plan->tile[t].row_count * TOL_LANES;
        const double *from = tile_part(tiles, t, count, factor_count);
        double *to = out + t * TOL_TILE_ROWS * TOL_LANES;
        for (size_t i = 0; i < count * factor_count; i++) {
            memcpy(to + i * plan->lane_count, from + i * lanes, lanes * sizeof(double));
        }
    }
}

void tol_plan_sums(const struct tol_plan *plan, unsigned worker, uint64_t first_firm, uint64_t firm_count,
                   double *sales, double *purchases)
{
    struct tol_scratch *scratch = &plan->scratch[worker];
    for (uint64_t done = 0; done < firm_count; done += plan->chunk_firms) {
        uint64_t left = firm_count - done;
        size_t count = left < plan->chunk_firms ? (size_t)left : plan->chunk_firms;
        sum_lines(plan, scratch, first_firm - plan->first_firm + done, count);
        copy_sums(plan, scratch->sales, count, TOL_SALES_FACTOR_COUNT,
                  sales + done * TOL_SALES_FACTOR_COUNT * plan->lane_count);
        copy_sums(plan, scratch->purchases, count, TOL_PURCHASE_FACTOR_COUNT,
                  purchases + done * TOL_PURCHASE_FACTOR_COUNT * plan->lane_count);
    }
}
