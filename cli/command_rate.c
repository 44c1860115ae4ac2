/* rate: the stack of duties for one product, or for every row of a file. */
#include "command.h"
#include "rate_answer.h"
#include "rate_batch.h"
#include "session.h"
#include "talk.h"
#include "worlds.h"

#include <stdio.h>
#include <string.h>

/* What the question is asked of: the law as it is, or one scenario. */
struct ground {
    const struct tol_law *law;
    const char *scenario; /* NULL: the law as it is */
    tol_day on;           /* when a row names none */
    struct worlds worlds; /* those of the files, which own the scenario's law */
};

/* The scenario of the files that --scenario names, or the only one. */
static enum tol_status pick_scenario(const struct worlds *worlds, const char *name, size_t *index,
                                     struct tol_error *error)
{
    if (name == NULL && worlds->count == 1) {
        *index = 0;
        return TOL_OK;
    }
    char known[300] = "";
    size_t used = 0;
    for (size_t i = 0; i < worlds->count; i++) {
        if (name != NULL && strcmp(worlds->scenario[i].name, name) == 0) {
            *index = i;
            return TOL_OK;
        }
        if (used < sizeof known) {
            used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", i > 0 ? ", " : "",
                                     worlds->scenario[i].name);
        }
    }
    return name != NULL ? tol_fail(error, TOL_USAGE, "--scenario %.63s is not in the files; there are %s", name, known)
                        : tol_fail(error, TOL_USAGE, "rate takes one scenario; name it with --scenario: %s", known);
}

/* A scenario with a day of its own is asked on that day. */
static enum tol_status read_ground(struct ground *ground, const struct options *options, const struct session *session,
                                   struct tol_error *error)
{
    *ground = (struct ground){.law = session->law, .on = today()};
    const char *name = options_text(options, OPTION_SCENARIO);
    enum tol_status status = options_day(options, OPTION_ON, &ground->on, error);
    if (status != TOL_OK || !options_given(options, OPTION_SCENARIOS)) {
        return status == TOL_OK && name != NULL ? tol_fail(error, TOL_USAGE, "--scenario needs --scenarios FILE")
                                                : status;
    }
    size_t index = 0;
    status = worlds_read_files(&ground->worlds, options, session, ground->on, error);
    status = status != TOL_OK ? status : pick_scenario(&ground->worlds, name, &index, error);
    if (status != TOL_OK) {
        return status;
    }
    const struct tol_scenario *scenario = &ground->worlds.scenario[index];
    if (options_given(options, OPTION_ON) && scenario->on != ground->on) {
        char day[TOL_DAY_TEXT_SIZE];
        tol_day_format(scenario->on, day);
        return tol_fail(error, TOL_USAGE, "the scenario %s stands on %s; leave --on out", scenario->name, day);
    }
    ground->law = scenario->law;
    ground->scenario = scenario->name;
    ground->on = scenario->on;
    return TOL_OK;
}

/* All --fact options as one text. */
static enum tol_status read_facts(const struct options *options, struct rate_case *rate, struct tol_error *error)
{
    const struct text_list *given = &options->value[OPTION_FACT];
    char text[2048] = "";
    size_t used = 0;
    for (size_t i = 0; i < given->count; i++) {
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", i > 0 ? ";" : "", given->text[i]);
        if (used >= sizeof text) {
            return tol_fail(error, TOL_USAGE, "--fact: all facts together are longer than %zu bytes", sizeof text - 1);
        }
    }
    rate->query.facts = &rate->facts;
    struct tol_error fault = {0};
    if (tol_facts_parse(rate->law, text, &rate->facts, &fault) != TOL_OK) {
        return tol_fail(error, TOL_USAGE, "--fact %s: %s", fault.value, fault.message);
    }
    return TOL_OK;
}

static enum tol_status read_question(const struct options *options, struct rate_case *rate, struct tol_error *error)
{
    enum tol_status status = read_country_option(options, OPTION_INTO, &rate->query.into, error);
    if (status == TOL_OK) {
        status = read_country_option(options, OPTION_FROM, &rate->query.from, error);
    }
    if (status != TOL_OK) {
        return status;
    }
    const char *hts = options_text(options, OPTION_HTS);
    if (hts == NULL) {
        return tol_fail(error, TOL_USAGE, "--hts is missing; name a product, such as --hts 8703.23.01.90");
    }
    if (!tol_product_parse(hts, 4, &rate->query.product)) {
        return tol_fail(error, TOL_USAGE,
                        "--hts %.40s is not a product code; write 4, 6, 8, 9 or 10 digits, dots are allowed", hts);
    }
    if (tol_product_lacks_zero(rate->query.product)) {
        return tol_fail(error, TOL_USAGE, "--hts %.40s: " RATE_FAULT_ZERO "; write 0%.40s if so", hts, hts);
    }
    const char *value = options_text(options, OPTION_VALUE);
    rate->has_value = value != NULL;
    const char *fault = value != NULL ? text_to_amount(value, &rate->value) : NULL;
    if (fault != NULL) {
        return tol_fail(error, TOL_USAGE, "--value %.40s is %s", value, fault);
    }
    status = read_assume_option(options, &rate->query.assume, error);
    return status == TOL_OK ? read_facts(options, rate, error) : status;
}

static void print_answer(struct sink *sink, const struct look *look, struct rate_case *rate)
{
    struct json_writer json = {.sink = sink, .indented = look->format == FORMAT_JSON};
    switch (look->format) {
    case FORMAT_JSON:
    case FORMAT_JSONL:
        rate_json_full(&json, rate);
        sink_text(sink, "\n");
        break;
    case FORMAT_CSV:
        rate->error = rate_unknown_reason(rate);
        rate_csv_header(sink, rate->scenario);
        rate_csv_row(sink, rate);
        break;
    default:
        rate_render(sink, look, rate);
        break;
    }
}

static enum tol_status rate_one(const struct ground *ground, const struct options *options, const struct look *look,
                                struct sink *sink, const char **refusal, struct tol_error *error)
{
    struct rate_case rate = {.law = ground->law, .scenario = ground->scenario, .id = "", .query.on = ground->on};
    enum tol_status status = read_question(options, &rate, error);
    if (status == TOL_OK) {
        status = tol_law_rate(ground->law, &rate.query, &rate.answer, error);
    }
    if (status == TOL_OK) {
        print_answer(sink, look, &rate);
        *refusal = rate_refusal(&rate);
    }
    return status;
}

static enum tol_status rate_many(const struct ground *ground, const struct options *options, const struct look *look,
                                 struct sink *sink, struct batch_report *report, struct tol_error *error)
{
    static const enum option_id single[] = {OPTION_INTO, OPTION_FROM, OPTION_HTS, OPTION_FACT, OPTION_VALUE};
    for (size_t i = 0; i < sizeof single / sizeof single[0]; i++) {
        if (options_given(options, single[i]) && options->origin[single[i]] == NULL) {
            return tol_fail(error, TOL_USAGE, "--%s has no place beside --batch: the file has a column for it",
                            option_spec(single[i])->name);
        }
    }
    struct batch_options batch = {.path = options_text(options, OPTION_BATCH),
                                  .on = ground->on,
                                  .scenario = ground->scenario,
                                  .format = look->format};
    enum tol_status status = read_assume_option(options, &batch.assume, error);
    return status == TOL_OK ? rate_batch(ground->law, &batch, sink, report, error) : status;
}

/* A batch with faulty rows is a whole result, but not a success. */
static enum tol_status judge(const struct batch_report *report, struct tol_error *error)
{
    if (report->past_coverage > 0) {
        talk_note("%llu of %llu rows have a day past the last one that the law tables cover; later law is not in them",
                  (unsigned long long)report->past_coverage, (unsigned long long)report->rows);
    }
    if (report->faulty == 0) {
        return TOL_OK;
    }
    return tol_fail(error, TOL_BAD_DATA, "%llu of %llu rows have no rate; their error column says why",
                    (unsigned long long)report->faulty, (unsigned long long)report->rows);
}

static enum tol_status answer(const struct ground *ground, const struct options *options, const struct look *look,
                              struct tol_error *error)
{
    const char *output = options_text(options, OPTION_OUTPUT);
    struct sink sink;
    struct batch_report report = {0};
    const char *refusal = NULL; /* of the single question */
    enum tol_status status = sink_open(&sink, output != NULL ? output : "-", error);
    sink.keep_formulas = options_given(options, OPTION_KEEP_FORMULAS);
    if (status == TOL_OK) {
        status = options_given(options, OPTION_BATCH) ? rate_many(ground, options, look, &sink, &report, error)
                                                      : rate_one(ground, options, look, &sink, &refusal, error);
    }
    if (status != TOL_OK) {
        sink_release(&sink);
        return status;
    }
    status = sink_close(&sink, error);
    if (status == TOL_OK && refusal != NULL) {
        return tol_fail(error, TOL_BAD_DATA, "%s", refusal);
    }
    return status == TOL_OK ? judge(&report, error) : status;
}

static enum tol_status run(const struct options *options, struct tol_error *error)
{
    struct look look;
    struct session session = {0};
    struct ground ground = {0};
    bool many = options_given(options, OPTION_BATCH);
    enum tol_status status = look_read(options, many ? "json jsonl csv" : command_rate.formats,
                                       many ? FORMAT_CSV : FORMAT_TABLE, &look, error);
    if (status == TOL_OK && options->value[OPTION_ON].count > 1) {
        status = tol_fail(error, TOL_USAGE, "rate takes one --on; many days go into the on column of a --batch file");
    }
    if (status == TOL_OK) {
        status = session_open(&session, options, SESSION_LAW, error);
    }
    if (status == TOL_OK) {
        status = read_ground(&ground, options, &session, error);
    }
    if (status == TOL_OK) {
        status = answer(&ground, options, &look, error);
    }
    worlds_release(&ground.worlds);
    session_close(&session);
    return status;
}

const struct command command_rate = {
    .name = "rate",
    .summary = "the duty on one product: base, every authority, total, sources",
    .usage =
        "--into COUNTRY --from COUNTRY --hts CODE [--on DATE] [--fact NAME=VALUE]... [--assume MODE] | --batch FILE\n"
        "               [--scenarios FILE [--scenario NAME]]",
    .examples =
        "  tolmuur rate --into US --from CN --hts 3926909989 --on 2025-04-12\n"
        "  tolmuur rate --into US --from DE --hts 8703.23.01.90 --on 2025-08-10 --value 14172 --format json\n"
        "  tolmuur rate --into US --from CA --hts 7306305032 --on 2026-05-01 --fact usmca=yes --fact steel_share=0.4\n"
        "  tolmuur rate --batch shipments.csv -o rates.csv\n"
        "  tolmuur rate --into US --from DE --hts 8703230190 --scenarios eu_cars_25.json --scenario eu_cars_25\n",
    .text =
        "Nothing is claimed unless a fact says so. A fact that matters and is not given makes the answer a range.\n"
        "With --assume trade the central reading is that of a flow of goods: averages of the trade for what is not "
        "given.\n"
        "With --scenarios the law is that of one scenario; a day that it names takes the place of --on, and rows of a "
        "batch\n"
        "that name a day keep theirs.\n"
        "--batch writes one row per row; a faulty row gets its fault in the error column, and the exit code is 65.\n",
    .options = (const enum option_id[]){OPTION_INTO, OPTION_FROM, OPTION_HTS, OPTION_ON, OPTION_FACT, OPTION_ASSUME,
                                        OPTION_SCENARIOS, OPTION_SCENARIO, OPTION_VALUE, OPTION_BATCH, OPTION_OUTPUT,
                                        OPTION_KEEP_FORMULAS, OPTION_FORMAT, OPTION_COLOR, OPTION_TABLES, OPTION_END},
    .formats = "table json jsonl csv",
    .run = run,
};
