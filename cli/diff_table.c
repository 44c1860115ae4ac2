/* `diff` for people: a table of movers and what they come to; and as CSV. */
#include "diff.h"
#include "number.h"
#include "prose.h"

#include <math.h>
#include <string.h>

enum { WORDS_SIZE = 2048 };

/* ---- table ----------------------------------------------------------------------------------------------------- */

static void add_row(const struct diff *diff, struct view *view, const struct diff_mover *mover)
{
    char text[WORDS_SIZE], from[64], to[64];
    struct view_line *line = view_line(view, NULL);
    view_cell(line, 0, mover->firm_id);
    view_cell(line, 1, diff->pair[mover->pair].name);
    view_cell(line, 2, diff_move_name(diff_move_of(mover)));
    snprintf(text, sizeof text, "%c -> %c", mover->band[TOL_RUN_BEFORE], mover->band[TOL_RUN_AFTER]);
    view_cell(line, 3, text);
    number_people(mover->score[TOL_RUN_BEFORE], 2, from, sizeof from);
    number_people(mover->score[TOL_RUN_AFTER], 2, to, sizeof to);
    snprintf(text, sizeof text, "%s -> %s", from, to);
    view_cell(line, 4, text);
    view_cell_people(line, 5, mover->change_eur, 0);
    for (int step = DIFF_LAW; step < DIFF_STEPS; step++) {
        view_cell_people(line, 6 + (size_t)step, mover->step_eur[step], 0);
    }
    diff_words(diff, mover, text, sizeof text);
    view_cell(line, 9, text);
}

static void tell_differences(const struct diff *diff, struct sink *sink)
{
    for (size_t i = 0; i < diff->difference_count; i++) {
        const struct diff_difference *difference = &diff->difference[i];
        sink_format(sink, "%s: %s: %s -> %s\n", diff_step_name(difference->step), difference->name,
                    difference->value[TOL_RUN_BEFORE] != NULL ? difference->value[TOL_RUN_BEFORE] : "none",
                    difference->value[TOL_RUN_AFTER] != NULL ? difference->value[TOL_RUN_AFTER] : "none");
    }
    if (diff->difference_count == 0) {
        sink_text(sink, "law, data and parameters are the same in both runs\n");
    }
}

static void tell_pair(const struct diff *diff, const struct diff_pair *pair, struct sink *sink)
{
    uint64_t both = pair->firms[TOL_RUN_BEFORE] - pair->moved[DIFF_GONE];
    uint64_t still = both - pair->moved[DIFF_UP] - pair->moved[DIFF_DOWN] - pair->moved[DIFF_OTHER];
    const uint64_t count[] = {both,  pair->moved[DIFF_UP],  pair->moved[DIFF_DOWN],
                              still, pair->moved[DIFF_NEW], pair->moved[DIFF_GONE]};
    static const char *const what[] = {" firms in both: ", " up, ", " down, ", " not moved; ", " new, ", " gone"};
    char text[64];
    sink_format(sink, "%s: ", pair->name);
    for (size_t i = 0; i < sizeof count / sizeof count[0]; i++) {
        number_people((double)count[i], 0, text, sizeof text);
        sink_format(sink, "%s%s", text, what[i]);
    }
    number_people(sum_get(&pair->change_eur), 0, text, sizeof text);
    sink_format(sink, ". All that moved: %s EUR", text);
    for (int step = DIFF_LAW; step < DIFF_STEPS && diff->explained; step++) {
        number_people(sum_get(&pair->step_eur[step]), 0, text, sizeof text);
        sink_format(sink, "%s%s %s", step == DIFF_LAW ? ": " : ", ", diff_step_name((enum diff_step)step), text);
    }
    sink_text(sink, "\n");
}

void diff_table(const struct diff *diff, struct sink *sink)
{
    /* The causes stay longest: the band says what score and move do, and one scenario alone is named below. */
    const struct heading columns[] = {
        {"firm", COLUMN_LEFT, 0},       {"scenario", COLUMN_LEFT, diff->pair_count == 1 ? 5 : 1},
        {"move", COLUMN_LEFT, 3},       {"band", COLUMN_LEFT, 0},
        {"score", COLUMN_RIGHT, 4},     {"change EUR", COLUMN_RIGHT, 0},
        {"law", COLUMN_RIGHT, 1},       {"data", COLUMN_RIGHT, 1},
        {"parameter", COLUMN_RIGHT, 1}, {"cause", COLUMN_SENTENCE, 0}};
    size_t shown = diff->mover_count < diff->top ? diff->mover_count : diff->top;
    if (shown > 0) {
        struct view *view = view_create(&diff->look, true);
        view_columns(view, columns, sizeof columns / sizeof columns[0]);
        for (size_t i = 0; i < shown; i++) {
            add_row(diff, view, &diff->mover[i]);
        }
        view_print(view, sink);
        if (shown < diff->mover_count) {
            sink_format(sink, "and %zu more (--top 0: all)\n", diff->mover_count - shown);
        }
        sink_text(sink, "\n");
    }
    struct sink prose = {.descriptor = -1};
    tell_differences(diff, &prose);
    for (size_t i = 0; i < diff->pair_count; i++) {
        tell_pair(diff, &diff->pair[i], &prose);
    }
    prose_flush(&prose, sink, diff->look.width);
}

/* ---- CSV ------------------------------------------------------------------------------------------------------- */

static void csv_number(struct sink *sink, double value)
{
    sink_bytes(sink, ",", 1);
    sink_number(sink, value, "");
}

static void csv_band(struct sink *sink, char band)
{
    const char text[2] = {band == '-' ? '\0' : band, '\0'};
    sink_format(sink, ",%s", text);
}

static void csv_row(const struct diff *diff, const struct diff_mover *mover, struct sink *sink)
{
    char words[WORDS_SIZE];
    const struct diff_pair *pair = &diff->pair[mover->pair];
    sink_csv(sink, mover->firm_id);
    for (int side = TOL_RUN_BEFORE; side <= TOL_RUN_AFTER; side++) {
        sink_bytes(sink, ",", 1);
        sink_csv(sink, diff->run[side].world[pair->world[side]].name);
    }
    sink_format(sink, ",%s", diff_move_name(diff_move_of(mover)));
    csv_band(sink, mover->band[TOL_RUN_BEFORE]);
    csv_band(sink, mover->band[TOL_RUN_AFTER]);
    const double numbers[] = {mover->score[TOL_RUN_BEFORE], mover->score[TOL_RUN_AFTER], mover->eur[TOL_RUN_BEFORE],
                              mover->eur[TOL_RUN_AFTER], mover->change_eur};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        csv_number(sink, numbers[i]);
    }
    for (int step = DIFF_LAW; step < DIFF_STEPS; step++) {
        csv_number(sink, mover->step_eur[step]);
    }
    csv_number(sink, mover->rounding_eur);
    csv_number(sink, mover->change_score);
    for (int step = DIFF_LAW; step < DIFF_STEPS; step++) {
        csv_number(sink, mover->step_score[step]);
    }
    csv_number(sink, mover->rounding_score);
    sink_format(sink, ",%s,", diff_step_name(diff_main_step(mover)));
    diff_words(diff, mover, words, sizeof words);
    sink_csv(sink, words);
    sink_text(sink, "\n");
}

void diff_csv(const struct diff *diff, struct sink *sink)
{
    sink_text(sink, "firm_id,scenario_a,scenario_b,move,band_a,band_b,score_a,score_b,ebitda_change_a_eur,"
                    "ebitda_change_b_eur,change_eur,law_eur,data_eur,parameter_eur,rounding_eur,change_score,"
                    "law_score,data_score,parameter_score,rounding_score,main_cause,cause\n");
    for (size_t i = 0; i < diff->mover_count; i++) {
        csv_row(diff, &diff->mover[i], sink);
    }
}
