/* One side's chain of one firm in one lane, run again link by link: the batch keeps only what arrives, here also from whom and from how far.
 * Terms are computed in the order and with the rounding of kernels/chain.kernel.h, so that they add up to the batch's number. */
#include <math.h>
#include <stdlib.h>

#include "exposure/chain.h"
#include "exposure/explain.h"
#include "exposure/markets.h"
#include "exposure/network.h"

/* Members that a firm's chain leads to, as numbers of their own; 0 is the firm. */
struct reach {
    uint64_t count;
    uint64_t *member; /* [count] */
    uint32_t *number; /* [member_count of the plan] 1 + number; 0: not reached */
};

/* Arrays [count of the reach]. */
struct run {
    const struct tol_question *question;
    enum tol_side side;
    uint32_t tiers;
    struct reach reach;
    double *unit, *passed; /* passed: part handed on */
    double *direct;        /* by duties on the member's own lines */
    double *term, *next;   /* what is handed on, of one tier */
    double *own, *network; /* what it suffers in this tier; of term: the part that came out of the sector network */
    double *next_own, *next_network;
    double *suffered, *handed; /* sums of own, and of those terms that made anything arrive at the firm */
    double beside;             /* what the sector network does to the firm itself */
};

/* ---- who is reached -------------------------------------------------------------------------------------------- */

static void reach_member(struct reach *reach, uint64_t member)
{
    if (reach->number[member] == 0) {
        reach->member[reach->count++] = member;
        reach->number[member] = (uint32_t)reach->count;
    }
}

/* Breadth first, as many links deep as there are tiers; near: to the partners. */
static bool find_reach(struct run *run)
{
    uint32_t depth = run->question->near && run->tiers > 0 ? 1 : run->tiers;
    const struct tol_plan *plan = run->question->plan;
    const struct tol_plan_side *side = &plan->side[run->side];
    struct reach *reach = &run->reach;
    reach->member = tol_keep_array(run->question->keep, plan->member_count, sizeof *reach->member);
    reach->number = tol_keep_zeroed(run->question->keep, plan->member_count, sizeof *reach->number);
    if (reach->member == NULL || reach->number == NULL) {
        return false;
    }
    reach_member(reach, run->question->member);
    uint64_t taken = 0;
    for (uint32_t tier = 0; tier < depth && taken < reach->count; tier++) {
        for (uint64_t end = reach->count; taken < end; taken++) {
            uint64_t member = reach->member[taken];
            for (uint64_t i = side->link_start[member]; i < side->link_start[member + 1]; i++) {
                reach_member(reach, side->link_member[i]);
            }
        }
    }
    return true;
}

/* ---- the first terms ------------------------------------------------------------------------------------------- */

/* A share as it travels: a whole number of quanta. */
static double cut(double share)
{
    return tol_chain_quanta(share) * TOL_CHAIN_QUANTUM;
}

static double sum_lines(const struct run *run, uint64_t member, size_t factor)
{
    const struct tol_plan *plan = run->question->plan;
    const struct tol_plan_side *side = &plan->side[run->side];
    double sum = 0;
    for (uint64_t i = side->line_start[member]; i < side->line_start[member + 1]; i++) {
        double of_cell = tol_plan_factor(plan, run->side, side->line_cell[i], factor, run->question->lane);
        sum = fma(side->line_value_eur[i], of_cell, sum);
    }
    return sum;
}

static double lost_directly(const struct run *run, uint64_t member, const struct tol_resolved_firm *firm)
{
    return run->side == TOL_SALES
               ? tol_network_direct(TOL_SALES, sum_lines(run, member, TOL_SALES_PRICE_CUT),
                                    sum_lines(run, member, TOL_SALES_VOLUME), firm)
               : tol_network_direct(TOL_PURCHASES, sum_lines(run, member, TOL_PURCHASE_COST_RISE), 0, firm);
}

/* A firm whose lines are not in the plan: from kept answers. */
static void begin_partner(struct run *run, uint64_t n)
{
    const struct tol_plan *plan = run->question->plan;
    const struct tol_kept_partner *kept =
        &plan->partner[run->question->scenario * plan->member_count + run->reach.member[n]];
    run->passed[n] = run->side == TOL_SALES ? 1 : kept->passed;
    run->direct[n] = kept->direct[run->side];
}

static void begin_member(struct run *run, uint64_t n)
{
    const struct tol_plan *plan = run->question->plan;
    uint64_t member = run->reach.member[n];
    struct tol_resolved_firm firm = tol_firm_resolve(plan, member, NULL);
    bool sales = run->side == TOL_SALES;
    run->unit[n] = tol_network_unit(plan, run->side, member, &firm);
    run->passed[n] = sales ? 1 : firm.cost_pass_through;
    run->direct[n] = lost_directly(run, member, &firm);
    double sector = sum_lines(run, member, sales ? (size_t)TOL_SALES_CHAIN : (size_t)TOL_PURCHASE_CHAIN);
    double beside = cut(run->unit[n] * sector);
    run->own[n] = cut(run->direct[n] + beside);
    run->term[n] = cut(run->passed[n] * run->own[n]);
    run->network[n] = run->own[n] == 0 ? 0 : run->passed[n] * beside;
    if (n == 0) {
        run->beside = beside;
    }
}

static bool begin(struct run *run)
{
    double **const array[] = {&run->unit,    &run->passed,   &run->direct,       &run->term,     &run->next,  &run->own,
                              &run->network, &run->next_own, &run->next_network, &run->suffered, &run->handed};
    for (size_t i = 0; i < sizeof array / sizeof array[0]; i++) {
        *array[i] = tol_keep_zeroed(run->question->keep, run->reach.count, sizeof(double));
        if (*array[i] == NULL) {
            return false;
        }
    }
    for (uint64_t n = 0; n < run->reach.count; n++) {
        if (n > 0 && run->question->plan->chain_stored) {
            begin_partner(run, n);
        } else {
            begin_member(run, n);
        }
    }
    return true;
}

/* ---- tier after tier ------------------------------------------------------------------------------------------- */

/* What reaches a member over its links: of all, and of the sector network's part. */
static void hear(struct run *run, uint64_t n)
{
    const struct tol_plan_side *side = &run->question->plan->side[run->side];
    uint64_t member = run->reach.member[n];
    double sum = 0;
    double network = 0;
    for (uint64_t i = side->link_start[member]; i < side->link_start[member + 1]; i++) {
        uint32_t other = run->reach.number[side->link_member[i]];
        if (other != 0) {
            sum = fma(side->link_value_eur[i], run->term[other - 1], sum);
            network = fma(side->link_value_eur[i], run->network[other - 1], network);
        }
    }
    run->next_own[n] = cut(run->unit[n] * sum);
    run->next[n] = cut(run->passed[n] * run->next_own[n]);
    run->next_network[n] = run->next_own[n] == 0 ? 0 : run->unit[n] * network;
}

static void swap(double **a, double **b)
{
    double *kept = *a;
    *a = *b;
    *b = kept;
}

/* One tier. True while anything is left to hand on. */
static bool step(struct run *run, uint32_t tier, struct tol_explained_chain *chain)
{
    bool left = false;
    for (uint64_t n = 0; n < run->reach.count; n++) {
        hear(run, n);
    }
    /* Where nothing arrives at the firm, what was handed on has brought nothing. */
    bool arrived = run->next_own[0] != 0;
    for (uint64_t n = 0; n < run->reach.count; n++) {
        run->suffered[n] += run->own[n];
        run->handed[n] += arrived ? run->term[n] : 0;
        left = left || run->next[n] != 0;
    }
    chain->network_share += run->next_network[0];
    chain->tier[tier] = (struct tol_explained_tier){.tier = tier + 1, .share = run->next_own[0] - run->next_network[0]};
    for (uint64_t n = 0; n < run->reach.count; n++) {
        run->next_network[n] *= run->passed[n];
    }
    swap(&run->term, &run->next);
    swap(&run->own, &run->next_own);
    swap(&run->network, &run->next_network);
    return left;
}

static bool follow(struct run *run, struct tol_explained_chain *chain)
{
    chain->network_share = run->beside;
    chain->tier = calloc((size_t)run->tiers + 1, sizeof *chain->tier);
    if (chain->tier == NULL) {
        return false;
    }
    bool left = true;
    for (uint32_t tier = 0; left && tier < run->tiers; tier++) {
        left = step(run, tier, chain);
        if (chain->tier[tier].share != 0) {
            chain->tier_count = tier + 1;
        }
    }
    /* What was suffered last and never handed on, by a supplier that bears its costs himself. */
    for (uint64_t n = 0; !left && n < run->reach.count; n++) {
        run->suffered[n] += run->own[n];
    }
    return true;
}

/* ---- from kept answers ----------------------------------------------------------------------------------------- */

static const double fit_most = 1e-6;

/* The firms beyond its partners are not in the plan or not followed, but what comes of them all is known of each partner: so tier 1 is told apart
 * and the rest is one sum. */
static bool take_kept(struct run *run, struct tol_explained_chain *chain)
{
    const struct tol_plan *plan = run->question->plan;
    struct tol_lane_place place = tol_lane_place(run->question->lane);
    const struct tol_tile *tile = &plan->tile[place.tile];
    for (uint64_t n = 0; n < run->reach.count; n++) {
        double indirect = 0;
        if (tile->indirect[run->side] != NULL) {
            indirect = tol_indirect_row(plan, tile, run->side, run->reach.member[n])[place.offset];
        }
        run->suffered[n] = run->direct[n] + indirect;
        run->handed[n] = run->passed[n] * run->suffered[n];
        run->term[n] = run->handed[n];
    }
    hear(run, 0);
    /* What was cut off on the way to the firm and on the way to its partners is not quite the same. */
    double fit = (chain->share - run->beside) / run->next_own[0];
    for (uint64_t n = 0; n < run->reach.count; n++) {
        run->handed[n] *= fabs(fit - 1) < fit_most ? fit : 1;
        run->term[n] = run->passed[n] * run->direct[n];
    }
    chain->tier = calloc(1, sizeof *chain->tier);
    if (chain->tier == NULL) {
        return false;
    }
    hear(run, 0);
    chain->tier[0] = (struct tol_explained_tier){.tier = 1, .share = run->next_own[0]};
    chain->tier_count = run->next_own[0] != 0;
    chain->network_share = chain->share - chain->tier[0].share;
    return true;
}

/* ---- in EUR ---------------------------------------------------------------------------------------------------- */

/* EBITDA of a share of the firm's orders lost, or of its purchases made dearer. */
static double ebitda_of(const struct tol_question *question, enum tol_side side, double share)
{
    const struct tol_resolved_firm *firm = &question->firm;
    return side == TOL_SALES ? -(firm->contribution_margin * firm->revenue_eur) * share
                             : (firm->cost_pass_through - 1) * (firm->purchases_eur * share);
}

static bool list_partners(const struct run *run, struct tol_explained_chain *chain)
{
    const struct tol_plan *plan = run->question->plan;
    const struct tol_plan_side *side = &plan->side[run->side];
    uint64_t first = run->tiers > 0 ? side->link_start[run->question->member] : 0;
    uint64_t end = run->tiers > 0 ? side->link_start[run->question->member + 1] : 0;
    chain->partner = calloc((size_t)(end - first) + 1, sizeof *chain->partner);
    for (uint64_t i = first; chain->partner != NULL && i < end; i++) {
        uint32_t n = run->reach.number[side->link_member[i]] - 1;
        double share = run->unit[0] * side->link_value_eur[i] * run->handed[n];
        chain->partner[chain->partner_count++] = (struct tol_explained_partner){
            .firm = tol_member_firm(plan, side->link_member[i]),
            .value_eur = side->link_value_eur[i],
            .direct = run->direct[n],
            .indirect = run->suffered[n] - run->direct[n],
            .handed_on = run->handed[n],
            .ebitda_eur = ebitda_of(run->question, run->side, share),
        };
    }
    return chain->partner != NULL;
}

/* Lines are sorted by country first, so that its sectors stand together at the end of the list. */
static struct tol_explained_sector *sector_of(struct tol_explained_chain *chain, tol_country country, uint32_t industry)
{
    for (size_t i = chain->sector_count; i > 0 && chain->sector[i - 1].country == country; i--) {
        if (chain->sector[i - 1].industry == industry) {
            return &chain->sector[i - 1];
        }
    }
    struct tol_explained_sector *sector = &chain->sector[chain->sector_count++];
    *sector = (struct tol_explained_sector){.country = country, .industry = industry};
    return sector;
}

static bool list_sectors(const struct run *run, struct tol_explained_chain *chain)
{
    const struct tol_plan *plan = run->question->plan;
    const struct tol_plan_side *side = &plan->side[run->side];
    uint64_t first = side->line_start[run->question->member];
    uint64_t end = side->line_start[run->question->member + 1];
    chain->sector = calloc((size_t)(end - first) + 1, sizeof *chain->sector);
    if (chain->sector == NULL) {
        return false;
    }
    for (uint64_t i = first; i < end; i++) {
        const struct tol_cell *cell = &side->cell[side->line_cell[i]];
        if (tol_sectors_row(plan, run->side, 0, cell) == NULL) {
            continue;
        }
        size_t factor = run->side == TOL_SALES ? (size_t)TOL_SALES_CHAIN : (size_t)TOL_PURCHASE_CHAIN;
        double share = tol_plan_factor(plan, run->side, side->line_cell[i], factor, run->question->lane);
        struct tol_explained_sector *sector = sector_of(chain, run->side == TOL_SALES ? cell->importer : cell->origin,
                                                        tol_economy_industry_of_product(plan->economy, cell->product));
        sector->value_eur += side->line_value_eur[i];
        sector->share = fma(side->line_value_eur[i], share, sector->share);
    }
    for (size_t s = 0; s < chain->sector_count; s++) {
        struct tol_explained_sector *sector = &chain->sector[s];
        sector->ebitda_eur = run->beside == 0 ? 0 : ebitda_of(run->question, run->side, run->unit[0] * sector->share);
        sector->share = sector->value_eur > 0 ? sector->share / sector->value_eur : 0;
    }
    return true;
}

static void price_tiers(const struct run *run, struct tol_explained_chain *chain)
{
    chain->network_eur = ebitda_of(run->question, run->side, chain->network_share);
    for (size_t t = 0; t < chain->tier_count; t++) {
        chain->tier[t].ebitda_eur = ebitda_of(run->question, run->side, chain->tier[t].share);
    }
}

bool tol_explain_chain(const struct tol_question *question, enum tol_side side, struct tol_explained_chain *chain)
{
    const struct tol_plan *plan = question->plan;
    uint32_t tiers = plan->settings.tiers < TOL_CHAIN_SWEEPS_MAX ? plan->settings.tiers : TOL_CHAIN_SWEEPS_MAX;
    struct run run = {.question = question, .side = side, .tiers = tiers};
    if (plan->side[side].link_start == NULL) {
        run.tiers = 0;
    }
    chain->complete = !plan->chain_stored && !question->near;
    if (!find_reach(&run) || !begin(&run) || !(chain->complete ? follow(&run, chain) : take_kept(&run, chain)) ||
        !list_partners(&run, chain) || !list_sectors(&run, chain)) {
        return false;
    }
    price_tiers(&run, chain);
    return true;
}
