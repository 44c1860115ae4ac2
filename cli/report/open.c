/* A run and what it was made from, or a book and the options of the command line. */
#include "report.h"
#include "run_folder.h"
#include "talk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static enum tol_status refuse(const struct options *options, const enum option_id *ids, const char *why,
                              struct tol_error *error)
{
    for (size_t i = 0; ids[i] != OPTION_END; i++) {
        if (options_given(options, ids[i]) && options->origin[ids[i]] == NULL) {
            return tol_fail(error, TOL_USAGE, "--%s %s", option_spec(ids[i])->name, why);
        }
    }
    return TOL_OK;
}

/* ---- a run ----------------------------------------------------------------------------------------------------- */

static enum tol_status check_totals(const struct report *report, const char *path, struct tol_error *error)
{
    const struct manifest *manifest = &report->base.run[TOL_RUN_BEFORE].manifest;
    char digest[TOL_SHA256_TEXT_SIZE];
    for (size_t i = 0; i < manifest->output_count; i++) {
        if (strcmp(manifest->output[i].path, RUN_TOTALS) != 0) {
            continue;
        }
        enum tol_status status = tol_sha256_file(path, NULL, digest, error);
        if (status == TOL_OK && strcmp(digest, manifest->output[i].sha256) != 0) {
            tol_fail(error, TOL_BAD_DATA,
                     "the totals were changed: SHA-256 was %s, is %s; score --replay makes the run again",
                     manifest->output[i].sha256, digest);
            status = tol_fail_at(error, TOL_BAD_DATA, path, 0, NULL, NULL);
        }
        return status;
    }
    return tol_fail(error, TOL_BAD_DATA, "the manifest names no " RUN_TOTALS);
}

static enum tol_status read_totals(struct report *report, struct tol_error *error)
{
    char path[4352];
    size_t length = strlen(report->path);
    while (length > 1 && report->path[length - 1] == '/') {
        length--;
    }
    if (snprintf(path, sizeof path, "%.*s/" RUN_TOTALS, (int)length, report->path) >= (int)sizeof path) {
        return tol_fail(error, TOL_USAGE, "the name of the run is too long");
    }
    enum tol_status status = check_totals(report, path, error);
    return status == TOL_OK ? totals_read(&report->totals, path, report->scenario_count, error) : status;
}

static bool run_has_draws(const struct manifest *manifest)
{
    for (size_t i = 0; i < manifest->option_count; i++) {
        if (strcmp(manifest->option[i].name, option_spec(OPTION_DRAWS)->name) == 0) {
            return true;
        }
    }
    return false;
}

/* The inputs of the run, when they are there as they were. Lack of memory and an interrupt end the command; all else leaves parts of the page out. */
static enum tol_status open_inputs(struct report *report, struct tol_error *error)
{
    struct tol_error fault = {0};
    enum tol_status status = diff_side_open(&report->base, TOL_RUN_BEFORE, &fault);
    const struct diff_side *side = report_side(report);
    if (status == TOL_OK) {
        status = draws_read(&report->draws, &side->options, &side->worlds, &fault);
    }
    report->have_book = status == TOL_OK;
    if (status == TOL_NO_MEMORY || status == TOL_TRY_AGAIN) {
        *error = fault;
        return status;
    }
    if (status != TOL_OK) {
        snprintf(report->reason, sizeof report->reason, "%s%s%s", fault.file, fault.file[0] != '\0' ? ": " : "",
                 fault.message);
        talk_note("names, sectors, flows of duty and firms' pages are left out, since they need what the run was made "
                  "from: %s",
                  report->reason);
    }
    return TOL_OK;
}

static enum tol_status open_run(struct report *report, struct tol_error *error)
{
    static const enum option_id settled[] = {OPTION_ON,     OPTION_SCENARIOS, OPTION_BASELINE, OPTION_SETTINGS,
                                             OPTION_ASSUME, OPTION_HORIZON,   OPTION_TIERS,    OPTION_DRAWS,
                                             OPTION_SEED,   OPTION_TABLES,    OPTION_END};
    report->of_run = true;
    enum tol_status status =
        refuse(report->options, settled, "is settled by the run; give it with a book and --firm instead", error);
    if (status == TOL_OK) {
        status = diff_run_open(report_run(report), report->path, report->base.workers, error);
    }
    if (status != TOL_OK) {
        return status;
    }
    report->scenario_count = report_run(report)->world_count;
    report->drawn = run_has_draws(&report_run(report)->manifest);
    status = read_totals(report, error);
    return status == TOL_OK ? open_inputs(report, error) : status;
}

/* ---- a book ---------------------------------------------------------------------------------------------------- */

static enum tol_status open_book(struct report *report, struct tol_error *error)
{
    static const enum option_id of_runs[] = {OPTION_SINCE, OPTION_FIRMS, OPTION_PAIR, OPTION_THRESHOLD, OPTION_END};
    const struct options *options = report->options;
    struct diff_side *side = &report->base.side[TOL_RUN_BEFORE];
    enum tol_status status = tol_book_open(report->path, &side->book, error);
    if (status == TOL_BAD_DATA) {
        const struct tol_error why = *error;
        tol_fail(error, TOL_BAD_DATA,
                 "this is no run (a folder that score -o RUN/ writes), and cannot be read as a book: %.400s",
                 why.message);
        return tol_fail_at(error, TOL_BAD_DATA, report->path, 0, NULL, NULL);
    }
    if (status == TOL_OK) {
        status = refuse(options, of_runs, "is about a run; name the folder that score -o RUN/ wrote", error);
    }
    if (status == TOL_OK && !options_given(options, OPTION_FIRM)) {
        status = tol_fail(error, TOL_USAGE,
                          "of a book, name the firms with --firm ID; a report of all firms is made from a run: "
                          "tolmuur score %.200s -o RUN/",
                          report->path);
    }
    if (status == TOL_OK) {
        status = session_open(&side->session, options, SESSION_FIRM, error);
    }
    if (status == TOL_OK) {
        status = worlds_read(&side->worlds, options, &side->session, error);
    }
    if (status == TOL_OK) {
        status = settings_read(options, &side->settings, error);
    }
    if (status == TOL_OK) {
        status = draws_read(&report->draws, options, &side->worlds, error);
    }
    report->have_book = true;
    report->scenario_count = side->worlds.count;
    report->drawn = report->draws.options.count > 0;
    return status;
}

/* --scenario by name, else by number from 1. */
static enum tol_status read_scenario(struct report *report, struct tol_error *error)
{
    const char *wanted = options_text(report->options, OPTION_SCENARIO);
    char known[300] = "", *end = NULL;
    size_t used = 0;
    for (size_t i = 0; wanted != NULL && i < report->scenario_count; i++) {
        const char *name = report_scenario(report, i);
        if (strcmp(name, wanted) == 0) {
            report->scenario = i;
            return TOL_OK;
        }
        if (used < sizeof known) {
            used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", i > 0 ? ", " : "", name);
        }
    }
    unsigned long number = wanted == NULL ? 1 : strtoul(wanted, &end, 10);
    if (wanted != NULL &&
        (wanted[0] < '0' || wanted[0] > '9' || *end != '\0' || number < 1 || number > report->scenario_count)) {
        return tol_fail(error, TOL_USAGE, "--scenario %.63s is neither a scenario nor its number from 1; there are %s",
                        wanted, known);
    }
    report->scenario = number - 1;
    return TOL_OK;
}

enum tol_status report_open(struct report *report, struct tol_error *error)
{
    struct stat about;
    report->path = report->options->argument.text[0];
    if (stat(report->path, &about) != 0) {
        tol_fail(error, TOL_NO_INPUT, "cannot be opened: %s", strerror(errno));
        return tol_fail_at(error, TOL_NO_INPUT, report->path, 0, NULL, NULL);
    }
    enum tol_status status = S_ISDIR(about.st_mode) ? open_run(report, error) : open_book(report, error);
    return status == TOL_OK ? read_scenario(report, error) : status;
}

/* ---- names ----------------------------------------------------------------------------------------------------- */

const char *report_scenario(const struct report *report, size_t scenario)
{
    return report->of_run ? report->base.run[TOL_RUN_BEFORE].world[scenario].name
                          : report_side(report)->worlds.scenario[scenario].name;
}

void report_scenario_day(const struct report *report, size_t scenario, char text[TOL_DAY_TEXT_SIZE])
{
    if (report->of_run) {
        snprintf(text, TOL_DAY_TEXT_SIZE, "%.10s", report->base.run[TOL_RUN_BEFORE].world[scenario].day);
    } else {
        tol_day_format(report_side(report)->worlds.scenario[scenario].on, text);
    }
}

void report_firm_id(const struct report *report, uint64_t firm, char *text, size_t size)
{
    if (report->have_book) {
        tol_book_firm_id(report_side(report)->book, firm, text, size);
        return;
    }
    uint64_t start = report->id_start[firm], length = report->id_start[firm + 1] - start;
    snprintf(text, size, "%.*s", (int)length, report->id_text + start);
}

void report_firm_name(const struct report *report, uint64_t firm, char *text, size_t size)
{
    text[0] = '\0';
    if (report->have_book) {
        tol_book_firm_name(report_side(report)->book, firm, text, size);
    }
}

const char *report_sector_title(const struct report *report, size_t sector)
{
    return sector + 1 < report->sector_count
               ? tol_economy_industry_title(report_side(report)->session.economy, (uint32_t)sector)
               : "";
}

/* ---- the end --------------------------------------------------------------------------------------------------- */

static void release_flow(struct report_flow *flow)
{
    for (int layer = REPORT_SECTOR; layer < REPORT_LAYERS; layer++) {
        free(flow->node[layer]);
    }
    for (size_t step = 0; step + 1 < REPORT_LAYERS; step++) {
        free(flow->link[step]);
    }
}

void report_release(struct report *report)
{
    for (size_t i = 0; i < report->page_count; i++) {
        free(report->page[i].json);
    }
    free(report->page);
    for (size_t i = 0; report->flow != NULL && i < report->scenario_count; i++) {
        release_flow(&report->flow[i]);
    }
    free(report->flow);
    diff_release(&report->since);
    worst_firms_release(&report->worst);
    free(report->id_start);
    free(report->id_text);
    free(report->sector_of);
    free(report->sector);
    free(report->concentration);
    free(report->band);
    free(report->all);
    totals_read_release(&report->totals);
    draws_release(&report->draws);
    diff_release(&report->base);
    tol_run_destroy(report->base.workers);
}
