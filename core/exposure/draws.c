/* Draws of every scenario, made with the plan; what is kept of them, and how rows show it. */
#include "exposure/draws.h"

#include <math.h>
#include <string.h>

static enum tol_status check(const struct tol_plan *plan, const struct tol_draw_options *options,
                             struct tol_error *error)
{
    if (options->count > TOL_DRAWS_MAX) {
        return tol_fail(error, TOL_USAGE, "draws is %u; at most %d fit in one run", (unsigned)options->count,
                        TOL_DRAWS_MAX);
    }
    for (size_t s = 0; options->scenario != NULL && s < plan->scenario_count; s++) {
        const struct tol_scenario_doubts *doubts = &options->scenario[s];
        if (doubts->count > TOL_DOUBTS_MAX) {
            return tol_fail(error, TOL_USAGE, "draws: %zu programmes of scenario %zu are in doubt; at most %d can be",
                            doubts->count, s + 1, TOL_DOUBTS_MAX);
        }
        for (size_t i = 0; i < doubts->count; i++) {
            if (!(doubts->doubt[i].probability >= 0 && doubts->doubt[i].probability <= 1)) {
                return tol_fail(error, TOL_USAGE, "draws: the probability of %.60s is %g; it is a fraction from 0 to 1",
                                doubts->doubt[i].programme, doubts->doubt[i].probability);
            }
        }
    }
    return TOL_OK;
}

static enum tol_status draw_scenario(struct tol_draw_job *job, struct tol_error *error)
{
    struct tol_drawn *drawn = &job->plan->drawn;
    enum tol_status status = tol_draw_worlds_set(job, error);
    if (status == TOL_OK) {
        status = tol_draw_cells_price(job, error);
    }
    if (status == TOL_OK) {
        status = tol_draw_tables_open(job, error);
    }
    return status == TOL_OK ? tol_draw_firms(job, drawn->firm + job->scenario * job->plan->firm_count,
                                             drawn->portfolio + job->scenario * drawn->count, error)
                            : status;
}

static enum tol_status draw_scenarios(struct tol_plan *plan, const struct tol_draw_options *options,
                                      struct tol_run *run, struct tol_keep *keep, struct tol_error *error)
{
    struct tol_draw_lanes lanes = {0};
    enum tol_status status = TOL_OK;
    if (!tol_draw_lanes_make(plan, options, keep, &lanes)) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for the draws");
    }
    for (size_t s = 0; s < plan->scenario_count && status == TOL_OK; s++) {
        struct tol_draw_job job = {.plan = plan,
                                   .run = run,
                                   .options = options,
                                   .scenario = s,
                                   .workers = run == NULL ? 1 : tol_run_threads(run),
                                   .keep = {.allocator = keep->allocator},
                                   .lanes = &lanes};
        status = draw_scenario(&job, error);
        tol_keep_release(&job.keep);
        lanes.rho_count = lanes.rho_room = 0; /* rows of a scenario's own memory */
    }
    return status;
}

enum tol_status tol_draws_make(struct tol_plan *plan, const struct tol_draw_options *options, struct tol_run *run,
                               struct tol_error *error)
{
    enum tol_status status = check(plan, options, error);
    if (options->count == 0 || status != TOL_OK) {
        return status;
    }
    if (plan->member != NULL && plan->economy != NULL) {
        /* Draws walk the origins of markets, which one firm's caller has not read through. */
        status = tol_economy_verify_origins(plan->economy, error);
        if (status != TOL_OK) {
            return status;
        }
    }
    struct tol_drawn *drawn = &plan->drawn;
    drawn->count = options->count;
    drawn->firm = tol_keep_zeroed(&plan->keep, plan->scenario_count * (size_t)plan->firm_count, sizeof *drawn->firm);
    drawn->portfolio = tol_keep_zeroed(&plan->keep, plan->scenario_count * options->count, sizeof(double));
    if (drawn->firm == NULL || drawn->portfolio == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for the draws of %llu firms and %zu scenarios",
                        (unsigned long long)plan->firm_count, plan->scenario_count);
    }
    struct tol_keep keep = {.allocator = plan->keep.allocator};
    status = draw_scenarios(plan, options, run, &keep, error);
    tol_keep_release(&keep);
    return status;
}

/* Draws are differences from the central number, which is the greater number as a rule: added last, ranks stay what they are. */
static struct tol_draw_statistics on_top_of(double central, const struct tol_draw_statistics *difference)
{
    return (struct tol_draw_statistics){.mean = central + difference->mean,
                                        .p05 = central + difference->p05,
                                        .p50 = central + difference->p50,
                                        .p95 = central + difference->p95,
                                        .expected_shortfall = central + difference->expected_shortfall};
}

void tol_draws_row(const struct tol_plan *plan, uint64_t member, struct tol_score_row *row)
{
    struct tol_draw_statistics of = {NAN, NAN, NAN, NAN, NAN};
    if (plan->drawn.count > 0) {
        of = on_top_of(row->ebitda_change_eur, &plan->drawn.firm[row->scenario * plan->firm_count + member]);
    }
    row->draw_mean_eur = of.mean;
    row->p05 = of.p05;
    row->p50 = of.p50;
    row->p95 = of.p95;
    row->expected_shortfall = of.expected_shortfall;
}

uint32_t tol_plan_draw_count(const struct tol_plan *plan)
{
    return plan->drawn.count;
}

enum tol_status tol_plan_portfolio_draws(const struct tol_plan *plan, uint32_t scenario, double central_eur,
                                         struct tol_draw_statistics *statistics, struct tol_error *error)
{
    const struct tol_drawn *drawn = &plan->drawn;
    if (drawn->count == 0 || scenario >= plan->scenario_count) {
        return tol_fail(error, TOL_USAGE, "draws of scenario %u asked for; the plan has %u draws of %zu scenarios",
                        (unsigned)scenario + 1, (unsigned)drawn->count, plan->scenario_count);
    }
    struct tol_keep keep = {.allocator = plan->keep.allocator};
    double *spare = tol_keep_array(&keep, drawn->count, sizeof *spare);
    uint8_t *bucket = tol_keep_array(&keep, drawn->count, 2 * sizeof *bucket);
    if (spare == NULL || bucket == NULL) {
        tol_keep_release(&keep);
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for the draws of the portfolio");
    }
    const struct tol_draw_statistics difference =
        tol_draw_statistics_of(drawn->portfolio + (size_t)scenario * drawn->count, drawn->count, bucket, spare);
    *statistics = on_top_of(central_eur, &difference);
    tol_keep_release(&keep);
    return TOL_OK;
}
