#include "stages.h"

#include "json_writer.h"
#include "talk.h"

#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* ---- measured -------------------------------------------------------------------------------------------------- */

/* Greatest resident memory since the last reset, as the system counts it; 0 when it does not say. */
static double read_peak(void)
{
    char text[4096];
    int descriptor = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
    ssize_t length = descriptor < 0 ? -1 : read(descriptor, text, sizeof text - 1);
    if (descriptor >= 0) {
        close(descriptor);
    }
    text[length > 0 ? length : 0] = '\0';
    const char *found = strstr(text, "VmHWM:");
    return found == NULL ? 0 : 1024.0 * strtod(found + strlen("VmHWM:"), NULL);
}

/* Where the system does not let it be reset, a stage's peak is that of all stages so far. */
static void reset_peak(void)
{
    int descriptor = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
    if (descriptor >= 0) {
        ssize_t written = write(descriptor, "5", 1);
        (void)written;
        close(descriptor);
    }
}

static double read_cpu(void)
{
    struct timespec now = {0};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void stages_begin(struct stages *stages, bool peaks)
{
    *stages = (struct stages){.measures = true, .peaks = peaks, .since = talk_seconds(), .cpu_since = read_cpu()};
    if (peaks) {
        reset_peak();
    }
}

void stages_end(struct stages *stages)
{
    if (stages->measures) {
        struct tol_stage_use *use = &stages->of[stages->stage];
        double now = talk_seconds();
        double cpu = read_cpu();
        use->seconds += now - stages->since;
        use->cpu_seconds += cpu - stages->cpu_since;
        use->peak_bytes = stages->peaks ? fmax(use->peak_bytes, read_peak()) : 0;
        stages->since = now;
        stages->cpu_since = cpu;
    }
}

void stages_enter(struct stages *stages, enum tol_stage stage)
{
    if (stages->measures) {
        stages_end(stages);
        stages->stage = stage;
        if (stages->peaks) {
            reset_peak();
        }
    }
}

/* ---- shown ----------------------------------------------------------------------------------------------------- */

struct row {
    const char *name;
    struct tol_stage_use use;
    double tiers[TOL_SIDE_COUNT]; /* NaN: not said */
};

static const char *const tier_names[TOL_SIDE_COUNT] = {"sales_tiers", "purchase_tiers"};

static void view_row(struct view *view, const struct row *row)
{
    struct view_line *line = view_line(view, NULL);
    view_cell(line, 0, row->name);
    view_cell_people(line, 1, row->use.seconds, 3);
    view_cell_people(line, 2, row->use.cpu_seconds, 3);
    view_cell_people(line, 3, row->use.peak_bytes / 1e6, 1);
    for (size_t i = 0; i < TOL_SIDE_COUNT; i++) {
        if (!isnan(row->tiers[i])) {
            view_cell_people(line, 4 + i, row->tiers[i], 0);
        }
    }
}

static void csv_row(struct sink *sink, const struct row *row)
{
    sink_csv(sink, row->name);
    sink_text(sink, ",");
    sink_number(sink, row->use.seconds, "");
    sink_text(sink, ",");
    sink_number(sink, row->use.cpu_seconds, "");
    sink_text(sink, ",");
    sink_number(sink, row->use.peak_bytes, "");
    for (size_t i = 0; i < TOL_SIDE_COUNT; i++) {
        sink_text(sink, ",");
        sink_number(sink, row->tiers[i], "");
    }
    sink_text(sink, "\n");
}

static void json_row(struct json_writer *json, const struct row *row)
{
    json_object(json, NULL);
    json_text(json, "stage", row->name);
    json_number(json, "seconds", row->use.seconds);
    json_number(json, "cpu_seconds", row->use.cpu_seconds);
    json_number(json, "peak_bytes", row->use.peak_bytes);
    for (size_t i = 0; i < TOL_SIDE_COUNT; i++) {
        json_number(json, tier_names[i], row->tiers[i]);
    }
    json_end_object(json);
}

static void render_row(struct sink *sink, const struct look *look, struct view *view, struct json_writer *json,
                       const struct row *row)
{
    if (look->format == FORMAT_TABLE) {
        view_row(view, row);
    } else if (look->format == FORMAT_CSV) {
        csv_row(sink, row);
    } else {
        json_row(json, row);
        if (look->format == FORMAT_JSONL) {
            sink_text(sink, "\n");
            json->filled = false;
        }
    }
}

static struct view *view_begin(const struct look *look)
{
    struct view *view = view_create(look, true);
    view_column(view, "stage", COLUMN_LEFT);
    view_column(view, "seconds", COLUMN_RIGHT);
    view_column(view, "CPU seconds", COLUMN_RIGHT);
    view_column(view, "peak MB", COLUMN_RIGHT);
    view_column(view, "sales tiers", COLUMN_RIGHT);
    view_column(view, "purchase tiers", COLUMN_RIGHT);
    return view;
}

void stages_render(struct sink *sink, const struct look *look, const struct stages *stages, const double *tiers)
{
    struct json_writer json = {.sink = sink, .indented = look->format == FORMAT_JSON};
    struct view *view = look->format == FORMAT_TABLE ? view_begin(look) : NULL;
    struct row total = {.name = "total", .tiers = {NAN, NAN}};
    if (look->format == FORMAT_JSON) {
        json_array(&json, NULL);
    } else if (look->format == FORMAT_CSV) {
        sink_format(sink, "stage,seconds,cpu_seconds,peak_bytes,%s,%s\n", tier_names[0], tier_names[1]);
    }
    for (enum tol_stage stage = TOL_STAGE_OPEN; stage < TOL_STAGE_COUNT; stage++) {
        bool has_tiers = tiers != NULL && stage == TOL_STAGE_NETWORK;
        const struct row row = {.name = tol_stage_name(stage),
                                .use = stages->of[stage],
                                .tiers = {has_tiers ? tiers[0] : NAN, has_tiers ? tiers[1] : NAN}};
        total.use.seconds += row.use.seconds;
        total.use.cpu_seconds += row.use.cpu_seconds;
        total.use.peak_bytes = fmax(total.use.peak_bytes, row.use.peak_bytes);
        render_row(sink, look, view, &json, &row);
    }
    render_row(sink, look, view, &json, &total);
    if (look->format == FORMAT_JSON) {
        json_end_array(&json);
        sink_text(sink, "\n");
    } else if (look->format == FORMAT_TABLE) {
        view_print(view, sink);
    }
}
