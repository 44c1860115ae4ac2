/* Seconds of each stage: unit costs times counts. */
#include "exposure/forecast.h"
#include "exposure/forecast_costs.h"
#include "kernels.h"

/* Nanoseconds of work, all of one thread: what only one thread does, what all share and what all share but waits for memory. */
struct work {
    double alone, shared, memory;
    double law; /* shared, and timed on this machine */
};

static double sides(const uint64_t count[TOL_SIDE_COUNT])
{
    return (double)count[TOL_SALES] + (double)count[TOL_PURCHASES];
}

static double rows_of(const struct tol_forecast_counts *counts)
{
    return (double)tol_forecast_rows(counts);
}

static double tiles_of(const struct tol_forecast_counts *counts)
{
    size_t tiles = (tol_forecast_rows(counts) + TOL_TILE_ROWS - 1) / TOL_TILE_ROWS;
    return (double)tiles;
}

static struct work verify_work(const struct tol_forecast_counts *counts)
{
    return (struct work){.memory = (double)counts->book_bytes * COST_VERIFY_BYTE +
                                   (sides(counts->line_count) + sides(counts->link_count)) * COST_VERIFY_LINE};
}

static struct work markets_work(const struct tol_forecast_counts *counts)
{
    double questions = (double)counts->question_count;
    double links = (double)counts->node_link_count;
    double sectors =
        tiles_of(counts) * links * (double)counts->importer_count * COST_SECTOR_SHARE +
        links * COST_SECTOR_TIERS * (tiles_of(counts) * COST_SECTOR_SWEEP + rows_of(counts) * COST_SECTOR_SWEEP_ROW);
    return (struct work){
        .alone = (double)counts->market_count * COST_MARKET_LOOK +
                 (double)counts->use_count * (double)counts->industry_count * COST_USE_LINK,
        .shared = questions * rows_of(counts) * COST_MARKET_ROW + (counts->sectors_stored ? 0 : sectors),
        .law = questions * counts->market_question_ns,
    };
}

static struct work tables_work(const struct tol_forecast_counts *counts)
{
    double cells = sides(counts->cell_count);
    double us = (double)counts->us_sales_cells;
    double questions = cells + us + (double)counts->china_purchase_cells * (double)counts->hub_count;
    return (struct work){
        .alone = cells * rows_of(counts) * COST_SHARE_ROW,
        .shared =
            cells * (COST_CELL + rows_of(counts) * COST_CELL_ROW) + us * (double)counts->scenario_count * COST_WHAT_IF,
        .law = questions * counts->cell_question_ns +
               counts->open_cells * (double)counts->world_count * counts->open_question_ns,
    };
}

static struct work network_work(const struct tol_forecast_counts *counts)
{
    struct work work = {0};
    size_t rows = tol_forecast_rows(counts);
    double firms = (double)counts->firm_count;
    if (counts->network_kept) {
        return (struct work){.memory = (double)counts->scored_count * (double)counts->scenario_count * COST_TAKE_ROW};
    }
    for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
        double links = (double)counts->link_count[side];
        if (counts->link_count[side] == 0) {
            continue;
        }
        work.shared += (double)counts->line_count[side] * tiles_of(counts) * COST_BEGIN_LINE_TILE +
                       firms * rows_of(counts) * COST_BEGIN_FIRM_ROW;
        size_t whole_passes = (rows + TOL_CHAIN_ROWS_MAX - 1) / TOL_CHAIN_ROWS_MAX;
        double passes = (double)whole_passes;
        work.memory += passes * links * COST_ORDER_LINK;
        work.memory += counts->tiers[side] * (links * (passes * COST_LINK + rows_of(counts) * COST_LINK_ROW) +
                                              firms * (COST_NODE + rows_of(counts) * COST_NODE_ROW));
    }
    if (tol_forecast_has_network(counts)) {
        work.shared += firms * COST_RESOLVE;
    }
    return work;
}

/* One scenario's, times scenarios. */
static struct work draws_work(const struct tol_forecast_counts *counts)
{
    double scenarios = (double)counts->scenario_count;
    uint64_t whole_rows = counts->draw_count / TOL_LANES + 1;
    double rows = (double)whole_rows;
    if (counts->draw_count == 0) {
        return (struct work){0};
    }
    double cells = counts->touched_cells[TOL_SALES] + counts->touched_cells[TOL_PURCHASES];
    double lines = counts->touched_lines[TOL_SALES] + counts->touched_lines[TOL_PURCHASES];
    /* A world and its baseline, of all that are asked at once in the samples. */
    double part = 2 * (scenarios / (double)counts->world_count);
    double each = rows * (counts->moved_questions * COST_DRAW_MARKET_ROW +
                          SHARE_DRAW_ROWS * cells * COST_DRAW_CELL_ROW + lines * COST_DRAW_LINE_ROW) +
                  counts->touched_firms * (double)counts->draw_count * COST_DRAW_FIRM_LANE +
                  sides(counts->line_count) * COST_DRAW_CENSUS_LINE + sides(counts->cell_count) * COST_CELL;
    return (struct work){
        .alone = 100 * rows * COST_DRAW_LANES,
        .shared = scenarios * each,
        .law = part * (sides(counts->cell_count) * counts->cell_question_ns +
                       (double)counts->sold_question_count * counts->market_question_ns),
    };
}

static struct work lines_work(const struct tol_forecast_counts *counts)
{
    double firms = (double)counts->firm_count;
    double scenarios = (double)counts->scenario_count;
    if (counts->output == TOL_FORECAST_NETWORK) {
        return (struct work){0};
    }
    return (struct work){
        .shared = tiles_of(counts) * ((double)counts->line_count[TOL_SALES] * COST_SALES_LINE_TILE +
                                      (double)counts->line_count[TOL_PURCHASES] * COST_PURCHASE_LINE_TILE) +
                  sides(counts->line_count) * COST_LINE +
                  firms * (COST_FIRM + rows_of(counts) * COST_FIRM_ROW + scenarios * COST_SCORE_ROW),
    };
}

static struct work write_work(const struct tol_forecast_counts *counts)
{
    static const double row[] = {[TOL_FORECAST_NONE] = 0,
                                 [TOL_FORECAST_CSV] = COST_WRITE_CSV,
                                 [TOL_FORECAST_JSON] = COST_WRITE_JSON,
                                 [TOL_FORECAST_PARQUET] = COST_WRITE_PARQUET,
                                 [TOL_FORECAST_NETWORK] = COST_KEEP_ROW};
    bool nothing = counts->output == TOL_FORECAST_NETWORK && !tol_forecast_has_network(counts);
    double rows = nothing ? 0 : (double)counts->firm_count * (double)counts->scenario_count;
    double start = counts->output == TOL_FORECAST_PARQUET ? 1e9 * COST_WRITE_PARQUET_START_SECONDS : 0;
    return (struct work){.alone = start + rows * row[counts->output]};
}

static struct work totals_work(const struct tol_forecast_counts *counts)
{
    double lines = counts->output == TOL_FORECAST_NETWORK ? 0 : sides(counts->line_count);
    return (struct work){.shared = lines * COST_TOTALS_LINE};
}

static void set_seconds(const struct work *work, const struct tol_forecast_counts *counts,
                        const struct tol_forecast_machine *machine, struct tol_stage_use *use)
{
    double more = counts->thread_count > 0 ? (double)(counts->thread_count - 1) : 0;
    double gain = 1 + more * COST_THREAD_GAIN;
    double memory_gain = 1 + more * COST_THREAD_GAIN_MEMORY;
    double threads = 1 + more;
    double alone = work->alone / machine->arithmetic;
    double shared = work->shared / machine->arithmetic + work->law;
    double memory = work->memory / machine->memory;
    use->seconds = 1e-9 * (alone + shared / gain + memory / memory_gain);
    use->cpu_seconds = 1e-9 * (alone + shared * threads / gain + memory * threads / memory_gain);
}

void tol_plan_forecast(const struct tol_forecast_counts *counts, const struct tol_forecast_machine *machine,
                       struct tol_stage_use *use)
{
    const struct work work[TOL_STAGE_COUNT] = {
        [TOL_STAGE_VERIFY] = verify_work(counts), [TOL_STAGE_MARKETS] = markets_work(counts),
        [TOL_STAGE_TABLES] = tables_work(counts), [TOL_STAGE_NETWORK] = network_work(counts),
        [TOL_STAGE_DRAWS] = draws_work(counts),   [TOL_STAGE_LINES] = lines_work(counts),
        [TOL_STAGE_WRITE] = write_work(counts),   [TOL_STAGE_TOTALS] = totals_work(counts),
    };
    for (enum tol_stage stage = TOL_STAGE_OPEN; stage < TOL_STAGE_COUNT; stage++) {
        set_seconds(&work[stage], counts, machine, &use[stage]);
    }
    tol_forecast_memory(counts, use);
}
