/* What this machine can do at most, measured in the run whose results are compared with it. */
#ifndef BENCH_LIMIT_H
#define BENCH_LIMIT_H

#include <stddef.h>
#include <stdint.h>

#include "tolmuur/run.h"

/* How far a gathering loop fetches ahead, as a kernel may. */
#define LIMIT_GATHER_AHEAD 16

/* The loops of one instruction set (limit_lanes.c). Each returns a number that depends on all it read. */
struct limit_loops {
    const char *isa;
    /* Reads bytes [size, a multiple of 64] in order. */
    double (*read)(const double *data, size_t size);
    /* Adds up rows [row_doubles, a multiple of 8] pick[0] ... pick[count - LIMIT_GATHER_AHEAD - 1] of a table; the others are only fetched. */
    double (*gather)(const double *table, size_t row_doubles, const uint32_t *pick, size_t count);
    /* exp and expm1 of x [count, a multiple of 8] into y. */
    void (*exponentials)(size_t count, const double *x, double *y);
    void (*exponentials_less_one)(size_t count, const double *x, double *y);
};

/* Of a kernel table's name; NULL when there are none. */
const struct limit_loops *limit_loops_named(const char *isa);

/* One limit, prepared. It takes part in rounds as a contender, so that it is measured under the same conditions as what is compared with it. */
struct limit;

/* Bytes of data [bytes], in order, again and again until there are enough. Not copied. */
struct limit *limit_read(struct tol_run *run, const struct limit_loops *loops, const double *data, size_t bytes);

/* What is picked at random: row_of[index[i]] (index[i] where row_of is NULL), i < count, each i equally likely. */
struct limit_picks {
    const uint32_t *index;
    uint64_t count;
    const uint32_t *row_of;
};

/* Bytes of whole rows of a table, picked at random but as popular as they are: a table that fits into a cache is read from there. The picks are read in
 * order. picks is read here only. */
struct limit *limit_gather(struct tol_run *run, const struct limit_loops *loops, uint32_t rows, size_t row_doubles,
                           const struct limit_picks *picks);

/* exp, or expm1, of numbers in the first cache. */
struct limit *limit_exponentials(struct tol_run *run, const struct limit_loops *loops, int less_one);

/* Bytes written to a new file in the folder and synced. folder is not copied. */
struct limit *limit_write(const char *folder, size_t bytes);

/* Does the work once, all workers together; its seconds. context: struct limit. */
double limit_run(void *context);

/* The work of one run. */
double limit_work(const struct limit *limit);
void limit_free(struct limit *limit);

#endif
