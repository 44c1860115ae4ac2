#include "exposure/network.h"

#include <string.h>

#include "exposure/chain.h"
#include "exposure/network_order.h"

/* Tiles that are solved together: a link is read once for all of their lanes, and a term is long enough for the memory to stream. */
#define TILES_AT_ONCE (TOL_CHAIN_ROWS_MAX / TOL_TILE_ROWS)

/* Arrays while some tiles are solved, each [nodes] wide. */
struct solving {
    struct tol_plan *plan;
    struct tol_keep keep;
    enum tol_side side;
    size_t first_tile, end_tile;
    size_t row_count; /* of these tiles together */
    struct tol_network_order order;
    struct tol_network_links links;
    struct tol_chain_terms term, next;
    double *total; /* [node][row_count][TOL_LANES] */
    double *unit[TOL_SIDE_COUNT];
    double *whole[TOL_SIDE_COUNT];
    double *passed;        /* kappa: sales hand on all, purchases what the firm passes on */
    uint64_t *block_start; /* of members */
    uint64_t block_count;
};

static bool has_links(const struct tol_plan *plan, enum tol_side side)
{
    const struct tol_plan_side *of = &plan->side[side];
    return of->link_start != NULL && of->link_start[plan->member_count] > of->link_start[0];
}

bool tol_network_is_there(const struct tol_plan *plan)
{
    return has_links(plan, TOL_SALES) || has_links(plan, TOL_PURCHASES);
}

bool tol_network_rows_make(struct tol_plan *plan, uint64_t rows)
{
    for (size_t t = 0; t < plan->tile_count; t++) {
        struct tol_tile *tile = &plan->tile[t];
        for (int side = 0; side < TOL_SIDE_COUNT; side++) {
            if (plan->book->side[side].link_count == 0) {
                continue;
            }
            tile->indirect[side] = tol_keep_zeroed(&plan->keep, rows, tile->row_count * TOL_LANES * sizeof(double));
            tile->indirect_stride = tile->row_count * TOL_LANES;
            if (tile->indirect[side] == NULL) {
                return false;
            }
        }
    }
    return true;
}

struct tol_network_answer tol_network_answer(const struct tol_plan *plan, size_t scenario, uint64_t member)
{
    struct tol_network_answer answer = {0};
    for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
        for (size_t r = 0; r < TOL_READING_COUNT && plan->tile[0].indirect[side] != NULL; r++) {
            answer.indirect[side][r] = *tol_indirect_place(plan, side, member, scenario * TOL_READING_COUNT + r);
        }
    }
    return answer;
}

void tol_network_answer_put(const struct tol_plan *plan, size_t scenario, uint64_t member,
                            const struct tol_network_answer *answer)
{
    for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
        for (size_t r = 0; r < TOL_READING_COUNT && plan->tile[0].indirect[side] != NULL; r++) {
            *tol_indirect_place(plan, side, member, scenario * TOL_READING_COUNT + r) = answer->indirect[side][r];
        }
    }
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

static enum tol_status resolve_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)error;
    const struct solving *solving = context;
    for (uint64_t m = solving->block_start[block]; m < solving->block_start[block + 1]; m++) {
        struct tol_resolved_firm firm = tol_firm_resolve(solving->plan, m, solving->plan->scratch[worker].memo);
        uint32_t node = solving->order.node[m];
        solving->whole[TOL_SALES][node] = firm.revenue_eur;
        solving->whole[TOL_PURCHASES][node] = firm.purchases_eur;
        solving->passed[node] = firm.cost_pass_through;
        for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
            solving->unit[side][node] = tol_network_unit(solving->plan, side, m, &firm);
        }
    }
    return TOL_OK;
}

/* What the members' shares are shares of, in their order: whole, unit and passed, each [count]. */
static struct tol_chain_source source_of(const struct solving *solving, unsigned worker, size_t tile, uint64_t first,
                                         size_t count)
{
    const struct tol_plan *plan = solving->plan;
    struct tol_scratch *scratch = &plan->scratch[worker];
    enum tol_side side = solving->side;
    double *whole = scratch->input, *unit = whole + count, *passed = unit + count;
    for (size_t f = 0; f < count; f++) {
        uint32_t node = solving->order.node[first + f];
        whole[f] = solving->whole[side][node];
        unit[f] = solving->unit[side][node];
        passed[f] = solving->passed[node];
    }
    const double *sums = tol_sum_tile(plan, scratch, side, tile, first, count);
    return tol_chain_source_of(side, sums, plan->tile[tile].row_count * TOL_LANES, unit, whole, passed);
}

/* The direct pass of some members, and the first terms from it, to their nodes. */
static void begin_members(const struct solving *solving, unsigned worker, uint64_t first, size_t count)
{
    const struct tol_plan *plan = solving->plan;
    double *term = plan->scratch[worker].term, *total = plan->scratch[worker].indirect[solving->side];
    size_t stride = solving->row_count * TOL_LANES;
    size_t place = 0;
    for (size_t t = solving->first_tile; t < solving->end_tile; t++) {
        size_t lanes = plan->tile[t].row_count * TOL_LANES;
        const struct tol_chain_source source = source_of(solving, worker, t, first, count);
        plan->kernels->chain_begin(count, plan->tile[t].row_count, &source, term, total);
        for (size_t f = 0; f < count; f++) {
            size_t at = solving->order.node[first + f] * stride + place;
            memcpy(solving->term.row + at, term + f * lanes, lanes * sizeof *term);
            memcpy(solving->total + at, total + f * lanes, lanes * sizeof *total);
        }
        place += lanes;
    }
}

static enum tol_status begin_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)error;
    const struct solving *solving = context;
    uint64_t end = solving->block_start[block + 1];
    for (uint64_t first = solving->block_start[block]; first < end; first += solving->plan->chunk_firms) {
        uint64_t left = end - first;
        begin_members(solving, worker, first,
                      left < solving->plan->chunk_firms ? (size_t)left : solving->plan->chunk_firms);
    }
    return TOL_OK;
}

/* One side of some tiles. */
static enum tol_status solve_side(struct solving *solving, struct tol_run *run, struct tol_error *error)
{
    struct tol_plan *plan = solving->plan;
    enum tol_side side = solving->side;
    enum tol_status status = tol_run_blocks(run, solving->block_count, begin_block, solving, error);
    if (status == TOL_OK) {
        status = tol_network_links_fill(plan, side, &solving->order, run, &solving->links, error);
    }
    struct tol_chain chain = {
        .kernels = plan->kernels,
        .node_count = plan->member_count,
        .row_count = solving->row_count,
        .links = {.start = solving->links.start,
                  .other = solving->links.other,
                  .value = solving->links.value,
                  .unit = solving->unit[side],
                  .passed = side == TOL_SALES ? NULL : solving->passed},
        .tiers = plan->settings.tiers,
        .term = solving->term,
        .next = solving->next,
        .total = solving->total,
    };
    return status == TOL_OK ? tol_chain_run(&chain, run, &solving->keep, error) : status;
}

/* Memory for what comes of some tiles' side, and where each tile finds its lanes. */
static bool make_total(struct solving *solving)
{
    struct tol_plan *plan = solving->plan;
    size_t stride = solving->row_count * TOL_LANES;
    solving->total = tol_keep_array(&plan->keep, plan->member_count, stride * sizeof(double));
    double *place = solving->total;
    for (size_t t = solving->first_tile; place != NULL && t < solving->end_tile; t++) {
        plan->tile[t].indirect[solving->side] = place;
        plan->tile[t].indirect_stride = stride;
        place += plan->tile[t].row_count * TOL_LANES;
    }
    return place != NULL;
}

static enum tol_status solve_tiles(struct solving *solving, struct tol_run *run, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    for (solving->side = TOL_SALES; solving->side < TOL_SIDE_COUNT && status == TOL_OK; solving->side++) {
        if (!has_links(solving->plan, solving->side)) {
            continue;
        }
        status = make_total(solving)
                     ? solve_side(solving, run, error)
                     : tol_fail(error, TOL_NO_MEMORY,
                                "out of memory for the network of %llu firms; score fewer scenarios at once",
                                (unsigned long long)solving->plan->member_count);
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
    size_t widest = 0;
    for (size_t t = 0; t < plan->tile_count && t < TILES_AT_ONCE; t++) {
        widest += plan->tile[t].row_count;
    }
    solving->passed = tol_keep_array(keep, members, sizeof(double));
    uint64_t capacity = members < blocks_max ? members : blocks_max;
    solving->block_start = tol_keep_array(keep, capacity + 1, sizeof *solving->block_start);
    bool fits = tol_network_order_make(plan, keep, &solving->order) &&
                tol_network_links_allocate(plan, keep, &solving->links) &&
                tol_chain_terms_make(keep, members, widest, &solving->term) &&
                tol_chain_terms_make(keep, members, widest, &solving->next) && solving->passed != NULL &&
                solving->block_start != NULL;
    for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
        solving->unit[side] = tol_keep_array(keep, members, sizeof(double));
        solving->whole[side] = tol_keep_array(keep, members, sizeof(double));
        fits = fits && solving->unit[side] != NULL && solving->whole[side] != NULL;
    }
    if (fits) {
        plan->network_node = solving->order.node;
        solving->block_count =
            tol_blocks_balance(members, plan->side[TOL_SALES].line_start, plan->side[TOL_PURCHASES].line_start,
                               lines_per_block, solving->block_start, capacity);
    }
    return fits;
}

enum tol_status tol_network_solve(struct tol_plan *plan, struct tol_run *run, struct tol_error *error)
{
    if (!tol_network_is_there(plan)) {
        return TOL_OK;
    }
    plan->network.origin = TOL_NETWORK_SOLVED;
    struct solving solving = {.plan = plan, .keep = {.allocator = plan->keep.allocator}};
    enum tol_status status = TOL_OK;
    if (!allocate(&solving)) {
        status = tol_fail(error, TOL_NO_MEMORY, "out of memory for the network of %llu firms",
                          (unsigned long long)plan->member_count);
    }
    if (status == TOL_OK) {
        status = tol_run_blocks(run, solving.block_count, resolve_block, &solving, error);
    }
    while (status == TOL_OK && solving.first_tile < plan->tile_count) {
        solving.row_count = 0;
        for (solving.end_tile = solving.first_tile;
             solving.end_tile < plan->tile_count && solving.end_tile - solving.first_tile < TILES_AT_ONCE;
             solving.end_tile++) {
            solving.row_count += plan->tile[solving.end_tile].row_count;
        }
        status = solve_tiles(&solving, run, error);
        solving.first_tile = solving.end_tile;
    }
    tol_keep_release(&solving.keep);
    return status;
}
