/* law check: faults in the law tables. */
#include "command.h"
#include "law_command.h"
#include "law_reading.h"
#include "prose.h"

#include <string.h>

#include "tolmuur/text.h"

struct report {
    const struct law_reading *reading;
    const struct look *look;
    struct sink sink;
    struct json_writer json;
    size_t faults;
    size_t hints;
};

static const char *severity(const struct tol_law_fault *fault)
{
    return fault->hint ? "hint" : "fault";
}

static void tell_person(struct report *report, const struct tol_law_fault *fault)
{
    char value[200];
    struct sink prose = {.descriptor = -1};
    tol_text_visible(fault->value, value, sizeof value);
    look_paint(report->look, &prose, fault->hint ? "yellow" : "red", severity(fault));
    sink_format(&prose, ": %s%s: row %llu: %s: '%s': %s [%s]\n", report->reading->folder, fault->place.file,
                (unsigned long long)fault->place.row, fault->column, value, fault->message,
                tol_law_fault_kind_name(fault->kind));
    prose_flush(&prose, &report->sink, report->look->width);
}

static void tell_csv(struct report *report, const struct tol_law_fault *fault)
{
    sink_format(&report->sink, "%s,%s,", severity(fault), tol_law_fault_kind_name(fault->kind));
    sink_csv(&report->sink, fault->place.file);
    sink_format(&report->sink, ",%llu,%s,", (unsigned long long)fault->place.row, fault->column);
    sink_csv(&report->sink, fault->value);
    sink_text(&report->sink, ",");
    sink_csv(&report->sink, fault->message);
    sink_text(&report->sink, "\n");
}

static void tell_json(struct json_writer *json, const struct tol_law_fault *fault)
{
    json_object(json, NULL);
    json_text(json, "severity", severity(fault));
    json_text(json, "kind", tol_law_fault_kind_name(fault->kind));
    json_text(json, "file", fault->place.file);
    json_integer(json, "row", fault->place.row);
    json_text(json, "column", fault->column);
    json_text(json, "value", fault->value);
    json_text(json, "message", fault->message);
    json_end_object(json);
}

static enum tol_status tell(void *context, const struct tol_law_fault *fault, struct tol_error *error)
{
    (void)error;
    struct report *report = context;
    report->faults += !fault->hint;
    report->hints += fault->hint;
    switch (report->look->format) {
    case FORMAT_TABLE:
        tell_person(report, fault);
        break;
    case FORMAT_CSV:
        tell_csv(report, fault);
        break;
    default:
        tell_json(&report->json, fault);
        break;
    }
    return TOL_OK;
}

static void begin(struct report *report)
{
    report->json = (struct json_writer){.sink = &report->sink, .indented = report->look->format == FORMAT_JSON};
    if (report->look->format == FORMAT_CSV) {
        sink_text(&report->sink, "severity,kind,file,row,column,value,message\n");
    } else if (report->look->format != FORMAT_TABLE) {
        json_object(&report->json, NULL);
        json_text(&report->json, "law_version", tol_law_version(report->reading->law));
        json_array(&report->json, "faults");
    }
}

/* "no fault", "1 fault", "2 faults". */
static void count_text(size_t count, const char *what, char *text, size_t size)
{
    if (count == 0) {
        snprintf(text, size, "no %s", what);
    } else {
        snprintf(text, size, "%zu %s%s", count, what, count == 1 ? "" : "s");
    }
}

static void end(struct report *report)
{
    if (report->look->format == FORMAT_TABLE) {
        char count[40], hints[40];
        struct sink prose = {.descriptor = -1};
        count_text(report->faults, "fault", count, sizeof count);
        look_paint(report->look, &prose, "bold", count);
        count_text(report->hints, "hint", hints, sizeof hints);
        sink_format(&prose, ", %s, %zu measures, law %s\n", hints, tol_law_measure_count(report->reading->browser),
                    tol_law_version(report->reading->law));
        prose_flush(&prose, &report->sink, report->look->width);
    } else if (report->look->format != FORMAT_CSV) {
        json_end_array(&report->json);
        json_end_object(&report->json);
        sink_text(&report->sink, "\n");
    }
}

static enum tol_status check(const struct law_reading *reading, const struct look *look, struct tol_error *error)
{
    struct report report = {.reading = reading, .look = look};
    sink_open_stdout(&report.sink);
    begin(&report);
    enum tol_status status = tol_law_check(reading->browser, tell, &report, error);
    if (status != TOL_OK) {
        sink_release(&report.sink);
        return status;
    }
    end(&report);
    status = sink_close(&report.sink, error);
    if (status == TOL_OK && report.faults > 0) {
        char count[40];
        count_text(report.faults, "fault", count, sizeof count);
        return tol_fail(error, TOL_BAD_DATA, "the law tables have %s", count);
    }
    return status;
}

static enum tol_status run(const struct options *options, struct tol_error *error)
{
    struct look look;
    struct law_reading reading;
    enum tol_status status = look_read(options, command_law.formats, FORMAT_TABLE, &look, error);
    if (status != TOL_OK) {
        return status;
    }
    status = law_reading_open(&reading, options, error);
    status = status != TOL_OK ? status : tol_law_verify(reading.law, error);
    status = status != TOL_OK ? status : check(&reading, &look, error);
    law_reading_close(&reading);
    return status;
}

const struct law_subcommand law_check = {
    .name = "check",
    .usage = "[--tables FILE|FOLDER]",
    .options = (const enum option_id[]){OPTION_FORMAT, OPTION_COLOR, OPTION_TABLES, OPTION_END},
    .run = run,
};
