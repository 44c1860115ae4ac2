/* `diff` for machines. */
#include "diff.h"
#include "json_codes.h"

#include <math.h>

static const char *const side_name[TOL_RUN_SIDE_COUNT] = {"a", "b"};

/* ---- causes ---------------------------------------------------------------------------------------------------- */

static void two_numbers(struct json_writer *json, const char *key, const double value[2])
{
    json_object(json, key);
    json_number(json, side_name[TOL_RUN_BEFORE], value[TOL_RUN_BEFORE]);
    json_number(json, side_name[TOL_RUN_AFTER], value[TOL_RUN_AFTER]);
    json_end_object(json);
}

static void two_texts(struct json_writer *json, const char *key, const char *before, const char *after)
{
    json_object(json, key);
    json_text(json, side_name[TOL_RUN_BEFORE], before);
    json_text(json, side_name[TOL_RUN_AFTER], after);
    json_end_object(json);
}

static void line_json(struct json_writer *json, const struct diff_item *item)
{
    json_cell(json, &item->cell);
    json_text(json, "facts", item->facts);
    two_numbers(json, "rate", item->rate);
}

static void item_json(struct json_writer *json, const char *key, const struct diff_item *item)
{
    char text[256];
    bool changed = item->value_eur[0] != item->value_eur[1] && !isnan(item->value_eur[0]); /* NaN: a flow of trade */
    json_object(json, key);
    json_text(json, "kind", diff_item_kind_name(item->kind));
    if (item->kind <= DIFF_PURCHASE) {
        line_json(json, item);
    } else if (item->book != NULL) {
        tol_book_firm_id(item->book, item->firm, text, sizeof text);
        json_text(json, "firm_id", text);
    } else {
        json_country(json, "country", item->country);
        json_text(json, "industry", item->industry);
    }
    json_text(json, "change", !item->in[0] ? "new" : !item->in[1] ? "gone" : changed ? "changed" : "same");
    two_numbers(json, "value_eur", item->value_eur);
    json_number(json, "ebitda_eur", item->change_eur);
    json_end_object(json);
}

static void items_json(struct json_writer *json, const struct diff_cause *cause)
{
    json_array(json, "parts");
    for (size_t i = 0; i < cause->item_count; i++) {
        item_json(json, NULL, &cause->item[i]);
    }
    json_end_array(json);
    json_object(json, "other_parts");
    json_integer(json, "count", cause->other_count);
    json_number(json, "ebitda_eur", cause->other_eur);
    json_end_object(json);
    json_number(json, "rounding_eur", cause->rounding_eur);
    json_object(json, "by_kind_eur");
    for (int kind = 0; kind < DIFF_ITEM_KINDS; kind++) {
        json_number(json, diff_item_kind_name((enum diff_item_kind)kind), cause->kind_eur[kind]);
    }
    json_end_object(json);
}

static void law_json(struct json_writer *json, const struct diff_cause *cause)
{
    if (cause->has_line) {
        char partner[256] = "";
        item_json(json, "line", &cause->line);
        if (cause->of_partner) {
            tol_book_firm_id(cause->item[0].book, cause->item[0].firm, partner, sizeof partner);
        }
        json_text(json, "line_of", cause->of_partner ? partner : NULL);
    } else {
        json_text(json, "line", NULL);
        json_text(json, "line_of", NULL);
    }
    if (cause->of_sector) {
        json_object(json, "line_of_sector");
        json_country(json, "country", cause->item[0].country);
        json_text(json, "industry", cause->item[0].industry);
        json_end_object(json);
    } else {
        json_text(json, "line_of_sector", NULL);
    }
    json_array(json, "measures");
    for (size_t i = 0; i < cause->measure_count; i++) {
        const struct diff_measure *measure = &cause->measure[i];
        json_object(json, NULL);
        json_text(json, "measure", measure->measure);
        json_text(json, "programme", measure->programme);
        json_text(json, "source", measure->source);
        json_boolean(json, "baseline", measure->baseline);
        json_text(json, "change", measure->rate[0] == 0 ? "new" : measure->rate[1] == 0 ? "gone" : "changed");
        two_numbers(json, "rate", measure->rate);
        json_end_object(json);
    }
    json_end_array(json);
}

static void data_json(struct json_writer *json, const struct diff_cause *cause)
{
    json_object(json, "figures");
    for (size_t i = 0; i < cause->figure_count; i++) {
        const struct diff_figure *figure = &cause->figure[i];
        two_texts(json, figure->name, figure->text[0][0] != '\0' ? figure->text[0] : NULL,
                  figure->text[1][0] != '\0' ? figure->text[1] : NULL);
    }
    json_end_object(json);
}

static void causes_json(struct json_writer *json, const struct diff *diff, const struct diff_mover *mover)
{
    if (mover->cause == NULL) {
        json_text(json, "causes", NULL);
        return;
    }
    json_object(json, "causes");
    for (int step = DIFF_LAW; step < DIFF_PARAMETER; step++) {
        if (!diff->differs[step]) {
            continue;
        }
        json_object(json, diff_step_name((enum diff_step)step));
        items_json(json, &mover->cause[step]);
        (step == DIFF_LAW ? law_json : data_json)(json, &mover->cause[step]);
        json_end_object(json);
    }
    json_end_object(json);
}

/* ---- movers ---------------------------------------------------------------------------------------------------- */

static void steps_json(struct json_writer *json, const char *key, double change, const double step[DIFF_STEPS],
                       double rounding)
{
    json_object(json, key);
    json_number(json, "change", change);
    for (int i = DIFF_LAW; i < DIFF_STEPS; i++) {
        json_number(json, diff_step_name((enum diff_step)i), step[i]);
    }
    json_number(json, "rounding", rounding);
    json_end_object(json);
}

static void mover_json(struct json_writer *json, const struct diff *diff, const struct diff_mover *mover)
{
    char words[2048];
    const struct diff_pair *pair = &diff->pair[mover->pair];
    const char band[2][2] = {{mover->band[TOL_RUN_BEFORE], '\0'}, {mover->band[TOL_RUN_AFTER], '\0'}};
    enum diff_step main = diff_main_step(mover);
    json_object(json, NULL);
    json_text(json, "firm_id", mover->firm_id);
    two_texts(json, "scenario", diff->run[TOL_RUN_BEFORE].world[pair->world[TOL_RUN_BEFORE]].name,
              diff->run[TOL_RUN_AFTER].world[pair->world[TOL_RUN_AFTER]].name);
    json_text(json, "move", diff_move_name(diff_move_of(mover)));
    two_texts(json, "band", band[TOL_RUN_BEFORE][0] == '-' ? NULL : band[TOL_RUN_BEFORE],
              band[TOL_RUN_AFTER][0] == '-' ? NULL : band[TOL_RUN_AFTER]);
    two_numbers(json, "score", mover->score);
    two_numbers(json, "ebitda_change_eur", mover->eur);
    steps_json(json, "eur", mover->change_eur, mover->step_eur, mover->rounding_eur);
    steps_json(json, "points", mover->change_score, mover->step_score, mover->rounding_score);
    json_text(json, "main_cause", main == DIFF_STEPS ? NULL : diff_step_name(main));
    diff_words(diff, mover, words, sizeof words);
    json_text(json, "cause", words[0] == '\0' ? NULL : words);
    causes_json(json, diff, mover);
    json_end_object(json);
}

/* ---- the whole ------------------------------------------------------------------------------------------------- */

static void differences_json(struct json_writer *json, const struct diff *diff)
{
    json_array(json, "differences");
    for (size_t i = 0; i < diff->difference_count; i++) {
        const struct diff_difference *difference = &diff->difference[i];
        json_object(json, NULL);
        json_text(json, "step", diff_step_name(difference->step));
        json_text(json, "name", difference->name);
        json_text(json, side_name[TOL_RUN_BEFORE], difference->value[TOL_RUN_BEFORE]);
        json_text(json, side_name[TOL_RUN_AFTER], difference->value[TOL_RUN_AFTER]);
        json_end_object(json);
    }
    json_end_array(json);
}

static void pair_json(struct json_writer *json, const struct diff *diff, const struct diff_pair *pair)
{
    json_object(json, NULL);
    two_texts(json, "scenario", diff->run[TOL_RUN_BEFORE].world[pair->world[TOL_RUN_BEFORE]].name,
              diff->run[TOL_RUN_AFTER].world[pair->world[TOL_RUN_AFTER]].name);
    json_object(json, "firms");
    json_integer(json, side_name[TOL_RUN_BEFORE], pair->firms[TOL_RUN_BEFORE]);
    json_integer(json, side_name[TOL_RUN_AFTER], pair->firms[TOL_RUN_AFTER]);
    json_end_object(json);
    json_object(json, "moved");
    for (int move = DIFF_UP; move <= DIFF_OTHER; move++) {
        json_integer(json, diff_move_name((enum diff_move)move), pair->moved[move]);
    }
    json_end_object(json);
    json_object(json, "movers_eur");
    json_number(json, "change", sum_get(&pair->change_eur));
    for (int step = DIFF_LAW; step < DIFF_STEPS; step++) {
        json_number(json, diff_step_name((enum diff_step)step), diff->explained ? sum_get(&pair->step_eur[step]) : NAN);
    }
    json_end_object(json);
    json_end_object(json);
}

void diff_json(const struct diff *diff, struct sink *sink)
{
    struct json_writer json = {.sink = sink, .indented = diff->look.format == FORMAT_JSON};
    if (diff->look.format == FORMAT_JSONL) {
        for (size_t i = 0; i < diff->mover_count; i++) {
            mover_json(&json, diff, &diff->mover[i]);
            sink_text(sink, "\n");
            json.filled = false;
        }
        return;
    }
    json_object(&json, NULL);
    two_texts(&json, "runs", diff->run[TOL_RUN_BEFORE].path, diff->run[TOL_RUN_AFTER].path);
    two_texts(&json, "identities", diff->run[TOL_RUN_BEFORE].manifest.identity.sha256,
              diff->run[TOL_RUN_AFTER].manifest.identity.sha256);
    json_number(&json, "threshold", diff->threshold);
    differences_json(&json, diff);
    json_boolean(&json, "explained", diff->explained);
    json_text(&json, "not_explained_because", diff->explained ? NULL : diff->reason);
    json_array(&json, "scenarios");
    for (size_t i = 0; i < diff->pair_count; i++) {
        pair_json(&json, diff, &diff->pair[i]);
    }
    json_end_array(&json);
    json_array(&json, "movers");
    for (size_t i = 0; i < diff->mover_count; i++) {
        mover_json(&json, diff, &diff->mover[i]);
    }
    json_end_array(&json);
    json_end_object(&json);
    sink_text(sink, "\n");
}
