#include "exposure/network_order.h"

#define NODES_PER_BLOCK 4096

/* Stable: members of one key stay in their order. */
static void sort_by_key(const uint32_t *key, uint64_t *first, uint64_t key_count, const uint32_t *from, uint32_t *to,
                        uint64_t count)
{
    for (uint64_t k = 0; k <= key_count; k++) {
        first[k] = 0;
    }
    for (uint64_t i = 0; i < count; i++) {
        first[key[i] + 1]++;
    }
    for (uint64_t k = 0; k < key_count; k++) {
        first[k + 1] += first[k];
    }
    for (uint64_t i = 0; i < count; i++) {
        to[first[key[from[i]]]++] = from[i];
    }
}

bool tol_network_order_make(struct tol_plan *plan, struct tol_keep *keep, struct tol_network_order *order)
{
    const struct tol_book *book = plan->book;
    uint64_t count = plan->member_count;
    const uint64_t countries = 1u << 16;
    uint64_t keys = book->sector_count > countries ? book->sector_count : countries;
    struct tol_keep own = {.allocator = keep->allocator};
    uint32_t *key = tol_keep_array(&own, count, sizeof *key);
    uint32_t *by_country = tol_keep_array(&own, count, sizeof *by_country);
    uint64_t *first = tol_keep_array(&own, keys + 1, sizeof *first);
    order->node = tol_keep_array(&plan->keep, count, sizeof *order->node);
    order->member = tol_keep_array(keep, count, sizeof *order->member);
    bool fits = key != NULL && by_country != NULL && first != NULL && order->node != NULL && order->member != NULL;
    for (uint64_t m = 0; fits && m < count; m++) {
        order->node[m] = (uint32_t)m;
        key[m] = book->firm_country[tol_member_firm(plan, m)];
    }
    if (fits) {
        sort_by_key(key, first, countries, order->node, by_country, count);
        for (uint64_t m = 0; m < count; m++) {
            key[m] = book->firm_sector[tol_member_firm(plan, m)];
        }
        sort_by_key(key, first, book->sector_count, by_country, order->member, count);
        for (uint64_t n = 0; n < count; n++) {
            order->node[order->member[n]] = (uint32_t)n;
        }
    }
    tol_keep_release(&own);
    return fits;
}

bool tol_network_links_allocate(const struct tol_plan *plan, struct tol_keep *keep, struct tol_network_links *links)
{
    uint64_t most = 0;
    for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
        const uint64_t *start = plan->side[side].link_start;
        uint64_t count = start != NULL ? start[plan->member_count] - start[0] : 0;
        most = count > most ? count : most;
    }
    links->start = tol_keep_array(keep, plan->member_count + 1, sizeof *links->start);
    links->other = tol_keep_array(keep, most, sizeof *links->other);
    links->value = tol_keep_array(keep, most, sizeof *links->value);
    return links->start != NULL && links->other != NULL && links->value != NULL;
}

struct filling {
    const struct tol_plan_side *side;
    const struct tol_network_order *order;
    struct tol_network_links *links;
    uint64_t node_count;
};

static enum tol_status fill_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)worker;
    (void)error;
    const struct filling *filling = context;
    const struct tol_plan_side *side = filling->side;
    uint64_t end = (block + 1) * NODES_PER_BLOCK;
    for (uint64_t n = block * NODES_PER_BLOCK; n < end && n < filling->node_count; n++) {
        uint64_t from = side->link_start[filling->order->member[n]];
        for (uint64_t i = filling->links->start[n]; i < filling->links->start[n + 1]; i++, from++) {
            filling->links->other[i] = filling->order->node[side->link_member[from]];
            filling->links->value[i] = side->link_value_eur[from];
        }
    }
    return TOL_OK;
}

enum tol_status tol_network_links_fill(const struct tol_plan *plan, enum tol_side side,
                                       const struct tol_network_order *order, struct tol_run *run,
                                       struct tol_network_links *links, struct tol_error *error)
{
    const uint64_t *start = plan->side[side].link_start;
    links->start[0] = 0;
    for (uint64_t n = 0; n < plan->member_count; n++) {
        uint32_t member = order->member[n];
        links->start[n + 1] = links->start[n] + (start[member + 1] - start[member]);
    }
    struct filling filling = {
        .side = &plan->side[side], .order = order, .links = links, .node_count = plan->member_count};
    uint64_t blocks = (plan->member_count + NODES_PER_BLOCK - 1) / NODES_PER_BLOCK;
    return tol_run_blocks(run, blocks, fill_block, &filling, error);
}
