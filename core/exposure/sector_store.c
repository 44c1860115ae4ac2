#include "exposure/sector_store.h"

#include <xxhash.h>

#include "exposure/markets.h"
#include "exposure/sector_shock.h"
#include "exposure/store.h"

/* Of one node in one scenario, by side and reading. */
struct stored_node {
    double direct[TOL_SIDE_COUNT][TOL_READING_COUNT];
    double indirect[TOL_SIDE_COUNT][TOL_READING_COUNT];
};

/* Of one market in one scenario, by reading: ln P. Behind the nodes. */
struct stored_market {
    double log_price[TOL_READING_COUNT];
};

/* Share of orders that the buyers of one node's goods in one region drop. */
struct stored_use {
    double share[TOL_READING_COUNT];
    uint64_t check; /* of these numbers and of the place */
};

static const char store_name[] = "sectors";
static const char uses_name[] = "uses";

static uint64_t check_of(const struct stored_use *use, uint64_t place)
{
    return XXH3_64bits_withSeed(use->share, sizeof use->share, place);
}

static uint64_t node_count(const struct tol_plan *plan)
{
    return tol_economy_node_count(plan->economy);
}

static uint64_t place_count(const struct tol_plan *plan)
{
    return node_count(plan) * tol_economy_region_count(plan->economy);
}

static uint64_t stored_bytes(const struct tol_plan *plan)
{
    return node_count(plan) * sizeof(struct stored_node) +
           tol_market_count(plan->economy) * sizeof(struct stored_market);
}

static const struct tol_tile *tile_of(const struct tol_plan *plan, size_t scenario, int reading, size_t *offset)
{
    struct tol_lane_place place = tol_lane_place(scenario * TOL_READING_COUNT + (size_t)reading);
    *offset = place.offset;
    return &plan->tile[place.tile];
}

static size_t row_lanes(const struct tol_tile *tile)
{
    return tile->row_count * TOL_LANES;
}

/* ---- one row --------------------------------------------------------------------------------------------------- */

static void spread_node(const struct tol_plan *plan, size_t scenario, uint64_t node, const struct stored_node *row)
{
    for (int r = 0; r < TOL_READING_COUNT; r++) {
        size_t offset;
        const struct tol_tile *tile = tile_of(plan, scenario, r, &offset);
        for (int side = 0; side < TOL_SIDE_COUNT; side++) {
            tile->node_direct[side][node * row_lanes(tile) + offset] = row->direct[side][r];
            tile->node_indirect[side][node * row_lanes(tile) + offset] = row->indirect[side][r];
        }
    }
}

static void gather_node(const struct tol_plan *plan, size_t scenario, uint64_t node, struct stored_node *row)
{
    for (int r = 0; r < TOL_READING_COUNT; r++) {
        size_t offset;
        const struct tol_tile *tile = tile_of(plan, scenario, r, &offset);
        for (int side = 0; side < TOL_SIDE_COUNT; side++) {
            row->direct[side][r] = tile->node_direct[side][node * row_lanes(tile) + offset];
            row->indirect[side][r] = tile->node_indirect[side][node * row_lanes(tile) + offset];
        }
    }
}

static double *market_value(const struct tol_plan *plan, size_t scenario, int reading, uint64_t market)
{
    size_t offset;
    const struct tol_tile *tile = tile_of(plan, scenario, reading, &offset);
    return tile->log_market == NULL ? NULL : tile->log_market + market * row_lanes(tile) + offset;
}

static void spread_market(const struct tol_plan *plan, size_t scenario, uint64_t market,
                          const struct stored_market *row)
{
    for (int r = 0; r < TOL_READING_COUNT; r++) {
        double *value = market_value(plan, scenario, r, market);
        if (value != NULL) {
            *value = row->log_price[r];
        }
    }
}

/* ---- a plan of one firm: what its cells stand on ------------------------------------------------------------------ */

static bool take_uses(const struct tol_plan *plan, const char *folder, const char *key, size_t scenario)
{
    const struct tol_plan_side *sales = &plan->side[TOL_SALES];
    struct tol_sections *sections = NULL;
    const struct stored_use *use =
        tol_store_find(folder, uses_name, key, place_count(plan) * sizeof *use, TOL_STORE_CALLER_CHECKS, &sections);
    bool sound = use != NULL;
    for (uint64_t c = 0; sound && c < sales->cell_count; c++) {
        uint64_t place = tol_sectors_place(plan, &sales->cell[c]);
        sound = place == TOL_NO_MARKET || use[place].check == check_of(&use[place], place);
        for (int r = 0; sound && place != TOL_NO_MARKET && r < TOL_READING_COUNT; r++) {
            size_t offset;
            const struct tol_tile *tile = tile_of(plan, scenario, r, &offset);
            tile->use[(plan->use_number[place] - 1) * row_lanes(tile) + offset] = use[place].share[r];
        }
    }
    tol_sections_close(sections);
    return sound;
}

static void take_asked(const struct tol_plan *plan, size_t scenario, const struct stored_node *node,
                       const struct stored_market *market)
{
    const struct tol_plan_side *sales = &plan->side[TOL_SALES], *purchases = &plan->side[TOL_PURCHASES];
    for (uint64_t c = 0; c < sales->cell_count; c++) {
        uint64_t slot = tol_markets_slot(plan, &sales->cell[c]);
        if (slot != TOL_NO_MARKET) {
            spread_market(plan, scenario, slot, &market[slot]);
        }
    }
    for (uint64_t c = 0; c < purchases->cell_count; c++) {
        uint64_t place = tol_sectors_place(plan, &purchases->cell[c]);
        if (place != TOL_NO_MARKET) {
            uint64_t n = place / tol_economy_region_count(plan->economy);
            spread_node(plan, scenario, n, &node[n]);
        }
    }
}

/* From direct and indirect, once all scenarios' lanes are there. */
static void answer_asked(const struct tol_plan *plan)
{
    const struct tol_plan_side *purchases = &plan->side[TOL_PURCHASES];
    for (uint64_t c = 0; c < purchases->cell_count; c++) {
        uint64_t place = tol_sectors_place(plan, &purchases->cell[c]);
        for (size_t t = 0; place != TOL_NO_MARKET && t < plan->tile_count; t++) {
            tol_sectors_answer(plan, &plan->tile[t], TOL_PURCHASES,
                               (uint32_t)(place / tol_economy_region_count(plan->economy)));
        }
    }
}

/* ---- a scenario ------------------------------------------------------------------------------------------------ */

static void take_all(const struct tol_plan *plan, size_t scenario, const struct stored_node *node,
                     const struct stored_market *market)
{
    for (uint64_t n = 0; n < node_count(plan); n++) {
        spread_node(plan, scenario, n, &node[n]);
    }
    for (uint64_t m = 0; m < tol_market_count(plan->economy); m++) {
        spread_market(plan, scenario, m, &market[m]);
    }
}

static bool load_scenario(const struct tol_plan *plan, const char *folder, size_t scenario)
{
    char key[TOL_STORE_KEY_SIZE];
    struct tol_sections *sections = NULL;
    const struct stored_node *node =
        tol_store_key(plan, scenario, key)
            ? tol_store_find(folder, store_name, key, stored_bytes(plan), TOL_STORE_CHECKS, &sections)
            : NULL;
    bool found = node != NULL;
    if (found) {
        const struct stored_market *market = (const struct stored_market *)(node + node_count(plan));
        (plan->member != NULL ? take_asked : take_all)(plan, scenario, node, market);
        found = plan->member == NULL || take_uses(plan, folder, key, scenario);
    }
    tol_sections_close(sections);
    return found;
}

bool tol_sector_store_load(const struct tol_plan *plan, const char *folder)
{
    bool all = true;
    for (size_t s = 0; s < plan->scenario_count && all; s++) {
        all = load_scenario(plan, folder, s);
    }
    if (all && plan->member != NULL) {
        answer_asked(plan);
    }
    return all;
}

static void save_scenario(const struct tol_plan *plan, const char *folder, const char *key, size_t scenario)
{
    struct tol_sections_writer *writer;
    struct stored_node *node = tol_store_try(folder, store_name, key, stored_bytes(plan), &writer);
    if (node == NULL) {
        return;
    }
    struct stored_market *market = (struct stored_market *)(node + node_count(plan));
    for (uint64_t n = 0; n < node_count(plan); n++) {
        gather_node(plan, scenario, n, &node[n]);
    }
    for (uint64_t m = 0; m < tol_market_count(plan->economy); m++) {
        for (int r = 0; r < TOL_READING_COUNT; r++) {
            market[m].log_price[r] = *market_value(plan, scenario, r, m);
        }
    }
    tol_store_end(writer);
}

/* row: of each tile. */
static void save_uses(const struct tol_plan *plan, const char *folder, const char *key, size_t scenario,
                      double *const *row)
{
    struct tol_sections_writer *writer;
    uint64_t count = place_count(plan);
    struct stored_use *use = tol_store_try(folder, uses_name, key, count * sizeof *use, &writer);
    for (uint64_t place = 0; use != NULL && place < count; place++) {
        for (int r = 0; r < TOL_READING_COUNT; r++) {
            size_t offset;
            const struct tol_tile *tile = tile_of(plan, scenario, r, &offset);
            use[place].share[r] = row[tile - plan->tile][place * row_lanes(tile) + offset];
        }
        use[place].check = check_of(&use[place], place);
    }
    if (use != NULL) {
        tol_store_end(writer);
    }
}

void tol_sector_store_save(const struct tol_plan *plan, const char *folder)
{
    struct tol_keep keep = {.allocator = plan->keep.allocator};
    double **row = tol_keep_array(&keep, plan->tile_count, sizeof *row);
    bool fits = row != NULL;
    for (size_t t = 0; fits && t < plan->tile_count; t++) {
        row[t] = tol_sectors_all_uses(plan, t, &keep);
        fits = row[t] != NULL;
    }
    for (size_t s = 0; fits && s < plan->scenario_count; s++) {
        char key[TOL_STORE_KEY_SIZE];
        if (tol_store_key(plan, s, key)) {
            save_scenario(plan, folder, key, s);
            save_uses(plan, folder, key, s, row);
        }
    }
    tol_keep_release(&keep);
}
