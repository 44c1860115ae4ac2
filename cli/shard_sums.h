/* The sums of a shard's firms (sums.csv), exact, so that those of all shards add up to the totals of the run. */
#ifndef CLI_SHARD_SUMS_H
#define CLI_SHARD_SUMS_H

#include "totals.h"

/* Writes all tables of the set: as totals_render_set does, with the numbers of group and scenario, and every sum exact (exact_sum_format). Draws, where they are
 * known, are what they add to the central number. */
void shard_sums_write(struct sink *sink, const struct totals_set *set, const struct tol_book *book,
                      const struct worlds *worlds);

/* One row: a group of firms in a scenario. */
struct shard_sums_row {
    enum totals_by by;
    uint64_t group;
    uint32_t scenario;
    char *text; /* name, scenario, on and law_version, each closed by a zero byte; the row owns it */
    const char *name;
    const char *scenario_name;
    const char *on;
    const char *law_version;
    struct total total;
    struct drawn_total drawn; /* of TOTALS_ALL */
};

/* Rows of one or more shards, ascending by by, group and scenario, which is the order of the totals. */
struct shard_sums {
    bool draws;
    size_t count;
    struct shard_sums_row *row;
};

/* Release also after a failure. TOL_BAD_DATA: it is no such file. TOL_IO, TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status shard_sums_read(struct shard_sums *sums, const char *path, struct tol_error *error);
/* Adds another shard's rows, which are then gone from it. TOL_BAD_DATA: they are not of the same run. TOL_NO_MEMORY. */
TOL_MUST_CHECK enum tol_status shard_sums_join(struct shard_sums *sums, struct shard_sums *other,
                                               struct tol_error *error);
void shard_sums_release(struct shard_sums *sums);

/* As totals show it; the draws lie on top of the central number, which must be whole. */
struct totals_row shard_sums_totals(const struct shard_sums_row *row);
/* After all shards are joined: puts the draws on top of the sums of all firms. */
void shard_sums_place_draws(struct shard_sums *sums);

/* Columns in their order, for the writer and the reader. NULL past the last. */
const char *shard_sums_column(size_t column, bool draws);
enum {
    SHARD_SUMS_BY = 0,
    SHARD_SUMS_GROUP,
    SHARD_SUMS_NAME,
    SHARD_SUMS_SCENARIO,
    SHARD_SUMS_SCENARIO_NAME,
    SHARD_SUMS_ON,
    SHARD_SUMS_LAW,
    SHARD_SUMS_FIRMS,
    SHARD_SUMS_BANDS,
    SHARD_SUMS_FIRST = SHARD_SUMS_BANDS + TOL_BAND_NONE + 1,
    SHARD_SUMS_DRAWS = SHARD_SUMS_FIRST + 9
};
#define SHARD_SUMS_DRAW_COUNT 5
double *shard_sums_draw(struct tol_draw_statistics *statistics, size_t number);

#endif
