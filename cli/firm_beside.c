/* `firm`: what stands beside the sum: range, gains, Chinese origin, hubs, reverse stress, facts that are not known. */
#include "firm_answer.h"
#include "json_codes.h"
#include "number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- JSON ------------------------------------------------------------------------------------------------------ */

static void json_gain(struct json_writer *json, const struct tol_explained_gain *gain)
{
    json_object(json, NULL);
    json_cell(json, &gain->cell);
    json_number(json, "value_eur", gain->value_eur);
    json_number(json, "revenue_change_eur", gain->revenue_change_eur);
    json_number(json, "diversion_eur", gain->diversion_eur);
    json_array(json, "rivals");
    for (size_t i = 0; i < gain->rival_count; i++) {
        json_object(json, NULL);
        json_country(json, "origin", gain->rival[i].origin);
        json_number(json, "import_share", gain->rival[i].import_share);
        json_number(json, "base_rate", gain->rival[i].base_rate);
        json_number(json, "new_rate", gain->rival[i].new_rate);
        json_end_object(json);
    }
    json_end_array(json);
    json_end_object(json);
}

static void json_opportunity(struct json_writer *json, const struct tol_explanation *explanation)
{
    json_object(json, "opportunity");
    json_number(json, "revenue_eur", explanation->row.opportunity_eur);
    json_integer(json, "gaining_lines", explanation->gaining_lines);
    json_array(json, "lines");
    for (size_t i = 0; i < explanation->gain_count; i++) {
        json_gain(json, &explanation->gain[i]);
    }
    json_end_array(json);
    json_end_object(json);
}

static void json_origin(struct json_writer *json, const struct tol_explained_origin *origin)
{
    json_object(json, "chinese_origin");
    json_boolean(json, "sells_to_us", origin->sells_to_us);
    json_number(json, "content", origin->content);
    json_number(json, "threshold", origin->threshold);
    json_number(json, "loss_share", origin->loss_share);
    json_number(json, "loss_eur", origin->loss_eur);
    json_end_object(json);
}

static void json_hubs(struct json_writer *json, const struct tol_explanation *explanation)
{
    json_object(json, "hubs");
    json_number(json, "moved_share", explanation->hub_share);
    json_number(json, "hhi_origin", explanation->row.hhi_origin);
    json_array(json, "to");
    for (size_t i = 0; i < explanation->hub_count; i++) {
        const struct tol_explained_hub *hub = &explanation->hub[i];
        json_object(json, NULL);
        json_country(json, "country", hub->country);
        json_number(json, "cost_premium", hub->cost_premium);
        json_number(json, "gain_eur", hub->gain_eur);
        json_number(json, "hhi_origin", hub->hhi_origin);
        json_end_object(json);
    }
    json_end_array(json);
    json_end_object(json);
}

void firm_beside_json(struct json_writer *json, const struct firm_answer *answer, size_t scenario)
{
    const struct tol_explanation *explanation = answer->explanation[scenario];
    json_object(json, "range");
    json_number(json, "low_eur", explanation->row.ebitda_change_low_eur);
    json_number(json, "central_eur", explanation->row.ebitda_change_eur);
    json_number(json, "high_eur", explanation->row.ebitda_change_high_eur);
    json_end_object(json);
    json_array(json, "unknown_facts");
    for (size_t i = 0; i < explanation->unknown_count; i++) {
        json_object(json, NULL);
        json_text(json, "fact", explanation->unknown[i].fact);
        json_integer(json, "lines", explanation->unknown[i].line_count);
        json_number(json, "narrowing_eur", explanation->unknown[i].narrowing_eur);
        json_end_object(json);
    }
    json_end_array(json);
    json_opportunity(json, explanation);
    json_origin(json, &explanation->origin);
    json_hubs(json, explanation);
    json_object(json, "reverse_stress");
    json_number(json, "interest_cover_floor", explanation->interest_cover_floor);
    json_number(json, "duty", explanation->row.reverse_stress_duty);
    json_end_object(json);
}

/* ---- for people ------------------------------------------------------------------------------------------------ */

enum { WHAT = 0, EUR, DETAIL };

static struct view_line *say(struct view *view, struct view_line *parent, const char *what, double eur,
                             const char *detail)
{
    struct view_line *line = view_line(view, parent);
    view_cell(line, WHAT, what);
    if (!isnan(eur)) {
        view_cell_people(line, EUR, eur, 0);
    }
    view_cell(line, DETAIL, detail);
    return line;
}

static void render_range(struct view *view, const struct tol_score_row *row)
{
    char low[64], high[64], detail[256];
    if (row->ebitda_change_low_eur == row->ebitda_change_high_eur) {
        return;
    }
    number_people(row->ebitda_change_low_eur, 0, low, sizeof low);
    number_people(row->ebitda_change_high_eur, 0, high, sizeof high);
    snprintf(detail, sizeof detail, "from %s to %s, as what is not known turns out", low, high);
    say(view, NULL, "EBITDA change, likely", row->ebitda_change_eur, detail);
}

static void render_unknown(struct view *view, const struct firm_answer *answer,
                           const struct tol_explanation *explanation)
{
    if (explanation->unknown_count == 0) {
        return;
    }
    struct view_line *parent = say(view, NULL, "facts that would narrow it", NAN, "by how much at best, each alone");
    for (size_t i = 0; i < explanation->unknown_count && i < answer->top; i++) {
        const struct tol_explained_unknown *unknown = &explanation->unknown[i];
        char detail[64];
        snprintf(detail, sizeof detail, "on %zu line%s", unknown->line_count, unknown->line_count == 1 ? "" : "s");
        say(view, parent, unknown->fact, unknown->narrowing_eur, detail);
    }
}

static void describe_rivals(const struct tol_explained_gain *gain, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < gain->rival_count && used < size; i++) {
        char before[64], after[64], share[64];
        number_percent(gain->rival[i].base_rate, 1, before, sizeof before);
        number_percent(gain->rival[i].new_rate, 1, after, sizeof after);
        number_percent(gain->rival[i].import_share, 1, share, sizeof share);
        int length = snprintf(text + used, size - used, "%s%s pays %s, was %s (%s of imports)", i > 0 ? "; " : "",
                              tol_country_name(gain->rival[i].origin), after, before, share);
        used += length > 0 ? (size_t)length : 0;
    }
}

static void render_gains(struct view *view, const struct firm_answer *answer, const struct tol_explanation *explanation)
{
    if (explanation->gaining_lines == 0) {
        return;
    }
    char detail[512];
    snprintf(detail, sizeof detail, "revenue, %zu line%s; rivals' duties are means of the first six digits",
             explanation->gaining_lines, explanation->gaining_lines == 1 ? "" : "s");
    struct view_line *parent = say(view, NULL, "sales that gain", explanation->row.opportunity_eur, detail);
    for (size_t i = 0; i < explanation->gain_count && i < answer->top; i++) {
        const struct tol_explained_gain *gain = &explanation->gain[i];
        char hs[TOL_PRODUCT_TEXT_SIZE], what[160];
        tol_product_format(gain->cell.product, hs);
        snprintf(what, sizeof what, "%s to %s", hs, tol_country_name(gain->cell.importer));
        describe_rivals(gain, detail, sizeof detail);
        say(view, parent, what, gain->revenue_change_eur, detail);
    }
}

static void render_origin(struct view *view, const struct tol_explained_origin *origin)
{
    if (!origin->sells_to_us || !(origin->content > 0) || origin->loss_eur == 0) {
        return;
    }
    char content[64], threshold[64], detail[512];
    number_percent(origin->content, 1, content, sizeof content);
    number_percent(origin->threshold, 1, threshold, sizeof threshold);
    snprintf(
        detail, sizeof detail,
        "of revenue, if sales to the US were given it; purchases from China are %s of sales, a risk counts from %s on",
        content, threshold);
    say(view, NULL, "Chinese origin", -origin->loss_eur, detail);
}

static void render_hubs(struct view *view, const struct firm_answer *answer, const struct tol_explanation *explanation)
{
    if (explanation->hub_count == 0) {
        return;
    }
    char moved[64], now[64], detail[256];
    number_percent(explanation->hub_share, 0, moved, sizeof moved);
    number_people(explanation->row.hhi_origin, 2, now, sizeof now);
    snprintf(detail, sizeof detail, "EBITDA a year; HHI of the purchases now %s", now);
    char what[160];
    snprintf(what, sizeof what, "moving %s of the purchases from China", moved);
    struct view_line *parent = say(view, NULL, what, NAN, detail);
    for (size_t i = 0; i < explanation->hub_count && i < answer->top; i++) {
        const struct tol_explained_hub *hub = &explanation->hub[i];
        char hhi[64], premium[64];
        number_people(hub->hhi_origin, 2, hhi, sizeof hhi);
        number_percent(hub->cost_premium, 1, premium, sizeof premium);
        snprintf(detail, sizeof detail, "HHI %s, goods %s dearer there", hhi, premium);
        snprintf(what, sizeof what, "to %s", tol_country_name(hub->country));
        say(view, parent, what, hub->gain_eur, detail);
    }
}

static void render_stress(struct view *view, const struct tol_explanation *explanation)
{
    double duty = explanation->row.reverse_stress_duty;
    if (isnan(duty)) {
        return;
    }
    char text[64], floor[64], detail[256];
    number_percent(duty, 1, text, sizeof text);
    number_people(explanation->interest_cover_floor, 2, floor, sizeof floor);
    if (duty == 0) {
        snprintf(detail, sizeof detail, "interest cover is at or below %s already", floor);
    } else {
        snprintf(detail, sizeof detail, "a further %s duty of the US brings interest cover to %s", text, floor);
    }
    say(view, NULL, "reverse stress", NAN, detail);
}

static bool is_anything_beside(const struct tol_explanation *explanation)
{
    const struct tol_score_row *row = &explanation->row;
    const struct tol_explained_origin *origin = &explanation->origin;
    return row->ebitda_change_low_eur != row->ebitda_change_high_eur || explanation->unknown_count > 0 ||
           explanation->gaining_lines > 0 || explanation->hub_count > 0 || !isnan(row->reverse_stress_duty) ||
           (origin->sells_to_us && origin->content > 0 && origin->loss_eur != 0);
}

void firm_beside_render(struct sink *sink, const struct look *look, const struct firm_answer *answer, size_t scenario)
{
    const struct tol_explanation *explanation = answer->explanation[scenario];
    if (!is_anything_beside(explanation)) {
        return;
    }
    struct view *view = view_create(look, true);
    view_column(view, "beside the sum", COLUMN_TREE);
    view_column(view, "EUR", COLUMN_RIGHT);
    view_column(view, "", COLUMN_SENTENCE);
    render_range(view, &explanation->row);
    render_unknown(view, answer, explanation);
    render_gains(view, answer, explanation);
    render_origin(view, &explanation->origin);
    render_hubs(view, answer, explanation);
    render_stress(view, explanation);
    sink_text(sink, "\n");
    view_print(view, sink);
}
