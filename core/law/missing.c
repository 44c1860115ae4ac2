#include <math.h>

#include "law/stack.h"

/* Which of the conditions on this fact hold for a value: values with equal signatures need not both be tried. */
static uint64_t signature(const struct tol_law *law, const struct law_line *line, uint32_t fact, double value)
{
    uint64_t holds = 0;
    unsigned bit = 0;
    for (unsigned a = 0; a < line->active_count && bit < 64; a++) {
        const struct law_measure *measure = line->active[a].measure;
        if (line->active[a].verdict != TOL_UNKNOWN) {
            continue;
        }
        for (unsigned t = 0; t < measure->term_count && bit < 64; t++) {
            const struct law_term *term = &law->term[measure->term_first + t];
            if (term->fact == fact) {
                holds |= (uint64_t)tol_law_term_holds(term, value) << bit++;
            }
        }
    }
    return holds;
}

struct gathering {
    const struct tol_law *law;
    const struct law_line *line;
    struct law_missing *missing;
    uint64_t signature[LAW_VALUES_MAX];
    double least, greatest;
    bool linear; /* the fact is a base: totals change between conditions too */
};

static void try_value(struct gathering *gathering, double value)
{
    struct law_missing *missing = gathering->missing;
    if (value < gathering->least || value > gathering->greatest || missing->count == LAW_VALUES_MAX) {
        return;
    }
    uint64_t holds = signature(gathering->law, gathering->line, missing->fact, value);
    for (unsigned i = 0; i < missing->count; i++) {
        if (gathering->linear ? missing->value[i] == value : gathering->signature[i] == holds) {
            return;
        }
    }
    gathering->signature[missing->count] = holds;
    missing->value[missing->count] = value;
    missing->low[missing->count] = INFINITY;
    missing->high[missing->count] = -INFINITY;
    missing->count++;
}

static void set_bounds(struct gathering *gathering, const struct law_fact *fact)
{
    gathering->least = 0;
    gathering->greatest = INFINITY;
    switch ((enum law_fact_type)fact->type) {
    case LAW_CHOICE:
        gathering->greatest = fact->value_count == 0 ? 0 : fact->value_count - 1;
        break;
    case LAW_SHARE:
        gathering->greatest = 1;
        break;
    case LAW_NUMBER:
    case LAW_POSITIVE:
        break;
    case LAW_DAY:
        gathering->least = -INFINITY;
        break;
    }
}

/* A threshold is tried at, just below and just above. */
static void try_thresholds(struct gathering *gathering, const struct law_fact *fact)
{
    const struct law_line *line = gathering->line;
    for (unsigned a = 0; a < line->active_count; a++) {
        const struct law_measure *measure = line->active[a].measure;
        if (line->active[a].verdict != TOL_UNKNOWN) {
            continue;
        }
        for (unsigned t = 0; t < measure->term_count; t++) {
            const struct law_term *term = &gathering->law->term[measure->term_first + t];
            if (term->fact == gathering->missing->fact) {
                bool day = fact->type == LAW_DAY;
                try_value(gathering, term->number);
                try_value(gathering, day ? term->number - 1 : nextafter(term->number, -INFINITY));
                try_value(gathering, day ? term->number + 1 : nextafter(term->number, INFINITY));
            }
        }
    }
}

static void gather_values(const struct tol_law *law, const struct law_line *line, struct law_missing *missing,
                          bool linear)
{
    const struct law_fact *fact = &law->fact[missing->fact];
    struct gathering gathering = {.law = law, .line = line, .missing = missing, .linear = linear};
    set_bounds(&gathering, fact);
    missing->count = 0;
    missing->central = -1;
    if (fact->has_central) {
        missing->central = 0;
        try_value(&gathering, fact->central);
    }
    if (fact->type == LAW_CHOICE) {
        for (uint32_t i = 0; i < fact->value_count; i++) {
            try_value(&gathering, i);
        }
        return;
    }
    if (fact->type != LAW_DAY) {
        try_value(&gathering, 0);
    }
    if (fact->type == LAW_SHARE) {
        try_value(&gathering, 1);
    }
    try_thresholds(&gathering, fact);
}

/* A top-up against a column whose specific part has no known worth: anything from nothing to all of it may be left. */
static bool top_up_is_open(const struct law_line *line, const struct law_measure *measure)
{
    return measure->effect == LAW_TOP_UP &&
           (measure->base == LAW_MFN_COLUMN ? line->mfn_specific : line->base_specific && !line->base_replaced);
}

static void collect_ave(const struct law_question *question, struct law_line *line)
{
    uint32_t ave = question->law->ave_fact;
    bool open = false;
    for (unsigned a = 0; a < line->active_count; a++) {
        struct law_active *active = &line->active[a];
        if (ave != LAW_NONE && active->verdict != TOL_SKIP && top_up_is_open(line, active->measure)) {
            open = true;
            if (active->verdict == TOL_APPLY) {
                active->verdict = TOL_UNKNOWN;
                active->fact = ave;
            }
        }
    }
    if (open) {
        struct law_missing *missing = &line->missing[line->missing_count++];
        *missing = (struct law_missing){.fact = ave, .count = 2, .central = 0, .value = {0, HUGE_VAL}};
        missing->average = NAN;
        missing->low[0] = missing->low[1] = INFINITY;
        missing->high[0] = missing->high[1] = -INFINITY;
    }
}

static void find_average(const struct law_question *question, uint32_t node, struct law_line *line,
                         struct law_missing *missing)
{
    missing->average = NAN;
    if (!question->trade) {
        return;
    }
    const struct law_average *average =
        tol_law_average_find(question->law, question->importer, node, missing->fact, question->origin, question->day);
    if (average != NULL) {
        missing->average = average->value;
        line->averaged |= (uint64_t)1 << missing->fact;
    }
}

void tol_law_missing_collect(const struct law_question *question, uint32_t node, struct law_line *line)
{
    uint64_t conditions = 0;
    uint64_t bases = 0;
    line->missing_count = 0;
    line->averaged = 0;
    for (unsigned a = 0; a < line->active_count; a++) {
        const struct law_measure *measure = line->active[a].measure;
        if (line->active[a].verdict != TOL_UNKNOWN) {
            continue;
        }
        conditions |= measure->condition_facts;
        if (measure->base == LAW_CONTENT || measure->base == LAW_REST) {
            bases |= (uint64_t)1 << measure->base_fact;
        }
    }
    collect_ave(question, line);
    uint64_t open = line->missing_count > 0 ? (uint64_t)1 << question->law->ave_fact : 0;
    uint64_t missing = (conditions | bases) & ~question->known & ~open;
    while (missing != 0) {
        unsigned fact = (unsigned)__builtin_ctzll(missing);
        struct law_missing *added = &line->missing[line->missing_count++];
        added->fact = fact;
        gather_values(question->law, line, added, (bases >> fact & 1) != 0);
        find_average(question, node, line, added);
        missing &= missing - 1;
    }
}
