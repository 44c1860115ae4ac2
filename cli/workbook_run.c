#include "number.h"
#include "score_job.h"
#include "version.h"
#include "workbook.h"
#include "workbook_columns.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct tol_workbook_column run_columns[] = {
    {"about", false}, {"name", false}, {"value", false}, {"unit", false}, {"meaning", false}};
enum { RUN_COLUMNS = sizeof run_columns / sizeof run_columns[0] };

/* Rows of the sheet Run as they are written: after a fault nothing more is. */
struct run_sheet {
    struct tol_workbook *workbook;
    enum tol_status status;
    struct tol_error *error;
};

static void put(struct run_sheet *sheet, const char *about, const char *name, struct tol_workbook_cell value,
                const char *unit, const char *meaning)
{
    const struct tol_workbook_cell cells[RUN_COLUMNS] = {
        {.text = about}, {.text = name}, value, {.text = unit}, {.text = meaning}};
    if (sheet->status == TOL_OK) {
        sheet->status = tol_workbook_row(sheet->workbook, cells, sheet->error);
    }
}

static void put_text(struct run_sheet *sheet, const char *about, const char *name, const char *text,
                     const char *meaning)
{
    put(sheet, about, name, (struct tol_workbook_cell){.text = text}, "text", meaning);
}

static void put_number(struct run_sheet *sheet, const char *about, const char *name, double number, const char *unit,
                       const char *meaning)
{
    put(sheet, about, name, (struct tol_workbook_cell){.style = TOL_CELL_PLAIN, .number = number}, unit, meaning);
}

static void put_count(struct run_sheet *sheet, const char *about, const char *name, uint64_t count, const char *unit,
                      const char *meaning)
{
    put(sheet, about, name, (struct tol_workbook_cell){.style = TOL_CELL_AMOUNT, .number = (double)count}, unit,
        meaning);
}

static void put_day(struct run_sheet *sheet, const char *about, const char *name, tol_day day, const char *meaning)
{
    put(sheet, about, name, (struct tol_workbook_cell){.style = TOL_CELL_DAY, .number = day}, "date", meaning);
}

/* ---- what was asked -------------------------------------------------------------------------------------------- */

static void put_scenario(struct run_sheet *sheet, const char *about, const struct tol_scenario *scenario)
{
    char text[64];
    snprintf(text, sizeof text, "law %s", tol_law_version(scenario->law));
    put_day(sheet, about, scenario->name, scenario->on, text);
}

static void put_worlds(struct run_sheet *sheet, const struct score_job *job)
{
    tol_day first, last;
    const struct text_list *files = &job->options->value[OPTION_SCENARIOS];
    if (job->worlds.took_today) {
        put_day(sheet, "run", "day", job->session.today, "day of the run, taken where no day was given");
    }
    tol_law_coverage(job->session.law, &first, &last);
    put_text(sheet, "law", "version", tol_law_version(job->session.law), "hash over the law tables");
    put_day(sheet, "law", "first_day", first, "first day that the tables cover");
    put_day(sheet, "law", "last_day", last, "last day that the tables cover");
    put_scenario(sheet, "baseline", &job->worlds.baseline);
    for (size_t i = 0; i < job->worlds.count; i++) {
        put_scenario(sheet, "scenario", &job->worlds.scenario[i]);
    }
    for (size_t i = 0; i < files->count; i++) {
        put_text(sheet, "scenario file", NULL, files->text[i], "as given");
    }
}

/* Those that are not as they would be unasked. */
static void put_settings(struct run_sheet *sheet, const struct tol_settings *settings)
{
    const struct tol_settings usual = tol_settings_default();
    double value = 0, default_value = 0;
    const char *name;
    for (size_t i = 0; (name = settings_number(settings, i, &value)) != NULL; i++) {
        (void)settings_number(&usual, i, &default_value);
        if (value != default_value && !(isnan(value) && isnan(default_value))) {
            put_number(sheet, "setting", name, value, "number", "not the default");
        }
    }
    bool other_edges = false;
    for (size_t i = 0; i < 4; i++) {
        other_edges = other_edges || settings->band_edge[i] != usual.band_edge[i];
    }
    if (other_edges) {
        char edges[4 * NUMBER_TEXT_SIZE] = "", text[NUMBER_TEXT_SIZE];
        for (size_t i = 0, used = 0; i < 4; i++) {
            text[number_format(settings->band_edge[i], text)] = '\0';
            used += (size_t)snprintf(edges + used, sizeof edges - used, "%s%s", i > 0 ? ":" : "", text);
        }
        put_text(sheet, "setting", "band_edges", edges, "not the default");
    }
    put_text(sheet, "setting", "assume", tol_assume_name(settings->assume), "what a fact that is not given counts as");
    put_text(sheet, "setting", "horizon", tol_horizon_name(settings->horizon),
             "how far customers and prices have moved");
    if (settings->tiers == TOL_TIERS_ALL) {
        put_text(sheet, "setting", "tiers", "all", "tiers of named customers and suppliers that are followed");
    } else {
        put_count(sheet, "setting", "tiers", settings->tiers, "tiers", "of named customers and suppliers");
    }
}

static void put_draws(struct run_sheet *sheet, const struct tol_draw_options *draws)
{
    char seed[32];
    put_count(sheet, "draws", "draws", draws->count, "draws", "0: none were asked for");
    if (draws->count > 0) { /* as text: a spreadsheet keeps fifteen digits */
        snprintf(seed, sizeof seed, "%llu", (unsigned long long)draws->seed);
        put_text(sheet, "draws", "seed", seed, "of the random numbers");
    }
}

static void put_book(struct run_sheet *sheet, const struct score_job *job)
{
    const struct tol_book *book = job->book;
    char identity[32];
    snprintf(identity, sizeof identity, "%016llx", (unsigned long long)tol_book_identity(book));
    put_text(sheet, "book", "path", job->options->argument.text[0], "as given");
    put_text(sheet, "book", "identity", identity, "XXH3 over the checksums of its sections");
    put_count(sheet, "book", "firms", book->firm_count, "firms", "firms of the book");
    put_count(sheet, "book", "sales_lines", book->side[TOL_SALES].line_count, "lines", "sales, merged");
    put_count(sheet, "book", "purchase_lines", book->side[TOL_PURCHASES].line_count, "lines", "purchases, merged");
}

/* ---- what it means --------------------------------------------------------------------------------------------- */

static void put_columns(struct run_sheet *sheet)
{
    const struct workbook_column *column;
    for (size_t i = 0; (column = workbook_column_at(i)) != NULL; i++) {
        put(sheet, "column", column->name, (struct tol_workbook_cell){0}, column->unit, column->meaning);
    }
}

enum tol_status workbook_run_sheet(struct tol_workbook *workbook, const struct score_job *job, struct tol_error *error)
{
    struct run_sheet sheet = {workbook, TOL_OK, error};
    sheet.status = tol_workbook_sheet(workbook, "Run", NULL, run_columns, RUN_COLUMNS, error);
    put_text(&sheet, "run", "program", "tolmuur " TOLMUUR_VERSION, "docs/output-columns.md has the formulas");
    put_worlds(&sheet, job);
    put_settings(&sheet, &job->settings);
    put_draws(&sheet, &job->draws.options);
    put_book(&sheet, job);
    put_count(&sheet, "sheet", "Firms", job->top, "firms", "of each scenario, those with the least ebitda_change_eur");
    put_text(&sheet, "sheet", "numbers", "16 digits", "significant digits of every number; CSV and Parquet have all");
    put_columns(&sheet);
    return sheet.status;
}
