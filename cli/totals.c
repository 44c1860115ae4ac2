#include "totals.h"

#include <stdlib.h>

enum tol_status totals_open(struct totals *totals, size_t scenario_count, uint32_t sector_count,
                            struct tol_error *error)
{
    *totals = (struct totals){.scenario_count = scenario_count, .sector_count = sector_count};
    totals->scenario = calloc(scenario_count, sizeof *totals->scenario);
    totals->sector = calloc(sector_count > 0 ? sector_count : 1, sizeof *totals->sector);
    if (totals->scenario == NULL || totals->sector == NULL) {
        totals_release(totals);
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    return TOL_OK;
}

static void add(struct total *total, const struct tol_score_row *row)
{
    total->firms += 1;
    total->in_band[row->band <= TOL_BAND_NONE ? row->band : TOL_BAND_NONE] += 1;
    sum_add(&total->revenue_eur, row->revenue_eur);
    sum_add(&total->duty_export_eur, row->duty_export_eur);
    sum_add(&total->duty_import_eur, row->duty_import_eur);
    sum_add(&total->ebitda_change_eur, row->ebitda_change_eur);
    sum_add(&total->ebitda_change_low_eur, row->ebitda_change_low_eur);
    sum_add(&total->ebitda_change_high_eur, row->ebitda_change_high_eur);
}

void totals_add(struct totals *totals, const struct tol_book *book, const struct tol_score_row *row)
{
    add(&totals->scenario[row->scenario], row);
    if (row->scenario + 1 == totals->scenario_count) {
        add(&totals->sector[book->firm_sector[row->firm]], row);
    }
}

void totals_release(struct totals *totals)
{
    free(totals->scenario);
    free(totals->sector);
    *totals = (struct totals){0};
}

/* One row of the table of totals and what it is called. */
struct named_total {
    const char *sector; /* "all" for a scenario's row */
    const struct tol_scenario *scenario;
    const struct total *total;
};

static const char *const sum_names[] = {"revenue_eur",       "duty_export_eur",       "duty_import_eur",
                                        "ebitda_change_eur", "ebitda_change_low_eur", "ebitda_change_high_eur"};
enum { SUM_COUNT = sizeof sum_names / sizeof sum_names[0] };
static const char *const band_names[] = {"band_a", "band_b", "band_c", "band_d", "band_e", "band_none"};

static void get_sums(const struct total *total, double sums[SUM_COUNT])
{
    const struct sum *const all[SUM_COUNT] = {&total->revenue_eur,           &total->duty_export_eur,
                                              &total->duty_import_eur,       &total->ebitda_change_eur,
                                              &total->ebitda_change_low_eur, &total->ebitda_change_high_eur};
    for (size_t i = 0; i < SUM_COUNT; i++) {
        sums[i] = sum_get(all[i]);
    }
}

static const char *const draw_names[] = {"draw_mean_eur", "p05", "p50", "p95", "expected_shortfall"};
enum { DRAW_COUNT = sizeof draw_names / sizeof draw_names[0] };

static void get_draws(const struct total *total, double numbers[DRAW_COUNT])
{
    const double all[DRAW_COUNT] = {total->drawn.mean, total->drawn.p05, total->drawn.p50, total->drawn.p95,
                                    total->drawn.expected_shortfall};
    for (size_t i = 0; i < DRAW_COUNT; i++) {
        numbers[i] = all[i];
    }
}

static void json_row(struct json_writer *json, const struct named_total *row)
{
    char on[TOL_DAY_TEXT_SIZE];
    double sums[SUM_COUNT];
    tol_day_format(row->scenario->on, on);
    get_sums(row->total, sums);
    json_object(json, NULL);
    json_text(json, "sector", row->sector);
    json_text(json, "scenario", row->scenario->name);
    json_text(json, "on", on);
    json_integer(json, "firms", row->total->firms);
    for (size_t i = 0; i < SUM_COUNT; i++) {
        json_number(json, sum_names[i], sums[i]);
    }
    for (size_t i = 0; i <= TOL_BAND_NONE; i++) {
        json_integer(json, band_names[i], row->total->in_band[i]);
    }
    json_text(json, "law_version", tol_law_version(row->scenario->law));
    double draws[DRAW_COUNT];
    get_draws(row->total, draws);
    for (size_t i = 0; row->total->has_draws && i < DRAW_COUNT; i++) {
        json_number(json, draw_names[i], draws[i]);
    }
    json_end_object(json);
}

static void csv_header(struct sink *sink, bool with_draws)
{
    sink_text(sink, "sector,scenario,on,firms");
    for (size_t i = 0; i < SUM_COUNT; i++) {
        sink_format(sink, ",%s", sum_names[i]);
    }
    for (size_t i = 0; i <= TOL_BAND_NONE; i++) {
        sink_format(sink, ",%s", band_names[i]);
    }
    sink_text(sink, ",law_version");
    for (size_t i = 0; with_draws && i < DRAW_COUNT; i++) {
        sink_format(sink, ",%s", draw_names[i]);
    }
    sink_text(sink, "\n");
}

static void csv_row(struct sink *sink, const struct named_total *row)
{
    char on[TOL_DAY_TEXT_SIZE];
    double sums[SUM_COUNT];
    tol_day_format(row->scenario->on, on);
    get_sums(row->total, sums);
    sink_csv(sink, row->sector);
    sink_text(sink, ",");
    sink_csv(sink, row->scenario->name);
    sink_format(sink, ",%s,%llu", on, (unsigned long long)row->total->firms);
    for (size_t i = 0; i < SUM_COUNT; i++) {
        sink_text(sink, ",");
        sink_number(sink, sums[i], "");
    }
    for (size_t i = 0; i <= TOL_BAND_NONE; i++) {
        sink_format(sink, ",%llu", (unsigned long long)row->total->in_band[i]);
    }
    sink_format(sink, ",%s", tol_law_version(row->scenario->law));
    double draws[DRAW_COUNT];
    get_draws(row->total, draws);
    for (size_t i = 0; row->total->has_draws && i < DRAW_COUNT; i++) {
        sink_text(sink, ",");
        sink_number(sink, draws[i], "");
    }
    sink_text(sink, "\n");
}

static void view_row(struct view *view, const struct named_total *row)
{
    double sums[SUM_COUNT];
    get_sums(row->total, sums);
    struct view_line *line = view_line(view, NULL);
    view_cell(line, 0, row->sector);
    view_cell(line, 1, row->scenario->name);
    view_cell_people(line, 2, (double)row->total->firms, 0);
    for (size_t i = 0; i < SUM_COUNT; i++) {
        view_cell_people(line, 3 + i, sums[i], 0);
    }
    for (size_t i = 0; i <= TOL_BAND_NONE; i++) {
        view_cell_people(line, 3 + SUM_COUNT + i, (double)row->total->in_band[i], 0);
    }
    view_cell(line, 4 + SUM_COUNT + TOL_BAND_NONE, tol_law_version(row->scenario->law));
}

static struct view *view_begin(const struct look *look)
{
    static const char *const headings[] = {"sector",
                                           "scenario",
                                           "firms",
                                           "revenue EUR",
                                           "duty on sales",
                                           "duty on purchases",
                                           "EBITDA change",
                                           "low",
                                           "high",
                                           "A",
                                           "B",
                                           "C",
                                           "D",
                                           "E",
                                           "none",
                                           "law"};
    struct view *view = view_create(look, true);
    for (size_t i = 0; i < sizeof headings / sizeof headings[0]; i++) {
        bool text = i < 2 || i + 1 == sizeof headings / sizeof headings[0];
        view_column(view, headings[i], text ? COLUMN_LEFT : COLUMN_RIGHT);
    }
    return view;
}

void totals_render(struct sink *sink, const struct look *look, const struct totals *totals, const struct tol_book *book,
                   const struct worlds *worlds, bool by_sector)
{
    size_t count = by_sector ? totals->sector_count : totals->scenario_count;
    struct json_writer json = {.sink = sink, .indented = look->format == FORMAT_JSON};
    struct view *view = look->format == FORMAT_TABLE ? view_begin(look) : NULL;
    if (look->format == FORMAT_JSON) {
        json_array(&json, NULL);
    } else if (look->format == FORMAT_CSV) {
        csv_header(sink, !by_sector && count > 0 && totals->scenario[0].has_draws);
    }
    for (size_t i = 0; i < count; i++) {
        struct named_total row = {
            .sector = by_sector ? tol_book_sector(book, (uint32_t)i) : "all",
            .scenario = &worlds->scenario[by_sector ? worlds->count - 1 : i],
            .total = by_sector ? &totals->sector[i] : &totals->scenario[i],
        };
        if (look->format == FORMAT_TABLE) {
            view_row(view, &row);
        } else if (look->format == FORMAT_CSV) {
            csv_row(sink, &row);
        } else {
            json_row(&json, &row);
            if (look->format == FORMAT_JSONL) {
                sink_text(sink, "\n");
                json.filled = false;
            }
        }
    }
    if (look->format == FORMAT_JSON) {
        json_end_array(&json);
        sink_text(sink, "\n");
    } else if (look->format == FORMAT_TABLE) {
        view_print(view, sink);
    }
}
