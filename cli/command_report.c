/* report: a run as one page for people who decide. */
#include "command.h"
#include "report/report.h"
#include "talk.h"
#include "workers.h"

#include <string.h>
#include <strings.h>

static const char *const format_name[] = {"html", "pdf", "png"};
enum { FORMATS = sizeof format_name / sizeof format_name[0] };

/* --format, else the ending of -o, else HTML. */
static enum tol_status read_format(const struct options *options, enum report_format *format, struct tol_error *error)
{
    const char *output = options_text(options, OPTION_OUTPUT), *given = options_text(options, OPTION_FORMAT);
    const char *dot = output == NULL ? NULL : strrchr(output, '.');
    *format = REPORT_HTML;
    for (int i = 0; i < FORMATS; i++) {
        if (given != NULL ? strcmp(given, format_name[i]) == 0
                          : dot != NULL && strcasecmp(dot + 1, format_name[i]) == 0) {
            *format = (enum report_format)i;
            return TOL_OK;
        }
    }
    if (given != NULL) {
        return tol_fail(error, TOL_USAGE, "--format %.40s is not one of: %s", given, command_report.formats);
    }
    const char *slash = output == NULL ? NULL : strrchr(output, '/');
    bool named = dot != NULL && (slash == NULL || dot > slash) && strcasecmp(dot, ".htm") != 0;
    return named
               ? tol_fail(error, TOL_USAGE, "-o %.200s: a report ends in .html, .pdf or .png; or give --format", output)
               : TOL_OK;
}

static enum tol_status make(struct report *report, struct tol_error *error)
{
    enum tol_status status = report_open(report, error);
    if (status == TOL_OK && report->of_run) {
        status = report_gather(report, error);
    }
    if (status == TOL_OK && report->of_run && report->have_book) {
        status = report_flows(report, error);
    }
    if (status == TOL_OK) {
        status = report_explain_firms(report, error);
    }
    return status == TOL_OK ? report_movers(report, error) : status;
}

static void tell(const struct report *report, const struct sink *page)
{
    char size[32];
    talk_bytes(page->used, size, sizeof size);
    talk_note("%s: %zu scenario%s, %zu page%s of firms, %s", report->path, report->scenario_count,
              report->scenario_count == 1 ? "" : "s", report->page_count, report->page_count == 1 ? "" : "s", size);
}

static enum tol_status write(const struct report *report, const char *browser, enum report_format format,
                             struct tol_error *error)
{
    struct sink page = {.descriptor = -1}, sink;
    const char *output = options_text(report->options, OPTION_OUTPUT);
    enum tol_status status = report_page(report, &page, error);
    if (status == TOL_OK) {
        status = sink_flush(&page, error);
    }
    if (status == TOL_OK) {
        status = sink_open(&sink, output != NULL ? output : "-", error);
    }
    if (status != TOL_OK) {
        sink_release(&page);
        return status;
    }
    if (format == REPORT_HTML) {
        sink_bytes(&sink, page.bytes, page.used);
    } else {
        status = report_browser_print(browser, &page, format, &sink, error);
    }
    if (status == TOL_OK) {
        status = sink_close(&sink, error);
    } else {
        sink_release(&sink);
    }
    if (status == TOL_OK) {
        tell(report, &page);
    }
    sink_release(&page);
    return status;
}

static enum tol_status run(const struct options *options, struct tol_error *error)
{
    struct report report = {.options = options, .base = {.options = options}, .top = REPORT_PARTS};
    enum report_format format;
    char browser[512];
    enum tol_status status = read_format(options, &format, error);
    if (status == TOL_OK) {
        status = options_count(options, OPTION_TOP, UINT32_MAX, &report.top, error);
    }
    if (status == TOL_OK) {
        status = refuse_special(options_text(options, OPTION_OUTPUT), error);
    }
    if (status == TOL_OK && format != REPORT_HTML) {
        status = report_browser_find(browser, sizeof browser, error);
    }
    if (status == TOL_OK) {
        talk_catch_signals();
        status = workers_start(options, &report.base.workers, error);
    }
    if (status == TOL_OK) {
        status = make(&report, error);
    }
    if (status == TOL_OK) {
        status = write(&report, browser, format, error);
    }
    report_release(&report);
    return status;
}

const struct command command_report = {
    .name = "report",
    .summary = "a run as one page: charts, tables, and every worst firm explained",
    .usage =
        "RUN [--since RUN_A] [--firm ID]... [--firms N] [--scenario NAME|N] [-o FILE] | BOOK --firm ID [--on DATE]...",
    .examples = "  tolmuur report runs/tonight/ -o report.html\n"
                "  tolmuur report runs/tonight/ --since runs/yesterday/ --firms 50 -o report.html\n"
                "  tolmuur report runs/tonight/ --firm NL-0001 --firm NL-0002 -o report.pdf\n"
                "  tolmuur report portfolio.book --firm NL-0001 --on 2025-08-07 -o firm.html\n",
    .text =
        "One file that asks nothing of any other place and can be mailed, printed and kept: value at risk by band, "
        "sectors and\n"
        "channels, flows of duty, scenarios, movers, draws, the worst firms, and for some of them the answer of "
        "`firm`. Names,\n"
        "sectors and explanations need the book that the run was made from. PDF and PNG are printed by Chromium, under "
        "one scenario:\n"
        "the first, or that of --scenario by name or number. docs/report.md.\n",
    .options =
        (const enum option_id[]){OPTION_FIRM,      OPTION_FIRMS,  OPTION_SINCE,        OPTION_TOP,      OPTION_PAIR,
                                 OPTION_THRESHOLD, OPTION_ON,     OPTION_SCENARIOS,    OPTION_SCENARIO, OPTION_BASELINE,
                                 OPTION_SETTINGS,  OPTION_ASSUME, OPTION_HORIZON,      OPTION_TIERS,    OPTION_DRAWS,
                                 OPTION_SEED,      OPTION_OUTPUT, OPTION_MEMORY_LIMIT, OPTION_THREADS,  OPTION_NO_PIN,
                                 OPTION_ISA,       OPTION_TABLES, OPTION_FORMAT,       OPTION_END},
    .formats = "html pdf png",
    .least_arguments = 1,
    .most_arguments = 1,
    .run = run,
};
