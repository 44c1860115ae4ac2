/* Counts of the work, from the book, the tables and the options. */
#include "exposure/forecast.h"
#include "exposure/markets.h"
#include "exposure/network_store.h"
#include "exposure/sector_shock.h"
#include "exposure/sector_store.h"

static const tol_country united_states = 'U' << 8 | 'S';
static const tol_country china = 'C' << 8 | 'N';

static void count_book(const struct tol_plan *plan, struct tol_forecast_counts *counts)
{
    const struct tol_book *book = plan->book;
    counts->firm_count = book->firm_count;
    counts->facts_count = book->facts_count;
    counts->book_bytes = tol_book_bytes(book);
    for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
        counts->line_count[side] = book->side[side].line_count;
        counts->link_count[side] = book->side[side].link_count;
        counts->cell_count[side] = book->side[side].cell_count;
        for (uint64_t c = 0; c < book->side[side].cell_count; c++) {
            const struct tol_cell *cell = &book->side[side].cell[c];
            counts->us_sales_cells += side == TOL_SALES && cell->importer == united_states;
            counts->china_purchase_cells += side == TOL_PURCHASES && cell->origin == china;
        }
    }
    for (uint64_t b = 0; b < plan->block_count; b++) {
        uint64_t firms = plan->block_start[b + 1] - plan->block_start[b];
        counts->block_firms = firms > counts->block_firms ? firms : counts->block_firms;
    }
    counts->block_count = plan->block_count;
}

static void count_run(const struct tol_plan *plan, const struct tol_plan_options *options, struct tol_run *run,
                      struct tol_forecast_counts *counts)
{
    size_t hubs = 0;
    (void)tol_hubs(plan->parameters, &hubs);
    counts->hub_count = hubs;
    counts->scenario_count = plan->scenario_count;
    counts->world_count = plan->world_count;
    for (uint32_t w = 0; w < plan->world_count; w++) {
        uint32_t tables = plan->world[w].facts_table + 1;
        counts->facts_tables = tables > counts->facts_tables ? tables : counts->facts_tables;
    }
    counts->draw_count = options->draws.count;
    counts->scored_count = plan->scored_count;
    counts->thread_count = run == NULL ? 1 : tol_run_threads(run);
}

/* Where some sale of the book goes. NULL when out of memory. */
static bool *list_sold(const struct tol_plan *plan, struct tol_keep *keep)
{
    const struct tol_book_side *sales = &plan->book->side[TOL_SALES];
    bool *sold = tol_keep_zeroed(keep, tol_market_count(plan->economy), sizeof *sold);
    for (uint64_t c = 0; sold != NULL && c < sales->cell_count; c++) {
        uint64_t market = tol_markets_slot(plan, &sales->cell[c]);
        if (market != TOL_NO_MARKET) {
            sold[market] = true;
        }
    }
    return sold;
}

/* The plan has its uses; with the sectors' answers at hand only markets are priced that some sale goes to. */
static bool count_markets(const struct tol_plan *plan, struct tol_forecast_counts *counts)
{
    const struct tol_economy *economy = plan->economy;
    struct tol_keep keep = {.allocator = plan->keep.allocator};
    bool *sold = list_sold(plan, &keep);
    tol_country last = 0;
    counts->market_count = tol_market_count(economy);
    for (uint64_t m = 0; sold != NULL && m < counts->market_count; m++) {
        struct tol_market market = tol_market_at(economy, m);
        bool priced = !counts->sectors_stored || sold[m];
        counts->importer_count += market.importer != last;
        last = market.importer;
        counts->origins_most = market.origin_count > counts->origins_most ? market.origin_count : counts->origins_most;
        counts->priced_markets += priced;
        counts->question_count += priced ? market.origin_count : 0;
        counts->sold_question_count += sold[m] ? market.origin_count : 0;
    }
    tol_keep_release(&keep);
    uint32_t nodes = tol_economy_node_count(economy);
    counts->node_count = nodes;
    counts->region_count = tol_economy_region_count(economy);
    counts->industry_count = tol_economy_industry_count(economy);
    counts->node_link_count = tol_economy_sales(economy).start[nodes] + tol_economy_purchases(economy).start[nodes];
    counts->use_count = plan->use_count;
    return sold != NULL;
}

static enum tol_status count_kept(const struct tol_plan *plan, struct tol_run *run, struct tol_forecast_counts *counts,
                                  struct tol_error *error)
{
    struct tol_keep keep = {.allocator = plan->keep.allocator};
    bool *sound = tol_keep_array(&keep, plan->scenario_count, sizeof *sound);
    if (sound == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for the forecast");
    }
    enum tol_status status = tol_network_store_check(plan, run, sound, error);
    counts->network_kept = status == TOL_OK;
    for (size_t s = 0; status == TOL_OK && s < plan->scenario_count; s++) {
        counts->network_kept = counts->network_kept && sound[s];
    }
    tol_keep_release(&keep);
    return status;
}

static enum tol_status count(struct tol_plan *plan, const struct tol_plan_options *options, struct tol_run *run,
                             struct tol_forecast_counts *counts, struct tol_error *error)
{
    tol_plan_take_book(plan);
    enum tol_status status = tol_plan_set_scored(plan, options, error);
    if (status != TOL_OK) {
        return status;
    }
    bool fits = tol_plan_set_blocks(plan);
    if (fits) {
        count_book(plan, counts);
        count_run(plan, options, run, counts);
    }
    if (fits && plan->economy != NULL && tol_economy_node_count(plan->economy) > 0) {
        fits = tol_sectors_begin(plan);
        counts->sectors_stored = fits && plan->store != NULL && tol_sector_store_load(plan, plan->store);
        fits = fits && count_markets(plan, counts);
    }
    if (!fits) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for the forecast");
    }
    status = tol_forecast_sample(plan, counts, error);
    if (status == TOL_OK) {
        status = count_kept(plan, run, counts, error);
    }
    return status == TOL_OK && !counts->network_kept ? tol_forecast_tiers(plan, run, counts->tiers, error) : status;
}

enum tol_status tol_forecast_count(const struct tol_book *book, const struct tol_parameters *parameters,
                                   const struct tol_plan_options *options, struct tol_run *run,
                                   struct tol_forecast_counts *counts, struct tol_error *error)
{
    struct tol_plan *plan = NULL;
    *counts = (struct tol_forecast_counts){0};
    enum tol_status status = tol_plan_begin(book, parameters, options, &plan, error);
    if (status == TOL_OK) {
        status = count(plan, options, run, counts, error);
    }
    tol_plan_destroy(plan);
    return status;
}
