/* One firm explained in every scenario: what the formats of `firm` are made from. */
#ifndef CLI_FIRM_ANSWER_H
#define CLI_FIRM_ANSWER_H

#include "draws.h"
#include "json_writer.h"
#include "render_table.h"
#include "score_row.h"

#include "tolmuur/explain.h"

struct firm_answer {
    const struct tol_book *book;
    const struct tol_economy *economy; /* of the plan: names of industries */
    uint64_t firm;
    const struct worlds *worlds;
    const struct draws *draws; /* NULL: none */
    enum tol_assume assume;
    struct score_texts *texts;
    struct tol_explanation **explanation; /* [worlds->count] */
    size_t top;                           /* lines, and parts of each branch, that are shown one by one */
};

/* One authority's part in the duty of a line: in EUR, and the articles of law that make it. */
struct line_cause {
    enum tol_authority authority;
    double duty_eur;
    char sources[300]; /* joined by "; " */
    bool ended;        /* the articles are those of the baseline: they no longer apply */
};

/* Why the duty of a line changed, and which facts would narrow it. */
struct line_causes {
    size_t count;
    struct line_cause cause[TOL_AUTHORITY_COUNT];
    size_t unknown_count;
    const char *unknown[TOL_UNKNOWN_FACTS_MAX];
};
/* TOL_BAD_DATA when the book's facts are not known to this law. */
TOL_MUST_CHECK enum tol_status line_causes_read(const struct firm_answer *answer, size_t scenario,
                                                const struct tol_explained_line *line, struct line_causes *causes,
                                                struct tol_error *error);

/* Lines of a side that are not shown one by one. Sums of ebitda_eur are exact, so that shown lines and these add up. */
struct line_rest {
    size_t count;
    double value_eur;
    double duty_eur;
    double ebitda_eur;
};
void line_rest_read(const struct firm_answer *answer, size_t scenario, enum tol_side side, struct line_rest *rest);

/* V and its terms: the same in every scenario. */
void firm_vulnerability_json(struct json_writer *json, const struct firm_answer *answer);
void firm_vulnerability_render(struct sink *sink, const struct look *look, const struct firm_answer *answer);

/* Columns of the tree of causes. */
enum { TREE_CAUSE = 0, TREE_VALUE, TREE_BEFORE, TREE_AFTER, TREE_DUTY, TREE_EBITDA, TREE_BAR, TREE_SOURCE };
/* The line's part of the change of EBITDA, as a number and as a bar: its length is in proportion to the greatest branch's. */
void firm_tree_part(struct view_line *line, const struct firm_answer *answer, size_t scenario, double eur);

/* What comes through customers or suppliers: a JSON object; a branch of the tree; the same amounts by tier. Nothing is shown of a firm without. */
void firm_chain_json(struct json_writer *json, const struct firm_answer *answer, size_t scenario, enum tol_side side);
void firm_chain_render(struct view *view, struct view_line *parent, const struct firm_answer *answer, size_t scenario,
                       enum tol_side side);
void firm_tiers_render(struct sink *sink, const struct look *look, const struct firm_answer *answer, size_t scenario);

/* What stands beside the sum. */
void firm_beside_json(struct json_writer *json, const struct firm_answer *answer, size_t scenario);
void firm_beside_render(struct sink *sink, const struct look *look, const struct firm_answer *answer, size_t scenario);

TOL_MUST_CHECK enum tol_status firm_json(struct json_writer *json, const struct firm_answer *answer,
                                         struct tol_error *error);
TOL_MUST_CHECK enum tol_status firm_render(struct sink *sink, const struct look *look, const struct firm_answer *answer,
                                           struct tol_error *error);

#endif
