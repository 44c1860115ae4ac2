/* What the parts of bench_pipeline share: a book, its firms and its sides priced for sixteen days. */
#ifndef BENCH_PIPELINE_H
#define BENCH_PIPELINE_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "duckdb_peer.h"
#include "kernels.h"
#include "tolmuur/book.h"
#include "tolmuur/exposure.h"
#include "tolmuur/law.h"
#include "tolmuur/parameters.h"
#include "tolmuur/run.h"

enum { SCENARIOS = 16, ROWS = SCENARIOS / TOL_LANES, CHUNK_FIRMS = 64 };

/* Sixteen days on which US law stood differently. */
extern const char *const bench_scenario_days[SCENARIOS];

struct options {
    const char *book;
    const char *json;
    unsigned threads;
    unsigned rounds;
    int with_peers;
};

/* A side's factors for the sixteen days, [cell][factor][ROWS][TOL_LANES], priced by the real law and response. */
struct side_table {
    const struct tol_book_side *side;
    size_t factors;
    double *factor;     /* a row for every cell, as the peer has it */
    uint32_t *cell_row; /* ours: cells with equal rows share one, as in a plan */
    double *row;
    double *sums; /* [firm][factors][ROWS][TOL_LANES] */
    const char *name;
};

struct bench {
    struct options options;
    struct tol_book *book;
    struct tol_law *law;
    struct tol_parameters *parameters;
    struct tol_run *run;
    struct duckdb_peer *peer;
    json_t *json;
    char cpu[128];
    double read_bytes_per_second;
    struct side_table sales;
    struct side_table purchases;
    struct tol_firm_inputs firm;
    double *no_chain; /* [CHUNK_FIRMS][ROWS][TOL_LANES] zeros: what comes along the chain is no part of the pass */
    double *result;   /* [firm][ROWS][TOL_LANES] change of EBITDA */
    struct scratch *scratch; /* one per worker */
    uint64_t block_count;
    uint64_t *block_start;
};

/* Sums and outcomes of a few firms: they stay in a core's own cache. */
struct scratch {
    double *sales;
    double *purchases;
    double *outcome;
};

/* ---- setup; a fault ends the program ------------------------------------------------------------------------- */

/* Prints the error and exits with its status. */
_Noreturn void bench_die(const struct tol_error *error);

/* Zeroed and 64-byte aligned; exits when there is none. Freed by free. */
void *bench_allocate(size_t size);

/* Tables, book, workers and blocks, from bench->options. */
void bench_open(struct bench *bench);
void bench_close(struct bench *bench);

/* A side's factors, priced cell by cell by the law of each day. */
void bench_price(struct bench *bench, struct side_table *table, const struct tol_book_side *side, const char *name,
                 size_t factors);

/* The firms' numbers as the kernel wants them; what is missing takes a fixed value, since only speed is at stake. */
void bench_prepare_firms(struct bench *bench);

/* ---- the pass that is timed, and its parts ------------------------------------------------------------------- */

/* The sums of one side for every firm, kept whole in table->sums: what the peer's answer is compared with. */
void bench_sum_all(struct bench *bench, const struct tol_kernels *kernels, const struct side_table *table);

/* From sums of firms [first, first + count) to their change of EBITDA, in result [firm][SCENARIOS]. outcome is scratch memory for count firms. */
void bench_finish_firms(const struct bench *bench, const struct tol_kernels *kernels, uint64_t first, size_t count,
                        const double *sales, const double *purchases, double *outcome, double *result);

/* Lines of the mapped book to every firm's change of EBITDA in bench->result; seconds it took. */
double bench_direct_pass(struct bench *bench, const struct tol_kernels *kernels);

/* ---- verification: nothing that differs is timed; a difference ends the program ------------------------------ */

/* Loads a side into the peer and checks that both give the same sums. */
void bench_verify_side(struct bench *bench, struct side_table *table);

/* What is timed must give, in every variant, the bits that follow from the sums that the peer confirmed. */
void bench_verify_variants(struct bench *bench);

/* ---- measures, each printed and put into bench->json --------------------------------------------------------- */

/* First: the others name it as their limit. */
void bench_measure_read_bandwidth(struct bench *bench);

/* Sales and purchases with all their factors, and profit; the peer does the join and the sums only. */
void bench_measure_direct_pass(struct bench *bench);

/* The whole score of every firm, law priced before: sums, profit, score, rows in memory, block by block. */
void bench_measure_score(struct bench *bench);

/* `tolmuur firm` as a user starts it, one firm after another across the book. */
void bench_measure_firm_process(struct bench *bench);

#endif
