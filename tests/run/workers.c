#include <criterion/criterion.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tolmuur/run.h"

#define BLOCKS 997

struct tally {
    atomic_uint times[BLOCKS];
    atomic_uint wrong_worker;
    unsigned threads;
    uint64_t fail_from;
    uint64_t fail_step; /* 0: no block fails */
};

static enum tol_status count_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    struct tally *tally = context;
    atomic_fetch_add(&tally->times[block], 1);
    if (worker >= tally->threads) {
        atomic_fetch_add(&tally->wrong_worker, 1);
    }
    if (tally->fail_step > 0 && block >= tally->fail_from && (block - tally->fail_from) % tally->fail_step == 0) {
        enum tol_status status = block == tally->fail_from ? TOL_BAD_DATA : TOL_IO;
        return tol_fail(error, status, "block %llu", (unsigned long long)block);
    }
    return TOL_OK;
}

static struct tol_run *create(unsigned threads, bool pin)
{
    struct tol_run_options options = {.threads = threads, .pin = pin};
    struct tol_run *run = NULL;
    struct tol_error error;
    cr_assert_eq(tol_run_create(&options, &run, &error), TOL_OK);
    return run;
}

static struct tally *new_tally(unsigned threads)
{
    struct tally *tally = calloc(1, sizeof *tally);
    cr_assert_not_null(tally);
    tally->threads = threads;
    return tally;
}

static void check_each_once(unsigned threads, uint64_t blocks)
{
    struct tol_run *run = create(threads, false);
    cr_assert_eq(tol_run_threads(run), threads);
    struct tally *tally = new_tally(threads);
    cr_assert_eq(tol_run_blocks(run, blocks, count_block, tally, NULL), TOL_OK);
    for (uint64_t i = 0; i < BLOCKS; i++) {
        cr_assert_eq(tally->times[i], i < blocks ? 1 : 0, "block %d with %u threads", (int)i, threads);
    }
    cr_assert_eq(tally->wrong_worker, 0);
    free(tally);
    tol_run_destroy(run);
}

Test(workers, every_block_once_with_1_2_and_7_threads)
{
    check_each_once(1, BLOCKS);
    check_each_once(2, BLOCKS);
    check_each_once(7, BLOCKS);
}

Test(workers, more_threads_than_blocks)
{
    check_each_once(7, 3);
    check_each_once(7, 1);
}

Test(workers, no_blocks)
{
    check_each_once(1, 0);
    check_each_once(7, 0);
}

Test(workers, many_jobs_on_one_pool)
{
    struct tol_run *run = create(3, false);
    struct tally *tally = new_tally(3);
    for (unsigned job = 1; job <= 200; job++) {
        cr_assert_eq(tol_run_blocks(run, 50, count_block, tally, NULL), TOL_OK);
        for (uint64_t i = 0; i < 50; i++) {
            cr_assert_eq(tally->times[i], job);
        }
    }
    free(tally);
    tol_run_destroy(run);
}

static void check_lowest_failure(unsigned threads, uint64_t from, uint64_t step)
{
    struct tol_run *run = create(threads, false);
    for (int again = 0; again < 30; again++) {
        struct tally *tally = new_tally(threads);
        tally->fail_from = from;
        tally->fail_step = step;
        struct tol_error error;
        cr_assert_eq(tol_run_blocks(run, BLOCKS, count_block, tally, &error), TOL_BAD_DATA);
        char expected[32];
        (void)snprintf(expected, sizeof expected, "block %llu", (unsigned long long)from);
        cr_assert_str_eq(error.message, expected);
        for (uint64_t i = 0; i <= from; i++) {
            cr_assert_eq(tally->times[i], 1, "blocks below the failed one are done");
        }
        free(tally);
    }
    tol_run_destroy(run);
}

Test(workers, status_of_the_lowest_failed_block)
{
    check_lowest_failure(1, 5, 1);
    check_lowest_failure(2, 5, 1);
    check_lowest_failure(7, 0, 1);
    check_lowest_failure(7, 13, 2);
}

static enum tol_status fail_together(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)worker;
    pthread_barrier_wait(context);
    return tol_fail(error, TOL_IO, "block %llu", (unsigned long long)block);
}

Test(workers, two_blocks_failing_at_once_report_the_lower)
{
    pthread_barrier_t barrier;
    cr_assert_eq(pthread_barrier_init(&barrier, NULL, 2), 0);
    struct tol_run *run = create(2, false);
    for (int again = 0; again < 50; again++) {
        struct tol_error error;
        cr_assert_eq(tol_run_blocks(run, 2, fail_together, &barrier, &error), TOL_IO);
        cr_assert_str_eq(error.message, "block 0");
    }
    tol_run_destroy(run);
    pthread_barrier_destroy(&barrier);
}

Test(workers, failure_stops_the_run)
{
    struct tol_run *run = create(1, false);
    struct tally *tally = new_tally(1);
    tally->fail_from = 10;
    tally->fail_step = 1;
    cr_assert_eq(tol_run_blocks(run, BLOCKS, count_block, tally, NULL), TOL_BAD_DATA);
    for (uint64_t i = 0; i < BLOCKS; i++) {
        cr_assert_eq(tally->times[i], i <= 10 ? 1 : 0);
    }
    free(tally);
    tol_run_destroy(run);
}

Test(workers, pool_works_after_a_failure)
{
    struct tol_run *run = create(2, false);
    struct tally *tally = new_tally(2);
    tally->fail_from = 3;
    tally->fail_step = 5;
    cr_assert_eq(tol_run_blocks(run, BLOCKS, count_block, tally, NULL), TOL_BAD_DATA);
    tally->fail_step = 0;
    memset((void *)tally->times, 0, sizeof tally->times);
    cr_assert_eq(tol_run_blocks(run, BLOCKS, count_block, tally, NULL), TOL_OK);
    for (uint64_t i = 0; i < BLOCKS; i++) {
        cr_assert_eq(tally->times[i], 1);
    }
    free(tally);
    tol_run_destroy(run);
}

static enum tol_status fail_without_words(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)context;
    (void)worker;
    (void)block;
    (void)error;
    return TOL_TRY_AGAIN;
}

Test(workers, status_stands_when_the_block_wrote_no_error)
{
    struct tol_run *run = create(2, false);
    struct tol_error error;
    cr_assert_eq(tol_run_blocks(run, 4, fail_without_words, NULL, &error), TOL_TRY_AGAIN);
    cr_assert_eq(error.status, TOL_TRY_AGAIN);
    cr_assert_str_eq(error.message, "");
    cr_assert_eq(tol_run_blocks(run, 4, fail_without_words, NULL, NULL), TOL_TRY_AGAIN);
    tol_run_destroy(run);
}

Test(workers, absurd_thread_count_is_refused)
{
    struct tol_run_options options = {.threads = 1000000};
    struct tol_run *run = NULL;
    struct tol_error error;
    cr_assert_eq(tol_run_create(&options, &run, &error), TOL_USAGE);
    cr_assert_null(run);
}

/* ---- affinity ---- */

static cpu_set_t affinity(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    cr_assert_eq(sched_getaffinity(0, sizeof set, &set), 0);
    return set;
}

struct seen {
    pthread_mutex_t mutex;
    pthread_cond_t all_here;
    unsigned here;
    unsigned threads;
    cpu_set_t set[64];
    sigset_t blocked[64];
};

/* Waits until every worker has a block, so that each shows its own affinity. */
static enum tol_status look(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)block;
    (void)error;
    struct seen *seen = context;
    (void)sched_getaffinity(0, sizeof seen->set[0], &seen->set[worker]);
    pthread_sigmask(SIG_SETMASK, NULL, &seen->blocked[worker]);
    pthread_mutex_lock(&seen->mutex);
    seen->here++;
    pthread_cond_broadcast(&seen->all_here);
    while (seen->here < seen->threads) {
        pthread_cond_wait(&seen->all_here, &seen->mutex);
    }
    pthread_mutex_unlock(&seen->mutex);
    return TOL_OK;
}

static void look_at(struct tol_run *run, struct seen *seen)
{
    memset(seen, 0, sizeof *seen);
    pthread_mutex_init(&seen->mutex, NULL);
    pthread_cond_init(&seen->all_here, NULL);
    seen->threads = tol_run_threads(run);
    cr_assert_leq(seen->threads, 64);
    cr_assert_eq(tol_run_blocks(run, seen->threads, look, seen, NULL), TOL_OK);
}

/* Whether this system lets a thread be bound at all; a container may deny it. */
static bool may_bind(void)
{
    cpu_set_t before = affinity();
    return sched_setaffinity(0, sizeof before, &before) == 0;
}

Test(workers, pinned_workers_stay_inside_the_cpuset_on_cores_of_their_own)
{
    cpu_set_t before = affinity();
    struct tol_run *run = create(0, true);
    struct seen seen;
    look_at(run, &seen);
    cr_assert_eq(tol_run_note(run) == NULL, may_bind());
    for (unsigned i = 0; i < seen.threads; i++) {
        cpu_set_t inside;
        CPU_AND(&inside, &seen.set[i], &before);
        cr_assert(CPU_EQUAL(&inside, &seen.set[i]), "worker %u leaves the cpuset", i);
        for (unsigned j = 0; j < i && may_bind(); j++) {
            CPU_AND(&inside, &seen.set[i], &seen.set[j]);
            cr_assert_eq(CPU_COUNT(&inside), 0, "workers %u and %u share a core", i, j);
        }
    }
    tol_run_destroy(run);
}

Test(workers, callers_affinity_comes_back)
{
    cpu_set_t before = affinity();
    struct tol_run *run = create(1, true);
    tol_run_destroy(run);
    cpu_set_t after = affinity();
    cr_assert(CPU_EQUAL(&before, &after));
}

static void narrow_to_one(int *cpu)
{
    cpu_set_t all = affinity();
    cpu_set_t one;
    CPU_ZERO(&one);
    for (int i = 0; i < CPU_SETSIZE; i++) {
        if (CPU_ISSET(i, &all)) {
            *cpu = i; /* the last, which is not the first where there are two */
        }
    }
    CPU_SET(*cpu, &one);
    cr_assert_eq(sched_setaffinity(0, sizeof one, &one), 0);
}

Test(workers, one_allowed_core_gives_one_worker_there)
{
    int cpu = 0;
    narrow_to_one(&cpu);
    struct tol_run *run = create(0, true);
    cr_assert_eq(tol_run_threads(run), 1);
    cr_assert_null(tol_run_note(run));
    struct seen seen;
    look_at(run, &seen);
    cr_assert_eq(CPU_COUNT(&seen.set[0]), 1);
    cr_assert(CPU_ISSET(cpu, &seen.set[0]));
    tol_run_destroy(run);
}

Test(workers, more_threads_than_cores_run_unpinned_with_a_note)
{
    int cpu = 0;
    narrow_to_one(&cpu);
    cpu_set_t before = affinity();
    struct tol_run *run = create(7, true);
    cr_assert_not_null(tol_run_note(run));
    cr_assert_not_null(strstr(tol_run_note(run), "7 threads on 1 allowed core"));
    struct seen seen;
    look_at(run, &seen);
    for (unsigned i = 0; i < 7; i++) {
        cr_assert(CPU_EQUAL(&seen.set[i], &before));
    }
    tol_run_destroy(run);
}

Test(workers, no_note_when_pinning_was_not_asked_for)
{
    struct tol_run *run = create(7, false);
    cr_assert_null(tol_run_note(run));
    tol_run_destroy(run);
}

Test(workers, a_pretended_machine_runs_unpinned_within_the_real_cpuset)
{
    cr_assert_eq(setenv("HWLOC_SYNTHETIC", "package:2 core:32 pu:2", 1), 0);
    cpu_set_t before = affinity();
    struct tol_run *run = create(0, true);
    cr_assert_not_null(tol_run_note(run));
    cr_assert_leq(tol_run_threads(run), (unsigned)CPU_COUNT(&before));
    struct seen seen;
    look_at(run, &seen);
    for (unsigned i = 0; i < seen.threads; i++) {
        cr_assert(CPU_EQUAL(&seen.set[i], &before));
    }
    tol_run_destroy(run);
}

Test(workers, helpers_leave_signals_to_the_caller)
{
    struct tol_run *run = create(3, false);
    struct seen seen;
    look_at(run, &seen);
    for (unsigned i = 1; i < 3; i++) {
        cr_assert_eq(sigismember(&seen.blocked[i], SIGINT), 1);
        cr_assert_eq(sigismember(&seen.blocked[i], SIGTERM), 1);
    }
    cr_assert_eq(sigismember(&seen.blocked[0], SIGINT), 0);
    tol_run_destroy(run);
}

Test(workers, destroy_of_nothing)
{
    tol_run_destroy(NULL);
}

static atomic_uint asked;

static bool cancel_after_some(void)
{
    return atomic_fetch_add(&asked, 1) >= 100;
}

Test(workers, end_between_blocks_when_cancelled)
{
    for (unsigned threads = 1; threads <= 3; threads++) {
        struct tol_run_options options = {.threads = threads, .cancelled = cancel_after_some};
        struct tol_run *run = NULL;
        struct tol_error error = {0};
        atomic_store(&asked, 0);
        cr_assert_eq(tol_run_create(&options, &run, NULL), TOL_OK);
        struct tally *tally = new_tally(threads);
        cr_assert_eq(tol_run_blocks(run, BLOCKS, count_block, tally, &error), TOL_TRY_AGAIN);
        cr_assert_str_eq(error.message, "interrupted");
        unsigned done = 0;
        for (int i = 0; i < BLOCKS; i++) {
            done += tally->times[i];
        }
        cr_assert_eq(done, 100);
        free(tally);
        tol_run_destroy(run);
    }
}
