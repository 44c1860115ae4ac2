#include "exposure/chain_store.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "exposure/network.h"
#include "exposure/store.h"

/* Of one firm in one scenario. */
struct stored_firm {
    struct tol_network_answer answer;
    struct tol_kept_partner partner;
    uint64_t label; /* checksum of how the firm is named */
    uint64_t check; /* of all before it and of the firm's place in the book */
};

static uint64_t check_of(const struct stored_firm *row, uint64_t firm)
{
    return XXH3_64bits_withSeed(row, offsetof(struct stored_firm, check), firm);
}

static const char store_name[] = "chain";

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
        store->scenario[s].rows = tol_store_book_key(plan, s, key)
                                      ? tol_store_find(plan->store, store_name, key, bytes, TOL_STORE_CALLER_CHECKS,
                                                       &store->scenario[s].sections)
                                      : NULL;
        if (store->scenario[s].rows == NULL) {
            tol_chain_store_close(store);
            return NULL;
        }
    }
    return store;
}

bool tol_chain_store_sound(const struct tol_chain_store *store, const struct tol_plan *plan)
{
    for (size_t s = 0; s < store->count; s++) {
        for (uint64_t m = 0; m < plan->member_count; m++) {
            uint64_t firm = tol_member_firm(plan, m);
            const struct stored_firm *row = &store->scenario[s].rows[firm];
            if (row->check != check_of(row, firm) || row->label != tol_book_label_checksum(plan->book, firm)) {
                return false;
            }
        }
    }
    return true;
}

bool tol_chain_store_load(const struct tol_chain_store *store, struct tol_plan *plan)
{
    struct tol_kept_partner *partner =
        tol_keep_array(&plan->keep, plan->scenario_count * (size_t)plan->member_count, sizeof *partner);
    if (partner == NULL || !tol_network_rows_make(plan, plan->member_count)) {
        return false;
    }
    for (size_t s = 0; s < store->count; s++) {
        for (uint64_t m = 0; m < plan->member_count; m++) {
            const struct stored_firm *row = &store->scenario[s].rows[tol_member_firm(plan, m)];
            tol_network_answer_put(plan, s, m, &row->answer);
            partner[s * plan->member_count + m] = row->partner;
        }
    }
    plan->partner = partner;
    return true;
}

/* ---- writing --------------------------------------------------------------------------------------------------- */

/* The direct pass once more, of some firms and the scenario's central lane. */
static void fill_direct(const struct tol_plan *plan, size_t scenario, uint64_t first, size_t count,
                        const struct tol_resolved_firm *firm, struct stored_firm *rows)
{
    struct tol_lane_place place = tol_lane_place(tol_central_lane(scenario));
    size_t lanes = plan->tile[place.tile].row_count * TOL_LANES;
    for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
        bool sales = side == TOL_SALES;
        size_t one = sales ? (size_t)TOL_SALES_PRICE_CUT : (size_t)TOL_PURCHASE_COST_RISE;
        size_t two = sales ? (size_t)TOL_SALES_VOLUME : one;
        const double *sums = tol_sum_tile(plan, &plan->scratch[0], side, place.tile, first, count);
        for (size_t f = 0; f < count; f++) {
            const double *of = sums + f * tol_side_factors(side) * lanes + place.offset;
            rows[first + f].partner.direct[side] = tol_network_direct(side, of[one * lanes], of[two * lanes], &firm[f]);
        }
    }
}

static void fill_rows(const struct tol_plan *plan, size_t scenario, uint64_t first, size_t count,
                      struct stored_firm *rows)
{
    struct tol_scratch *scratch = &plan->scratch[0];
    for (size_t f = 0; f < count; f++) {
        scratch->firm[f] = tol_firm_resolve(plan, first + f, scratch->memo);
        rows[first + f].partner.passed = scratch->firm[f].cost_pass_through;
        rows[first + f].label = tol_book_label_checksum(plan->book, first + f);
        rows[first + f].answer = tol_network_answer(plan, scenario, first + f);
    }
    fill_direct(plan, scenario, first, count, scratch->firm, rows);
    for (uint64_t f = first; f < first + count; f++) {
        rows[f].check = check_of(&rows[f], f);
    }
}

static void save_scenario(const struct tol_plan *plan, size_t scenario)
{
    char key[TOL_STORE_KEY_SIZE];
    struct tol_sections_writer *writer;
    uint64_t firms = plan->book->firm_count;
    struct stored_firm *rows = tol_store_book_key(plan, scenario, key)
                                   ? tol_store_try(plan->store, store_name, key, firms * sizeof *rows, &writer)
                                   : NULL;
    for (uint64_t first = 0; rows != NULL && first < firms; first += plan->chunk_firms) {
        uint64_t left = firms - first;
        fill_rows(plan, scenario, first, left < plan->chunk_firms ? (size_t)left : plan->chunk_firms, rows);
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
