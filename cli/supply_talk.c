#include "supply_talk.h"

#include "prose.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

/* Faults beyond these are in the rejects file; a person reads the first ones. */
enum { SHOWN_MOST = 20 };

static void show_fault(void *context, const struct tol_error *fault)
{
    struct supply_talk *talk = context;
    if (talk->shown_faults < SHOWN_MOST) {
        progress_end(&talk->progress);
        talk_error(fault);
    }
    talk->shown_faults += 1;
}

static void show_warning(void *context, const struct tol_error *warning)
{
    struct supply_talk *talk = context;
    if (talk->shown_warnings < SHOWN_MOST) {
        progress_end(&talk->progress);
        talk_warning(warning);
    }
    talk->shown_warnings += 1;
}

static bool show_progress(void *context, enum tol_supply_table table, uint64_t done, uint64_t total)
{
    struct supply_talk *talk = context;
    talk->progress.what = tol_supply_table_name(table);
    progress_update(&talk->progress, done, total);
    return talk_signal() == 0;
}

static void show_note(void *context, const char *text)
{
    struct supply_talk *talk = context;
    progress_end(&talk->progress);
    talk_note("%s", text);
}

enum tol_status supply_talk_begin(struct supply_talk *talk, const struct options *options, const struct tol_law *law,
                                  struct tol_error *error)
{
    *talk = (struct supply_talk){0};
    uint64_t most = 0, memory_bytes = 0, cpu_seconds = 0;
    enum tol_status status = options_count(options, OPTION_MAX_REJECTS, UINT64_MAX, &most, error);
    if (status == TOL_OK) {
        status = options_bytes(options, OPTION_MEMORY_LIMIT, &memory_bytes, error);
    }
    if (status == TOL_OK) {
        status = options_count(options, OPTION_CPU_LIMIT, UINT32_MAX, &cpu_seconds, error);
    }
    talk->options = (struct tol_supply_options){
        .law = law,
        .max_rejects = most,
        .since_path = options_text(options, OPTION_SINCE),
        .rejects_path = options_text(options, OPTION_REJECTS),
        .fault = show_fault,
        .warning = show_warning,
        .progress = show_progress,
        .confined = true,
        .confined_memory_bytes = memory_bytes,
        .confined_cpu_seconds = cpu_seconds,
        .note = show_note,
        .postgres = &talk->postgres.mapping,
        .context = talk,
    };
    if (status == TOL_OK) {
        status = postgres_settings_read(&talk->postgres, options, error);
    }
    talk_catch_signals();
    /* Who stops reading the faults does not stop the work; only a reader of its result on stdout does. */
    if (talk->options.rejects_path == NULL || strcmp(talk->options.rejects_path, "-") != 0) {
        signal(SIGPIPE, SIG_IGN);
    }
    progress_begin(&talk->progress, "rows");
    return status;
}

void supply_talk_end(struct supply_talk *talk, const struct tol_supply_report *report)
{
    progress_end(&talk->progress);
    postgres_settings_release(&talk->postgres);
    signal(SIGPIPE, SIG_DFL);
    if (talk->shown_faults > SHOWN_MOST) {
        talk_note("%llu faults in all; --rejects FILE keeps every one", (unsigned long long)report->fault_count);
    }
    if (talk->shown_warnings > SHOWN_MOST) {
        talk_note("%llu warnings in all", (unsigned long long)report->warning_count);
    }
}

void supply_summary_open(struct sink *sink, struct look *look, const struct supply_talk *talk)
{
    const char *rejects = talk->options.rejects_path;
    sink_open_stdout(sink);
    if (rejects != NULL && strcmp(rejects, "-") == 0) {
        talk_sink(sink);
        *look = (struct look){.format = FORMAT_TABLE, .width = terminal_width(STDERR_FILENO)};
    }
}

void supply_report_render(struct sink *sink, const struct look *look, const struct supply_talk *talk,
                          const struct tol_supply_report *report)
{
    bool since = talk->options.since_path != NULL;
    struct view *view = view_create(look, true);
    view_column(view, "table", COLUMN_LEFT);
    view_column(view, "rows", COLUMN_RIGHT);
    view_column(view, "rejected", COLUMN_RIGHT);
    if (since) {
        view_column(view, "kept", COLUMN_RIGHT);
    }
    for (size_t i = 0; i < TOL_SUPPLY_TABLE_COUNT; i++) {
        struct view_line *line = view_line(view, NULL);
        view_cell(line, 0, tol_supply_table_name((enum tol_supply_table)i));
        view_cell_people(line, 1, (double)report->accepted_rows[i], 0);
        view_cell_people(line, 2, (double)report->rejected_rows[i], 0);
        if (since) {
            view_cell_people(line, 3, (double)report->kept_rows[i], 0);
        }
        if (report->rejected_rows[i] > 0) {
            view_colour(line, "red");
        }
    }
    view_print(view, sink);
}

void supply_report_json(struct json_writer *json, const struct supply_talk *talk,
                        const struct tol_supply_report *report)
{
    json_object(json, "tables");
    for (size_t i = 0; i < TOL_SUPPLY_TABLE_COUNT; i++) {
        json_object(json, tol_supply_table_name((enum tol_supply_table)i));
        json_integer(json, "rows", report->accepted_rows[i]);
        json_integer(json, "rejected", report->rejected_rows[i]);
        if (talk->options.since_path != NULL) {
            json_integer(json, "kept", report->kept_rows[i]);
        }
        json_end_object(json);
    }
    json_end_object(json);
    json_integer(json, "faults", report->fault_count);
    json_integer(json, "warnings", report->warning_count);
    json_integer(json, "unnamed_lines", report->unnamed_lines);
}
