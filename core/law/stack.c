#include "law/stack.h"

#include <math.h>
#include <string.h>

/* Part of the customs value that a measure stands on before it yields. */
static double own_share(const struct law_measure *measure, const double value[LAW_FACTS_LIMIT])
{
    if (measure->base == LAW_CONTENT) {
        return value[measure->base_fact];
    }
    return measure->base == LAW_REST ? 1 - value[measure->base_fact] : 1;
}

/* What the programmes before it leave of the value; notes the first that takes something. */
static double share_left(const struct tol_law *law, struct law_active *active, const double *taken)
{
    const struct law_measure *measure = active->measure;
    double left = 1;
    active->yields_to = -1;
    for (unsigned i = 0; i < measure->yield_count; i++) {
        unsigned programme = law->yield[measure->yield_first + i];
        if (taken[programme] > 0 && active->yields_to < 0) {
            active->yields_to = (int)programme;
            active->relieved = law->programme[programme].relief != 0;
        }
        left -= taken[programme];
    }
    return left > 0 ? left : 0;
}

/* Duty per unit of the value a measure stands on. ave_beyond: what the specific part of a column may add to its known rate. */
static double duty_rate(const struct law_question *question, const struct law_line *line,
                        const struct law_measure *measure, double ave_beyond)
{
    uint32_t ave = question->law->ave_fact;
    double column;
    bool open;
    switch ((enum law_effect)measure->effect) {
    case LAW_ADD:
        return measure->rate;
    case LAW_TOP_UP:
        /* Programmes that set the base stand before all others, so a claimed preference is in the base by now. */
        column = measure->base == LAW_MFN_COLUMN ? line->mfn_rate : line->by_authority[TOL_MFN];
        open = measure->base == LAW_MFN_COLUMN ? line->mfn_specific : line->base_specific && !line->base_replaced;
        if (open) {
            column += ave_beyond;
        }
        return measure->rate > column ? measure->rate - column : 0;
    case LAW_REPLACE:
        return measure->rate -
               (tol_law_sets_base(question->law, measure) ? line->base_rate : line->by_authority[TOL_MFN]);
    case LAW_RELIEVE:
        return 0;
    case LAW_SPECIFIC:
        /* One `ave` cannot stand for two amounts: the schedule's own comes first, unless another rate replaces it. */
        if (ave != LAW_NONE && (question->given >> ave & 1) != 0 &&
            (line->base_replaced || (line->base_kind != TOL_BASE_SPECIFIC && line->base_kind != TOL_BASE_COMPOUND))) {
            return question->value[ave];
        }
        return 0;
    }
    return 0;
}

/* Shares taken are zeroed only for programmes that this line names. */
static void clear_taken(const struct tol_law *law, const struct law_line *line, double *taken)
{
    for (unsigned a = 0; a < line->active_count; a++) {
        const struct law_measure *measure = line->active[a].measure;
        taken[measure->programme] = 0;
        for (unsigned i = 0; i < measure->yield_count; i++) {
            taken[law->yield[measure->yield_first + i]] = 0;
        }
    }
}

double tol_law_line_pass(const struct law_question *question, struct law_line *line,
                         const double value[LAW_FACTS_LIMIT], double ave_beyond)
{
    const struct tol_law *law = question->law;
    double taken[LAW_PROGRAMMES_LIMIT + 1];
    clear_taken(law, line, taken);
    memset(line->by_authority, 0, sizeof line->by_authority);
    line->by_authority[TOL_MFN] = line->base_rate;
    for (unsigned a = 0; a < line->active_count; a++) {
        struct law_active *active = &line->active[a];
        const struct law_measure *measure = active->measure;
        uint32_t fact;
        active->share = active->part = active->holds = 0;
        if (active->verdict == TOL_SKIP ||
            (active->verdict == TOL_UNKNOWN && tol_law_condition(law, measure, value, UINT64_MAX, &fact) == TOL_SKIP)) {
            continue;
        }
        active->holds = 1;
        active->share = own_share(measure, value) * share_left(law, active, taken);
        double sum = taken[measure->programme] + active->share;
        taken[measure->programme] = sum < 1 ? sum : 1;
        active->part = duty_rate(question, line, measure, ave_beyond) * active->share;
        line->by_authority[law->programme[measure->programme].authority] += active->part;
    }
    return law_authority_sum(line->by_authority);
}

/* The search over what missing facts may be. `choice` is an index into each fact's values. */
struct search {
    const struct law_question *question;
    struct law_line *line;
    uint64_t content_facts; /* shares that measures stand on: parts of one value, so together at most 1 */
    unsigned choice[LAW_FACTS_LIMIT];
    unsigned central[LAW_FACTS_LIMIT];
    double central_total;
    const double *fixed; /* NULL, or by missing fact: a value outside the choice, NaN for none */
};

static void find_content_facts(struct search *search)
{
    const struct law_line *line = search->line;
    for (unsigned a = 0; a < line->active_count; a++) {
        if (line->active[a].measure->base == LAW_CONTENT && line->active[a].verdict != TOL_SKIP) {
            search->content_facts |= (uint64_t)1 << line->active[a].measure->base_fact;
        }
    }
}

/* Puts the chosen values in place. A content share that the others leave no room for is cut to the room there is. */
static double fix_facts(const struct search *search, const unsigned *choice, double value[LAW_FACTS_LIMIT])
{
    const struct law_question *question = search->question;
    const struct law_line *line = search->line;
    double ave_beyond = 0;
    double room = 1;
    memcpy(value, question->value, sizeof question->value);
    uint64_t stated = search->content_facts & question->known;
    while (stated != 0) {
        room -= value[__builtin_ctzll(stated)];
        stated &= stated - 1;
    }
    room = room > 0 ? room : 0;
    for (unsigned m = 0; m < line->missing_count; m++) {
        const struct law_missing *missing = &line->missing[m];
        bool outside = search->fixed != NULL && !isnan(search->fixed[m]);
        double chosen = outside ? search->fixed[m] : missing->value[choice[m]];
        if (missing->fact == question->law->ave_fact && (line->base_specific || line->mfn_specific)) {
            ave_beyond = chosen;
            if ((question->known >> missing->fact & 1) != 0) {
                continue;
            }
        }
        if ((search->content_facts >> missing->fact & 1) != 0) {
            chosen = chosen < room ? chosen : room;
            room -= chosen;
        }
        value[missing->fact] = chosen;
    }
    return ave_beyond;
}

static double total_of(struct search *search, const unsigned *choice)
{
    double value[LAW_FACTS_LIMIT];
    double ave_beyond = fix_facts(search, choice, value);
    return tol_law_line_pass(search->question, search->line, value, ave_beyond);
}

/* Takes a combination into the range, into each fact's range by value, and into the central reading when it fits it. */
static void note(struct search *search, const unsigned *choice, double total)
{
    struct law_line *line = search->line;
    bool central = true;
    line->low = total < line->low ? total : line->low;
    line->high = total > line->high ? total : line->high;
    for (unsigned m = 0; m < line->missing_count; m++) {
        struct law_missing *missing = &line->missing[m];
        unsigned at = choice[m];
        missing->low[at] = total < missing->low[at] ? total : missing->low[at];
        missing->high[at] = total > missing->high[at] ? total : missing->high[at];
        central = central && (missing->central < 0 || (unsigned)missing->central == at);
    }
    if (central && total > search->central_total) {
        search->central_total = total;
        memcpy(search->central, choice, line->missing_count * sizeof choice[0]);
    }
}

static void search_all(struct search *search)
{
    struct law_line *line = search->line;
    unsigned m;
    do {
        note(search, search->choice, total_of(search, search->choice));
        for (m = 0; m < line->missing_count; m++) {
            if (++search->choice[m] < line->missing[m].count) {
                break;
            }
            search->choice[m] = 0;
        }
    } while (m < line->missing_count);
}

/* Improves one fact at a time until nothing improves. sign 1 seeks the greatest total, -1 the least; only_open keeps facts at their
 * central value where they have one. */
static void climb(struct search *search, double sign, bool only_open)
{
    struct law_line *line = search->line;
    const unsigned count = line->missing_count;
    unsigned choice[LAW_FACTS_LIMIT] = {0};
    for (unsigned m = 0; m < count; m++) {
        choice[m] = line->missing[m].central < 0 ? 0 : (unsigned)line->missing[m].central;
    }
    double best = total_of(search, choice);
    note(search, choice, best);
    bool better = true;
    for (int sweep = 0; better && sweep < 16; sweep++) {
        better = false;
        for (unsigned m = 0; m < count; m++) {
            unsigned kept = choice[m];
            for (unsigned v = 0; v < line->missing[m].count && !(only_open && line->missing[m].central >= 0); v++) {
                choice[m] = v;
                double total = total_of(search, choice);
                note(search, choice, total);
                if (sign * total > sign * best) {
                    best = total;
                    kept = v;
                    better = true;
                }
            }
            choice[m] = kept;
        }
    }
}

static uint64_t combinations(const struct law_line *line)
{
    uint64_t product = 1;
    for (unsigned m = 0; m < line->missing_count && product <= LAW_COMBINATIONS_MAX; m++) {
        product *= line->missing[m].count;
    }
    return product;
}

/* The central reading of trade as a mean over what its parts answer to yes/no facts. Means are taken as the first answer plus the weighted distance
 * to it, so that what all answers share comes out to the bit (a base that a claim takes away leaves 0, not a rounding error). */
struct mixture {
    unsigned count;
    bool started;
    double share[LAW_MEASURES_LIMIT], part[LAW_MEASURES_LIMIT], holds[LAW_MEASURES_LIMIT];
    double first_share[LAW_MEASURES_LIMIT], first_part[LAW_MEASURES_LIMIT], first_holds[LAW_MEASURES_LIMIT];
};

static void mixture_start(struct mixture *mixture, const struct law_line *line)
{
    mixture->count = line->active_count;
    mixture->started = false;
}

static void mixture_add(struct mixture *mixture, const struct law_line *line, double weight)
{
    for (unsigned a = 0; a < mixture->count; a++) {
        const struct law_active *active = &line->active[a];
        if (!mixture->started) {
            mixture->share[a] = mixture->first_share[a] = active->share;
            mixture->part[a] = mixture->first_part[a] = active->part;
            mixture->holds[a] = mixture->first_holds[a] = active->holds;
        }
        mixture->share[a] += weight * (active->share - mixture->first_share[a]);
        mixture->part[a] += weight * (active->part - mixture->first_part[a]);
        mixture->holds[a] += weight * (active->holds - mixture->first_holds[a]);
    }
    mixture->started = true;
}

/* Authorities are added up anew from the mixed parts, so that the layers give the total to the bit. */
static double mixture_finish(const struct tol_law *law, const struct mixture *mixture, struct law_line *line)
{
    memset(line->by_authority, 0, sizeof line->by_authority);
    line->by_authority[TOL_MFN] = line->base_rate;
    for (unsigned a = 0; a < mixture->count; a++) {
        line->active[a].share = mixture->share[a];
        line->active[a].part = mixture->part[a];
        line->active[a].holds = mixture->holds[a];
        line->by_authority[law->programme[line->active[a].measure->programme].authority] += mixture->part[a];
    }
    return law_authority_sum(line->by_authority);
}

/* Puts the averages in place; yes/no facts whose answer differs within the trade are left to the mixture. Returns their number. */
static unsigned fix_averages(const struct search *search, double *fixed, unsigned mixed[LAW_MIXED_LIMIT])
{
    const struct law_line *line = search->line;
    unsigned count = 0;
    for (unsigned m = 0; m < line->missing_count; m++) {
        const struct law_missing *missing = &line->missing[m];
        bool choice = search->question->law->fact[missing->fact].type == LAW_CHOICE;
        fixed[m] = missing->average;
        if (choice && missing->average > 0 && missing->average < 1) {
            mixed[count++] = m;
        }
    }
    return count;
}

/* One pass with some facts fixed outside the values that the search tries. */
static double total_fixed(struct search *search, const double *fixed)
{
    search->fixed = fixed;
    double total = total_of(search, search->central);
    search->fixed = NULL;
    return total;
}

/* The central reading where averages are known; other missing facts keep the value that the search settled on. */
static double trade_total(struct search *search)
{
    struct law_line *line = search->line;
    double fixed[LAW_FACTS_LIMIT] = {0};
    unsigned mixed[LAW_MIXED_LIMIT];
    unsigned count = fix_averages(search, fixed, mixed);
    if (count == 0) {
        return total_fixed(search, fixed);
    }
    struct mixture mixture;
    mixture_start(&mixture, line);
    for (unsigned answers = 0; answers < 1u << count; answers++) {
        double weight = 1;
        for (unsigned i = 0; i < count; i++) {
            bool yes = (answers >> i & 1) != 0;
            double average = line->missing[mixed[i]].average;
            fixed[mixed[i]] = yes ? 1 : 0; /* the indices of yes and no, which the compiler of the tables has checked */
            weight *= yes ? average : 1 - average;
        }
        (void)total_fixed(search, fixed);
        mixture_add(&mixture, line, weight);
    }
    return mixture_finish(search->question->law, &mixture, line);
}

static void search_range(const struct law_question *question, struct law_line *line)
{
    struct search search = {.question = question, .line = line, .central_total = -INFINITY};
    find_content_facts(&search);
    line->low = INFINITY;
    line->high = -INFINITY;
    if (combinations(line) <= LAW_COMBINATIONS_MAX) {
        search_all(&search);
    } else {
        climb(&search, 1, true);
        climb(&search, 1, false);
        climb(&search, -1, false);
    }
    line->central = line->averaged != 0 ? trade_total(&search) : total_of(&search, search.central);
    /* A mean is rounded, and a product of shares may peak between the values tried. */
    line->low = line->low < line->central ? line->low : line->central;
    line->high = line->high > line->central ? line->high : line->central;
}

/* A specific amount is due on top unless `ave` priced it or a replacement took the whole base away. */
static void set_specific(const struct law_question *question, struct law_line *line)
{
    const struct tol_law *law = question->law;
    bool replaced = false;
    const char *amount = NULL;
    for (unsigned a = 0; a < line->active_count; a++) {
        const struct law_active *active = &line->active[a];
        replaced |= active->measure->effect == LAW_REPLACE && active->share >= 1 && active->verdict == TOL_APPLY;
        if (active->measure->effect == LAW_SPECIFIC && active->share > 0 && active->part == 0 && amount == NULL) {
            amount = law->strings + active->measure->amount_text;
        }
    }
    if (line->base_specific && !replaced) {
        line->specific_duty = line->base_text;
    } else {
        line->specific_duty = amount;
    }
    if (line->specific_duty != NULL) {
        line->flags |= TOL_RATE_SPECIFIC_EXCLUDED;
    }
}

void tol_law_line_answer(const struct law_question *question, uint32_t node, bool with_skipped, struct law_line *line)
{
    tol_law_line_collect(question, node, with_skipped, line);
    tol_law_missing_collect(question, node, line);
    if (line->missing_count == 0) {
        line->central = tol_law_line_pass(question, line, question->value, 0);
        line->low = line->high = line->central;
    } else {
        search_range(question, line);
    }
    set_specific(question, line);
    if (line->base_kind == TOL_BASE_UNKNOWN) {
        line->low = line->central = line->high = NAN;
    }
}
