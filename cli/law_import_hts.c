/* law import-hts: an official archive of the US schedule into a folder of law tables. */
#include "law_command.h"
#include "render_table.h"

#include "datasets/hts.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FOLDER_SIZE = 4096, CHANGES_SHOWN = 20 };

/* The folder with coverage.csv: the one named, or `law` in it. */
static enum tol_status find_law_folder(const char *named, char folder[FOLDER_SIZE], struct tol_error *error)
{
    static const char *const inside[] = {"", "/law"};
    for (size_t i = 0; i < 2; i++) {
        char path[FOLDER_SIZE + 16];
        if (snprintf(folder, FOLDER_SIZE, "%s%s", named, inside[i]) < FOLDER_SIZE) {
            snprintf(path, sizeof path, "%s/coverage.csv", folder);
            if (access(path, F_OK) == 0) {
                return TOL_OK;
            }
        }
    }
    tol_fail(error, TOL_NO_INPUT,
             "no law tables there (no coverage.csv); name a copy of the shipped folder tables, or its folder law");
    return tol_fail_at(error, TOL_NO_INPUT, named, 0, NULL, NULL);
}

static enum tol_status read_import(const struct options *options, char folder[FOLDER_SIZE],
                                   struct tol_hts_import *import, struct tol_error *error)
{
    *import = (struct tol_hts_import){.archive = options->argument.text[1], .until = TOL_DAY_MAX};
    if (!options_given(options, OPTION_TABLES)) {
        return tol_fail(error, TOL_USAGE, "--tables is missing; name the folder of law tables to change");
    }
    if (!options_given(options, OPTION_FROM)) {
        return tol_fail(error, TOL_USAGE,
                        "--from is missing: an archive does not say of which day it is; give the day its edition took "
                        "effect, such as --from 2026-01-01");
    }
    enum tol_status status = options_day(options, OPTION_FROM, &import->from, error);
    status = status != TOL_OK ? status : options_day(options, OPTION_UNTIL, &import->until, error);
    if (status == TOL_OK && import->until <= import->from) {
        return tol_fail(error, TOL_USAGE, "--until %s is not after --from %s", options_text(options, OPTION_UNTIL),
                        options_text(options, OPTION_FROM));
    }
    status = status != TOL_OK ? status : find_law_folder(options_text(options, OPTION_TABLES), folder, error);
    import->law_folder = folder;
    if (!options_given(options, OPTION_DRY_RUN)) {
        const char *output = options_text(options, OPTION_OUTPUT);
        import->out_folder = output != NULL ? output : folder;
    }
    return status;
}

static void show_counts(struct sink *sink, const struct look *look, const struct tol_hts_report *report)
{
    struct view *view = view_create(look, true);
    view_column(view, "what", COLUMN_LEFT);
    view_column(view, "rate lines", COLUMN_RIGHT);
    view_column(view, "statistical lines", COLUMN_RIGHT);
    for (int kind = 0; kind < TOL_HTS_CHANGE_KINDS; kind++) {
        struct view_line *line = view_line(view, NULL);
        view_cell(line, 0, tol_hts_change_name((enum tol_hts_change_kind)kind));
        view_cell_people(line, 1, (double)report->rate_count[kind], 0);
        view_cell_people(line, 2, (double)report->line_count[kind], 0);
    }
    view_print(view, sink);
}

/* People see what begins, ends or costs another rate; the rest and the long lists are for --format csv. */
static void show_changes(struct sink *sink, const struct tol_hts_report *report)
{
    size_t shown = 0;
    size_t worth = 0;
    for (size_t i = 0; i < report->change_count; i++) {
        const struct tol_hts_change *change = &report->change[i];
        if (change->kind > TOL_HTS_CHANGED_RATE) {
            continue;
        }
        if (worth++ < CHANGES_SHOWN) {
            bool both = change->before[0] != '\0' && change->after[0] != '\0';
            sink_format(sink, "%-8s %-10s  %s%s%s\n", tol_hts_change_name(change->kind), change->code, change->before,
                        both ? "  ->  " : "", change->after);
            shown++;
        }
    }
    if (worth > shown) {
        sink_format(sink, "and %zu more: --format csv has them all\n", worth - shown);
    }
}

static void show_coverage(struct sink *sink, const struct tol_hts_report *report)
{
    char day[TOL_DAY_TEXT_SIZE];
    if (report->base_from_after != report->base_from_before) {
        tol_day_format(report->base_from_after, day);
        sink_format(sink, "base rates now begin on %s\n", day);
    }
}

static enum tol_status show(const struct look *look, const struct tol_hts_report *report, struct tol_error *error)
{
    struct sink sink;
    sink_open_stdout(&sink);
    if (look->format == FORMAT_TABLE) {
        show_counts(&sink, look, report);
        show_changes(&sink, report);
        show_coverage(&sink, report);
        return sink_close(&sink, error);
    }
    sink_text(&sink, "change,hs,before,after\n");
    for (size_t i = 0; i < report->change_count; i++) {
        const struct tol_hts_change *change = &report->change[i];
        sink_format(&sink, "%s,%s,", tol_hts_change_name(change->kind), change->code);
        sink_csv(&sink, change->before);
        sink_text(&sink, ",");
        sink_csv(&sink, change->after);
        sink_text(&sink, "\n");
    }
    return sink_close(&sink, error);
}

static enum tol_status run(const struct options *options, struct tol_error *error)
{
    struct look look;
    struct tol_hts_import import;
    struct tol_hts_report report = {0};
    char folder[FOLDER_SIZE];
    enum tol_status status = look_read(options, "table csv", FORMAT_TABLE, &look, error);
    status = status != TOL_OK ? status : read_import(options, folder, &import, error);
    if (status != TOL_OK) {
        return status;
    }
    status = tol_hts_import(&import, &report, error);
    status = status != TOL_OK ? status : show(&look, &report, error);
    tol_hts_report_release(&report);
    return status;
}

const struct law_subcommand law_import_hts = {
    .name = "import-hts",
    .usage = "ARCHIVE --from DATE [--until DATE] --tables FOLDER [-o FOLDER] [--dry-run]",
    .options = (const enum option_id[]){OPTION_FROM, OPTION_UNTIL, OPTION_TABLES, OPTION_OUTPUT, OPTION_DRY_RUN,
                                        OPTION_FORMAT, OPTION_COLOR, OPTION_END},
    .least_arguments = 1,
    .most_arguments = 1,
    .run = run,
};
