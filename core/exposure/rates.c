#include "exposure/rates.h"

#include <math.h>

/* Notes of an answer, as notes of a score. */
static uint32_t score_notes(uint32_t rate_flags, bool known)
{
    static const struct {
        uint32_t rate_flag;
        uint32_t score_flag;
    } pairs[] = {
        {TOL_RATE_NO_LAW, TOL_FLAG_IMPORTER_LAW_UNKNOWN},     {TOL_RATE_NO_SCHEDULE, TOL_FLAG_IMPORTER_LAW_UNKNOWN},
        {TOL_RATE_AGGREGATE, TOL_FLAG_PRODUCT_AGGREGATED},    {TOL_RATE_CODE_UNKNOWN, TOL_FLAG_PRODUCT_UNKNOWN},
        {TOL_RATE_CODE_OTHER_DATE, TOL_FLAG_PRODUCT_UNKNOWN}, {TOL_RATE_SPECIFIC_EXCLUDED, TOL_FLAG_SPECIFIC_EXCLUDED},
        {TOL_RATE_BASE_DATED, TOL_FLAG_BASE_DATED},           {TOL_RATE_UNCONFIRMED, TOL_FLAG_UNCONFIRMED},
        {TOL_RATE_PAST_COVERAGE, TOL_FLAG_PAST_COVERAGE},     {TOL_RATE_CODE_MAPPED, TOL_FLAG_PRODUCT_MAPPED},
    };
    uint32_t notes = 0;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        notes |= (rate_flags & pairs[i].rate_flag) != 0 ? pairs[i].score_flag : 0;
    }
    if (!known && (notes & (TOL_FLAG_IMPORTER_LAW_UNKNOWN | TOL_FLAG_PRODUCT_UNKNOWN)) == 0) {
        notes |= TOL_FLAG_PRODUCT_UNKNOWN;
    }
    return notes;
}

static enum tol_status refuse_rate(const struct tol_cell *cell, tol_country from, double rate, struct tol_error *error)
{
    char product[TOL_PRODUCT_TEXT_SIZE];
    char importer[TOL_COUNTRY_TEXT_SIZE];
    char origin[TOL_COUNTRY_TEXT_SIZE];
    tol_product_format(cell->product, product);
    tol_country_format(cell->importer, importer);
    tol_country_format(from, origin);
    return tol_fail(
        error, TOL_BAD_DATA,
        "duty of %g on %s from %s into %s: a duty has to be finite and above -1; mend the law tables or the overlay",
        rate, product, origin, importer);
}

bool tol_rate_desk_set(const struct tol_plan *plan, struct tol_keep *keep, size_t origin_count,
                       struct tol_rate_desk *desk)
{
    desk->on = tol_keep_array(keep, plan->world_count, sizeof *desk->on);
    desk->total = tol_keep_array(keep, origin_count * plan->world_count, sizeof *desk->total);
    desk->facts = tol_keep_array(keep, plan->world_count, sizeof *desk->facts);
    if (desk->on == NULL || desk->total == NULL || desk->facts == NULL) {
        return false;
    }
    for (uint32_t w = 0; w < plan->world_count; w++) {
        desk->on[w] = plan->world[w].on;
    }
    return true;
}

/* Past the last world from w on with the same law: these differ in their days only. */
static uint32_t same_law_end(const struct tol_plan *plan, uint32_t w)
{
    const struct tol_world *first = &plan->world[w];
    do {
        w++;
    } while (w < plan->world_count && plan->world[w].law == first->law &&
             plan->world[w].facts_table == first->facts_table);
    return w;
}

static void ask_law(const struct tol_plan *plan, const struct tol_rate_desk *desk, const struct tol_cell *cell,
                    size_t origin_count, const tol_country *origin)
{
    for (uint32_t w = 0, end; w < plan->world_count; w = end) {
        const struct tol_rate_query query = {
            .into = cell->importer,
            .product = cell->product,
            .facts = desk->facts[w],
            .assume = plan->settings.assume,
        };
        end = same_law_end(plan, w);
        tol_law_totals_by_origin(plan->world[w].law, &query, origin_count, origin, end - w, desk->on + w,
                                 plan->world_count, desk->total + w);
    }
}

static enum tol_status take_total(const struct tol_cell *cell, tol_country origin, const struct tol_rate_total *total,
                                  struct tol_rates *rates, struct tol_error *error)
{
    *rates = (struct tol_rates){.of = {total->low, total->central, total->high}, .known = !isnan(total->central)};
    for (int r = 0; rates->known && r < TOL_READING_COUNT; r++) {
        if (!(rates->of[r] > -1 && rates->of[r] < INFINITY)) {
            return refuse_rate(cell, origin, rates->of[r], error);
        }
    }
    return TOL_OK;
}

enum tol_status tol_rates_ask_origins(const struct tol_plan *plan, const struct tol_rate_desk *desk,
                                      const struct tol_cell *cell, size_t origin_count, const tol_country *origin,
                                      struct tol_rates *rates, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    ask_law(plan, desk, cell, origin_count, origin);
    for (size_t i = 0; i < origin_count * plan->world_count && status == TOL_OK; i++) {
        status = take_total(cell, origin[i / plan->world_count], &desk->total[i], &rates[i], error);
    }
    return status;
}

enum tol_status tol_rates_ask(const struct tol_plan *plan, const struct tol_rate_desk *desk,
                              const struct tol_cell *cell, struct tol_rates *rates, uint32_t *notes,
                              struct tol_error *error)
{
    enum tol_status status = tol_rates_ask_origins(plan, desk, cell, 1, &cell->origin, rates, error);
    for (uint32_t w = 0; w < plan->world_count && status == TOL_OK; w++) {
        notes[w] = score_notes(desk->total[w].flags, rates[w].known);
    }
    return status;
}

void tol_rates_spread(const struct tol_plan *plan, size_t tile, const struct tol_rates *rates, double *base_rate,
                      double *new_rate)
{
    size_t lane_count = plan->tile[tile].row_count * TOL_LANES;
    size_t first_lane = tile * TOL_TILE_ROWS * TOL_LANES;
    for (size_t l = 0; l < lane_count; l++) {
        size_t scenario = (first_lane + l) / TOL_READING_COUNT;
        size_t reading = (first_lane + l) % TOL_READING_COUNT;
        base_rate[l] = 0;
        new_rate[l] = 0;
        if (scenario < plan->scenario_count) {
            const struct tol_rates *world = &rates[plan->scenario_world[scenario]];
            if (world->known && rates[0].known) {
                base_rate[l] = rates[0].of[reading];
                new_rate[l] = world->of[reading];
            }
        }
    }
}

bool tol_rates_change(const struct tol_rates *rates, uint32_t world)
{
    bool changes = false;
    for (int r = 0; r < TOL_READING_COUNT; r++) {
        changes |= rates[world].of[r] != rates[0].of[r];
    }
    return changes && rates[world].known && rates[0].known;
}
