/* law list: the measures, one row each. */
#include "command.h"
#include "law_command.h"
#include "law_reading.h"
#include "prose.h"
#include "session.h"

#include <stdlib.h>
#include <string.h>

struct filter {
    const struct law_reading *reading;
    const char *into;
    const char *programme; /* NULL: any */
    const char *authority;
    tol_country from; /* 0: any */
    bool on_given;
    tol_day on;
};

struct listed {
    size_t index;
    struct tol_law_measure measure;
};

/* ---- which ones ------------------------------------------------------------------------------------------------ */

enum { NAMES_MOST = 256 };

static enum tol_status read_programme(const struct options *options, struct filter *filter, struct tol_error *error)
{
    filter->programme = options_text(options, OPTION_PROGRAMME);
    if (filter->programme == NULL) {
        return TOL_OK;
    }
    const char *names[NAMES_MOST];
    size_t count = tol_law_programme_count(filter->reading->browser);
    count = count < NAMES_MOST ? count : NAMES_MOST;
    for (size_t i = 0; i < count; i++) {
        struct tol_law_programme programme;
        tol_law_programme_get(filter->reading->browser, i, &programme);
        names[i] = programme.programme;
    }
    return law_choose("programme", filter->programme, names, count, error);
}

static enum tol_status read_authority(const struct options *options, struct filter *filter, struct tol_error *error)
{
    filter->authority = options_text(options, OPTION_AUTHORITY);
    if (filter->authority == NULL) {
        return TOL_OK;
    }
    const char *names[TOL_AUTHORITY_COUNT + 1];
    for (unsigned i = 0; i < TOL_AUTHORITY_COUNT; i++) {
        names[i] = tol_authority_name((enum tol_authority)i);
    }
    names[TOL_AUTHORITY_COUNT] = "relief";
    return law_choose("authority", filter->authority, names, TOL_AUTHORITY_COUNT + 1, error);
}

static enum tol_status read_filter(const struct options *options, struct filter *filter, struct tol_error *error)
{
    filter->on_given = options_given(options, OPTION_ON);
    enum tol_status status = options_day(options, OPTION_ON, &filter->on, error);
    if (status == TOL_OK && options_given(options, OPTION_FROM)) {
        status = read_country_option(options, OPTION_FROM, &filter->from, error);
    }
    status = status != TOL_OK ? status : read_programme(options, filter, error);
    return status != TOL_OK ? status : read_authority(options, filter, error);
}

static bool names_origin(const struct filter *filter, size_t index)
{
    const struct tol_law_browser *browser = filter->reading->browser;
    return filter->on_given ? tol_law_measure_names(browser, index, filter->from, 0, filter->on)
                            : tol_law_measure_ever_names(browser, index, filter->from);
}

static bool wanted(const struct filter *filter, size_t index, const struct tol_law_measure *measure)
{
    return strcmp(measure->importer, filter->into) == 0 &&
           (!filter->on_given || (measure->from <= filter->on && filter->on < measure->until)) &&
           (filter->programme == NULL || strcmp(measure->programme, filter->programme) == 0) &&
           (filter->authority == NULL || strcmp(measure->authority, filter->authority) == 0) &&
           (filter->from == 0 || names_origin(filter, index));
}

/* By programme in stacking order, as they come; within one by day. */
static int by_programme_and_day(const void *left, const void *right)
{
    const struct listed *a = left;
    const struct listed *b = right;
    if (strcmp(a->measure.programme, b->measure.programme) != 0 || a->measure.from == b->measure.from) {
        return a->index < b->index ? -1 : a->index > b->index;
    }
    return a->measure.from < b->measure.from ? -1 : 1;
}

static size_t collect(const struct filter *filter, struct listed *list)
{
    size_t count = 0;
    for (size_t i = 0; i < tol_law_measure_count(filter->reading->browser); i++) {
        list[count].index = i;
        tol_law_measure_get(filter->reading->browser, i, &list[count].measure);
        count += wanted(filter, i, &list[count].measure);
    }
    qsort(list, count, sizeof *list, by_programme_and_day);
    return count;
}

/* ---- how they look --------------------------------------------------------------------------------------------- */

static void heading(const struct filter *filter, size_t count, const struct look *look, struct sink *sink)
{
    char line[300], on[TOL_DAY_TEXT_SIZE] = "";
    law_day_text(filter->on, on);
    snprintf(line, sizeof line, "%zu measures into %s%s%s%s%s", count, filter->into,
             filter->from != 0 ? ", goods from " : "", filter->from != 0 ? tol_country_name(filter->from) : "",
             filter->on_given ? ", in force on " : "", filter->on_given ? on : "");
    struct sink prose = {.descriptor = -1};
    look_paint(look, &prose, "bold", line);
    sink_format(&prose, "\nlaw %s\n\n", tol_law_version(filter->reading->law));
    prose_flush(&prose, sink, look->width);
}

static void print_table(const struct filter *filter, const struct listed *list, size_t count, const struct look *look,
                        struct sink *sink)
{
    static const struct heading columns[] = {
        {"measure", COLUMN_LEFT, 0},      {"programme", COLUMN_LEFT, 1},  {"authority", COLUMN_LEFT, 1},
        {"partners", COLUMN_SENTENCE, 0}, {"effect", COLUMN_SENTENCE, 0}, {"from", COLUMN_LEFT, 0},
        {"until", COLUMN_LEFT, 0},        {"status", COLUMN_LEFT, 1},     {"source", COLUMN_SENTENCE, 1}};
    heading(filter, count, look, sink);
    struct view *view = view_create(look, true);
    view_columns(view, columns, sizeof columns / sizeof columns[0]);
    for (size_t i = 0; i < count; i++) {
        const struct tol_law_measure *measure = &list[i].measure;
        struct view_line *line = view_line(view, NULL);
        char terms[LAW_TERMS_SIZE], day[TOL_DAY_TEXT_SIZE], partners[400];
        snprintf(partners, sizeof partners, "%.180s%s%.180s", measure->partners,
                 measure->partners_except[0] != '\0' ? " except " : "", measure->partners_except);
        view_cell(line, 0, measure->id);
        view_cell(line, 1, measure->programme);
        view_cell(line, 2, measure->authority);
        view_cell(line, 3, partners);
        view_cell(line, 4, law_terms_text(measure, terms));
        view_cell(line, 5, law_day_text(measure->from, day));
        view_cell(line, 6, law_day_text(measure->until, day));
        view_cell(line, 7, measure->status);
        view_cell(line, 8, measure->source);
        if (measure->status[0] != '\0') {
            view_colour(line, "yellow");
        }
    }
    view_print(view, sink);
}

static void print_csv(const struct filter *filter, const struct listed *list, size_t count, struct sink *sink)
{
    sink_text(sink,
              "id,importer,programme,authority,partners,partners_except,effect,rate,base,from,until,source,status,"
              "law_version\n");
    for (size_t i = 0; i < count; i++) {
        const struct tol_law_measure *measure = &list[i].measure;
        char from[TOL_DAY_TEXT_SIZE], until[TOL_DAY_TEXT_SIZE];
        const char *const field[] = {measure->id,
                                     measure->importer,
                                     measure->programme,
                                     measure->authority,
                                     measure->partners,
                                     measure->partners_except,
                                     measure->effect,
                                     measure->rate,
                                     measure->base,
                                     law_day_text(measure->from, from),
                                     law_day_text(measure->until, until),
                                     measure->source,
                                     measure->status[0] != '\0' ? measure->status : "confirmed",
                                     tol_law_version(filter->reading->law)};
        for (size_t f = 0; f < sizeof field / sizeof field[0]; f++) {
            sink_text(sink, f > 0 ? "," : "");
            sink_csv(sink, field[f]);
        }
        sink_text(sink, "\n");
    }
}

static void print_json(const struct filter *filter, const struct listed *list, size_t count, struct json_writer *json)
{
    char from[TOL_COUNTRY_TEXT_SIZE];
    tol_country_format(filter->from, from);
    json_object(json, NULL);
    json_text(json, "law_version", tol_law_version(filter->reading->law));
    json_text(json, "into", filter->into);
    json_text(json, "from", filter->from != 0 ? from : NULL);
    law_json_day(json, "on", filter->on_given ? filter->on : TOL_DAY_MAX);
    json_array(json, "measures");
    for (size_t i = 0; i < count; i++) {
        json_object(json, NULL);
        law_json_measure(json, &list[i].measure);
        json_end_object(json);
    }
    json_end_array(json);
    json_end_object(json);
    sink_text(json->sink, "\n");
}

/* ---- the subcommand -------------------------------------------------------------------------------------------- */

static enum tol_status print(const struct filter *filter, const struct look *look, struct tol_error *error)
{
    struct listed *list = malloc((tol_law_measure_count(filter->reading->browser) + 1) * sizeof *list);
    if (list == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    size_t count = collect(filter, list);
    struct sink sink;
    sink_open_stdout(&sink);
    if (look->format == FORMAT_TABLE) {
        print_table(filter, list, count, look, &sink);
    } else if (look->format == FORMAT_CSV) {
        print_csv(filter, list, count, &sink);
    } else {
        struct json_writer json = {.sink = &sink, .indented = look->format == FORMAT_JSON};
        print_json(filter, list, count, &json);
    }
    free(list);
    return sink_close(&sink, error);
}

static enum tol_status run(const struct options *options, struct tol_error *error)
{
    struct look look;
    struct law_reading reading;
    enum tol_status status = look_read(options, command_law.formats, FORMAT_TABLE, &look, error);
    if (status != TOL_OK) {
        return status;
    }
    status = law_reading_open(&reading, options, error);
    char into[TOL_COUNTRY_TEXT_SIZE];
    tol_country_format(reading.into, into);
    struct filter filter = {.reading = &reading, .into = into};
    status = status != TOL_OK ? status : read_filter(options, &filter, error);
    if (status == TOL_OK && filter.on_given) {
        law_past_coverage_note(&reading, filter.on);
    }
    status = status != TOL_OK ? status : print(&filter, &look, error);
    law_reading_close(&reading);
    return status;
}

const struct law_subcommand law_list = {
    .name = "list",
    .usage = "[--into COUNTRY] [--from COUNTRY] [--on DATE] [--programme NAME] [--authority NAME]",
    .options = (const enum option_id[]){OPTION_INTO, OPTION_FROM, OPTION_ON, OPTION_PROGRAMME, OPTION_AUTHORITY,
                                        OPTION_FORMAT, OPTION_COLOR, OPTION_TABLES, OPTION_END},
    .run = run,
};
