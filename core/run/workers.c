#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/topology.h"
#include "tolmuur/run.h"

/* More than any machine has; a larger number is a slip of the pen. */
#define THREADS_MAX 4096u

struct worker {
    struct tol_run *run;
    pthread_t thread;
    unsigned index;
    bool started;
    bool failed;
    uint64_t failed_block;
    struct tol_error error;
};

struct tol_run {
    unsigned thread_count;
    struct worker *worker; /* [thread_count]; 0 is the thread that created the run */
    struct tol_places *places;
    bool pinned;
    bool (*cancelled)(void); /* NULL: never */
    char note[160];

    pthread_mutex_t mutex;
    pthread_cond_t job_given;
    pthread_cond_t job_done;
    uint64_t job;  /* counts up; guarded by mutex, like busy and leave */
    unsigned busy; /* helpers that have not finished the job */
    bool leave;

    /* The job; written before it is announced. */
    tol_block_function function;
    void *context;
    uint64_t block_count;
    atomic_uint_fast64_t next_block;
    atomic_bool stop;
};

/* Takes blocks until there are none left or one failed. Blocks are taken in order, so the lowest block that fails is always tried:
 * every block below the one that stopped the run was taken before it. */
static void work(struct worker *worker)
{
    struct tol_run *run = worker->run;
    worker->failed = false;
    while (!atomic_load_explicit(&run->stop, memory_order_relaxed)) {
        uint64_t block = atomic_fetch_add_explicit(&run->next_block, 1, memory_order_relaxed);
        if (block >= run->block_count) {
            return;
        }
        memset(&worker->error, 0, sizeof worker->error);
        enum tol_status status = run->cancelled != NULL && run->cancelled()
                                     ? tol_fail(&worker->error, TOL_TRY_AGAIN, "interrupted")
                                     : run->function(run->context, worker->index, block, &worker->error);
        if (status != TOL_OK) {
            worker->error.status = status;
            worker->failed = true;
            worker->failed_block = block;
            atomic_store_explicit(&run->stop, true, memory_order_relaxed);
        }
    }
}

static void *helper(void *argument)
{
    struct worker *worker = argument;
    struct tol_run *run = worker->run;
    uint64_t seen = 0;
    pthread_mutex_lock(&run->mutex);
    for (;;) {
        while (run->job == seen && !run->leave) {
            pthread_cond_wait(&run->job_given, &run->mutex);
        }
        if (run->leave) {
            break;
        }
        seen = run->job;
        pthread_mutex_unlock(&run->mutex);
        work(worker);
        pthread_mutex_lock(&run->mutex);
        if (--run->busy == 0) {
            pthread_cond_signal(&run->job_done);
        }
    }
    pthread_mutex_unlock(&run->mutex);
    return NULL;
}

/* Processing units the kernel lets this thread use; 1 where it cannot tell (more than the set holds). */
static unsigned kernel_cpus(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) {
        return 1;
    }
    int count = CPU_COUNT(&set);
    return count > 0 ? (unsigned)count : 1;
}

static unsigned default_threads(const struct tol_places *places)
{
    unsigned cpus = kernel_cpus();
    unsigned cores = places == NULL ? cpus : tol_places_cores(places);
    return cores < cpus ? cores : cpus;
}

/* All signals go to the thread that owns the process: helpers start with every one blocked. */
static enum tol_status start_helpers(struct tol_run *run, struct tol_error *error)
{
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    enum tol_status status = TOL_OK;
    for (unsigned i = 1; i < run->thread_count && status == TOL_OK; i++) {
        int code = pthread_create(&run->worker[i].thread, NULL, helper, &run->worker[i]);
        if (code != 0) {
            status = tol_fail(error, TOL_UNAVAILABLE,
                              "cannot start worker %u of %u (%s); ask for fewer threads or allow more memory", i + 1,
                              run->thread_count, strerror(code));
        } else {
            run->worker[i].started = true;
        }
    }
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return status;
}

static void unpin(struct tol_run *run)
{
    for (unsigned i = 0; i < run->thread_count; i++) {
        tol_places_release(run->places, run->worker[i].thread);
    }
}

/* Binds all workers or none. */
static void pin(struct tol_run *run)
{
    if (run->places == NULL) {
        (void)snprintf(run->note, sizeof run->note, "workers are not pinned: hwloc cannot read this machine");
        return;
    }
    if (!tol_places_are_here(run->places)) {
        (void)snprintf(run->note, sizeof run->note,
                       "workers are not pinned: hwloc was told to describe another machine");
        return;
    }
    unsigned cores = tol_places_cores(run->places);
    if (run->thread_count > cores) {
        (void)snprintf(run->note, sizeof run->note, "workers are not pinned: %u threads on %u allowed core%s",
                       run->thread_count, cores, cores == 1 ? "" : "s");
        return;
    }
    for (unsigned i = 0; i < run->thread_count; i++) {
        if (!tol_places_bind(run->places, i, run->worker[i].thread)) {
            unpin(run);
            (void)snprintf(run->note, sizeof run->note,
                           "workers are not pinned: the system denies binding threads to cores");
            return;
        }
    }
    run->pinned = true;
}

static struct tol_run *allocate_run(const struct tol_run_options *options)
{
    struct tol_run *run = calloc(1, sizeof *run);
    if (run == NULL) {
        return NULL;
    }
    run->cancelled = options->cancelled;
    run->places = tol_places_open();
    run->thread_count = options->threads > 0 ? options->threads : default_threads(run->places);
    run->worker = calloc(run->thread_count, sizeof *run->worker);
    if (run->worker == NULL) {
        tol_places_close(run->places);
        free(run);
        return NULL;
    }
    for (unsigned i = 0; i < run->thread_count; i++) {
        run->worker[i].run = run;
        run->worker[i].index = i;
    }
    run->worker[0].thread = pthread_self();
    pthread_mutex_init(&run->mutex, NULL);
    pthread_cond_init(&run->job_given, NULL);
    pthread_cond_init(&run->job_done, NULL);
    return run;
}

enum tol_status tol_run_create(const struct tol_run_options *options, struct tol_run **run, struct tol_error *error)
{
    *run = NULL;
    if (options->threads > THREADS_MAX) {
        return tol_fail(error, TOL_USAGE, "%u threads asked for; at most %u can be had", options->threads, THREADS_MAX);
    }
    struct tol_run *made = allocate_run(options);
    if (made == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for the workers");
    }
    enum tol_status status = start_helpers(made, error);
    if (status != TOL_OK) {
        tol_run_destroy(made);
        return status;
    }
    if (options->pin) {
        pin(made);
    }
    *run = made;
    return TOL_OK;
}

void tol_run_destroy(struct tol_run *run)
{
    if (run == NULL) {
        return;
    }
    pthread_mutex_lock(&run->mutex);
    run->leave = true;
    pthread_cond_broadcast(&run->job_given);
    pthread_mutex_unlock(&run->mutex);
    for (unsigned i = 1; i < run->thread_count; i++) {
        if (run->worker[i].started) {
            pthread_join(run->worker[i].thread, NULL);
        }
    }
    if (run->pinned) {
        tol_places_release(run->places, run->worker[0].thread);
    }
    pthread_cond_destroy(&run->job_done);
    pthread_cond_destroy(&run->job_given);
    pthread_mutex_destroy(&run->mutex);
    tol_places_close(run->places);
    free(run->worker);
    free(run);
}

unsigned tol_run_threads(const struct tol_run *run)
{
    return run->thread_count;
}

const char *tol_run_note(const struct tol_run *run)
{
    return run->note[0] == '\0' ? NULL : run->note;
}

static enum tol_status lowest_failure(const struct tol_run *run, struct tol_error *error)
{
    const struct worker *lowest = NULL;
    for (unsigned i = 0; i < run->thread_count; i++) {
        const struct worker *worker = &run->worker[i];
        if (worker->failed && (lowest == NULL || worker->failed_block < lowest->failed_block)) {
            lowest = worker;
        }
    }
    if (lowest == NULL) {
        return TOL_OK;
    }
    if (error != NULL) {
        *error = lowest->error;
    }
    return lowest->error.status;
}

static enum tol_status do_here(uint64_t block_count, tol_block_function function, void *context,
                               struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    for (uint64_t block = 0; block < block_count && status == TOL_OK; block++) {
        status = function(context, 0, block, error);
    }
    return status;
}

enum tol_status tol_run_blocks(struct tol_run *run, uint64_t block_count, tol_block_function function, void *context,
                               struct tol_error *error)
{
    if (run == NULL) {
        return do_here(block_count, function, context, error);
    }
    run->function = function;
    run->context = context;
    run->block_count = block_count;
    atomic_store(&run->next_block, 0);
    atomic_store(&run->stop, false);
    pthread_mutex_lock(&run->mutex);
    run->job++;
    run->busy = run->thread_count - 1;
    pthread_cond_broadcast(&run->job_given);
    pthread_mutex_unlock(&run->mutex);
    work(&run->worker[0]);
    pthread_mutex_lock(&run->mutex);
    while (run->busy > 0) {
        pthread_cond_wait(&run->job_done, &run->mutex);
    }
    pthread_mutex_unlock(&run->mutex);
    return lowest_failure(run, error);
}
