/* What the parts of bench_pipeline share: a book, its sides priced for many days, and the passes over them that are timed. */
#ifndef BENCH_PIPELINE_H
#define BENCH_PIPELINE_H

#include <stddef.h>
#include <stdint.h>

#include "exposure/split.h"
#include "kernels.h"
#include "limit.h"
#include "measure.h"
#include "product_peer.h"
#include "tolmuur/book.h"
#include "tolmuur/economy.h"
#include "tolmuur/exposure.h"
#include "tolmuur/law.h"
#include "tolmuur/parameters.h"
#include "tolmuur/run.h"

enum {
    SCENARIOS = 16, /* of what is compared with peers */
    SCENARIOS_MAX = 64,
    TILE_ROWS = 2, /* rows of lanes of one factor that a pass over the lines takes */
    TILE_LANES = TILE_ROWS * TOL_LANES,
    TILES_MAX = SCENARIOS_MAX / TILE_LANES,
    CHUNK_FIRMS = 64,
    PEERS_MAX = 4,
};

/* Sixteen days on which US law stood differently, then forty-eight Mondays. */
extern const char *const bench_scenario_days[SCENARIOS_MAX];

struct options {
    const char *book;
    const char *json;
    const char *peers;   /* their names in lower case, with commas; NULL: all but PostgreSQL */
    const char *scripts; /* folder of the peers that are scripts; NULL: none of them */
    const char *scratch; /* folder for what peers read */
    unsigned threads;
    unsigned rounds;
    int without_score;
    int full; /* scores of 1, 8 and 64 scenarios too */
};

/* A side of the book and the duties on its cells. */
struct priced_side {
    const char *name;
    const struct tol_book_side *side;
    size_t factors;
    double *base;                  /* [cell] */
    double *changed;               /* [cell][SCENARIOS_MAX] */
    struct tol_response *response; /* [cell] */
};

/* The factors of a side for some scenarios, cut into tiles of at most TILE_LANES. */
struct side_table {
    const struct tol_book_side *side;
    size_t factors;
    size_t rows; /* of lanes, of one factor in one tile: 1 or 2 */
    size_t tile_count;
    struct {
        uint32_t *cell_row; /* as in a plan, cells with equal factors share one row */
        double *row;        /* [row_count][factors][rows][TOL_LANES] */
        uint32_t row_count;
        struct tol_split_table split; /* the same once more, cut as a plan cuts it */
    } tile[TILES_MAX];
    struct tol_keep keep; /* memory of the cut tables */
    double *factor; /* the first tile with a row for every cell, as peers have it: [cell][factors][rows][TOL_LANES] */
};

/* What a pass over all lines works from. */
struct pass {
    unsigned scenarios;
    struct side_table sales;
    struct side_table purchases;
};

/* Sums and outcomes of a few firms: they stay in a core's own cache. */
struct scratch {
    double *sales;
    double *purchases;
    double *outcome;
};

struct bench {
    struct options options;
    struct tol_book *book;
    struct tol_law *law;
    struct tol_parameters *parameters;
    struct tol_economy *economy;
    struct bench_sheet sheet;
    struct tol_run *run;     /* with all threads */
    struct tol_run *run_one; /* with one; the same as run where that has one */
    struct product_peer *peer[PEERS_MAX];
    size_t peer_count;
    struct priced_side sales;
    struct priced_side purchases;
    struct pass pass;       /* SCENARIOS days, all factors */
    struct pass one_factor; /* the same, volume of sales and cost rise of purchases only */
    struct tol_firm_inputs firm;
    double *no_chain;        /* [CHUNK_FIRMS][TILE_LANES] zeros: what comes along the chain is no part of the pass */
    double *result;          /* [firm][SCENARIOS_MAX] change of EBITDA */
    double *sums[2];         /* of sales and purchases, [firm][factors][TILE_LANES] */
    struct scratch *scratch; /* one per worker */
    uint64_t block_count;
    uint64_t *block_start;
};

/* Prints the error and ends the program. */
_Noreturn void bench_die(const struct tol_error *error);

/* ---- setup (pipeline_setup.c, pipeline_tables.c) ------------------------------------------------------------- */

void bench_open(struct bench *bench);
void bench_close(struct bench *bench);

/* Peers that can be had here; the others are named. */
void bench_open_peers(struct bench *bench);

/* Duties of every cell on all days, as if every line went into the United States, so that no factor is all 0. */
void bench_price(struct bench *bench);

/* The first `scenarios` of the days. Freed by bench_pass_release. */
struct pass bench_pass_make(const struct bench *bench, unsigned scenarios);
/* One factor of each side out of a pass of one tile. */
struct pass bench_pass_one_factor(const struct pass *whole);
void bench_pass_release(struct pass *pass);

/* Lines of both sides times factors: line-rows of TILE_LANES lanes where scenarios are a multiple of 16. */
double bench_pass_line_rows(const struct pass *pass);

/* ---- passes (pipeline_pass.c) -------------------------------------------------------------------------------- */

/* One pass in one setting. */
struct pass_job {
    struct bench *bench;
    const struct pass *pass;
    struct tol_run *run;
    const struct tol_kernels *kernels;
};

/* Each: the seconds that it took; context is a struct pass_job. */

/* gather_sum alone, one tile: the sums of every firm into bench->sums. */
double bench_sum_pass(void *context);
/* Lines of the mapped book to every firm's change of EBITDA in bench->result; with one factor of each side: margin x volume - own part of the cost rise. */
double bench_direct_pass(void *context);

/* ---- measures, each verified, printed and put into the sheet ------------------------------------------------- */

/* A product that a peer is asked for, both sides of it. */
struct product_job {
    struct product_peer *peer;
    const char *matrix[2];
    const char *table[2];
    unsigned count;
};
/* Seconds of a struct product_job. */
double bench_product(void *context);

/* Compares ours [count] with theirs; ends the program where they differ by more than `tolerance` relative to what is greatest in a row of 16. */
void bench_compare(const char *what, size_t count, const double *ours, const double *theirs, double tolerance);

void bench_measure_passes(
    struct bench *bench); /* pipeline_measures.c: kernel, direct pass, one factor, against peers */
void bench_measure_settings(struct bench *bench); /* pipeline_settings.c: instruction sets, threads, scenarios */
void bench_measure_network(struct bench *bench);  /* pipeline_network.c */
void bench_measure_score(struct bench *bench);    /* pipeline_score.c: full score, draws */

/* ---- limits (pipeline_limits.c) ------------------------------------------------------------------------------ */

/* What a job cannot do faster than: reading its lines, gathering its rows. They take part in its rounds. */
enum { JOB_LIMITS = 3 };
struct job_limits {
    double read_bytes;      /* of the job */
    double gather_bytes[2]; /* by side */
    const char *gather_name;
    const char *row_name[JOB_LIMITS];  /* of a limit by itself, in the table of results; NULL: not reported */
    struct limit *limit[JOB_LIMITS];   /* read, gather, gather; NULL: no such */
    struct bench_contender *contender; /* theirs, from the first on */
};

struct job_limits bench_pass_limits(const struct pass_job *job);
/* Adds JOB_LIMITS contenders at `contender`. */
void bench_limits_join(struct job_limits *limits, struct bench_contender *contender);
/* After the rounds: the bounds that follow. */
void bench_limits_bounds(const struct job_limits *limits, struct bench_bound bound[BENCH_BOUNDS_MAX]);
/* The rates themselves, in the setting of `result`; then frees the limits. */
void bench_limits_close(struct job_limits *limits, struct bench_sheet *sheet, const struct bench_result *result);

#endif
