/* Draws of all firms, a batch at a time: only firms and lines that some duty touches, so that what a batch holds is [firms of the batch][draws]. */
#include <string.h>

#include "exposure/draws.h"

#define FIRMS_PER_BLOCK 256
#define FIRMS_PER_CENSUS 4096
/* Firms whose sums a worker holds at a time. */
#define FIRMS_PER_CHUNK 64
#define ROWS_PER_SUM 8

/* Lines of a side in a batch, unless one firm has more. */
static const uint64_t batch_lines = (uint64_t)4 << 20;

struct worker_space {
    double *sales;     /* [FIRMS_PER_CHUNK][TOL_DRAW_SALES_FACTOR_COUNT][TOL_DRAW_TILE_LANES] */
    double *purchases; /* [FIRMS_PER_CHUNK][TOL_DRAW_TILE_LANES] */
    uint8_t *bucket;   /* [2 draw_count] */
    double *spare;     /* [draw_count] */
};

/* Firms [next, end) of the plan are cut into batches. */
struct batch {
    size_t firm_count;
    uint64_t end;
    uint64_t line_count[TOL_SIDE_COUNT];
};

struct firms {
    struct tol_draw_job *job;
    struct tol_keep keep;
    struct tol_draw_statistics *statistics;
    uint32_t *touched[TOL_SIDE_COUNT]; /* [firm_count] lines whose row is not 0 */
    size_t firm_room;
    struct batch batch;
    uint64_t *member;                     /* [firm_room] */
    uint64_t *line_start[TOL_SIDE_COUNT]; /* [firm_room + 1] */
    uint32_t *line_row[TOL_SIDE_COUNT];   /* [lines of the greatest batch] */
    double *line_value_eur[TOL_SIDE_COUNT];
    double *margin;             /* [firm_room] */
    double *own_cost;           /* [firm_room] 1 - kappa */
    double *direct;             /* [firm_room][lane_count] */
    double *sum, *lost;         /* [lane_count] */
    struct worker_space *space; /* [workers] */
    size_t group_end;           /* past the last tile of the group under way */
};

/* ---- which firms, which lines ---- */

static enum tol_status count_touched(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)worker;
    (void)error;
    const struct firms *firms = context;
    const struct tol_plan *plan = firms->job->plan;
    uint64_t end = (block + 1) * FIRMS_PER_CENSUS;
    end = end < plan->firm_count ? end : plan->firm_count;
    for (enum tol_side s = TOL_SALES; s < TOL_SIDE_COUNT; s++) {
        const struct tol_plan_side *side = &plan->side[s];
        const uint32_t *cell_row = firms->job->side[s].cell_row;
        for (uint64_t f = block * FIRMS_PER_CENSUS; f < end; f++) {
            uint32_t count = 0;
            for (uint64_t i = side->line_start[f]; i < side->line_start[f + 1]; i++) {
                count += cell_row[side->line_cell[i]] != 0;
            }
            firms->touched[s][f] = count;
        }
    }
    return TOL_OK;
}

/* The next batch from firm `next` on; with `take` its members and starts of lines are written too. */
static struct batch cut(struct firms *firms, uint64_t next, bool take)
{
    struct batch batch = {.end = next};
    for (; batch.end < firms->job->plan->firm_count; batch.end++) {
        uint32_t sales = firms->touched[TOL_SALES][batch.end];
        uint32_t purchases = firms->touched[TOL_PURCHASES][batch.end];
        if (sales + purchases == 0) {
            continue;
        }
        bool full = batch.firm_count == firms->firm_room || batch.line_count[TOL_SALES] + sales > batch_lines ||
                    batch.line_count[TOL_PURCHASES] + purchases > batch_lines;
        if (full && batch.firm_count > 0) {
            break;
        }
        if (take) {
            firms->member[batch.firm_count] = batch.end;
            firms->line_start[TOL_SALES][batch.firm_count] = batch.line_count[TOL_SALES];
            firms->line_start[TOL_PURCHASES][batch.firm_count] = batch.line_count[TOL_PURCHASES];
        }
        batch.firm_count++;
        batch.line_count[TOL_SALES] += sales;
        batch.line_count[TOL_PURCHASES] += purchases;
    }
    if (take) {
        firms->line_start[TOL_SALES][batch.firm_count] = batch.line_count[TOL_SALES];
        firms->line_start[TOL_PURCHASES][batch.firm_count] = batch.line_count[TOL_PURCHASES];
    }
    return batch;
}

static enum tol_status take_lines(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)worker;
    (void)error;
    const struct firms *firms = context;
    const struct tol_plan *plan = firms->job->plan;
    size_t end = (block + 1) * FIRMS_PER_BLOCK;
    end = end < firms->batch.firm_count ? end : firms->batch.firm_count;
    for (size_t f = block * FIRMS_PER_BLOCK; f < end; f++) {
        struct tol_resolved_firm of = tol_firm_resolve(plan, firms->member[f], NULL);
        firms->margin[f] = of.contribution_margin;
        firms->own_cost[f] = 1 - of.cost_pass_through;
        for (enum tol_side s = TOL_SALES; s < TOL_SIDE_COUNT; s++) {
            const struct tol_plan_side *side = &plan->side[s];
            uint64_t to = firms->line_start[s][f];
            for (uint64_t i = side->line_start[firms->member[f]]; i < side->line_start[firms->member[f] + 1]; i++) {
                uint32_t row = firms->job->side[s].cell_row[side->line_cell[i]];
                if (row != 0) {
                    firms->line_row[s][to] = row;
                    firms->line_value_eur[s][to++] = side->line_value_eur[i];
                }
            }
        }
    }
    return TOL_OK;
}

/* ---- sums ---- */

static void sum_chunk(const struct firms *firms, const struct worker_space *space, size_t tile, size_t first,
                      size_t count)
{
    const struct tol_draw_job *job = firms->job;
    const struct tol_kernels *kernels = job->plan->kernels;
    size_t rows = tol_draw_tile_rows(job->lanes, tile);
    double *const out[TOL_SIDE_COUNT] = {space->sales, space->purchases};
    for (enum tol_side s = TOL_SALES; s < TOL_SIDE_COUNT; s++) {
        kernels->gather_sum(count, tol_draw_factors(s) * rows, firms->line_start[s] + first, firms->line_row[s],
                            firms->line_value_eur[s], NULL, tol_draw_table(job, s, tile), out[s]);
    }
    kernels->draw_profit(count, rows, firms->margin + first, firms->own_cost + first, space->sales, space->purchases,
                         job->lanes->lane_count,
                         firms->direct + first * job->lanes->lane_count + tile * TOL_DRAW_TILE_LANES);
}

static uint64_t firm_blocks(const struct firms *firms)
{
    return (firms->batch.firm_count + FIRMS_PER_BLOCK - 1) / FIRMS_PER_BLOCK;
}

/* Tile by tile, so that all workers read the same table at a time. */
static enum tol_status sum_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)error;
    const struct firms *firms = context;
    size_t tile = firms->job->group_first + block / firm_blocks(firms);
    size_t first = block % firm_blocks(firms) * FIRMS_PER_BLOCK;
    size_t end = first + FIRMS_PER_BLOCK;
    end = end < firms->batch.firm_count ? end : firms->batch.firm_count;
    for (size_t f = first; f < end; f += FIRMS_PER_CHUNK) {
        sum_chunk(firms, &firms->space[worker], tile, f, end - f < FIRMS_PER_CHUNK ? end - f : FIRMS_PER_CHUNK);
    }
    return TOL_OK;
}

static enum tol_status sum_tiles(struct firms *firms, struct tol_error *error)
{
    struct tol_draw_job *job = firms->job;
    enum tol_status status = TOL_OK;
    for (size_t first = 0; first < job->lanes->tile_count && status == TOL_OK; first += job->group_tiles) {
        size_t left = job->lanes->tile_count - first;
        size_t tiles = left < job->group_tiles ? left : job->group_tiles;
        status = tol_draw_tables_fill(job, first, error);
        if (status == TOL_OK) {
            status = tol_run_blocks(job->run, tiles * firm_blocks(firms), sum_block, firms, error);
        }
    }
    return status;
}

/* ---- portfolio and statistics ---- */

/* Some lanes of all firms of the batch, in the order of firms: the sum does not depend on how firms are cut into batches. */
static enum tol_status add_lanes(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)worker;
    (void)error;
    const struct firms *firms = context;
    const struct tol_draw_lanes *lanes = firms->job->lanes;
    size_t first = block * ROWS_PER_SUM;
    size_t rows = lanes->row_count - first < ROWS_PER_SUM ? lanes->row_count - first : ROWS_PER_SUM;
    size_t lane = first * TOL_LANES;
    firms->job->plan->kernels->add_compensated(firms->batch.firm_count, rows, lanes->lane_count, firms->direct + lane,
                                               firms->sum + lane, firms->lost + lane);
    return TOL_OK;
}

static enum tol_status rank_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)error;
    const struct firms *firms = context;
    const struct tol_draw_lanes *lanes = firms->job->lanes;
    const struct worker_space *space = &firms->space[worker];
    size_t end = (block + 1) * FIRMS_PER_BLOCK;
    end = end < firms->batch.firm_count ? end : firms->batch.firm_count;
    for (size_t f = block * FIRMS_PER_BLOCK; f < end; f++) {
        double *direct = firms->direct + f * lanes->lane_count;
        double central = direct[lanes->draw_count];
        for (uint32_t n = 0; n < lanes->draw_count; n++) {
            direct[n] -= central;
        }
        firms->statistics[firms->member[f]] =
            tol_draw_statistics_of(direct, lanes->draw_count, space->bucket, space->spare);
    }
    return TOL_OK;
}

static enum tol_status do_batch(struct firms *firms, struct tol_error *error)
{
    struct tol_draw_job *job = firms->job;
    uint64_t sum_blocks = (job->lanes->row_count + ROWS_PER_SUM - 1) / ROWS_PER_SUM;
    enum tol_status status = tol_run_blocks(job->run, firm_blocks(firms), take_lines, firms, error);
    if (status == TOL_OK) {
        status = sum_tiles(firms, error);
    }
    if (status == TOL_OK) {
        status = tol_run_blocks(job->run, sum_blocks, add_lanes, firms, error);
    }
    return status == TOL_OK ? tol_run_blocks(job->run, firm_blocks(firms), rank_block, firms, error) : status;
}

/* ---- all of it ---- */

static bool allocate_space(struct firms *firms, struct worker_space *space)
{
    struct tol_keep *keep = &firms->keep;
    uint32_t draws = firms->job->lanes->draw_count;
    space->sales =
        tol_keep_array(keep, FIRMS_PER_CHUNK * TOL_DRAW_SALES_FACTOR_COUNT * TOL_DRAW_TILE_LANES, sizeof(double));
    space->purchases = tol_keep_array(keep, FIRMS_PER_CHUNK * TOL_DRAW_TILE_LANES, sizeof(double));
    space->bucket = tol_keep_array(keep, draws, 2 * sizeof *space->bucket);
    space->spare = tol_keep_array(keep, draws, sizeof *space->spare);
    return space->sales != NULL && space->purchases != NULL && space->bucket != NULL && space->spare != NULL;
}

static bool allocate_census(struct firms *firms)
{
    const struct tol_draw_job *job = firms->job;
    struct tol_keep *keep = &firms->keep;
    size_t lanes = job->lanes->lane_count;
    bool fits = true;
    for (enum tol_side s = TOL_SALES; s < TOL_SIDE_COUNT; s++) {
        firms->touched[s] = tol_keep_array(keep, job->plan->firm_count, sizeof *firms->touched[s]);
        fits = fits && firms->touched[s] != NULL;
    }
    firms->sum = tol_keep_zeroed(keep, lanes, sizeof(double));
    firms->lost = tol_keep_zeroed(keep, lanes, sizeof(double));
    firms->space = tol_keep_zeroed(keep, job->workers, sizeof *firms->space);
    fits = fits && firms->sum != NULL && firms->lost != NULL && firms->space != NULL;
    for (unsigned i = 0; i < job->workers && fits; i++) {
        fits = allocate_space(firms, &firms->space[i]);
    }
    return fits;
}

/* Room for the greatest batch. */
static bool allocate_batch(struct firms *firms)
{
    struct tol_keep *keep = &firms->keep;
    size_t lanes = firms->job->lanes->lane_count;
    uint64_t lines[TOL_SIDE_COUNT] = {0};
    size_t count = 0;
    firms->firm_room = tol_draw_memory(firms->job->options) / 3 / (lanes * sizeof(double));
    firms->firm_room = firms->firm_room < 1 ? 1 : firms->firm_room;
    for (uint64_t next = 0; next < firms->job->plan->firm_count;) {
        struct batch batch = cut(firms, next, false);
        next = batch.end;
        count = batch.firm_count > count ? batch.firm_count : count;
        for (enum tol_side s = TOL_SALES; s < TOL_SIDE_COUNT; s++) {
            lines[s] = batch.line_count[s] > lines[s] ? batch.line_count[s] : lines[s];
        }
    }
    firms->firm_room = count > 0 ? count : 1;
    firms->member = tol_keep_array(keep, firms->firm_room, sizeof *firms->member);
    firms->margin = tol_keep_array(keep, firms->firm_room, sizeof *firms->margin);
    firms->own_cost = tol_keep_array(keep, firms->firm_room, sizeof *firms->own_cost);
    firms->direct = tol_keep_array(keep, firms->firm_room, lanes * sizeof *firms->direct);
    bool fits = firms->member != NULL && firms->margin != NULL && firms->own_cost != NULL && firms->direct != NULL;
    for (enum tol_side s = TOL_SALES; s < TOL_SIDE_COUNT; s++) {
        firms->line_start[s] = tol_keep_array(keep, firms->firm_room + 1, sizeof *firms->line_start[s]);
        firms->line_row[s] = tol_keep_array(keep, lines[s], sizeof *firms->line_row[s]);
        firms->line_value_eur[s] = tol_keep_array(keep, lines[s], sizeof *firms->line_value_eur[s]);
        fits = fits && firms->line_start[s] != NULL && firms->line_row[s] != NULL && firms->line_value_eur[s] != NULL;
    }
    return fits;
}

static enum tol_status tell(const struct firms *firms, uint64_t done, struct tol_error *error)
{
    const struct tol_draw_job *job = firms->job;
    uint64_t firm_count = job->plan->firm_count;
    if (job->options->go_on == NULL || job->options->go_on(job->options->context, job->scenario * firm_count + done,
                                                           job->plan->scenario_count * firm_count)) {
        return TOL_OK;
    }
    return tol_fail(error, TOL_TRY_AGAIN, "interrupted; nothing was left behind");
}

static enum tol_status do_batches(struct firms *firms, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    for (uint64_t next = 0; next < firms->job->plan->firm_count && status == TOL_OK;) {
        firms->batch = cut(firms, next, true);
        next = firms->batch.end;
        if (firms->batch.firm_count > 0) {
            status = do_batch(firms, error);
        }
        status = status == TOL_OK ? tell(firms, next, error) : status;
    }
    return status;
}

enum tol_status tol_draw_firms(struct tol_draw_job *job, struct tol_draw_statistics *statistics, double *portfolio,
                               struct tol_error *error)
{
    struct firms firms = {.job = job, .keep = {.allocator = job->keep.allocator}, .statistics = statistics};
    uint64_t blocks = (job->plan->firm_count + FIRMS_PER_CENSUS - 1) / FIRMS_PER_CENSUS;
    bool fits = allocate_census(&firms);
    enum tol_status status = fits ? tol_run_blocks(job->run, blocks, count_touched, &firms, error) : TOL_OK;
    fits = fits && (status != TOL_OK || allocate_batch(&firms));
    if (!fits) {
        status = tol_fail(error, TOL_NO_MEMORY, "out of memory for the draws of the firms");
    }
    if (status == TOL_OK) {
        status = do_batches(&firms, error);
    }
    for (uint32_t n = 0; n < job->lanes->draw_count && status == TOL_OK; n++) {
        uint32_t central = job->lanes->draw_count;
        portfolio[n] = (firms.sum[n] - firms.sum[central]) + (firms.lost[n] - firms.lost[central]);
    }
    tol_keep_release(&firms.keep);
    return status;
}
