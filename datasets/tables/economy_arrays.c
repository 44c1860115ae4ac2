#include "tables/economy_arrays.h"

#include <math.h>
#include <stdlib.h>

#include "tables/table_reading.h"

struct shape {
    uint32_t regions, industries, nodes;
    const struct economy_flow *flow;
    size_t flows;
};

static struct shape shape_of(const struct economy_tables *tables)
{
    uint32_t regions = (uint32_t)tables->section[ECONOMY_REGION].count;
    uint32_t industries = (uint32_t)tables->section[ECONOMY_INDUSTRY].count;
    return (struct shape){regions, industries, regions * industries, tables->flow.data, tables->flow.count};
}

static bool is_final(const struct shape *shape, const struct economy_flow *flow)
{
    return flow->buyer >= shape->nodes;
}

static uint32_t buying_region(const struct shape *shape, const struct economy_flow *flow)
{
    return is_final(shape, flow) ? flow->buyer - shape->nodes : flow->buyer / shape->industries;
}

static enum tol_status make(struct economy_tables *tables, enum economy_section which, uint64_t count,
                            struct tol_error *error)
{
    bool good = count == 0 || tol_buffer_add(&tables->section[which], count) != NULL;
    return good ? TOL_OK : tol_table_no_memory(error);
}

/* ---- totals ---------------------------------------------------------------------------------------------------- */

static void fill_totals(struct economy_tables *tables, const struct shape *shape)
{
    double *output = tables->section[ECONOMY_OUTPUT].data;
    double *inputs = tables->section[ECONOMY_INPUTS].data;
    for (size_t i = 0; i < shape->flows; i++) {
        const struct economy_flow *flow = &shape->flow[i];
        output[flow->seller] += flow->musd;
        if (!is_final(shape, flow)) {
            inputs[flow->buyer] += flow->musd;
        }
    }
}

static void fill_final_shares(struct economy_tables *tables, const struct shape *shape)
{
    const double *output = tables->section[ECONOMY_OUTPUT].data;
    double *final_share = tables->section[ECONOMY_FINAL_SHARE].data;
    for (size_t i = 0; i < shape->flows; i++) {
        const struct economy_flow *flow = &shape->flow[i];
        if (is_final(shape, flow)) {
            uint64_t at = (uint64_t)flow->seller * shape->regions + buying_region(shape, flow);
            final_share[at] = flow->musd / output[flow->seller];
        }
    }
}

/* ---- links ----------------------------------------------------------------------------------------------------- */

static enum tol_status make_links(struct economy_tables *tables, const struct shape *shape, enum economy_section start,
                                  uint64_t links, struct tol_error *error)
{
    enum tol_status status = make(tables, start, (uint64_t)shape->nodes + 1, error);
    status = status != TOL_OK ? status : make(tables, start + 1, links, error);
    return status != TOL_OK ? status : make(tables, start + 2, links, error);
}

/* Flows are sorted by seller and buyer: one pass gives every row in order. */
static void fill_links(struct economy_tables *tables, const struct shape *shape, bool by_buyer)
{
    enum economy_section first = by_buyer ? ECONOMY_PURCHASES_START : ECONOMY_SALES_START;
    const double *total = tables->section[by_buyer ? ECONOMY_INPUTS : ECONOMY_OUTPUT].data;
    uint64_t *start = tables->section[first].data;
    uint32_t *node = tables->section[first + 1].data;
    double *share = tables->section[first + 2].data;
    for (size_t i = 0; i < shape->flows; i++) {
        const struct economy_flow *flow = &shape->flow[i];
        if (!is_final(shape, flow)) {
            start[(by_buyer ? flow->buyer : flow->seller) + 1]++;
        }
    }
    for (uint32_t row = 0; row < shape->nodes; row++) {
        start[row + 1] += start[row];
    }
    for (size_t i = 0; i < shape->flows; i++) {
        const struct economy_flow *flow = &shape->flow[i];
        if (is_final(shape, flow)) {
            continue;
        }
        /* start[row] runs to the row's end while the row fills up, and is moved back below. */
        uint32_t row = by_buyer ? flow->buyer : flow->seller;
        node[start[row]] = by_buyer ? flow->seller : flow->buyer;
        share[start[row]++] = flow->musd / total[row];
    }
    for (uint32_t row = shape->nodes; row > 0; row--) {
        start[row] = start[row - 1];
    }
    start[0] = 0;
}

static enum tol_status add_links(struct economy_tables *tables, const struct shape *shape, struct tol_error *error)
{
    uint64_t links = 0;
    for (size_t i = 0; i < shape->flows; i++) {
        links += !is_final(shape, &shape->flow[i]);
    }
    enum tol_status status = make_links(tables, shape, ECONOMY_SALES_START, links, error);
    status = status != TOL_OK ? status : make_links(tables, shape, ECONOMY_PURCHASES_START, links, error);
    if (status == TOL_OK) {
        fill_links(tables, shape, false);
        fill_links(tables, shape, true);
    }
    return status;
}

/* ---- home shares ----------------------------------------------------------------------------------------------- */

/* Rows: the regions, then the European Union as one. `own` and `used` are [regions + 1][industries], zeroed. */
static void add_up_use(const struct shape *shape, const struct economy_region *region, double *own, double *used)
{
    for (size_t i = 0; i < shape->flows; i++) {
        const struct economy_flow *flow = &shape->flow[i];
        uint32_t seller = flow->seller / shape->industries;
        uint32_t buyer = buying_region(shape, flow);
        uint64_t industry = flow->seller % shape->industries;
        uint64_t at = (uint64_t)buyer * shape->industries + industry;
        used[at] += flow->musd;
        own[at] += seller == buyer ? flow->musd : 0;
        if (tol_country_in_eu(region[buyer].country)) {
            at = (uint64_t)shape->regions * shape->industries + industry;
            used[at] += flow->musd;
            own[at] += tol_country_in_eu(region[seller].country) ? flow->musd : 0;
        }
    }
}

static enum tol_status add_home_shares(struct economy_tables *tables, const struct shape *shape,
                                       struct tol_error *error)
{
    uint64_t count = ((uint64_t)shape->regions + 1) * shape->industries;
    enum tol_status status = make(tables, ECONOMY_HOME_SHARE, count, error);
    double *used = status == TOL_OK ? calloc(count + 1, sizeof *used) : NULL;
    if (used == NULL) {
        return status != TOL_OK ? status : tol_table_no_memory(error);
    }
    double *home_share = tables->section[ECONOMY_HOME_SHARE].data;
    add_up_use(shape, tables->section[ECONOMY_REGION].data, home_share, used);
    for (uint64_t i = 0; i < count; i++) {
        home_share[i] = used[i] > 0 ? home_share[i] / used[i] : (double)NAN;
    }
    free(used);
    return TOL_OK;
}

enum tol_status tol_economy_arrays_fill(struct economy_tables *tables, struct tol_error *error)
{
    struct shape shape = shape_of(tables);
    enum tol_status status = make(tables, ECONOMY_OUTPUT, shape.nodes, error);
    status = status != TOL_OK ? status : make(tables, ECONOMY_INPUTS, shape.nodes, error);
    status =
        status != TOL_OK ? status : make(tables, ECONOMY_FINAL_SHARE, (uint64_t)shape.nodes * shape.regions, error);
    if (status != TOL_OK) {
        return status;
    }
    fill_totals(tables, &shape);
    fill_final_shares(tables, &shape);
    status = add_links(tables, &shape, error);
    return status != TOL_OK ? status : add_home_shares(tables, &shape, error);
}
