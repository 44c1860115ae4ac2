/* A firm's number taken apart. Every part stands on a grid of powers of two, on which sums are exact (tol_parts_fit). */
#include "exposure/explain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "exposure/what_if.h"

/* ln r = ln phi - sigma ln p + (sigma - eta) ln P. The kernel gives the last term's part; the others are multiples of ln g, (rho - 1) and
 * -sigma rho, so that what is left is by these weights, and the logarithms cancel. */
static void split_revenue(const struct tol_question *question, uint64_t cell, struct tol_explained_line *line)
{
    bool estimated;
    struct tol_response response = tol_response_of(question->plan, line->cell.product, &estimated);
    double duty_weight = response.sigma * response.rho;
    double price_weight = 1 - response.rho;
    double diversion =
        line->value_eur * tol_plan_factor(question->plan, TOL_SALES, cell, TOL_SALES_DIVERSION, question->lane);
    double rest = line->revenue_change_eur - diversion;
    double own = rest * (duty_weight / (duty_weight + price_weight));
    double part[3] = {own, rest - own, diversion};
    /* Moved to one grid, and the whole with them, so that they add up to it. */
    line->revenue_change_eur -= tol_parts_fit(part, 3, line->revenue_change_eur);
    line->revenue_own_duty_eur = part[0];
    line->revenue_price_cut_eur = part[1];
    line->revenue_diversion_eur = part[2];
}

static void fill_sale(const struct tol_question *question, uint64_t cell, struct tol_explained_line *line)
{
    const struct tol_plan *plan = question->plan;
    double price_cut = tol_plan_factor(plan, TOL_SALES, cell, TOL_SALES_PRICE_CUT, question->lane);
    double volume = tol_plan_factor(plan, TOL_SALES, cell, TOL_SALES_VOLUME, question->lane);
    line->price_cut_eur = line->value_eur * price_cut;
    line->volume_eur = line->value_eur * volume;
    line->revenue_change_eur = line->value_eur * (price_cut + volume);
    split_revenue(question, cell, line);
    line->ebitda_eur = line->value_eur * fma(question->firm.contribution_margin, volume, price_cut);
}

static void fill_purchase(const struct tol_question *question, uint64_t cell, struct tol_explained_line *line)
{
    double rise = tol_plan_factor(question->plan, TOL_PURCHASES, cell, TOL_PURCHASE_COST_RISE, question->lane);
    line->cost_rise_eur = line->value_eur * rise;
    line->ebitda_eur = (question->firm.cost_pass_through - 1) * line->cost_rise_eur;
}

static enum tol_status ask_law(const struct tol_plan *plan, const struct tol_world *world, const struct tol_cell *cell,
                               struct tol_rate_answer *answer, struct tol_error *error)
{
    const char *facts_text = tol_book_facts(plan->book, cell->facts);
    struct tol_facts facts;
    enum tol_status status = tol_facts_parse(world->law, facts_text, &facts, error);
    if (status != TOL_OK) {
        return tol_fail_at(error, status, NULL, 0, "facts", facts_text);
    }
    struct tol_rate_query query = {.into = cell->importer,
                                   .from = cell->origin,
                                   .product = cell->product,
                                   .on = world->on,
                                   .facts = &facts,
                                   .assume = plan->settings.assume};
    return tol_law_rate(world->law, &query, answer, error);
}

/* v T over the authorities. The whole is moved to their grid as well, so that they add up to it to the bit. */
static void split_duty(const struct tol_rate_answer *base, const struct tol_rate_answer *new,
                       struct tol_explained_line *line)
{
    double *part = line->authority_duty_eur;
    if (isnan(base->central) || isnan(new->central)) {
        return;
    }
    for (int a = 0; a < TOL_AUTHORITY_COUNT; a++) {
        part[a] = line->value_eur * (new->by_authority[a] - base->by_authority[a]);
    }
    line->duty_eur -= tol_parts_fit(part, TOL_AUTHORITY_COUNT, line->duty_eur);
}

static enum tol_status fill_duty(const struct tol_question *question, uint64_t cell, struct tol_explained_line *line,
                                 struct tol_error *error)
{
    const struct tol_plan *plan = question->plan;
    struct tol_rate_answer base;
    struct tol_rate_answer new;
    enum tol_status status = ask_law(plan, &plan->world[0], &line->cell, &base, error);
    if (status == TOL_OK) {
        status = ask_law(plan, tol_question_world(question), &line->cell, &new, error);
    }
    if (status == TOL_OK) {
        _Static_assert((int)TOL_SALES_DUTY == (int)TOL_PURCHASE_DUTY, "both sides keep the duty first");
        line->base_rate = base.central;
        line->new_rate = new.central;
        line->duty_eur = line->value_eur * tol_plan_factor(plan, line->side, cell, TOL_SALES_DUTY, question->lane);
        split_duty(&base, &new, line);
    }
    return status;
}

static enum tol_status fill_line(const struct tol_question *question, uint64_t position,
                                 struct tol_explained_line *line, struct tol_error *error)
{
    const struct tol_plan_side *side = &question->plan->side[line->side];
    uint64_t cell = side->line_cell[position];
    line->value_eur = side->line_value_eur[position];
    line->cell = side->cell[cell];
    if (question->plan->facts_text != NULL) {
        line->cell.facts = question->plan->facts_text[line->cell.facts];
    }
    if (line->side == TOL_SALES) {
        fill_sale(question, cell, line);
    } else {
        fill_purchase(question, cell, line);
    }
    return fill_duty(question, cell, line, error);
}

static enum tol_status fill_lines(const struct tol_question *question, struct tol_explanation *explanation,
                                  struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
        const uint64_t *range = question->plan->side[side].line_start + question->member;
        for (uint64_t i = range[0]; i < range[1] && status == TOL_OK; i++) {
            struct tol_explained_line *line = &explanation->line[explanation->line_count++];
            line->side = side;
            status = fill_line(question, i, line, error);
        }
    }
    return status;
}

/* ---- the whole ---- */

/* Parts of one explanation in one array: they are moved to one grid together. `collect` reads them, else they are written back. */
struct parts {
    double *part;
    size_t count;
    bool collect;
};

static void pass(struct parts *parts, double *ebitda_eur)
{
    double *part = &parts->part[parts->count++];
    if (parts->collect) {
        *part = *ebitda_eur;
    } else {
        *ebitda_eur = *part;
    }
}

static void pass_all(struct parts *parts, struct tol_explanation *explanation)
{
    parts->count = 0;
    for (size_t i = 0; i < explanation->line_count; i++) {
        pass(parts, &explanation->line[i].ebitda_eur);
    }
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        struct tol_explained_chain *chain = &explanation->chain[side];
        for (size_t i = 0; i < chain->partner_count; i++) {
            pass(parts, &chain->partner[i].ebitda_eur);
        }
        for (size_t i = 0; i < chain->sector_count; i++) {
            pass(parts, &chain->sector[i].ebitda_eur);
        }
    }
}

/* The chain's second split: by tier, and the sector network. */
static void pass_tiers(struct parts *parts, struct tol_explained_chain *chain)
{
    parts->count = 0;
    pass(parts, &chain->network_eur);
    for (size_t i = 0; i < chain->tier_count; i++) {
        pass(parts, &chain->tier[i].ebitda_eur);
    }
}

static void add_up(struct tol_explanation *explanation)
{
    for (size_t i = 0; i < explanation->line_count; i++) {
        const struct tol_explained_line *line = &explanation->line[i];
        *(line->side == TOL_SALES ? &explanation->sales_eur : &explanation->purchases_eur) += line->ebitda_eur;
    }
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        struct tol_explained_chain *chain = &explanation->chain[side];
        for (size_t i = 0; i < chain->partner_count; i++) {
            chain->partners_eur += chain->partner[i].ebitda_eur;
        }
        for (size_t i = 0; i < chain->sector_count; i++) {
            chain->sectors_eur += chain->sector[i].ebitda_eur;
        }
        chain->ebitda_eur = chain->partners_eur + chain->sectors_eur;
    }
}

static size_t part_count(const struct tol_explanation *explanation)
{
    size_t count = explanation->line_count;
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        const struct tol_explained_chain *chain = &explanation->chain[side];
        count += chain->partner_count + chain->sector_count + chain->tier_count + 1;
    }
    return count;
}

/* One grid for all parts, tiers among them: tiers may cancel where customers do not. */
static bool fit_parts(struct tol_keep *keep, struct tol_explanation *explanation)
{
    struct parts parts = {.part = tol_keep_array(keep, part_count(explanation), sizeof(double)), .collect = true};
    if (parts.part == NULL) {
        return false;
    }
    double size = fabs(explanation->row.ebitda_change_eur);
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        pass_tiers(&parts, &explanation->chain[side]);
        size = fmax(size, tol_parts_size(parts.part, parts.count));
    }
    pass_all(&parts, explanation);
    double grid = tol_parts_grid(fmax(size, tol_parts_size(parts.part, parts.count)));
    explanation->rounding_eur = tol_parts_fit_on(grid, parts.part, parts.count, explanation->row.ebitda_change_eur);
    parts.collect = false;
    pass_all(&parts, explanation);
    add_up(explanation);
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        parts.collect = true;
        pass_tiers(&parts, &explanation->chain[side]);
        tol_parts_fill_on(grid, parts.part, parts.count, explanation->chain[side].ebitda_eur);
        parts.collect = false;
        pass_tiers(&parts, &explanation->chain[side]);
    }
    return true;
}

struct ranked {
    double size;
    size_t position;
};

static int compare_ranked(const void *left, const void *right)
{
    const struct ranked *a = left;
    const struct ranked *b = right;
    if (a->size != b->size) {
        return a->size < b->size ? 1 : -1;
    }
    return (a->position > b->position) - (a->position < b->position);
}

bool tol_explain_sort(struct tol_keep *keep, void *elements, size_t count, size_t bytes, size_t offset)
{
    struct ranked *rank = tol_keep_array(keep, count, sizeof *rank);
    char *before = tol_keep_array(keep, count, bytes);
    if (rank == NULL || before == NULL) {
        return false;
    }
    memcpy(before, elements, count * bytes);
    for (size_t i = 0; i < count; i++) {
        double size;
        memcpy(&size, before + i * bytes + offset, sizeof size);
        rank[i] = (struct ranked){.size = fabs(size), .position = i};
    }
    qsort(rank, count, sizeof *rank, compare_ranked);
    for (size_t i = 0; i < count; i++) {
        memcpy((char *)elements + i * bytes, before + rank[i].position * bytes, bytes);
    }
    return true;
}

static bool sort_parts(struct tol_keep *keep, struct tol_explanation *explanation)
{
    bool fits = tol_explain_sort(keep, explanation->line, explanation->line_count, sizeof *explanation->line,
                                 offsetof(struct tol_explained_line, ebitda_eur));
    for (int side = 0; side < TOL_SIDE_COUNT && fits; side++) {
        struct tol_explained_chain *chain = &explanation->chain[side];
        fits = tol_explain_sort(keep, chain->partner, chain->partner_count, sizeof *chain->partner,
                                offsetof(struct tol_explained_partner, ebitda_eur)) &&
               tol_explain_sort(keep, chain->sector, chain->sector_count, sizeof *chain->sector,
                                offsetof(struct tol_explained_sector, ebitda_eur));
    }
    return fits;
}

/* The batch's row, by the batch's own code; the scratch keeps the member's sums. */
static bool fill_row(const struct tol_question *question, struct tol_scratch *scratch,
                     struct tol_explanation *explanation)
{
    const struct tol_plan *plan = question->plan;
    struct tol_score_row *rows = tol_keep_array(question->keep, plan->scenario_count, sizeof *rows);
    if (rows == NULL || !tol_scratch_allocate(plan, question->keep, scratch)) {
        return false;
    }
    tol_score_members(plan, scratch, question->member, 1, rows);
    explanation->row = rows[question->scenario];
    explanation->chain[TOL_SALES].share = explanation->row.indirect_demand_loss;
    explanation->chain[TOL_PURCHASES].share = explanation->row.indirect_cost_rise;
    return true;
}

static uint64_t count_lines(const struct tol_question *question)
{
    uint64_t lines = 0;
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        const uint64_t *range = question->plan->side[side].line_start + question->member;
        lines += range[1] - range[0];
    }
    return lines;
}

static enum tol_status refuse_memory(const struct tol_question *question, struct tol_error *error)
{
    return tol_fail(error, TOL_NO_MEMORY, "out of memory for the explanation of %llu lines",
                    (unsigned long long)count_lines(question));
}

static enum tol_status fill_explanation(const struct tol_question *question, struct tol_explanation *explanation,
                                        struct tol_error *error)
{
    struct tol_scratch scratch;
    explanation->vulnerability =
        tol_firm_vulnerability(question->plan, tol_member_firm(question->plan, question->member));
    explanation->line = calloc((size_t)count_lines(question) + 1, sizeof *explanation->line);
    if (explanation->line == NULL || !fill_row(question, &scratch, explanation) ||
        !tol_explain_chain(question, TOL_SALES, &explanation->chain[TOL_SALES]) ||
        !tol_explain_chain(question, TOL_PURCHASES, &explanation->chain[TOL_PURCHASES])) {
        return refuse_memory(question, error);
    }
    enum tol_status status = fill_lines(question, explanation, error);
    if (status != TOL_OK) {
        return status;
    }
    if (!fit_parts(question->keep, explanation) || !sort_parts(question->keep, explanation) ||
        !tol_explain_unknown(question, explanation)) {
        return refuse_memory(question, error);
    }
    return tol_explain_beside(question, &scratch.what_if, explanation, error);
}

static enum tol_status explain(const struct tol_plan *plan, uint64_t firm, uint32_t scenario, bool near,
                               struct tol_explanation **explanation, struct tol_error *error)
{
    *explanation = NULL;
    if (firm < plan->scored_first || firm - plan->scored_first >= plan->scored_count ||
        scenario >= plan->scenario_count) {
        return tol_fail(error, TOL_USAGE, "the plan has no firm %llu or no scenario %u", (unsigned long long)firm,
                        scenario);
    }
    struct tol_explanation *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for the explanation");
    }
    struct tol_keep keep = {.allocator = tol_allocator_default()};
    const struct tol_question question = {.plan = plan,
                                          .keep = &keep,
                                          .member = firm - plan->first_firm,
                                          .scenario = scenario,
                                          .lane = tol_central_lane(scenario),
                                          .near = near,
                                          .firm = tol_firm_resolve(plan, firm - plan->first_firm, NULL)};
    enum tol_status status = fill_explanation(&question, made, error);
    tol_keep_release(&keep);
    if (status != TOL_OK) {
        tol_explanation_destroy(made);
        return status;
    }
    *explanation = made;
    return TOL_OK;
}

enum tol_status tol_explain(const struct tol_plan *plan, uint64_t firm, uint32_t scenario,
                            struct tol_explanation **explanation, struct tol_error *error)
{
    return explain(plan, firm, scenario, false, explanation, error);
}

enum tol_status tol_explain_near(const struct tol_plan *plan, uint64_t firm, uint32_t scenario,
                                 struct tol_explanation **explanation, struct tol_error *error)
{
    /* What is known of a partner is of all its tiers. */
    return explain(plan, firm, scenario, plan->settings.tiers == TOL_TIERS_ALL, explanation, error);
}

void tol_explanation_destroy(struct tol_explanation *explanation)
{
    if (explanation != NULL) {
        for (int side = 0; side < TOL_SIDE_COUNT; side++) {
            free(explanation->chain[side].partner);
            free(explanation->chain[side].sector);
            free(explanation->chain[side].tier);
        }
        free(explanation->unknown);
        free(explanation->line);
        free(explanation);
    }
}
