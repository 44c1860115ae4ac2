/* `firm` for people: the scores, then a tree of causes per scenario. */
#include "firm_answer.h"
#include "number.h"
#include "prose.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tolmuur/text.h"

static void render_head(struct sink *sink, const struct look *look, const struct firm_answer *answer)
{
    char id[256], name[256], safe_id[4 * sizeof id], safe_name[4 * sizeof name], money[64], ebitda[64];
    tol_book_firm_id(answer->book, answer->firm, id, sizeof id);
    tol_book_firm_name(answer->book, answer->firm, name, sizeof name);
    tol_text_visible(id, safe_id, sizeof safe_id);
    tol_text_visible(name, safe_name, sizeof safe_name);
    struct sink prose = {.descriptor = -1};
    look_paint(look, &prose, "bold", safe_id);
    sink_format(&prose, "%s%s, %s, sector %s\n", safe_name[0] != '\0' ? "  " : "", safe_name,
                tol_country_name(answer->book->firm_country[answer->firm]),
                tol_book_sector(answer->book, answer->book->firm_sector[answer->firm]));
    number_people(answer->book->firm_number[TOL_REVENUE][answer->firm], 0, money, sizeof money);
    number_people(answer->book->firm_number[TOL_EBITDA][answer->firm], 0, ebitda, sizeof ebitda);
    sink_format(&prose, "revenue %s EUR, EBITDA %s EUR, against the law of %s\n\n", money, ebitda,
                answer->worlds->baseline.name);
    prose_flush(&prose, sink, look->width);
}

static void render_scores(struct sink *sink, const struct look *look, const struct firm_answer *answer)
{
    static const char *const headings[] = {
        "scenario",       "score",          "band",     "EBITDA change", "low", "high",
        "margin at risk", "interest cover", "US sales", "confidence",    "law"};
    struct view *view = view_create(look, true);
    for (size_t i = 0; i < sizeof headings / sizeof headings[0]; i++) {
        view_column(view, headings[i], i == 0 || i == 2 || i >= 9 ? COLUMN_LEFT : COLUMN_RIGHT);
    }
    for (size_t i = 0; i < answer->worlds->count; i++) {
        const struct tol_score_row *row = &answer->explanation[i]->row;
        struct view_line *line = view_line(view, NULL);
        view_cell(line, 0, answer->worlds->scenario[i].name);
        view_cell_people(line, 1, row->score, 1);
        const char *band = score_band_text(row->band);
        view_cell(line, 2, band != NULL ? band : "-");
        view_cell_people(line, 3, row->ebitda_change_eur, 0);
        view_cell_people(line, 4, row->ebitda_change_low_eur, 0);
        view_cell_people(line, 5, row->ebitda_change_high_eur, 0);
        view_cell_percent(line, 6, row->margin_at_risk, 1);
        view_cell_people(line, 7, row->interest_cover, 2);
        view_cell_percent(line, 8, row->us_sales_share, 1);
        view_cell(line, 9, score_confidence_text(row->confidence));
        view_cell(line, 10, tol_law_version(answer->worlds->scenario[i].law));
        view_colour(line, row->band >= TOL_BAND_D && row->band != TOL_BAND_NONE ? "red"
                          : row->band == TOL_BAND_C                             ? "yellow"
                                                                                : NULL);
    }
    view_print(view, sink);
}

/* Lines of one group: the same heading (four digits) and partner country. */
static uint64_t group_of(const struct tol_explained_line *line)
{
    char digits[TOL_PRODUCT_TEXT_SIZE];
    tol_product_format(line->cell.product, digits);
    digits[4] = '\0';
    uint64_t partner = line->side == TOL_SALES ? line->cell.importer : line->cell.origin;
    return (uint64_t)strtoul(digits, NULL, 10) << 16 | partner;
}

void firm_tree_part(struct view_line *line, const struct firm_answer *answer, size_t scenario, double eur)
{
    const struct tol_explanation *explanation = answer->explanation[scenario];
    double own = fmax(fabs(explanation->sales_eur), fabs(explanation->purchases_eur));
    double of_others =
        fmax(fabs(explanation->chain[TOL_SALES].ebitda_eur), fabs(explanation->chain[TOL_PURCHASES].ebitda_eur));
    view_cell_people(line, TREE_EBITDA, eur, 0);
    view_cell_bar(line, TREE_BAR, eur, fmax(own, of_others));
}

static void render_causes(struct view *view, struct view_line *parent, const struct line_causes *causes)
{
    for (size_t i = 0; i < causes->count; i++) {
        const struct line_cause *cause = &causes->cause[i];
        struct view_line *line = view_line(view, parent);
        char text[64];
        snprintf(text, sizeof text, "%s%s", tol_authority_name(cause->authority), cause->ended ? " (ended)" : "");
        view_cell(line, TREE_CAUSE, text);
        view_cell_people(line, TREE_DUTY, cause->duty_eur, 0);
        view_cell(line, TREE_SOURCE, cause->sources);
        view_colour(line, "gray");
    }
    if (causes->unknown_count > 0) {
        char text[300] = "not known:";
        size_t used = strlen(text);
        for (size_t i = 0; i < causes->unknown_count && used < sizeof text; i++) {
            used += (size_t)snprintf(text + used, sizeof text - used, "%s %s", i > 0 ? "," : "", causes->unknown[i]);
        }
        struct view_line *line = view_line(view, parent);
        view_cell(line, TREE_CAUSE, text);
        view_colour(line, "yellow");
    }
}

static enum tol_status render_line(struct view *view, struct view_line *parent, const struct firm_answer *answer,
                                   size_t scenario, const struct tol_explained_line *line, struct tol_error *error)
{
    struct line_causes causes;
    enum tol_status status = line_causes_read(answer, scenario, line, &causes, error);
    if (status != TOL_OK) {
        return status;
    }
    char hs[TOL_PRODUCT_TEXT_SIZE], other[TOL_COUNTRY_TEXT_SIZE], text[600];
    tol_product_format(line->cell.product, hs);
    tol_country_format(line->side == TOL_SALES ? line->cell.origin : line->cell.importer, other);
    const char *facts = tol_book_facts(answer->book, line->cell.facts);
    snprintf(text, sizeof text, "%s %s %s%s%.300s", hs, line->side == TOL_SALES ? "made in" : "into", other,
             facts[0] != '\0' ? ", " : "", facts);
    struct view_line *row = view_line(view, parent);
    view_cell(row, TREE_CAUSE, text);
    view_cell_people(row, TREE_VALUE, line->value_eur, 0);
    view_cell_percent(row, TREE_BEFORE, line->base_rate, 2);
    view_cell_percent(row, TREE_AFTER, line->new_rate, 2);
    view_cell_people(row, TREE_DUTY, line->duty_eur, 0);
    firm_tree_part(row, answer, scenario, line->ebitda_eur);
    render_causes(view, row, &causes);
    return TOL_OK;
}

/* A group stands where its greatest line stands. */
static enum tol_status render_group(struct view *view, struct view_line *parent, const struct firm_answer *answer,
                                    size_t scenario, size_t first, size_t shown, struct tol_error *error)
{
    const struct tol_explained_line *lines = answer->explanation[scenario]->line;
    uint64_t group = group_of(&lines[first]);
    double value = 0, duty = 0, ebitda = 0;
    for (size_t i = first; i < shown; i++) {
        if (lines[i].side == lines[first].side && group_of(&lines[i]) == group) {
            value += lines[i].value_eur;
            duty += lines[i].duty_eur;
            ebitda += lines[i].ebitda_eur;
        }
    }
    char text[160];
    snprintf(text, sizeof text, "%04llu %s %s", (unsigned long long)(group >> 16),
             lines[first].side == TOL_SALES ? "to" : "from", tol_country_name((tol_country)(group & 0xffffu)));
    struct view_line *row = view_line(view, parent);
    view_cell(row, TREE_CAUSE, text);
    view_cell_people(row, TREE_VALUE, value, 0);
    view_cell_people(row, TREE_DUTY, duty, 0);
    firm_tree_part(row, answer, scenario, ebitda);
    enum tol_status status = TOL_OK;
    for (size_t i = first; status == TOL_OK && i < shown; i++) {
        if (lines[i].side == lines[first].side && group_of(&lines[i]) == group) {
            status = render_line(view, row, answer, scenario, &lines[i], error);
        }
    }
    return status;
}

static bool is_first_of_group(const struct tol_explained_line *lines, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (lines[i].side == lines[index].side && group_of(&lines[i]) == group_of(&lines[index])) {
            return false;
        }
    }
    return true;
}

static enum tol_status render_side(struct view *view, struct view_line *parent, const struct firm_answer *answer,
                                   size_t scenario, enum tol_side side, struct tol_error *error)
{
    const struct tol_explanation *explanation = answer->explanation[scenario];
    size_t shown = explanation->line_count < answer->top ? explanation->line_count : answer->top;
    struct view_line *row = view_line(view, parent);
    view_cell(row, TREE_CAUSE, side == TOL_SALES ? "sales" : "purchases");
    firm_tree_part(row, answer, scenario, side == TOL_SALES ? explanation->sales_eur : explanation->purchases_eur);
    enum tol_status status = TOL_OK;
    for (size_t i = 0; status == TOL_OK && i < shown; i++) {
        if (explanation->line[i].side == side && is_first_of_group(explanation->line, i)) {
            status = render_group(view, row, answer, scenario, i, shown, error);
        }
    }
    struct line_rest rest;
    line_rest_read(answer, scenario, side, &rest);
    if (rest.count > 0) {
        char text[64];
        snprintf(text, sizeof text, "%zu other line%s", rest.count, rest.count == 1 ? "" : "s");
        struct view_line *other = view_line(view, row);
        view_cell(other, TREE_CAUSE, text);
        view_cell_people(other, TREE_VALUE, rest.value_eur, 0);
        view_cell_people(other, TREE_DUTY, rest.duty_eur, 0);
        firm_tree_part(other, answer, scenario, rest.ebitda_eur);
    }
    return status;
}

static enum tol_status render_tree(struct sink *sink, const struct look *look, const struct firm_answer *answer,
                                   size_t scenario, struct tol_error *error)
{
    static const struct heading columns[] = {{"cause", COLUMN_TREE, 0},     {"value EUR", COLUMN_RIGHT, 1},
                                             {"before", COLUMN_RIGHT, 0},   {"after", COLUMN_RIGHT, 0},
                                             {"duty EUR", COLUMN_RIGHT, 1}, {"EBITDA EUR", COLUMN_RIGHT, 0},
                                             {"", COLUMN_BAR, 1},           {"source", COLUMN_SENTENCE, 1}};
    const struct tol_explanation *explanation = answer->explanation[scenario];
    struct sink prose = {.descriptor = -1};
    struct view *view = view_create(look, true);
    view_columns(view, columns, sizeof columns / sizeof columns[0]);
    struct view_line *top = view_line(view, NULL);
    char text[128];
    snprintf(text, sizeof text, "EBITDA change, %s", answer->worlds->scenario[scenario].name);
    view_cell(top, TREE_CAUSE, text);
    view_cell_people(top, TREE_EBITDA, explanation->row.ebitda_change_eur, 0);
    view_colour(top, "bold");
    enum tol_status status = render_side(view, top, answer, scenario, TOL_SALES, error);
    if (status == TOL_OK) {
        status = render_side(view, top, answer, scenario, TOL_PURCHASES, error);
    }
    firm_chain_render(view, top, answer, scenario, TOL_SALES);
    firm_chain_render(view, top, answer, scenario, TOL_PURCHASES);
    /* What binary rounding leaves is far below a cent; it is shown when it would be seen. */
    if (fabs(explanation->rounding_eur) >= 0.5) {
        struct view_line *rounding = view_line(view, top);
        view_cell(rounding, TREE_CAUSE, "rounding");
        firm_tree_part(rounding, answer, scenario, explanation->rounding_eur);
    }
    sink_text(sink, "\n");
    view_print(view, sink);
    if (status == TOL_OK) {
        firm_tiers_render(sink, look, answer, scenario);
        firm_beside_render(sink, look, answer, scenario);
    }
    if (status == TOL_OK && answer->draws != NULL) {
        const struct tol_score_row *row = &explanation->row;
        const struct tol_draw_statistics drawn = {row->draw_mean_eur, row->p05, row->p50, row->p95,
                                                  row->expected_shortfall};
        char sentence[400];
        draws_sentence(answer->draws, &drawn, sentence, sizeof sentence);
        sink_format(&prose, "%s\n", sentence);
    }
    const char *flags = score_flags_text(answer->texts, explanation->row.flags);
    if (flags != NULL && flags[0] != '\0') {
        look_paint(look, &prose, "yellow", "notes: ");
        sink_format(&prose, "%s\n", flags);
    }
    prose_flush(&prose, sink, look->width);
    return status;
}

enum tol_status firm_render(struct sink *sink, const struct look *look, const struct firm_answer *answer,
                            struct tol_error *error)
{
    render_head(sink, look, answer);
    render_scores(sink, look, answer);
    firm_vulnerability_render(sink, look, answer);
    enum tol_status status = TOL_OK;
    for (size_t i = 0; status == TOL_OK && i < answer->worlds->count; i++) {
        status = render_tree(sink, look, answer, i, error);
    }
    return status;
}
