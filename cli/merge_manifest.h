/* Manifests of shards, and that of the run that they are. Apart from merge.h, since jansson's header and json_writer.h do not go together. */
#ifndef CLI_MERGE_MANIFEST_H
#define CLI_MERGE_MANIFEST_H

#include "manifest_read.h"

#include <time.h>

struct merge_shard {
    const char *path; /* as given */
    bool read;        /* the manifest is sound and of a shard */
    struct manifest manifest;
    struct json_t *all;        /* of the manifest */
    struct run_identity whole; /* of the run that it is a shard of */
};

/* What the manifest of the run is made from. */
struct merge_manifest {
    const struct options *options; /* of merge */
    const char *identity;
    const char *run_id;
    const char *totals_name;
    const char *totals_path; /* for opening */
    size_t kept;
    size_t shard_count;
    const struct merge_shard *const *shard; /* by number */
    double started;
    time_t began;
};

/* Numbers of a shard's manifest: counts of the run; first_firm, firms or rows of an output. False: not there. */
bool merge_manifest_count(const struct merge_shard *shard, const char *name, uint64_t *count);
bool merge_manifest_of_output(const struct merge_shard *shard, size_t output, const char *name, uint64_t *number);
void merge_manifest_release(struct merge_shard *shard);

/* The manifest of the run, to path: that of a single run but for `execution`. TOL_IO, TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status merge_manifest_write(const struct merge_manifest *of, const char *path,
                                                    struct tol_error *error);

#endif
