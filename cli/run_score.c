#include "run_score.h"

#include "manifest.h"
#include "score_output.h"
#include "shard_sums.h"
#include "talk.h"

#include <stdio.h>
#include <string.h>

/* ---- begin ----------------------------------------------------------------------------------------------------- */

static enum tol_status start_hashes(struct score_job *job, struct tol_error *error)
{
    enum tol_status status =
        tol_sha256_start(tol_book_file(job->book), tol_book_bytes(job->book), NULL, &job->book_hash, error);
    return status == TOL_OK ? tol_sha256_start(NULL, 0, job->session.tables, &job->tables_hash, error) : status;
}

enum tol_status run_score_read(struct score_job *job, struct tol_error *error)
{
    struct run_folder *folder = &job->folder;
    enum tol_status status = run_folder_name(folder, job->output, error);
    folder->resume = options_given(job->options, OPTION_RESUME);
    folder->replace = options_given(job->options, OPTION_REPLACE);
    if (status == TOL_OK) {
        status = options_count(job->options, OPTION_PART_ROWS, UINT64_C(1) << 40, &folder->part_rows, error);
    }
    if (status == TOL_OK) {
        status = shard_parse("--shard", options_text(job->options, OPTION_SHARD), &folder->shard, error);
    }
    if (status == TOL_OK && folder->shard.count > 0 && options_given(job->options, OPTION_FAIL_IF)) {
        status =
            tol_fail(error, TOL_USAGE, "--fail-if is about the totals of all firms: give it to merge, not to a shard");
    }
    if (status == TOL_OK && folder->part_rows == 0) {
        status = tol_fail(error, TOL_USAGE, "--part-rows 0: a part has at least one firm; write a number above 0");
    }
    return status;
}

enum tol_status run_score_open(struct score_job *job, struct tol_error *error)
{
    struct run_folder *folder = &job->folder;
    char shard[SHARD_TEXT_SIZE];
    shard_format(&folder->shard, shard);
    const struct run_made_from from = {.options = job->options,
                                       .session = &job->session,
                                       .worlds = &job->worlds,
                                       .draws = &job->draws,
                                       .settings = &job->settings,
                                       .book = job->book,
                                       .part_rows = folder->part_rows,
                                       .shard = folder->shard.count > 0 ? shard : NULL};
    job->began = time(NULL);
    if (tol_topology_read(&job->topology, NULL) != TOL_OK) {
        job->topology = (struct tol_topology){0};
    }
    enum tol_status status = run_identity_make(&folder->identity, &from, error);
    if (status == TOL_OK) {
        status = run_folder_open(folder, job->book->firm_count, job->worlds.count, error);
    }
    if (status == TOL_OK && folder->whole) {
        talk_note("%s: this run is whole already; nothing to do", folder->path);
        return fail_if_judge_run(&job->fail_if, folder->path, &job->worlds, error);
    }
    return status == TOL_OK ? start_hashes(job, error) : status;
}

/* ---- parts ----------------------------------------------------------------------------------------------------- */

/* A part that is written, while it is hashed beside the next one's work. */
struct pending {
    bool is;
    size_t part;
    struct tol_sha256_job *hash;
    struct sink sums;
};

static void drop_pending(struct pending *pending)
{
    if (pending->is) {
        tol_sha256_drop(pending->hash);
        sink_release(&pending->sums);
    }
    *pending = (struct pending){0};
}

static enum tol_status finish_pending(struct score_job *job, struct pending *pending, struct tol_error *error)
{
    if (!pending->is) {
        return TOL_OK;
    }
    struct run_folder *folder = &job->folder;
    struct run_part *part = &folder->part[pending->part];
    char path[RUN_PATH_SIZE];
    enum tol_status status = tol_sha256_finish(pending->hash, &part->bytes, part->sha256, error);
    if (status == TOL_OK) {
        run_folder_record_path(folder, pending->part, path);
        status = run_record_write(path, folder->identity.sha256, part, &pending->sums, error);
    }
    sink_release(&pending->sums);
    *pending = (struct pending){0};
    return status;
}

static enum tol_status begin_pending(struct score_job *job, size_t part, struct pending *pending,
                                     struct tol_error *error)
{
    char path[RUN_PATH_SIZE];
    run_folder_part_path(&job->folder, part, path);
    enum tol_status status = run_record_sums(&pending->sums, &job->totals, error);
    if (status != TOL_OK) {
        return status;
    }
    status = tol_sha256_start(NULL, 0, path, &pending->hash, error);
    if (status != TOL_OK) {
        sink_release(&pending->sums);
        return status;
    }
    pending->is = true;
    pending->part = part;
    return TOL_OK;
}

/* The sums as they stood at the end of a part that was kept. */
static enum tol_status take_sums(struct score_job *job, size_t part, struct tol_error *error)
{
    char path[RUN_PATH_SIZE];
    run_folder_record_path(&job->folder, part, path);
    if (run_record_read(path, job->folder.identity.sha256, &job->folder.part[part], &job->totals)) {
        return TOL_OK;
    }
    tol_fail(error, TOL_IO, "this record was there a moment ago; use --resume again");
    return tol_fail_at(error, TOL_IO, path, 0, NULL, NULL);
}

static enum tol_status write_part(struct score_job *job, struct score_stream *stream, size_t part,
                                  struct tol_error *error)
{
    const struct run_part *range = &job->folder.part[part];
    char path[RUN_PATH_SIZE];
    run_folder_part_path(&job->folder, part, path);
    score_stream_range(stream, range->first_firm, range->first_firm + range->firm_count);
    return score_output(path, FORMAT_PARQUET, stream, &job->texts, error);
}

static enum tol_status write_parts(struct score_job *job, struct score_stream *stream, struct pending *pending,
                                   struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    for (size_t i = 0; i < job->folder.part_count && status == TOL_OK; i++) {
        const struct run_part *part = job->folder.part;
        bool last = i + 1 == job->folder.part_count;
        if (part[i].kept) {
            /* Sums are needed where something is added to them, and at the end. */
            status = last || !part[i + 1].kept ? take_sums(job, i, error) : TOL_OK;
            continue;
        }
        status = write_part(job, stream, i, error);
        if (status == TOL_OK) {
            status = finish_pending(job, pending, error);
        }
        if (status == TOL_OK) {
            status = begin_pending(job, i, pending, error);
        }
    }
    return status == TOL_OK ? finish_pending(job, pending, error) : status;
}

static size_t count_kept(const struct run_folder *folder)
{
    size_t kept = 0;
    for (size_t i = 0; i < folder->part_count; i++) {
        kept += folder->part[i].kept;
    }
    return kept;
}

enum tol_status run_score_rows(struct score_job *job, struct score_stream *stream, struct tol_error *error)
{
    struct pending pending = {0};
    enum tol_status status = run_folder_find_kept(&job->folder, job->run, error);
    size_t kept = count_kept(&job->folder);
    if (status == TOL_OK && kept > 0) {
        talk_note("%s: %zu of %zu parts are kept from before", job->folder.path, kept, job->folder.part_count);
    }
    if (status == TOL_OK) {
        const struct run_part *first = &job->folder.part[0], *last = first + job->folder.part_count - 1;
        stream->shown_first = first->first_firm;
        stream->shown_end = last->first_firm + last->firm_count;
        status = write_parts(job, stream, &pending, error);
    }
    /* A part that was written before the fault is worth its record; the fault is what is told. */
    if (status != TOL_OK && talk_signal() == 0 && pending.is) {
        (void)finish_pending(job, &pending, NULL);
    }
    drop_pending(&pending);
    return status;
}

/* ---- end ------------------------------------------------------------------------------------------------------- */

static enum tol_status write_totals(struct score_job *job, struct tol_error *error)
{
    char path[RUN_PATH_SIZE];
    struct sink sink;
    bool shard = job->folder.shard.count > 0;
    run_folder_file_path(&job->folder, shard ? RUN_SUMS : RUN_TOTALS, path);
    enum tol_status status = sink_open(&sink, path, error);
    if (status == TOL_OK) {
        (shard ? shard_sums_write : totals_render_set)(&sink, &job->totals, job->book, &job->worlds);
        status = sink_close(&sink, error);
    }
    return status;
}

enum tol_status run_score_publish(struct score_job *job, struct tol_error *error)
{
    enum tol_status status = write_totals(job, error);
    if (status == TOL_OK) {
        status = manifest_write(job, count_kept(&job->folder), error);
    }
    return status == TOL_OK ? run_folder_publish(&job->folder, error) : status;
}

void run_score_close(struct score_job *job, enum tol_status status)
{
    struct run_folder *folder = &job->folder;
    tol_sha256_drop(job->book_hash);
    tol_sha256_drop(job->tables_hash);
    job->book_hash = job->tables_hash = NULL;
    if (status != TOL_OK && status != TOL_THRESHOLD_EXCEEDED && talk_signal() == 0) {
        run_folder_give_up(folder, RUN_PARTS_HAVE_RECORDS);
    }
    run_folder_close(folder);
}
