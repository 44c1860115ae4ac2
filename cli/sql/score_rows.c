/* Rows of one execution, handed to any number of threads. The thread that finds none left makes the next window of blocks, with the plan's own workers beside it;
 * the others wait for it, and it waits until the rows of the window before are given back. */
#include "book_verify.h"
#include "score_question.h"

#include <pthread.h>
#include <stdlib.h>

struct score_rows {
    const struct score_question *question;
    struct tol_run *run;
    char store[512]; /* where answers of the networks are kept, the same as the program's */
    struct tol_plan *plan;
    struct score_texts texts;
    struct totals_set no_totals;
    struct stages no_stages;
    bool streams;
    pthread_mutex_t mutex;
    pthread_cond_t given_back;
    struct score_stream stream; /* guarded by mutex, like all below and the texts' flags while they are made */
    size_t taken;               /* parts of the window that are out */
    enum tol_status status;     /* of the first failure: it ends the rows for all */
};

static enum tol_status make_plan(struct score_rows *rows, struct tol_error *error)
{
    const struct score_question *question = rows->question;
    struct tol_plan_options options = worlds_plan_options(&question->worlds, &question->session, &question->settings,
                                                          options_text(&question->options, OPTION_ISA));
    options.store = session_store(rows->store, sizeof rows->store);
    options.draws = question->draws.options;
    return tol_plan_create(question->book, question->session.parameters, &options, rows->run, &rows->plan, error);
}

static enum tol_status open_rows(struct score_rows *rows, struct tol_error *error)
{
    const struct score_question *question = rows->question;
    const struct tol_run_options run_options = {.threads = question->threads};
    enum tol_status status = tol_run_create(&run_options, &rows->run, error);
    if (status == TOL_OK) {
        status = book_verify(question->book, rows->run, question->options.argument.text[0], error);
    }
    if (status == TOL_OK) {
        status = make_plan(rows, error);
    }
    if (status == TOL_OK) {
        status = score_texts_open(&rows->texts, question->book, &question->worlds, error);
        rows->texts.draws = question->draws.options.count > 0;
    }
    if (status == TOL_OK) {
        status = score_stream_open(&rows->stream, question->book, rows->plan, rows->run, question->worlds.count,
                                   &rows->no_totals, &rows->no_stages, error);
        rows->streams = status == TOL_OK;
    }
    return status;
}

enum tol_status score_rows_open(const struct score_question *question, struct score_rows **rows,
                                struct tol_error *error)
{
    struct score_rows *made = calloc(1, sizeof *made);
    if (made == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    made->question = question;
    pthread_mutex_init(&made->mutex, NULL);
    pthread_cond_init(&made->given_back, NULL);
    enum tol_status status = open_rows(made, error);
    if (status != TOL_OK) {
        score_rows_close(made);
        return status;
    }
    *rows = made;
    return TOL_OK;
}

void score_rows_close(struct score_rows *rows)
{
    if (rows->streams) {
        score_stream_close(&rows->stream);
    }
    score_texts_release(&rows->texts);
    if (rows->plan != NULL) {
        tol_plan_destroy(rows->plan);
    }
    tol_run_destroy(rows->run);
    pthread_cond_destroy(&rows->given_back);
    pthread_mutex_destroy(&rows->mutex);
    free(rows);
}

unsigned score_rows_threads(const struct score_rows *rows)
{
    return tol_run_threads(rows->run);
}

struct score_texts *score_rows_texts(struct score_rows *rows)
{
    return &rows->texts;
}

static enum tol_status make_flags(struct score_rows *rows, const struct tol_score_row *taken, size_t count,
                                  struct tol_error *error)
{
    for (size_t i = 0; i < count; i++) {
        if (score_flags_text(&rows->texts, taken[i].flags) == NULL) {
            return tol_fail(error, TOL_NO_MEMORY, "out of memory");
        }
    }
    return TOL_OK;
}

/* With the mutex held. */
static enum tol_status take_next(struct score_rows *rows, size_t most, const struct tol_score_row **taken,
                                 size_t *count, struct tol_error *error)
{
    while (rows->stream.handed == rows->stream.window_rows && rows->taken > 0) {
        pthread_cond_wait(&rows->given_back, &rows->mutex);
    }
    if (rows->status != TOL_OK) {
        return TOL_OK; /* whoever met it has said it */
    }
    enum tol_status status = score_stream_next(&rows->stream, most, taken, count, error);
    if (status == TOL_OK) {
        status = make_flags(rows, *taken, *count, error);
    }
    rows->status = status;
    rows->taken += status == TOL_OK && *count > 0;
    return status;
}

enum tol_status score_rows_take(struct score_rows *rows, size_t most, const struct tol_score_row **taken, size_t *count,
                                struct tol_error *error)
{
    *count = 0;
    pthread_mutex_lock(&rows->mutex);
    enum tol_status status = take_next(rows, most, taken, count, error);
    pthread_mutex_unlock(&rows->mutex);
    if (status != TOL_OK) {
        *count = 0;
    }
    return status;
}

void score_rows_give_back(struct score_rows *rows)
{
    pthread_mutex_lock(&rows->mutex);
    rows->taken -= 1;
    pthread_cond_broadcast(&rows->given_back);
    pthread_mutex_unlock(&rows->mutex);
}
