/* Totals as tables: for people, JSON, CSV. */
#include "totals_figures.h"

#include <math.h>
#include <string.h>

static void json_row(struct json_writer *json, const struct totals_row *row)
{
    double figure[TOTALS_COLUMNS];
    totals_get_columns(row->total, figure);
    json_object(json, NULL);
    json_text(json, row->by, row->name);
    json_text(json, "scenario", row->scenario);
    json_text(json, "on", row->on);
    json_integer(json, "firms", row->total->firms);
    for (size_t i = 0; i < TOTALS_COLUMNS; i++) {
        json_number(json, totals_columns[i].name, figure[i]);
    }
    for (size_t i = 0; i <= TOL_BAND_NONE; i++) {
        json_integer(json, totals_band_names[i], row->total->in_band[i]);
    }
    json_text(json, "law_version", row->law_version);
    double draws[TOTALS_DRAWS];
    if (row->drawn != NULL) {
        totals_get_draws(row->drawn, draws);
    }
    for (size_t i = 0; row->drawn != NULL && i < TOTALS_DRAWS; i++) {
        json_number(json, totals_draw_names[i], draws[i]);
    }
    json_end_object(json);
}

static void csv_header(struct sink *sink, const char *by, bool with_draws)
{
    sink_format(sink, "%s,scenario,on,firms", by);
    for (size_t i = 0; i < TOTALS_COLUMNS; i++) {
        sink_format(sink, ",%s", totals_columns[i].name);
    }
    for (size_t i = 0; i <= TOL_BAND_NONE; i++) {
        sink_format(sink, ",%s", totals_band_names[i]);
    }
    sink_text(sink, ",law_version");
    for (size_t i = 0; with_draws && i < TOTALS_DRAWS; i++) {
        sink_format(sink, ",%s", totals_draw_names[i]);
    }
    sink_text(sink, "\n");
}

static void csv_row(struct sink *sink, const struct totals_row *row, bool draw_columns)
{
    double figure[TOTALS_COLUMNS];
    totals_get_columns(row->total, figure);
    sink_csv(sink, row->name);
    sink_text(sink, ",");
    sink_csv(sink, row->scenario);
    sink_format(sink, ",%s,%llu", row->on, (unsigned long long)row->total->firms);
    for (size_t i = 0; i < TOTALS_COLUMNS; i++) {
        sink_text(sink, ",");
        sink_number(sink, figure[i], "");
    }
    for (size_t i = 0; i <= TOL_BAND_NONE; i++) {
        sink_format(sink, ",%llu", (unsigned long long)row->total->in_band[i]);
    }
    sink_format(sink, ",%s", row->law_version);
    double draws[TOTALS_DRAWS];
    if (row->drawn != NULL) {
        totals_get_draws(row->drawn, draws);
    }
    for (size_t i = 0; draw_columns && i < TOTALS_DRAWS; i++) {
        sink_text(sink, ",");
        sink_number(sink, row->drawn != NULL ? draws[i] : NAN, "");
    }
    sink_text(sink, "\n");
}

static void view_row(struct view *view, const struct totals_row *row)
{
    double figure[TOTALS_COLUMNS];
    totals_get_columns(row->total, figure);
    struct view_line *line = view_line(view, NULL);
    view_cell(line, 0, row->name);
    view_cell(line, 1, row->scenario);
    view_cell_people(line, 2, (double)row->total->firms, 0);
    for (size_t i = 0; i < TOTALS_COLUMNS; i++) {
        view_cell_people(line, 3 + i, figure[i], totals_columns[i].decimals);
    }
    for (size_t i = 0; i <= TOL_BAND_NONE; i++) {
        view_cell_people(line, 3 + TOTALS_COLUMNS + i, (double)row->total->in_band[i], 0);
    }
}

static struct view *view_begin(const struct look *look, const char *by)
{
    static const char *const bands[] = {"A", "B", "C", "D", "E", "none"};
    struct view *view = view_create(look, true);
    view_column(view, by, COLUMN_LEFT);
    view_column(view, "scenario", COLUMN_LEFT);
    view_column(view, "firms", COLUMN_RIGHT);
    for (size_t i = 0; i < TOTALS_COLUMNS; i++) {
        view_column(view, totals_columns[i].heading, COLUMN_RIGHT);
    }
    for (size_t i = 0; i <= TOL_BAND_NONE; i++) {
        view_column(view, bands[i], COLUMN_RIGHT);
    }
    return view;
}

void totals_table_open(struct totals_table *table, struct sink *sink, const struct look *look, enum totals_by by,
                       bool with_draws)
{
    *table = (struct totals_table){
        .sink = sink, .look = look, .json = {.sink = sink, .indented = look->format == FORMAT_JSON}};
    if (look->format == FORMAT_TABLE) {
        table->view = view_begin(look, totals_by_name(by));
    } else if (look->format == FORMAT_JSON) {
        json_array(&table->json, NULL);
    } else if (look->format == FORMAT_CSV) {
        csv_header(sink, totals_by_name(by), with_draws);
    }
}

void totals_table_row(struct totals_table *table, const struct totals_row *row)
{
    if (table->look->format == FORMAT_TABLE) {
        view_row(table->view, row);
    } else if (table->look->format == FORMAT_CSV) {
        csv_row(table->sink, row, row->drawn != NULL);
    } else {
        json_row(&table->json, row);
        if (table->look->format == FORMAT_JSONL) {
            sink_text(table->sink, "\n");
            table->json.filled = false;
        }
    }
}

void totals_table_close(struct totals_table *table)
{
    if (table->look->format == FORMAT_JSON) {
        json_end_array(&table->json);
        sink_text(table->sink, "\n");
    } else if (table->look->format == FORMAT_TABLE) {
        view_print(table->view, table->sink);
    }
}

/* Room for names that are made. */
struct row_texts {
    char name[TOL_COUNTRY_TEXT_SIZE];
    char on[TOL_DAY_TEXT_SIZE];
};

static struct totals_row row_of(const struct totals *totals, const struct tol_book *book, const struct worlds *worlds,
                                size_t i, bool with_draws, struct row_texts *texts)
{
    const struct tol_scenario *scenario = &worlds->scenario[i % totals->scenario_count];
    tol_day_format(scenario->on, texts->on);
    return (struct totals_row){
        .by = totals_by_name(totals->by),
        .name = totals_group_name(totals->by, book, i / totals->scenario_count, texts->name),
        .scenario = scenario->name,
        .on = texts->on,
        .law_version = tol_law_version(scenario->law),
        .total = &totals->group[i],
        .drawn = with_draws ? &totals->drawn[i % totals->scenario_count] : NULL,
    };
}

void totals_render(struct sink *sink, const struct look *look, const struct totals *totals, const struct tol_book *book,
                   const struct worlds *worlds)
{
    bool with_draws = totals->by == TOTALS_ALL && totals->drawn[0].known;
    struct totals_table table;
    totals_table_open(&table, sink, look, totals->by, with_draws);
    for (size_t i = 0; i < totals->group_count * totals->scenario_count; i++) {
        struct row_texts texts;
        const struct totals_row row = row_of(totals, book, worlds, i, with_draws, &texts);
        if (row.total->firms > 0) {
            totals_table_row(&table, &row);
        }
    }
    totals_table_close(&table);
}

void totals_set_header(struct sink *sink, bool with_draws)
{
    csv_header(sink, "by,name", with_draws);
}

void totals_set_row(struct sink *sink, enum totals_by by, const struct totals_row *row, bool with_draws)
{
    sink_format(sink, "%s,", by == TOTALS_ALL ? "all" : row->by);
    csv_row(sink, row, with_draws);
}

void totals_render_set(struct sink *sink, const struct totals_set *set, const struct tol_book *book,
                       const struct worlds *worlds)
{
    const struct totals *all = &set->of[TOTALS_ALL];
    bool with_draws = all->scenario_count > 0 && all->drawn[0].known;
    totals_set_header(sink, with_draws);
    for (size_t by = 0; by < TOTALS_BY_COUNT; by++) {
        const struct totals *totals = &set->of[by];
        for (size_t i = 0; i < totals->group_count * totals->scenario_count; i++) {
            struct row_texts texts;
            const struct totals_row row = row_of(totals, book, worlds, i, with_draws && by == TOTALS_ALL, &texts);
            if (row.total->firms > 0) {
                totals_set_row(sink, (enum totals_by)by, &row, with_draws);
            }
        }
    }
}
