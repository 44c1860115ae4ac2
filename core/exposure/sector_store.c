#include "exposure/sector_store.h"

#include "exposure/store.h"

/* Of one node in one scenario, by side and reading. */
struct stored_node {
    double direct[TOL_SIDE_COUNT][TOL_READING_COUNT];
    double indirect[TOL_SIDE_COUNT][TOL_READING_COUNT];
};

static const char store_name[] = "sectors";

static size_t place_in_tile(const struct tol_plan *plan, uint32_t node, size_t lane, const struct tol_tile **tile)
{
    struct tol_lane_place place = tol_lane_place(lane);
    *tile = &plan->tile[place.tile];
    return node * (*tile)->row_count * TOL_LANES + place.offset;
}

static void spread(const struct tol_plan *plan, size_t scenario, const struct stored_node *rows)
{
    const struct tol_tile *tile;
    for (uint32_t n = 0; n < tol_economy_node_count(plan->economy); n++) {
        for (int side = 0; side < TOL_SIDE_COUNT; side++) {
            for (int r = 0; r < TOL_READING_COUNT; r++) {
                size_t at = place_in_tile(plan, n, scenario * TOL_READING_COUNT + (size_t)r, &tile);
                tile->node_direct[side][at] = rows[n].direct[side][r];
                tile->node_indirect[side][at] = rows[n].indirect[side][r];
            }
        }
    }
}

static void gather(const struct tol_plan *plan, size_t scenario, struct stored_node *rows)
{
    const struct tol_tile *tile;
    for (uint32_t n = 0; n < tol_economy_node_count(plan->economy); n++) {
        for (int side = 0; side < TOL_SIDE_COUNT; side++) {
            for (int r = 0; r < TOL_READING_COUNT; r++) {
                size_t at = place_in_tile(plan, n, scenario * TOL_READING_COUNT + (size_t)r, &tile);
                rows[n].direct[side][r] = tile->node_direct[side][at];
                rows[n].indirect[side][r] = tile->node_indirect[side][at];
            }
        }
    }
}

static uint64_t stored_bytes(const struct tol_plan *plan)
{
    return tol_economy_node_count(plan->economy) * sizeof(struct stored_node);
}

bool tol_sector_store_load(const struct tol_plan *plan, const char *folder)
{
    bool all = true;
    for (size_t s = 0; s < plan->scenario_count && all; s++) {
        char key[TOL_STORE_KEY_SIZE];
        struct tol_sections *sections = NULL;
        const struct stored_node *rows =
            tol_store_key(plan, s, key)
                ? tol_store_find(folder, store_name, key, stored_bytes(plan), TOL_STORE_CHECKS, &sections)
                : NULL;
        all = rows != NULL;
        if (all) {
            spread(plan, s, rows);
        }
        tol_sections_close(sections);
    }
    return all;
}

void tol_sector_store_save(const struct tol_plan *plan, const char *folder)
{
    for (size_t s = 0; s < plan->scenario_count; s++) {
        char key[TOL_STORE_KEY_SIZE];
        struct tol_sections_writer *writer;
        struct stored_node *rows =
            tol_store_key(plan, s, key) ? tol_store_begin(folder, store_name, key, stored_bytes(plan), &writer) : NULL;
        if (rows != NULL) {
            gather(plan, s, rows);
            tol_store_end(writer);
        }
    }
}
