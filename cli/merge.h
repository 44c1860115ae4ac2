/* What a call of `merge` holds: shards of one run on their way to be that run (docs/shards.md). */
#ifndef CLI_MERGE_H
#define CLI_MERGE_H

#include "fail_if.h"
#include "merge_manifest.h"
#include "render_table.h"
#include "run_folder.h"
#include "shard_sums.h"

#include "tolmuur/run.h"

struct merge {
    const struct options *options;
    size_t given_count;
    struct merge_shard *given; /* in the order of the command line */
    size_t shard_count;
    const struct merge_shard **shard; /* [shard_count] by number from 1; belongs to `given` */
    uint64_t firm_count;
    size_t scenario_count;
    size_t faults; /* that were told */
    struct shard_sums sums;
    struct totals all;    /* of all firms, for --fail-if */
    struct worlds worlds; /* names only */
    struct look look;
    enum totals_by by;
    struct fail_if fail_if;
    struct tol_run *run;
    struct run_folder folder;
    bool parts_known; /* `kept` of its parts says what is there */
    double started;
    time_t began;
};

/* Says what is wrong with a file or folder, and goes on. */
void merge_tell(struct merge *merge, const char *path, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* TOL_BAD_DATA when something was told. */
TOL_MUST_CHECK enum tol_status merge_stop(const struct merge *merge, struct tol_error *error);

/* The run that most shards are of. */
struct merge_agreement {
    const struct merge_shard *reference; /* the first of that run; NULL: no shard was read */
    const struct merge_shard *rival;     /* the first of another run that as many are of; NULL: none has as many */
    size_t agreeing;                     /* shards of the run */
    size_t read;                         /* shards of any */
};
TOL_MUST_CHECK enum tol_status merge_agree(const struct merge *merge, struct merge_agreement *agreement,
                                           struct tol_error *error);

/* Reads the manifests of all shards and sees that they are all shards of one run, each once; tells whatever is wrong, then TOL_BAD_DATA. TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status merge_shards_read(struct merge *merge, struct tol_error *error);
/* Adds up the sums of all shards. TOL_BAD_DATA when any is damaged, which was told; TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status merge_sums(struct merge *merge, struct tol_error *error);
void merge_shards_release(struct merge *merge);

/* Copies every part into the partial folder and sees that the copy is what the shard's manifest says; those that are there already are kept (*kept of them). TOL_BAD_DATA when any
 * is damaged, which was told; TOL_IO, TOL_CANNOT_CREATE, TOL_TRY_AGAIN. */
TOL_MUST_CHECK enum tol_status merge_parts(struct merge *merge, size_t *kept, struct tol_error *error);

#endif
