#include "limit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "measure.h"

enum {
    EXPONENTIALS = 1024,
    EXPONENTIAL_PASSES = 8000,
    PICKS_LEAST = 1 << 17,
    READ_PIECE = 256, /* bytes; what the reading loop does at once */
    WRITE_PIECE = 1 << 20,
};
/* Enough for some tens of milliseconds. */
static const size_t read_bytes_least = (size_t)512 << 20;
static const size_t gather_bytes_least = (size_t)512 << 20;

extern const struct limit_loops limit_loops_scalar;
#ifdef LIMIT_HAVE_AVX2
extern const struct limit_loops limit_loops_avx2;
#endif
#ifdef LIMIT_HAVE_AVX512
extern const struct limit_loops limit_loops_avx512;
#endif
#ifdef LIMIT_HAVE_NEON
extern const struct limit_loops limit_loops_neon;
#endif

const struct limit_loops *limit_loops_named(const char *isa)
{
    const struct limit_loops *all[] = {
        &limit_loops_scalar,
#ifdef LIMIT_HAVE_AVX2
        &limit_loops_avx2,
#endif
#ifdef LIMIT_HAVE_AVX512
        &limit_loops_avx512,
#endif
#ifdef LIMIT_HAVE_NEON
        &limit_loops_neon,
#endif
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (strcmp(all[i]->isa, isa) == 0) {
            return all[i];
        }
    }
    return NULL;
}

struct limit {
    struct tol_run *run;
    tol_block_function block; /* one worker's part; NULL: a write */
    double work;
    const struct limit_loops *loops;
    const double *data;
    double *own_data; /* NULL, or what data points to */
    size_t bytes;
    size_t row_doubles;
    uint32_t *pick; /* [workers][picks] */
    size_t picks;
    uint64_t passes;
    int less_one;
    const char *folder;
    double *sum; /* [workers][8]: keeps the compiler from dropping the work */
};

static struct limit *make(struct tol_run *run, const struct limit_loops *loops, tol_block_function block)
{
    struct limit *limit = bench_allocate(sizeof *limit);
    *limit = (struct limit){.run = run, .loops = loops, .block = block};
    limit->sum = bench_allocate((run != NULL ? tol_run_threads(run) : 1) * 8 * sizeof *limit->sum);
    return limit;
}

/* ---- reading in order ---------------------------------------------------------------------------------------- */

static enum tol_status read_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)error;
    struct limit *limit = context;
    for (uint64_t pass = 0; pass < limit->passes; pass++) {
        limit->sum[worker * 8] += limit->loops->read(limit->data + block * limit->bytes / sizeof(double), limit->bytes);
    }
    return TOL_OK;
}

struct limit *limit_read(struct tol_run *run, const struct limit_loops *loops, const double *data, size_t bytes)
{
    struct limit *limit = make(run, loops, read_block);
    unsigned workers = tol_run_threads(run);
    limit->data = data;
    limit->bytes = bytes / workers / READ_PIECE * READ_PIECE;
    limit->passes = 1 + read_bytes_least / (limit->bytes * workers + 1);
    limit->work = (double)limit->bytes * workers * (double)limit->passes;
    return limit;
}

/* ---- gathering rows ------------------------------------------------------------------------------------------ */

static enum tol_status gather_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)error;
    struct limit *limit = context;
    const uint32_t *pick = limit->pick + block * limit->picks;
    for (uint64_t pass = 0; pass < limit->passes; pass++) {
        limit->sum[worker * 8] += limit->loops->gather(limit->data, limit->row_doubles, pick, limit->picks);
    }
    return TOL_OK;
}

/* In an order without a pattern that a processor could foresee. */
static uint32_t *pick_rows(const struct limit_picks *picks, size_t count)
{
    uint32_t *pick = bench_allocate(count * sizeof *pick);
    uint64_t state = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);
        z = (z ^ (z >> 32)) * UINT64_C(0xd6e8feb86659fd93);
        uint32_t index = picks->index[((z >> 32) * picks->count) >> 32];
        pick[i] = picks->row_of != NULL ? picks->row_of[index] : index;
    }
    return pick;
}

struct limit *limit_gather(struct tol_run *run, const struct limit_loops *loops, uint32_t rows, size_t row_doubles,
                           const struct limit_picks *picks)
{
    struct limit *limit = make(run, loops, gather_block);
    size_t row_bytes = row_doubles * sizeof(double);
    unsigned workers = tol_run_threads(run);
    limit->row_doubles = row_doubles;
    /* So many picks that a large table is not known from the last pass, and a small one not by heart. */
    limit->picks = rows > PICKS_LEAST / 2 ? 2 * (size_t)rows : PICKS_LEAST;
    limit->passes = 1 + gather_bytes_least / (limit->picks * row_bytes);
    limit->pick = pick_rows(picks, limit->picks * workers);
    limit->own_data = bench_allocate((size_t)rows * row_bytes);
    limit->data = limit->own_data;
    limit->work = (double)limit->passes * (double)(limit->picks - LIMIT_GATHER_AHEAD) * (double)row_bytes * workers;
    return limit;
}

/* ---- exponentials -------------------------------------------------------------------------------------------- */

static enum tol_status exponential_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)error;
    (void)block;
    struct limit *limit = context;
    _Alignas(64) double x[EXPONENTIALS];
    _Alignas(64) double y[EXPONENTIALS];
    for (size_t i = 0; i < EXPONENTIALS; i++) {
        x[i] = (double)i / EXPONENTIALS - 0.6;
    }
    for (size_t pass = 0; pass < EXPONENTIAL_PASSES; pass++) {
        (limit->less_one ? limit->loops->exponentials_less_one : limit->loops->exponentials)(EXPONENTIALS, x, y);
        x[pass % EXPONENTIALS] += y[pass % EXPONENTIALS] * 0x1p-30;
    }
    limit->sum[worker * 8] += x[0];
    return TOL_OK;
}

struct limit *limit_exponentials(struct tol_run *run, const struct limit_loops *loops, int less_one)
{
    struct limit *limit = make(run, loops, exponential_block);
    limit->less_one = less_one;
    limit->work = (double)EXPONENTIALS * EXPONENTIAL_PASSES * tol_run_threads(run);
    return limit;
}

/* ---- writing a file ------------------------------------------------------------------------------------------ */

struct limit *limit_write(const char *folder, size_t bytes)
{
    struct limit *limit = make(NULL, NULL, NULL);
    limit->own_data = bench_allocate(WRITE_PIECE);
    limit->folder = folder;
    limit->bytes = bytes;
    limit->work = (double)bytes;
    return limit;
}

static double write_file(const struct limit *limit)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/limit-XXXXXX", limit->folder);
    int file = mkstemp(path);
    double start = bench_now_seconds();
    for (size_t done = 0; done < limit->bytes; done += WRITE_PIECE) {
        size_t part = limit->bytes - done < WRITE_PIECE ? limit->bytes - done : WRITE_PIECE;
        if (file < 0 || write(file, limit->own_data, part) != (ssize_t)part) {
            bench_fail("cannot write to %s", limit->folder);
        }
    }
    fsync(file);
    double seconds = bench_now_seconds() - start;
    close(file);
    unlink(path);
    return seconds;
}

/* -------------------------------------------------------------------------------------------------------------- */

double limit_run(void *context)
{
    struct limit *limit = context;
    struct tol_error error;
    if (limit->block == NULL) {
        return write_file(limit);
    }
    double start = bench_now_seconds();
    if (tol_run_blocks(limit->run, tol_run_threads(limit->run), limit->block, limit, &error) != TOL_OK) {
        bench_fail("%s", error.message);
    }
    return bench_now_seconds() - start;
}

double limit_work(const struct limit *limit)
{
    return limit->work;
}

void limit_free(struct limit *limit)
{
    if (limit != NULL) {
        free(limit->own_data);
        free(limit->pick);
        free(limit->sum);
        free(limit);
    }
}
