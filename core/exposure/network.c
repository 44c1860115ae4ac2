#include "exposure/network.h"

#include "exposure/chain.h"

/* A tile's arrays while it is solved, each [member_count] wide. */
struct solving {
    struct tol_plan *plan;
    struct tol_keep keep;
    size_t tile;
    double *term[TOL_SIDE_COUNT];
    double *next;
    double *unit[TOL_SIDE_COUNT];
    double *whole[TOL_SIDE_COUNT];
    double *passed; /* kappa: sales hand on all, purchases what the firm passes on */
    uint64_t *block_start;
    uint64_t block_count;
};

static bool has_links(const struct tol_plan *plan, enum tol_side side)
{
    const struct tol_plan_side *of = &plan->side[side];
    return of->link_start != NULL && of->link_start[plan->member_count] > of->link_start[0];
}

double tol_network_unit(const struct tol_plan *plan, enum tol_side side, uint64_t member,
                        const struct tol_resolved_firm *firm)
{
    double stated_eur = side == TOL_SALES ? firm->revenue_eur : firm->purchases_eur;
    double lines_eur = plan->book->side[side].concentration[tol_member_firm(plan, member)].total_eur;
    if (!(stated_eur > 0)) {
        return 0;
    }
    return 1 / (lines_eur > stated_eur ? lines_eur : stated_eur);
}

static void resolve_members(const struct solving *solving, unsigned worker, uint64_t first, uint64_t end)
{
    for (uint64_t m = first; m < end; m++) {
        struct tol_resolved_firm firm = tol_firm_resolve(solving->plan, m, solving->plan->scratch[worker].memo);
        solving->whole[TOL_SALES][m] = firm.revenue_eur;
        solving->whole[TOL_PURCHASES][m] = firm.purchases_eur;
        solving->passed[m] = firm.cost_pass_through;
        for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
            solving->unit[side][m] = tol_network_unit(solving->plan, side, m, &firm);
        }
    }
}

/* The direct pass of some members, and the first term of each side from it. */
static void begin_members(const struct solving *solving, unsigned worker, uint64_t first, size_t count)
{
    const struct tol_plan *plan = solving->plan;
    const struct tol_tile *tile = &plan->tile[solving->tile];
    size_t lanes = tile->row_count * TOL_LANES;
    struct tol_sums sums = tol_sum_tile(plan, &plan->scratch[worker], solving->tile, first, count);
    for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
        if (has_links(plan, side)) {
            const struct tol_chain_source source = tol_chain_source_of(
                side, &sums, lanes, solving->unit[side] + first, solving->whole[side] + first, solving->passed + first);
            plan->kernels->chain_begin(count, tile->row_count, &source, solving->term[side] + first * lanes,
                                       tile->indirect[side] + first * lanes);
        }
    }
}

static enum tol_status begin_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)error;
    const struct solving *solving = context;
    uint64_t end = solving->block_start[block + 1];
    if (solving->tile == 0) {
        resolve_members(solving, worker, solving->block_start[block], end);
    }
    for (uint64_t first = solving->block_start[block]; first < end; first += solving->plan->chunk_firms) {
        uint64_t left = end - first;
        begin_members(solving, worker, first,
                      left < solving->plan->chunk_firms ? (size_t)left : solving->plan->chunk_firms);
    }
    return TOL_OK;
}

static enum tol_status solve_tile(struct solving *solving, struct tol_run *run, struct tol_error *error)
{
    struct tol_plan *plan = solving->plan;
    struct tol_tile *tile = &plan->tile[solving->tile];
    enum tol_status status = tol_plan_blocks(run, solving->block_count, begin_block, solving, error);
    for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT && status == TOL_OK; side++) {
        if (!has_links(plan, side)) {
            continue;
        }
        struct tol_chain chain = {
            .kernels = plan->kernels,
            .node_count = plan->member_count,
            .row_count = tile->row_count,
            .start = plan->side[side].link_start,
            .other = plan->side[side].link_member,
            .value = plan->side[side].link_value_eur,
            .unit = solving->unit[side],
            .passed = side == TOL_SALES ? NULL : solving->passed,
            .tiers = plan->settings.tiers,
            .term = solving->term[side],
            .next = solving->next,
            .total = tile->indirect[side],
        };
        status = tol_chain_run(&chain, run, &solving->keep, error);
        solving->term[side] = chain.term;
        solving->next = chain.next;
    }
    return status;
}

/* Lines of a block, as of the plan's own. */
static const uint64_t lines_per_block = 16384;
static const uint64_t blocks_max = 65536;

static bool allocate(struct solving *solving)
{
    struct tol_plan *plan = solving->plan;
    struct tol_keep *keep = &solving->keep;
    uint64_t members = plan->member_count;
    size_t widest = plan->tile[0].row_count * TOL_LANES * sizeof(double);
    solving->next = tol_keep_array(keep, members, widest);
    solving->passed = tol_keep_array(keep, members, sizeof(double));
    uint64_t capacity = members < blocks_max ? members : blocks_max;
    solving->block_start = tol_keep_array(keep, capacity + 1, sizeof *solving->block_start);
    bool fits = solving->next != NULL && solving->passed != NULL && solving->block_start != NULL;
    for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
        solving->term[side] = tol_keep_array(keep, has_links(plan, side) ? members : 0, widest);
        solving->unit[side] = tol_keep_array(keep, members, sizeof(double));
        solving->whole[side] = tol_keep_array(keep, members, sizeof(double));
        fits = fits && solving->term[side] != NULL && solving->unit[side] != NULL && solving->whole[side] != NULL;
        for (size_t t = 0; t < plan->tile_count && fits && has_links(plan, side); t++) {
            plan->tile[t].indirect[side] =
                tol_keep_array(&plan->keep, members, plan->tile[t].row_count * TOL_LANES * sizeof(double));
            fits = plan->tile[t].indirect[side] != NULL;
        }
    }
    if (fits) {
        solving->block_count =
            tol_blocks_balance(members, plan->side[TOL_SALES].line_start, plan->side[TOL_PURCHASES].line_start,
                               lines_per_block, solving->block_start, capacity);
    }
    return fits;
}

enum tol_status tol_network_solve(struct tol_plan *plan, struct tol_run *run, struct tol_error *error)
{
    if (!has_links(plan, TOL_SALES) && !has_links(plan, TOL_PURCHASES)) {
        return TOL_OK;
    }
    struct solving solving = {.plan = plan, .keep = {.allocator = plan->keep.allocator}};
    enum tol_status status = TOL_OK;
    if (!allocate(&solving)) {
        status = tol_fail(error, TOL_NO_MEMORY, "out of memory for the network of %llu firms",
                          (unsigned long long)plan->member_count);
    }
    for (; solving.tile < plan->tile_count && status == TOL_OK; solving.tile++) {
        status = solve_tile(&solving, run, error);
    }
    tol_keep_release(&solving.keep);
    return status;
}
