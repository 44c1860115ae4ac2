#include "law/stack.h"

bool tol_law_term_holds(const struct law_term *term, double value)
{
    switch ((enum law_operator)term->operation) {
    case LAW_EQUAL:
        return value == term->number;
    case LAW_NOT_EQUAL:
        return value != term->number && value == value; /* a fact without a value meets no condition */
    case LAW_LESS:
        return value < term->number;
    case LAW_LESS_EQUAL:
        return value <= term->number;
    case LAW_GREATER:
        return value > term->number;
    case LAW_GREATER_EQUAL:
        return value >= term->number;
    }
    return false;
}

enum tol_verdict tol_law_condition(const struct tol_law *law, const struct law_measure *measure,
                                   const double value[LAW_FACTS_LIMIT], uint64_t known, uint32_t *fact)
{
    enum tol_verdict verdict = TOL_APPLY;
    *fact = LAW_NONE;
    for (unsigned i = 0; i < measure->term_count; i++) {
        const struct law_term *term = &law->term[measure->term_first + i];
        if ((known >> term->fact & 1) == 0) {
            if (verdict == TOL_APPLY) {
                *fact = term->fact;
            }
            verdict = TOL_UNKNOWN;
        } else if (!tol_law_term_holds(term, value[term->fact])) {
            *fact = term->fact;
            return TOL_SKIP;
        }
    }
    return verdict;
}

static bool has_specific(enum tol_base_kind kind)
{
    return kind == TOL_BASE_SPECIFIC || kind == TOL_BASE_COMPOUND;
}

/* What the schedule's amount is worth as a fraction of the customs value; false when no fact tells. `ave` wins over `unit_value`. */
static bool worth_of_amount(const struct law_question *question, double amount_usd, double *worth)
{
    const struct tol_law *law = question->law;
    if (law->ave_fact != LAW_NONE && (question->given >> law->ave_fact & 1) != 0) {
        *worth = question->value[law->ave_fact];
        return true;
    }
    if (law->unit_value_fact != LAW_NONE && (question->given >> law->unit_value_fact & 1) != 0 && amount_usd > 0) {
        *worth = amount_usd / question->value[law->unit_value_fact];
        return true;
    }
    return false;
}

static void set_base(const struct law_question *question, struct law_line *line)
{
    const struct tol_law *law = question->law;
    const struct law_base_row *row = line->base_row;
    line->base_kind = TOL_BASE_UNKNOWN;
    line->base_rate = line->mfn_rate = 0; /* an unknown base makes the totals NaN at the end, and nothing else */
    line->base_text = "";
    line->base_unit = LAW_NONE;
    line->base_specific = line->mfn_specific = false;
    if (row == NULL) {
        return;
    }
    enum tol_base_kind mfn_kind = (enum tol_base_kind)row->kind;
    line->base_kind = question->column2 ? (enum tol_base_kind)row->column2_kind : mfn_kind;
    line->base_text = law->strings + (question->column2 ? row->column2_text : row->text);
    line->flags |= row->unconfirmed ? TOL_RATE_UNCONFIRMED : 0u;
    line->base_rate = question->column2 ? row->column2_rate : row->rate;
    line->mfn_rate = row->rate;
    line->base_unit = question->column2 ? row->column2_unit : row->unit;
    double worth = 0;
    if (has_specific(line->base_kind)) {
        line->base_specific =
            !worth_of_amount(question, question->column2 ? row->column2_amount_usd : row->amount_usd, &worth);
        line->base_rate += worth;
    }
    worth = 0;
    if (has_specific(mfn_kind)) {
        /* One value cannot stand for a kg in one column and a litre in the other. */
        bool same_unit = !question->column2 || row->unit == row->column2_unit;
        line->mfn_specific = !worth_of_amount(question, same_unit ? row->amount_usd : 0, &worth);
        line->mfn_rate += worth;
    }
}

bool tol_law_sets_base(const struct tol_law *law, const struct law_measure *measure)
{
    return measure->effect == LAW_REPLACE && law->programme[measure->programme].authority == TOL_MFN &&
           measure->base != LAW_CONTENT && measure->base != LAW_REST;
}

/* A measure is looked at with its conditions and the fact its base stands on. */
static void judge(const struct law_question *question, const struct law_measure *measure, bool unconfirmed,
                  bool with_skipped, struct law_line *line)
{
    struct law_active *active = &line->active[line->active_count];
    uint32_t fact;
    enum tol_verdict verdict = tol_law_condition(question->law, measure, question->value, question->known, &fact);
    if (verdict == TOL_SKIP && !(with_skipped && (question->given >> fact & 1) != 0)) {
        return;
    }
    bool on_fact = measure->base == LAW_CONTENT || measure->base == LAW_REST;
    if (verdict == TOL_APPLY && on_fact && (question->known >> measure->base_fact & 1) == 0) {
        verdict = TOL_UNKNOWN;
        fact = measure->base_fact;
    }
    *active = (struct law_active){.measure = measure, .verdict = verdict, .fact = fact, .yields_to = -1};
    line->active_count++;
    if (unconfirmed && verdict != TOL_SKIP) {
        line->flags |= TOL_RATE_UNCONFIRMED;
    }
    line->base_replaced |= verdict == TOL_APPLY && tol_law_sets_base(question->law, measure);
}

static const struct law_listed *find_listed(const struct law_question *question, uint32_t node, struct law_listed *own)
{
    struct law_listed *listed = question->kept == NULL ? own : &question->kept[node % LAW_LISTED_KEPT];
    if (question->kept == NULL || listed->node != node || !law_in_force(listed->from, listed->until, question->day)) {
        tol_law_listed(question->law, question->importer, node, question->day, listed);
    }
    return listed;
}

void tol_law_line_collect(const struct law_question *question, uint32_t node, bool with_skipped, struct law_line *line)
{
    const struct tol_law *law = question->law;
    const struct law_importer *importer = question->importer;
    struct law_listed own;
    const struct law_listed *listed = find_listed(question, node, &own);
    struct law_candidates candidates;
    tol_law_candidates(law, importer, listed, question->origin, question->day, &candidates);
    line->base_row = tol_law_base_find(law, importer, node, question->base_day);
    line->active_count = 0;
    line->missing_count = 0;
    line->specific_duty = NULL;
    line->flags = 0;
    line->base_replaced = false;
    set_base(question, line);
    for (unsigned i = 0; i < candidates.count; i++) {
        const struct law_measure *measure = &law->measure[importer->measure_first + candidates.measure[i]];
        bool in_force = question->on_the_day
                            ? law_in_force(measure->collected_from, measure->collected_until, question->day)
                            : law_in_force(measure->from, measure->until, question->day);
        if (in_force) {
            bool unconfirmed = measure->unconfirmed || law_listed_unsure(listed, candidates.measure[i]);
            judge(question, measure, unconfirmed, with_skipped, line);
        }
    }
}
