#include "exposure/chain.h"

#include <string.h>

/* Links of a block: long enough to hide the queue. */
static const uint64_t links_per_block = 32768;
static const uint64_t blocks_max = 4096;

struct sweep {
    struct tol_chain *chain;
    const uint64_t *block_start;
    int *left; /* [workers] */
};

static enum tol_status sweep_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)error;
    const struct sweep *sweep = context;
    const struct tol_chain *chain = sweep->chain;
    sweep->left[worker] |=
        chain->kernels->chain_sweep(sweep->block_start[block], sweep->block_start[block + 1], chain->row_count,
                                    &chain->links, &chain->term, &chain->next, chain->total);
    return TOL_OK;
}

static enum tol_status settle_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)worker;
    (void)error;
    const struct sweep *sweep = context;
    const struct tol_chain *chain = sweep->chain;
    chain->kernels->chain_settle(sweep->block_start[block], sweep->block_start[block + 1], chain->row_count,
                                 &chain->term, chain->total);
    return TOL_OK;
}

static void swap_terms(struct tol_chain *chain)
{
    struct tol_chain_terms term = chain->term;
    chain->term = chain->next;
    chain->next = term;
}

static enum tol_status sweep_on_workers(struct tol_chain *chain, struct tol_run *run, struct tol_keep *keep,
                                        struct tol_error *error)
{
    unsigned workers = tol_run_threads(run);
    uint64_t capacity = chain->node_count < blocks_max ? chain->node_count : blocks_max;
    uint64_t *block_start = tol_keep_array(keep, capacity + 1, sizeof *block_start);
    int *left = tol_keep_array(keep, workers, sizeof *left);
    if (block_start == NULL || left == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for the blocks of a network");
    }
    uint64_t blocks =
        tol_blocks_balance(chain->node_count, chain->links.start, NULL, links_per_block, block_start, capacity);
    for (uint64_t block = 1; block < blocks; block++) {
        block_start[block] -= block_start[block] % 64; /* nodes that share a word of bits share a block */
    }
    struct sweep sweep = {.chain = chain, .block_start = block_start, .left = left};
    for (uint32_t tier = 0, any = 1; any != 0 && tier < chain->tiers; tier++) {
        for (unsigned i = 0; i < workers; i++) {
            left[i] = 0;
        }
        enum tol_status status = tol_run_blocks(run, blocks, sweep_block, &sweep, error);
        if (status != TOL_OK) {
            return status;
        }
        swap_terms(chain);
        any = 0;
        for (unsigned i = 0; i < workers; i++) {
            any |= (uint32_t)left[i];
        }
    }
    return tol_run_blocks(run, blocks, settle_block, &sweep, error);
}

bool tol_chain_terms_make(struct tol_keep *keep, uint64_t node_count, size_t row_count, struct tol_chain_terms *terms)
{
    terms->row = tol_keep_array(keep, node_count, row_count * TOL_LANES * sizeof(double));
    terms->wide = tol_keep_array(keep, (node_count + 63) / 64, sizeof *terms->wide);
    return terms->row != NULL && terms->wide != NULL;
}

enum tol_status tol_chain_run(struct tol_chain *chain, struct tol_run *run, struct tol_keep *keep,
                              struct tol_error *error)
{
    if (chain->node_count == 0) {
        return TOL_OK;
    }
    chain->tiers = chain->tiers < TOL_CHAIN_SWEEPS_MAX ? chain->tiers : TOL_CHAIN_SWEEPS_MAX;
    memset(chain->term.wide, 0xff, (chain->node_count + 63) / 64 * sizeof *chain->term.wide);
    if (run != NULL) {
        return sweep_on_workers(chain, run, keep, error);
    }
    for (uint32_t tier = 0, any = 1; any != 0 && tier < chain->tiers; tier++) {
        any = (uint32_t)chain->kernels->chain_sweep(0, chain->node_count, chain->row_count, &chain->links, &chain->term,
                                                    &chain->next, chain->total);
        swap_terms(chain);
    }
    chain->kernels->chain_settle(0, chain->node_count, chain->row_count, &chain->term, chain->total);
    return TOL_OK;
}
