/* Every row of a run, once: sums by band, sector and concentration, and the worst firms. */
#include "report.h"

#include "datasets/run_read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIRM_ID = 0, SCENARIO, BAND, BEST_HUB, TEXTS };
static const char *const text_columns[TEXTS] = {"firm_id", "scenario", "band", "best_hub"};
enum { NUMBERS_MOST = 64 };

const double report_hhi_edges[2] = {0.15, 0.25};

const char *report_channel_name(enum report_channel channel)
{
    static const char *const name[REPORT_CHANNEL_COUNT] = {
        "direct_demand", "price_cut", "diversion", "indirect_demand", "direct_cost", "indirect_cost", "ebitda"};
    return channel < REPORT_CHANNEL_COUNT ? name[channel] : "";
}

struct gathering {
    struct report *report;
    uint64_t row; /* of the run, from 0 */
    size_t number_count;
    const char *number[NUMBERS_MOST];
    size_t offset[NUMBERS_MOST]; /* in struct tol_score_row */
};

/* ---- a row ----------------------------------------------------------------------------------------------------- */

static bool is_text(const struct tol_run_text *text, const char *expected)
{
    return strlen(expected) == text->length && memcmp(text->bytes, expected, text->length) == 0;
}

static enum tol_status foreign_row(const struct gathering *gathering, const char *what, struct tol_error *error)
{
    tol_fail(error, TOL_BAD_DATA,
             "row %llu of the run is not of the %s that belongs there; score --replay makes the run again",
             (unsigned long long)gathering->row + 1, what);
    return tol_fail_at(error, TOL_BAD_DATA, gathering->report->path, 0, NULL, NULL);
}

static enum tol_status no_memory(struct tol_error *error)
{
    return tol_fail(error, TOL_NO_MEMORY, "out of memory for the firms of the run");
}

/* Without a book the run's own ids are kept. */
static enum tol_status keep_id(struct report *report, const struct tol_run_text *id, struct tol_error *error)
{
    if (report->id_capacity - report->id_used < id->length) {
        size_t capacity = 2 * report->id_capacity + id->length + 4096;
        char *grown = realloc(report->id_text, capacity);
        if (grown == NULL) {
            return no_memory(error);
        }
        report->id_text = grown;
        report->id_capacity = capacity;
    }
    if ((report->firm_count & (report->firm_count - 1)) == 0) { /* room for twice as many, at every power of two */
        uint64_t *grown = realloc(report->id_start, (2 * report->firm_count + 2) * sizeof *grown);
        if (grown == NULL) {
            return no_memory(error);
        }
        report->id_start = grown;
    }
    memcpy(report->id_text + report->id_used, id->bytes, id->length);
    report->id_start[report->firm_count] = report->id_used;
    report->id_used += id->length;
    report->id_start[report->firm_count + 1] = report->id_used;
    return TOL_OK;
}

/* Rows are firm after firm, in the book's order, and within a firm scenario after scenario. */
static enum tol_status check_place(struct gathering *gathering, const struct tol_run_text *id,
                                   const struct tol_run_text *scenario, struct tol_error *error)
{
    struct report *report = gathering->report;
    uint64_t firm = gathering->row / report->scenario_count;
    size_t place = gathering->row % report->scenario_count;
    if (!is_text(scenario, report_scenario(report, place))) {
        return foreign_row(gathering, "scenario", error);
    }
    if (place > 0) {
        char first[256];
        report_firm_id(report, firm, first, sizeof first);
        return is_text(id, first) ? TOL_OK : foreign_row(gathering, "firm", error);
    }
    if (report->have_book) {
        char expected[256] = "";
        if (firm < report_side(report)->book->firm_count) {
            tol_book_firm_id(report_side(report)->book, firm, expected, sizeof expected);
        }
        if (!is_text(id, expected)) {
            return foreign_row(gathering, "firm", error);
        }
    } else {
        enum tol_status status = keep_id(report, id, error);
        if (status != TOL_OK) {
            return status;
        }
    }
    report->firm_count++;
    return TOL_OK;
}

static uint8_t band_of(const struct tol_run_text *text)
{
    return text->length == 1 && text->bytes[0] >= 'A' && text->bytes[0] < 'A' + TOL_BAND_NONE
               ? (uint8_t)(text->bytes[0] - 'A')
               : TOL_BAND_NONE;
}

static struct tol_score_row row_of(const struct gathering *gathering, const struct tol_run_chunk *chunk, size_t at)
{
    const struct report *report = gathering->report;
    struct tol_score_row row = {.firm = gathering->row / report->scenario_count,
                                .scenario = (uint32_t)(gathering->row % report->scenario_count),
                                .band = band_of(&chunk->text[BAND][at]),
                                .draw_mean_eur = NAN,
                                .p05 = NAN,
                                .p50 = NAN,
                                .p95 = NAN,
                                .expected_shortfall = NAN};
    char hub[TOL_COUNTRY_TEXT_SIZE] = "";
    if (chunk->text[BEST_HUB][at].length == sizeof hub - 1) {
        memcpy(hub, chunk->text[BEST_HUB][at].bytes, sizeof hub - 1);
    }
    if (!tol_country_parse(hub, &row.best_hub)) {
        row.best_hub = 0;
    }
    for (size_t i = 0; i < gathering->number_count; i++) {
        memcpy((char *)&row + gathering->offset[i], &chunk->number[i][at], sizeof(double));
    }
    return row;
}

/* ---- sums ------------------------------------------------------------------------------------------------------ */

static double known(double value)
{
    return isnan(value) ? 0 : value;
}

/* What only the book knows of a firm. */
struct firm_figures {
    double loan_eur;
    double purchases_eur; /* as the model takes them: as given, else the sum of the lines */
};

static struct firm_figures figures_of(const struct report *report, uint64_t firm)
{
    if (!report->have_book) {
        return (struct firm_figures){0};
    }
    const struct tol_book *book = report_side(report)->book;
    double given = book->firm_number[TOL_PURCHASES_TOTAL][firm];
    return (struct firm_figures){
        .loan_eur = known(book->firm_number[TOL_LOAN][firm]),
        .purchases_eur = known(isnan(given) ? book->side[TOL_PURCHASES].concentration[firm].total_eur : given)};
}

static void add(struct report_sums *sums, const struct tol_score_row *row, const struct firm_figures *figures)
{
    const double channel[REPORT_CHANNEL_COUNT] = {
        [REPORT_DIRECT_DEMAND] = row->price_cut_eur + row->volume_loss_eur,
        [REPORT_PRICE_CUT] = row->price_cut_eur,
        [REPORT_DIVERSION] = row->diversion_gain_eur,
        [REPORT_INDIRECT_DEMAND] = -row->revenue_eur * row->indirect_demand_loss,
        [REPORT_DIRECT_COST] = -figures->purchases_eur * row->direct_cost_rise,
        [REPORT_INDIRECT_COST] = -figures->purchases_eur * row->indirect_cost_rise,
        [REPORT_EBITDA] = row->ebitda_change_eur,
    };
    sums->firms++;
    sum_add(&sums->revenue_eur, known(row->revenue_eur));
    sum_add(&sums->loan_eur, figures->loan_eur);
    sum_add(&sums->at_risk_eur, fmax(0, -row->ebitda_change_eur));
    sum_add(&sums->at_risk_low_eur, fmax(0, -row->ebitda_change_high_eur));
    sum_add(&sums->at_risk_high_eur, fmax(0, -row->ebitda_change_low_eur));
    sum_add(&sums->gain_eur, fmax(0, row->ebitda_change_eur));
    sum_add(&sums->opportunity_eur, known(row->opportunity_eur));
    sum_add(&sums->hub_gain_eur, fmax(0, row->best_hub_gain_eur));
    for (size_t i = 0; i < REPORT_CHANNEL_COUNT; i++) {
        sum_add(&sums->channel[i], known(channel[i]));
    }
}

static size_t hhi_class(double hhi)
{
    return isnan(hhi)                  ? REPORT_HHI_UNKNOWN
           : hhi < report_hhi_edges[0] ? REPORT_HHI_LOW
           : hhi < report_hhi_edges[1] ? REPORT_HHI_MIDDLE
                                       : REPORT_HHI_HIGH;
}

static void add_row(struct report *report, const struct tol_score_row *row)
{
    const struct firm_figures figures = figures_of(report, row->firm);
    add(&report->all[row->scenario], row, &figures);
    add(&report->band[row->scenario * (TOL_BAND_NONE + 1) + row->band], row, &figures);
    add(&report->concentration[row->scenario * REPORT_HHI_CLASSES + hhi_class(row->hhi_origin)], row, &figures);
    if (report->have_book) {
        size_t sector = report->sector_of[report_side(report)->book->firm_sector[row->firm]];
        add(&report->sector[row->scenario * report->sector_count + sector], row, &figures);
    }
    worst_firms_add(&report->worst, row);
}

static enum tol_status take(void *context, const struct tol_run_chunk *chunk, struct tol_error *error)
{
    struct gathering *gathering = context;
    enum tol_status status = TOL_OK;
    for (size_t i = 0; i < chunk->row_count && status == TOL_OK; i++) {
        status = check_place(gathering, &chunk->text[FIRM_ID][i], &chunk->text[SCENARIO][i], error);
        if (status == TOL_OK) {
            const struct tol_score_row row = row_of(gathering, chunk, i);
            add_row(gathering->report, &row);
            gathering->row++;
        }
    }
    return status;
}

/* ---- the whole ------------------------------------------------------------------------------------------------- */

static enum tol_status sectors_open(struct report *report, struct tol_error *error)
{
    if (!report->have_book) {
        return TOL_OK;
    }
    const struct tol_book *book = report_side(report)->book;
    const struct tol_economy *economy = report_side(report)->session.economy;
    uint32_t industries = tol_economy_industry_count(economy);
    report->sector_count = industries + 1;
    report->sector = calloc(report->scenario_count * report->sector_count, sizeof *report->sector);
    report->sector_of = calloc(book->sector_count + 1, sizeof *report->sector_of);
    if (report->sector == NULL || report->sector_of == NULL) {
        return no_memory(error);
    }
    for (uint32_t i = 0; i < book->sector_count; i++) {
        uint32_t industry = tol_economy_industry_of_sector(economy, tol_book_sector(book, i));
        report->sector_of[i] = industry == TOL_ECONOMY_NONE ? industries : industry;
    }
    return TOL_OK;
}

static enum tol_status sums_open(struct report *report, struct tol_error *error)
{
    size_t count = report->scenario_count;
    report->all = calloc(count, sizeof *report->all);
    report->band = calloc(count * (TOL_BAND_NONE + 1), sizeof *report->band);
    report->concentration = calloc(count * REPORT_HHI_CLASSES, sizeof *report->concentration);
    if (report->all == NULL || report->band == NULL || report->concentration == NULL) {
        return no_memory(error);
    }
    size_t most = REPORT_ROWS / count;
    enum tol_status status = sectors_open(report, error);
    return status == TOL_OK ? worst_firms_open(&report->worst, count, most > 0 ? most : 1, error) : status;
}

static void name_numbers(struct gathering *gathering)
{
    size_t count;
    const struct tol_score_column *column =
        gathering->report->drawn ? tol_score_columns_with_draws(&count) : tol_score_columns(&count);
    for (size_t i = 0; i < count && gathering->number_count < NUMBERS_MOST; i++) {
        if (column[i].kind == TOL_COLUMN_NUMBER) {
            gathering->number[gathering->number_count] = column[i].name;
            gathering->offset[gathering->number_count++] = column[i].offset;
        }
    }
}

static uint64_t three_quarters_of_the_memory(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), bytes = sysconf(_SC_PAGESIZE);
    return pages > 0 && bytes > 0 ? (uint64_t)pages * (uint64_t)bytes / 4 * 3 : UINT64_C(2) << 30;
}

static enum tol_status read_rows(struct report *report, struct tol_error *error)
{
    struct gathering gathering = {.report = report};
    const struct diff_run *run = report_run(report);
    name_numbers(&gathering);
    struct tol_run_read read = {.run = {.file_count = run->part_count, .file = run->part, .name = run->path},
                                .text_count = TEXTS,
                                .text = text_columns,
                                .number_count = gathering.number_count,
                                .number = gathering.number,
                                .threads = tol_run_threads(report->base.workers),
                                .memory_limit_bytes = three_quarters_of_the_memory()};
    enum tol_status status = options_bytes(report->options, OPTION_MEMORY_LIMIT, &read.memory_limit_bytes, error);
    if (status == TOL_OK) {
        status = tol_run_read(&read, take, &gathering, error);
    }
    bool whole = gathering.row == report->firm_count * report->scenario_count && gathering.row > 0 &&
                 (!report->have_book || report->firm_count == report_side(report)->book->firm_count);
    return status == TOL_OK && !whole ? foreign_row(&gathering, "firm", error) : status;
}

enum tol_status report_gather(struct report *report, struct tol_error *error)
{
    enum tol_status status = sums_open(report, error);
    if (status == TOL_OK) {
        status = read_rows(report, error);
    }
    if (status == TOL_OK) {
        worst_firms_sort(&report->worst);
    }
    return status;
}
