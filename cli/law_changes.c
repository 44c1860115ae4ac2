/* law changes: what began, ended or changed between two days. */
#include "command.h"
#include "law_command.h"
#include "law_reading.h"
#include "session.h"

#include <stdlib.h>
#include <string.h>

struct report {
    const struct law_reading *reading;
    const struct look *look;
    const struct tol_law_changes_query *query;
    struct sink sink;
    struct json_writer json;
    struct view *view;
    size_t count;
};

static const char *before_id(const struct report *report, const struct tol_law_event *event,
                             struct tol_law_measure *before)
{
    if (event->before == TOL_LAW_NO_MEASURE) {
        return "";
    }
    tol_law_measure_get(report->reading->browser, event->before, before);
    return before->id;
}

/* "+25 % -> +50 %", "7 origins", "407 rows of @list". */
static void what_text(const struct report *report, const struct tol_law_event *event,
                      const struct tol_law_measure *measure, char *text, size_t size)
{
    struct tol_law_measure before;
    char terms[LAW_TERMS_SIZE], old[LAW_TERMS_SIZE];
    law_terms_text(measure, terms);
    if (before_id(report, event, &before)[0] != '\0') {
        snprintf(text, size, "%s -> %s", law_terms_text(&before, old), terms);
    } else if (event->list[0] != '\0') {
        snprintf(text, size, "%s: %zu rows of @%s", terms, event->count, event->list);
    } else if (event->count > 0) {
        snprintf(text, size, "%s: %zu origins", terms, event->count);
    } else {
        snprintf(text, size, "%s", terms);
    }
}

static void tell_person(struct report *report, const struct tol_law_event *event, const struct tol_law_measure *measure)
{
    char day[TOL_DAY_TEXT_SIZE], what[600];
    struct tol_law_measure before;
    struct view_line *line = view_line(report->view, NULL);
    what_text(report, event, measure, what, sizeof what);
    view_cell(line, 0, law_day_text(event->day, day));
    view_cell(line, 1, tol_law_event_kind_name(event->kind));
    view_cell(line, 2, measure->programme);
    view_cell(line, 3, measure->id);
    view_cell(line, 4, what);
    view_cell(line, 5, before_id(report, event, &before));
    view_cell(line, 6, measure->source);
}

static void tell_csv(struct report *report, const struct tol_law_event *event, const struct tol_law_measure *measure)
{
    char day[TOL_DAY_TEXT_SIZE], count[24];
    struct tol_law_measure before = {.effect = "", .rate = ""};
    snprintf(count, sizeof count, "%zu", event->count);
    const char *old = before_id(report, event, &before);
    const char *const field[] = {law_day_text(event->day, day),
                                 tol_law_event_kind_name(event->kind),
                                 measure->id,
                                 measure->programme,
                                 measure->authority,
                                 measure->partners,
                                 measure->effect,
                                 measure->rate,
                                 old,
                                 before.effect,
                                 before.rate,
                                 event->list,
                                 event->count > 0 ? count : "",
                                 measure->source,
                                 tol_law_version(report->reading->law)};
    for (size_t i = 0; i < sizeof field / sizeof field[0]; i++) {
        sink_text(&report->sink, i > 0 ? "," : "");
        sink_csv(&report->sink, field[i]);
    }
    sink_text(&report->sink, "\n");
}

static void tell_json(struct report *report, const struct tol_law_event *event, const struct tol_law_measure *measure)
{
    struct json_writer *json = &report->json;
    struct tol_law_measure before;
    json_object(json, NULL);
    law_json_day(json, "day", event->day);
    json_text(json, "event", tol_law_event_kind_name(event->kind));
    json_text(json, "measure", measure->id);
    json_text(json, "programme", measure->programme);
    json_text(json, "authority", measure->authority);
    json_text(json, "partners", measure->partners);
    json_text(json, "effect", measure->effect);
    law_json_rate(json, measure);
    json_text(json, "base", measure->base);
    json_text(json, "conditions", measure->conditions);
    if (before_id(report, event, &before)[0] != '\0') {
        json_object(json, "before");
        json_text(json, "measure", before.id);
        json_text(json, "effect", before.effect);
        law_json_rate(json, &before);
        json_text(json, "base", before.base);
        json_end_object(json);
    }
    if (event->list[0] != '\0') {
        json_text(json, "list", event->list);
    }
    if (event->count > 0) {
        json_integer(json, "count", event->count);
    }
    json_text(json, "source", measure->source);
    json_end_object(json);
}

static enum tol_status tell(void *context, const struct tol_law_event *event, struct tol_error *error)
{
    (void)error;
    struct report *report = context;
    struct tol_law_measure measure;
    tol_law_measure_get(report->reading->browser, event->measure, &measure);
    report->count++;
    switch (report->look->format) {
    case FORMAT_TABLE:
        tell_person(report, event, &measure);
        break;
    case FORMAT_CSV:
        tell_csv(report, event, &measure);
        break;
    default:
        tell_json(report, event, &measure);
        break;
    }
    return TOL_OK;
}

/* ---- before and after the events ------------------------------------------------------------------------------- */

static void begin_json(struct report *report)
{
    const struct tol_law_changes_query *query = report->query;
    char country[TOL_COUNTRY_TEXT_SIZE], product[TOL_PRODUCT_TEXT_SIZE];
    struct json_writer *json = &report->json;
    json_object(json, NULL);
    json_text(json, "law_version", tol_law_version(report->reading->law));
    tol_country_format(query->into, country);
    json_text(json, "into", country);
    tol_country_format(query->partner, country);
    json_text(json, "partner", query->partner != 0 ? country : NULL);
    tol_product_format(query->product, product);
    json_text(json, "product", query->product != 0 ? product : NULL);
    law_json_day(json, "from", query->first);
    law_json_day(json, "until", query->last);
    json_array(json, "changes");
}

static void begin(struct report *report)
{
    static const struct heading columns[] = {{"day", COLUMN_LEFT, 0},       {"event", COLUMN_LEFT, 0},
                                             {"programme", COLUMN_LEFT, 1}, {"measure", COLUMN_LEFT, 0},
                                             {"what", COLUMN_SENTENCE, 0},  {"before", COLUMN_SENTENCE, 0},
                                             {"source", COLUMN_SENTENCE, 1}};
    report->json = (struct json_writer){.sink = &report->sink, .indented = report->look->format == FORMAT_JSON};
    if (report->look->format == FORMAT_TABLE) {
        report->view = view_create(report->look, true);
        view_columns(report->view, columns, sizeof columns / sizeof columns[0]);
    } else if (report->look->format == FORMAT_CSV) {
        sink_text(&report->sink, "day,event,measure,programme,authority,partners,effect,rate,before,before_effect,"
                                 "before_rate,list,count,source,law_version\n");
    } else {
        begin_json(report);
    }
}

static void end(struct report *report)
{
    if (report->look->format == FORMAT_TABLE) {
        char first[TOL_DAY_TEXT_SIZE], last[TOL_DAY_TEXT_SIZE], line[120];
        tol_day_format(report->query->first, first);
        tol_day_format(report->query->last, last);
        snprintf(line, sizeof line, "%zu changes from %s to %s", report->count, first, last);
        look_paint(report->look, &report->sink, "bold", line);
        sink_format(&report->sink, "\nlaw %s\n\n", tol_law_version(report->reading->law));
        view_print(report->view, &report->sink);
    } else if (report->look->format != FORMAT_CSV) {
        json_end_array(&report->json);
        json_end_object(&report->json);
        sink_text(&report->sink, "\n");
    }
}

/* ---- the subcommand -------------------------------------------------------------------------------------------- */

static enum tol_status read_query(const struct options *options, struct tol_law_changes_query *query,
                                  struct tol_error *error)
{
    if (!options_given(options, OPTION_FROM) || !options_given(options, OPTION_UNTIL)) {
        return tol_fail(error, TOL_USAGE,
                        "law changes needs its first and last day, such as --from 2026-06-01 --until 2026-07-31");
    }
    enum tol_status status = options_day(options, OPTION_FROM, &query->first, error);
    status = status != TOL_OK ? status : options_day(options, OPTION_UNTIL, &query->last, error);
    if (status == TOL_OK && query->first > query->last) {
        status = tol_fail(error, TOL_USAGE, "--until is before --from; write the earlier day as --from");
    }
    if (status == TOL_OK && options_given(options, OPTION_PARTNER)) {
        status = read_country_option(options, OPTION_PARTNER, &query->partner, error);
    }
    const char *product = options_text(options, OPTION_PRODUCT);
    if (status == TOL_OK && product != NULL && !tol_product_parse(product, 2, &query->product)) {
        status = tol_fail(error, TOL_USAGE,
                          "--product %.40s is not a product code; write 2 to 10 digits, dots are allowed", product);
    }
    return status;
}

static enum tol_status print(const struct law_reading *reading, const struct tol_law_changes_query *query,
                             const struct look *look, struct tol_error *error)
{
    struct report report = {.reading = reading, .look = look, .query = query};
    sink_open_stdout(&report.sink);
    begin(&report);
    enum tol_status status = tol_law_changes(reading->browser, query, tell, &report, error);
    if (status != TOL_OK) {
        view_release(report.view);
        sink_release(&report.sink);
        return status;
    }
    end(&report);
    return sink_close(&report.sink, error);
}

static enum tol_status run(const struct options *options, struct tol_error *error)
{
    struct look look;
    struct law_reading reading;
    struct tol_law_changes_query query = {0};
    enum tol_status status = look_read(options, command_law.formats, FORMAT_TABLE, &look, error);
    status = status != TOL_OK ? status : read_query(options, &query, error);
    if (status != TOL_OK) {
        return status;
    }
    status = law_reading_open(&reading, options, error);
    if (status == TOL_OK) {
        query.into = reading.into;
        law_past_coverage_note(&reading, query.last);
        status = print(&reading, &query, &look, error);
    }
    law_reading_close(&reading);
    return status;
}

const struct law_subcommand law_changes = {
    .name = "changes",
    .usage = "--from DATE --until DATE [--into COUNTRY] [--partner COUNTRY] [--product CODE]",
    .options = (const enum option_id[]){OPTION_FROM, OPTION_UNTIL, OPTION_INTO, OPTION_PARTNER, OPTION_PRODUCT,
                                        OPTION_FORMAT, OPTION_COLOR, OPTION_TABLES, OPTION_END},
    .run = run,
};
