/* Memory of each stage, from the shapes of the arrays that it makes: what the plan keeps, and what it holds for a while. */
#include "exposure/draws.h"
#include "exposure/forecast.h"

#include <math.h>

#include "exposure/forecast_costs.h"
#include "exposure/network_store.h"
#include "exposure/rates.h"
#include "exposure/unknown.h"

struct shapes {
    const struct tol_forecast_counts *counts;
    double lanes, lane_bytes; /* bytes of one row of all lanes */
    double cells;
    double kept; /* so far */
};

/* As core/support/allocator.c rounds it. */
static double array(double count, double size)
{
    const double huge = 2 << 20;
    double bytes = count * size + 64;
    return bytes >= 2 * huge ? ceil(bytes / huge) * huge : bytes;
}

/* Returns the greatest memory while the stage runs; what it keeps is added. */
static double markets(struct shapes *of)
{
    const struct tol_forecast_counts *counts = of->counts;
    if (counts->node_count == 0) {
        return of->kept;
    }
    double nodes = (double)counts->node_count;
    double suppliers = (double)counts->origins_most + 1;
    double tile_bytes = TOL_TILE_ROWS * TOL_LANES * sizeof(double);
    const double factors = 3 + TOL_SALES_FACTOR_COUNT + TOL_PURCHASE_FACTOR_COUNT;
    of->kept += array(nodes * (double)counts->region_count, sizeof(uint32_t)) +
                array((double)counts->use_count, of->lane_bytes) + 3 * TOL_SIDE_COUNT * array(nodes, of->lane_bytes) +
                array((double)counts->market_count, of->lane_bytes);
    double stall = suppliers * ((double)counts->world_count * sizeof(struct tol_rates) + factors * tile_bytes) +
                   2 * (double)counts->region_count * of->lane_bytes;
    double shock = 2 * array((double)counts->importer_count * nodes, of->lane_bytes) +
                   array((double)counts->market_count, 2 * sizeof(uint32_t) + sizeof(bool));
    double terms = counts->sectors_stored ? 0 : 2 * TOL_SIDE_COUNT * array(nodes, of->lane_bytes);
    double uses = array((double)counts->use_count * (double)counts->industry_count, sizeof(uint32_t) + sizeof(double));
    return of->kept + fmax(shock + fmax(counts->thread_count * stall, terms), uses);
}

static double tables(struct shapes *of)
{
    const struct tol_forecast_counts *counts = of->counts;
    double scenarios = (double)counts->scenario_count;
    double worlds = (double)counts->world_count;
    double factor_bytes = 0;
    for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
        factor_bytes += array((double)counts->cell_count[side], (double)tol_side_factors(side) * of->lane_bytes);
    }
    double tiles = ceil(of->lanes / (TOL_TILE_ROWS * TOL_LANES));
    double origin = ceil(scenarios * TOL_READING_COUNT * TOL_REVENUE_FACTOR_COUNT / TOL_LANES) * TOL_LANES;
    double stress = scenarios * TOL_REVENUE_FACTOR_COUNT * TOL_LANES;
    double what_if = array((double)counts->us_sales_cells, (origin + stress) * sizeof(double)) +
                     array((double)counts->china_purchase_cells, scenarios * TOL_LANES * sizeof(double));
    double numbers = of->cells * sizeof(uint32_t) * (2 * tiles + 2);
    double facts = array((double)counts->facts_tables * (double)counts->facts_count, sizeof(struct tol_facts));
    double rows = 0;
    for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
        rows += counts->factor_rows[side] * (double)tol_side_factors(side) * of->lane_bytes;
    }
    /* While rows are shared, the last tile's set stands beside what is kept; most of that is the whole table. */
    double held = factor_bytes + of->cells * worlds * sizeof(uint32_t) + facts + rows / tiles;
    /* Once whole, and once more cut: factors that are 0 in most rows are left out there. */
    of->kept += what_if + numbers + 1.5 * rows;
    double pricing = of->kept + held;
    of->kept += counts->open_cells * worlds * sizeof(struct tol_unknown_entry);
    return fmax(pricing, of->kept + of->cells * (sizeof(uint64_t) + sizeof(enum tol_side)));
}

static double network(struct shapes *of)
{
    const struct tol_forecast_counts *counts = of->counts;
    double firms = (double)counts->firm_count;
    double linked = (counts->link_count[TOL_SALES] > 0) + (counts->link_count[TOL_PURCHASES] > 0);
    double together = fmin(of->lanes, TOL_CHAIN_ROWS_MAX * TOL_LANES);
    if (linked == 0) {
        return of->kept;
    }
    if (counts->network_kept) {
        /* A kept answer is mapped as far as the scored firms reach, and is let go. */
        double tiles = ceil(of->lanes / (TOL_TILE_ROWS * TOL_LANES));
        of->kept += linked * tiles * array((double)counts->scored_count, of->lane_bytes / tiles);
        return of->kept + (double)counts->scenario_count * (double)tol_network_store_bytes(counts->scored_count);
    }
    double groups = ceil(of->lanes / (TOL_CHAIN_ROWS_MAX * TOL_LANES));
    double links = fmax((double)counts->link_count[TOL_SALES], (double)counts->link_count[TOL_PURCHASES]);
    double held = 2 * array(firms, together * sizeof(double)) + 6 * array(firms, sizeof(double)) +
                  array(links, sizeof(uint32_t)) + array(links, sizeof(double)) + array(firms, sizeof(uint32_t));
    of->kept += array(firms, sizeof(uint32_t));
    of->kept += linked * groups * array(firms, of->lane_bytes / groups);
    return of->kept + held;
}

static double draws(struct shapes *of)
{
    const struct tol_forecast_counts *counts = of->counts;
    if (counts->draw_count == 0) {
        return of->kept;
    }
    const struct tol_draw_options standard = {0};
    double budget = (double)tol_draw_memory(&standard);
    uint64_t whole_lanes = (counts->draw_count / TOL_LANES + 1) * TOL_LANES;
    double lanes = (double)whole_lanes;
    double rows = counts->moved_questions / 16 +
                  SHARE_DRAW_ROWS * (TOL_DRAW_SALES_FACTOR_COUNT * counts->touched_cells[TOL_SALES] +
                                     counts->touched_cells[TOL_PURCHASES]);
    double factor_tables = fmin(rows * lanes * sizeof(double), budget / 3 * 2);
    double direct = fmin(counts->touched_firms * lanes * sizeof(double), budget / 3);
    double lines = 0;
    for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
        lines += fmin(counts->touched_lines[side], 4 << 20) * (sizeof(uint32_t) + sizeof(double));
    }
    double firms = (double)counts->firm_count;
    of->kept += array((double)counts->scenario_count * firms, sizeof(struct tol_draw_statistics));
    return of->kept + TOL_DRAW_CHAPTERS * lanes * sizeof(double) + factor_tables + direct + lines +
           2 * firms * sizeof(uint32_t);
}

static double output_bytes(const struct tol_forecast_counts *counts)
{
    double rows = (double)counts->firm_count * (double)counts->scenario_count;
    if (counts->output == TOL_FORECAST_NETWORK) {
        double files = tol_forecast_has_network(counts) ? (double)counts->scenario_count : 0;
        return files * (double)tol_network_store_bytes(counts->firm_count);
    }
    if (counts->output == TOL_FORECAST_PARQUET) {
        return COST_WRITE_PARQUET_BYTES + fmin(rows * COST_WRITE_PARQUET_ROW_BYTES, COST_WRITE_PARQUET_GROUP_BYTES);
    }
    return counts->output == TOL_FORECAST_NONE ? 0 : fmin(rows * COST_WRITE_PARQUET_ROW_BYTES, COST_WRITE_TEXT_BYTES);
}

void tol_forecast_memory(const struct tol_forecast_counts *counts, struct tol_stage_use *use)
{
    size_t lanes = tol_forecast_rows(counts) * TOL_LANES;
    struct shapes of = {.counts = counts,
                        .lanes = (double)lanes,
                        .lane_bytes = (double)(lanes * sizeof(double)),
                        .cells = (double)(counts->cell_count[TOL_SALES] + counts->cell_count[TOL_PURCHASES])};
    double book = (double)(counts->base_bytes + counts->book_bytes);
    use[TOL_STAGE_OPEN].peak_bytes = (double)counts->base_bytes;
    use[TOL_STAGE_VERIFY].peak_bytes = book;
    use[TOL_STAGE_MARKETS].peak_bytes = book + markets(&of);
    use[TOL_STAGE_TABLES].peak_bytes = book + tables(&of);
    use[TOL_STAGE_NETWORK].peak_bytes = book + network(&of);
    use[TOL_STAGE_DRAWS].peak_bytes = book + draws(&of);
    if (counts->output == TOL_FORECAST_NETWORK) {
        use[TOL_STAGE_WRITE].peak_bytes = book + of.kept + output_bytes(counts);
        use[TOL_STAGE_LINES].peak_bytes = use[TOL_STAGE_TOTALS].peak_bytes = 0;
        return;
    }
    double rows = array((double)counts->window_rows, sizeof(struct tol_score_row));
    use[TOL_STAGE_LINES].peak_bytes = book + of.kept + rows + output_bytes(counts);
    use[TOL_STAGE_WRITE].peak_bytes = use[TOL_STAGE_LINES].peak_bytes;
    use[TOL_STAGE_TOTALS].peak_bytes = use[TOL_STAGE_LINES].peak_bytes;
}
