#include "workbook.h"

#include "score_job.h"
#include "talk.h"
#include "workbook_columns.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { TOP_DEFAULT = 1000, NAME_SIZE = 1024, FIRM_ID_SIZE = 256 };

bool workbook_is_named(const char *output)
{
    const char *dot = output == NULL ? NULL : strrchr(output, '.');
    return dot != NULL && strcasecmp(dot, ".xlsx") == 0;
}

enum tol_status workbook_read(struct score_job *job, struct tol_error *error)
{
    const struct options *options = job->options;
    job->to_workbook = workbook_is_named(job->output) && !job->database;
    if (!job->to_workbook) {
        bool typed = options_given(options, OPTION_TOP) && options->origin[OPTION_TOP] == NULL;
        return typed ? tol_fail(error, TOL_USAGE, "--top is about a workbook; name one, such as -o summary.xlsx")
                     : TOL_OK;
    }
    job->top = TOP_DEFAULT;
    enum tol_status status = options_count(options, OPTION_TOP, TOL_WORKBOOK_ROWS_MOST, &job->top, error);
    return status == TOL_OK ? tol_workbook_check(job->output, error) : status;
}

/* ---- does it fit ----------------------------------------------------------------------------------------------- */

enum tol_status workbook_check(struct score_job *job, struct tol_error *error)
{
    if (!job->to_workbook) {
        return TOL_OK;
    }
    uint64_t scenarios = job->worlds.count, firms = job->book->firm_count;
    job->top = job->top == 0 || job->top > firms ? firms : job->top;
    if (job->top * scenarios > TOL_WORKBOOK_ROWS_MOST) {
        return tol_fail(error, TOL_USAGE,
                        "%llu firms of %llu scenarios do not fit on a sheet, which has %llu rows: --top %llu does",
                        (unsigned long long)job->top, (unsigned long long)scenarios,
                        (unsigned long long)TOL_WORKBOOK_ROWS_MOST,
                        (unsigned long long)(TOL_WORKBOOK_ROWS_MOST / scenarios));
    }
    if (job->book->sector_count * scenarios > TOL_WORKBOOK_ROWS_MOST) {
        return tol_fail(error, TOL_USAGE,
                        "%u sectors of %llu scenarios do not fit on a sheet, which has %llu rows: score fewer "
                        "scenarios at once",
                        (unsigned)job->book->sector_count, (unsigned long long)scenarios,
                        (unsigned long long)TOL_WORKBOOK_ROWS_MOST);
    }
    return TOL_OK;
}

/* ---- rows ------------------------------------------------------------------------------------------------------ */

enum tol_status workbook_rows(struct score_job *job, struct score_stream *stream, struct tol_error *error)
{
    const struct tol_score_row *rows;
    size_t count = 1;
    enum tol_status status = worst_firms_open(&job->worst, job->worlds.count, (size_t)job->top, error);
    if (status == TOL_OK) {
        status = tol_workbook_create(job->output, "Tariff exposure of a portfolio, by tolmuur",
                                     job->worlds.scenario[0].on, &job->workbook, error);
    }
    while (status == TOL_OK && count > 0) {
        status = score_stream_next(stream, UINT64_MAX, &rows, &count, error);
        for (size_t i = 0; status == TOL_OK && i < count; i++) {
            worst_firms_add(&job->worst, &rows[i]);
        }
    }
    if (status == TOL_OK) {
        worst_firms_sort(&job->worst);
    }
    return status;
}

void workbook_release(struct score_job *job)
{
    worst_firms_release(&job->worst);
    tol_workbook_abandon(job->workbook);
    job->workbook = NULL;
}

/* ---- cells ----------------------------------------------------------------------------------------------------- */

static struct tol_workbook_cell text_cell(const char *text)
{
    return (struct tol_workbook_cell){.style = TOL_CELL_TEXT, .text = text};
}

static struct tol_workbook_cell number_cell(enum tol_workbook_style style, double number)
{
    return (struct tol_workbook_cell){.style = style, .number = number};
}

/* Columns of a sheet, in order. */
struct sheet_columns {
    size_t count;
    struct tol_workbook_column column[TOL_WORKBOOK_COLUMNS_MOST];
    enum tol_workbook_style style[TOL_WORKBOOK_COLUMNS_MOST];
};

static void add_column(struct sheet_columns *columns, const char *name)
{
    const struct workbook_column *known = workbook_column_named(name);
    columns->style[columns->count] = known == NULL ? TOL_CELL_PLAIN : known->style;
    columns->column[columns->count++] = (struct tol_workbook_column){name, strcmp(name, "band") == 0};
}

/* ---- totals ---------------------------------------------------------------------------------------------------- */

static void totals_columns(struct sheet_columns *columns, const struct totals *totals, bool draws)
{
    *columns = (struct sheet_columns){0};
    if (totals->by != TOTALS_ALL) {
        add_column(columns, totals_by_name(totals->by));
    }
    add_column(columns, "scenario");
    add_column(columns, "on");
    for (size_t i = 0; totals_figure_name(i) != NULL && (draws || !totals_figure_is_drawn(i)); i++) {
        add_column(columns, totals_figure_name(i));
    }
    add_column(columns, "law_version");
}

static enum tol_status totals_row(struct tol_workbook *workbook, const struct score_job *job,
                                  const struct totals *totals, size_t group, size_t scenario,
                                  const struct sheet_columns *columns, struct tol_error *error)
{
    struct tol_workbook_cell cells[TOL_WORKBOOK_COLUMNS_MOST];
    const struct tol_scenario *world = &job->worlds.scenario[scenario];
    char text[TOL_COUNTRY_TEXT_SIZE];
    size_t used = 0;
    if (totals->by != TOTALS_ALL) {
        cells[used++] = text_cell(totals_group_name(totals->by, job->book, group, text));
    }
    cells[used++] = text_cell(world->name);
    cells[used++] = number_cell(TOL_CELL_DAY, world->on);
    for (size_t figure = 0; used + 1 < columns->count; figure++, used++) {
        cells[used] = number_cell(columns->style[used], totals_figure(totals, group, scenario, figure));
    }
    cells[used] = text_cell(tol_law_version(world->law));
    return tol_workbook_row(workbook, cells, error);
}

static enum tol_status totals_sheet(struct tol_workbook *workbook, const struct score_job *job, enum totals_by by,
                                    struct tol_error *error)
{
    static const char *const names[TOTALS_BY_COUNT] = {"Portfolio", "Sectors", "Countries", "Bands"};
    const struct totals *totals = &job->totals.of[by];
    struct sheet_columns columns;
    totals_columns(&columns, totals, by == TOTALS_ALL && job->draws.options.count > 0);
    enum tol_status status = tol_workbook_sheet(workbook, names[by], NULL, columns.column, columns.count, error);
    for (size_t i = 0; i < totals->group_count * totals->scenario_count && status == TOL_OK; i++) {
        if (totals->group[i].firms > 0) {
            status = totals_row(workbook, job, totals, i / totals->scenario_count, i % totals->scenario_count, &columns,
                                error);
        }
    }
    return status;
}

/* ---- firms ----------------------------------------------------------------------------------------------------- */

static const char *const firm_columns[] = {"rank", "firm_id", "name", "country", "sector", "loan_eur"};
enum { FIRM_COLUMNS = sizeof firm_columns / sizeof firm_columns[0] };

static struct tol_workbook_cell score_cell(struct score_job *job, const struct tol_score_row *row,
                                           const struct tol_score_column *column, enum tol_workbook_style style)
{
    if (column->kind == TOL_COLUMN_ON) {
        return number_cell(style, job->worlds.scenario[row->scenario].on);
    }
    return column->kind == TOL_COLUMN_NUMBER ? number_cell(style, score_number(row, column))
                                             : text_cell(score_text(&job->texts, row, column));
}

static enum tol_status firm_row(struct tol_workbook *workbook, struct score_job *job, const struct tol_score_row *row,
                                size_t rank, const struct sheet_columns *columns, struct tol_error *error)
{
    struct tol_workbook_cell cells[TOL_WORKBOOK_COLUMNS_MOST];
    const struct tol_book *book = job->book;
    char id[FIRM_ID_SIZE], name[NAME_SIZE], country[TOL_COUNTRY_TEXT_SIZE];
    size_t count, used = 0;
    const struct tol_score_column *scored = score_columns(&job->texts, &count);
    tol_book_firm_id(book, row->firm, id, sizeof id);
    tol_book_firm_name(book, row->firm, name, sizeof name);
    tol_country_format(book->firm_country[row->firm], country);
    cells[used++] = number_cell(TOL_CELL_AMOUNT, (double)rank);
    cells[used++] = text_cell(id);
    cells[used++] = text_cell(name);
    cells[used++] = text_cell(country);
    cells[used++] = text_cell(tol_book_sector(book, book->firm_sector[row->firm]));
    cells[used++] = number_cell(TOL_CELL_AMOUNT, book->firm_number[TOL_LOAN][row->firm]);
    for (size_t i = 0; i < count; i++) {
        if (scored[i].kind != TOL_COLUMN_FIRM_ID) {
            cells[used] = score_cell(job, row, &scored[i], columns->style[used]);
            used++;
        }
    }
    return tol_workbook_row(workbook, cells, error);
}

static void firms_columns(struct sheet_columns *columns, const struct score_texts *texts)
{
    size_t count;
    const struct tol_score_column *scored = score_columns(texts, &count);
    *columns = (struct sheet_columns){0};
    for (size_t i = 0; i < FIRM_COLUMNS; i++) {
        add_column(columns, firm_columns[i]);
    }
    for (size_t i = 0; i < count; i++) {
        if (scored[i].kind != TOL_COLUMN_FIRM_ID) {
            add_column(columns, scored[i].name);
        }
    }
}

static enum tol_status firms_sheet(struct tol_workbook *workbook, struct score_job *job, struct tol_error *error)
{
    char caption[160];
    struct sheet_columns columns;
    snprintf(caption, sizeof caption, "The %llu of %llu firms with the least ebitda_change_eur in each scenario",
             (unsigned long long)job->top, (unsigned long long)job->book->firm_count);
    firms_columns(&columns, &job->texts);
    enum tol_status status = tol_workbook_sheet(workbook, "Firms", caption, columns.column, columns.count, error);
    for (size_t scenario = 0; scenario < job->worlds.count && status == TOL_OK; scenario++) {
        size_t count;
        const struct tol_score_row *rows = worst_firms_of(&job->worst, scenario, &count);
        for (size_t i = 0; i < count && status == TOL_OK; i++) {
            status = firm_row(workbook, job, &rows[i], i + 1, &columns, error);
        }
        if (status == TOL_OK && talk_signal() != 0) {
            status = tol_fail(error, TOL_TRY_AGAIN, "interrupted; nothing was left behind");
        }
    }
    return status;
}

/* ---- all of it ------------------------------------------------------------------------------------------------- */

enum tol_status workbook_publish(struct score_job *job, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    for (int by = TOTALS_ALL; by < TOTALS_BY_COUNT && status == TOL_OK; by++) {
        status = totals_sheet(job->workbook, job, (enum totals_by)by, error);
    }
    if (status == TOL_OK) {
        status = firms_sheet(job->workbook, job, error);
    }
    if (status == TOL_OK) {
        status = workbook_run_sheet(job->workbook, job, error);
    }
    if (status != TOL_OK) {
        return status;
    }
    struct tol_workbook *workbook = job->workbook;
    job->workbook = NULL;
    return tol_workbook_publish(workbook, error);
}
