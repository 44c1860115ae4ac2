#include "shard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum tol_status shard_parse(const char *option, const char *text, struct shard *shard, struct tol_error *error)
{
    char canonical[SHARD_TEXT_SIZE];
    *shard = (struct shard){0};
    if (text == NULL) {
        return TOL_OK;
    }
    char *slash = NULL;
    unsigned long number = strtoul(text, &slash, 10);
    unsigned long count = *slash == '/' ? strtoul(slash + 1, NULL, 10) : 0;
    if (number >= 1 && number <= count && count <= SHARDS_MOST) {
        *shard = (struct shard){(uint32_t)number, (uint32_t)count};
        shard_format(shard, canonical);
        if (strcmp(canonical, text) == 0) {
            return TOL_OK;
        }
    }
    return tol_fail(error, TOL_USAGE, "%s %.40s: write I/N, share I of N from 1/N to N/N, N at most %d", option, text,
                    SHARDS_MOST);
}

void shard_parts(const struct shard *shard, size_t part_count, size_t *first, size_t *end)
{
    *first = 0;
    *end = part_count;
    if (shard->count > 0) {
        *first = (size_t)((uint64_t)part_count * (shard->number - 1) / shard->count);
        *end = (size_t)((uint64_t)part_count * shard->number / shard->count);
    }
}

enum tol_status shard_check(const struct shard *shard, size_t part_count, uint64_t firm_count, size_t scenario_count,
                            struct tol_error *error)
{
    if (shard->count <= part_count) {
        return TOL_OK;
    }
    if (shard->count > firm_count) {
        return tol_fail(error, TOL_USAGE, "--shard %u/%u: the book has %llu firms; make at most so many shards",
                        (unsigned)shard->number, (unsigned)shard->count, (unsigned long long)firm_count);
    }
    return tol_fail(error, TOL_USAGE,
                    "--shard %u/%u: a shard is whole parts, and the run has %zu; give every shard --part-rows %llu or "
                    "less, or make fewer shards",
                    (unsigned)shard->number, (unsigned)shard->count, part_count,
                    (unsigned long long)(firm_count / shard->count * scenario_count));
}

void shard_format(const struct shard *shard, char text[SHARD_TEXT_SIZE])
{
    snprintf(text, SHARD_TEXT_SIZE, "%u/%u", (unsigned)shard->number, (unsigned)shard->count);
}
