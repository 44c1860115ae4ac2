/* score: every firm of a book under every scenario. */
#include "command.h"
#include "draws.h"
#include "forecast.h"
#include "number.h"
#include "score_output.h"
#include "stages.h"
#include "talk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct score_job {
    const struct options *options;
    struct session session;
    char store[4096]; /* folder */
    struct worlds worlds;
    struct draws draws;
    struct tol_settings settings;
    struct look look;
    struct tol_book *book;
    struct tol_run *run;
    struct tol_plan *plan;
    enum totals_by by;
    struct totals totals;
    struct score_texts texts;
    struct stages stages;
    bool dry_run;           /* only forecast */
    enum format row_format; /* of rows on stdout */
    const char *output;     /* NULL: only totals */
    const char *special;    /* the device or pipe that stdout leads to; NULL: none */
    double started;
    uint64_t book_bytes; /* peak memory once the book was verified */
    uint64_t plan_bytes; /* once the plan was made */
};

/* A device or pipe is written as stdout is: it can be neither replaced nor removed. */
static enum tol_status redirect_special(struct score_job *job, struct tol_error *error)
{
    if (job->output == NULL || !is_special_file(job->output)) {
        return TOL_OK;
    }
    int descriptor = open(job->output, O_WRONLY | O_CLOEXEC);
    if (descriptor < 0 || dup2(descriptor, STDOUT_FILENO) < 0) {
        tol_fail(error, TOL_CANNOT_CREATE, "cannot write here: %s", strerror(errno));
        return tol_fail_at(error, TOL_CANNOT_CREATE, job->output, 0, NULL, NULL);
    }
    close(descriptor);
    job->special = job->output;
    job->output = "-";
    return TOL_OK;
}

static enum tol_status read_by(const struct options *options, enum totals_by *by, struct tol_error *error)
{
    const char *text = options_text(options, OPTION_BY);
    *by = TOTALS_ALL;
    for (int i = TOTALS_BY_SECTOR; text != NULL && i < TOTALS_BY_COUNT; i++) {
        if (strcmp(text, totals_by_name((enum totals_by)i)) == 0) {
            *by = (enum totals_by)i;
        }
    }
    return text == NULL || *by != TOTALS_ALL
               ? TOL_OK
               : tol_fail(error, TOL_USAGE, "--by %.40s: totals are made by sector, country or band", text);
}

/* Where rows go is settled before any work is done. */
static enum tol_status read_output(struct score_job *job, struct tol_error *error)
{
    const struct options *options = job->options;
    job->output = options_text(options, OPTION_OUTPUT);
    enum tol_status status = job->dry_run ? TOL_OK : redirect_special(job, error);
    if (status != TOL_OK) {
        return status;
    }
    bool to_stdout = job->output != NULL && strcmp(job->output, "-") == 0;
    status = read_by(options, &job->by, error);
    if (status != TOL_OK) {
        return status;
    }
    bool rows = to_stdout && !job->dry_run; /* a forecast is a table as totals are, wherever the rows would go */
    status = look_read(options, rows ? "json jsonl csv" : command_score.formats, rows ? FORMAT_CSV : FORMAT_TABLE,
                       &job->look, error);
    job->row_format = job->look.format == FORMAT_TABLE ? FORMAT_CSV : job->look.format;
    if (status != TOL_OK || job->output == NULL || to_stdout) {
        return status;
    }
    static const char *const endings[] = {".csv", ".jsonl", ".json", ".parquet"};
    const char *dot = strrchr(job->output, '.');
    bool known = false;
    for (size_t i = 0; dot != NULL && i < sizeof endings / sizeof endings[0]; i++) {
        known = known || strcasecmp(dot, endings[i]) == 0;
    }
    if (!known) {
        return tol_fail(error, TOL_USAGE, "-o %.200s: the ending must be .csv, .jsonl, .json or .parquet; - is stdout",
                        job->output);
    }
    return TOL_OK;
}

static enum tol_status open_inputs(struct score_job *job, struct tol_error *error)
{
    enum tol_status status = session_open(&job->session, job->options, SESSION_ALL, error);
    if (status == TOL_OK) {
        status = worlds_read(&job->worlds, job->options, &job->session, error);
    }
    if (status == TOL_OK) {
        status = settings_read(job->options, &job->settings, error);
    }
    if (status == TOL_OK) {
        status = draws_read(&job->draws, job->options, &job->worlds, error);
    }
    if (status == TOL_OK) {
        status = tol_book_open(job->options->argument.text[0], &job->book, error);
    }
    stages_enter(&job->stages, TOL_STAGE_VERIFY);
    return status;
}

/* Checksums of the book, by all workers. */
static enum tol_status verify_book(struct score_job *job, struct tol_error *error)
{
    enum tol_status status = tol_book_verify(job->book, job->run, error);
    if (status != TOL_OK && error->file[0] == '\0') {
        tol_fail_at(error, status, job->options->argument.text[0], 0, NULL, NULL);
    }
    return status;
}

static void begin_stage(void *context, enum tol_stage stage)
{
    stages_enter(context, stage);
}

static enum tol_status start_workers(struct score_job *job, struct tol_error *error)
{
    uint64_t threads = 0;
    enum tol_status status = options_count(job->options, OPTION_THREADS, 4096, &threads, error);
    struct tol_run_options run_options = {.threads = (unsigned)threads,
                                          .pin = !options_given(job->options, OPTION_NO_PIN)};
    if (status == TOL_OK) {
        status = tol_run_create(&run_options, &job->run, error);
    }
    if (status == TOL_OK && tol_run_note(job->run) != NULL) {
        talk_note("%s", tol_run_note(job->run));
    }
    return status;
}

static struct tol_plan_options plan_options(struct score_job *job)
{
    return (struct tol_plan_options){
        .baseline = job->worlds.baseline,
        .scenario = job->worlds.scenario,
        .scenario_count = job->worlds.count,
        .economy = job->session.economy,
        .store = session_store(job->store, sizeof job->store),
        .settings = job->settings,
        .draws = job->draws.options,
        .isa = options_text(job->options, OPTION_ISA),
        .begins = begin_stage,
        .begins_context = &job->stages,
    };
}

static enum tol_status make_plan(struct score_job *job, struct tol_error *error)
{
    draws_show_progress(&job->draws);
    const struct tol_plan_options options = plan_options(job);
    return tol_plan_create(job->book, job->session.parameters, &options, job->run, &job->plan, error);
}

/* Instead of the run: what it would take. */
static enum tol_status show_forecast(struct score_job *job, struct tol_error *error)
{
    const struct tol_plan_options options = plan_options(job);
    double tiers[TOL_SIDE_COUNT];
    struct sink sink;
    enum tol_status status = forecast_score(job->book, job->session.parameters, &options, job->run, job->output,
                                            job->row_format, &job->stages, tiers, error);
    if (status != TOL_OK) {
        return status;
    }
    sink_open_stdout(&sink);
    stages_render(&sink, &job->look, &job->stages, tiers);
    return sink_close(&sink, error);
}

/* Rows out, totals gathered on the way. */
static enum tol_status score_rows(struct score_job *job, struct tol_error *error)
{
    struct score_stream stream;
    stages_enter(&job->stages, TOL_STAGE_LINES);
    enum tol_status status = totals_open(&job->totals, job->worlds.count, job->by, job->book, error);
    if (status == TOL_OK) {
        status = score_texts_open(&job->texts, job->book, &job->worlds, error);
    }
    job->texts.draws = job->draws.options.count > 0;
    if (status == TOL_OK) {
        status = score_stream_open(&stream, job->book, job->plan, job->run, job->worlds.count, &job->totals,
                                   &job->stages, error);
    }
    if (status != TOL_OK) {
        return status;
    }
    if (job->output != NULL) {
        enum format format = strcmp(job->output, "-") == 0 ? job->look.format : FORMAT_TABLE;
        status = score_output(job->output, format, &stream, &job->texts, error);
    } else {
        const struct tol_score_row *rows;
        size_t count = 1;
        while (status == TOL_OK && count > 0) {
            status = score_stream_next(&stream, UINT64_MAX, &rows, &count, error);
        }
    }
    score_stream_close(&stream);
    return status;
}

/* What would be worth asking the firms about, per scenario. */
static enum tol_status tell_widest(const struct score_job *job, struct tol_error *error)
{
    struct tol_widest_unknown widest[TOL_SCENARIOS_MAX];
    enum tol_status status = tol_plan_widest_unknown(job->plan, job->run, widest, error);
    for (size_t i = 0; i < job->worlds.count && status == TOL_OK; i++) {
        const struct tol_scenario *scenario = &job->worlds.scenario[i];
        if (widest[i].fact > 0) {
            char eur[64];
            number_people(widest[i].narrowing_eur, 0, eur, sizeof eur);
            talk_note("%s: knowing %s of all lines would narrow EBITDA most, by %s EUR at best", scenario->name,
                      tol_fact_name(scenario->law, widest[i].fact - 1u), eur);
        }
    }
    return status;
}

/* The portfolio's draws: into the totals, and in a sentence for each scenario. */
static enum tol_status tell_draws(struct score_job *job, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    for (size_t i = 0; job->draws.options.count > 0 && i < job->worlds.count && status == TOL_OK; i++) {
        struct drawn_total *drawn = &job->totals.drawn[i];
        status = tol_plan_portfolio_draws(job->plan, (uint32_t)i, totals_ebitda_change(&job->totals, i),
                                          &drawn->statistics, error);
        if (status == TOL_OK) {
            char text[400];
            drawn->known = true;
            draws_sentence(&job->draws, &drawn->statistics, text, sizeof text);
            talk_note("%s: %s", job->worlds.scenario[i].name, text);
        }
    }
    return status;
}

/* After each stage; a mapped book counts as far as it was read. */
static void memory_text(const struct score_job *job, char *text, size_t size)
{
    char book[32], plan[32], all[32];
    talk_bytes(job->book_bytes, book, sizeof book);
    talk_bytes(job->plan_bytes, plan, sizeof plan);
    talk_bytes(talk_peak_bytes(), all, sizeof all);
    snprintf(text, size, "peak memory %s (book %s, plan %s)", all, book, plan);
}

/* When stdout carries the rows, the totals are talk. */
static enum tol_status show_totals(struct score_job *job, struct tol_error *error)
{
    struct sink sink;
    bool rows_on_stdout = job->output != NULL && strcmp(job->output, "-") == 0;
    sink_open_stdout(&sink);
    if (rows_on_stdout) {
        sink.descriptor = STDERR_FILENO;
        job->look = (struct look){.format = FORMAT_TABLE};
    }
    enum tol_status status = tell_draws(job, error);
    if (status != TOL_OK) {
        sink_release(&sink);
        return status;
    }
    totals_render(&sink, &job->look, &job->totals, job->book, &job->worlds);
    char firms[64], lines[64];
    number_people((double)job->book->firm_count, 0, firms, sizeof firms);
    number_people((double)(job->book->side[TOL_SALES].line_count + job->book->side[TOL_PURCHASES].line_count), 0, lines,
                  sizeof lines);
    status = sink_close(&sink, error);
    if (status == TOL_OK) {
        status = tell_widest(job, error);
    }
    if (status == TOL_OK) {
        char memory[128];
        memory_text(job, memory, sizeof memory);
        talk_note("%s firms, %s lines, %zu scenarios against %s (law %s), assuming %s, %s, %u threads, %s, %.2f s",
                  firms, lines, job->worlds.count, job->worlds.baseline.name, tol_law_version(job->worlds.baseline.law),
                  tol_assume_name(job->settings.assume), tol_plan_isa(job->plan), tol_run_threads(job->run), memory,
                  talk_seconds() - job->started);
    }
    return status;
}

/* Where --stages asks for it. */
static enum tol_status tell_stages(struct score_job *job, struct tol_error *error)
{
    if (!job->stages.measures) {
        return TOL_OK;
    }
    stages_end(&job->stages);
    struct sink sink;
    sink_open_stdout(&sink);
    sink.descriptor = STDERR_FILENO;
    stages_render(&sink, &(struct look){.format = FORMAT_TABLE}, &job->stages, NULL);
    return sink_close(&sink, error);
}

static void release(struct score_job *job)
{
    score_texts_release(&job->texts);
    totals_release(&job->totals);
    if (job->plan != NULL) {
        tol_plan_destroy(job->plan);
    }
    if (job->run != NULL) {
        tol_run_destroy(job->run);
    }
    if (job->book != NULL) {
        tol_book_close(job->book);
    }
    draws_release(&job->draws);
    worlds_release(&job->worlds);
    session_close(&job->session);
}

static enum tol_status score_book(struct score_job *job, struct tol_error *error)
{
    enum tol_status status = verify_book(job, error);
    if (status == TOL_OK) {
        job->book_bytes = talk_peak_bytes();
        status = make_plan(job, error);
    }
    if (status == TOL_OK) {
        job->plan_bytes = talk_peak_bytes();
        status = score_rows(job, error);
        if (status == TOL_IO && job->special != NULL) {
            tol_fail_at(error, status, job->special, 0, NULL, NULL);
        }
    }
    if (status == TOL_OK) {
        stages_enter(&job->stages, TOL_STAGE_TOTALS);
        status = show_totals(job, error);
    }
    return status == TOL_OK ? tell_stages(job, error) : status;
}

static enum tol_status run(const struct options *options, struct tol_error *error)
{
    struct score_job job = {
        .options = options, .started = talk_seconds(), .dry_run = options_given(options, OPTION_DRY_RUN)};
    talk_catch_signals();
    if (options_given(options, OPTION_STAGES) || job.dry_run) {
        stages_begin(&job.stages);
    }
    enum tol_status status = read_output(&job, error);
    if (status == TOL_OK) {
        status = open_inputs(&job, error);
    }
    if (status == TOL_OK) {
        status = start_workers(&job, error);
    }
    if (status == TOL_OK) {
        status = (job.dry_run ? show_forecast : score_book)(&job, error);
    }
    release(&job);
    return status;
}

const struct command command_score = {
    .name = "score",
    .summary = "every firm of a book under every scenario",
    .usage = "BOOK [--on DATE]... [--scenarios FILE]... [-o OUT]",
    .examples = "  tolmuur score portfolio.book --on 2025-08-07 -o scores.parquet\n"
                "  tolmuur score portfolio.book --on 2025-08-07 --on 2026-03-01 --by sector\n"
                "  tolmuur score portfolio.book --scenarios uniform_us_10.json --on 2025-01-01 -o - --format jsonl\n"
                "  tolmuur score portfolio.book --on 2025-08-07 --settings half_margin=0.2 -o scores.csv\n"
                "  tolmuur score portfolio.book --on 2025-08-07 --draws 1000 -o scores.csv\n",
    .text =
        "One row per firm and scenario (docs/output-columns.md); OUT by its ending: .csv, .jsonl, .json or .parquet.\n"
        "Totals go to stdout in --format, or to stderr when the rows are on stdout. Every result is the same bits for "
        "any\n"
        "--threads and --isa. The book's checksums are verified first.\n",
    .options =
        (const enum option_id[]){OPTION_ON,      OPTION_SCENARIOS, OPTION_BASELINE, OPTION_SETTINGS, OPTION_ASSUME,
                                 OPTION_HORIZON, OPTION_TIERS,     OPTION_DRAWS,    OPTION_SEED,     OPTION_OUTPUT,
                                 OPTION_BY,      OPTION_DRY_RUN,   OPTION_STAGES,   OPTION_THREADS,  OPTION_NO_PIN,
                                 OPTION_ISA,     OPTION_TABLES,    OPTION_FORMAT,   OPTION_COLOR,    OPTION_END},
    .formats = "table json jsonl csv",
    .least_arguments = 1,
    .most_arguments = 1,
    .run = run,
};
