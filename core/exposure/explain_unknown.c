/* Which facts, were they known, would narrow the answer most. What customers and suppliers hand on is left out. */
#include <stdlib.h>

#include "exposure/explain.h"
#include "exposure/unknown.h"

struct sums {
    double *narrowing_eur; /* [fact] */
    size_t *line_count;    /* [fact] */
};

/* In the order of tol_unknown_collect, so that both have the same sums. */
static void add_side(const struct tol_question *question, enum tol_side which, struct sums *sums)
{
    const struct tol_plan *plan = question->plan;
    const struct tol_plan_side *side = &plan->side[which];
    uint32_t world = plan->scenario_world[question->scenario];
    for (uint64_t i = side->line_start[question->member]; i < side->line_start[question->member + 1]; i++) {
        const struct tol_unknown_entry *entry = tol_unknown_of(plan, which, side->line_cell[i], world);
        double weight = entry != NULL ? tol_unknown_weight(entry, which, &question->firm, side->line_value_eur[i]) : 0;
        for (uint32_t f = 0; entry != NULL && f < entry->count; f++) {
            sums->narrowing_eur[entry->fact[f]] += weight * entry->narrowing[f];
            sums->line_count[entry->fact[f]] += weight > 0;
        }
    }
}

bool tol_explain_unknown(const struct tol_question *question, struct tol_explanation *explanation)
{
    const struct tol_law *law = tol_question_world(question)->law;
    size_t facts = question->plan->unknown.fact_count;
    struct sums sums = {.narrowing_eur = tol_keep_zeroed(question->keep, facts, sizeof(double)),
                        .line_count = tol_keep_zeroed(question->keep, facts, sizeof(size_t))};
    explanation->unknown = calloc(facts + 1, sizeof *explanation->unknown);
    if (sums.narrowing_eur == NULL || sums.line_count == NULL || explanation->unknown == NULL) {
        return false;
    }
    add_side(question, TOL_SALES, &sums);
    add_side(question, TOL_PURCHASES, &sums);
    for (size_t f = 0; f < facts; f++) {
        if (sums.narrowing_eur[f] > 0) {
            explanation->unknown[explanation->unknown_count++] =
                (struct tol_explained_unknown){.fact = tol_fact_name(law, f),
                                               .line_count = sums.line_count[f],
                                               .narrowing_eur = sums.narrowing_eur[f]};
        }
    }
    return tol_explain_sort(question->keep, explanation->unknown, explanation->unknown_count,
                            sizeof *explanation->unknown, offsetof(struct tol_explained_unknown, narrowing_eur));
}
