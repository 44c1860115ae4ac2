#include "score_rows_out.h"

#include "run_score.h"
#include "score_output.h"
#include "talk.h"
#include "workbook.h"

#include <string.h>

static bool stopped(void *context)
{
    (void)context;
    return talk_signal() != 0;
}

static struct tol_postgres_output database_output(const struct score_job *job)
{
    return (struct tol_postgres_output){.uri = job->output, .mapping = &job->postgres.mapping, .stopped = stopped};
}

enum tol_status try_database(struct score_job *job, struct tol_error *error)
{
    const struct tol_postgres_output output = database_output(job);
    return job->database && !job->dry_run ? score_output_postgres_check(&output, job->draws.options.count > 0, error)
                                          : TOL_OK;
}

/* Rows where they go. */
static enum tol_status stream_rows(struct score_job *job, struct score_stream *stream, struct tol_error *error)
{
    if (job->to_folder) {
        return run_score_rows(job, stream, error);
    }
    if (job->database) {
        const struct tol_postgres_output output = database_output(job);
        return score_output_postgres(&output, stream, &job->texts, error);
    }
    if (job->to_workbook) {
        return workbook_rows(job, stream, error);
    }
    if (job->output != NULL) {
        enum format format = strcmp(job->output, "-") == 0 ? job->look.format : FORMAT_TABLE;
        return score_output(job->output, format, stream, &job->texts, error);
    }
    enum tol_status status = TOL_OK;
    const struct tol_score_row *rows;
    size_t count = 1;
    while (status == TOL_OK && count > 0) {
        status = score_stream_next(stream, UINT64_MAX, &rows, &count, error);
    }
    return status;
}

/* Those that are asked for, those that conditions are about, and in a run folder and a workbook all. */
static enum tol_status open_totals(struct score_job *job, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    for (int by = TOTALS_ALL; by < TOTALS_BY_COUNT && status == TOL_OK; by++) {
        bool judged = by == TOTALS_ALL && job->fail_if.count > 0;
        if (job->to_folder || job->to_workbook || by == (int)job->by || judged) {
            status = totals_open(&job->totals.of[by], job->worlds.count, (enum totals_by)by, job->book, error);
        }
    }
    return status;
}

enum tol_status score_rows(struct score_job *job, struct tol_error *error)
{
    struct score_stream stream;
    stages_enter(&job->stages, TOL_STAGE_LINES);
    enum tol_status status = open_totals(job, error);
    if (status == TOL_OK) {
        status = score_texts_open(&job->texts, job->book, &job->worlds, error);
    }
    job->texts.draws = job->draws.options.count > 0;
    job->texts.keep_formulas = options_given(job->options, OPTION_KEEP_FORMULAS);
    if (status == TOL_OK) {
        status = score_stream_open(&stream, job->book, job->plan, job->run, job->worlds.count, &job->totals,
                                   &job->stages, error);
    }
    if (status != TOL_OK) {
        return status;
    }
    status = stream_rows(job, &stream, error);
    score_stream_close(&stream);
    return status;
}
