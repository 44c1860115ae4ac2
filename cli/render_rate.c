/* The answer of `rate` for people. */
#include "rate_answer.h"

#include "number.h"
#include "prose.h"

#include <math.h>
#include <string.h>

static void base_line(struct view *view, const struct tol_rate_answer *answer)
{
    struct view_line *line = view_line(view, NULL);
    view_cell(line, 0, "mfn");
    view_cell(line, 1, tol_base_kind_name(answer->base.kind));
    view_cell(line, 2, "");
    view_cell(line, 3, answer->base.text);
    view_cell(line, 4, "");
    double part = answer->base.kind == TOL_BASE_UNKNOWN ? NAN : answer->base.rate_fraction;
    view_cell_percent(line, 5, part, 2);
    view_cell(line, 6, "");
    view_cell(line, 7, answer->base.source);
}

static void layer_line(struct view *view, const struct tol_rate_layer *layer)
{
    struct view_line *line = view_line(view, NULL);
    char why[256], part[64] = "";
    if (layer->share > 0 && layer->trade_share > 0 && layer->trade_share < 1) {
        char percent[40];
        number_percent(layer->trade_share, 1, percent, sizeof percent);
        snprintf(part, sizeof part, ", %s of the trade", percent);
    }
    snprintf(why, sizeof why, "%s%s%s%s", layer->reason, layer->detail[0] != '\0' ? ": " : "", layer->detail, part);
    view_cell(line, 0, tol_authority_name(layer->authority));
    view_cell(line, 1, layer->programme);
    view_cell(line, 2, tol_verdict_name(layer->verdict));
    view_cell_percent(line, 3, layer->stated_rate, 2);
    view_cell_percent(line, 4, layer->share, 1);
    view_cell_percent(line, 5, layer->rate_fraction, 2);
    view_cell(line, 6, why);
    view_cell(line, 7, layer->source);
    if (layer->verdict == TOL_UNKNOWN) {
        view_colour(line, "yellow");
    } else if (layer->rate_fraction == 0) {
        view_colour(line, "gray");
    }
}

static void total_line(struct view *view, const char *name, double fraction)
{
    struct view_line *line = view_line(view, NULL);
    view_cell(line, 0, name);
    view_cell_percent(line, 5, fraction, 2);
    view_colour(line, "bold");
}

static void render_stack(struct sink *sink, const struct look *look, const struct tol_rate_answer *answer)
{
    static const struct heading columns[] = {{"authority", COLUMN_LEFT, 0}, {"programme", COLUMN_LEFT, 1},
                                             {"verdict", COLUMN_LEFT, 0},   {"stated", COLUMN_RIGHT, 1},
                                             {"share", COLUMN_RIGHT, 1},    {"adds", COLUMN_RIGHT, 0},
                                             {"why", COLUMN_SENTENCE, 0},   {"source", COLUMN_SENTENCE, 0}};
    struct view *view = view_create(look, true);
    view_columns(view, columns, sizeof columns / sizeof columns[0]);
    base_line(view, answer);
    for (size_t i = 0; i < answer->layer_count; i++) {
        layer_line(view, &answer->layer[i]);
    }
    char low[64], high[64];
    number_percent(answer->low, 2, low, sizeof low);
    number_percent(answer->high, 2, high, sizeof high);
    if (strcmp(low, high) == 0) {
        total_line(view, "total", answer->central);
    } else {
        total_line(view, "total, low", answer->low);
        total_line(view, "total, central", answer->central);
        total_line(view, "total, high", answer->high);
    }
    view_print(view, sink);
}

static void render_duty(struct sink *sink, const struct rate_case *rate)
{
    if (!rate->has_value || isnan(rate->answer.central)) {
        return;
    }
    char value[64], low[64], central[64], high[64];
    number_people(rate->value, 2, value, sizeof value);
    number_people(rate->value * rate->answer.low, 2, low, sizeof low);
    number_people(rate->value * rate->answer.central, 2, central, sizeof central);
    number_people(rate->value * rate->answer.high, 2, high, sizeof high);
    sink_format(sink, "\nduty on %s: %s", value, central);
    if (rate->answer.low != rate->answer.high) {
        sink_format(sink, " (from %s to %s)", low, high);
    }
    sink_text(sink, "\n");
}

static void warn(struct sink *sink, const struct look *look, const char *text)
{
    look_paint(look, sink, "yellow", "note: ");
    sink_format(sink, "%s\n", text);
}

enum { CODES_NAMED = 8 }; /* of those that stand for a code; the JSON form names all */

static void warn_mapped(struct sink *sink, const struct look *look, const struct tol_rate_answer *answer)
{
    size_t named = answer->mapped_count < CODES_NAMED ? answer->mapped_count : CODES_NAMED;
    look_paint(look, sink, "yellow", "note: ");
    sink_text(sink, "the code is not in the schedule on that day; by concordance it stands for ");
    for (size_t i = 0; i < named; i++) {
        char code[TOL_PRODUCT_TEXT_SIZE];
        tol_product_format(answer->mapped[i], code);
        sink_format(sink, "%s%s", i > 0 ? ", " : "", code);
    }
    if (named < answer->mapped_count) {
        sink_format(sink, " and %zu more", answer->mapped_count - named);
    }
    if (answer->mapped_count > 1 && (answer->flags & TOL_RATE_AGGREGATE) == 0) {
        sink_text(sink, ": low and high over all, central their mean by trade of 2024");
    }
    sink_text(sink, "\n");
}

static void render_warnings(struct sink *sink, const struct look *look, const struct rate_case *rate)
{
    const struct tol_rate_answer *answer = &rate->answer;
    char text[300], last[TOL_DAY_TEXT_SIZE];
    tol_day_format(tol_law_last_day(rate->law, rate->query.into), last);
    const char *reason = rate_unknown_reason(rate);
    if (reason != NULL) {
        snprintf(text, sizeof text, "the total is unknown: %s", reason);
        warn(sink, look, text);
    }
    if (answer->flags & TOL_RATE_PAST_COVERAGE) {
        snprintf(text, sizeof text, "the tables end at %s; later law is not in this answer", last);
        warn(sink, look, text);
    }
    if (answer->flags & TOL_RATE_UNCONFIRMED) {
        warn(sink, look, "a row of law that is marked unconfirmed took part");
    }
    if (answer->flags & TOL_RATE_BASE_DATED) {
        warn(sink, look, "the base rate comes from a schedule of another date");
    }
    if (answer->flags & TOL_RATE_AGGREGATE) {
        warn(sink, look,
             "the code stands for several tariff lines: low and high over all, central their mean by trade of 2024");
    }
    if (answer->flags & TOL_RATE_CODE_MAPPED) {
        warn_mapped(sink, look, answer);
    }
    if ((answer->flags & TOL_RATE_CODE_OTHER_DATE) && reason == NULL) {
        warn(sink, look, "the product is in the schedule, but not on that day");
    }
    if (answer->specific_duty[0] != '\0') {
        bool mapped_short = (answer->flags & TOL_RATE_CODE_MAPPED) && (answer->flags & TOL_RATE_AGGREGATE);
        bool priced = answer->base.unit[0] != '\0' && tol_product_digits(rate->query.product) >= 8 && !mapped_short &&
                      strcmp(answer->specific_duty, answer->base.text) == 0;
        snprintf(text, sizeof text, "on top of the percentages: %s (give --fact ave=FRACTION%s%s to include it)",
                 answer->specific_duty, priced ? " or unit_value=USD per " : "", priced ? answer->base.unit : "");
        warn(sink, look, text);
    }
}

static void render_missing(struct sink *sink, const struct rate_case *rate)
{
    const struct tol_rate_answer *answer = &rate->answer;
    if (answer->unknown_fact_count == 0) {
        return;
    }
    sink_text(sink, "\nnot known, widest first (give with --fact NAME=VALUE)\n");
    for (size_t i = 0; i < answer->unknown_fact_count; i++) {
        char points[64];
        number_people(answer->unknown_fact[i].narrowing * 100, 2, points, sizeof points);
        sink_format(sink, "  %-22s narrows the range by up to %s points\n",
                    tol_fact_name(rate->law, answer->unknown_fact[i].fact), points);
    }
}

void rate_render(struct sink *sink, const struct look *look, const struct rate_case *rate)
{
    char hts[TOL_PRODUCT_TEXT_SIZE], on[TOL_DAY_TEXT_SIZE], facts[1024], head[300];
    struct sink prose = {.descriptor = -1};
    tol_product_format(rate->query.product, hts);
    tol_day_format(rate->query.on, on);
    tol_facts_format(rate->law, &rate->facts, facts, sizeof facts);
    snprintf(head, sizeof head, "%s from %s into %s on %s", hts, tol_country_name(rate->query.from),
             tol_country_name(rate->query.into), on);
    look_paint(look, &prose, "bold", head);
    sink_format(&prose, "\nlaw %s", tol_law_version(rate->law));
    if (rate->scenario != NULL) {
        sink_format(&prose, "   scenario %s", rate->scenario);
    }
    sink_format(&prose, "%s%s%s\n\n", facts[0] != '\0' ? "   facts " : "", facts,
                rate->query.assume == TOL_ASSUME_TRADE ? "   assuming trade" : "");
    prose_flush(&prose, sink, look->width);
    render_stack(sink, look, &rate->answer);
    render_duty(&prose, rate);
    render_missing(&prose, rate);
    if (rate->answer.flags != 0 || isnan(rate->answer.central)) {
        sink_text(&prose, "\n");
        render_warnings(&prose, look, rate);
    }
    prose_flush(&prose, sink, look->width);
}
