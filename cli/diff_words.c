/* Causes in words, for a cell of a table. */
#include "diff.h"
#include "number.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_IN_WORDS = 3, MEASURES_IN_WORDS = 4, FIGURES_IN_WORDS = 4 };

struct words {
    char *text;
    size_t size;
    size_t used;
};

static void say(struct words *words, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(struct words *words, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (words->used < words->size) {
        int length = vsnprintf(words->text + words->used, words->size - words->used, format, arguments);
        words->used += length > 0 ? (size_t)length : 0;
    }
    va_end(arguments);
}

static void say_eur(struct words *words, double eur)
{
    char text[64];
    number_people(eur, 0, text, sizeof text);
    say(words, "%s%s EUR", eur > 0 ? "+" : "", text);
}

void diff_item_words(const struct diff_item *item, char *text, size_t size)
{
    char name[256], origin[TOL_COUNTRY_TEXT_SIZE], importer[TOL_COUNTRY_TEXT_SIZE];
    const char *kind = diff_item_kind_name(item->kind);
    switch (item->kind) {
    case DIFF_SALE:
    case DIFF_PURCHASE:
        tol_product_format(item->cell.product, name);
        tol_country_format(item->cell.origin, origin);
        tol_country_format(item->cell.importer, importer);
        snprintf(text, size, "%s %s %s->%s%s%s", kind, name, origin, importer, item->facts[0] != '\0' ? " " : "",
                 item->facts);
        break;
    case DIFF_CUSTOMER:
    case DIFF_SUPPLIER:
        tol_book_firm_id(item->book, item->firm, name, sizeof name);
        snprintf(text, size, "%s %s", kind, name);
        break;
    case DIFF_BUYING_SECTOR:
    case DIFF_SELLING_SECTOR:
        tol_country_format(item->country, importer);
        snprintf(text, size, "%s %s %s", item->kind == DIFF_BUYING_SECTOR ? "buyers" : "suppliers", importer,
                 item->industry);
        break;
    }
}

/* ---- law ------------------------------------------------------------------------------------------------------- */

static void say_rates(struct words *words, const double rate[2])
{
    say(words, " (%.6g -> %.6g)", rate[0], rate[1]);
}

static void say_measures(struct words *words, const struct diff_cause *cause)
{
    for (size_t i = 0; i < cause->measure_count && i < MEASURES_IN_WORDS; i++) {
        const struct diff_measure *measure = &cause->measure[i];
        const char *change = measure->rate[0] == 0 ? "new" : measure->rate[1] == 0 ? "gone" : "changed";
        say(words, "%s%s%s %s", i > 0 ? ", " : ": ", measure->baseline ? "in the baseline " : "", measure->measure,
            change);
        say_rates(words, measure->rate);
    }
    if (cause->measure_count > MEASURES_IN_WORDS) {
        say(words, ", %zu more", cause->measure_count - MEASURES_IN_WORDS);
    }
    if (cause->measure_count == 0 && cause->line.kind == DIFF_SALE) {
        say(words, ": duties of other suppliers");
    }
}

static void say_law(struct words *words, const struct diff_cause *cause)
{
    bool line_first = cause->has_line && cause->item_count > 0 && cause->item[0].kind <= DIFF_PURCHASE;
    char text[400];
    if (cause->item_count > 0 && !line_first) {
        diff_item_words(&cause->item[0], text, sizeof text);
        say(words, ": through %s ", text);
        say_eur(words, cause->item[0].change_eur);
    }
    if (cause->has_line) {
        diff_item_words(&cause->line, text, sizeof text);
        if (cause->of_sector) { /* of its trade, not of firms that the book has */
            const char *route = strchr(text, ' ');
            say(words, ", %s%s",
                cause->item[0].kind == DIFF_BUYING_SECTOR ? "its exports" : "what it needs is imported:",
                route == NULL ? "" : route);
        } else {
            say(words, "%s%s", cause->of_partner ? ", its " : line_first ? ": " : ", ", text);
        }
        if (!cause->of_partner && !cause->of_sector) {
            say(words, " ");
            say_eur(words, cause->line.change_eur);
        }
        say_measures(words, cause);
    }
}

/* ---- data ------------------------------------------------------------------------------------------------------ */

static void say_value(struct words *words, const struct diff_item *item)
{
    char text[2][64];
    for (size_t state = 0; state < 2; state++) {
        number_people(item->value_eur[state], 0, text[state], sizeof text[state]);
    }
    if (item->in[0] && item->in[1]) {
        say(words, " %s -> %s", text[0], text[1]);
    } else {
        say(words, item->in[1] ? " new %s" : " gone %s", text[item->in[1]]);
    }
}

/* Lines whose value is another one; those that merely mean something else are told by what made them so. */
static void say_lines(struct words *words, const struct diff_cause *cause, bool *first)
{
    size_t said = 0, more = 0;
    for (size_t i = 0; i < cause->item_count; i++) {
        const struct diff_item *item = &cause->item[i];
        bool changed = item->in[0] != item->in[1] || item->value_eur[0] != item->value_eur[1];
        if (!changed || item->kind > DIFF_PURCHASE) {
            continue;
        }
        if (said == LINES_IN_WORDS) {
            more++;
            continue;
        }
        char text[400];
        diff_item_words(item, text, sizeof text);
        say(words, "%s%s", *first ? ": " : ", ", text);
        say_value(words, item);
        say(words, " (");
        say_eur(words, item->change_eur);
        say(words, ")");
        *first = false;
        said++;
    }
    if (more > 0) {
        say(words, ", %zu more line%s", more, more == 1 ? "" : "s");
    }
}

static void say_through(struct words *words, const char *whom, double eur, bool *first)
{
    if (fabs(eur) >= 0.5) { /* what is said is more than 0 EUR */
        say(words, "%sthrough %s ", *first ? ": " : ", ", whom);
        say_eur(words, eur);
        *first = false;
    }
}

static void say_data(struct words *words, const struct diff_mover *mover, const struct diff_cause *cause)
{
    bool first = true;
    if (!mover->in[TOL_RUN_BEFORE] || !mover->in[TOL_RUN_AFTER]) {
        say(words, ": %s", mover->in[TOL_RUN_AFTER] ? "the firm is new" : "the firm is gone");
        return;
    }
    for (size_t i = 0; i < cause->figure_count && i < FIGURES_IN_WORDS; i++) {
        const struct diff_figure *figure = &cause->figure[i];
        say(words, "%s%s %s -> %s", first ? ": " : ", ", figure->name,
            figure->text[0][0] != '\0' ? figure->text[0] : "none",
            figure->text[1][0] != '\0' ? figure->text[1] : "none");
        first = false;
    }
    say_lines(words, cause, &first);
    say_through(words, "customers", cause->kind_eur[DIFF_CUSTOMER] + cause->kind_eur[DIFF_BUYING_SECTOR], &first);
    say_through(words, "suppliers", cause->kind_eur[DIFF_SUPPLIER] + cause->kind_eur[DIFF_SELLING_SECTOR], &first);
}

/* ---- parameters ------------------------------------------------------------------------------------------------ */

static void say_parameters(struct words *words, const struct diff *diff)
{
    bool first = true;
    for (size_t i = 0; i < diff->difference_count; i++) {
        static const char prefix[] = "settings.";
        const struct diff_difference *difference = &diff->difference[i];
        bool tables = strcmp(difference->name, "input.tables") == 0;
        if (difference->step != DIFF_PARAMETER && !tables) {
            continue;
        }
        bool setting = strncmp(difference->name, prefix, sizeof prefix - 1) == 0;
        say(words, "%s%s", first ? ": " : ", ",
            tables ? "tables" : difference->name + (setting ? sizeof prefix - 1 : 0));
        if (!tables) {
            say(words, " %s -> %s", difference->value[0] != NULL ? difference->value[0] : "none",
                difference->value[1] != NULL ? difference->value[1] : "none");
        }
        first = false;
    }
}

/* ---- all ------------------------------------------------------------------------------------------------------- */

static void say_step(struct words *words, const struct diff *diff, const struct diff_mover *mover, enum diff_step step)
{
    say(words, "%s%s ", words->used > 0 ? "; " : "", diff_step_name(step));
    if (mover->step_eur[step] != 0) {
        say_eur(words, mover->step_eur[step]);
    } else {
        char text[64];
        number_people(mover->step_score[step], 2, text, sizeof text);
        say(words, "%s%s points", mover->step_score[step] > 0 ? "+" : "", text);
    }
    if (step == DIFF_LAW) {
        say_law(words, &mover->cause[step]);
    } else if (step == DIFF_DATA) {
        say_data(words, mover, &mover->cause[step]);
    } else {
        say_parameters(words, diff);
    }
}

/* Words that were cut end in dots, at a whole character. */
static void end_words(const struct words *words)
{
    static const char dots[] = " ...";
    if (words->used < words->size || words->size <= sizeof dots) {
        return;
    }
    size_t end = words->size - sizeof dots;
    while (end > 0 && ((unsigned char)words->text[end] & 0xc0) == 0x80) {
        end--;
    }
    memcpy(words->text + end, dots, sizeof dots);
}

void diff_words(const struct diff *diff, const struct diff_mover *mover, char *text, size_t size)
{
    struct words words = {text, size, 0};
    bool said[DIFF_STEPS] = {false};
    text[0] = '\0';
    if (mover->cause == NULL || isnan(mover->rounding_eur)) {
        return;
    }
    /* Greatest first. */
    for (int turn = 0; turn < DIFF_STEPS; turn++) {
        int next = DIFF_STEPS;
        for (int step = DIFF_LAW; step < DIFF_STEPS; step++) {
            bool tells =
                mover->step_eur[step] != 0 || (mover->step_score[step] != 0 && !isnan(mover->step_score[step]));
            if (tells && !said[step] &&
                (next == DIFF_STEPS || fabs(mover->step_eur[step]) > fabs(mover->step_eur[next]))) {
                next = step;
            }
        }
        if (next < DIFF_STEPS) {
            said[next] = true;
            say_step(&words, diff, mover, (enum diff_step)next);
        }
    }
    /* Nothing of the numbers changed: the bands did. */
    if (words.used == 0 && diff->differs[DIFF_PARAMETER]) {
        say(&words, "parameter");
        say_parameters(&words, diff);
    }
    end_words(&words);
}
