/* law show for machines: everything, complete. */
#include "json_codes.h"
#include "law_show.h"

#include <string.h>

static void json_words(struct json_writer *json, const char *key, const char *column)
{
    char word[160];
    json_array(json, key);
    while (law_next_word(&column, word, sizeof word)) {
        json_text(json, NULL, word);
    }
    json_end_array(json);
}

static void json_partners(struct json_writer *json, const struct law_shown *shown)
{
    law_json_day(json, "partners_on", shown->on);
    json_array(json, "partners_expanded");
    for (size_t i = 0; i < shown->partner_count; i++) {
        json_country(json, NULL, shown->partner[i]);
    }
    json_end_array(json);
}

static void json_list(struct json_writer *json, const struct law_shown *shown, const char *list)
{
    const struct tol_law_browser *browser = shown->reading->browser;
    size_t first = 0;
    size_t count = tol_law_list_find(browser, shown->measure.importer, list, &first);
    json_object(json, NULL);
    json_text(json, "list", list);
    json_integer(json, "count", count);
    json_array(json, "codes");
    for (size_t i = 0; i < count; i++) {
        struct tol_law_code code;
        tol_law_code_get(browser, first + i, &code);
        json_object(json, NULL);
        json_text(json, "hs", code.hs);
        json_text(json, "from", code.from[0] != '\0' ? code.from : NULL);
        json_text(json, "until", code.until[0] != '\0' ? code.until : NULL);
        json_text(json, "source", code.source);
        json_end_object(json);
    }
    json_end_array(json);
    json_end_object(json);
}

static void json_lists(struct json_writer *json, const char *key, const struct law_shown *shown, const char *column)
{
    char word[160];
    json_array(json, key);
    while (law_next_word(&column, word, sizeof word)) {
        if (word[0] == '@') {
            json_list(json, shown, word + 1);
        }
    }
    json_end_array(json);
}

static void json_facts(struct json_writer *json, const struct law_shown *shown)
{
    json_array(json, "facts");
    for (size_t i = 0; i < shown->fact_count; i++) {
        struct tol_law_fact fact;
        tol_law_fact_get(shown->reading->browser, shown->fact[i], &fact);
        json_object(json, NULL);
        json_text(json, "name", fact.name);
        json_text(json, "type", fact.type);
        json_words(json, "values", fact.values);
        json_text(json, "central", fact.central);
        json_text(json, "missing", fact.missing);
        json_text(json, "meaning", fact.meaning);
        json_end_object(json);
    }
    json_end_array(json);
}

static void json_yielded_by(struct json_writer *json, const struct law_shown *shown)
{
    const struct tol_law_browser *browser = shown->reading->browser;
    json_array(json, "yielded_to_by");
    for (size_t i = 0; i < tol_law_measure_count(browser); i++) {
        struct tol_law_measure other;
        tol_law_measure_get(browser, i, &other);
        if (strcmp(other.importer, shown->measure.importer) == 0 && law_yields_to(&other, shown->measure.programme)) {
            json_text(json, NULL, other.id);
        }
    }
    json_end_array(json);
}

void law_show_json(struct json_writer *json, const struct law_shown *shown)
{
    json_object(json, NULL);
    json_text(json, "law_version", tol_law_version(shown->reading->law));
    law_json_measure(json, &shown->measure);
    json_partners(json, shown);
    json_lists(json, "product_lists", shown, shown->measure.products);
    json_lists(json, "product_lists_except", shown, shown->measure.products_except);
    json_facts(json, shown);
    json_words(json, "steps_back_before", shown->measure.yields_to);
    json_yielded_by(json, shown);
    json_end_object(json);
    sink_text(json->sink, "\n");
}

/* ---- CSV ------------------------------------------------------------------------------------------------------- */

static void csv_row(struct sink *sink, const char *const cell[6])
{
    for (size_t i = 0; i < 6; i++) {
        sink_text(sink, i > 0 ? "," : "");
        sink_csv(sink, cell[i]);
    }
    sink_text(sink, "\n");
}

static void csv_codes(struct sink *sink, const struct law_shown *shown, const char *field, const char *column)
{
    const struct tol_law_browser *browser = shown->reading->browser;
    char word[160];
    while (law_next_word(&column, word, sizeof word)) {
        if (word[0] != '@') {
            csv_row(sink, (const char *const[6]){field, word, "", "", "", shown->measure.source});
            continue;
        }
        size_t first = 0;
        size_t count = tol_law_list_find(browser, shown->measure.importer, word + 1, &first);
        for (size_t i = 0; i < count; i++) {
            struct tol_law_code code;
            tol_law_code_get(browser, first + i, &code);
            csv_row(sink, (const char *const[6]){field, code.hs, word + 1, code.from, code.until, code.source});
        }
    }
}

void law_show_csv(struct sink *sink, const struct law_shown *shown)
{
    const struct tol_law_measure *measure = &shown->measure;
    char from[TOL_DAY_TEXT_SIZE], until[TOL_DAY_TEXT_SIZE], first[TOL_DAY_TEXT_SIZE], last[TOL_DAY_TEXT_SIZE];
    const char *const field[][2] = {
        {"law_version", tol_law_version(shown->reading->law)},
        {"id", measure->id},
        {"importer", measure->importer},
        {"programme", measure->programme},
        {"authority", measure->authority},
        {"partners", measure->partners},
        {"partners_except", measure->partners_except},
        {"effect", measure->effect},
        {"rate", measure->rate},
        {"base", measure->base},
        {"from", law_day_text(measure->from, from)},
        {"until", law_day_text(measure->until, until)},
        {"collected_from", law_day_text(measure->collected_from, first)},
        {"collected_until", law_day_text(measure->collected_until, last)},
        {"conditions", measure->conditions},
        {"yields_to", measure->yields_to},
        {"source", measure->source},
        {"status", measure->status[0] != '\0' ? measure->status : "confirmed"},
        {"note", measure->note},
    };
    sink_text(sink, "field,value,list,from,until,source\n");
    for (size_t i = 0; i < sizeof field / sizeof field[0]; i++) {
        csv_row(sink, (const char *const[6]){field[i][0], field[i][1], "", "", "", ""});
    }
    csv_codes(sink, shown, "products", measure->products);
    csv_codes(sink, shown, "products_except", measure->products_except);
}
