#include "law_reading.h"

#include "nearest.h"
#include "session.h"
#include "talk.h"

#include "datasets/tables.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool is_folder(const char *path)
{
    struct stat found;
    return path != NULL && stat(path, &found) == 0 && S_ISDIR(found.st_mode);
}

static enum tol_status open_law(struct law_reading *reading, const struct options *options, struct tol_error *error)
{
    const char *given = options_text(options, OPTION_TABLES);
    if (is_folder(given)) {
        size_t length = strlen(given);
        snprintf(reading->folder, sizeof reading->folder, "%.500s%slaw/", given,
                 length > 0 && given[length - 1] == '/' ? "" : "/");
        return tol_tables_read(given, &reading->law, error);
    }
    struct session session;
    enum tol_status status = session_open(&session, options, SESSION_LAW, error);
    reading->law = session.law;
    session.law = NULL;
    session_close(&session);
    return status;
}

enum tol_status law_reading_open(struct law_reading *reading, const struct options *options, struct tol_error *error)
{
    *reading = (struct law_reading){.into = 'U' << 8 | 'S'};
    enum tol_status status =
        options_given(options, OPTION_INTO) ? read_country_option(options, OPTION_INTO, &reading->into, error) : TOL_OK;
    if (tol_country_in_eu(reading->into)) {
        reading->into = 'E' << 8 | 'U'; /* one law for all members */
    }
    status = status != TOL_OK ? status : open_law(reading, options, error);
    return status != TOL_OK ? status : tol_law_browser_open(reading->law, &reading->browser, error);
}

void law_reading_close(struct law_reading *reading)
{
    tol_law_browser_close(reading->browser);
    tol_law_close(reading->law);
    *reading = (struct law_reading){0};
}

void law_past_coverage_note(const struct law_reading *reading, tol_day day)
{
    tol_day last = tol_law_last_day(reading->law, reading->into);
    char asked[TOL_DAY_TEXT_SIZE], covered[TOL_DAY_TEXT_SIZE];
    if (day > last) {
        tol_day_format(day, asked);
        tol_day_format(last, covered);
        talk_note("%s is past %s, the last day that the law tables cover; later law is not in them", asked, covered);
    }
}

enum tol_status law_choose(const char *what, const char *word, const char *const *names, size_t count,
                           struct tol_error *error)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], word) == 0) {
            return TOL_OK;
        }
    }
    const char *near = nearest_name(word, names, count);
    if (near != NULL) {
        return tol_fail(error, TOL_USAGE, "no %s %.100s in the law tables; did you mean %s?", what, word, near);
    }
    return tol_fail(error, TOL_USAGE, "no %s %.100s in the law tables; tolmuur law list shows what they hold", what,
                    word);
}

const char *law_day_text(tol_day day, char text[TOL_DAY_TEXT_SIZE])
{
    text[0] = '\0';
    if (day != TOL_DAY_MIN && day != TOL_DAY_MAX) {
        tol_day_format(day, text);
    }
    return text;
}

const char *law_terms_text(const struct tol_law_measure *measure, char text[LAW_TERMS_SIZE])
{
    double percent = 100 * strtod(measure->rate, NULL);
    bool whole_value = strcmp(measure->base, "customs_value") == 0;
    const char *on = whole_value ? "" : " on ";
    const char *base = whole_value ? "" : measure->base;
    if (strcmp(measure->effect, "add") == 0) {
        snprintf(text, LAW_TERMS_SIZE, "+%.10g %%%s%s", percent, on, base);
    } else if (strcmp(measure->effect, "top_up") == 0) {
        snprintf(text, LAW_TERMS_SIZE, "up to %.10g %% with %s", percent, base);
    } else if (strcmp(measure->effect, "replace") == 0) {
        snprintf(text, LAW_TERMS_SIZE, "%.10g %% instead of the base%s%s", percent, on, base);
    } else if (strcmp(measure->effect, "specific") == 0) {
        snprintf(text, LAW_TERMS_SIZE, "+%.100s%s%s", measure->rate, on, base);
    } else {
        snprintf(text, LAW_TERMS_SIZE, "relief%s%s", on, base);
    }
    return text;
}

void law_json_rate(struct json_writer *json, const struct tol_law_measure *measure)
{
    bool amount = strcmp(measure->effect, "specific") == 0;
    if (amount || measure->rate[0] == '\0') {
        json_text(json, "rate", NULL);
    } else {
        json_number(json, "rate", strtod(measure->rate, NULL));
    }
    if (amount) {
        json_text(json, "amount", measure->rate);
    }
}

void law_json_day(struct json_writer *json, const char *key, tol_day day)
{
    char text[TOL_DAY_TEXT_SIZE];
    law_day_text(day, text);
    json_text(json, key, text[0] != '\0' ? text : NULL);
}

void law_json_measure(struct json_writer *json, const struct tol_law_measure *measure)
{
    json_text(json, "id", measure->id);
    json_text(json, "importer", measure->importer);
    json_text(json, "programme", measure->programme);
    json_text(json, "authority", measure->authority);
    json_text(json, "partners", measure->partners);
    json_text(json, "partners_except", measure->partners_except);
    json_text(json, "products", measure->products);
    json_text(json, "products_except", measure->products_except);
    json_text(json, "effect", measure->effect);
    law_json_rate(json, measure);
    json_text(json, "base", measure->base);
    law_json_day(json, "from", measure->from);
    law_json_day(json, "until", measure->until);
    law_json_day(json, "collected_from", measure->collected_from);
    law_json_day(json, "collected_until", measure->collected_until);
    json_text(json, "conditions", measure->conditions);
    json_text(json, "yields_to", measure->yields_to);
    json_text(json, "source", measure->source);
    json_text(json, "status", measure->status[0] != '\0' ? measure->status : "confirmed");
    json_text(json, "note", measure->note);
    json_text(json, "file", measure->place.file);
    json_integer(json, "row", measure->place.row);
}
