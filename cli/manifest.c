#include "manifest.h"

#include "json_codes.h"
#include "machine_json.h"
#include "manifest_read.h"
#include "talk.h"
#include "version.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool manifest_option_counts(enum option_id id)
{
    static const enum option_id counting[] = {OPTION_ON,     OPTION_SCENARIOS, OPTION_BASELINE, OPTION_SETTINGS,
                                              OPTION_ASSUME, OPTION_HORIZON,   OPTION_TIERS,    OPTION_DRAWS,
                                              OPTION_SEED,   OPTION_PART_ROWS, OPTION_SHARD};
    for (size_t i = 0; i < sizeof counting / sizeof counting[0]; i++) {
        if (counting[i] == id) {
            return true;
        }
    }
    return false;
}

static void options_json(struct json_writer *json, const struct options *options, bool counting)
{
    json_object(json, "options");
    for (int id = OPTION_END + 1; id < OPTION_COUNT; id++) {
        const struct text_list *values = &options->value[id];
        if (values->count == 0 || manifest_option_counts((enum option_id)id) != counting) {
            continue;
        }
        json_array(json, option_spec((enum option_id)id)->name);
        for (size_t i = 0; i < values->count; i++) {
            json_text(json, NULL, values->text[i]);
        }
        json_end_array(json);
    }
    json_end_object(json);
}

/* ---- inputs and outputs ---------------------------------------------------------------------------------------- */

static void input_json(struct json_writer *json, const char *role, const char *path, uint64_t bytes, const char *digest)
{
    char whole[PATH_MAX];
    json_object(json, NULL);
    json_text(json, "role", role);
    json_text(json, "path", realpath(path, whole) != NULL ? whole : path);
    json_integer(json, "bytes", bytes);
    json_text(json, "sha256", digest);
    json_end_object(json);
}

static enum tol_status inputs_json(struct json_writer *json, struct score_job *job, struct tol_error *error)
{
    const struct text_list *scenarios = &job->options->value[OPTION_SCENARIOS];
    char digest[TOL_SHA256_TEXT_SIZE];
    uint64_t bytes = 0;
    json_array(json, "inputs");
    enum tol_status status = tol_sha256_finish(job->book_hash, &bytes, digest, error);
    job->book_hash = NULL;
    if (status == TOL_OK) {
        input_json(json, "book", job->options->argument.text[0], bytes, digest);
        status = tol_sha256_finish(job->tables_hash, &bytes, digest, error);
        job->tables_hash = NULL;
    }
    if (status == TOL_OK) {
        input_json(json, "tables", job->session.tables, bytes, digest);
    }
    for (size_t i = 0; status == TOL_OK && i < scenarios->count; i++) {
        status = tol_sha256_file(scenarios->text[i], &bytes, digest, error);
        if (status == TOL_OK) {
            input_json(json, "scenarios", scenarios->text[i], bytes, digest);
        }
    }
    json_end_array(json);
    return status;
}

static enum tol_status outputs_json(struct json_writer *json, const struct run_folder *folder, struct tol_error *error)
{
    char path[RUN_PATH_SIZE], digest[TOL_SHA256_TEXT_SIZE];
    uint64_t bytes = 0;
    json_array(json, "outputs");
    for (size_t i = 0; i < folder->part_count; i++) {
        const struct run_part *part = &folder->part[i];
        run_folder_part_name(folder, i, path);
        json_object(json, NULL);
        json_text(json, "path", path);
        json_integer(json, "first_firm", part->first_firm);
        json_integer(json, "firms", part->firm_count);
        json_integer(json, "rows", part->rows);
        json_integer(json, "bytes", part->bytes);
        json_text(json, "sha256", part->sha256);
        json_end_object(json);
    }
    const char *totals = folder->shard.count > 0 ? RUN_SUMS : RUN_TOTALS;
    run_folder_file_path(folder, totals, path);
    enum tol_status status = tol_sha256_file(path, &bytes, digest, error);
    json_object(json, NULL);
    json_text(json, "path", totals);
    json_integer(json, "bytes", bytes);
    json_text(json, "sha256", digest);
    json_end_object(json);
    json_end_array(json);
    return status;
}

/* ---- the rest -------------------------------------------------------------------------------------------------- */

static void head_json(struct json_writer *json, const struct score_job *job)
{
    tol_day first, last;
    char text[TOL_DAY_TEXT_SIZE];
    json_text(json, "format", MANIFEST_FORMAT);
    json_integer(json, "format_version", MANIFEST_VERSION);
    json_text(json, "identity", job->folder.identity.sha256);
    run_identity_json(json, "resolved", &job->folder.identity);
    options_json(json, job->options, true);
    tol_day_format(job->session.today, text);
    json_text(json, "day", job->worlds.took_today ? text : NULL);
    tol_law_coverage(job->session.law, &first, &last);
    json_object(json, "law");
    json_text(json, "version", tol_law_version(job->session.law));
    json_day(json, "first_day", first);
    json_day(json, "last_day", last);
    json_end_object(json);
}

static void counts_json(struct json_writer *json, const struct score_job *job)
{
    json_object(json, "counts");
    json_integer(json, "firms", job->book->firm_count);
    json_integer(json, "sales_lines", job->book->side[TOL_SALES].line_count);
    json_integer(json, "purchase_lines", job->book->side[TOL_PURCHASES].line_count);
    json_integer(json, "scenarios", job->worlds.count);
    json_integer(json, "rows", job->book->firm_count * job->worlds.count);
    json_integer(json, "parts", job->folder.run_parts);
    json_end_object(json);
}

/* Counts are those of the whole run: that of a shard stands beside them. */
static void shard_json(struct json_writer *json, const struct run_folder *folder)
{
    if (folder->shard.count > 0) {
        json_object(json, "shard");
        json_integer(json, "number", folder->shard.number);
        json_integer(json, "of", folder->shard.count);
        json_end_object(json);
    }
}

static void run_on_json(struct json_writer *json, const struct score_job *job)
{
    const struct tol_topology *topology = &job->topology;
    bool free_workers = options_given(job->options, OPTION_NO_PIN);
    const char *note = tol_run_note(job->run);
    json_text(json, "isa", tol_plan_isa(job->plan));
    json_integer(json, "threads", tol_run_threads(job->run));
    json_text(json, "pinning", note != NULL ? note : free_workers ? "off" : "cores");
    json_object(json, "machine");
    machine_json(json, topology);
    json_text(json, "allowed_units", topology->binding);
    json_end_object(json);
}

static void stages_json(struct json_writer *json, struct stages *stages)
{
    stages_end(stages);
    json_object(json, "stage_seconds");
    for (enum tol_stage stage = TOL_STAGE_OPEN; stage < TOL_STAGE_COUNT; stage++) {
        json_number(json, tol_stage_name(stage), stages->of[stage].seconds);
    }
    json_end_object(json);
}

static void time_json(struct json_writer *json, const char *key, time_t when)
{
    char text[64] = "";
    struct tm broken;
    if (gmtime_r(&when, &broken) != NULL) {
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &broken);
    }
    json_text(json, key, text);
}

static void execution_json(struct json_writer *json, struct score_job *job, size_t kept_parts)
{
    struct library_version library[LIBRARIES_MOST];
    char host[128] = "";
    json_object(json, "execution");
    json_text(json, "run_id", job->folder.id);
    json_text(json, "host", gethostname(host, sizeof host - 1) == 0 ? host : NULL);
    time_json(json, "started", job->began);
    time_json(json, "ended", time(NULL));
    json_number(json, "seconds", talk_seconds() - job->started);
    stages_json(json, &job->stages);
    json_integer(json, "peak_memory_bytes", talk_peak_bytes());
    json_integer(json, "kept_parts", kept_parts);
    options_json(json, job->options, false);
    run_on_json(json, job);
    libraries_json(json, library, doctor_libraries(library, LIBRARIES_MOST));
    json_end_object(json);
}

enum tol_status manifest_write(struct score_job *job, size_t kept_parts, struct tol_error *error)
{
    char path[RUN_PATH_SIZE];
    struct sink sink;
    run_folder_file_path(&job->folder, RUN_MANIFEST, path);
    enum tol_status status = sink_open(&sink, path, error);
    if (status != TOL_OK) {
        return status;
    }
    struct json_writer json = {.sink = &sink, .indented = true};
    json_object(&json, NULL);
    head_json(&json, job);
    status = inputs_json(&json, job, error);
    if (status == TOL_OK) {
        status = outputs_json(&json, &job->folder, error);
    }
    if (status != TOL_OK) {
        sink_release(&sink);
        return status;
    }
    counts_json(&json, job);
    shard_json(&json, &job->folder);
    execution_json(&json, job, kept_parts);
    json_end_object(&json);
    sink_text(&sink, "\n");
    return sink_close(&sink, error);
}
