#include "worlds.h"

#include "nearest.h"
#include "talk.h"

#include "datasets/scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char default_baseline[] = "2025-01-01";

/* A day before the tables begin would make every duty equal and every score 0: it is refused. Past their end the law of the last day
 * is the best there is: it is taken, with a word. */
static enum tol_status check_coverage(const struct tol_law *law, const char *name, tol_day on, struct tol_error *error)
{
    tol_day first, last;
    char text[TOL_DAY_TEXT_SIZE];
    tol_law_coverage(law, &first, &last);
    if (on < first) {
        tol_day_format(first, text);
        return tol_fail(error, TOL_USAGE, "%s: the law tables begin on %s; take that day or a later one", name, text);
    }
    if (on > last) {
        tol_day_format(last, text);
        talk_note("%s: the law tables end on %s; later law is not in the answer", name, text);
    }
    return TOL_OK;
}

static enum tol_status add_world(struct worlds *worlds, const char *name, tol_day on, const struct tol_law *law,
                                 struct tol_error *error)
{
    enum tol_status covered = check_coverage(law, name, on, error);
    if (covered != TOL_OK) {
        return covered;
    }
    for (size_t i = 0; i < worlds->count; i++) {
        if (strcmp(worlds->scenario[i].name, name) == 0) {
            return tol_fail(error, TOL_USAGE, "the scenario %s is given twice; every scenario needs a name of its own",
                            name);
        }
    }
    if (worlds->count == TOL_SCENARIOS_MAX) {
        return tol_fail(error, TOL_USAGE, "more than %d scenarios", TOL_SCENARIOS_MAX);
    }
    struct tol_scenario *grown = realloc(worlds->scenario, (worlds->count + 1) * sizeof *grown);
    if (grown == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    worlds->scenario = grown;
    struct world_doubts *doubts = realloc(worlds->doubts, (worlds->count + 1) * sizeof *doubts);
    if (doubts == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    worlds->doubts = doubts;
    doubts[worlds->count] = (struct world_doubts){0};
    struct tol_scenario *world = &grown[worlds->count++];
    *world = (struct tol_scenario){.on = on, .law = law};
    snprintf(world->name, sizeof world->name, "%s", name);
    return TOL_OK;
}

static enum tol_status add_days(struct worlds *worlds, const struct options *options, const struct tol_law *law,
                                tol_day *last, struct tol_error *error)
{
    const struct text_list *days = &options->value[OPTION_ON];
    for (size_t i = 0; i < days->count; i++) {
        if (!tol_day_parse(days->text[i], last)) {
            return tol_fail(error, TOL_USAGE, "--on %.40s is not a day; write it as YYYY-MM-DD, such as 2025-08-07",
                            days->text[i]);
        }
        enum tol_status status = add_world(worlds, days->text[i], *last, law, error);
        if (status != TOL_OK) {
            return status;
        }
    }
    return TOL_OK;
}

/* A fault of `text` gets its file and its place in there. */
static enum tol_status at_scenario(const struct tol_scenario_text *text, const char *path, enum tol_status status,
                                   const char *part, struct tol_error *error)
{
    char place[128];
    snprintf(place, sizeof place, "%.20s, %s", text->name, part);
    return tol_fail_at(error, status, path, 0, place, NULL);
}

/* The law of one scenario; what it says of survival is checked, for without draws every programme stands. */
static enum tol_status lay(const struct tol_scenario_text *text, const char *path, const struct tol_law *base,
                           struct tol_law **law, struct tol_error *error)
{
    enum tol_status status =
        tol_law_overlay(base, text->change, text->change_count, tol_allocator_default(), law, error);
    if (status != TOL_OK) {
        /* The row is the number of the change. */
        char part[100];
        size_t change = error->row > 0 ? (size_t)error->row - 1 : 0;
        snprintf(part, sizeof part, "changes[%zu]%s%.20s", change, error->column[0] != '\0' ? "." : "", error->column);
        return at_scenario(text, path, status, part, error);
    }
    status = tol_scenario_survival_check(text, *law, error);
    if (status != TOL_OK) {
        tol_law_close(*law);
        char part[sizeof error->column];
        snprintf(part, sizeof part, "%s", error->column);
        return at_scenario(text, path, status, part, error);
    }
    return TOL_OK;
}

/* Keeps what the last world's text says of survival: the text goes with its file. */
static enum tol_status keep_doubts(struct worlds *worlds, const struct tol_scenario_text *text, struct tol_error *error)
{
    _Static_assert(TOL_SURVIVAL_MAX <= TOL_DOUBTS_MAX, "what a file may list has to fit");
    struct world_doubts *doubts = &worlds->doubts[worlds->count - 1];
    for (size_t i = 0; i < text->survival_count; i++) {
        doubts->programme[i] = strdup(text->survival[i].programme);
        if (doubts->programme[i] == NULL) {
            return tol_fail(error, TOL_NO_MEMORY, "out of memory");
        }
        doubts->probability[i] = text->survival[i].probability;
        doubts->count += 1;
    }
    return TOL_OK;
}

/* The law of each scenario of a file, laid over the one it builds on. */
static enum tol_status add_file_scenarios(struct worlds *worlds, const struct tol_scenario_file *file, const char *path,
                                          const struct tol_law *shipped, tol_day last, bool day_given,
                                          struct tol_error *error)
{
    size_t first = worlds->overlay_count;
    struct tol_law **grown = realloc(worlds->overlay, (first + file->count) * sizeof(struct tol_law *));
    if (grown == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    worlds->overlay = grown;
    for (size_t i = 0; i < file->count; i++) {
        const struct tol_scenario_text *text = &file->scenario[i];
        const struct tol_law *base = text->base == SIZE_MAX ? shipped : worlds->overlay[first + text->base];
        enum tol_status status = lay(text, path, base, &worlds->overlay[first + i], error);
        if (status != TOL_OK) {
            return status;
        }
        worlds->overlay_count += 1;
        tol_day on = text->has_day ? text->on : last;
        worlds->took_today = worlds->took_today || !(text->has_day || day_given);
        status = add_world(worlds, text->name, on, worlds->overlay[first + i], error);
        if (status == TOL_OK) {
            status = keep_doubts(worlds, text, error);
        }
        if (status != TOL_OK) {
            return status;
        }
    }
    return TOL_OK;
}

static enum tol_status add_files(struct worlds *worlds, const struct options *options, const struct tol_law *law,
                                 tol_day last, struct tol_error *error)
{
    const struct text_list *files = &options->value[OPTION_SCENARIOS];
    enum tol_status status = TOL_OK;
    for (size_t i = 0; status == TOL_OK && i < files->count; i++) {
        struct tol_scenario_file *file = NULL;
        status = tol_scenario_file_read(files->text[i], &file, error);
        if (status == TOL_OK) {
            status =
                add_file_scenarios(worlds, file, files->text[i], law, last, options_given(options, OPTION_ON), error);
        }
        tol_scenario_file_free(file);
    }
    return status;
}

enum tol_status worlds_read_files(struct worlds *worlds, const struct options *options, const struct session *session,
                                  tol_day on, struct tol_error *error)
{
    *worlds = (struct worlds){0};
    return add_files(worlds, options, session->law, on, error);
}

enum tol_status worlds_read(struct worlds *worlds, const struct options *options, const struct session *session,
                            struct tol_error *error)
{
    *worlds = (struct worlds){0};
    worlds->baseline.law = session->law;
    if (!tol_day_parse(default_baseline, &worlds->baseline.on)) {
        return tol_fail(error, TOL_INTERNAL, "the default baseline is not a day");
    }
    enum tol_status status = options_day(options, OPTION_BASELINE, &worlds->baseline.on, error);
    tol_day_format(worlds->baseline.on, worlds->baseline.name);
    if (status == TOL_OK) {
        status = check_coverage(session->law, worlds->baseline.name, worlds->baseline.on, error);
    }
    tol_day last = session->today;
    if (status == TOL_OK) {
        status = add_days(worlds, options, session->law, &last, error);
    }
    if (status == TOL_OK) {
        status = add_files(worlds, options, session->law, last, error);
    }
    if (status == TOL_OK && worlds->count == 0) {
        char name[TOL_DAY_TEXT_SIZE];
        tol_day_format(last, name);
        talk_note("no --on and no --scenarios: the law of today, %s", name);
        worlds->took_today = true;
        status = add_world(worlds, name, last, session->law, error);
    }
    return status;
}

struct tol_plan_options worlds_plan_options(const struct worlds *worlds, const struct session *session,
                                            const struct tol_settings *settings, const char *isa)
{
    return (struct tol_plan_options){
        .baseline = worlds->baseline,
        .scenario = worlds->scenario,
        .scenario_count = worlds->count,
        .economy = session->economy,
        .settings = *settings,
        .isa = isa,
    };
}

void worlds_release(struct worlds *worlds)
{
    /* Later ones may build on earlier ones. */
    for (size_t i = worlds->overlay_count; i > 0; i--) {
        tol_law_close(worlds->overlay[i - 1]);
    }
    for (size_t i = 0; i < worlds->count; i++) {
        for (size_t p = 0; p < worlds->doubts[i].count; p++) {
            free(worlds->doubts[i].programme[p]);
        }
    }
    free(worlds->doubts);
    free(worlds->overlay);
    free(worlds->scenario);
    *worlds = (struct worlds){0};
}

static bool read_edges(const char *text, double edge[4])
{
    char copy[128];
    if (strlen(text) >= sizeof copy) {
        return false;
    }
    memcpy(copy, text, strlen(text) + 1);
    char *rest = copy;
    for (size_t i = 0; i < 4; i++) {
        char *word = strsep(&rest, ":");
        if (word == NULL || !text_to_number(word, &edge[i]) || edge[i] <= 0 || edge[i] >= 100 ||
            (i > 0 && edge[i] <= edge[i - 1])) {
            return false;
        }
    }
    return rest == NULL;
}

/* A setting that is one number. */
struct setting {
    const char *name;
    double *value;
    double most;
    bool zero_allowed;
};
enum { SETTINGS_COUNT = 13 };

static void list_settings(struct tol_settings *settings, struct setting list[SETTINGS_COUNT])
{
    const struct setting all[SETTINGS_COUNT] = {
        {"half_margin", &settings->half_margin, 100, false},
        {"border_pass_through", &settings->border_pass_through, 1, true},
        {"market_elasticity", &settings->market_elasticity, 1000, true},
        {"cost_pass_through", &settings->cost_pass_through, 1, true},
        {"home_gain", &settings->home_gain, 1, true},
        {"origin_content", &settings->origin_content, 1, false},
        {"hub_share", &settings->hub_share, 1, true},
        {"interest_cover_floor", &settings->interest_cover_floor, 1000, false},
        {"elasticity_default", &settings->elasticity_default, 1000, false},
        {"elasticity_scale", &settings->elasticity_scale, 1000, false},
        {"vulnerability_scale", &settings->vulnerability_scale, 100, true},
        {"elasticity_spread", &settings->elasticity_spread, 1, true},
        {"pass_through_spread", &settings->pass_through_spread, 1, true},
    };
    memcpy(list, all, sizeof all);
}

const char *settings_number(const struct tol_settings *settings, size_t i, double *value)
{
    struct tol_settings copy = *settings;
    struct setting list[SETTINGS_COUNT];
    list_settings(&copy, list);
    if (i >= SETTINGS_COUNT) {
        return NULL;
    }
    *value = *list[i].value;
    return list[i].name;
}

static enum tol_status set_one(struct tol_settings *settings, const char *name, const char *text,
                               struct tol_error *error)
{
    struct setting numbers[SETTINGS_COUNT];
    list_settings(settings, numbers);
    if (strcmp(name, "band_edges") == 0) {
        if (read_edges(text, settings->band_edge)) {
            return TOL_OK;
        }
        return tol_fail(error, TOL_USAGE,
                        "--settings band_edges=%.60s: write four ascending numbers, such as 5:15:35:65", text);
    }
    enum { NUMBERS = SETTINGS_COUNT };
    const char *names[NUMBERS + 1];
    for (size_t i = 0; i < NUMBERS; i++) {
        names[i] = numbers[i].name;
    }
    names[NUMBERS] = "band_edges";
    for (size_t i = 0; i < NUMBERS; i++) {
        if (strcmp(name, numbers[i].name) == 0) {
            double value;
            bool good = text_to_number(text, &value) && value <= numbers[i].most &&
                        (numbers[i].zero_allowed ? value >= 0 : value > 0);
            if (!good) {
                return tol_fail(error, TOL_USAGE, "--settings %s=%.60s: write a number %s 0 and at most %g", name, text,
                                numbers[i].zero_allowed ? "from" : "above", numbers[i].most);
            }
            *numbers[i].value = value;
            return TOL_OK;
        }
    }
    const char *near = nearest_name(name, names, NUMBERS + 1);
    if (near != NULL) {
        return tol_fail(error, TOL_USAGE, "--settings %.60s: unknown; did you mean %s", name, near);
    }
    char known[512] = "";
    for (size_t i = 0; i <= NUMBERS; i++) {
        size_t used = strlen(known);
        (void)snprintf(known + used, sizeof known - used, "%s%s", i > 0 ? ", " : "", names[i]);
    }
    return tol_fail(error, TOL_USAGE, "--settings %.60s: unknown; known are %s", name, known);
}

static enum tol_status read_horizon(const struct options *options, enum tol_horizon *horizon, struct tol_error *error)
{
    const char *text = options_text(options, OPTION_HORIZON);
    for (int h = TOL_HORIZON_SHORT; text != NULL && h < TOL_HORIZON_COUNT; h++) {
        if (strcmp(text, tol_horizon_name((enum tol_horizon)h)) == 0) {
            *horizon = (enum tol_horizon)h;
            return TOL_OK;
        }
    }
    return text == NULL ? TOL_OK : tol_fail(error, TOL_USAGE, "--horizon %.40s: write short or long", text);
}

enum tol_status settings_read(const struct options *options, struct tol_settings *settings, struct tol_error *error)
{
    *settings = tol_settings_default();
    const struct text_list *given = &options->value[OPTION_SETTINGS];
    enum tol_status status = read_assume_option(options, &settings->assume, error);
    if (status == TOL_OK) {
        status = read_horizon(options, &settings->horizon, error);
    }
    uint64_t tiers = settings->tiers;
    if (status == TOL_OK) {
        status = options_count(options, OPTION_TIERS, TOL_TIERS_ALL - 1, &tiers, error);
    }
    if (status != TOL_OK) {
        return status;
    }
    settings->tiers = (uint32_t)tiers;
    for (size_t i = 0; i < given->count; i++) {
        char name[64];
        const char *equals = strchr(given->text[i], '=');
        if (equals == NULL || (size_t)(equals - given->text[i]) >= sizeof name) {
            return tol_fail(error, TOL_USAGE, "--settings %.60s: write NAME=VALUE, such as half_margin=0.2",
                            given->text[i]);
        }
        size_t length = (size_t)(equals - given->text[i]);
        memcpy(name, given->text[i], length);
        name[length] = '\0';
        status = set_one(settings, name, equals + 1, error);
        if (status != TOL_OK) {
            return status;
        }
    }
    return TOL_OK;
}
