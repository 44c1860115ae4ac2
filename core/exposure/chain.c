#include "exposure/chain.h"

/* Links of a block: long enough to hide the queue. */
static const uint64_t links_per_block = 32768;
static const uint64_t blocks_max = 4096;

struct sweep {
    struct tol_chain *chain;
    const uint64_t *block_start;
    int *left; /* [workers] */
};

static int sweep_nodes(const struct tol_chain *chain, uint64_t first, uint64_t end)
{
    size_t lanes = chain->row_count * TOL_LANES;
    size_t count = (size_t)(end - first);
    double *next = chain->next + first * lanes;
    chain->kernels->gather_sum(count, chain->row_count, chain->start + first, chain->other, chain->value, NULL,
                               chain->term, next);
    return chain->kernels->chain_step(count, chain->row_count, chain->unit != NULL ? chain->unit + first : NULL,
                                      chain->passed != NULL ? chain->passed + first : NULL, next,
                                      chain->total + first * lanes);
}

static enum tol_status sweep_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)error;
    const struct sweep *sweep = context;
    sweep->left[worker] |= sweep_nodes(sweep->chain, sweep->block_start[block], sweep->block_start[block + 1]);
    return TOL_OK;
}

static void swap_terms(struct tol_chain *chain)
{
    double *term = chain->term;
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
    uint64_t blocks = tol_blocks_balance(chain->node_count, chain->start, NULL, links_per_block, block_start, capacity);
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
    return TOL_OK;
}

enum tol_status tol_chain_run(struct tol_chain *chain, struct tol_run *run, struct tol_keep *keep,
                              struct tol_error *error)
{
    if (chain->node_count == 0) {
        return TOL_OK;
    }
    chain->tiers = chain->tiers < TOL_CHAIN_SWEEPS_MAX ? chain->tiers : TOL_CHAIN_SWEEPS_MAX;
    if (run != NULL) {
        return sweep_on_workers(chain, run, keep, error);
    }
    for (uint32_t tier = 0, any = 1; any != 0 && tier < chain->tiers; tier++) {
        any = (uint32_t)sweep_nodes(chain, 0, chain->node_count);
        swap_terms(chain);
    }
    return TOL_OK;
}
