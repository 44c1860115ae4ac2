#include <math.h>
#include <string.h>

#include "law/layers.h"
#include "law/question.h"

/* Means over lines by weight; when no line has trade, every line counts the same. Lines whose base is unknown are left out; when only such
 * lines have weight there is no mean. */
struct mean {
    double weight;
    double by_authority[TOL_AUTHORITY_COUNT];
    double low, high;
};

static bool any_trade(const struct law_question *question, const struct law_lines *lines)
{
    uint32_t at = 0;
    for (uint32_t node; (node = tol_law_lines_next(question, lines, &at)) != LAW_NONE;) {
        if (law_node_at(question->law, question->importer, node)->weight > 0) {
            return true;
        }
    }
    return false;
}

static void mean_add(struct mean *mean, const struct law_line *line, double weight)
{
    mean->weight += weight;
    for (unsigned i = 0; i < TOL_AUTHORITY_COUNT; i++) {
        mean->by_authority[i] += weight * line->by_authority[i];
    }
    mean->low = line->low < mean->low ? line->low : mean->low;
    mean->high = line->high > mean->high ? line->high : mean->high;
}

static void mean_finish(const struct mean *mean, double by_authority[TOL_AUTHORITY_COUNT], struct tol_rate_total *total)
{
    if (!(mean->weight > 0)) {
        memset(by_authority, 0, TOL_AUTHORITY_COUNT * sizeof by_authority[0]);
        total->low = total->central = total->high = NAN;
        return;
    }
    for (unsigned i = 0; i < TOL_AUTHORITY_COUNT; i++) {
        by_authority[i] = mean->by_authority[i] / mean->weight;
    }
    total->central = law_authority_sum(by_authority);
    /* The mean is rounded; it may not fall outside what it is a mean of. */
    total->low = mean->low < total->central ? mean->low : total->central;
    total->high = mean->high > total->central ? mean->high : total->central;
}

/* Both entries go through here, so that their totals agree to the bit. answer NULL: totals only. */
static void go_through(const struct law_question *question, const struct law_lines *lines, double *by_authority,
                       struct tol_rate_total *total, struct tol_rate_answer *answer)
{
    struct law_line line;
    struct mean mean = {.low = INFINITY, .high = -INFINITY};
    struct law_layers_merge merge;
    bool traded = any_trade(question, lines);
    if (answer != NULL) {
        tol_law_layers_merge_start(&merge, answer);
    }
    uint32_t at = 0;
    for (uint32_t node; (node = tol_law_lines_next(question, lines, &at)) != LAW_NONE;) {
        double weight = traded ? law_node_at(question->law, question->importer, node)->weight : 1;
        tol_law_line_answer(question, node, answer != NULL, &line);
        if (line.base_kind != TOL_BASE_UNKNOWN) {
            mean_add(&mean, &line, weight);
            total->flags |= line.flags;
        }
        if (answer != NULL) {
            tol_law_layers_merge_add(&merge, question, &line, weight);
        }
    }
    mean_finish(&mean, by_authority, total);
    if (answer != NULL) {
        tol_law_layers_merge_finish(&merge);
    }
}

static void one_line(const struct law_question *question, const struct law_lines *lines, double *by_authority,
                     struct tol_rate_total *total, struct tol_rate_answer *answer)
{
    struct law_line line;
    tol_law_line_answer(question, lines->node, answer != NULL, &line);
    total->low = line.low;
    total->central = line.central;
    total->high = line.high;
    total->flags |= line.flags;
    memcpy(by_authority, line.by_authority, sizeof line.by_authority);
    if (answer != NULL) {
        tol_law_layers_fill(question, &line, answer);
    }
}

static void answer_lines(const struct law_question *question, const struct law_lines *lines,
                         struct tol_rate_total *total, double *by_authority, struct tol_rate_answer *answer)
{
    if (lines->aggregate) {
        go_through(question, lines, by_authority, total, answer);
    } else {
        one_line(question, lines, by_authority, total, answer);
    }
}

static void answer_mapped(const struct law_question *question, const struct law_lines *lines,
                          struct tol_rate_total *total, double *by_authority, struct tol_rate_answer *answer)
{
    struct law_question asked = *question;
    if (!tol_law_mapped_shares_units(&lines->mapped)) {
        tol_law_question_drop_unit_value(&asked);
    }
    if (answer != NULL) {
        answer->mapped_count = lines->mapped.count;
        memcpy(answer->mapped, lines->mapped.code, lines->mapped.count * sizeof answer->mapped[0]);
    }
    answer_lines(&asked, lines, total, by_authority, answer);
}

static void answer_found(const struct law_question *question, const struct law_lines *lines,
                         struct tol_rate_total *total, double *by_authority, struct tol_rate_answer *answer)
{
    total->flags |= lines->flags;
    if (lines->mapped.count > 0) {
        answer_mapped(question, lines, total, by_authority, answer);
    } else {
        answer_lines(question, lines, total, by_authority, answer);
    }
}

void tol_law_lines_total(const struct law_question *question, const struct law_lines *lines,
                         struct tol_rate_total *total)
{
    double by_authority[TOL_AUTHORITY_COUNT];
    answer_found(question, lines, total, by_authority, NULL);
}

static void answer_question(const struct law_question *question, enum law_scope scope, struct tol_rate_total *total,
                            double *by_authority, struct tol_rate_answer *answer)
{
    if (scope != LAW_SCOPE_TABLES) {
        bool internal = scope == LAW_SCOPE_INTERNAL;
        memset(by_authority, 0, TOL_AUTHORITY_COUNT * sizeof by_authority[0]);
        total->low = total->central = total->high = internal ? 0 : NAN;
        if (answer != NULL) {
            answer->base.kind = internal ? TOL_BASE_INTERNAL : TOL_BASE_UNKNOWN;
        }
        return;
    }
    struct law_lines lines;
    tol_law_lines_find(question, &lines);
    answer_found(question, &lines, total, by_authority, answer);
}

static void answer_query(const struct tol_law *law, const struct tol_rate_query *query, struct tol_rate_total *total,
                         double *by_authority, struct tol_rate_answer *answer)
{
    struct law_question question;
    enum law_scope scope = tol_law_question_start(law, query, &question, &total->flags);
    answer_question(&question, scope, total, by_authority, answer);
}

void tol_law_total(const struct tol_law *law, const struct tol_rate_query *query, struct tol_rate_total *total)
{
    double by_authority[TOL_AUTHORITY_COUNT];
    answer_query(law, query, total, by_authority, NULL);
}

static enum tol_status check_query(const struct tol_law *law, const struct tol_rate_query *query,
                                   struct tol_error *error)
{
    const tol_country countries[2] = {query->into, query->from};
    for (unsigned i = 0; i < 2; i++) {
        bool whole_union = i == 0 && law->importer_of[law_country_slot(countries[i])] >= 0;
        if (!tol_country_exists(countries[i]) && !whole_union) {
            char text[TOL_COUNTRY_TEXT_SIZE];
            tol_country_format(countries[i], text);
            tol_fail(error, TOL_BAD_DATA, "no such country; give an ISO 3166 two-letter code");
            return tol_fail_at(error, TOL_BAD_DATA, NULL, 0, i == 0 ? "into" : "from", text);
        }
    }
    if (tol_product_digits(query->product) < 4 || tol_product_digits(query->product) > 10) {
        tol_fail(error, TOL_BAD_DATA, "a product code has 4 to 10 digits");
        return tol_fail_at(error, TOL_BAD_DATA, NULL, 0, "hts", NULL);
    }
    return TOL_OK;
}

enum tol_status tol_law_rate(const struct tol_law *law, const struct tol_rate_query *query,
                             struct tol_rate_answer *answer, struct tol_error *error)
{
    enum tol_status status = check_query(law, query, error);
    if (status != TOL_OK) {
        return status;
    }
    struct tol_rate_total total;
    memset(answer, 0, sizeof *answer);
    answer->base.text = answer->base.unit = answer->base.source = answer->specific_duty = "";
    answer_query(law, query, &total, answer->by_authority, answer);
    answer->low = total.low;
    answer->central = total.central;
    answer->high = total.high;
    answer->flags = total.flags;
    return TOL_OK;
}
