#include "totals.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

/* Two letters as a number. */
enum { LETTERS = 26, COUNTRIES = LETTERS * LETTERS };

const char *totals_by_name(enum totals_by by)
{
    static const char *const names[TOTALS_BY_COUNT] = {"sector", "sector", "country", "band"};
    return names[by];
}

enum tol_status totals_by_read(const struct options *options, enum totals_by *by, struct tol_error *error)
{
    const char *text = options_text(options, OPTION_BY);
    *by = TOTALS_ALL;
    for (int i = TOTALS_BY_SECTOR; text != NULL && i < TOTALS_BY_COUNT; i++) {
        if (strcmp(text, totals_by_name((enum totals_by)i)) == 0) {
            *by = (enum totals_by)i;
        }
    }
    return text == NULL || *by != TOTALS_ALL
               ? TOL_OK
               : tol_fail(error, TOL_USAGE, "--by %.40s: totals are made by sector, country or band", text);
}

static size_t count_groups(enum totals_by by, const struct tol_book *book)
{
    const size_t counts[TOTALS_BY_COUNT] = {1, book->sector_count, COUNTRIES, TOL_BAND_NONE + 1};
    return counts[by];
}

static size_t group_of(enum totals_by by, const struct tol_book *book, const struct tol_score_row *row)
{
    tol_country country = book->firm_country[row->firm];
    switch (by) {
    case TOTALS_BY_SECTOR:
        return book->firm_sector[row->firm];
    case TOTALS_BY_COUNTRY:
        return (size_t)((country >> 8) - 'A') * LETTERS + (size_t)((country & 0xff) - 'A');
    case TOTALS_BY_BAND:
        return row->band <= TOL_BAND_NONE ? row->band : TOL_BAND_NONE;
    default:
        return 0;
    }
}

const char *totals_group_name(enum totals_by by, const struct tol_book *book, size_t group,
                              char text[TOL_COUNTRY_TEXT_SIZE])
{
    static const char *const bands[] = {"A", "B", "C", "D", "E", "none"};
    switch (by) {
    case TOTALS_BY_SECTOR:
        return tol_book_sector(book, (uint32_t)group);
    case TOTALS_BY_COUNTRY:
        text[0] = (char)('A' + group / LETTERS);
        text[1] = (char)('A' + group % LETTERS);
        text[2] = '\0';
        return text;
    case TOTALS_BY_BAND:
        return bands[group];
    default:
        return "all";
    }
}

enum tol_status totals_open(struct totals *totals, size_t scenario_count, enum totals_by by,
                            const struct tol_book *book, struct tol_error *error)
{
    *totals = (struct totals){.scenario_count = scenario_count, .by = by, .group_count = count_groups(by, book)};
    totals->group = calloc(totals->group_count * scenario_count + 1, sizeof *totals->group);
    totals->drawn = calloc(scenario_count, sizeof *totals->drawn);
    if (totals->group == NULL || totals->drawn == NULL) {
        totals_release(totals);
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for the totals");
    }
    return TOL_OK;
}

static const struct {
    const char *name;
    size_t offset;
} sums[] = {
    {"revenue_eur", offsetof(struct total, revenue_eur)},
    {"duty_export_eur", offsetof(struct total, duty_export_eur)},
    {"duty_import_eur", offsetof(struct total, duty_import_eur)},
    {"ebitda_change_eur", offsetof(struct total, ebitda_change_eur)},
    {"ebitda_change_low_eur", offsetof(struct total, ebitda_change_low_eur)},
    {"ebitda_change_high_eur", offsetof(struct total, ebitda_change_high_eur)},
    {"loan_eur", offsetof(struct total, loan_eur)},
    {"loan_score", offsetof(struct total, loan_score)},
    {"loan_margin_at_risk_eur", offsetof(struct total, loan_margin_at_risk_eur)},
};
enum { SUM_COUNT = sizeof sums / sizeof sums[0] };

struct exact_sum *totals_sum(struct total *total, size_t sum)
{
    return sum < SUM_COUNT ? (struct exact_sum *)(void *)((char *)total + sums[sum].offset) : NULL;
}

const char *totals_sum_name(size_t sum)
{
    return sum < SUM_COUNT ? sums[sum].name : NULL;
}

static void settle(struct total *total)
{
    for (size_t i = 0; i < SUM_COUNT; i++) {
        exact_sum_settle(totals_sum(total, i));
    }
}

/* What stands against the firm's score: nothing where either is unknown. */
static void add_loan(struct total *total, double loan_eur, const struct tol_score_row *row)
{
    if (loan_eur > 0 && !isnan(row->score)) {
        exact_sum_add(&total->loan_eur, loan_eur);
        exact_sum_add(&total->loan_score, loan_eur * row->score);
        exact_sum_add(&total->loan_margin_at_risk_eur, loan_eur * row->margin_at_risk);
    }
}

void totals_add(struct totals *totals, const struct tol_book *book, const struct tol_score_row *row)
{
    struct total *total = &totals->group[group_of(totals->by, book, row) * totals->scenario_count + row->scenario];
    total->firms += 1;
    total->in_band[row->band <= TOL_BAND_NONE ? row->band : TOL_BAND_NONE] += 1;
    exact_sum_add(&total->revenue_eur, row->revenue_eur);
    exact_sum_add(&total->duty_export_eur, row->duty_export_eur);
    exact_sum_add(&total->duty_import_eur, row->duty_import_eur);
    exact_sum_add(&total->ebitda_change_eur, row->ebitda_change_eur);
    exact_sum_add(&total->ebitda_change_low_eur, row->ebitda_change_low_eur);
    exact_sum_add(&total->ebitda_change_high_eur, row->ebitda_change_high_eur);
    add_loan(total, book->firm_number[TOL_LOAN][row->firm], row);
    if (total->firms % EXACT_SUM_TERMS == 0) {
        settle(total);
    }
}

void totals_join(struct total *total, const struct total *other)
{
    struct total settled = *other;
    total->firms += other->firms;
    for (size_t i = 0; i <= TOL_BAND_NONE; i++) {
        total->in_band[i] += other->in_band[i];
    }
    for (size_t i = 0; i < SUM_COUNT; i++) {
        exact_sum_join(totals_sum(total, i), totals_sum(&settled, i));
    }
}

double totals_ebitda_change(const struct totals *totals, size_t scenario)
{
    struct exact_sum all = {0};
    for (size_t group = 0; group < totals->group_count; group++) {
        exact_sum_join(&all, &totals->group[group * totals->scenario_count + scenario].ebitda_change_eur);
    }
    return exact_sum_get(&all);
}

void totals_release(struct totals *totals)
{
    free(totals->group);
    free(totals->drawn);
    *totals = (struct totals){0};
}

void totals_set_release(struct totals_set *set)
{
    for (size_t i = 0; i < TOTALS_BY_COUNT; i++) {
        totals_release(&set->of[i]);
    }
}

/* Sums, and what is weighted by loans: NaN without any. */
static const struct {
    const char *name;
    const char *heading;
    int decimals;
} figures[] = {
    {"revenue_eur", "revenue EUR", 0},
    {"duty_export_eur", "duty on sales", 0},
    {"duty_import_eur", "duty on purchases", 0},
    {"ebitda_change_eur", "EBITDA change", 0},
    {"ebitda_change_low_eur", "low", 0},
    {"ebitda_change_high_eur", "high", 0},
    {"loan_eur", "loans EUR", 0},
    {"loan_weighted_score", "score by loans", 1},
    {"loan_weighted_margin_at_risk", "margin at risk by loans", 3},
};
enum { FIGURE_COUNT = sizeof figures / sizeof figures[0] };
static const char *const band_names[] = {"band_a", "band_b", "band_c", "band_d", "band_e", "band_none"};

static void get_figures(const struct total *total, double figure[FIGURE_COUNT])
{
    const struct exact_sum *const shown[] = {
        &total->revenue_eur,       &total->duty_export_eur,       &total->duty_import_eur,
        &total->ebitda_change_eur, &total->ebitda_change_low_eur, &total->ebitda_change_high_eur,
        &total->loan_eur};
    enum { SUMS = sizeof shown / sizeof shown[0] };
    for (size_t i = 0; i < SUMS; i++) {
        figure[i] = exact_sum_get(shown[i]);
    }
    double loan_eur = figure[SUMS - 1];
    figure[SUMS] = loan_eur > 0 ? exact_sum_get(&total->loan_score) / loan_eur : NAN;
    figure[SUMS + 1] = loan_eur > 0 ? exact_sum_get(&total->loan_margin_at_risk_eur) / loan_eur : NAN;
}

static const char *const draw_names[] = {"draw_mean_eur", "p05", "p50", "p95", "expected_shortfall"};
enum { DRAW_COUNT = sizeof draw_names / sizeof draw_names[0] };

static void get_draws(const struct drawn_total *drawn, double numbers[DRAW_COUNT])
{
    const struct tol_draw_statistics *of = &drawn->statistics;
    const double all[DRAW_COUNT] = {of->mean, of->p05, of->p50, of->p95, of->expected_shortfall};
    for (size_t i = 0; i < DRAW_COUNT; i++) {
        numbers[i] = all[i];
    }
}

/* ---- single figures -------------------------------------------------------------------------------------------- */

static const char *const share_names[] = {"band_a_share", "band_b_share", "band_c_share",
                                          "band_d_share", "band_e_share", "band_none_share"};
enum {
    BAND_COUNT = TOL_BAND_NONE + 1,
    FIRST_BAND = 1 + FIGURE_COUNT,
    FIRST_SHARE = FIRST_BAND + BAND_COUNT,
    FIRST_DRAW = FIRST_SHARE + BAND_COUNT,
    ALL_FIGURES = FIRST_DRAW + DRAW_COUNT
};

const char *totals_figure_name(size_t figure)
{
    if (figure == 0) {
        return "firms";
    }
    if (figure < FIRST_BAND) {
        return figures[figure - 1].name;
    }
    if (figure < FIRST_SHARE) {
        return band_names[figure - FIRST_BAND];
    }
    if (figure < FIRST_DRAW) {
        return share_names[figure - FIRST_SHARE];
    }
    return figure < ALL_FIGURES ? draw_names[figure - FIRST_DRAW] : NULL;
}

bool totals_figure_is_drawn(size_t figure)
{
    return figure >= FIRST_DRAW;
}

double totals_figure(const struct totals *totals, size_t group, size_t scenario, size_t figure)
{
    const struct total *total = &totals->group[group * totals->scenario_count + scenario];
    double values[FIGURE_COUNT], draws[DRAW_COUNT];
    if (figure == 0) {
        return (double)total->firms;
    }
    if (figure < FIRST_BAND) {
        get_figures(total, values);
        return values[figure - 1];
    }
    if (figure < FIRST_SHARE) {
        return (double)total->in_band[figure - FIRST_BAND];
    }
    if (figure < FIRST_DRAW) {
        return total->firms > 0 ? (double)total->in_band[figure - FIRST_SHARE] / (double)total->firms : NAN;
    }
    get_draws(&totals->drawn[scenario], draws);
    return totals->drawn[scenario].known ? draws[figure - FIRST_DRAW] : NAN;
}

/* ---- tables ---------------------------------------------------------------------------------------------------- */

static void json_row(struct json_writer *json, const struct totals_row *row)
{
    double figure[FIGURE_COUNT];
    get_figures(row->total, figure);
    json_object(json, NULL);
    json_text(json, row->by, row->name);
    json_text(json, "scenario", row->scenario);
    json_text(json, "on", row->on);
    json_integer(json, "firms", row->total->firms);
    for (size_t i = 0; i < FIGURE_COUNT; i++) {
        json_number(json, figures[i].name, figure[i]);
    }
    for (size_t i = 0; i <= TOL_BAND_NONE; i++) {
        json_integer(json, band_names[i], row->total->in_band[i]);
    }
    json_text(json, "law_version", row->law_version);
    double draws[DRAW_COUNT];
    if (row->drawn != NULL) {
        get_draws(row->drawn, draws);
    }
    for (size_t i = 0; row->drawn != NULL && i < DRAW_COUNT; i++) {
        json_number(json, draw_names[i], draws[i]);
    }
    json_end_object(json);
}

static void csv_header(struct sink *sink, const char *by, bool with_draws)
{
    sink_format(sink, "%s,scenario,on,firms", by);
    for (size_t i = 0; i < FIGURE_COUNT; i++) {
        sink_format(sink, ",%s", figures[i].name);
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

static void csv_row(struct sink *sink, const struct totals_row *row, bool draw_columns)
{
    double figure[FIGURE_COUNT];
    get_figures(row->total, figure);
    sink_csv(sink, row->name);
    sink_text(sink, ",");
    sink_csv(sink, row->scenario);
    sink_format(sink, ",%s,%llu", row->on, (unsigned long long)row->total->firms);
    for (size_t i = 0; i < FIGURE_COUNT; i++) {
        sink_text(sink, ",");
        sink_number(sink, figure[i], "");
    }
    for (size_t i = 0; i <= TOL_BAND_NONE; i++) {
        sink_format(sink, ",%llu", (unsigned long long)row->total->in_band[i]);
    }
    sink_format(sink, ",%s", row->law_version);
    double draws[DRAW_COUNT];
    if (row->drawn != NULL) {
        get_draws(row->drawn, draws);
    }
    for (size_t i = 0; draw_columns && i < DRAW_COUNT; i++) {
        sink_text(sink, ",");
        sink_number(sink, row->drawn != NULL ? draws[i] : NAN, "");
    }
    sink_text(sink, "\n");
}

static void view_row(struct view *view, const struct totals_row *row)
{
    double figure[FIGURE_COUNT];
    get_figures(row->total, figure);
    struct view_line *line = view_line(view, NULL);
    view_cell(line, 0, row->name);
    view_cell(line, 1, row->scenario);
    view_cell_people(line, 2, (double)row->total->firms, 0);
    for (size_t i = 0; i < FIGURE_COUNT; i++) {
        view_cell_people(line, 3 + i, figure[i], figures[i].decimals);
    }
    for (size_t i = 0; i <= TOL_BAND_NONE; i++) {
        view_cell_people(line, 3 + FIGURE_COUNT + i, (double)row->total->in_band[i], 0);
    }
}

static struct view *view_begin(const struct look *look, const char *by)
{
    static const char *const bands[] = {"A", "B", "C", "D", "E", "none"};
    struct view *view = view_create(look, true);
    view_column(view, by, COLUMN_LEFT);
    view_column(view, "scenario", COLUMN_LEFT);
    view_column(view, "firms", COLUMN_RIGHT);
    for (size_t i = 0; i < FIGURE_COUNT; i++) {
        view_column(view, figures[i].heading, COLUMN_RIGHT);
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
