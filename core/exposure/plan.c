#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exposure/chain_store.h"
#include "exposure/draws.h"
#include "exposure/markets.h"
#include "exposure/neighbourhood.h"
#include "exposure/network.h"
#include "exposure/network_store.h"
#include "exposure/plan.h"
#include "exposure/unknown.h"

/* Lines of a block: long enough to hide the queue, short enough to share a book of 10^5 lines over the cores. */
static const uint64_t lines_per_block = 16384;
static const uint64_t blocks_max = 65536;

/* Doubles of a worker's sums and outcomes: they stay in a core's own cache. */
static const size_t scratch_doubles = 65536;
static const size_t chunk_firms_max = 64;

/* ---- what was asked for ---- */

static enum tol_status check_settings(const struct tol_settings *settings, struct tol_error *error)
{
    if (!(settings->half_margin > 0 && settings->half_margin < INFINITY)) {
        return tol_fail(error, TOL_USAGE, "half_margin is %g; it has to be a finite number above 0",
                        settings->half_margin);
    }
    for (int i = 0; i < 4; i++) {
        if (!(settings->band_edge[i] >= (i == 0 ? 0 : settings->band_edge[i - 1]) && settings->band_edge[i] <= 100)) {
            return tol_fail(error, TOL_USAGE, "band edges have to ascend from 0 to 100; edge %d is %g", i + 1,
                            settings->band_edge[i]);
        }
    }
    const struct {
        const char *name;
        double value;
        bool may_be_missing;
    } fraction[] = {
        {"border_pass_through", settings->border_pass_through, true},
        {"cost_pass_through", settings->cost_pass_through, true},
        {"home_gain", settings->home_gain, false},
        {"origin_content", settings->origin_content, false},
        {"hub_share", settings->hub_share, false},
        {"elasticity_spread", settings->elasticity_spread, false},
        {"pass_through_spread", settings->pass_through_spread, false},
    };
    for (size_t i = 0; i < sizeof fraction / sizeof fraction[0]; i++) {
        if (!(fraction[i].value >= 0 && fraction[i].value <= 1) &&
            !(fraction[i].may_be_missing && isnan(fraction[i].value))) {
            return tol_fail(error, TOL_USAGE, "%s is %g; it is a fraction from 0 to 1", fraction[i].name,
                            fraction[i].value);
        }
    }
    if (!(settings->interest_cover_floor >= 0 && settings->interest_cover_floor < INFINITY)) {
        return tol_fail(error, TOL_USAGE, "interest_cover_floor is %g; it has to be a finite number from 0 up",
                        settings->interest_cover_floor);
    }
    if (!isnan(settings->market_elasticity) &&
        !(settings->market_elasticity >= 0 && settings->market_elasticity < INFINITY)) {
        return tol_fail(error, TOL_USAGE, "market_elasticity is %g; it has to be a finite number from 0 up",
                        settings->market_elasticity);
    }
    if (!isnan(settings->elasticity_default) &&
        !(settings->elasticity_default > 0 && settings->elasticity_default < INFINITY)) {
        return tol_fail(error, TOL_USAGE, "elasticity_default is %g; it has to be a finite number above 0",
                        settings->elasticity_default);
    }
    if (!(settings->vulnerability_scale >= 0 && settings->vulnerability_scale <= 100)) {
        return tol_fail(error, TOL_USAGE, "vulnerability_scale is %g; it has to be a number from 0 to 100",
                        settings->vulnerability_scale);
    }
    if (!(settings->elasticity_scale > 0 && settings->elasticity_scale < INFINITY)) {
        return tol_fail(error, TOL_USAGE, "elasticity_scale is %g; it has to be a finite number above 0",
                        settings->elasticity_scale);
    }
    return TOL_OK;
}

static enum tol_status check_scenarios(const struct tol_plan_options *options, struct tol_error *error)
{
    if (options->scenario_count == 0) {
        return tol_fail(error, TOL_USAGE, "no scenario given; name at least one date or scenario");
    }
    if (options->scenario_count > TOL_SCENARIOS_MAX) {
        return tol_fail(error, TOL_USAGE, "%zu scenarios given; at most %d fit in one run", options->scenario_count,
                        TOL_SCENARIOS_MAX);
    }
    for (size_t i = 0; i < options->scenario_count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (strcmp(options->scenario[i].name, options->scenario[j].name) == 0) {
                return tol_fail(error, TOL_USAGE, "two scenarios are named \"%s\"; names have to differ",
                                options->scenario[i].name);
            }
        }
    }
    return TOL_OK;
}

/* Names of the tables that this machine runs, as "scalar, avx2". */
static void list_isas(char *text, size_t size)
{
    size_t length = 0;
    text[0] = '\0';
    const struct tol_kernels *kernels;
    for (size_t i = 0; (kernels = tol_kernels_built(i)) != NULL; i++) {
        if (tol_kernels_runnable(kernels) && length < size) {
            length += (size_t)snprintf(text + length, size - length, "%s%s", length > 0 ? ", " : "", kernels->isa);
        }
    }
}

enum tol_status tol_plan_kernels(const char *isa, const struct tol_kernels **kernels, struct tol_error *error)
{
    const char *name = isa != NULL ? isa : getenv("TOLMUUR_ISA");
    if (name == NULL || name[0] == '\0') {
        *kernels = tol_kernels_best();
        return TOL_OK;
    }
    *kernels = tol_kernels_named(name);
    if (*kernels == NULL) {
        char known[128];
        list_isas(known, sizeof known);
        return tol_fail(error, TOL_USAGE, "instruction set \"%.32s\" is unknown or this machine lacks it; it runs %s",
                        name, known);
    }
    return TOL_OK;
}

/* ---- worlds and lanes ---- */

static uint32_t add_world(struct tol_plan *plan, const struct tol_scenario *scenario)
{
    uint32_t facts_table = 0;
    for (uint32_t w = 0; w < plan->world_count; w++) {
        const struct tol_world *world = &plan->world[w];
        if (world->law == scenario->law && world->on == scenario->on) {
            return w;
        }
    }
    for (uint32_t w = 0; w < plan->world_count; w++) {
        const struct tol_world *world = &plan->world[w];
        if (world->law == scenario->law) {
            facts_table = world->facts_table;
            break;
        }
        facts_table = world->facts_table >= facts_table ? world->facts_table + 1 : facts_table;
    }
    plan->world[plan->world_count] =
        (struct tol_world){.law = scenario->law, .on = scenario->on, .facts_table = facts_table};
    return plan->world_count++;
}

static bool set_worlds(struct tol_plan *plan, const struct tol_plan_options *options)
{
    plan->scenario_count = options->scenario_count;
    plan->world = tol_keep_array(&plan->keep, options->scenario_count + 1, sizeof *plan->world);
    plan->scenario_world = tol_keep_array(&plan->keep, options->scenario_count, sizeof *plan->scenario_world);
    if (plan->world == NULL || plan->scenario_world == NULL) {
        return false;
    }
    (void)add_world(plan, &options->baseline);
    for (size_t i = 0; i < options->scenario_count; i++) {
        plan->scenario_world[i] = add_world(plan, &options->scenario[i]);
    }
    return true;
}

static bool set_tiles(struct tol_plan *plan)
{
    size_t row_count = (plan->scenario_count * TOL_READING_COUNT + TOL_LANES - 1) / TOL_LANES;
    plan->lane_count = row_count * TOL_LANES;
    plan->tile_count = (row_count + TOL_TILE_ROWS - 1) / TOL_TILE_ROWS;
    plan->tile = tol_keep_zeroed(&plan->keep, plan->tile_count, sizeof *plan->tile);
    for (size_t t = 0; plan->tile != NULL && t < plan->tile_count; t++) {
        size_t left = row_count - t * TOL_TILE_ROWS;
        plan->tile[t].row_count = left < TOL_TILE_ROWS ? left : TOL_TILE_ROWS;
    }
    return plan->tile != NULL;
}

/* ---- lines ---- */

void tol_plan_take_book(struct tol_plan *plan)
{
    plan->first_firm = plan->scored_first = 0;
    plan->firm_count = plan->scored_count = plan->book->firm_count;
    plan->member_count = plan->firm_count;
    plan->facts_count = plan->book->facts_count;
    for (int i = 0; i < TOL_SIDE_COUNT; i++) {
        const struct tol_book_side *side = &plan->book->side[i];
        plan->side[i] = (struct tol_plan_side){
            .cell_count = side->cell_count,
            .cell = side->cell,
            .line_start = side->line_start,
            .line_cell = side->line_cell,
            .line_value_eur = side->line_value_eur,
            .link_start = side->link_start,
            .link_member = side->link_firm,
            .link_value_eur = side->link_value_eur,
        };
    }
}

/* ---- blocks and working memory ---- */

bool tol_plan_set_blocks(struct tol_plan *plan)
{
    uint64_t capacity = plan->firm_count < blocks_max ? plan->firm_count : blocks_max;
    plan->block_start = tol_keep_zeroed(&plan->keep, capacity + 1, sizeof *plan->block_start);
    if (plan->block_start == NULL) {
        return false;
    }
    plan->block_count =
        tol_blocks_balance(plan->firm_count, plan->side[TOL_SALES].line_start, plan->side[TOL_PURCHASES].line_start,
                           lines_per_block, plan->block_start, capacity);
    return true;
}

static bool set_scratch(struct tol_plan *plan, unsigned workers)
{
    const size_t factors = TOL_SALES_FACTOR_COUNT + TOL_PURCHASE_FACTOR_COUNT + TOL_OUTCOME_COUNT + TOL_SIDE_COUNT;
    size_t chunk = scratch_doubles / (factors * plan->lane_count);
    chunk = chunk < 1 ? 1 : chunk;
    chunk = chunk > chunk_firms_max ? chunk_firms_max : chunk;
    plan->chunk_firms = chunk > plan->member_count ? (size_t)plan->member_count : chunk;
    plan->worker_count = workers;
    plan->scratch = tol_keep_zeroed(&plan->keep, workers, sizeof *plan->scratch);
    for (unsigned i = 0; plan->scratch != NULL && i < workers; i++) {
        if (!tol_scratch_allocate(plan, &plan->keep, &plan->scratch[i])) {
            return false;
        }
    }
    return plan->scratch != NULL;
}

/* ---- creation ---- */

static void begin_stage(const struct tol_plan_options *options, enum tol_stage stage)
{
    if (options->begins != NULL) {
        options->begins(options->begins_context, stage);
    }
}

/* A plan whose lines are taken, to the end. stored: what the firms' network comes to; NULL: it is solved here. */
static enum tol_status fill_plan(struct tol_plan *plan, const struct tol_plan_options *options, struct tol_run *run,
                                 const struct tol_chain_store *stored, struct tol_error *error)
{
    if (!tol_plan_set_blocks(plan)) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for the plan");
    }
    begin_stage(options, TOL_STAGE_MARKETS);
    enum tol_status status = tol_markets_price(plan, run, error);
    begin_stage(options, TOL_STAGE_TABLES);
    if (status == TOL_OK) {
        status = tol_plan_price(plan, run, error);
    }
    if (status == TOL_OK) {
        status = tol_unknown_price(plan, run, error);
    }
    if (status == TOL_OK && !set_scratch(plan, run == NULL ? 1 : tol_run_threads(run))) {
        status = tol_fail(error, TOL_NO_MEMORY, "out of memory for the working memory of the workers");
    }
    begin_stage(options, TOL_STAGE_NETWORK);
    if (status == TOL_OK && stored == NULL) {
        status = tol_network_store_take(plan, run, error);
        if (status == TOL_OK && plan->network.origin != TOL_NETWORK_TAKEN) {
            status = tol_network_solve(plan, run, error);
        }
    } else if (status == TOL_OK) {
        plan->chain_stored = true;
        if (!tol_chain_store_load(stored, plan)) {
            status = tol_fail(error, TOL_NO_MEMORY, "out of memory for the firm's chain");
        }
    }
    begin_stage(options, TOL_STAGE_DRAWS);
    return status == TOL_OK ? tol_draws_make(plan, &options->draws, run, error) : status;
}

enum tol_status tol_plan_begin(const struct tol_book *book, const struct tol_parameters *parameters,
                               const struct tol_plan_options *options, struct tol_plan **plan, struct tol_error *error)
{
    *plan = NULL;
    enum tol_status status = check_scenarios(options, error);
    if (status == TOL_OK) {
        status = check_settings(&options->settings, error);
    }
    const struct tol_kernels *kernels = NULL;
    if (status == TOL_OK) {
        status = tol_plan_kernels(options->isa, &kernels, error);
    }
    if (status != TOL_OK) {
        return status;
    }
    struct tol_keep keep = {.allocator = options->allocator != NULL ? options->allocator : tol_allocator_default()};
    struct tol_plan *made = tol_keep_zeroed(&keep, 1, sizeof *made);
    if (made == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for the plan");
    }
    *made = (struct tol_plan){.keep = keep,
                              .book = book,
                              .parameters = parameters,
                              .economy = options->economy,
                              .kernels = kernels,
                              .settings = options->settings,
                              .store = options->store};
    if (!set_worlds(made, options) || !set_tiles(made)) {
        tol_plan_destroy(made);
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for the plan");
    }
    *plan = made;
    return TOL_OK;
}

enum tol_status tol_plan_set_scored(struct tol_plan *plan, const struct tol_plan_options *options,
                                    struct tol_error *error)
{
    uint64_t firms = plan->book->firm_count;
    if (options->first_firm > firms || options->firm_count > firms - options->first_firm) {
        return tol_fail(error, TOL_USAGE, "%llu firms from %llu on are to be scored; the book has %llu",
                        (unsigned long long)options->firm_count, (unsigned long long)options->first_firm,
                        (unsigned long long)firms);
    }
    if (options->firm_count > 0) {
        plan->scored_first = options->first_firm;
        plan->scored_count = options->firm_count;
    }
    return TOL_OK;
}

enum tol_status tol_network_find(const struct tol_book *book, const struct tol_parameters *parameters,
                                 const struct tol_plan_options *options, struct tol_run *run, bool *kept,
                                 struct tol_error *error)
{
    struct tol_plan *plan;
    enum tol_status status = tol_plan_begin(book, parameters, options, &plan, error);
    memset(kept, 0, options->scenario_count * sizeof *kept);
    if (plan == NULL) {
        return status;
    }
    tol_plan_take_book(plan);
    status = tol_plan_set_scored(plan, options, error);
    if (status == TOL_OK) {
        status = tol_network_store_check(plan, run, kept, error);
    }
    tol_plan_destroy(plan);
    return status;
}

struct tol_network_answers tol_plan_network(const struct tol_plan *plan)
{
    return plan->network;
}

enum tol_status tol_plan_create(const struct tol_book *book, const struct tol_parameters *parameters,
                                const struct tol_plan_options *options, struct tol_run *run, struct tol_plan **plan,
                                struct tol_error *error)
{
    enum tol_status status = tol_plan_begin(book, parameters, options, plan, error);
    if (*plan == NULL) {
        return status;
    }
    tol_plan_take_book(*plan);
    status = tol_plan_set_scored(*plan, options, error);
    if (status == TOL_OK) {
        status = fill_plan(*plan, options, run, NULL, error);
    }
    if (status != TOL_OK) {
        tol_plan_destroy(*plan);
        *plan = NULL;
    }
    return status;
}

/* ---- one firm ---- */

/* Firms that are solved for one firm's sake; where its chain leads to more, the whole book is, once, and kept. */
static const uint64_t members_most = 4096;

/* The whole book's network, for the store. */
static enum tol_status store_chain(const struct tol_book *book, const struct tol_parameters *parameters,
                                   const struct tol_plan_options *options, struct tol_error *error)
{
    const struct tol_run_options run_options = {.pin = true};
    struct tol_run *run = NULL;
    struct tol_plan *whole = NULL;
    struct tol_plan_options of_all = *options;
    of_all.first_firm = of_all.firm_count = 0;
    enum tol_status status = tol_run_create(&run_options, &run, error);
    if (status == TOL_OK) {
        status = tol_book_verify(book, run, error);
    }
    if (status == TOL_OK && options->economy != NULL) {
        status = tol_economy_verify(options->economy, error);
    }
    if (status == TOL_OK) {
        status = tol_plan_create(book, parameters, &of_all, run, &whole, error);
    }
    if (status == TOL_OK) {
        tol_chain_store_save(whole);
    }
    tol_plan_destroy(whole);
    tol_run_destroy(run);
    return status;
}

/* *stored: the network's answers where the members are only the firm and those that it names; the caller closes them. */
static enum tol_status take_firm(struct tol_plan *plan, uint64_t firm, const struct tol_plan_options *options,
                                 struct tol_chain_store **stored, struct tol_error *error)
{
    bool fits;
    enum tol_status status = TOL_OK;
    /* With few tiers a partner hands on one tier less than it is kept with, and few firms are reached. */
    bool may_keep = plan->settings.tiers == TOL_TIERS_ALL;
    *stored = may_keep ? tol_chain_store_open(plan) : NULL;
    if (*stored == NULL) {
        uint64_t most = plan->store != NULL && may_keep ? members_most : UINT64_MAX;
        status = tol_neighbourhood_take(plan, firm, plan->settings.tiers, most, &fits, error);
        if (status != TOL_OK || fits) {
            return status;
        }
        status = store_chain(plan->book, plan->parameters, options, error);
        *stored = tol_chain_store_open(plan);
    }
    if (status == TOL_OK) {
        /* A store that could not be written leaves the long way. */
        status = *stored != NULL ? tol_neighbourhood_take_alone(plan, firm, error)
                                 : tol_neighbourhood_take(plan, firm, plan->settings.tiers, UINT64_MAX, &fits, error);
    }
    if (status == TOL_OK && *stored != NULL && !tol_chain_store_sound(*stored, plan)) {
        tol_chain_store_close(*stored);
        status = store_chain(plan->book, plan->parameters, options, error);
        *stored = status == TOL_OK ? tol_chain_store_open(plan) : NULL;
        if (status == TOL_OK && (*stored == NULL || !tol_chain_store_sound(*stored, plan))) {
            status = tol_fail(error, TOL_TRY_AGAIN, "the answers kept in %s were damaged and could not be made anew",
                              plan->store);
        }
    }
    return status;
}

enum tol_status tol_plan_create_for_firm(const struct tol_book *book, uint64_t firm,
                                         const struct tol_parameters *parameters,
                                         const struct tol_plan_options *options, struct tol_plan **plan,
                                         struct tol_error *error)
{
    *plan = NULL;
    if (firm >= book->firm_count) {
        return tol_fail(error, TOL_USAGE, "firm %llu asked for; the book has %llu", (unsigned long long)firm,
                        (unsigned long long)book->firm_count);
    }
    struct tol_chain_store *stored = NULL;
    enum tol_status status = tol_plan_begin(book, parameters, options, plan, error);
    if (*plan == NULL) {
        return status;
    }
    status = take_firm(*plan, firm, options, &stored, error);
    if (status == TOL_OK) {
        status = fill_plan(*plan, options, NULL, stored, error);
    }
    tol_chain_store_close(stored);
    if (status != TOL_OK) {
        tol_plan_destroy(*plan);
        *plan = NULL;
    }
    return status;
}

void tol_plan_destroy(struct tol_plan *plan)
{
    if (plan != NULL) {
        struct tol_keep keep = plan->keep; /* the plan itself stands in what is released */
        tol_keep_release(&keep);
    }
}

const char *tol_plan_isa(const struct tol_plan *plan)
{
    return plan->kernels->isa;
}

uint64_t tol_plan_block_count(const struct tol_plan *plan)
{
    return plan->block_count;
}

void tol_plan_block(const struct tol_plan *plan, uint64_t block, uint64_t *first_firm, uint64_t *firm_count)
{
    *first_firm = plan->first_firm + plan->block_start[block];
    *firm_count = plan->block_start[block + 1] - plan->block_start[block];
}

size_t tol_plan_lanes(const struct tol_plan *plan)
{
    return plan->lane_count;
}

double tol_plan_factor(const struct tol_plan *plan, enum tol_side side, uint64_t cell, size_t factor, size_t lane)
{
    struct tol_lane_place place = tol_lane_place(lane);
    const struct tol_tile *tile = &plan->tile[place.tile];
    size_t lanes = tile->row_count * TOL_LANES;
    return tile->table[side][(tile->cell_row[side][cell] * tol_side_factors(side) + factor) * lanes + place.offset];
}
