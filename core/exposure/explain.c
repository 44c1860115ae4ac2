/* A firm's number taken apart. Every part stands on a grid of powers of two, on which sums are exact (tol_parts_fit). */
#include "tolmuur/explain.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "exposure/plan.h"

/* What all lines of one explanation share. */
struct question {
    const struct tol_plan *plan;
    uint32_t scenario;
    size_t lane;
    struct tol_resolved_firm firm;
};

/* The unit in the last place: the number is a multiple of it. 0 for 0. */
static double unit_of(double number)
{
    int exponent;
    if (number == 0) {
        return 0;
    }
    (void)frexp(number, &exponent);
    return ldexp(1, exponent - 53);
}

/* ln r = ln phi - sigma ln p, and both terms are multiples of ln g: (rho - 1) and -sigma rho. So the logarithmic-mean split of
 * v (r - 1) is by these weights, and the logarithms cancel. */
static void split_revenue(const struct question *question, struct tol_explained_line *line)
{
    bool estimated;
    struct tol_response response = tol_response_of(question->plan, line->cell.product, &estimated);
    double duty_weight = response.sigma * response.rho;
    double price_weight = 1 - response.rho;
    double total = line->revenue_change_eur;
    double unit = unit_of(total);
    double own = total * (duty_weight / (duty_weight + price_weight));
    /* On multiples of the total's own unit the difference is exact, and so is the sum. */
    own = unit > 0 ? rint(own / unit) * unit : own;
    line->revenue_own_duty_eur = own;
    line->revenue_price_cut_eur = total - own;
}

static void fill_sale(const struct question *question, uint64_t cell, struct tol_explained_line *line)
{
    const struct tol_plan *plan = question->plan;
    double price_cut = tol_plan_factor(plan, TOL_SALES, cell, TOL_SALES_PRICE_CUT, question->lane);
    double volume = tol_plan_factor(plan, TOL_SALES, cell, TOL_SALES_VOLUME, question->lane);
    line->price_cut_eur = line->value_eur * price_cut;
    line->volume_eur = line->value_eur * volume;
    line->revenue_change_eur = line->value_eur * (price_cut + volume);
    split_revenue(question, line);
    line->ebitda_eur = line->value_eur * fma(question->firm.contribution_margin, volume, price_cut);
}

static void fill_purchase(const struct question *question, uint64_t cell, struct tol_explained_line *line)
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

static enum tol_status fill_duty(const struct question *question, uint64_t cell, struct tol_explained_line *line,
                                 struct tol_error *error)
{
    const struct tol_plan *plan = question->plan;
    const struct tol_world *world = &plan->world[plan->scenario_world[question->scenario]];
    struct tol_rate_answer base;
    struct tol_rate_answer new;
    enum tol_status status = ask_law(plan, &plan->world[0], &line->cell, &base, error);
    if (status == TOL_OK) {
        status = ask_law(plan, world, &line->cell, &new, error);
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

static enum tol_status fill_line(const struct question *question, uint64_t position, struct tol_explained_line *line,
                                 struct tol_error *error)
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

static enum tol_status fill_lines(const struct question *question, uint64_t firm, struct tol_explanation *explanation,
                                  struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
        const uint64_t *range = question->plan->side[side].line_start + (firm - question->plan->first_firm);
        for (uint64_t i = range[0]; i < range[1] && status == TOL_OK; i++) {
            struct tol_explained_line *line = &explanation->line[explanation->line_count++];
            line->side = side;
            status = fill_line(question, i, line, error);
        }
    }
    return status;
}

/* ---- the whole ---- */

/* Parts of the lines in stored order, moved to their common grid, then their sums by side. */
static bool fit_parts(struct tol_explanation *explanation)
{
    size_t count = explanation->line_count;
    double *part = malloc((count + 1) * sizeof *part);
    if (part == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        part[i] = explanation->line[i].ebitda_eur;
    }
    explanation->rounding_eur = tol_parts_fit(part, count, explanation->row.ebitda_change_eur);
    for (size_t i = 0; i < count; i++) {
        struct tol_explained_line *line = &explanation->line[i];
        line->ebitda_eur = part[i];
        *(line->side == TOL_SALES ? &explanation->sales_eur : &explanation->purchases_eur) += part[i];
    }
    free(part);
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

static bool sort_lines(struct tol_explanation *explanation)
{
    size_t count = explanation->line_count;
    struct ranked *rank = malloc((count + 1) * sizeof *rank);
    struct tol_explained_line *sorted = malloc((count + 1) * sizeof *sorted);
    bool fits = rank != NULL && sorted != NULL;
    if (fits) {
        for (size_t i = 0; i < count; i++) {
            rank[i] = (struct ranked){.size = fabs(explanation->line[i].ebitda_eur), .position = i};
        }
        qsort(rank, count, sizeof *rank, compare_ranked);
        for (size_t i = 0; i < count; i++) {
            sorted[i] = explanation->line[rank[i].position];
        }
        free(explanation->line);
        explanation->line = sorted;
    } else {
        free(sorted);
    }
    free(rank);
    return fits;
}

/* The batch's row, by the batch's own code. */
static bool fill_row(const struct tol_plan *plan, uint64_t firm, uint32_t scenario, struct tol_score_row *row)
{
    struct tol_keep keep = {.allocator = plan->keep.allocator};
    struct tol_scratch scratch;
    struct tol_score_row *rows = tol_keep_array(&keep, plan->scenario_count, sizeof *rows);
    bool fits = rows != NULL && tol_scratch_allocate(plan, &keep, &scratch);
    if (fits) {
        tol_score_members(plan, &scratch, firm - plan->first_firm, 1, rows);
        *row = rows[scenario];
    }
    tol_keep_release(&keep);
    return fits;
}

static enum tol_status fill_explanation(const struct tol_plan *plan, uint64_t firm, uint32_t scenario,
                                        struct tol_explanation *explanation, struct tol_error *error)
{
    uint64_t lines = 0;
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        const uint64_t *range = plan->side[side].line_start + (firm - plan->first_firm);
        lines += range[1] - range[0];
    }
    explanation->line = calloc((size_t)lines + 1, sizeof *explanation->line);
    if (explanation->line == NULL || !fill_row(plan, firm, scenario, &explanation->row)) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for the explanation of %llu lines",
                        (unsigned long long)lines);
    }
    struct question question = {
        .plan = plan, .scenario = scenario, .lane = tol_central_lane(scenario), .firm = tol_firm_resolve(plan, firm - plan->first_firm)};
    explanation->vulnerability = tol_firm_vulnerability(plan, firm);
    enum tol_status status = fill_lines(&question, firm, explanation, error);
    if (status == TOL_OK && !(fit_parts(explanation) && sort_lines(explanation))) {
        status = tol_fail(error, TOL_NO_MEMORY, "out of memory for the explanation of %llu lines",
                          (unsigned long long)lines);
    }
    return status;
}

enum tol_status tol_explain(const struct tol_plan *plan, uint64_t firm, uint32_t scenario,
                            struct tol_explanation **explanation, struct tol_error *error)
{
    *explanation = NULL;
    if (firm < plan->first_firm || firm - plan->first_firm >= plan->firm_count || scenario >= plan->scenario_count) {
        return tol_fail(error, TOL_USAGE, "the plan has no firm %llu or no scenario %u", (unsigned long long)firm,
                        scenario);
    }
    struct tol_explanation *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for the explanation");
    }
    enum tol_status status = fill_explanation(plan, firm, scenario, made, error);
    if (status != TOL_OK) {
        tol_explanation_destroy(made);
        return status;
    }
    *explanation = made;
    return TOL_OK;
}

void tol_explanation_destroy(struct tol_explanation *explanation)
{
    if (explanation != NULL) {
        free(explanation->line);
        free(explanation);
    }
}
