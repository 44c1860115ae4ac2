/* Score rows in firm order, computed a window of blocks at a time, so that memory does not grow with the book. */
#ifndef CLI_SCORE_STREAM_H
#define CLI_SCORE_STREAM_H

#include "stages.h"
#include "talk.h"
#include "totals.h"

#include "tolmuur/exposure.h"

struct score_stream {
    const struct tol_book *book;
    const struct tol_plan *plan;
    struct tol_run *run;
    size_t scenario_count;
    struct totals_set *totals; /* every row is added as it passes */
    struct stages *stages;
    struct progress progress;
    uint64_t block_count;
    uint64_t next_firm;   /* first firm of the next window */
    uint64_t shown_first; /* progress is told of firms [shown_first, shown_end) */
    uint64_t shown_end;
    uint64_t end_firm;          /* behind the last firm that is wanted */
    uint64_t next_block;        /* the block that next_firm is in */
    uint64_t window_first;      /* first firm of the window that is made */
    uint64_t window;            /* blocks of a window */
    uint64_t window_rows;       /* rows of the window that is held */
    uint64_t handed;            /* rows of it that were handed out */
    struct tol_score_row *rows; /* [window blocks][scenario_count], firm order */
};

TOL_MUST_CHECK enum tol_status score_stream_open(struct score_stream *stream, const struct tol_book *book,
                                                 const struct tol_plan *plan, struct tol_run *run,
                                                 size_t scenario_count, struct totals_set *totals,
                                                 struct stages *stages, struct tol_error *error);
/* Blocks of a window; a block has block_rows rows at most. */
uint64_t score_stream_window(uint64_t block_count, uint64_t block_rows, uint64_t workers);
/* From now on only firms [first, end). Without it: all. */
void score_stream_range(struct score_stream *stream, uint64_t first, uint64_t end);
/* At most `most` rows; *count 0 at the end. They live until the next call. TOL_TRY_AGAIN after a signal. */
TOL_MUST_CHECK enum tol_status score_stream_next(struct score_stream *stream, uint64_t most,
                                                 const struct tol_score_row **rows, size_t *count,
                                                 struct tol_error *error);
void score_stream_close(struct score_stream *stream);

#endif
