#include "score_question.h"

/* --no-pin has no place here: workers are never bound to cores in a process that is another program's. */
const enum option_id score_question_options[] = {
    OPTION_ON,    OPTION_SCENARIOS, OPTION_BASELINE, OPTION_SETTINGS, OPTION_ASSUME, OPTION_HORIZON, OPTION_TIERS,
    OPTION_DRAWS, OPTION_SEED,      OPTION_THREADS,  OPTION_ISA,      OPTION_TABLES, OPTION_END};

enum tol_status score_question_open(struct score_question *question, struct tol_error *error)
{
    const struct options *options = &question->options;
    uint64_t threads = 0;
    enum tol_status status = options_count(options, OPTION_THREADS, 4096, &threads, error);
    question->threads = (unsigned)threads;
    if (status == TOL_OK) {
        status = session_open(&question->session, options, SESSION_ALL, error);
    }
    if (status == TOL_OK) {
        status = worlds_read(&question->worlds, options, &question->session, error);
    }
    if (status == TOL_OK) {
        status = settings_read(options, &question->settings, error);
    }
    if (status == TOL_OK) {
        status = draws_read(&question->draws, options, &question->worlds, error);
    }
    return status == TOL_OK ? tol_book_open(options->argument.text[0], &question->book, error) : status;
}

void score_question_release(struct score_question *question)
{
    if (question->book != NULL) {
        tol_book_close(question->book);
    }
    draws_release(&question->draws);
    worlds_release(&question->worlds);
    session_close(&question->session);
    options_release(&question->options);
    *question = (struct score_question){0};
}

const struct tol_score_column *score_question_columns(const struct score_question *question, size_t *count)
{
    const struct score_texts texts = {.draws = question->draws.options.count > 0};
    return score_columns(&texts, count);
}
