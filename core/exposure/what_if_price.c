/* From law to the tables beside the scenarios. */
#include <math.h>
#include <string.h>

#include "exposure/markets.h"
#include "exposure/what_if.h"

static const tol_country united_states = 'U' << 8 | 'S';
static const tol_country china = 'C' << 8 | 'N';

/* Cells of the country that the side is sorted by first. */
static struct tol_cell_range find_range(const struct tol_plan *plan, enum tol_side side, tol_country country)
{
    const struct tol_plan_side *of = &plan->side[side];
    struct tol_cell_range range = {0, 0};
    for (int last = 0; last < 2; last++) {
        uint64_t low = 0;
        uint64_t high = of->cell_count;
        while (low < high) {
            uint64_t middle = low + (high - low) / 2;
            const struct tol_cell *cell = &of->cell[middle];
            if ((side == TOL_SALES ? cell->importer : cell->origin) < country + last) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        *(last == 0 ? &range.first : &range.end) = low;
    }
    return range;
}

bool tol_what_if_begin(struct tol_plan *plan)
{
    struct tol_what_if *what_if = &plan->what_if;
    size_t scenarios = plan->scenario_count;
    what_if->us_sales = find_range(plan, TOL_SALES, united_states);
    what_if->china_purchases = find_range(plan, TOL_PURCHASES, china);
    what_if->hub = tol_hubs(plan->parameters, &what_if->hub_count);
    uint64_t sold = what_if->us_sales.end - what_if->us_sales.first;
    uint64_t bought = what_if->china_purchases.end - what_if->china_purchases.first;
    size_t values = scenarios * TOL_READING_COUNT * TOL_REVENUE_FACTOR_COUNT;
    what_if->origin_stride = (values + TOL_LANES - 1) / TOL_LANES * TOL_LANES;
    what_if->origin = tol_keep_zeroed(&plan->keep, sold, what_if->origin_stride * sizeof(double));
    what_if->stress =
        tol_keep_zeroed(&plan->keep, sold, scenarios * TOL_REVENUE_FACTOR_COUNT * TOL_LANES * sizeof(double));
    what_if->move = tol_keep_zeroed(&plan->keep, bought, scenarios * TOL_LANES * sizeof(double));
    return what_if->origin != NULL && what_if->stress != NULL && what_if->move != NULL;
}

bool tol_what_if_desk_set(const struct tol_plan *plan, struct tol_keep *keep, struct tol_what_if_desk *desk)
{
    const size_t lanes = TOL_TILE_ROWS * TOL_LANES;
    desk->rates = tol_keep_array(keep, plan->world_count, sizeof *desk->rates);
    desk->notes = tol_keep_array(keep, plan->world_count, sizeof *desk->notes);
    desk->base_rate = tol_keep_array(keep, lanes, sizeof(double));
    desk->new_rate = tol_keep_array(keep, lanes, sizeof(double));
    desk->log_market = tol_keep_array(keep, lanes, sizeof(double));
    desk->factor = tol_keep_array(keep, TOL_SALES_FACTOR_COUNT * lanes, sizeof(double));
    return desk->rates != NULL && desk->notes != NULL && desk->base_rate != NULL && desk->new_rate != NULL &&
           desk->log_market != NULL && desk->factor != NULL;
}

/* A factor of the cell in its own row, before rows are shared. */
static double own_factor(const struct tol_plan *plan, enum tol_side side, uint64_t cell, size_t factor, size_t lane)
{
    struct tol_lane_place place = tol_lane_place(lane);
    const struct tol_tile *tile = &plan->tile[place.tile];
    size_t lanes = tile->row_count * TOL_LANES;
    return tile->table[side][(cell * tol_side_factors(side) + factor) * lanes + place.offset];
}

static double log_market_at(const struct tol_plan *plan, uint64_t market, size_t lane)
{
    struct tol_lane_place place = tol_lane_place(lane);
    const double *row = tol_markets_row(plan, place.tile, market);
    return row != NULL ? row[place.offset] : 0;
}

static enum tol_status ask_origin(const struct tol_plan *plan, struct tol_what_if_desk *desk,
                                  struct tol_rate_desk *rate_desk, const struct tol_cell *cell, tol_country origin,
                                  struct tol_error *error)
{
    struct tol_cell other = *cell;
    other.origin = origin;
    return tol_rates_ask(plan, rate_desk, &other, desk->rates, desk->notes, error);
}

static bool comparable(const struct tol_rates *base, const struct tol_rates *world, const struct tol_rates *other)
{
    return base->known && world->known && other->known;
}

/* One answer of the market for TOL_LANES duties from base to new. */
static void answer(const struct tol_plan *plan, struct tol_what_if_desk *desk, const struct tol_response *response)
{
    const double *const log_market[1] = {desk->log_market};
    plan->kernels->ces_sales(1, 1, desk->base_rate, desk->new_rate, log_market, response, desk->factor);
}

/* Readings of one scenario in the first lanes: the goods are Chinese under both laws. */
static void add_origin(const struct tol_plan *plan, struct tol_what_if_desk *desk, uint64_t cell, size_t scenario,
                       const struct tol_response *response, uint64_t market)
{
    const struct tol_rates *other = &desk->rates[plan->scenario_world[scenario]];
    for (size_t l = 0; l < TOL_LANES; l++) {
        size_t reading = l < TOL_READING_COUNT ? l : TOL_READING_HIGH;
        desk->base_rate[l] = desk->rates[0].of[reading];
        desk->new_rate[l] = other->of[reading];
        desk->log_market[l] = log_market_at(plan, market, scenario * TOL_READING_COUNT + reading);
    }
    answer(plan, desk, response);
    double *to = plan->what_if.origin + (cell - plan->what_if.us_sales.first) * plan->what_if.origin_stride +
                 scenario * TOL_READING_COUNT * TOL_REVENUE_FACTOR_COUNT;
    for (size_t r = 0; r < TOL_READING_COUNT; r++) {
        size_t lane = scenario * TOL_READING_COUNT + r;
        to[r * TOL_REVENUE_FACTOR_COUNT + TOL_REVENUE_PRICE_CUT] =
            desk->factor[TOL_SALES_PRICE_CUT * TOL_LANES + r] -
            own_factor(plan, TOL_SALES, cell, TOL_SALES_PRICE_CUT, lane);
        to[r * TOL_REVENUE_FACTOR_COUNT + TOL_REVENUE_VOLUME] =
            desk->factor[TOL_SALES_VOLUME * TOL_LANES + r] - own_factor(plan, TOL_SALES, cell, TOL_SALES_VOLUME, lane);
    }
}

/* Steps of extra duty in the lanes, central reading. The market's price stays: only the firm's own goods are hit. */
static void add_stress(const struct tol_plan *plan, struct tol_what_if_desk *desk, uint64_t cell, size_t scenario,
                       const struct tol_rates *own, const struct tol_response *response, uint64_t market)
{
    size_t lane = tol_central_lane(scenario);
    const struct tol_rates *world = &own[plan->scenario_world[scenario]];
    for (size_t l = 0; l < TOL_LANES; l++) {
        desk->base_rate[l] = own[0].of[TOL_READING_CENTRAL];
        desk->new_rate[l] = world->of[TOL_READING_CENTRAL] + tol_stress_step[l];
        desk->log_market[l] = log_market_at(plan, market, lane);
    }
    answer(plan, desk, response);
    double *to = plan->what_if.stress + ((cell - plan->what_if.us_sales.first) * plan->scenario_count + scenario) *
                                            TOL_REVENUE_FACTOR_COUNT * TOL_LANES;
    double cut = own_factor(plan, TOL_SALES, cell, TOL_SALES_PRICE_CUT, lane);
    double volume = own_factor(plan, TOL_SALES, cell, TOL_SALES_VOLUME, lane);
    for (size_t l = 0; l < TOL_LANES; l++) {
        to[TOL_REVENUE_PRICE_CUT * TOL_LANES + l] = desk->factor[TOL_SALES_PRICE_CUT * TOL_LANES + l] - cut;
        to[TOL_REVENUE_VOLUME * TOL_LANES + l] = desk->factor[TOL_SALES_VOLUME * TOL_LANES + l] - volume;
    }
}

static enum tol_status price_sale(const struct tol_plan *plan, struct tol_what_if_desk *desk,
                                  struct tol_rate_desk *rate_desk, uint64_t cell, const struct tol_rates *own,
                                  const struct tol_response *response, uint64_t market, struct tol_error *error)
{
    const struct tol_cell *of = &plan->side[TOL_SALES].cell[cell];
    if (of->origin == united_states) {
        return TOL_OK;
    }
    bool chinese = of->origin == china;
    enum tol_status status = chinese ? TOL_OK : ask_origin(plan, desk, rate_desk, of, china, error);
    for (size_t s = 0; s < plan->scenario_count && status == TOL_OK; s++) {
        const struct tol_rates *world = &own[plan->scenario_world[s]];
        if (!chinese && comparable(&own[0], world, &desk->rates[plan->scenario_world[s]]) && desk->rates[0].known) {
            add_origin(plan, desk, cell, s, response, market);
        }
        if (comparable(&own[0], world, world)) {
            add_stress(plan, desk, cell, s, own, response, market);
        }
    }
    return status;
}

/* A new supplier has no old price to bend: his buyer pays the duty in full. */
static enum tol_status price_move(const struct tol_plan *plan, struct tol_what_if_desk *desk,
                                  struct tol_rate_desk *rate_desk, uint64_t cell, const struct tol_rates *own,
                                  struct tol_error *error)
{
    const struct tol_what_if *what_if = &plan->what_if;
    double *to = what_if->move + (cell - what_if->china_purchases.first) * plan->scenario_count * TOL_LANES;
    for (size_t h = 0; h < what_if->hub_count; h++) {
        enum tol_status status =
            ask_origin(plan, desk, rate_desk, &plan->side[TOL_PURCHASES].cell[cell], what_if->hub[h].country, error);
        if (status != TOL_OK) {
            return status;
        }
        for (size_t s = 0; s < plan->scenario_count; s++) {
            uint32_t w = plan->scenario_world[s];
            if (comparable(&own[0], &own[w], &desk->rates[w])) {
                double stay = 1 + own_factor(plan, TOL_PURCHASES, cell, TOL_PURCHASE_COST_RISE, tol_central_lane(s));
                double duty = (1 + desk->rates[w].of[TOL_READING_CENTRAL]) / (1 + own[0].of[TOL_READING_CENTRAL]);
                to[s * TOL_LANES + h] = stay - (1 + what_if->hub[h].cost_premium) * duty;
            }
        }
    }
    return TOL_OK;
}

static bool is_in(const struct tol_cell_range *range, uint64_t cell)
{
    return cell >= range->first && cell < range->end;
}

enum tol_status tol_what_if_cell(const struct tol_plan *plan, struct tol_what_if_desk *desk,
                                 struct tol_rate_desk *rate_desk, enum tol_side side, uint64_t cell,
                                 const struct tol_rates *own, const struct tol_response *response, uint64_t market,
                                 struct tol_error *error)
{
    if (side == TOL_SALES) {
        return is_in(&plan->what_if.us_sales, cell)
                   ? price_sale(plan, desk, rate_desk, cell, own, response, market, error)
                   : TOL_OK;
    }
    return is_in(&plan->what_if.china_purchases, cell) ? price_move(plan, desk, rate_desk, cell, own, error) : TOL_OK;
}
