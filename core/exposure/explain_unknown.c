/* Which facts, were they known, would narrow the answer most: the law says by how much each would narrow a duty, the market how profit
 * answers a duty. To first order, line by line; what customers and suppliers hand on is left out. */
#include <math.h>
#include <stdlib.h>

#include "exposure/explain.h"

bool tol_explain_unknown_begin(struct tol_question *question)
{
    const struct tol_law *law = tol_question_world(question)->law;
    while (tol_fact_name(law, question->fact_count) != NULL) {
        question->fact_count++;
    }
    question->narrowing_eur =
        tol_keep_zeroed(question->keep, question->fact_count, sizeof *question->narrowing_eur);
    question->unknown_lines =
        tol_keep_zeroed(question->keep, question->fact_count, sizeof *question->unknown_lines);
    return question->narrowing_eur != NULL && question->unknown_lines != NULL;
}

/* d EBITDA / d t' per unit of value, at the central reading, from dEBITDA = q phi - (1 - m) q - m and d ln g = dt' / (1 + t'). */
static double response_of_sale(const struct tol_question *question, const struct tol_explained_line *line,
                               const struct tol_response *response)
{
    if (!(line->value_eur > 0)) {
        return 0;
    }
    double quantity = 1 + line->volume_eur / line->value_eur;
    double revenue = quantity + line->price_cut_eur / line->value_eur; /* q phi */
    double lost_volume = response->sigma * response->rho;
    return (revenue * (response->rho - 1 - lost_volume) +
            (1 - question->firm.contribution_margin) * lost_volume * quantity) /
           (1 + line->new_rate);
}

/* -(1 - kappa) dG / dt' with G = g^rho - 1. */
static double response_of_purchase(const struct tol_question *question, const struct tol_explained_line *line,
                                   const struct tol_response *response)
{
    if (!(line->value_eur > 0)) {
        return 0;
    }
    double price = 1 + line->cost_rise_eur / line->value_eur;
    return (question->firm.cost_pass_through - 1) * response->rho * price / (1 + line->new_rate);
}

static double narrowing_of(const struct tol_rate_answer *answer, uint16_t fact)
{
    for (size_t i = 0; i < answer->unknown_fact_count; i++) {
        if (answer->unknown_fact[i].fact == fact) {
            return answer->unknown_fact[i].narrowing;
        }
    }
    return 0;
}

static void add_fact(struct tol_question *question, uint16_t fact, double narrowing_eur)
{
    if (fact < question->fact_count && narrowing_eur > 0) {
        question->narrowing_eur[fact] += narrowing_eur;
        question->unknown_lines[fact]++;
    }
}

/* A known fact is known in both worlds: what it narrows in both alike does not narrow the change. */
void tol_explain_unknown_add(struct tol_question *question, const struct tol_explained_line *line,
                             const struct tol_rate_answer *base, const struct tol_rate_answer *new)
{
    if (isnan(line->base_rate) || isnan(line->new_rate)) {
        return;
    }
    bool estimated;
    const struct tol_response response = tol_response_of(question->plan, line->cell.product, &estimated);
    double per_unit = line->side == TOL_SALES ? response_of_sale(question, line, &response)
                                              : response_of_purchase(question, line, &response);
    double eur = line->value_eur * fabs(per_unit);
    for (size_t i = 0; i < new->unknown_fact_count; i++) {
        uint16_t fact = new->unknown_fact[i].fact;
        add_fact(question, fact, eur * fabs(new->unknown_fact[i].narrowing - narrowing_of(base, fact)));
    }
    for (size_t i = 0; i < base->unknown_fact_count; i++) {
        uint16_t fact = base->unknown_fact[i].fact;
        if (narrowing_of(new, fact) == 0) {
            add_fact(question, fact, eur * base->unknown_fact[i].narrowing);
        }
    }
}

bool tol_explain_unknown_list(const struct tol_question *question, struct tol_explanation *explanation)
{
    const struct tol_law *law = tol_question_world(question)->law;
    explanation->unknown = calloc(question->fact_count + 1, sizeof *explanation->unknown);
    for (size_t f = 0; explanation->unknown != NULL && f < question->fact_count; f++) {
        if (question->narrowing_eur[f] > 0) {
            explanation->unknown[explanation->unknown_count++] = (struct tol_explained_unknown){
                .fact = tol_fact_name(law, f),
                .line_count = question->unknown_lines[f],
                .narrowing_eur = question->narrowing_eur[f],
            };
        }
    }
    return explanation->unknown != NULL &&
           tol_explain_sort(question->keep, explanation->unknown, explanation->unknown_count,
                            sizeof *explanation->unknown, offsetof(struct tol_explained_unknown, narrowing_eur));
}
