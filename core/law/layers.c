#include "law/layers.h"

#include <string.h>

static const char *fact_name(const struct tol_law *law, uint32_t fact)
{
    return fact == LAW_NONE ? "" : law->strings + law->fact[fact].name;
}

/* Why the layer counts as it does, and the programme or fact behind it. */
static void explain(const struct tol_law *law, const struct law_line *line, const struct law_active *active,
                    struct tol_rate_layer *layer)
{
    const struct law_measure *measure = active->measure;
    layer->detail = "";
    if (active->verdict == TOL_SKIP) {
        layer->reason = "a stated fact rules it out";
        layer->detail = law->strings + measure->conditions_text;
    } else if (active->holds > 0 && active->holds < 1 && active->share > 0) {
        layer->reason = "holds for a part of the trade";
        layer->detail = fact_name(law, active->fact);
    } else if (active->yields_to >= 0) {
        bool nothing = active->share == 0;
        layer->verdict = nothing ? TOL_SKIP : active->verdict;
        layer->detail = law->strings + law->programme[active->yields_to].name;
        if (active->relieved) {
            layer->reason = nothing ? "relieved" : "relieved in part";
        } else {
            layer->reason = nothing ? "yields to another programme" : "yields in part to another programme";
        }
    } else if (active->verdict == TOL_UNKNOWN) {
        bool averaged = active->fact != LAW_NONE && (line->averaged >> active->fact & 1) != 0;
        layer->reason =
            averaged ? "depends on a fact that is taken at its average" : "depends on a fact that is not given";
        layer->detail = fact_name(law, active->fact);
    } else if (measure->effect == LAW_RELIEVE) {
        layer->reason = "relieves from duties that yield to it";
    } else if (measure->effect == LAW_SPECIFIC) {
        layer->reason = "an amount per unit";
        layer->detail = law->strings + measure->amount_text;
    } else if (measure->effect == LAW_TOP_UP && active->part == 0) {
        layer->reason = "the base already reaches the total it tops up to";
    } else {
        layer->reason = measure->term_count > 0 ? "in force, its conditions hold" : "in force";
    }
}

static void fill_layer(const struct tol_law *law, const struct law_line *line, const struct law_active *active,
                       struct tol_rate_layer *layer)
{
    const struct law_measure *measure = active->measure;
    const struct law_programme *programme = &law->programme[measure->programme];
    layer->authority = (enum tol_authority)programme->authority;
    layer->verdict = active->verdict;
    layer->measure = law->strings + measure->id;
    layer->programme = law->strings + programme->name;
    layer->stated_rate = measure->rate;
    layer->share = active->share;
    layer->rate_fraction = active->part;
    layer->base = law->strings + measure->base_text;
    layer->source = law->strings + measure->source;
    layer->trade_share = (measure->condition_facts & line->averaged) != 0 ? active->holds : 1;
    explain(law, line, active, layer);
}

static void fill_base(const struct law_question *question, const struct law_line *line, struct tol_rate_answer *answer)
{
    answer->base.kind = line->base_kind;
    answer->base.rate_fraction = line->base_rate;
    answer->base.text = line->base_text;
    answer->base.unit = line->base_unit == LAW_NONE ? "" : question->law->strings + line->base_unit;
    answer->base.source = line->base_row == NULL ? "" : question->law->strings + line->base_row->source;
}

/* How much the range shrinks when the fact turns out to be its most telling value. */
static double narrowing(const struct law_line *line, const struct law_missing *missing)
{
    double best = 0;
    for (unsigned v = 0; v < missing->count; v++) {
        if (missing->low[v] <= missing->high[v]) {
            double shrunk = (line->high - line->low) - (missing->high[v] - missing->low[v]);
            best = shrunk > best ? shrunk : best;
        }
    }
    return best;
}

/* Widest first, ties by fact; only what changes the range is worth asking for. */
static void add_unknown_fact(struct tol_rate_answer *answer, uint32_t fact, double width)
{
    size_t at = answer->unknown_fact_count;
    if (!(width > 0)) {
        return;
    }
    while (at > 0 && answer->unknown_fact[at - 1].narrowing < width) {
        at--;
    }
    if (at == TOL_UNKNOWN_FACTS_MAX) {
        return;
    }
    size_t kept =
        answer->unknown_fact_count < TOL_UNKNOWN_FACTS_MAX ? answer->unknown_fact_count : TOL_UNKNOWN_FACTS_MAX - 1;
    memmove(&answer->unknown_fact[at + 1], &answer->unknown_fact[at], (kept - at) * sizeof answer->unknown_fact[0]);
    answer->unknown_fact[at].fact = (uint16_t)fact;
    answer->unknown_fact[at].narrowing = width;
    answer->unknown_fact_count = kept + 1;
}

void tol_law_layers_fill(const struct law_question *question, const struct law_line *line,
                         struct tol_rate_answer *answer)
{
    fill_base(question, line, answer);
    answer->specific_duty = line->specific_duty == NULL ? "" : line->specific_duty;
    for (unsigned a = 0; a < line->active_count && answer->layer_count < TOL_LAYERS_MAX; a++) {
        fill_layer(question->law, line, &line->active[a], &answer->layer[answer->layer_count++]);
    }
    for (unsigned m = 0; m < line->missing_count; m++) {
        add_unknown_fact(answer, line->missing[m].fact, narrowing(line, &line->missing[m]));
    }
}

void tol_law_layers_merge_start(struct law_layers_merge *merge, struct tol_rate_answer *answer)
{
    memset(merge, 0, sizeof *merge);
    merge->answer = answer;
}

static void merge_base(struct law_layers_merge *merge, const struct law_question *question, const struct law_line *line,
                       double weight)
{
    struct tol_rate_answer *answer = merge->answer;
    merge->base_sum += weight * line->base_rate;
    if (merge->lines == 0) {
        fill_base(question, line, answer);
        return;
    }
    if (answer->base.kind != line->base_kind) {
        answer->base.kind = TOL_BASE_MIXED;
    }
    if (strcmp(answer->base.text, line->base_text) != 0) {
        answer->base.text = "";
        answer->base.unit = "";
    }
}

static unsigned layer_of(struct law_layers_merge *merge, const struct tol_law *law, const struct law_line *line,
                         const struct law_active *active)
{
    struct tol_rate_answer *answer = merge->answer;
    const char *id = law->strings + active->measure->id;
    for (unsigned i = 0; i < answer->layer_count; i++) {
        if (answer->layer[i].measure == id) {
            return i;
        }
    }
    if (answer->layer_count == TOL_LAYERS_MAX) {
        return TOL_LAYERS_MAX;
    }
    struct tol_rate_layer *layer = &answer->layer[answer->layer_count];
    fill_layer(law, line, active, layer);
    layer->share = layer->rate_fraction = layer->trade_share = 0;
    return (unsigned)answer->layer_count++;
}

void tol_law_layers_merge_add(struct law_layers_merge *merge, const struct law_question *question,
                              const struct law_line *line, double weight)
{
    if (line->base_kind == TOL_BASE_UNKNOWN) {
        merge->left_out = true;
        return;
    }
    merge_base(merge, question, line, weight);
    for (unsigned a = 0; a < line->active_count; a++) {
        const struct law_active *active = &line->active[a];
        unsigned at = layer_of(merge, question->law, line, active);
        if (at < TOL_LAYERS_MAX) {
            struct tol_rate_layer *layer = &merge->answer->layer[at];
            struct tol_rate_layer here;
            fill_layer(question->law, line, active, &here);
            if (merge->seen[at] > 0 && (here.verdict != layer->verdict || here.reason != layer->reason)) {
                layer->verdict = TOL_UNKNOWN;
                layer->reason = "differs between the lines beneath this code";
                layer->detail = "";
            }
            merge->seen[at]++;
            layer->share += weight * active->share;
            layer->rate_fraction += weight * active->part;
            layer->trade_share += weight * here.trade_share;
            merge->seen_weight[at] += weight;
        }
    }
    for (unsigned m = 0; m < line->missing_count; m++) {
        double width = narrowing(line, &line->missing[m]);
        double *widest = &merge->narrowing[line->missing[m].fact];
        *widest = width > *widest ? width : *widest;
    }
    if (line->specific_duty != NULL && merge->answer->specific_duty[0] == '\0') {
        merge->answer->specific_duty = line->specific_duty;
    }
    merge->weight += weight;
    merge->lines++;
}

void tol_law_layers_merge_finish(struct law_layers_merge *merge)
{
    struct tol_rate_answer *answer = merge->answer;
    double weight = merge->weight > 0 ? merge->weight : 1; /* without weight all sums are 0 */
    answer->base.rate_fraction = merge->base_sum / weight;
    if (merge->left_out) {
        answer->base.kind = merge->weight > 0 ? TOL_BASE_MIXED : TOL_BASE_UNKNOWN;
    }
    for (unsigned i = 0; i < answer->layer_count; i++) {
        struct tol_rate_layer *layer = &answer->layer[i];
        layer->share /= weight;
        layer->rate_fraction /= weight;
        layer->trade_share = merge->seen_weight[i] > 0 ? layer->trade_share / merge->seen_weight[i] : 1;
        if (merge->seen[i] < merge->lines && layer->verdict != TOL_SKIP) {
            layer->verdict = TOL_UNKNOWN;
            layer->reason = "applies to a part of the lines beneath this code";
            layer->detail = "";
        }
    }
    for (uint32_t fact = 0; fact < LAW_FACTS_LIMIT; fact++) {
        add_unknown_fact(answer, fact, merge->narrowing[fact]);
    }
}
