/* check: every fault of a folder of supply tables. */
#include "command.h"
#include "supply_talk.h"

static enum tol_status show(const struct supply_talk *talk, struct look look, const struct tol_supply_report *report,
                            struct tol_error *error)
{
    struct sink sink;
    supply_summary_open(&sink, &look, talk);
    if (look.format == FORMAT_TABLE) {
        supply_report_render(&sink, &look, talk, report);
    } else {
        struct json_writer json = {.sink = &sink, .indented = look.format == FORMAT_JSON};
        json_object(&json, NULL);
        supply_report_json(&json, talk, report);
        json_end_object(&json);
        sink_text(&sink, "\n");
    }
    return sink_close(&sink, error);
}

static enum tol_status check(const struct options *options, const struct look *look, const struct tol_law *law,
                             struct tol_error *error)
{
    struct supply_talk talk;
    enum tol_status status = supply_talk_begin(&talk, options, law, error);
    if (status != TOL_OK) {
        return status;
    }
    struct tol_supply_report report = {0};
    status = tol_supply_check(options->argument.text[0], &talk.options, &report, error);
    supply_talk_end(&talk, &report);
    if (status != TOL_OK && (status != TOL_BAD_DATA || report.fault_count == 0)) {
        return status;
    }
    struct tol_error showing = {0};
    enum tol_status shown = show(&talk, *look, &report, &showing);
    if (shown != TOL_OK) {
        *error = showing;
        return shown;
    }
    if (status == TOL_BAD_DATA) {
        /* Each fault has been told already. */
        return tol_fail(error, TOL_BAD_DATA, "%llu fault%s found", (unsigned long long)report.fault_count,
                        report.fault_count == 1 ? "" : "s");
    }
    return TOL_OK;
}

static enum tol_status run(const struct options *options, struct tol_error *error)
{
    struct look look;
    struct session session = {0};
    enum tol_status status = look_read(options, command_check.formats, FORMAT_TABLE, &look, error);
    if (status == TOL_OK) {
        status = refuse_special(options_text(options, OPTION_REJECTS), error);
    }
    if (status == TOL_OK) {
        status = session_open(&session, options, SESSION_LAW, error);
    }
    if (status == TOL_OK) {
        status = check(options, &look, session.law, error);
    }
    session_close(&session);
    return status;
}

const struct command command_check = {
    .name = "check",
    .summary = "find every fault in supply tables",
    .usage = "INPUT [--rejects FILE]",
    .examples = "  tolmuur check supply/\n"
                "  tolmuur check supply/ --rejects faults.csv\n"
                "  tolmuur check 'postgresql:///?service=risk'\n",
    .text = "INPUT holds firms, and sales or purchases or both: a folder with .csv, .csv.gz, .parquet or .jsonl files, "
            "or with\n"
            "folders of such files (sales/part-0.parquet, sales/destination=US/0.parquet), or a DuckDB database,\n"
            "or postgresql://[user@]host[:port]/database with tables of these names, read in one snapshot "
            "(docs/postgresql.md).\n"
            "Each fault is told with file, row, column, value and how to mend it; any fault gives exit code 65.\n",
    .options = (const enum option_id[]){OPTION_REJECTS, OPTION_MEMORY_LIMIT, OPTION_CPU_LIMIT, OPTION_FORMAT,
                                        OPTION_COLOR, OPTION_TABLES, OPTION_END},
    .formats = "table json jsonl",
    .least_arguments = 1,
    .most_arguments = 1,
    .run = run,
};
