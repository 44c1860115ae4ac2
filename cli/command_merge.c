/* merge: the shards of a run become that run. */
#include "command.h"
#include "merge.h"
#include "number.h"
#include "talk.h"

#include "datasets/postgres.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- what was asked for ---------------------------------------------------------------------------------------- */

static enum tol_status read_output(struct merge *merge, struct tol_error *error)
{
    const char *output = options_text(merge->options, OPTION_OUTPUT);
    if (output == NULL) {
        return tol_fail(error, TOL_USAGE, "name the run that the shards become, such as -o runs/tonight/");
    }
    if (strcmp(output, "-") == 0 || tol_postgres_is_uri(output) || !run_folder_is_named(output)) {
        return tol_fail(error, TOL_USAGE, "-o %.200s: merge writes a run folder; name one, such as -o runs/tonight/",
                        output);
    }
    enum tol_status status = run_folder_name(&merge->folder, output, error);
    merge->folder.resume = options_given(merge->options, OPTION_RESUME);
    merge->folder.replace = options_given(merge->options, OPTION_REPLACE);
    if (status == TOL_OK) {
        status = totals_by_read(merge->options, &merge->by, error);
    }
    return status == TOL_OK ? look_read(merge->options, command_merge.formats, FORMAT_TABLE, &merge->look, error)
                            : status;
}

/* --replace of a shard would remove what is being read. */
static enum tol_status refuse_shards_as_output(const struct merge *merge, struct tol_error *error)
{
    struct stat output, shard;
    if (stat(merge->folder.path, &output) != 0) {
        return TOL_OK;
    }
    for (size_t i = 0; i < merge->given_count; i++) {
        if (stat(merge->given[i].path, &shard) == 0 && shard.st_dev == output.st_dev && shard.st_ino == output.st_ino) {
            return tol_fail(error, TOL_USAGE, "-o %.200s is one of the shards; name another folder",
                            merge->folder.path);
        }
    }
    return TOL_OK;
}

/* What a pair of the identity says; "": it is not there. */
static const char *resolved(const struct merge *merge, const char *name)
{
    const struct run_identity *whole = &merge->shard[0]->whole;
    for (size_t i = 0; i < whole->count; i++) {
        if (strcmp(whole->pair[i].name, name) == 0) {
            return whole->pair[i].value;
        }
    }
    return "";
}

/* ---- totals ---------------------------------------------------------------------------------------------------- */

/* Rows of all firms as a table of totals, and the names of scenarios. */
static enum tol_status take_all(struct merge *merge, struct tol_error *error)
{
    size_t count = merge->scenario_count;
    merge->all = (struct totals){.scenario_count = count, .by = TOTALS_ALL, .group_count = 1};
    merge->all.group = calloc(count, sizeof *merge->all.group);
    merge->all.drawn = calloc(count, sizeof *merge->all.drawn);
    merge->worlds.scenario = calloc(count, sizeof *merge->worlds.scenario);
    if (merge->all.group == NULL || merge->all.drawn == NULL || merge->worlds.scenario == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < merge->sums.count && merge->sums.row[i].by == TOTALS_ALL; i++) {
        const struct shard_sums_row *row = &merge->sums.row[i];
        if (row->group != 0 || row->scenario >= count) {
            continue;
        }
        struct tol_scenario *scenario = &merge->worlds.scenario[row->scenario];
        snprintf(scenario->name, sizeof scenario->name, "%s", row->scenario_name);
        merge->all.group[row->scenario] = row->total;
        merge->all.drawn[row->scenario] = row->drawn;
        merge->worlds.count += row->total.firms == merge->firm_count;
    }
    if (merge->worlds.count != (merge->firm_count > 0 ? count : 0)) {
        merge_tell(merge, merge->shard[0]->path,
                   "the sums of all shards are not those of %llu firms in %zu scenarios; score the shards again",
                   (unsigned long long)merge->firm_count, count);
    }
    return merge_stop(merge, error);
}

static enum tol_status write_totals(struct merge *merge, struct tol_error *error)
{
    char path[RUN_PATH_SIZE];
    struct sink sink;
    run_folder_file_path(&merge->folder, RUN_TOTALS, path);
    enum tol_status status = sink_open(&sink, path, error);
    if (status != TOL_OK) {
        return status;
    }
    totals_set_header(&sink, merge->sums.draws);
    for (size_t i = 0; i < merge->sums.count; i++) {
        const struct totals_row row = shard_sums_totals(&merge->sums.row[i]);
        totals_set_row(&sink, merge->sums.row[i].by, &row, merge->sums.draws);
    }
    return sink_close(&sink, error);
}

static void tell_draws(const struct merge *merge)
{
    const struct draws draws = {.options = {.count = (uint32_t)strtoul(resolved(merge, "draws"), NULL, 10),
                                            .seed = strtoull(resolved(merge, "seed"), NULL, 10)}};
    for (size_t i = 0; merge->sums.draws && i < merge->worlds.count; i++) {
        char text[400];
        draws_sentence(&draws, &merge->all.drawn[i].statistics, text, sizeof text);
        talk_note("%s: %s", merge->worlds.scenario[i].name, text);
    }
}

static enum tol_status show(const struct merge *merge, struct tol_error *error)
{
    struct sink sink;
    struct totals_table table;
    char firms[64];
    sink_open_stdout(&sink);
    totals_table_open(&table, &sink, &merge->look, merge->by, merge->sums.draws && merge->by == TOTALS_ALL);
    for (size_t i = 0; i < merge->sums.count; i++) {
        if (merge->sums.row[i].by == merge->by) {
            const struct totals_row row = shard_sums_totals(&merge->sums.row[i]);
            totals_table_row(&table, &row);
        }
    }
    totals_table_close(&table);
    tell_draws(merge);
    number_people((double)merge->firm_count, 0, firms, sizeof firms);
    talk_note("%s: %zu shard%s, %zu part%s, %s firms, %zu scenario%s, %.2f s", merge->folder.path, merge->shard_count,
              merge->shard_count == 1 ? "" : "s", merge->folder.run_parts, merge->folder.run_parts == 1 ? "" : "s",
              firms, merge->scenario_count, merge->scenario_count == 1 ? "" : "s", talk_seconds() - merge->started);
    return sink_close(&sink, error);
}

/* ---- the run --------------------------------------------------------------------------------------------------- */

static enum tol_status start_workers(struct merge *merge, struct tol_error *error)
{
    uint64_t threads = 0;
    enum tol_status status = options_count(merge->options, OPTION_THREADS, 4096, &threads, error);
    const struct tol_run_options run_options = {.threads = (unsigned)threads, .cancelled = talk_cancelled};
    return status == TOL_OK ? tol_run_create(&run_options, &merge->run, error) : status;
}

static enum tol_status write_run(struct merge *merge, struct tol_error *error)
{
    char path[RUN_PATH_SIZE], totals[RUN_PATH_SIZE];
    size_t kept = 0;
    enum tol_status status = merge_parts(merge, &kept, error);
    if (status == TOL_OK) {
        status = write_totals(merge, error);
    }
    if (status != TOL_OK) {
        return status;
    }
    run_folder_file_path(&merge->folder, RUN_TOTALS, totals);
    run_folder_file_path(&merge->folder, RUN_MANIFEST, path);
    const struct merge_manifest manifest = {.options = merge->options,
                                            .identity = merge->folder.identity.sha256,
                                            .run_id = merge->folder.id,
                                            .totals_name = RUN_TOTALS,
                                            .totals_path = totals,
                                            .kept = kept,
                                            .shard_count = merge->shard_count,
                                            .shard = merge->shard,
                                            .started = merge->started,
                                            .began = merge->began};
    status = merge_manifest_write(&manifest, path, error);
    return status == TOL_OK ? run_folder_publish(&merge->folder, error) : status;
}

/* Everything that can be wrong with the shards but their parts. */
static enum tol_status read_shards(struct merge *merge, struct tol_error *error)
{
    enum tol_status status = merge_shards_read(merge, error);
    if (status == TOL_OK) {
        status = refuse_shards_as_output(merge, error);
    }
    if (status == TOL_OK) {
        status = merge_sums(merge, error);
    }
    if (status == TOL_OK) {
        status = merge_stop(merge, error);
    }
    if (status == TOL_OK) {
        status = take_all(merge, error);
    }
    if (status == TOL_OK) {
        status = fail_if_read(&merge->fail_if, merge->options, merge->sums.draws, error);
    }
    return status == TOL_OK ? run_identity_of_whole(&merge->shard[0]->manifest.identity, &merge->folder.identity, error)
                            : status;
}

static enum tol_status merge_all(struct merge *merge, struct tol_error *error)
{
    enum tol_status status = read_output(merge, error);
    if (status == TOL_OK) {
        status = read_shards(merge, error);
    }
    if (status == TOL_OK) {
        status = start_workers(merge, error);
    }
    if (status == TOL_OK) {
        status = run_folder_open(&merge->folder, merge->firm_count, merge->scenario_count, error);
    }
    if (status == TOL_OK && merge->folder.whole) {
        talk_note("%s: this run is whole already; nothing to do", merge->folder.path);
        return fail_if_judge_totals(&merge->fail_if, &merge->all, &merge->worlds, error);
    }
    if (status == TOL_OK) {
        status = write_run(merge, error);
    }
    if (status == TOL_OK) {
        status = show(merge, error);
    }
    return status == TOL_OK ? fail_if_judge_totals(&merge->fail_if, &merge->all, &merge->worlds, error) : status;
}

static enum tol_status run(const struct options *options, struct tol_error *error)
{
    struct merge merge = {.options = options, .started = talk_seconds(), .began = time(NULL)};
    merge.folder = (struct run_folder){.parent = -1, .partial = -1, .content = -1};
    talk_catch_signals();
    enum tol_status status = merge_all(&merge, error);
    run_folder_place(&merge.folder, status == TOL_OK ? NULL : error);
    if (status != TOL_OK && status != TOL_THRESHOLD_EXCEEDED && talk_signal() == 0) {
        run_folder_give_up(&merge.folder, merge.parts_known ? RUN_PARTS_ARE_MARKED : RUN_PARTS_LIE_THERE);
    }
    run_folder_close(&merge.folder);
    tol_run_destroy(merge.run);
    fail_if_release(&merge.fail_if);
    free(merge.worlds.scenario);
    totals_release(&merge.all);
    merge_shards_release(&merge);
    return status;
}

const struct command command_merge = {
    .name = "merge",
    .summary = "the shards of a run become that run",
    .usage = "SHARD... -o RUN/",
    .examples = "  tolmuur merge shards/*/ -o runs/tonight/\n"
                "  tolmuur merge shards/*/ -o runs/tonight/ --resume --fail-if 'band_e_share>0.1'\n",
    .text =
        "SHARD is a folder that score --shard I/N wrote; all N are needed, each once, in any order. The run has the "
        "bytes of one\n"
        "that was never cut, but for `execution` in its manifest; book and tables are not read. Shards that are "
        "missing, given twice,\n"
        "of another run or damaged are named, and nothing is merged (65). Shards are copied and stay "
        "(docs/shards.md).\n",
    .options = (const enum option_id[]){OPTION_OUTPUT, OPTION_BY, OPTION_RESUME, OPTION_REPLACE, OPTION_FAIL_IF,
                                        OPTION_THREADS, OPTION_FORMAT, OPTION_COLOR, OPTION_END},
    .formats = "table json jsonl csv",
    .least_arguments = 1,
    .most_arguments = SHARDS_MOST,
    .run = run,
};
