#include "supply/pipeline.h"

#include <pthread.h>
#include <stdlib.h>

/* A block goes round: empty, raw (taken from the file), being read, read, empty. */
enum slot_state { SLOT_EMPTY, SLOT_RAW, SLOT_READING, SLOT_READ };

struct slot {
    enum slot_state state; /* guarded by the mutex */
    struct tol_row_block block;
    struct tol_quick_rows rows;
    enum tol_status status;
    struct tol_error error;
};

struct pipeline {
    struct tol_row_source *source;
    struct tol_quick_reader *const *quick;
    tol_block_counter counter;
    void *context;
    struct slot *slot; /* a ring */
    uint64_t slot_count;
    pthread_mutex_t mutex;
    pthread_cond_t raw_given;
    pthread_cond_t block_read;
    /* Blocks so far; guarded by the mutex, changed by worker 0 but for begun. */
    uint64_t taken;
    uint64_t begun; /* given to a reader */
    uint64_t counted;
    bool closed;
};

static struct slot *slot_at(struct pipeline *pipeline, uint64_t number)
{
    return &pipeline->slot[number % pipeline->slot_count];
}

/* Reads one block; the mutex is held before and after, not while reading. */
static void read_one(struct pipeline *pipeline, unsigned worker)
{
    struct slot *slot = slot_at(pipeline, pipeline->begun++);
    slot->state = SLOT_READING;
    pthread_mutex_unlock(&pipeline->mutex);
    slot->status = pipeline->source->split(pipeline->source, &slot->block, &slot->error);
    struct tol_error error;
    enum tol_status status = tol_quick_lines(pipeline->quick[worker], worker, &slot->block, &slot->rows, &error);
    if (status != TOL_OK) {
        slot->status = status;
        slot->error = error;
        slot->block.row_count = 0;
    }
    pthread_mutex_lock(&pipeline->mutex);
    slot->state = SLOT_READ;
    pthread_cond_signal(&pipeline->block_read);
}

static void read_many(struct pipeline *pipeline, unsigned worker)
{
    pthread_mutex_lock(&pipeline->mutex);
    while (!pipeline->closed) {
        if (pipeline->begun < pipeline->taken) {
            read_one(pipeline, worker);
        } else {
            pthread_cond_wait(&pipeline->raw_given, &pipeline->mutex);
        }
    }
    pthread_mutex_unlock(&pipeline->mutex);
}

/* Waits for the oldest block, reading others meanwhile, and counts its rows. */
static enum tol_status count_oldest(struct pipeline *pipeline, struct tol_error *error)
{
    struct slot *slot = slot_at(pipeline, pipeline->counted);
    pthread_mutex_lock(&pipeline->mutex);
    while (slot->state != SLOT_READ) {
        if (pipeline->begun < pipeline->taken) {
            read_one(pipeline, 0);
        } else {
            pthread_cond_wait(&pipeline->block_read, &pipeline->mutex);
        }
    }
    pthread_mutex_unlock(&pipeline->mutex);
    enum tol_status status = pipeline->counter(pipeline->context, &slot->block, &slot->rows, error);
    pipeline->source->release(pipeline->source, &slot->block);
    if (status == TOL_OK && slot->status != TOL_OK) {
        status = slot->status;
        if (error != NULL) {
            *error = slot->error;
        }
    }
    pthread_mutex_lock(&pipeline->mutex);
    slot->state = SLOT_EMPTY;
    pipeline->counted++;
    pthread_mutex_unlock(&pipeline->mutex);
    return status;
}

/* *end: there was none left. */
static enum tol_status take_one(struct pipeline *pipeline, bool *end, struct tol_error *error)
{
    struct slot *slot = slot_at(pipeline, pipeline->taken);
    enum tol_status status = pipeline->source->take(pipeline->source, &slot->block, error);
    *end = status != TOL_OK || slot->block.raw == NULL;
    if (!*end) {
        pthread_mutex_lock(&pipeline->mutex);
        slot->state = SLOT_RAW;
        pipeline->taken++;
        pthread_cond_signal(&pipeline->raw_given);
        pthread_mutex_unlock(&pipeline->mutex);
    }
    return status;
}

static enum tol_status take_and_count(struct pipeline *pipeline, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    struct tol_error take_error;
    enum tol_status taking = TOL_OK;
    for (bool end = false; !end && status == TOL_OK;) {
        if (pipeline->taken - pipeline->counted == pipeline->slot_count) {
            status = count_oldest(pipeline, error);
        } else {
            taking = take_one(pipeline, &end, &take_error);
        }
    }
    while (status == TOL_OK && pipeline->counted < pipeline->taken) {
        status = count_oldest(pipeline, error);
    }
    if (status == TOL_OK && taking != TOL_OK) {
        status = taking;
        if (error != NULL) {
            *error = take_error;
        }
    }
    return status;
}

static enum tol_status work(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)block;
    struct pipeline *pipeline = context;
    if (worker != 0) {
        read_many(pipeline, worker);
        return TOL_OK;
    }
    pthread_mutex_lock(&pipeline->mutex);
    bool closed = pipeline->closed;
    pthread_mutex_unlock(&pipeline->mutex);
    enum tol_status status = closed ? TOL_OK : take_and_count(pipeline, error);
    pthread_mutex_lock(&pipeline->mutex);
    pipeline->closed = true;
    pthread_cond_broadcast(&pipeline->raw_given);
    pthread_mutex_unlock(&pipeline->mutex);
    return status;
}

enum tol_status tol_pipeline_run(struct tol_run *run, struct tol_row_source *source,
                                 struct tol_quick_reader *const *quick, tol_block_counter counter, void *context,
                                 struct tol_error *error)
{
    unsigned threads = tol_run_threads(run);
    struct pipeline pipeline = {.source = source,
                                .quick = quick,
                                .counter = counter,
                                .context = context,
                                .slot_count = 4 * (uint64_t)threads + 4};
    pipeline.slot = calloc(pipeline.slot_count, sizeof *pipeline.slot);
    if (pipeline.slot == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while reading the tables");
    }
    pthread_mutex_init(&pipeline.mutex, NULL);
    pthread_cond_init(&pipeline.raw_given, NULL);
    pthread_cond_init(&pipeline.block_read, NULL);
    /* One block of the run for each worker: none ends before worker 0 has closed the pipeline. */
    enum tol_status status = tol_run_blocks(run, threads, work, &pipeline, error);
    for (uint64_t i = 0; i < pipeline.slot_count; i++) {
        source->release(source, &pipeline.slot[i].block);
        tol_row_block_free(&pipeline.slot[i].block);
        tol_quick_rows_free(&pipeline.slot[i].rows);
    }
    pthread_cond_destroy(&pipeline.block_read);
    pthread_cond_destroy(&pipeline.raw_given);
    pthread_mutex_destroy(&pipeline.mutex);
    free(pipeline.slot);
    return status;
}
