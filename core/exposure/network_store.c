#include "exposure/network_store.h"

#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "exposure/network.h"
#include "exposure/store.h"

/* Firms of a block: a checksum is long enough to be quick, and a shard reads few firms of others. */
#define BLOCK_FIRMS 256

struct kept_block {
    struct tol_network_answer firm[BLOCK_FIRMS]; /* of one scenario; zeros behind the last firm */
    uint64_t check;                              /* of the firms and of the block's place */
};

static const char store_name[] = "network";

static uint64_t check_of(const struct kept_block *block, uint64_t place)
{
    return XXH3_64bits_withSeed(block->firm, sizeof block->firm, place);
}

static uint64_t block_count_of(uint64_t firm_count)
{
    return (firm_count + BLOCK_FIRMS - 1) / BLOCK_FIRMS;
}

uint64_t tol_network_store_bytes(uint64_t firm_count)
{
    return block_count_of(firm_count) * sizeof(struct kept_block);
}

/* Without the identity of the tables an answer could be another table's. A plan of one firm has numbers of its own for the firms around it, and
 * answers in another store (chain_store.h). */
static bool may_be_kept(const struct tol_plan *plan)
{
    return plan->member == NULL && plan->store != NULL && plan->economy != NULL && tol_network_is_there(plan);
}

/* ---- reading --------------------------------------------------------------------------------------------------- */

/* Files of all scenarios, mapped; rows NULL: none that is whole. */
struct reading {
    struct tol_plan *plan; /* NULL while it is only checked */
    uint64_t first_block, end_block;
    size_t count;
    struct {
        struct tol_sections *sections;
        const struct kept_block *block;
    } scenario[];
};

static void close_reading(struct reading *reading)
{
    for (size_t s = 0; reading != NULL && s < reading->count; s++) {
        tol_sections_close(reading->scenario[s].sections);
    }
    free(reading);
}

static struct reading *open_reading(const struct tol_plan *plan)
{
    uint64_t bytes = tol_network_store_bytes(plan->book->firm_count);
    struct reading *reading = calloc(1, sizeof *reading + plan->scenario_count * sizeof reading->scenario[0]);
    if (reading == NULL) {
        return NULL;
    }
    reading->first_block = plan->scored_first / BLOCK_FIRMS;
    reading->end_block = block_count_of(plan->scored_first + plan->scored_count);
    reading->count = plan->scenario_count;
    for (size_t s = 0; s < reading->count; s++) {
        char key[TOL_STORE_KEY_SIZE];
        if (tol_store_book_key(plan, s, key)) {
            reading->scenario[s].block = tol_store_find(plan->store, store_name, key, bytes, TOL_STORE_CALLER_CHECKS,
                                                        &reading->scenario[s].sections);
        }
        if (reading->scenario[s].block != NULL) {
            tol_sections_expect_all(reading->scenario[s].sections);
        }
    }
    return reading;
}

/* One scenario's blocks; they are forgotten when one is not what was written. */
static enum tol_status check_scenario(void *context, unsigned worker, uint64_t scenario, struct tol_error *error)
{
    (void)worker;
    (void)error;
    struct reading *reading = context;
    const struct kept_block *block = reading->scenario[scenario].block;
    for (uint64_t b = reading->first_block; block != NULL && b < reading->end_block; b++) {
        if (block[b].check != check_of(&block[b], b)) {
            block = NULL;
        }
    }
    reading->scenario[scenario].block = block;
    return TOL_OK;
}

static enum tol_status open_checked(const struct tol_plan *plan, struct tol_run *run, struct reading **reading,
                                    struct tol_error *error)
{
    *reading = open_reading(plan);
    if (*reading == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for the network's answers");
    }
    return tol_run_blocks(run, (*reading)->count, check_scenario, *reading, error);
}

enum tol_status tol_network_store_check(const struct tol_plan *plan, struct tol_run *run, bool *sound,
                                        struct tol_error *error)
{
    struct reading *reading;
    memset(sound, 0, plan->scenario_count * sizeof *sound);
    if (!may_be_kept(plan)) {
        return TOL_OK;
    }
    enum tol_status status = open_checked(plan, run, &reading, error);
    for (size_t s = 0; status == TOL_OK && s < plan->scenario_count; s++) {
        sound[s] = reading->scenario[s].block != NULL;
    }
    close_reading(reading);
    return status;
}

/* Block `index` from the first on that has a scored firm. */
static enum tol_status take_block(void *context, unsigned worker, uint64_t index, struct tol_error *error)
{
    (void)worker;
    (void)error;
    const struct reading *reading = context;
    const struct tol_plan *plan = reading->plan;
    uint64_t block = reading->first_block + index;
    uint64_t first = block * BLOCK_FIRMS, end = first + BLOCK_FIRMS;
    uint64_t scored_end = plan->scored_first + plan->scored_count;
    first = first > plan->scored_first ? first : plan->scored_first;
    end = end < scored_end ? end : scored_end;
    for (size_t s = 0; s < plan->scenario_count; s++) {
        for (uint64_t f = first; f < end; f++) {
            tol_network_answer_put(plan, s, f, &reading->scenario[s].block[block].firm[f % BLOCK_FIRMS]);
        }
    }
    return TOL_OK;
}

static enum tol_status take(struct reading *reading, struct tol_plan *plan, struct tol_run *run,
                            struct tol_error *error)
{
    if (!tol_network_rows_make(plan, plan->scored_count)) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for the network of %llu firms; score fewer scenarios",
                        (unsigned long long)plan->scored_count);
    }
    reading->plan = plan;
    plan->row_first = plan->scored_first;
    plan->network.origin = TOL_NETWORK_TAKEN;
    return tol_run_blocks(run, reading->end_block - reading->first_block, take_block, reading, error);
}

enum tol_status tol_network_store_take(struct tol_plan *plan, struct tol_run *run, struct tol_error *error)
{
    if (!may_be_kept(plan)) {
        return TOL_OK;
    }
    struct reading *reading;
    enum tol_status status = open_checked(plan, run, &reading, error);
    for (size_t s = plan->scenario_count; status == TOL_OK && s-- > 0;) {
        bool sound = reading->scenario[s].block != NULL;
        plan->network.kept += sound;
        plan->network.lacking = sound ? plan->network.lacking : s;
    }
    if (status == TOL_OK && plan->network.kept == plan->scenario_count) {
        status = take(reading, plan, run, error);
    }
    close_reading(reading);
    return status;
}

/* ---- writing --------------------------------------------------------------------------------------------------- */

struct writing {
    const struct tol_plan *plan;
    struct {
        struct tol_sections_writer *writer;
        struct kept_block *block;
    } scenario[];
};

/* One block of all scenarios, whose rows of the network stand beside each other. */
static enum tol_status fill_block(void *context, unsigned worker, uint64_t place, struct tol_error *error)
{
    (void)worker;
    (void)error;
    struct writing *writing = context;
    const struct tol_plan *plan = writing->plan;
    uint64_t left = plan->book->firm_count - place * BLOCK_FIRMS;
    for (size_t s = 0; s < plan->scenario_count; s++) {
        struct kept_block *block = &writing->scenario[s].block[place];
        for (uint64_t f = 0; f < BLOCK_FIRMS && f < left; f++) {
            block->firm[f] = tol_network_answer(plan, s, place * BLOCK_FIRMS + f);
        }
        block->check = check_of(block, place);
    }
    return TOL_OK;
}

static enum tol_status begin_scenarios(struct writing *writing, struct tol_error *error)
{
    const struct tol_plan *plan = writing->plan;
    uint64_t bytes = tol_network_store_bytes(plan->book->firm_count);
    enum tol_status status = TOL_OK;
    for (size_t s = 0; s < plan->scenario_count && status == TOL_OK; s++) {
        char key[TOL_STORE_KEY_SIZE];
        void *rows = NULL;
        status = tol_store_book_key(plan, s, key)
                     ? tol_store_begin(plan->store, store_name, key, bytes, &writing->scenario[s].writer, &rows, error)
                     : tol_fail(error, TOL_USAGE, "the names of the laws are too long to be kept");
        writing->scenario[s].block = rows;
    }
    return status;
}

static enum tol_status finish_scenario(void *context, unsigned worker, uint64_t scenario, struct tol_error *error)
{
    (void)worker;
    struct writing *writing = context;
    struct tol_sections_writer *writer = writing->scenario[scenario].writer;
    writing->scenario[scenario].writer = NULL;
    return tol_sections_finish(writer, error);
}

enum tol_status tol_plan_keep_network(const struct tol_plan *plan, struct tol_run *run, struct tol_error *error)
{
    if (plan->store == NULL || plan->economy == NULL) {
        return tol_fail(error, TOL_USAGE, "the network's answers are kept in a folder, by tables with an economy");
    }
    if (!may_be_kept(plan) || plan->network.origin != TOL_NETWORK_SOLVED) {
        return TOL_OK;
    }
    struct writing *writing = calloc(1, sizeof *writing + plan->scenario_count * sizeof writing->scenario[0]);
    if (writing == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for the network's answers");
    }
    writing->plan = plan;
    enum tol_status status = begin_scenarios(writing, error);
    if (status == TOL_OK) {
        status = tol_run_blocks(run, block_count_of(plan->book->firm_count), fill_block, writing, error);
    }
    if (status == TOL_OK) {
        status = tol_run_blocks(run, plan->scenario_count, finish_scenario, writing, error);
    }
    for (size_t s = 0; s < plan->scenario_count; s++) {
        tol_sections_abort(writing->scenario[s].writer);
    }
    free(writing);
    return status;
}
