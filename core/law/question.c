#include "law/question.h"

#include <string.h>

/* The lines of a shorter code have amounts per different units: one value of a unit cannot stand for them. */
#define UNIT_DIGITS 8
#define LINE_DIGITS 10
#define CODE_ABSENT (TOL_RATE_CODE_UNKNOWN | TOL_RATE_CODE_OTHER_DATE)

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
    uint32_t bit = importer->measure_count;
    return (tol_law_partner(law, importer, origin, day)[bit / 64] >> bit % 64 & 1) != 0;
}

bool tol_law_internal(const struct tol_law *law, tol_country into, tol_country from)
{
    return into == from || (law->in_eu[law_country_slot(into)] && law->in_eu[law_country_slot(from)]);
}

void tol_law_question_turn(struct law_question *question, tol_country from)
{
    question->origin = from;
}

void tol_law_question_drop_unit_value(struct law_question *question)
{
    if (question->law->unit_value_fact != LAW_NONE) {
        question->given &= ~((uint64_t)1 << question->law->unit_value_fact);
    }
}

enum law_scope tol_law_question_start(const struct tol_law *law, const struct tol_rate_query *query,
                                      struct law_question *question, uint32_t *flags)
{
    unsigned into = law_country_slot(query->into);
    int importer = law->importer_of[into];
    question->law = law;
    question->internal = tol_law_internal(law, query->into, query->from);
    question->importer = importer < 0 ? NULL : &law->importer[importer];
    question->origin = query->from;
    question->product = query->product;
    question->kept = NULL;
    if (!question->internal && question->importer != NULL) {
        question->node = tol_law_node_find(law, question->importer, query->product);
        question->trade = query->assume == TOL_ASSUME_TRADE;
        take_facts(law, query->facts, question);
        if (tol_product_digits(query->product) < UNIT_DIGITS) {
            tol_law_question_drop_unit_value(question);
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

/* Is the code's last node the code itself, and does it have lines of its own, on this day or another? */
static const struct law_node *exact(const struct law_question *question, uint32_t node, tol_product product)
{
    if (node == LAW_NONE || question->law->product[question->importer->node_first + node] != product) {
        return NULL;
    }
    return law_node_at(question->law, question->importer, node);
}

uint32_t tol_law_lines_next(const struct law_question *question, const struct law_lines *lines, uint32_t *node)
{
    for (unsigned s = 0; s < lines->span_count; s++) {
        const struct law_span *span = &lines->span[s];
        uint32_t at = *node > span->first ? *node : span->first;
        for (; at < span->last; at++) {
            if (tol_law_is_line(question->law, question->importer, at, question->base_day, lines->statistical)) {
                *node = at + 1;
                return at;
            }
        }
    }
    *node = LAW_NONE;
    return LAW_NONE;
}

static bool any_line(const struct law_question *question, const struct law_lines *lines)
{
    uint32_t node = 0;
    return tol_law_lines_next(question, lines, &node) != LAW_NONE;
}

static void add_span(const struct law_question *question, tol_product from, tol_product to, struct law_lines *lines)
{
    struct law_span *span = &lines->span[lines->span_count++];
    span->first = tol_law_node_lower_bound(question->law, question->importer, from);
    span->last = tol_law_node_lower_bound(question->law, question->importer, to);
}

/* Do tables tell codes beneath the product apart? Only then must its lines be looked at one by one. */
static bool told_apart_beneath(const struct law_question *question, const struct law_span *span)
{
    for (uint32_t i = span->first; i < span->last; i++) {
        const struct law_node *at = law_node_at(question->law, question->importer, i);
        if (at->entry_count > 0 || at->base_count > 0 || (question->trade && at->average_count > 0)) {
            return true;
        }
    }
    return false;
}

static bool own_base(const struct law_question *question, const struct law_lines *lines)
{
    return tol_law_base_find(question->law, question->importer, lines->node, question->base_day) != NULL;
}

static void look_beneath(const struct law_question *question, tol_product product, struct law_lines *lines)
{
    lines->node = tol_law_node_find(question->law, question->importer, product);
    add_span(question, product + 1, tol_law_product_end(product), lines);
    bool based = own_base(question, lines);
    if (based && !told_apart_beneath(question, &lines->span[0])) {
        return;
    }
    lines->statistical = true;
    lines->aggregate = any_line(question, lines);
    if (!lines->aggregate && (!based || !question->importer->has_lines)) {
        lines->statistical = false;
        lines->aggregate = any_line(question, lines);
    }
    lines->flags |= lines->aggregate ? TOL_RATE_AGGREGATE : 0u;
}

/* A ten-digit code that is no line of the day is no answer to the question, as long as anything else is. */
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
    if (lines->aggregate || own_base(question, lines)) {
        return;
    }
    if (!question->importer->has_bases) {
        lines->flags |= TOL_RATE_NO_SCHEDULE;
        return;
    }
    bool ever = false;
    for (uint32_t i = lines->span_count > 0 ? lines->span[0].first : 0;
         lines->span_count > 0 && i < lines->span[0].last && !ever; i++) {
        const struct law_node *at = law_node_at(question->law, question->importer, i);
        ever = at->line_count > 0 || at->base_count > 0;
    }
    if ((lines->flags & CODE_ABSENT) == 0) {
        lines->flags |= ever ? TOL_RATE_CODE_OTHER_DATE : TOL_RATE_CODE_UNKNOWN;
    }
}

static void start(struct law_lines *lines, uint32_t flags)
{
    lines->node = LAW_NONE;
    lines->aggregate = lines->statistical = false;
    lines->span_count = 0;
    lines->flags = flags;
}

/* Several codes are gone through line by line, as those of a shorter code are; but only a code that is shorter than its lines is an
 * aggregate. */
static void look_at_each(const struct law_question *question, struct law_lines *lines)
{
    lines->aggregate = true;
    lines->statistical = question->importer->has_lines;
    for (unsigned i = 0; i < lines->mapped.count; i++) {
        tol_product code = lines->mapped.code[i];
        lines->flags |= tol_product_digits(code) < UNIT_DIGITS ? TOL_RATE_AGGREGATE : 0u;
        add_span(question, code, tol_law_product_end(code), lines);
    }
}

bool tol_law_mapped_shares_units(const struct law_mapped *mapped)
{
    for (unsigned i = 0; i < mapped->count; i++) {
        if (tol_product_digits(mapped->code[i]) < UNIT_DIGITS ||
            tol_law_product_cut(mapped->code[i], UNIT_DIGITS) != tol_law_product_cut(mapped->code[0], UNIT_DIGITS)) {
            return false;
        }
    }
    return true;
}

/* A code that is absent on the day is answered by those that stand for it. */
static bool map_by_concordance(const struct law_question *question, struct law_lines *lines)
{
    if (!tol_law_links_follow(question->law, question->importer, question->product, question->base_day,
                              &lines->mapped)) {
        return false;
    }
    start(lines, TOL_RATE_CODE_MAPPED);
    if (lines->mapped.count == 1) {
        look_beneath(question, lines->mapped.code[0], lines);
    } else {
        look_at_each(question, lines);
    }
    return true;
}

void tol_law_lines_find(const struct law_question *question, struct law_lines *lines)
{
    bool whole = tol_product_digits(question->product) == LINE_DIGITS;
    start(lines, 0);
    lines->mapped.count = 0;
    if (whole && !line_exists(question, lines)) {
        if (map_by_concordance(question, lines)) {
            return;
        }
        look_beneath(question, tol_law_product_cut(question->product, UNIT_DIGITS), lines);
        note_absent(question, lines);
        return;
    }
    if (!whole) {
        look_beneath(question, question->product, lines);
    }
    note_absent(question, lines);
    if ((lines->flags & CODE_ABSENT) != 0) {
        map_by_concordance(question, lines);
    }
}
