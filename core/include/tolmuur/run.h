/* Workers: threads pinned to cores, and a queue of blocks. */
#ifndef TOLMUUR_RUN_H
#define TOLMUUR_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tolmuur/status.h"

#pragma GCC visibility push(default)

struct tol_run;

struct tol_run_options {
    unsigned threads; /* 0: one per core of the cpuset this process was given */
    bool
        pin; /* bind each worker to its own core; obeys the cpuset; unpinned, with a note, where binding is denied or there are more threads than cores */
    /* Asked between blocks, by any worker: true ends the blocks with TOL_TRY_AGAIN. NULL: nothing ends them. */
    bool (*cancelled)(void);
};

/* Reads the topology (hwloc) and starts the workers. The calling thread is worker 0. Caller owns *run. */
TOL_MUST_CHECK enum tol_status tol_run_create(const struct tol_run_options *options, struct tol_run **run,
                                              struct tol_error *error);
void tol_run_destroy(struct tol_run *run);
unsigned tol_run_threads(const struct tol_run *run);
/* One sentence when pinning was asked for and could not be had, else NULL. */
const char *tol_run_note(const struct tol_run *run);

/* Does one block. worker is in [0, threads). A status other than TOL_OK stops the run after the blocks under way. */
typedef enum tol_status (*tol_block_function)(void *context, unsigned worker, uint64_t block, struct tol_error *error);

/* Calls function for every block in [0, block_count), each once, on any worker, lower blocks first taken. Returns the status of the lowest failed block
 * with its error; TOL_TRY_AGAIN "interrupted" when the run was cancelled. run NULL: one after the other in this thread, as worker 0, up to the first that fails. Not reentrant. */
TOL_MUST_CHECK enum tol_status tol_run_blocks(struct tol_run *run, uint64_t block_count, tol_block_function function,
                                              void *context, struct tol_error *error);

/* Splits firms into blocks of about equal work: line_start_a/b are the sides' CSR starts (NULL: none), [firm_count + 1]. Block i is
 * firms [start[i], start[i + 1]). Depends on the book alone, never on the threads. Writes at most capacity + 1 starts and returns the
 * number of blocks. */
uint64_t tol_blocks_balance(uint64_t firm_count, const uint64_t *line_start_a, const uint64_t *line_start_b,
                            uint64_t lines_per_block, uint64_t *start, uint64_t capacity);

/* What the machine looks like to this process. */
struct tol_topology {
    unsigned packages, numa_nodes, cores, processing_units, allowed_cores;
    uint64_t l2_bytes, l3_bytes; /* of the first core; 0 unknown */
    char cpu_model[128];
    char binding[128]; /* the cpuset this process may use, list format */
};
TOL_MUST_CHECK enum tol_status tol_topology_read(struct tol_topology *topology, struct tol_error *error);

#pragma GCC visibility pop

#endif
