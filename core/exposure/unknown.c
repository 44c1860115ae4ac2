#include "exposure/unknown.h"

#include "exposure/markets.h"

#define ROWS_PER_BLOCK 64

struct asking {
    struct tol_plan *plan;
    struct tol_keep keep;
    uint64_t row_count;
    enum tol_side *side; /* [row_count] */
    uint64_t *cell;      /* [row_count] */
    size_t *scenario_of; /* [world_count] a scenario of each world; scenario_count: none */
};

/* ---- which cells ----------------------------------------------------------------------------------------------- */

/* The change of duty is not the same in all readings. */
static bool is_open(const struct tol_plan *plan, enum tol_side side, uint64_t cell, size_t scenario)
{
    size_t lane = scenario * TOL_READING_COUNT;
    double central = tol_plan_factor(plan, side, cell, TOL_SALES_DUTY, lane + TOL_READING_CENTRAL);
    return tol_plan_factor(plan, side, cell, TOL_SALES_DUTY, lane + TOL_READING_LOW) != central ||
           tol_plan_factor(plan, side, cell, TOL_SALES_DUTY, lane + TOL_READING_HIGH) != central;
}

static bool is_ever_open(const struct asking *asking, enum tol_side side, uint64_t cell)
{
    const struct tol_plan *plan = asking->plan;
    for (uint32_t w = 0; w < plan->world_count; w++) {
        if (asking->scenario_of[w] < plan->scenario_count && is_open(plan, side, cell, asking->scenario_of[w])) {
            return true;
        }
    }
    return false;
}

static bool find_rows(struct asking *asking)
{
    struct tol_plan *plan = asking->plan;
    uint64_t cells = plan->side[TOL_SALES].cell_count + plan->side[TOL_PURCHASES].cell_count;
    asking->side = tol_keep_array(&asking->keep, cells, sizeof *asking->side);
    asking->cell = tol_keep_array(&asking->keep, cells, sizeof *asking->cell);
    asking->scenario_of = tol_keep_array(&asking->keep, plan->world_count, sizeof *asking->scenario_of);
    for (uint32_t w = 0; asking->scenario_of != NULL && w < plan->world_count; w++) {
        asking->scenario_of[w] = plan->scenario_count;
    }
    for (size_t s = 0; asking->scenario_of != NULL && s < plan->scenario_count; s++) {
        asking->scenario_of[plan->scenario_world[s]] = s;
    }
    for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
        uint32_t *row = tol_keep_zeroed(&plan->keep, plan->side[side].cell_count, sizeof *row);
        if (row == NULL || asking->side == NULL || asking->cell == NULL || asking->scenario_of == NULL) {
            return false;
        }
        for (uint64_t c = 0; c < plan->side[side].cell_count; c++) {
            if (is_ever_open(asking, side, c)) {
                asking->side[asking->row_count] = side;
                asking->cell[asking->row_count++] = c;
                row[c] = (uint32_t)asking->row_count;
            }
        }
        plan->unknown.row[side] = row;
    }
    return true;
}

/* ---- what the law says of them --------------------------------------------------------------------------------- */

static enum tol_status ask(const struct tol_plan *plan, const struct tol_cell *cell, const struct tol_world *world,
                           struct tol_rate_answer *answer, struct tol_error *error)
{
    const char *text =
        tol_book_facts(plan->book, plan->facts_text == NULL ? cell->facts : plan->facts_text[cell->facts]);
    struct tol_facts facts;
    enum tol_status status = tol_facts_parse(world->law, text, &facts, error);
    if (status != TOL_OK) {
        return tol_fail_at(error, status, NULL, 0, "facts", text);
    }
    const struct tol_rate_query query = {.into = cell->importer,
                                         .from = cell->origin,
                                         .product = cell->product,
                                         .on = world->on,
                                         .facts = &facts,
                                         .assume = plan->settings.assume};
    return tol_law_rate(world->law, &query, answer, error);
}

static double narrowing_of(const struct tol_rate_answer *answer, uint16_t fact)
{
    for (size_t i = 0; i < answer->unknown_fact_count; i++) {
        if (answer->unknown_fact[i].fact == fact) {
            return answer->unknown_fact[i].narrowing;
        }
    }
    return 0;
}

static void add_fact(struct tol_unknown_entry *entry, uint16_t fact, double narrowing)
{
    if (narrowing > 0 && entry->count < TOL_UNKNOWN_FACTS_MAX) {
        entry->fact[entry->count] = fact;
        entry->narrowing[entry->count++] = narrowing;
    }
}

/* A fact that becomes known is known in both worlds: what it narrows in both alike does not narrow the change. */
static void fill_facts(const struct tol_rate_answer *base, const struct tol_rate_answer *new,
                       struct tol_unknown_entry *entry)
{
    for (size_t i = 0; i < new->unknown_fact_count; i++) {
        uint16_t fact = new->unknown_fact[i].fact;
        add_fact(entry, fact, fabs(new->unknown_fact[i].narrowing - narrowing_of(base, fact)));
    }
    for (size_t i = 0; i < base->unknown_fact_count; i++) {
        uint16_t fact = base->unknown_fact[i].fact;
        if (narrowing_of(new, fact) == 0) {
            add_fact(entry, fact, base->unknown_fact[i].narrowing);
        }
    }
}

/* The market price of a sale's cell, held where it is: what becomes known of one's own goods is nothing new about the others'. */
static double log_market_of(const struct tol_plan *plan, const struct tol_cell *cell, size_t lane)
{
    struct tol_lane_place place = tol_lane_place(lane);
    const double *row = tol_markets_row(plan, place.tile, tol_markets_slot(plan, cell));
    return row != NULL ? row[place.offset] : 0;
}

/* The readings in the first lanes; the others repeat the last. */
static void lay_readings(const struct tol_rate_answer *answer, double *lanes)
{
    for (size_t l = 0; l < TOL_LANES; l++) {
        lanes[l] = l == TOL_READING_LOW ? answer->low : l == TOL_READING_CENTRAL ? answer->central : answer->high;
    }
}

/* Change of a factor per unit of duty, between the two readings that are furthest apart. */
static double slope(const double *duty, const double *factor)
{
    size_t from = TOL_READING_LOW;
    if (duty[TOL_READING_HIGH] == duty[from]) {
        from = TOL_READING_CENTRAL;
    }
    double distance = duty[TOL_READING_HIGH] - duty[from];
    return distance != 0 ? (factor[TOL_READING_HIGH] - factor[from]) / distance : 0;
}

static void fill_response(const struct tol_plan *plan, enum tol_side side, uint64_t at, size_t scenario,
                          const struct tol_rate_answer *base, const struct tol_rate_answer *new,
                          struct tol_unknown_entry *entry)
{
    _Alignas(64) double base_rate[TOL_LANES];
    _Alignas(64) double new_rate[TOL_LANES];
    _Alignas(64) double log_market[TOL_LANES];
    _Alignas(64) double factor[TOL_SALES_FACTOR_COUNT * TOL_LANES];
    const struct tol_cell *cell = &plan->side[side].cell[at];
    bool estimated;
    const struct tol_response response = tol_response_of(plan, cell->product, &estimated);
    lay_readings(base, base_rate);
    lay_readings(new, new_rate);
    if (side == TOL_PURCHASES) {
        plan->kernels->ces_purchases(1, 1, base_rate, new_rate, &response, factor);
        entry->price = slope(factor + TOL_PURCHASE_DUTY * TOL_LANES, factor + TOL_PURCHASE_COST_RISE * TOL_LANES);
        return;
    }
    for (size_t l = 0; l < TOL_LANES; l++) {
        log_market[l] = log_market_of(plan, cell, tol_central_lane(scenario));
    }
    const double *const markets[1] = {log_market};
    plan->kernels->ces_sales(1, 1, base_rate, new_rate, markets, &response, factor);
    entry->price = slope(factor + TOL_SALES_DUTY * TOL_LANES, factor + TOL_SALES_PRICE_CUT * TOL_LANES);
    entry->volume = slope(factor + TOL_SALES_DUTY * TOL_LANES, factor + TOL_SALES_VOLUME * TOL_LANES);
}

static enum tol_status ask_row(const struct asking *asking, uint64_t row, struct tol_error *error)
{
    const struct tol_plan *plan = asking->plan;
    enum tol_side side = asking->side[row];
    uint64_t at = asking->cell[row];
    const struct tol_cell *cell = &plan->side[side].cell[at];
    struct tol_rate_answer base;
    struct tol_rate_answer new;
    enum tol_status status = ask(plan, cell, &plan->world[0], &base, error);
    for (uint32_t w = 0; w < plan->world_count && status == TOL_OK; w++) {
        struct tol_unknown_entry *entry = plan->unknown.entry + row * plan->world_count + w;
        *entry = (struct tol_unknown_entry){0};
        size_t scenario = asking->scenario_of[w];
        if (scenario == plan->scenario_count || !is_open(plan, side, at, scenario)) {
            continue;
        }
        status = ask(plan, cell, &plan->world[w], &new, error);
        if (status == TOL_OK && !isnan(base.central) && !isnan(new.central)) {
            fill_facts(&base, &new, entry);
            fill_response(plan, side, at, scenario, &base, &new, entry);
        }
    }
    return status;
}

static enum tol_status ask_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)worker;
    const struct asking *asking = context;
    enum tol_status status = TOL_OK;
    uint64_t end = (block + 1) * ROWS_PER_BLOCK;
    for (uint64_t row = block * ROWS_PER_BLOCK; row < end && row < asking->row_count && status == TOL_OK; row++) {
        status = ask_row(asking, row, error);
    }
    return status;
}

static void count_facts(struct tol_plan *plan)
{
    for (uint32_t w = 0; w < plan->world_count; w++) {
        while (tol_fact_name(plan->world[w].law, plan->unknown.fact_count) != NULL) {
            plan->unknown.fact_count++;
        }
    }
}

static enum tol_status price(struct asking *asking, struct tol_run *run, struct tol_error *error)
{
    struct tol_plan *plan = asking->plan;
    count_facts(plan);
    bool fits = find_rows(asking);
    if (fits) {
        plan->unknown.entry =
            tol_keep_array(&plan->keep, asking->row_count, plan->world_count * sizeof *plan->unknown.entry);
    }
    if (!fits || plan->unknown.entry == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for the facts that are not known");
    }
    uint64_t blocks = (asking->row_count + ROWS_PER_BLOCK - 1) / ROWS_PER_BLOCK;
    return tol_run_blocks(run, blocks, ask_block, asking, error);
}

enum tol_status tol_unknown_price(struct tol_plan *plan, struct tol_run *run, struct tol_error *error)
{
    struct asking asking = {.plan = plan, .keep = {.allocator = plan->keep.allocator}};
    enum tol_status status = price(&asking, run, error);
    tol_keep_release(&asking.keep);
    return status;
}

/* ---- firms ----------------------------------------------------------------------------------------------------- */

static uint32_t add_entry(const struct tol_plan *plan, struct tol_scratch *scratch, uint32_t world,
                          const struct tol_unknown_entry *entry, double weight, uint32_t touched)
{
    for (uint32_t i = 0; i < entry->count; i++) {
        uint32_t place = world * plan->unknown.fact_count + entry->fact[i];
        double narrowing_eur = weight * entry->narrowing[i];
        if (!(narrowing_eur > 0)) {
            continue;
        }
        if (scratch->narrowing_eur[place] == 0) {
            scratch->narrowing_touched[touched++] = place;
        }
        scratch->narrowing_eur[place] += narrowing_eur;
    }
    return touched;
}

uint32_t tol_unknown_collect(const struct tol_plan *plan, struct tol_scratch *scratch, uint64_t member,
                             const struct tol_resolved_firm *firm)
{
    uint32_t touched = 0;
    for (enum tol_side i = TOL_SALES; i < TOL_SIDE_COUNT; i++) {
        const struct tol_plan_side *side = &plan->side[i];
        for (uint64_t line = side->line_start[member]; line < side->line_start[member + 1]; line++) {
            if (plan->unknown.row[i][side->line_cell[line]] == 0) {
                continue;
            }
            for (uint32_t w = 1; w < plan->world_count; w++) {
                const struct tol_unknown_entry *entry = tol_unknown_of(plan, i, side->line_cell[line], w);
                double weight = tol_unknown_weight(entry, i, firm, side->line_value_eur[line]);
                touched = add_entry(plan, scratch, w, entry, weight, touched);
            }
        }
    }
    return touched;
}

uint16_t tol_unknown_widest(const struct tol_plan *plan, const struct tol_scratch *scratch, uint32_t touched,
                            size_t scenario)
{
    uint32_t world = plan->scenario_world[scenario];
    uint32_t widest = UINT32_MAX;
    for (uint32_t i = 0; i < touched; i++) {
        uint32_t place = scratch->narrowing_touched[i];
        if (place / plan->unknown.fact_count != world) {
            continue;
        }
        double more = widest == UINT32_MAX ? 1 : scratch->narrowing_eur[place] - scratch->narrowing_eur[widest];
        widest = more > 0 || (more == 0 && place < widest) ? place : widest;
    }
    return widest == UINT32_MAX ? 0 : (uint16_t)(widest - world * plan->unknown.fact_count + 1);
}

void tol_unknown_clear(struct tol_scratch *scratch, uint32_t touched)
{
    for (uint32_t i = 0; i < touched; i++) {
        scratch->narrowing_eur[scratch->narrowing_touched[i]] = 0;
    }
}
