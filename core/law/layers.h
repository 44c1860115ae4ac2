/* Fills the readable part of an answer: base, layers, missing facts. Totals are filled elsewhere. */
#ifndef TOLMUUR_LAW_LAYERS_H
#define TOLMUUR_LAW_LAYERS_H

#include "law/stack.h"

/* For one tariff line. */
void tol_law_layers_fill(const struct law_question *question, const struct law_line *line,
                         struct tol_rate_answer *answer);

/* For a code that stands for many: layers by measure, with shares and contributions as weighted means. */
struct law_layers_merge {
    struct tol_rate_answer *answer;
    unsigned lines;
    bool left_out; /* some line's base is unknown: it is in no mean */
    double weight;
    double base_sum;
    unsigned seen[TOL_LAYERS_MAX]; /* lines on which the layer was looked at */
    double seen_weight[TOL_LAYERS_MAX];
    double narrowing[LAW_FACTS_LIMIT];
};
void tol_law_layers_merge_start(struct law_layers_merge *merge, struct tol_rate_answer *answer);
void tol_law_layers_merge_add(struct law_layers_merge *merge, const struct law_question *question,
                              const struct law_line *line, double weight);
void tol_law_layers_merge_finish(struct law_layers_merge *merge);

#endif
