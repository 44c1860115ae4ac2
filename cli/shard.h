/* --shard I/N: one of N pieces of a run, for `merge` (docs/shards.md). A shard is a range of the run's parts. */
#ifndef CLI_SHARD_H
#define CLI_SHARD_H

#include <stddef.h>
#include <stdint.h>

#include "tolmuur/status.h"

#define SHARDS_MOST 65536
#define SHARD_TEXT_SIZE 24

struct shard {
    uint32_t number; /* from 1 */
    uint32_t count;  /* 0: the run is whole */
};

/* "3/7"; NULL is the whole run. option: how it is written, "--shard". TOL_USAGE. */
TOL_MUST_CHECK enum tol_status shard_parse(const char *option, const char *text, struct shard *shard,
                                           struct tol_error *error);

/* Of part_count parts of a run, or scenarios, those from *first to before *end. Numbers of parts differ by at most one from shard to shard. */
void shard_parts(const struct shard *shard, size_t part_count, size_t *first, size_t *end);

/* TOL_USAGE, with numbers that would do: the run has fewer parts than shards. */
TOL_MUST_CHECK enum tol_status shard_check(const struct shard *shard, size_t part_count, uint64_t firm_count,
                                           size_t scenario_count, struct tol_error *error);

/* "3/7". */
void shard_format(const struct shard *shard, char text[SHARD_TEXT_SIZE]);

#endif
