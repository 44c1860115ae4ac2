#include "exposure/chain_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exposure/store.h"

/* Of one firm in one scenario: lost orders, then dearer inputs, by reading. */
struct stored_firm {
    double indirect[TOL_SIDE_COUNT][TOL_READING_COUNT];
};

static const char store_name[] = "chain";

static bool make_key(const struct tol_plan *plan, size_t scenario, char key[TOL_STORE_KEY_SIZE])
{
    if (!tol_store_key(plan, scenario, key)) {
        return false;
    }
    size_t used = strlen(key);
    int more = snprintf(key + used, TOL_STORE_KEY_SIZE - used, ", book %016llx, %u tiers",
                        (unsigned long long)tol_book_identity(plan->book), plan->settings.tiers);
    return more > 0 && (size_t)more < TOL_STORE_KEY_SIZE - used;
}

struct tol_chain_store {
    size_t count;
    struct {
        struct tol_sections *sections;
        const struct stored_firm *rows;
    } scenario[];
};

void tol_chain_store_close(struct tol_chain_store *store)
{
    for (size_t s = 0; store != NULL && s < store->count; s++) {
        tol_sections_close(store->scenario[s].sections);
    }
    free(store);
}

struct tol_chain_store *tol_chain_store_open(const struct tol_plan *plan)
{
    uint64_t bytes = plan->book->firm_count * sizeof(struct stored_firm);
    struct tol_chain_store *store =
        plan->store != NULL ? calloc(1, sizeof *store + plan->scenario_count * sizeof store->scenario[0]) : NULL;
    for (size_t s = 0; store != NULL && s < plan->scenario_count; s++) {
        char key[TOL_STORE_KEY_SIZE];
        store->count = s + 1;
        store->scenario[s].rows =
            make_key(plan, s, key) ? tol_store_find(plan->store, store_name, key, bytes, &store->scenario[s].sections)
                                   : NULL;
        if (store->scenario[s].rows == NULL) {
            tol_chain_store_close(store);
            return NULL;
        }
    }
    return store;
}

static double *place_of(const struct tol_plan *plan, uint64_t member, enum tol_side side, size_t lane)
{
    struct tol_lane_place place = tol_lane_place(lane);
    const struct tol_tile *tile = &plan->tile[place.tile];
    return tol_indirect_row(plan, tile, side, member) + place.offset;
}

static bool allocate(struct tol_plan *plan)
{
    for (size_t t = 0; t < plan->tile_count; t++) {
        struct tol_tile *tile = &plan->tile[t];
        for (int side = 0; side < TOL_SIDE_COUNT; side++) {
            if (plan->book->side[side].link_count == 0) {
                continue;
            }
            tile->indirect[side] =
                tol_keep_zeroed(&plan->keep, plan->member_count, tile->row_count * TOL_LANES * sizeof(double));
            tile->indirect_stride = tile->row_count * TOL_LANES;
            if (tile->indirect[side] == NULL) {
                return false;
            }
        }
    }
    return true;
}

bool tol_chain_store_load(const struct tol_chain_store *store, struct tol_plan *plan)
{
    if (!allocate(plan)) {
        return false;
    }
    for (size_t s = 0; s < store->count; s++) {
        for (uint64_t m = 0; m < plan->member_count; m++) {
            const struct stored_firm *row = &store->scenario[s].rows[tol_member_firm(plan, m)];
            for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
                for (size_t r = 0; r < TOL_READING_COUNT && plan->tile[0].indirect[side] != NULL; r++) {
                    *place_of(plan, m, side, s * TOL_READING_COUNT + r) = row->indirect[side][r];
                }
            }
        }
    }
    return true;
}

static void save_scenario(const struct tol_plan *plan, size_t scenario)
{
    char key[TOL_STORE_KEY_SIZE];
    struct tol_sections_writer *writer;
    struct stored_firm *rows =
        make_key(plan, scenario, key)
            ? tol_store_begin(plan->store, store_name, key, plan->book->firm_count * sizeof *rows, &writer)
            : NULL;
    for (uint64_t f = 0; rows != NULL && f < plan->book->firm_count; f++) {
        for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
            for (size_t r = 0; r < TOL_READING_COUNT; r++) {
                rows[f].indirect[side][r] = plan->tile[0].indirect[side] != NULL
                                                ? *place_of(plan, f, side, scenario * TOL_READING_COUNT + r)
                                                : 0;
            }
        }
    }
    if (rows != NULL) {
        tol_store_end(writer);
    }
}

void tol_chain_store_save(const struct tol_plan *plan)
{
    for (size_t s = 0; s < plan->scenario_count; s++) {
        save_scenario(plan, s);
    }
}
