/* doctor: what this machine and this installation look like to the program. */
#include "command.h"
#include "doctor.h"
#include "machine_json.h"
#include "render_table.h"
#include "session.h"
#include "version.h"

#include "kernels.h"
#include "tolmuur/run.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum { WARNINGS_MOST = 4, SETTINGS_MOST = 256 };

struct findings {
    struct tol_topology topology;
    struct tol_error topology_fault; /* its message is empty when the topology was read */
    struct library_version library[LIBRARIES_MOST];
    size_t library_count;
    const char *isa; /* chosen; NULL: TOLMUUR_ISA names none that runs here */
    char tables[512];
    char law_version[64];
    char first_day[TOL_DAY_TEXT_SIZE];
    char last_day[TOL_DAY_TEXT_SIZE];
    struct tol_error law_fault; /* its message is empty when the tables were opened */
    const struct config *config;
    struct setting *setting; /* [SETTINGS_MOST] */
    size_t setting_count;
    char warning[WARNINGS_MOST][300];
    size_t warning_count;
};

static void warn(struct findings *findings, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void warn(struct findings *findings, const char *format, ...)
{
    if (findings->warning_count < WARNINGS_MOST) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(findings->warning[findings->warning_count++], sizeof findings->warning[0], format, arguments);
        va_end(arguments);
    }
}

static void find_isa(struct findings *findings)
{
    const char *wanted = getenv("TOLMUUR_ISA");
    const struct tol_kernels *kernels =
        wanted != NULL && wanted[0] != '\0' ? tol_kernels_named(wanted) : tol_kernels_best();
    findings->isa = kernels != NULL ? kernels->isa : NULL;
    if (kernels == NULL) {
        warn(findings, "TOLMUUR_ISA=%.40s cannot run here", wanted);
    }
}

static void find_law(struct findings *findings, const struct options *options)
{
    struct session session;
    if (session_open(&session, options, SESSION_ALL, &findings->law_fault) == TOL_OK) {
        tol_day first, last;
        tol_law_coverage(session.law, &first, &last);
        snprintf(findings->law_version, sizeof findings->law_version, "%s", tol_law_version(session.law));
        tol_day_format(first, findings->first_day);
        tol_day_format(last, findings->last_day);
        if (today() > last) {
            warn(findings, "today is past %s, the last day that the law tables cover: newer law is not in any answer",
                 findings->last_day);
        }
    } else {
        warn(findings, "no law tables: %.250s", findings->law_fault.message);
    }
    snprintf(findings->tables, sizeof findings->tables, "%s", session.tables);
    session_close(&session);
}

static void view_fact(struct view *view, const char *name, const char *value)
{
    struct view_line *line = view_line(view, NULL);
    view_cell(line, 0, name);
    view_cell(line, 1, value);
}

static void view_machine(struct view *view, const struct findings *findings)
{
    const struct tol_topology *topology = &findings->topology;
    char text[200];
    if (findings->topology_fault.message[0] != '\0') {
        view_fact(view, "topology", findings->topology_fault.message);
        return;
    }
    view_fact(view, "CPU", topology->cpu_model);
    snprintf(text, sizeof text, "%u packages, %u NUMA nodes, %u cores, %u processing units", topology->packages,
             topology->numa_nodes, topology->cores, topology->processing_units);
    view_fact(view, "topology", text);
    snprintf(text, sizeof text, "%u cores, processing units %s", topology->allowed_cores, topology->binding);
    view_fact(view, "allowed", text);
    snprintf(text, sizeof text, "L2 %llu KiB, L3 %llu KiB", (unsigned long long)topology->l2_bytes / 1024,
             (unsigned long long)topology->l3_bytes / 1024);
    view_fact(view, "caches", text);
}

static void view_isas(struct view *view, const struct findings *findings)
{
    for (size_t i = 0; tol_kernels_built(i) != NULL; i++) {
        const struct tol_kernels *kernels = tol_kernels_built(i);
        char name[64];
        snprintf(name, sizeof name, "ISA %s", kernels->isa);
        bool chosen = findings->isa != NULL && strcmp(findings->isa, kernels->isa) == 0;
        view_fact(view, name, chosen ? "chosen" : tol_kernels_runnable(kernels) ? "runs here" : "does not run here");
    }
}

static void view_settings(struct view *view, const struct findings *findings)
{
    for (size_t i = 0; i < findings->config->file_count; i++) {
        const struct config_file *file = &findings->config->file[i];
        char name[600];
        snprintf(name, sizeof name, "configuration %s", file->path);
        view_fact(view, name, file->found ? "read" : "not there");
    }
    for (size_t i = 0; i < findings->setting_count; i++) {
        const struct setting *setting = &findings->setting[i];
        char text[1000];
        snprintf(text, sizeof text, "%s (%s)", setting->value, setting->place);
        view_fact(view, setting->name, text);
    }
}

static void show_table(struct sink *sink, const struct look *look, const struct findings *findings)
{
    struct view *view = view_create(look, false);
    view_column(view, "what", COLUMN_LEFT);
    view_column(view, "found", COLUMN_SENTENCE);
    view_fact(view, "tolmuur", TOLMUUR_VERSION);
    view_machine(view, findings);
    view_isas(view, findings);
    for (size_t i = 0; i < findings->library_count; i++) {
        view_fact(view, findings->library[i].name, findings->library[i].version);
    }
    view_fact(view, "tables", findings->tables[0] != '\0' ? findings->tables : "not found");
    if (findings->law_version[0] != '\0') {
        char text[64];
        view_fact(view, "law version", findings->law_version);
        snprintf(text, sizeof text, "%s to %s", findings->first_day, findings->last_day);
        view_fact(view, "law covers", text);
    }
    view_settings(view, findings);
    view_print(view, sink);
    for (size_t i = 0; i < findings->warning_count; i++) {
        look_paint(look, sink, "yellow", "warning: ");
        sink_format(sink, "%s\n", findings->warning[i]);
    }
}

static void machine_object(struct json_writer *json, const struct findings *findings)
{
    const struct tol_topology *topology = &findings->topology;
    json_object(json, "machine");
    machine_json(json, topology);
    json_text(json, "binding", topology->binding);
    json_integer(json, "l2_bytes", topology->l2_bytes);
    json_integer(json, "l3_bytes", topology->l3_bytes);
    json_end_object(json);
}

static void json_settings(struct json_writer *json, const struct findings *findings)
{
    json_array(json, "configuration");
    for (size_t i = 0; i < findings->config->file_count; i++) {
        json_object(json, NULL);
        json_text(json, "file", findings->config->file[i].path);
        json_boolean(json, "read", findings->config->file[i].found);
        json_end_object(json);
    }
    json_end_array(json);
    json_array(json, "settings");
    for (size_t i = 0; i < findings->setting_count; i++) {
        json_object(json, NULL);
        json_text(json, "name", findings->setting[i].name);
        json_text(json, "value", findings->setting[i].value);
        json_text(json, "place", findings->setting[i].place);
        json_end_object(json);
    }
    json_end_array(json);
}

static void show_json(struct json_writer *json, const struct findings *findings)
{
    json_object(json, NULL);
    json_text(json, "version", TOLMUUR_VERSION);
    machine_object(json, findings);
    json_array(json, "isas");
    for (size_t i = 0; tol_kernels_built(i) != NULL; i++) {
        const struct tol_kernels *kernels = tol_kernels_built(i);
        json_object(json, NULL);
        json_text(json, "name", kernels->isa);
        json_boolean(json, "runnable", tol_kernels_runnable(kernels) != 0);
        json_boolean(json, "chosen", findings->isa != NULL && strcmp(findings->isa, kernels->isa) == 0);
        json_end_object(json);
    }
    json_end_array(json);
    libraries_json(json, findings->library, findings->library_count);
    json_object(json, "law");
    json_text(json, "tables", findings->tables);
    json_text(json, "version", findings->law_version);
    json_text(json, "first_day", findings->first_day);
    json_text(json, "last_day", findings->last_day);
    json_end_object(json);
    json_settings(json, findings);
    json_array(json, "warnings");
    for (size_t i = 0; i < findings->warning_count; i++) {
        json_text(json, NULL, findings->warning[i]);
    }
    json_end_array(json);
    json_end_object(json);
    sink_text(json->sink, "\n");
}

static enum tol_status run(const struct options *options, struct tol_error *error)
{
    struct look look;
    enum tol_status status = look_read(options, command_doctor.formats, FORMAT_TABLE, &look, error);
    if (status != TOL_OK) {
        return status;
    }
    struct findings findings = {.config = options->config, .setting = calloc(SETTINGS_MOST, sizeof(struct setting))};
    if (findings.setting == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    if (tol_topology_read(&findings.topology, &findings.topology_fault) != TOL_OK) {
        warn(&findings, "the topology cannot be read");
    }
    find_isa(&findings);
    find_law(&findings, options);
    findings.setting_count = doctor_settings(options->config, findings.setting, SETTINGS_MOST);
    findings.library_count = doctor_libraries(findings.library, LIBRARIES_MOST);
    struct sink sink;
    sink_open_stdout(&sink);
    if (look.format == FORMAT_TABLE) {
        show_table(&sink, &look, &findings);
    } else {
        struct json_writer json = {.sink = &sink, .indented = look.format == FORMAT_JSON};
        show_json(&json, &findings);
    }
    status = sink_close(&sink, error);
    free(findings.setting);
    /* Everything was said, but scoring would not work. */
    return status == TOL_OK && findings.law_version[0] == '\0'
               ? tol_fail(error, findings.law_fault.status, "%s", findings.law_fault.message)
               : status;
}

const struct command command_doctor = {
    .name = "doctor",
    .summary = "what this machine, its libraries and the law tables look like",
    .usage = "[--format table|json]",
    .examples = "  tolmuur doctor\n"
                "  TOLMUUR_ISA=scalar tolmuur doctor --format json\n",
    .text = "Warns when today is past the last day that the law tables cover.\n",
    .options = (const enum option_id[]){OPTION_FORMAT, OPTION_COLOR, OPTION_TABLES, OPTION_END},
    .formats = "table json jsonl",
    .run = run,
};
