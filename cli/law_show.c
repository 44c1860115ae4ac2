/* law show: one measure in full. */
#include "law_show.h"

#include "command.h"
#include "law_command.h"
#include "prose.h"
#include "session.h"

#include <stdlib.h>
#include <string.h>

enum { CODES_SHOWN = 24, WORD_SIZE = 160, IDS_SHOWN = 12 };

bool law_next_word(const char **column, char *word, size_t size)
{
    const char *from = *column + strspn(*column, " ");
    size_t length = strcspn(from, " ");
    *column = from + length;
    snprintf(word, size, "%.*s", (int)length, from);
    return length > 0;
}

bool law_yields_to(const struct tol_law_measure *measure, const char *programme)
{
    const char *column = measure->yields_to;
    char word[WORD_SIZE];
    while (law_next_word(&column, word, sizeof word)) {
        if (strcmp(word, programme) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- for people ------------------------------------------------------------------------------------------------ */

static void fact_line(struct view *view, const char *name, const char *value)
{
    if (value[0] != '\0') {
        struct view_line *line = view_line(view, NULL);
        view_cell(line, 0, name);
        view_cell(line, 1, value);
    }
}

static const char *except_text(const char *with, const char *without, char *text, size_t size)
{
    snprintf(text, size, "%s%s%s", with, without[0] != '\0' ? " except " : "", without);
    return text;
}

static const char *title_of(const struct law_reading *reading, const char *programme)
{
    for (size_t i = 0; i < tol_law_programme_count(reading->browser); i++) {
        struct tol_law_programme row;
        tol_law_programme_get(reading->browser, i, &row);
        if (strcmp(row.programme, programme) == 0) {
            return row.title;
        }
    }
    return "";
}

static void period_line(struct view *view, const char *name, tol_day from, tol_day until)
{
    char first[TOL_DAY_TEXT_SIZE], last[TOL_DAY_TEXT_SIZE], text[80];
    snprintf(text, sizeof text, "%s%s%s", law_day_text(from, first)[0] != '\0' ? first : "always", ", until ",
             law_day_text(until, last)[0] != '\0' ? last : "further notice");
    fact_line(view, name, text);
}

static void measure_lines(struct view *view, const struct law_shown *shown)
{
    const struct tol_law_measure *measure = &shown->measure;
    char text[2048], terms[LAW_TERMS_SIZE];
    snprintf(text, sizeof text, "%s: %s", measure->programme, title_of(shown->reading, measure->programme));
    fact_line(view, "programme", text);
    fact_line(view, "authority", measure->authority);
    fact_line(view, "effect", law_terms_text(measure, terms));
    period_line(view, "in force from", measure->from, measure->until);
    if (measure->collected_from != measure->from || measure->collected_until != measure->until) {
        period_line(view, "collected from", measure->collected_from, measure->collected_until);
    }
    fact_line(view, "partners", except_text(measure->partners, measure->partners_except, text, sizeof text));
    fact_line(view, "conditions", measure->conditions);
    fact_line(view, "source", measure->source);
    fact_line(view, "status", measure->status[0] != '\0' ? measure->status : "confirmed");
    fact_line(view, "note", measure->note);
    snprintf(text, sizeof text, "%s%s, row %llu", shown->reading->folder, measure->place.file,
             (unsigned long long)measure->place.row);
    fact_line(view, "written in", text);
}

static void print_partners(const struct law_shown *shown, const struct look *look, struct sink *sink)
{
    char on[TOL_DAY_TEXT_SIZE], line[100];
    tol_day_format(shown->on, on);
    snprintf(line, sizeof line, "\nPartners on %s: %zu", on, shown->partner_count);
    look_paint(look, sink, "bold", line);
    for (size_t i = 0; i < shown->partner_count; i++) {
        char country[TOL_COUNTRY_TEXT_SIZE];
        tol_country_format(shown->partner[i], country);
        sink_format(sink, "%s%s", i % 32 == 0 ? "\n  " : " ", country);
    }
    sink_text(sink, "\n");
}

/* A list by its name, its number of rows and the first codes. */
static void print_list(const struct law_shown *shown, const char *list, struct sink *sink)
{
    const struct tol_law_browser *browser = shown->reading->browser;
    size_t first = 0;
    size_t count = tol_law_list_find(browser, shown->measure.importer, list, &first);
    sink_format(sink, "  @%s: %zu rows", list, count);
    for (size_t i = 0; i < count && i < CODES_SHOWN; i++) {
        struct tol_law_code code;
        tol_law_code_get(browser, first + i, &code);
        sink_format(sink, "%s%-10s", i % 8 == 0 ? "\n    " : " ", code.hs);
    }
    if (count > CODES_SHOWN) {
        sink_format(sink, "\n    and %zu more; --format csv or json has them all", count - CODES_SHOWN);
    }
    sink_text(sink, "\n");
}

static void print_products(const struct law_shown *shown, const char *heading, const char *column,
                           const struct look *look, struct sink *sink)
{
    char word[WORD_SIZE];
    size_t codes = 0;
    if (column[0] == '\0') {
        return;
    }
    sink_text(sink, "\n");
    look_paint(look, sink, "bold", heading);
    sink_text(sink, "\n");
    for (const char *rest = column; law_next_word(&rest, word, sizeof word);) {
        if (word[0] == '@') {
            print_list(shown, word + 1, sink);
        } else if (codes++ < CODES_SHOWN) {
            sink_format(sink, "  %s\n", strcmp(word, "*") == 0 ? "* (all)" : word);
        }
    }
    if (codes > CODES_SHOWN) {
        sink_format(sink, "  and %zu more; --format csv or json has them all\n", codes - CODES_SHOWN);
    }
}

static void print_facts(const struct law_shown *shown, const struct look *look, struct sink *sink)
{
    if (shown->fact_count == 0) {
        return;
    }
    look_paint(look, sink, "bold", "\nFacts that it asks for\n");
    for (size_t i = 0; i < shown->fact_count; i++) {
        struct tol_law_fact fact;
        tol_law_fact_get(shown->reading->browser, shown->fact[i], &fact);
        sink_format(sink, "  %s: %s (%s%s%s", fact.name, fact.meaning, fact.type, fact.values[0] != '\0' ? ": " : "",
                    fact.values);
        sink_format(sink, fact.central[0] != '\0' ? "; when nobody says: %s)\n" : "%s)\n", fact.central);
    }
}

static void print_yields(const struct law_shown *shown, const struct look *look, struct sink *sink)
{
    const struct tol_law_browser *browser = shown->reading->browser;
    char word[WORD_SIZE];
    const char *rest = shown->measure.yields_to;
    if (rest[0] != '\0') {
        look_paint(look, sink, "bold", "\nSteps back before\n");
    }
    while (law_next_word(&rest, word, sizeof word)) {
        sink_format(sink, "  %s: %s\n", word, title_of(shown->reading, word));
    }
    size_t count = 0;
    for (size_t i = 0; i < tol_law_measure_count(browser); i++) {
        struct tol_law_measure other;
        tol_law_measure_get(browser, i, &other);
        if (strcmp(other.importer, shown->measure.importer) != 0 || !law_yields_to(&other, shown->measure.programme)) {
            continue;
        }
        if (count++ == 0) {
            look_paint(look, sink, "bold", "\nStep back before it\n");
        }
        if (count <= IDS_SHOWN) {
            sink_format(sink, "  %s\n", other.id);
        }
    }
    if (count > IDS_SHOWN) {
        sink_format(sink, "  and %zu more; --format json has them all\n", count - IDS_SHOWN);
    }
}

static void print_table(const struct law_shown *shown, const struct look *look, struct sink *sink)
{
    look_paint(look, sink, "bold", shown->measure.id);
    sink_format(sink, "\nlaw %s\n\n", tol_law_version(shown->reading->law));
    struct view *view = view_create(look, false);
    view_column(view, "what", COLUMN_LEFT);
    view_column(view, "is", COLUMN_SENTENCE);
    measure_lines(view, shown);
    view_print(view, sink);
    struct sink prose = {.descriptor = -1};
    print_products(shown, "Products", shown->measure.products, look, &prose);
    print_products(shown, "Products except", shown->measure.products_except, look, &prose);
    print_partners(shown, look, &prose);
    print_facts(shown, look, &prose);
    print_yields(shown, look, &prose);
    prose_flush(&prose, sink, look->width);
}

/* ---- the subcommand -------------------------------------------------------------------------------------------- */

static enum tol_status find(struct law_shown *shown, const char *id, struct tol_error *error)
{
    const struct tol_law_browser *browser = shown->reading->browser;
    size_t count = tol_law_measure_count(browser);
    const char **names = malloc((count + 1) * sizeof *names);
    if (names == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < count; i++) {
        struct tol_law_measure measure;
        tol_law_measure_get(browser, i, &measure);
        names[i] = measure.id;
        if (strcmp(measure.id, id) == 0) {
            shown->index = i;
            shown->measure = measure;
        }
    }
    enum tol_status status = law_choose("measure", id, names, count, error);
    free(names);
    return status;
}

static tol_day first_day_in_force(const struct tol_law_measure *measure)
{
    tol_day now = today();
    if (now >= measure->until) {
        return measure->until - 1;
    }
    return now < measure->from ? measure->from : now;
}

static enum tol_status print(const struct law_shown *shown, const struct look *look, struct tol_error *error)
{
    struct sink sink;
    sink_open_stdout(&sink);
    if (look->format == FORMAT_TABLE) {
        print_table(shown, look, &sink);
    } else if (look->format == FORMAT_CSV) {
        law_show_csv(&sink, shown);
    } else {
        struct json_writer json = {.sink = &sink, .indented = look->format == FORMAT_JSON};
        law_show_json(&json, shown);
    }
    return sink_close(&sink, error);
}

static enum tol_status run(const struct options *options, struct tol_error *error)
{
    struct look look;
    struct law_reading reading;
    struct law_shown shown = {.reading = &reading};
    enum tol_status status = look_read(options, command_law.formats, FORMAT_TABLE, &look, error);
    if (status != TOL_OK) {
        return status;
    }
    status = law_reading_open(&reading, options, error);
    status = status != TOL_OK ? status : find(&shown, options->argument.text[1], error);
    if (status == TOL_OK) {
        shown.on = first_day_in_force(&shown.measure);
        status = options_day(options, OPTION_ON, &shown.on, error);
    }
    if (status == TOL_OK) {
        shown.partner_count = tol_law_measure_partners(reading.browser, shown.index, shown.on, shown.partner);
        shown.fact_count = tol_law_measure_facts(reading.browser, shown.index, shown.fact);
        status = print(&shown, &look, error);
    }
    law_reading_close(&reading);
    return status;
}

const struct law_subcommand law_show = {
    .name = "show",
    .usage = "MEASURE [--on DATE]",
    .options = (const enum option_id[]){OPTION_ON, OPTION_FORMAT, OPTION_COLOR, OPTION_TABLES, OPTION_END},
    .least_arguments = 1,
    .most_arguments = 1,
    .run = run,
};
