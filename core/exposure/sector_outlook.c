#include "tolmuur/sector_outlook.h"

#include "exposure/markets.h"
#include "exposure/plan.h"

/* A plan without a book: worlds, lanes, markets and the network. */
struct tol_sector_outlook {
    struct tol_plan *plan;
};

enum tol_status tol_sector_outlook_create(const struct tol_parameters *parameters,
                                          const struct tol_plan_options *options, struct tol_run *run,
                                          struct tol_sector_outlook **outlook, struct tol_error *error)
{
    *outlook = NULL;
    if (options->economy == NULL || tol_economy_node_count(options->economy) == 0) {
        return tol_fail(error, TOL_BAD_DATA, "the tables hold no sector network; compile them with datasets/economy");
    }
    struct tol_plan *plan;
    enum tol_status status = tol_plan_begin(NULL, parameters, options, &plan, error);
    if (status != TOL_OK) {
        return status;
    }
    status = tol_markets_price(plan, run, error);
    if (status != TOL_OK) {
        tol_plan_destroy(plan);
        return status;
    }
    struct tol_sector_outlook *made = tol_keep_array(&plan->keep, 1, sizeof *made);
    if (made == NULL) {
        tol_plan_destroy(plan);
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for the sectors");
    }
    made->plan = plan;
    *outlook = made;
    return TOL_OK;
}

void tol_sector_outlook_destroy(struct tol_sector_outlook *outlook)
{
    if (outlook != NULL) {
        tol_plan_destroy(outlook->plan);
    }
}

struct tol_sector_row tol_sector_outlook_row(const struct tol_sector_outlook *outlook, uint32_t node, uint32_t scenario)
{
    const struct tol_plan *plan = outlook->plan;
    struct tol_lane_place place = tol_lane_place(tol_central_lane(scenario));
    const struct tol_tile *tile = &plan->tile[place.tile];
    size_t at = node * tile->row_count * TOL_LANES + place.offset;
    return (struct tol_sector_row){
        .direct_demand_loss = tile->node_direct[TOL_SALES][at],
        .indirect_demand_loss = tile->node_indirect[TOL_SALES][at],
        .direct_cost_rise = tile->node_direct[TOL_PURCHASES][at],
        .indirect_cost_rise = tile->node_indirect[TOL_PURCHASES][at],
    };
}

double tol_sector_outlook_through(const struct tol_sector_outlook *outlook, uint32_t node, uint32_t region,
                                  uint32_t scenario)
{
    const struct tol_plan *plan = outlook->plan;
    struct tol_lane_place place = tol_lane_place(tol_central_lane(scenario));
    const struct tol_tile *tile = &plan->tile[place.tile];
    struct tol_economy_links sales = tol_economy_sales(plan->economy);
    uint32_t industries = tol_economy_industry_count(plan->economy);
    double sum = 0;
    for (uint64_t i = sales.start[node]; i < sales.start[node + 1]; i++) {
        if (sales.node[i] / industries == region) {
            sum += sales.share[i] * tile->node[TOL_SALES][sales.node[i] * tile->row_count * TOL_LANES + place.offset];
        }
    }
    return sum;
}
