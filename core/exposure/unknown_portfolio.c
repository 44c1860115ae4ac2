/* What the facts that are not known leave open for all firms together. */
#include "exposure/unknown.h"

/* Firms are cut into at most so many blocks, whatever the threads: sums are the same bits for any. */
#define BLOCKS_MAX 512
static const uint64_t lines_per_block = 65536;

struct adding {
    const struct tol_plan *plan;
    uint64_t *block_start; /* [BLOCKS_MAX + 1] */
    double *narrowing_eur; /* [block][world_count][fact_count] */
};

static size_t sums_per_block(const struct tol_plan *plan)
{
    return (size_t)plan->world_count * plan->unknown.fact_count;
}

static void add_line(const struct tol_plan *plan, enum tol_side side, uint64_t line,
                     const struct tol_resolved_firm *firm, double *narrowing_eur)
{
    uint32_t cell = plan->side[side].line_cell[line];
    if (plan->unknown.row[side][cell] == 0) {
        return;
    }
    for (uint32_t w = 1; w < plan->world_count; w++) {
        const struct tol_unknown_entry *entry = tol_unknown_of(plan, side, cell, w);
        double weight = tol_unknown_weight(entry, side, firm, plan->side[side].line_value_eur[line]);
        for (uint32_t f = 0; f < entry->count; f++) {
            narrowing_eur[w * plan->unknown.fact_count + entry->fact[f]] += weight * entry->narrowing[f];
        }
    }
}

static enum tol_status add_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)error;
    const struct adding *adding = context;
    const struct tol_plan *plan = adding->plan;
    double *sum = adding->narrowing_eur + block * sums_per_block(plan);
    for (uint64_t member = adding->block_start[block]; member < adding->block_start[block + 1]; member++) {
        const struct tol_resolved_firm firm = tol_firm_resolve(plan, member, plan->scratch[worker].memo);
        for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
            const uint64_t *start = plan->side[side].line_start + member;
            for (uint64_t line = start[0]; line < start[1]; line++) {
                add_line(plan, side, line, &firm, sum);
            }
        }
    }
    return TOL_OK;
}

/* Adds the later blocks to the first, in their order. */
static void add_up(const struct adding *adding, uint64_t block_count)
{
    size_t count = sums_per_block(adding->plan);
    for (uint64_t block = 1; block < block_count; block++) {
        for (size_t i = 0; i < count; i++) {
            adding->narrowing_eur[i] += adding->narrowing_eur[block * count + i];
        }
    }
}

static struct tol_widest_unknown widest_of(const struct tol_plan *plan, const double *narrowing_eur)
{
    struct tol_widest_unknown widest = {0};
    for (uint32_t f = 0; f < plan->unknown.fact_count; f++) {
        if (narrowing_eur[f] > widest.narrowing_eur) {
            widest = (struct tol_widest_unknown){.fact = (uint16_t)(f + 1), .narrowing_eur = narrowing_eur[f]};
        }
    }
    return widest;
}

static enum tol_status find_widest(struct adding *adding, struct tol_run *run, struct tol_keep *keep,
                                   struct tol_widest_unknown *widest, struct tol_error *error)
{
    const struct tol_plan *plan = adding->plan;
    adding->block_start = tol_keep_array(keep, BLOCKS_MAX + 1, sizeof *adding->block_start);
    uint64_t blocks = 0;
    if (adding->block_start != NULL) {
        blocks =
            tol_blocks_balance(plan->firm_count, plan->side[TOL_SALES].line_start, plan->side[TOL_PURCHASES].line_start,
                               lines_per_block, adding->block_start, BLOCKS_MAX);
        adding->narrowing_eur = tol_keep_zeroed(keep, (blocks + 1) * sums_per_block(plan), sizeof(double));
    }
    if (adding->narrowing_eur == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for the facts that are not known");
    }
    enum tol_status status = tol_run_blocks(run, blocks, add_block, adding, error);
    if (status == TOL_OK) {
        add_up(adding, blocks);
        for (size_t s = 0; s < plan->scenario_count; s++) {
            widest[s] =
                widest_of(plan, adding->narrowing_eur + (size_t)plan->scenario_world[s] * plan->unknown.fact_count);
        }
    }
    return status;
}

enum tol_status tol_plan_widest_unknown(const struct tol_plan *plan, struct tol_run *run,
                                        struct tol_widest_unknown *widest, struct tol_error *error)
{
    struct adding adding = {.plan = plan};
    struct tol_keep keep = {.allocator = plan->keep.allocator};
    enum tol_status status = find_widest(&adding, run, &keep, widest, error);
    tol_keep_release(&keep);
    return status;
}
