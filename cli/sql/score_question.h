/* One call of tolmuur_score: what it asks, read and opened when the call is bound; and the rows of one execution. */
#ifndef SQL_SCORE_QUESTION_H
#define SQL_SCORE_QUESTION_H

#include "draws.h"
#include "score_row.h"
#include "score_stream.h"

/* Read-only once it is open: a prepared statement may be executed many times. */
struct score_question {
    struct options options;
    struct session session;
    struct worlds worlds;
    struct tol_settings settings;
    struct draws draws;
    struct tol_book *book;
    unsigned threads; /* 0: one per core */
};

/* Options that a call may give, closed by OPTION_END. */
extern const enum option_id score_question_options[];

/* options: those of the call, and the book as the plain argument. Opens tables and book, reads the scenarios. Release also after a failure. The statuses and words
 * are those of `score`. */
TOL_MUST_CHECK enum tol_status score_question_open(struct score_question *question, struct tol_error *error);
void score_question_release(struct score_question *question);

/* The columns of its rows. */
const struct tol_score_column *score_question_columns(const struct score_question *question, size_t *count);

struct score_rows;

/* Verifies the book, makes the plan with workers of its own; rows come from it in the order of firms. Caller owns *rows; the question outlives it. */
TOL_MUST_CHECK enum tol_status score_rows_open(const struct score_question *question, struct score_rows **rows,
                                               struct tol_error *error);
void score_rows_close(struct score_rows *rows);

unsigned score_rows_threads(const struct score_rows *rows);
struct score_texts *score_rows_texts(struct score_rows *rows);

/* The next rows, at most `most`; *count 0 at the end. Any thread may ask; the rows stay until it gives them back, which it has to do when *count > 0. The texts of
 * their flags are made. */
TOL_MUST_CHECK enum tol_status score_rows_take(struct score_rows *rows, size_t most, const struct tol_score_row **taken,
                                               size_t *count, struct tol_error *error);
void score_rows_give_back(struct score_rows *rows);

#endif
