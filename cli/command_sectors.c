/* sectors: what a scenario does to the industries of a country, directly and through the industries of others. */
#include "command.h"
#include "json_writer.h"
#include "number.h"
#include "render_table.h"
#include "sink.h"
#include "talk.h"
#include "workers.h"
#include "worlds.h"

#include "tolmuur/sector_outlook.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { THROUGH_MOST = 64 };

/* A region's part of what reaches an industry. */
struct through {
    uint32_t region;
    double loss;
};

struct sectors_job {
    const struct options *options;
    struct session session;
    struct worlds worlds;
    struct tol_settings settings;
    struct look look;
    struct tol_run *run;
    struct tol_sector_outlook *outlook;
    bool every_country;
    uint32_t region; /* unless every_country */
    size_t top;      /* regions named per industry */
};

static enum tol_status read_questions(struct sectors_job *job, struct tol_error *error)
{
    uint64_t top = 3;
    enum tol_status status = look_read(job->options, command_sectors.formats, FORMAT_TABLE, &job->look, error);
    if (status == TOL_OK) {
        status = session_open(&job->session, job->options, SESSION_ALL, error);
    }
    if (status == TOL_OK) {
        status = worlds_read(&job->worlds, job->options, &job->session, error);
    }
    if (status == TOL_OK) {
        status = settings_read(job->options, &job->settings, error);
    }
    if (status == TOL_OK) {
        status = options_count(job->options, OPTION_TOP, THROUGH_MOST, &top, error);
    }
    job->top = top == 0 ? THROUGH_MOST : (size_t)top;
    job->every_country = !options_given(job->options, OPTION_COUNTRY);
    if (status != TOL_OK || job->every_country) {
        return status;
    }
    tol_country country;
    status = read_country_option(job->options, OPTION_COUNTRY, &country, error);
    if (status == TOL_OK) {
        job->region = tol_economy_region(job->session.economy, country);
    }
    if (status == TOL_OK && tol_economy_region_country(job->session.economy, job->region) != country) {
        return tol_fail(error, TOL_USAGE,
                        "--country %.40s: it has no table of its own; it is part of the rest of the world",
                        options_text(job->options, OPTION_COUNTRY));
    }
    return status;
}

static enum tol_status solve(struct sectors_job *job, struct tol_error *error)
{
    enum tol_status status = workers_start(job->options, &job->run, error);
    const struct tol_plan_options plan_options =
        worlds_plan_options(&job->worlds, &job->session, &job->settings, options_text(job->options, OPTION_ISA));
    return status != TOL_OK
               ? status
               : tol_sector_outlook_create(job->session.parameters, &plan_options, job->run, &job->outlook, error);
}

static int by_size(const void *left, const void *right)
{
    const struct through *a = left;
    const struct through *b = right;
    if (fabs(a->loss) != fabs(b->loss)) {
        return fabs(a->loss) < fabs(b->loss) ? 1 : -1;
    }
    return (a->region > b->region) - (a->region < b->region);
}

/* The regions through which most comes, greatest first. */
static size_t rank_regions(const struct sectors_job *job, uint32_t node, uint32_t scenario,
                           struct through ranked[THROUGH_MOST])
{
    uint32_t regions = tol_economy_region_count(job->session.economy);
    size_t count = 0;
    for (uint32_t r = 0; r < regions && r < THROUGH_MOST; r++) {
        double loss = tol_sector_outlook_through(job->outlook, node, r, scenario);
        if (loss != 0) {
            ranked[count++] = (struct through){r, loss};
        }
    }
    qsort(ranked, count, sizeof *ranked, by_size);
    return count < job->top ? count : job->top;
}

/* ---- table ----------------------------------------------------------------------------------------------------- */

static void add_table_row(const struct sectors_job *job, struct view *view, uint32_t node, uint32_t scenario,
                          double greatest)
{
    const struct tol_economy *economy = job->session.economy;
    uint32_t industries = tol_economy_industry_count(economy);
    struct tol_sector_row row = tol_sector_outlook_row(job->outlook, node, scenario);
    struct view_line *line = view_line(view, NULL);
    view_cell(line, 0, tol_economy_region_code(economy, node / industries));
    view_cell(line, 1, tol_economy_industry_code(economy, node % industries));
    view_cell(line, 2, tol_economy_industry_title(economy, node % industries));
    view_cell(line, 3, job->worlds.scenario[scenario].name);
    view_cell_percent(line, 4, row.direct_demand_loss, 3);
    view_cell_percent(line, 5, row.indirect_demand_loss, 3);
    view_cell_percent(line, 6, row.direct_cost_rise, 3);
    view_cell_percent(line, 7, row.indirect_cost_rise, 3);
    struct through ranked[THROUGH_MOST];
    size_t count = rank_regions(job, node, scenario, ranked);
    char text[THROUGH_MOST * 16] = "";
    size_t used = 0;
    for (size_t i = 0; i < count && used < sizeof text; i++) {
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s %.3f %%", i > 0 ? ", " : "",
                                 tol_economy_region_code(economy, ranked[i].region), 100 * ranked[i].loss);
    }
    view_cell(line, 8, text);
    view_cell_bar(line, 9, row.direct_demand_loss + row.indirect_demand_loss, greatest);
}

static bool is_shown(const struct sectors_job *job, uint32_t node)
{
    return job->every_country || node / tol_economy_industry_count(job->session.economy) == job->region;
}

/* Of all that are shown. */
static double greatest_loss(const struct sectors_job *job)
{
    double greatest = 0;
    for (uint32_t node = 0; node < tol_economy_node_count(job->session.economy); node++) {
        for (uint32_t s = 0; s < job->worlds.count && is_shown(job, node); s++) {
            struct tol_sector_row row = tol_sector_outlook_row(job->outlook, node, s);
            greatest = fmax(greatest, fabs(row.direct_demand_loss + row.indirect_demand_loss));
        }
    }
    return greatest;
}

static void show_table(const struct sectors_job *job, struct sink *sink)
{
    static const struct heading columns[] = {{"region", COLUMN_LEFT, 0},       {"industry", COLUMN_LEFT, 1},
                                             {"title", COLUMN_SENTENCE, 0},    {"scenario", COLUMN_LEFT, 0},
                                             {"direct loss", COLUMN_RIGHT, 0}, {"indirect loss", COLUMN_RIGHT, 0},
                                             {"direct cost", COLUMN_RIGHT, 1}, {"indirect cost", COLUMN_RIGHT, 1},
                                             {"through", COLUMN_SENTENCE, 1},  {"", COLUMN_BAR, 1}};
    struct view *view = view_create(&job->look, true);
    view_columns(view, columns, sizeof columns / sizeof columns[0]);
    double greatest = greatest_loss(job);
    uint32_t nodes = tol_economy_node_count(job->session.economy);
    for (uint32_t node = 0; node < nodes; node++) {
        for (uint32_t s = 0; s < job->worlds.count && is_shown(job, node); s++) {
            add_table_row(job, view, node, s, greatest);
        }
    }
    view_print(view, sink);
}

/* ---- JSON and CSV ---------------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    size_t offset;
} numbers[] = {
    {"direct_demand_loss", offsetof(struct tol_sector_row, direct_demand_loss)},
    {"indirect_demand_loss", offsetof(struct tol_sector_row, indirect_demand_loss)},
    {"direct_cost_rise", offsetof(struct tol_sector_row, direct_cost_rise)},
    {"indirect_cost_rise", offsetof(struct tol_sector_row, indirect_cost_rise)},
};
enum { NUMBERS = sizeof numbers / sizeof numbers[0] };

static double number_of(const struct tol_sector_row *row, size_t number)
{
    double value;
    memcpy(&value, (const char *)row + numbers[number].offset, sizeof value);
    return value;
}

static void add_json_row(const struct sectors_job *job, struct json_writer *json, uint32_t node, uint32_t scenario)
{
    const struct tol_economy *economy = job->session.economy;
    uint32_t industries = tol_economy_industry_count(economy);
    struct tol_sector_row row = tol_sector_outlook_row(job->outlook, node, scenario);
    struct through ranked[THROUGH_MOST];
    size_t count = rank_regions(job, node, scenario, ranked);
    json_object(json, NULL);
    json_text(json, "region", tol_economy_region_code(economy, node / industries));
    json_text(json, "industry", tol_economy_industry_code(economy, node % industries));
    json_text(json, "title", tol_economy_industry_title(economy, node % industries));
    json_text(json, "scenario", job->worlds.scenario[scenario].name);
    json_number(json, "output_musd", tol_economy_output_musd(economy)[node]);
    for (size_t i = 0; i < NUMBERS; i++) {
        json_number(json, numbers[i].name, number_of(&row, i));
    }
    json_array(json, "through");
    for (size_t i = 0; i < count; i++) {
        json_object(json, NULL);
        json_text(json, "region", tol_economy_region_code(economy, ranked[i].region));
        json_number(json, "demand_loss", ranked[i].loss);
        json_end_object(json);
    }
    json_end_array(json);
    json_end_object(json);
}

static void add_csv_row(const struct sectors_job *job, struct sink *sink, uint32_t node, uint32_t scenario)
{
    const struct tol_economy *economy = job->session.economy;
    uint32_t industries = tol_economy_industry_count(economy);
    struct tol_sector_row row = tol_sector_outlook_row(job->outlook, node, scenario);
    sink_csv(sink, tol_economy_region_code(economy, node / industries));
    sink_text(sink, ",");
    sink_csv(sink, tol_economy_industry_code(economy, node % industries));
    sink_text(sink, ",");
    sink_csv(sink, tol_economy_industry_title(economy, node % industries));
    sink_text(sink, ",");
    sink_csv(sink, job->worlds.scenario[scenario].name);
    for (size_t i = 0; i < NUMBERS; i++) {
        sink_text(sink, ",");
        sink_number(sink, number_of(&row, i), "");
    }
    sink_text(sink, "\n");
}

static void show_rows(const struct sectors_job *job, struct sink *sink)
{
    struct json_writer json = {.sink = sink, .indented = job->look.format == FORMAT_JSON};
    uint32_t nodes = tol_economy_node_count(job->session.economy);
    if (job->look.format == FORMAT_CSV) {
        sink_text(sink, "region,industry,title,scenario,direct_demand_loss,indirect_demand_loss,direct_cost_rise,"
                        "indirect_cost_rise\n");
    } else if (job->look.format == FORMAT_JSON) {
        json_array(&json, NULL);
    }
    for (uint32_t node = 0; node < nodes; node++) {
        for (uint32_t s = 0; s < job->worlds.count && is_shown(job, node); s++) {
            if (job->look.format == FORMAT_CSV) {
                add_csv_row(job, sink, node, s);
            } else {
                add_json_row(job, &json, node, s);
            }
            if (job->look.format == FORMAT_JSONL) {
                sink_text(sink, "\n");
                json.filled = false;
            }
        }
    }
    if (job->look.format == FORMAT_JSON) {
        json_end_array(&json);
    }
}

static enum tol_status show(const struct sectors_job *job, struct tol_error *error)
{
    struct sink sink;
    sink_open_stdout(&sink);
    if (job->look.format == FORMAT_TABLE) {
        show_table(job, &sink);
    } else {
        show_rows(job, &sink);
    }
    return sink_close(&sink, error);
}

static enum tol_status run(const struct options *options, struct tol_error *error)
{
    struct sectors_job job = {.options = options};
    enum tol_status status = read_questions(&job, error);
    if (status == TOL_OK) {
        status = solve(&job, error);
    }
    if (status == TOL_OK) {
        status = show(&job, error);
    }
    tol_sector_outlook_destroy(job.outlook);
    tol_run_destroy(job.run);
    worlds_release(&job.worlds);
    session_close(&job.session);
    return status;
}

const struct command command_sectors = {
    .name = "sectors",
    .summary = "the world's industries: what they lose directly, and through the industries that they sell to",
    .usage = "[--country COUNTRY] [--on DATE]... [--scenarios FILE]...",
    .examples = "  tolmuur sectors --country NL --on 2025-08-10\n"
                "  tolmuur sectors --country NL --on 2025-08-10 --top 5 --format json\n"
                "  tolmuur sectors --scenarios datasets/scenarios/no_ieepa.json --format csv\n",
    .text = "41 regions x 35 industries (input-output table of 2011), hit by the duties of importers whose markets are "
            "in "
            "the tables.\n"
            "--top N names the N regions through which most of the indirect loss comes (3 unless given).\n"
            "Losses are shares of an industry's output, cost rises shares of its inputs; a negative loss is a gain. "
            "docs/model.md.\n",
    .options = (const enum option_id[]){OPTION_COUNTRY, OPTION_ON, OPTION_SCENARIOS, OPTION_BASELINE, OPTION_SETTINGS,
                                        OPTION_ASSUME, OPTION_HORIZON, OPTION_TOP, OPTION_THREADS, OPTION_NO_PIN,
                                        OPTION_ISA, OPTION_TABLES, OPTION_FORMAT, OPTION_COLOR, OPTION_END},
    .formats = "table json jsonl csv",
    .run = run,
};
