#include "score_stream.h"

#include <stdlib.h>

/* Rows of a window at most, unless one block has more: keeps the window near the caches and the memory small. */
enum { WINDOW_ROWS = 1 << 17 };

/* First firms of blocks are ascending, so a window of blocks is one run of firms. */
static uint64_t first_firm_of(const struct score_stream *stream, uint64_t block)
{
    uint64_t first, count;
    if (block < stream->block_count) {
        tol_plan_block(stream->plan, block, &first, &count);
        return first;
    }
    tol_plan_block(stream->plan, stream->block_count - 1, &first, &count);
    return first + count;
}

uint64_t score_stream_window(uint64_t block_count, uint64_t block_rows, uint64_t workers)
{
    uint64_t window = block_rows > 0 ? WINDOW_ROWS / block_rows : 1;
    window = window < workers ? workers : window;
    window = window > block_count ? block_count : window;
    return window > 0 ? window : 1;
}

enum tol_status score_stream_open(struct score_stream *stream, const struct tol_book *book, const struct tol_plan *plan,
                                  struct tol_run *run, size_t scenario_count, struct totals_set *totals,
                                  struct stages *stages, struct tol_error *error)
{
    *stream = (struct score_stream){
        .book = book, .plan = plan, .run = run, .scenario_count = scenario_count, .totals = totals, .stages = stages};
    stream->shown_end = book->firm_count;
    stream->block_count = tol_plan_block_count(plan);
    uint64_t largest = 1;
    for (uint64_t block = 0; block < stream->block_count; block++) {
        uint64_t first, count;
        tol_plan_block(plan, block, &first, &count);
        largest = count > largest ? count : largest;
    }
    uint64_t block_rows = largest * scenario_count;
    uint64_t workers = tol_run_threads(run);
    stream->window = score_stream_window(stream->block_count, block_rows, workers);
    uint64_t bytes = stream->window * block_rows * sizeof *stream->rows;
    stream->rows = bytes > 0 ? malloc(bytes) : NULL;
    if (stream->rows == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory; score fewer scenarios at once");
    }
    score_stream_range(stream, 0, UINT64_MAX);
    progress_begin(&stream->progress, "firms scored");
    return TOL_OK;
}

void score_stream_range(struct score_stream *stream, uint64_t first, uint64_t end)
{
    uint64_t last = stream->block_count > 0 ? first_firm_of(stream, stream->block_count) : 0;
    stream->next_firm = first;
    stream->end_firm = end < last ? end : last;
    stream->next_block = 0;
    while (stream->next_block < stream->block_count && first_firm_of(stream, stream->next_block + 1) <= first) {
        stream->next_block++;
    }
    stream->handed = stream->window_rows = 0;
}

static enum tol_status score_one_block(void *context, unsigned worker, uint64_t index, struct tol_error *error)
{
    struct score_stream *stream = context;
    uint64_t first, count;
    tol_plan_block(stream->plan, stream->next_block + index, &first, &count);
    uint64_t end = first + count < stream->end_firm ? first + count : stream->end_firm;
    first = first > stream->window_first ? first : stream->window_first;
    uint64_t place = (first - stream->window_first) * stream->scenario_count;
    return tol_plan_score(stream->plan, worker, first, end - first, stream->rows + place, error);
}

/* One scenario's rows of the window into one table of totals, in the order of firms. */
static enum tol_status add_scenario(void *context, unsigned worker, uint64_t index, struct tol_error *error)
{
    (void)worker;
    (void)error;
    struct score_stream *stream = context;
    struct totals *totals = &stream->totals->of[index / stream->scenario_count];
    uint64_t scenario = index % stream->scenario_count;
    for (uint64_t row = scenario; totals->scenario_count > 0 && row < stream->window_rows;
         row += stream->scenario_count) {
        totals_add(totals, stream->book, &stream->rows[row]);
    }
    return TOL_OK;
}

static enum tol_status next_window(struct score_stream *stream, struct tol_error *error)
{
    stream->handed = stream->window_rows = 0;
    if (stream->next_firm >= stream->end_firm) {
        return TOL_OK;
    }
    stream->window_first = stream->next_firm;
    uint64_t blocks = 1;
    while (blocks < stream->window && stream->next_block + blocks < stream->block_count &&
           first_firm_of(stream, stream->next_block + blocks) < stream->end_firm) {
        blocks++;
    }
    enum tol_status status = tol_run_blocks(stream->run, blocks, score_one_block, stream, error);
    if (status != TOL_OK) {
        return status;
    }
    uint64_t end = first_firm_of(stream, stream->next_block + blocks);
    stream->next_block += blocks;
    stream->next_firm = end < stream->end_firm ? end : stream->end_firm;
    stream->window_rows = (stream->next_firm - stream->window_first) * stream->scenario_count;
    status = tol_run_blocks(stream->run, TOTALS_BY_COUNT * stream->scenario_count, add_scenario, stream, error);
    end = stream->next_firm;
    progress_update(&stream->progress, end - stream->shown_first, stream->shown_end - stream->shown_first);
    return status;
}

enum tol_status score_stream_next(struct score_stream *stream, uint64_t most, const struct tol_score_row **rows,
                                  size_t *count, struct tol_error *error)
{
    if (talk_signal() != 0) {
        return tol_fail(error, TOL_TRY_AGAIN, "interrupted; nothing was left behind");
    }
    if (stream->handed == stream->window_rows) {
        stages_enter(stream->stages, TOL_STAGE_LINES);
        enum tol_status status = next_window(stream, error);
        stages_enter(stream->stages, TOL_STAGE_WRITE);
        if (status != TOL_OK) {
            return status;
        }
    }
    uint64_t left = stream->window_rows - stream->handed;
    *count = (size_t)(left < most ? left : most);
    *rows = stream->rows + stream->handed;
    stream->handed += *count;
    return TOL_OK;
}

void score_stream_close(struct score_stream *stream)
{
    progress_end(&stream->progress);
    free(stream->rows);
    *stream = (struct score_stream){0};
}
