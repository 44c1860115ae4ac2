/* From a query to the tariff lines it stands for. */
#ifndef TOLMUUR_LAW_QUESTION_H
#define TOLMUUR_LAW_QUESTION_H

#include "law/links.h"
#include "law/stack.h"

enum law_scope {
    LAW_SCOPE_INTERNAL, /* one customs territory: no duty */
    LAW_SCOPE_NO_LAW,   /* no tables for this importer, or a day that they do not cover */
    LAW_SCOPE_TABLES
};

/* Settles importer, product, day and facts. *flags gets what holds for any product. */
enum law_scope tol_law_question_start(const struct tol_law *law, const struct tol_rate_query *query,
                                      struct law_question *question, uint32_t *flags);

/* One customs territory. */
bool tol_law_internal(const struct tol_law *law, tol_country into, tol_country from);

/* The same question about goods from another country that is not `internal` either; tol_law_question_move has to follow. */
void tol_law_question_turn(struct law_question *question, tol_country from);

/* The fact `unit_value` is no longer given: what the product stands for has amounts per different units. */
void tol_law_question_drop_unit_value(struct law_question *question);

/* The same question on another day. */
enum law_scope tol_law_question_move(struct law_question *question, tol_day day, uint32_t *flags);

struct law_span {
    uint32_t first, last; /* nodes */
};

/* The lines that a product stands for: itself (`node` its deepest code), those beneath it, or those of the codes that stand for it. */
struct law_lines {
    uint32_t node;       /* LAW_NONE: no table names it */
    bool aggregate;      /* more than one line: go through the spans with law_lines_next */
    bool statistical;    /* lines are statistical lines, else base rows */
    unsigned span_count; /* ascending, none within another */
    uint32_t flags;
    struct law_span span[TOL_MAPPED_MAX];
    struct law_mapped mapped; /* the codes that it was mapped to */
};
/* All codes are beneath one of eight digits, which has its duty per one unit. */
bool tol_law_mapped_shares_units(const struct law_mapped *mapped);

void tol_law_lines_find(const struct law_question *question, struct law_lines *lines);

/* The next line at or after *node (0 at first), which is moved past it; LAW_NONE at the end. */
uint32_t tol_law_lines_next(const struct law_question *question, const struct law_lines *lines, uint32_t *node);

/* What the lines come to; flags are added. */
void tol_law_lines_total(const struct law_question *question, const struct law_lines *lines,
                         struct tol_rate_total *total);

#endif
