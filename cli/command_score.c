/* score: every firm of a book under every scenario. */
#include "book_verify.h"
#include "command.h"
#include "forecast.h"
#include "manifest_read.h"
#include "network_job.h"
#include "postgres_settings.h"
#include "replay.h"
#include "run_score.h"
#include "score_output.h"
#include "score_rows_out.h"
#include "score_tell.h"
#include "talk.h"
#include "workbook.h"
#include "workers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

/* Options that are about a run folder have one. */
static enum tol_status read_folder(struct score_job *job, struct tol_error *error)
{
    static const enum option_id for_folders[] = {OPTION_RESUME, OPTION_REPLACE, OPTION_REPLAY, OPTION_PART_ROWS,
                                                 OPTION_SHARD};
    if (is_network_job(job)) {
        return TOL_OK; /* it has the options of the shards, and writes no folder */
    }
    job->to_folder = job->output != NULL && !job->database && run_folder_is_named(job->output);
    if (job->to_folder) {
        return run_score_read(job, error);
    }
    for (size_t i = 0; i < sizeof for_folders / sizeof for_folders[0]; i++) {
        if (options_given(job->options, for_folders[i])) {
            return tol_fail(error, TOL_USAGE, "--%s is about a run folder; name one, such as -o runs/tonight/",
                            option_spec(for_folders[i])->name);
        }
    }
    return TOL_OK;
}

/* Where rows go is settled before any work is done. */
static enum tol_status read_output(struct score_job *job, struct tol_error *error)
{
    const struct options *options = job->options;
    job->output = is_network_job(job) ? NULL : options_text(options, OPTION_OUTPUT);
    job->database = job->output != NULL && tol_postgres_is_uri(job->output);
    enum tol_status status = workbook_read(job, error);
    if (status == TOL_OK && !job->dry_run && !job->database) {
        status = redirect_special(job, error);
    }
    if (status != TOL_OK) {
        return status;
    }
    bool to_stdout = job->output != NULL && strcmp(job->output, "-") == 0;
    status = totals_by_read(options, &job->by, error);
    if (status != TOL_OK) {
        return status;
    }
    bool rows = to_stdout && !job->dry_run; /* a forecast is a table as totals are, wherever the rows would go */
    status = look_read(options, rows ? "json jsonl csv" : command_score.formats, rows ? FORMAT_CSV : FORMAT_TABLE,
                       &job->look, error);
    job->row_format = job->look.format == FORMAT_TABLE ? FORMAT_CSV : job->look.format;
    if (status == TOL_OK) {
        status = read_folder(job, error);
    }
    if (status == TOL_OK) {
        status = postgres_settings_read(&job->postgres, options, error);
    }
    if (status == TOL_OK && !job->database && options_given(options, OPTION_TABLE) &&
        options->origin[OPTION_TABLE] == NULL) {
        status = tol_fail(error, TOL_USAGE, "--table names a table of -o postgresql://..., which is not given");
    }
    if (status != TOL_OK || job->output == NULL || to_stdout || job->to_folder || job->database) {
        return status;
    }
    if (!job->to_workbook && !score_output_knows(job->output)) {
        return tol_fail(
            error, TOL_USAGE,
            "-o %.200s: the ending must be .csv, .jsonl, .json, .parquet or .xlsx; - is stdout, a name without ending "
            "a run folder, postgresql://... a database",
            job->output);
    }
    return TOL_OK;
}

static enum tol_status open_inputs(struct score_job *job, struct tol_error *error)
{
    enum tol_status status = session_open(&job->session, job->options, SESSION_ALL, error);
    if (status == TOL_OK && job->replayed != NULL && job->replayed->day[0] != '\0' &&
        !tol_day_parse(job->replayed->day, &job->session.today)) {
        status = tol_fail(error, TOL_INTERNAL, "the manifest's day cannot be read twice");
    }
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
    if (status == TOL_OK) {
        status = workbook_check(job, error);
    }
    stages_enter(&job->stages, TOL_STAGE_VERIFY);
    return status;
}

static void begin_stage(void *context, enum tol_stage stage)
{
    stages_enter(context, stage);
}

struct tol_plan_options score_plan_options(struct score_job *job)
{
    const struct run_folder *folder = &job->folder;
    struct tol_plan_options options =
        worlds_plan_options(&job->worlds, &job->session, &job->settings, options_text(job->options, OPTION_ISA));
    options.store = session_store(job->store, sizeof job->store);
    options.begins = begin_stage;
    options.begins_context = &job->stages;
    if (!is_network_job(job)) {
        options.draws = job->draws.options;
    }
    if (is_shard(job)) {
        const struct run_part *last = &folder->part[folder->part_count - 1];
        options.first_firm = folder->part[0].first_firm;
        options.firm_count = last->first_firm + last->firm_count - options.first_firm;
    }
    return options;
}

static enum tol_status make_plan(struct score_job *job, struct tol_error *error)
{
    draws_show_progress(&job->draws);
    const struct tol_plan_options options = score_plan_options(job);
    return tol_plan_create(job->book, job->session.parameters, &options, job->run, &job->plan, error);
}

/* A shard does all up to the network for the whole book, and after it only what its firms need. */
static void take_shard_share(struct score_job *job)
{
    struct run_folder *folder = &job->folder;
    double share = 0;
    for (size_t i = 0; i < folder->part_count; i++) {
        share += (double)folder->part[i].firm_count / (double)job->book->firm_count;
    }
    for (enum tol_stage stage = TOL_STAGE_LINES; stage <= TOL_STAGE_WRITE; stage++) {
        job->stages.of[stage].seconds *= share;
        job->stages.of[stage].cpu_seconds *= share;
    }
    job->stages.of[TOL_STAGE_TOTALS].seconds = job->stages.of[TOL_STAGE_TOTALS].cpu_seconds = 0;
}

static enum tol_status forecast(struct score_job *job, double tiers[TOL_SIDE_COUNT], struct tol_error *error)
{
    const struct forecast_subject subject = {.output = job->to_folder ? ".parquet" : job->output,
                                             .format = job->row_format,
                                             .network_job = is_network_job(job),
                                             .network_promised = job->network_promised};
    if (is_network_job(job)) {
        return network_job_forecast(job, &subject, tiers, error);
    }
    enum tol_status status = TOL_OK;
    if (is_shard(job)) {
        status = run_folder_set_parts(&job->folder, job->book->firm_count, job->worlds.count, error);
    }
    if (status != TOL_OK) {
        return status;
    }
    const struct tol_plan_options options = score_plan_options(job);
    status =
        forecast_score(job->book, job->session.parameters, &options, job->run, &subject, &job->stages, tiers, error);
    if (status == TOL_OK && is_shard(job)) {
        take_shard_share(job);
    }
    return status;
}

/* Instead of the run: what it would take. */
static enum tol_status show_forecast(struct score_job *job, struct tol_error *error)
{
    double tiers[TOL_SIDE_COUNT] = {0};
    struct sink sink;
    enum tol_status status = forecast(job, tiers, error);
    if (status != TOL_OK) {
        return status;
    }
    sink_open_stdout(&sink);
    stages_render(&sink, &job->look, &job->stages, tiers);
    return sink_close(&sink, error);
}

/* The portfolio's draws: into all totals that are kept. A shard keeps what they add to the central number, which it does not know. */
static enum tol_status take_draws(struct score_job *job, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    for (size_t i = 0; job->draws.options.count > 0 && i < job->worlds.count && status == TOL_OK; i++) {
        double change_eur = is_shard(job) ? 0 : totals_ebitda_change(&job->totals.of[job->by], i);
        struct drawn_total drawn = {.known = true};
        status = tol_plan_portfolio_draws(job->plan, (uint32_t)i, change_eur, &drawn.statistics, error);
        for (size_t by = 0; status == TOL_OK && by < TOTALS_BY_COUNT; by++) {
            if (job->totals.of[by].scenario_count > 0) {
                job->totals.of[by].drawn[i] = drawn;
            }
        }
    }
    return status;
}

/* Totals of a shard are those of its firms: what the draws say of the portfolio is not among them. */
static void forget_draws(struct score_job *job)
{
    for (size_t by = 0; is_shard(job) && by < TOTALS_BY_COUNT; by++) {
        for (size_t i = 0; i < job->totals.of[by].scenario_count; i++) {
            job->totals.of[by].drawn[i].known = false;
        }
    }
}

static void release(struct score_job *job)
{
    score_texts_release(&job->texts);
    workbook_release(job);
    totals_set_release(&job->totals);
    fail_if_release(&job->fail_if);
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
    postgres_settings_release(&job->postgres);
}

static enum tol_status score_book(struct score_job *job, struct tol_error *error)
{
    enum tol_status status = book_verify(job->book, job->run, job->options->argument.text[0], error);
    if (status == TOL_OK && is_network_job(job)) {
        status = network_job_run(job, error);
        return status == TOL_OK ? tell_stages(job, error) : status;
    }
    if (status == TOL_OK) {
        job->book_bytes = talk_peak_bytes();
        status = make_plan(job, error);
    }
    if (status == TOL_OK) {
        job->plan_bytes = talk_peak_bytes();
        network_job_tell(job);
        status = score_rows(job, error);
        if (status == TOL_IO && job->special != NULL) {
            tol_fail_at(error, status, job->special, 0, NULL, NULL);
        }
    }
    if (status == TOL_OK) {
        stages_enter(&job->stages, TOL_STAGE_TOTALS);
        status = take_draws(job, error);
    }
    if (status == TOL_OK && job->to_folder) {
        status = run_score_publish(job, error);
    }
    if (status == TOL_OK && job->to_workbook) {
        status = workbook_publish(job, error);
    }
    if (status == TOL_OK) {
        forget_draws(job);
        status = show_totals(job, error);
    }
    if (status == TOL_OK) {
        status = tell_stages(job, error);
    }
    if (status == TOL_OK) {
        status = fail_if_judge_totals(&job->fail_if, &job->totals.of[TOTALS_ALL], &job->worlds, error);
    }
    return status;
}

static enum tol_status work(struct score_job *job, struct tol_error *error)
{
    enum tol_status status = network_job_read(job, error);
    if (status == TOL_OK) {
        status = read_output(job, error);
    }
    if (status == TOL_OK && !is_network_job(job)) {
        status = fail_if_read(&job->fail_if, job->options, options_given(job->options, OPTION_DRAWS), error);
    }
    if (status == TOL_OK) {
        status = open_inputs(job, error);
    }
    if (status == TOL_OK && job->to_folder && !job->dry_run) {
        status = run_score_open(job, error);
        if (status == TOL_OK && job->replayed != NULL) {
            replay_tell_differences(job->replayed, &job->folder);
        }
    }
    if (status != TOL_OK || job->folder.whole) {
        return status;
    }
    status = try_database(job, error);
    if (status == TOL_OK) {
        status = workers_start(job->options, &job->run, error);
    }
    return status == TOL_OK ? (job->dry_run ? show_forecast : score_book)(job, error) : status;
}

static enum tol_status score(const struct options *options, const struct manifest *replayed, struct tol_error *error)
{
    struct score_job job = {.options = options,
                            .started = talk_seconds(),
                            .dry_run = options_given(options, OPTION_DRY_RUN),
                            .replayed = replayed};
    const char *output = options_text(options, OPTION_OUTPUT);
    bool peaks = options_given(options, OPTION_STAGES) || job.dry_run;
    bool folder = output != NULL && !tol_postgres_is_uri(output) && run_folder_is_named(output);
    if (peaks || folder) {
        stages_begin(&job.stages, peaks);
    }
    enum tol_status status = work(&job, error);
    if (job.to_folder) {
        run_folder_place(&job.folder, status == TOL_OK ? NULL : error);
        run_score_close(&job, status);
    }
    release(&job);
    if (replayed != NULL && !job.dry_run && (status == TOL_OK || status == TOL_THRESHOLD_EXCEEDED)) {
        enum tol_status compared = replay_compare(replayed, output, error);
        status = compared == TOL_OK ? status : compared;
    }
    return status;
}

static enum tol_status run(const struct options *options, struct tol_error *error)
{
    talk_catch_signals();
    if (!options_given(options, OPTION_REPLAY)) {
        return options->argument.count == 1
                   ? score(options, NULL, error)
                   : tol_fail(error, TOL_USAGE, "usage: tolmuur score %s", command_score.usage);
    }
    struct manifest manifest;
    struct options replayed;
    enum tol_status status = replay_read(options, &manifest, &replayed, error);
    if (status == TOL_OK) {
        status = score(&replayed, &manifest, error);
    }
    options_release(&replayed);
    manifest_release(&manifest);
    return status;
}

const struct command command_score = {
    .name = "score",
    .summary = "every firm of a book under every scenario",
    .usage = "BOOK [--on DATE]... [--scenarios FILE]... [-o OUT]",
    .examples =
        "  tolmuur score portfolio.book --on 2025-08-07 -o scores.parquet\n"
        "  tolmuur score portfolio.book --on 2025-08-07 --on 2026-03-01 --by sector\n"
        "  tolmuur score portfolio.book --scenarios uniform_us_10.json --on 2025-01-01 -o - --format jsonl\n"
        "  tolmuur score portfolio.book --on 2025-08-07 --settings half_margin=0.2 -o scores.csv\n"
        "  tolmuur score portfolio.book --on 2025-08-07 --draws 1000 -o scores.csv\n"
        "  tolmuur score portfolio.book --on 2025-08-07 -o summary.xlsx --top 500\n"
        "  tolmuur score portfolio.book --on 2025-08-07 -o runs/tonight/ --resume --fail-if 'band_e_share>0.1'\n"
        "  tolmuur score portfolio.book --on 2025-08-07 --part-rows 50000 --shard 3/7 -o shards/3/ --resume\n"
        "  tolmuur score portfolio.book --on 2025-08-07 --on 2026-03-01 --network 1/2\n"
        "  tolmuur score portfolio.book --on 2025-08-07 -o postgresql://db.example/risk --table scores_today\n"
        "  tolmuur score --replay runs/tonight/manifest.json -o runs/again/\n",
    .text =
        "One row per firm and scenario (docs/output-columns.md); OUT by its ending: .csv, .jsonl, .json or .parquet.\n"
        "OUT .xlsx is a summary instead: totals, the worst firms and what they were made from (docs/workbook.md).\n"
        "An OUT that ends in a slash or has no ending is a run: a folder of scores, totals and manifest "
        "(docs/runs.md).\n"
        "--shard I/N writes only shard I of N of a run; `merge` puts them together: the same bytes as one run "
        "(docs/shards.md).\n"
        "--network I/N before them solves the firms' network once for all\n"
        "shards and keeps it in TOLMUUR_CACHE; what it does not find there a shard solves itself.\n"
        "OUT postgresql://[user@]host/database replaces the rows of table tolmuur_scores or --table in one "
        "transaction\n"
        "(docs/postgresql.md).\n"
        "Totals go to stdout in --format, or to stderr when the rows are on stdout. Every result is the same bits for "
        "any\n"
        "--threads and --isa. The book's checksums are verified first.\n",
    .options =
        (const enum option_id[]){
            OPTION_ON,     OPTION_SCENARIOS, OPTION_BASELINE, OPTION_SETTINGS, OPTION_ASSUME,        OPTION_HORIZON,
            OPTION_TIERS,  OPTION_DRAWS,     OPTION_SEED,     OPTION_OUTPUT,   OPTION_KEEP_FORMULAS, OPTION_TABLE,
            OPTION_BY,     OPTION_TOP,       OPTION_DRY_RUN,  OPTION_STAGES,   OPTION_RESUME,        OPTION_REPLACE,
            OPTION_REPLAY, OPTION_PART_ROWS, OPTION_SHARD,    OPTION_NETWORK,  OPTION_FAIL_IF,       OPTION_THREADS,
            OPTION_NO_PIN, OPTION_ISA,       OPTION_TABLES,   OPTION_FORMAT,   OPTION_COLOR,         OPTION_END},
    .formats = "table json jsonl csv",
    .least_arguments = 0, /* --replay names the book */
    .most_arguments = 1,
    .run = run,
};
