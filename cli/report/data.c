/* What the page's script draws from: one JSON object. Money in EUR. */
#include "json_codes.h"
#include "report.h"
#include "version.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the run --------------------------------------------------------------------------------------------------- */

static void run_json(struct json_writer *json, const struct report *report)
{
    const struct manifest *manifest = &report->base.run[TOL_RUN_BEFORE].manifest;
    json_object(json, "run");
    json_text(json, "path", report->path);
    json_text(json, "identity", manifest->identity.sha256);
    json_array(json, "resolved");
    for (size_t i = 0; i < manifest->identity.count; i++) {
        json_array(json, NULL);
        json_text(json, NULL, manifest->identity.pair[i].name);
        json_text(json, NULL, manifest->identity.pair[i].value);
        json_end_array(json);
    }
    json_end_array(json);
    json_array(json, "inputs");
    for (size_t i = 0; i < manifest->input_count; i++) {
        json_object(json, NULL);
        json_text(json, "role", manifest->input[i].role);
        json_text(json, "path", manifest->input[i].path);
        json_text(json, "sha256", manifest->input[i].sha256);
        json_end_object(json);
    }
    json_end_array(json);
    json_end_object(json);
}

static void scenarios_json(struct json_writer *json, const struct report *report)
{
    json_array(json, "scenarios");
    for (size_t i = 0; i < report->scenario_count; i++) {
        char day[TOL_DAY_TEXT_SIZE];
        report_scenario_day(report, i, day);
        json_object(json, NULL);
        json_text(json, "name", report_scenario(report, i));
        json_text(json, "on", day);
        json_end_object(json);
    }
    json_end_array(json);
}

static void totals_json(struct json_writer *json, const struct report *report)
{
    json_array(json, "totals");
    for (size_t i = 0; i < report->scenario_count; i++) {
        json_object(json, NULL);
        for (size_t figure = 0; figure < report->totals.figure_count; figure++) {
            json_number(json, totals_figure_name(figure),
                        report->totals.figure[i * report->totals.figure_count + figure]);
        }
        json_end_object(json);
    }
    json_end_array(json);
}

/* ---- sums ------------------------------------------------------------------------------------------------------ */

static void sums_json(struct json_writer *json, const struct report *report, const struct report_sums *sums)
{
    json_object(json, NULL);
    json_integer(json, "firms", sums->firms);
    json_number(json, "revenue_eur", sum_get(&sums->revenue_eur));
    json_number(json, "loan_eur", report->have_book ? sum_get(&sums->loan_eur) : NAN);
    json_number(json, "at_risk_eur", sum_get(&sums->at_risk_eur));
    json_number(json, "at_risk_low_eur", sum_get(&sums->at_risk_low_eur));
    json_number(json, "at_risk_high_eur", sum_get(&sums->at_risk_high_eur));
    json_number(json, "gain_eur", sum_get(&sums->gain_eur));
    json_number(json, "opportunity_eur", sum_get(&sums->opportunity_eur));
    json_number(json, "hub_gain_eur", sum_get(&sums->hub_gain_eur));
    for (int i = 0; i < REPORT_CHANNEL_COUNT; i++) {
        bool of_book = i == REPORT_DIRECT_COST || i == REPORT_INDIRECT_COST;
        json_number(json, report_channel_name((enum report_channel)i),
                    of_book && !report->have_book ? NAN : sum_get(&sums->channel[i]));
    }
    json_end_object(json);
}

/* Groups of every scenario: [scenario][group]. */
static void groups_json(struct json_writer *json, const char *key, const struct report *report,
                        const struct report_sums *sums, size_t group_count)
{
    json_array(json, key);
    for (size_t i = 0; i < report->scenario_count; i++) {
        json_array(json, NULL);
        for (size_t group = 0; group < group_count; group++) {
            sums_json(json, report, &sums[i * group_count + group]);
        }
        json_end_array(json);
    }
    json_end_array(json);
}

static void sectors_json(struct json_writer *json, const struct report *report)
{
    json_array(json, "sector_titles");
    for (size_t i = 0; i < report->sector_count; i++) {
        json_text(json, NULL, report_sector_title(report, i));
    }
    json_end_array(json);
    groups_json(json, "sectors", report, report->sector, report->sector_count);
}

/* ---- flows ----------------------------------------------------------------------------------------------------- */

static void flow_json(struct json_writer *json, const struct report_flow *flow)
{
    json_object(json, NULL);
    json_number(json, "rise_eur", flow->rise_eur);
    json_number(json, "fall_eur", flow->fall_eur);
    json_array(json, "layers");
    for (int layer = REPORT_SECTOR; layer < REPORT_LAYERS; layer++) {
        json_array(json, NULL);
        for (size_t i = 0; i < flow->node_count[layer]; i++) {
            json_text(json, NULL, i < REPORT_FLOW_TOP ? flow->node[layer][i] : NULL);
        }
        json_end_array(json);
    }
    json_end_array(json);
    json_array(json, "links");
    for (size_t step = 0; step + 1 < REPORT_LAYERS; step++) {
        json_array(json, NULL);
        for (size_t i = 0; i < flow->link_count[step]; i++) {
            json_array(json, NULL);
            json_integer(json, NULL, flow->link[step][i].from);
            json_integer(json, NULL, flow->link[step][i].to);
            json_number(json, NULL, flow->link[step][i].eur);
            json_end_array(json);
        }
        json_end_array(json);
    }
    json_end_array(json);
    json_end_object(json);
}

static void flows_json(struct json_writer *json, const struct report *report)
{
    json_array(json, "flows");
    for (size_t i = 0; report->flow != NULL && i < report->scenario_count; i++) {
        flow_json(json, &report->flow[i]);
    }
    json_end_array(json);
}

/* ---- firms ----------------------------------------------------------------------------------------------------- */

static int by_firm(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

/* Firms that any list names, each once, in the order of the book. NULL: out of memory. */
static uint64_t *listed_firms(const struct report *report, size_t *count)
{
    uint64_t *firm = malloc((report->scenario_count * report->worst.most + 1) * sizeof *firm);
    size_t used = 0;
    *count = 0;
    for (size_t i = 0; firm != NULL && i < report->scenario_count; i++) {
        size_t rows;
        const struct tol_score_row *row = worst_firms_of(&report->worst, i, &rows);
        for (size_t r = 0; r < rows; r++) {
            firm[used++] = row[r].firm;
        }
    }
    if (firm == NULL) {
        return NULL;
    }
    qsort(firm, used, sizeof *firm, by_firm);
    for (size_t i = 0; i < used; i++) {
        if (*count == 0 || firm[*count - 1] != firm[i]) {
            firm[(*count)++] = firm[i];
        }
    }
    return firm;
}

static void listed_json(struct json_writer *json, const struct report *report, const uint64_t *firm, size_t count)
{
    const struct tol_book *book = report->have_book ? report_side(report)->book : NULL;
    char text[1024];
    json_object(json, "firms");
    json_array(json, "id");
    for (size_t i = 0; i < count; i++) {
        report_firm_id(report, firm[i], text, sizeof text);
        json_text(json, NULL, text);
    }
    json_end_array(json);
    json_array(json, "name");
    for (size_t i = 0; book != NULL && i < count; i++) {
        report_firm_name(report, firm[i], text, sizeof text);
        json_text(json, NULL, text);
    }
    json_end_array(json);
    json_array(json, "country");
    for (size_t i = 0; book != NULL && i < count; i++) {
        json_country(json, NULL, book->firm_country[firm[i]]);
    }
    json_end_array(json);
    json_array(json, "sector");
    for (size_t i = 0; book != NULL && i < count; i++) {
        json_text(json, NULL, tol_book_sector(book, book->firm_sector[firm[i]]));
    }
    json_end_array(json);
    json_array(json, "loan_keur");
    for (size_t i = 0; book != NULL && i < count; i++) {
        json_number(json, NULL, rint(book->firm_number[TOL_LOAN][firm[i]] / 1e3));
    }
    json_end_array(json);
    json_end_object(json);
}

/* A column of some rows, in whole units, which keeps the page small, or as it is (unit 0). */
static void column_json(struct json_writer *json, const char *key, const struct tol_score_row *row, size_t count,
                        size_t offset, double unit)
{
    json_array(json, key);
    for (size_t i = 0; i < count; i++) {
        double value;
        memcpy(&value, (const char *)&row[i] + offset, sizeof value);
        json_number(json, NULL, unit > 0 ? rint(value / unit) + 0.0 : value);
    }
    json_end_array(json);
}
#define COLUMN(key, field, count, unit) column_json(json, key, row, count, offsetof(struct tol_score_row, field), unit)

static void rows_json(struct json_writer *json, const struct tol_score_row *row, size_t count, const uint64_t *firm,
                      size_t firm_count)
{
    json_object(json, NULL);
    json_array(json, "firm");
    for (size_t i = 0; i < count; i++) {
        const uint64_t *found = bsearch(&row[i].firm, firm, firm_count, sizeof *firm, by_firm);
        json_integer(json, NULL, found == NULL ? 0 : (uint64_t)(found - firm));
    }
    json_end_array(json);
    json_array(json, "band");
    for (size_t i = 0; i < count; i++) {
        json_integer(json, NULL, row[i].band);
    }
    json_end_array(json);
    COLUMN("change_keur", ebitda_change_eur, count, 1e3);
    COLUMN("low_keur", ebitda_change_low_eur, count, 1e3);
    COLUMN("high_keur", ebitda_change_high_eur, count, 1e3);
    json_array(json, "score");
    for (size_t i = 0; i < count; i++) {
        json_number(json, NULL, rint(row[i].score * 100) / 100);
    }
    json_end_array(json);
    json_end_object(json);
}

/* Rows of the worst firms in each scenario. */
static void table_json(struct json_writer *json, const struct report *report)
{
    size_t firm_count;
    uint64_t *firm = listed_firms(report, &firm_count);
    if (firm == NULL) {
        json->sink->failed = true;
        return;
    }
    json_object(json, "table");
    listed_json(json, report, firm, firm_count);
    json_array(json, "rows");
    for (size_t i = 0; i < report->scenario_count; i++) {
        size_t count;
        const struct tol_score_row *row = worst_firms_of(&report->worst, i, &count);
        rows_json(json, row, count, firm, firm_count);
    }
    json_end_array(json);
    json_end_object(json);
    free(firm);
}

/* The first rows of the table once more: what else is known of them. */
static void points_json(struct json_writer *json, const struct report *report)
{
    json_array(json, "points");
    for (size_t i = 0; i < report->scenario_count; i++) {
        size_t count;
        const struct tol_score_row *row = worst_firms_of(&report->worst, i, &count);
        count = count < REPORT_POINTS ? count : REPORT_POINTS;
        json_object(json, NULL);
        COLUMN("hhi_origin_e4", hhi_origin, count, 1e-4);
        COLUMN("hhi_destination_e4", hhi_destination, count, 1e-4);
        COLUMN("revenue_keur", revenue_eur, count, 1e3);
        COLUMN("opportunity_keur", opportunity_eur, count, 1e3);
        COLUMN("hub_gain_keur", best_hub_gain_eur, count, 1e3);
        json_array(json, "hub");
        for (size_t r = 0; r < count; r++) {
            char hub[TOL_COUNTRY_TEXT_SIZE] = "";
            if (row[r].best_hub != 0) {
                tol_country_format(row[r].best_hub, hub);
            }
            json_text(json, NULL, hub);
        }
        json_end_array(json);
        json_end_object(json);
    }
    json_end_array(json);
}

static void draws_json(struct json_writer *json, const struct report *report)
{
    if (!report->drawn) {
        json_text(json, "draws", NULL);
        return;
    }
    json_object(json, "draws");
    json_array(json, "worst");
    for (size_t i = 0; i < report->scenario_count; i++) {
        size_t count;
        const struct tol_score_row *row = worst_firms_of(&report->worst, i, &count);
        count = count < REPORT_SPREADS ? count : REPORT_SPREADS;
        json_object(json, NULL);
        COLUMN("draw_mean_eur", draw_mean_eur, count, 0);
        COLUMN("p05", p05, count, 0);
        COLUMN("p50", p50, count, 0);
        COLUMN("p95", p95, count, 0);
        COLUMN("expected_shortfall", expected_shortfall, count, 0);
        json_end_object(json);
    }
    json_end_array(json);
    json_end_object(json);
}

/* ---- movers ---------------------------------------------------------------------------------------------------- */

static void movers_json(struct json_writer *json, const struct report *report)
{
    if (!report->have_movers) {
        json_text(json, "movers", NULL);
        return;
    }
    struct sink text = {.descriptor = -1};
    struct diff shown = report->since;
    shown.look.format = FORMAT_CSV; /* any but lines and indented */
    shown.mover_count = shown.mover_count < REPORT_MOVERS ? shown.mover_count : REPORT_MOVERS;
    diff_json(&shown, &text);
    json_integer(json, "mover_count", report->since.mover_count);
    json->sink->failed = json->sink->failed || text.failed;
    json_raw(json, "movers", text.bytes, text.used);
    sink_release(&text);
}

/* ---- the whole ------------------------------------------------------------------------------------------------- */

void report_data(const struct report *report, struct sink *sink)
{
    struct json_writer json = {.sink = sink, .compact = true};
    json_object(&json, NULL);
    json_text(&json, "version", TOLMUUR_VERSION);
    json_boolean(&json, "of_run", report->of_run);
    json_text(&json, "path", report->path);
    json_boolean(&json, "have_book", report->have_book);
    json_text(&json, "reason", report->have_book ? NULL : report->reason);
    json_integer(&json, "top", report->top);
    scenarios_json(&json, report);
    json_integer(&json, "scenario", report->scenario);
    json_array(&json, "pages");
    for (size_t i = 0; i < report->page_count; i++) {
        json_text(&json, NULL, report->page[i].id);
    }
    json_end_array(&json);
    if (report->of_run) {
        run_json(&json, report);
        json_integer(&json, "firm_count", report->firm_count);
        totals_json(&json, report);
        groups_json(&json, "all", report, report->all, 1);
        groups_json(&json, "bands", report, report->band, TOL_BAND_NONE + 1);
        groups_json(&json, "concentration", report, report->concentration, REPORT_HHI_CLASSES);
        sectors_json(&json, report);
        flows_json(&json, report);
        table_json(&json, report);
        points_json(&json, report);
        draws_json(&json, report);
        movers_json(&json, report);
    }
    json_end_object(&json);
}
