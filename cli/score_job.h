/* What a call of `score` holds while it runs. */
#ifndef CLI_SCORE_JOB_H
#define CLI_SCORE_JOB_H

#include "draws.h"
#include "fail_if.h"
#include "postgres_settings.h"
#include "run_folder.h"
#include "score_row.h"
#include "stages.h"
#include "totals.h"
#include "worlds.h"
#include "worst_firms.h"

#include "tolmuur/exposure.h"

#include <time.h>

struct manifest;
struct tol_workbook;

struct score_job {
    const struct options *options;
    struct session session;
    char store[4096]; /* folder */
    struct worlds worlds;
    struct draws draws;
    struct tol_settings settings;
    struct look look;
    struct tol_book *book;
    struct tol_run *run;
    struct tol_plan *plan;
    enum totals_by by;
    struct totals_set totals;
    struct score_texts texts;
    struct stages stages;
    struct fail_if fail_if;
    bool dry_run;           /* only forecast */
    enum format row_format; /* of rows on stdout */
    const char *output;     /* NULL: only totals */
    struct postgres_settings postgres;
    bool database;       /* output is a database */
    const char *special; /* the device or pipe that stdout leads to; NULL: none */
    bool to_folder;      /* output is a run folder */
    bool to_workbook;    /* output is a workbook */
    uint64_t top;        /* firms of a scenario in it */
    struct worst_firms worst;
    struct tol_workbook *workbook; /* NULL: not begun, or at its end */
    struct run_folder folder;
    struct shard network;             /* count 0: it is no --network job */
    bool network_promised;            /* a forecast: answers of --network jobs will be there */
    struct tol_sha256_job *book_hash; /* with a run folder, as the next two */
    struct tol_sha256_job *tables_hash;
    struct tol_topology topology; /* before the workers are pinned; all 0: not known */
    time_t began;
    const struct manifest *replayed; /* the run that is done again; NULL: none */
    double started;
    uint64_t book_bytes; /* peak memory once the book was verified */
    uint64_t plan_bytes; /* once the plan was made */
};

static inline bool is_shard(const struct score_job *job)
{
    return job->folder.shard.count > 0;
}

/* What the options say, for the plan of all scenarios; of a shard for its firms alone. */
struct tol_plan_options score_plan_options(struct score_job *job);

#endif
