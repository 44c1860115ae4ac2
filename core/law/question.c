#include "law/question.h"

#include <string.h>

/* The lines of a shorter code have amounts per different units: one value of a unit cannot stand for them. */
#define UNIT_DIGITS 8

static void take_facts(const struct tol_law *law, const struct tol_facts *facts, struct law_question *question)
{
    memcpy(question->value, law->assumed, sizeof question->value);
    question->given = 0;
    for (uint32_t i = 0; facts != NULL && i < facts->count; i++) {
        uint16_t fact = facts->item[i].fact;
        if (fact < law->count[LAW_FACTS]) {
            bool choice = law->fact[fact].type == LAW_CHOICE;
            question->value[fact] = choice ? facts->item[i].choice : facts->item[i].number;
            question->given |= (uint64_t)1 << fact;
        }
    }
    question->known = question->given | law->assumed_facts;
    question->on_the_day = law->view_fact != LAW_NONE && (question->known >> law->view_fact & 1) != 0 &&
                           question->value[law->view_fact] == law->view_on_the_day;
}

/* COLUMN2 is known to the importer as one more bit after the measures' in the partner sets. */
static bool in_column2(const struct tol_law *law, const struct law_importer *importer, tol_country origin, tol_day day)
{
    const int32_t *epoch = law->epoch + importer->epoch_first;
    uint32_t at = importer->epoch_count - 1;
    while (at > 0 && epoch[at] > day) {
        at--;
    }
    uint64_t row = (uint64_t)at * LAW_COUNTRY_SLOTS + law_country_slot(origin);
    uint32_t bit = importer->measure_count;
    return (law->bits[importer->partner_bits + row * importer->words + bit / 64] >> bit % 64 & 1) != 0;
}

enum law_scope tol_law_question_start(const struct tol_law *law, const struct tol_rate_query *query,
                                      struct law_question *question, uint32_t *flags)
{
    unsigned into = law_country_slot(query->into);
    unsigned from = law_country_slot(query->from);
    int importer = law->importer_of[into];
    question->law = law;
    question->internal = query->into == query->from || (law->in_eu[into] && law->in_eu[from]);
    question->importer = importer < 0 ? NULL : &law->importer[importer];
    question->origin = query->from;
    question->product = query->product;
    question->kept = NULL;
    if (!question->internal && question->importer != NULL) {
        question->node = tol_law_node_find(law, question->importer, query->product);
        question->trade = query->assume == TOL_ASSUME_TRADE;
        take_facts(law, query->facts, question);
        if (law->unit_value_fact != LAW_NONE && tol_product_digits(query->product) < UNIT_DIGITS) {
            question->given &= ~((uint64_t)1 << law->unit_value_fact);
        }
    }
    return tol_law_question_move(question, query->on, flags);
}

/* Do the tables hold the importer's law of that day? A day past their end counts: it is answered and flagged. */
static bool holds_law_of(const struct tol_law *law, const struct law_importer *importer, tol_day day)
{
    bool holds = day >= importer->from;
    for (uint32_t i = 0; holds && i < importer->gap_count; i++) {
        const struct law_gap *gap = &law->gap[importer->gap_first + i];
        holds = !law_in_force(gap->from, gap->until, day);
    }
    return holds;
}

enum law_scope tol_law_question_move(struct law_question *question, tol_day day, uint32_t *flags)
{
    const struct law_importer *importer = question->importer;
    *flags = 0;
    if (question->internal) {
        return LAW_SCOPE_INTERNAL;
    }
    if (importer == NULL || !holds_law_of(question->law, importer, day)) {
        *flags = TOL_RATE_NO_LAW;
        return LAW_SCOPE_NO_LAW;
    }
    question->day = day;
    question->base_day = day;
    if (day < importer->base_from) {
        question->base_day = importer->base_from;
        *flags |= TOL_RATE_BASE_DATED;
    }
    if (day >= importer->base_until) {
        *flags |= TOL_RATE_BASE_DATED; /* rates of an older edition, lines of the day as far as it shows them */
    }
    if (day >= importer->until) {
        *flags |= TOL_RATE_PAST_COVERAGE;
    }
    question->column2 = in_column2(question->law, importer, question->origin, day);
    return LAW_SCOPE_TABLES;
}

static tol_product cut(tol_product product, unsigned digits)
{
    uint64_t unit = 1;
    for (unsigned i = digits; i < 10; i++) {
        unit *= 10;
    }
    return (product >> 4) / unit * unit << 4 | digits;
}

/* Is the code's last node the code itself, and does it have lines of its own, on this day or another? */
static const struct law_node *exact(const struct law_question *question, uint32_t node, tol_product product)
{
    if (node == LAW_NONE || question->law->product[question->importer->node_first + node] != product) {
        return NULL;
    }
    return law_node_at(question->law, question->importer, node);
}

static bool has_base(const struct law_question *question, const struct law_node *at)
{
    for (uint32_t i = 0; i < at->base_count; i++) {
        const struct law_base_row *row = &question->law->base_row[at->base_first + i];
        if (law_in_force(row->from, row->until, question->base_day)) {
            return true;
        }
    }
    return false;
}

/* Without statistical lines, the codes with a base rate and none beneath them are the lines. */
static bool is_line(const struct law_question *question, const struct law_lines *lines, uint32_t node)
{
    const struct law_node *at = law_node_at(question->law, question->importer, node);
    if (lines->statistical) {
        return at->line_count > 0 && tol_law_line_in_force(question->law, at, question->base_day);
    }
    bool line = has_base(question, at);
    for (uint32_t beneath = node + 1; line && beneath < at->next; beneath++) {
        line = !has_base(question, law_node_at(question->law, question->importer, beneath));
    }
    return line;
}

uint32_t tol_law_lines_next(const struct law_question *question, const struct law_lines *lines, uint32_t *node)
{
    while (*node < lines->last) {
        uint32_t at = (*node)++;
        if (is_line(question, lines, at)) {
            return at;
        }
    }
    return LAW_NONE;
}

/* Do tables tell codes beneath the product apart? Only then must its lines be looked at one by one. */
static bool told_apart_beneath(const struct law_question *question, const struct law_lines *lines)
{
    for (uint32_t i = lines->first; i < lines->last; i++) {
        const struct law_node *at = law_node_at(question->law, question->importer, i);
        if (at->entry_count > 0 || at->base_count > 0 || (question->trade && at->average_count > 0)) {
            return true;
        }
    }
    return false;
}

static void look_beneath(const struct law_question *question, tol_product product, struct law_lines *lines)
{
    const struct tol_law *law = question->law;
    const struct law_importer *importer = question->importer;
    lines->node = tol_law_node_find(law, importer, product);
    lines->first = tol_law_node_lower_bound(law, importer, product + 1);
    lines->last = tol_law_node_lower_bound(law, importer, tol_law_product_end(product));
    lines->aggregate = false;
    bool own_base = tol_law_base_find(law, importer, lines->node, question->base_day) != NULL;
    if (own_base && !told_apart_beneath(question, lines)) {
        return;
    }
    lines->statistical = true;
    uint32_t node = lines->first;
    lines->aggregate = tol_law_lines_next(question, lines, &node) != LAW_NONE;
    if (!lines->aggregate && (!own_base || !importer->has_lines)) {
        lines->statistical = false;
        node = lines->first;
        lines->aggregate = tol_law_lines_next(question, lines, &node) != LAW_NONE;
    }
    lines->flags |= lines->aggregate ? TOL_RATE_AGGREGATE : 0u;
}

/* A ten-digit code that is no line of the day is answered by its first eight digits. */
static bool line_exists(const struct law_question *question, struct law_lines *lines)
{
    const struct law_node *at = exact(question, question->node, question->product);
    lines->node = question->node;
    if (!question->importer->has_lines) {
        return true;
    }
    if (at == NULL || at->line_count == 0) {
        lines->flags |= TOL_RATE_CODE_UNKNOWN;
        return false;
    }
    if (!tol_law_line_in_force(question->law, at, question->base_day)) {
        lines->flags |= TOL_RATE_CODE_OTHER_DATE;
        return false;
    }
    return true;
}

/* A shorter code whose lines are all of another date, or that never had any. */
static void note_absent(const struct law_question *question, struct law_lines *lines)
{
    if (lines->aggregate ||
        tol_law_base_find(question->law, question->importer, lines->node, question->base_day) != NULL) {
        return;
    }
    if (!question->importer->has_bases) {
        lines->flags |= TOL_RATE_NO_SCHEDULE;
        return;
    }
    bool ever = false;
    for (uint32_t i = lines->first; i < lines->last && !ever; i++) {
        const struct law_node *at = law_node_at(question->law, question->importer, i);
        ever = at->line_count > 0 || at->base_count > 0;
    }
    if ((lines->flags & (TOL_RATE_CODE_UNKNOWN | TOL_RATE_CODE_OTHER_DATE)) == 0) {
        lines->flags |= ever ? TOL_RATE_CODE_OTHER_DATE : TOL_RATE_CODE_UNKNOWN;
    }
}

void tol_law_lines_find(const struct law_question *question, struct law_lines *lines)
{
    memset(lines, 0, sizeof *lines);
    unsigned digits = tol_product_digits(question->product);
    if (digits == 10 && line_exists(question, lines)) {
        lines->first = lines->last = 0;
        note_absent(question, lines);
        return;
    }
    look_beneath(question, digits == 10 ? cut(question->product, 8) : question->product, lines);
    note_absent(question, lines);
}
