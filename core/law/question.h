/* From a query to the tariff lines it stands for. */
#ifndef TOLMUUR_LAW_QUESTION_H
#define TOLMUUR_LAW_QUESTION_H

#include "law/stack.h"

enum law_scope {
    LAW_SCOPE_INTERNAL, /* one customs territory: no duty */
    LAW_SCOPE_NO_LAW,   /* no tables for this importer, or a day that they do not cover */
    LAW_SCOPE_TABLES
};

/* Settles importer, product, day and facts. *flags gets what holds for any product. */
enum law_scope tol_law_question_start(const struct tol_law *law, const struct tol_rate_query *query,
                                      struct law_question *question, uint32_t *flags);

/* The same question on another day. */
enum law_scope tol_law_question_move(struct law_question *question, tol_day day, uint32_t *flags);

/* The lines that a product stands for: itself (count 1, `node` its deepest code) or those beneath it. */
struct law_lines {
    uint32_t node;        /* LAW_NONE: no table names it */
    bool aggregate;       /* more than one line: go through [first, last) with law_lines_next */
    bool statistical;     /* lines are statistical lines, else base rows */
    uint32_t first, last; /* nodes */
    uint32_t flags;
};
void tol_law_lines_find(const struct law_question *question, struct law_lines *lines);

/* The next line at or after *node, which is moved past it; LAW_NONE at the end. */
uint32_t tol_law_lines_next(const struct law_question *question, const struct law_lines *lines, uint32_t *node);

#endif
