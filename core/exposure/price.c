/* From law to factor tables: every cell is asked for its duty once per distinct law and day. */
#include <math.h>
#include <string.h>

#include "exposure/plan.h"
#include "exposure/row_set.h"

#define CELLS_PER_BLOCK 256
#define FACTS_PER_BLOCK 1024

struct rates {
    double of[TOL_READING_COUNT];
    bool known;
};

/* Arrays of one worker for one block of cells. */
struct bench {
    struct rates *rates; /* [CELLS_PER_BLOCK][world_count] */
    double *base_rate;   /* [CELLS_PER_BLOCK][TOL_TILE_ROWS][TOL_LANES] */
    double *new_rate;
    struct tol_rate_total *total; /* [world_count] of one cell */
    double *rho;                  /* [CELLS_PER_BLOCK] */
    double *sigma;                /* [CELLS_PER_BLOCK] */
};

struct pricing {
    struct tol_plan *plan;
    struct tol_keep keep;
    uint32_t facts_table_count;
    struct tol_facts *facts;         /* [facts_table_count][facts_count] */
    tol_day *on;                     /* [world_count] */
    struct bench *bench;             /* [workers] */
    uint32_t *notes[TOL_SIDE_COUNT]; /* [cell_count][world_count] */
    uint64_t blocks[TOL_SIDE_COUNT];
};

/* ---- facts ---- */

static enum tol_status parse_facts_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)worker;
    const struct pricing *pricing = context;
    const struct tol_plan *plan = pricing->plan;
    uint64_t end = (block + 1) * FACTS_PER_BLOCK;
    end = end < plan->facts_count ? end : plan->facts_count;
    for (uint32_t i = (uint32_t)(block * FACTS_PER_BLOCK); i < end; i++) {
        const char *text = tol_book_facts(plan->book, plan->facts_text == NULL ? i : plan->facts_text[i]);
        for (uint32_t w = 0; w < plan->world_count; w++) {
            const struct tol_world *world = &plan->world[w];
            struct tol_facts *facts = &pricing->facts[(size_t)world->facts_table * plan->facts_count + i];
            enum tol_status status = tol_facts_parse(world->law, text, facts, error);
            if (status != TOL_OK) {
                return tol_fail_at(error, status, NULL, 0, "facts", text);
            }
        }
    }
    return TOL_OK;
}

/* ---- duties ---- */

/* Notes of an answer, as notes of a score. */
static uint32_t score_notes(uint32_t rate_flags, bool known)
{
    static const struct {
        uint32_t rate_flag;
        uint32_t score_flag;
    } pairs[] = {
        {TOL_RATE_NO_LAW, TOL_FLAG_IMPORTER_LAW_UNKNOWN},     {TOL_RATE_NO_SCHEDULE, TOL_FLAG_IMPORTER_LAW_UNKNOWN},
        {TOL_RATE_AGGREGATE, TOL_FLAG_PRODUCT_AGGREGATED},    {TOL_RATE_CODE_UNKNOWN, TOL_FLAG_PRODUCT_UNKNOWN},
        {TOL_RATE_CODE_OTHER_DATE, TOL_FLAG_PRODUCT_UNKNOWN}, {TOL_RATE_SPECIFIC_EXCLUDED, TOL_FLAG_SPECIFIC_EXCLUDED},
        {TOL_RATE_BASE_DATED, TOL_FLAG_BASE_DATED},           {TOL_RATE_UNCONFIRMED, TOL_FLAG_UNCONFIRMED},
        {TOL_RATE_PAST_COVERAGE, TOL_FLAG_PAST_COVERAGE},     {TOL_RATE_CODE_MAPPED, TOL_FLAG_PRODUCT_MAPPED},
    };
    uint32_t notes = 0;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        notes |= (rate_flags & pairs[i].rate_flag) != 0 ? pairs[i].score_flag : 0;
    }
    if (!known && (notes & (TOL_FLAG_IMPORTER_LAW_UNKNOWN | TOL_FLAG_PRODUCT_UNKNOWN)) == 0) {
        notes |= TOL_FLAG_PRODUCT_UNKNOWN;
    }
    return notes;
}

static enum tol_status refuse_rate(const struct tol_cell *cell, double rate, struct tol_error *error)
{
    char product[TOL_PRODUCT_TEXT_SIZE];
    char importer[TOL_COUNTRY_TEXT_SIZE];
    char origin[TOL_COUNTRY_TEXT_SIZE];
    tol_product_format(cell->product, product);
    tol_country_format(cell->importer, importer);
    tol_country_format(cell->origin, origin);
    return tol_fail(
        error, TOL_BAD_DATA,
        "duty of %g on %s from %s into %s: a duty has to be finite and above -1; mend the law tables or the overlay",
        rate, product, origin, importer);
}

/* Past the last world from w on with the same law: these differ in their days only. */
static uint32_t same_law_end(const struct tol_plan *plan, uint32_t w)
{
    const struct tol_world *first = &plan->world[w];
    do {
        w++;
    } while (w < plan->world_count && plan->world[w].law == first->law &&
             plan->world[w].facts_table == first->facts_table);
    return w;
}

static void ask_law(const struct pricing *pricing, const struct tol_cell *cell, struct tol_rate_total *total)
{
    const struct tol_plan *plan = pricing->plan;
    for (uint32_t w = 0, end; w < plan->world_count; w = end) {
        const struct tol_world *world = &plan->world[w];
        const struct tol_rate_query query = {
            .into = cell->importer,
            .from = cell->origin,
            .product = cell->product,
            .facts = &pricing->facts[(size_t)world->facts_table * plan->facts_count + cell->facts],
            .assume = plan->settings.assume,
        };
        end = same_law_end(plan, w);
        tol_law_totals(world->law, &query, end - w, pricing->on + w, total + w);
    }
}

static enum tol_status rate_cell(const struct pricing *pricing, const struct tol_cell *cell,
                                 struct tol_rate_total *total, struct rates *rates, uint32_t *notes,
                                 struct tol_error *error)
{
    ask_law(pricing, cell, total);
    for (uint32_t w = 0; w < pricing->plan->world_count; w++) {
        rates[w] =
            (struct rates){.of = {total[w].low, total[w].central, total[w].high}, .known = !isnan(total[w].central)};
        notes[w] = score_notes(total[w].flags, rates[w].known);
        for (int r = 0; rates[w].known && r < TOL_READING_COUNT; r++) {
            if (!(rates[w].of[r] > -1 && rates[w].of[r] < INFINITY)) {
                return refuse_rate(cell, rates[w].of[r], error);
            }
        }
    }
    return TOL_OK;
}

/* ---- economics ---- */

/* The elasticity only matters, and is only noted, where a duty changes. */
static void note_elasticity(const struct tol_plan *plan, const struct rates *rates, uint32_t *notes)
{
    for (uint32_t w = 1; w < plan->world_count; w++) {
        bool changes = false;
        for (int r = 0; r < TOL_READING_COUNT; r++) {
            changes |= rates[w].of[r] != rates[0].of[r];
        }
        if (changes && rates[w].known && rates[0].known) {
            notes[w] |= TOL_FLAG_ELASTICITY_IMPUTED;
        }
    }
}

static void parameters_of_cell(const struct pricing *pricing, enum tol_side side, const struct tol_cell *cell,
                               struct bench *bench, size_t at, uint32_t *notes)
{
    const struct tol_plan *plan = pricing->plan;
    bench->rho[at] = plan->settings.border_pass_through;
    if (side == TOL_SALES) {
        bool estimated = true;
        bench->sigma[at] = tol_elasticity(plan->parameters, &plan->settings, cell->product, &estimated);
        if (!estimated) {
            note_elasticity(plan, bench->rates + at * plan->world_count, notes);
        }
    }
}

/* Lays one cell's duties out in the lanes of a tile. No change where either law is unknown, and none in the padding. */
static void spread_rates(const struct tol_plan *plan, size_t tile, const struct rates *rates, double *base, double *new)
{
    size_t lane_count = plan->tile[tile].row_count * TOL_LANES;
    size_t first_lane = tile * TOL_TILE_ROWS * TOL_LANES;
    for (size_t l = 0; l < lane_count; l++) {
        size_t scenario = (first_lane + l) / TOL_READING_COUNT;
        size_t reading = (first_lane + l) % TOL_READING_COUNT;
        base[l] = 0;
        new[l] = 0;
        if (scenario < plan->scenario_count) {
            const struct rates *world = &rates[plan->scenario_world[scenario]];
            if (world->known && rates[0].known) {
                base[l] = rates[0].of[reading];
                new[l] = world->of[reading];
            }
        }
    }
}

static void fill_tile(const struct tol_plan *plan, enum tol_side side, size_t tile, uint64_t first_cell, size_t count,
                      const struct bench *bench)
{
    size_t row_count = plan->tile[tile].row_count;
    size_t lane_count = row_count * TOL_LANES;
    for (size_t c = 0; c < count; c++) {
        spread_rates(plan, tile, bench->rates + c * plan->world_count, bench->base_rate + c * lane_count,
                     bench->new_rate + c * lane_count);
    }
    double *table = plan->tile[tile].table[side] + first_cell * tol_side_factors(side) * lane_count;
    if (side == TOL_SALES) {
        plan->kernels->ces_sales(count, row_count, bench->base_rate, bench->new_rate, bench->rho, bench->sigma, table);
    } else {
        plan->kernels->ces_purchases(count, row_count, bench->base_rate, bench->new_rate, bench->rho, table);
    }
}

static enum tol_status price_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    const struct pricing *pricing = context;
    const struct tol_plan *plan = pricing->plan;
    struct bench *bench = &pricing->bench[worker];
    enum tol_side side = block < pricing->blocks[TOL_SALES] ? TOL_SALES : TOL_PURCHASES;
    uint64_t first = (block - (side == TOL_SALES ? 0 : pricing->blocks[TOL_SALES])) * CELLS_PER_BLOCK;
    uint64_t left = plan->side[side].cell_count - first;
    size_t count = left < CELLS_PER_BLOCK ? (size_t)left : CELLS_PER_BLOCK;
    for (size_t c = 0; c < count; c++) {
        const struct tol_cell *cell = &plan->side[side].cell[first + c];
        uint32_t *notes = pricing->notes[side] + (first + c) * plan->world_count;
        enum tol_status status =
            rate_cell(pricing, cell, bench->total, bench->rates + c * plan->world_count, notes, error);
        if (status != TOL_OK) {
            return status;
        }
        parameters_of_cell(pricing, side, cell, bench, c, notes);
    }
    for (size_t tile = 0; tile < plan->tile_count; tile++) {
        fill_tile(plan, side, tile, first, count, bench);
    }
    return TOL_OK;
}

/* ---- all of it ---- */

static bool allocate_bench(struct pricing *pricing, struct bench *bench)
{
    const size_t lanes = TOL_TILE_ROWS * TOL_LANES;
    struct tol_keep *keep = &pricing->keep;
    bench->rates = tol_keep_array(keep, CELLS_PER_BLOCK * (size_t)pricing->plan->world_count, sizeof *bench->rates);
    bench->base_rate = tol_keep_array(keep, CELLS_PER_BLOCK * lanes, sizeof(double));
    bench->new_rate = tol_keep_array(keep, CELLS_PER_BLOCK * lanes, sizeof(double));
    bench->total = tol_keep_array(keep, pricing->plan->world_count, sizeof *bench->total);
    bench->rho = tol_keep_array(keep, CELLS_PER_BLOCK, sizeof(double));
    bench->sigma = tol_keep_array(keep, CELLS_PER_BLOCK, sizeof(double));
    return bench->rates != NULL && bench->base_rate != NULL && bench->new_rate != NULL && bench->total != NULL &&
           bench->rho != NULL && bench->sigma != NULL;
}

static size_t row_bytes(const struct tol_plan *plan, enum tol_side side, size_t tile)
{
    return tol_side_factors(side) * plan->tile[tile].row_count * TOL_LANES * sizeof(double);
}

/* One row a cell, for as long as prices are made. */
static bool allocate_tables(struct pricing *pricing)
{
    struct tol_plan *plan = pricing->plan;
    for (size_t t = 0; t < plan->tile_count; t++) {
        for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
            uint64_t cells = plan->side[side].cell_count;
            plan->tile[t].table[side] = tol_keep_array(&pricing->keep, cells, row_bytes(plan, side, t));
            plan->tile[t].cell_row[side] = tol_keep_array(&plan->keep, cells, sizeof(uint32_t));
            if (plan->tile[t].table[side] == NULL || plan->tile[t].cell_row[side] == NULL) {
                return false;
            }
        }
    }
    return true;
}

static bool allocate_pricing(struct pricing *pricing, unsigned workers)
{
    struct tol_plan *plan = pricing->plan;
    for (uint32_t w = 0; w < plan->world_count; w++) {
        uint32_t tables = plan->world[w].facts_table + 1;
        pricing->facts_table_count = tables > pricing->facts_table_count ? tables : pricing->facts_table_count;
    }
    size_t facts = (size_t)pricing->facts_table_count * plan->facts_count;
    pricing->facts = tol_keep_array(&pricing->keep, facts, sizeof *pricing->facts);
    pricing->on = tol_keep_array(&pricing->keep, plan->world_count, sizeof *pricing->on);
    pricing->bench = tol_keep_zeroed(&pricing->keep, workers, sizeof *pricing->bench);
    if (pricing->facts == NULL || pricing->on == NULL || pricing->bench == NULL) {
        return false;
    }
    for (uint32_t w = 0; w < plan->world_count; w++) {
        pricing->on[w] = plan->world[w].on;
    }
    for (unsigned i = 0; i < workers; i++) {
        if (!allocate_bench(pricing, &pricing->bench[i])) {
            return false;
        }
    }
    for (int side = 0; side < TOL_SIDE_COUNT; side++) {
        uint64_t cells = plan->side[side].cell_count;
        pricing->blocks[side] = (cells + CELLS_PER_BLOCK - 1) / CELLS_PER_BLOCK;
        pricing->notes[side] = tol_keep_array(&pricing->keep, cells, plan->world_count * sizeof(uint32_t));
        plan->side[side].note_class = tol_keep_array(&plan->keep, cells, sizeof(uint32_t));
        if (pricing->notes[side] == NULL || plan->side[side].note_class == NULL) {
            return false;
        }
    }
    return allocate_tables(pricing);
}

/* What the plan keeps of the tables. Sales that meet no changed law, the greater part of most books, all have the row of zeros. */
static bool share_rows(struct tol_plan *plan)
{
    for (size_t t = 0; t < plan->tile_count; t++) {
        struct tol_tile *tile = &plan->tile[t];
        for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
            tile->table[side] = tol_rows_distinct(&plan->keep, tile->table[side], plan->side[side].cell_count,
                                                  row_bytes(plan, side, t), tile->cell_row[side]);
            if (tile->table[side] == NULL) {
                return false;
            }
        }
    }
    return true;
}

static enum tol_status for_blocks(struct tol_run *run, uint64_t block_count, tol_block_function function, void *context,
                                  struct tol_error *error)
{
    if (run != NULL) {
        return tol_run_blocks(run, block_count, function, context, error);
    }
    enum tol_status status = TOL_OK;
    for (uint64_t block = 0; block < block_count && status == TOL_OK; block++) {
        status = function(context, 0, block, error);
    }
    return status;
}

static enum tol_status price(struct pricing *pricing, struct tol_run *run, struct tol_error *error)
{
    struct tol_plan *plan = pricing->plan;
    if (!allocate_pricing(pricing, run == NULL ? 1 : tol_run_threads(run))) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for the factor tables of %llu cells and %zu lanes",
                        (unsigned long long)(plan->side[TOL_SALES].cell_count + plan->side[TOL_PURCHASES].cell_count),
                        plan->lane_count);
    }
    uint64_t facts_blocks = ((uint64_t)plan->facts_count + FACTS_PER_BLOCK - 1) / FACTS_PER_BLOCK;
    enum tol_status status = for_blocks(run, facts_blocks, parse_facts_block, pricing, error);
    if (status == TOL_OK) {
        uint64_t blocks = pricing->blocks[TOL_SALES] + pricing->blocks[TOL_PURCHASES];
        status = for_blocks(run, blocks, price_block, pricing, error);
    }
    if (status == TOL_OK && !share_rows(plan)) {
        status = tol_fail(error, TOL_NO_MEMORY, "out of memory for the factor rows");
    }
    return status == TOL_OK ? tol_notes_classify(plan, pricing->notes, error) : status;
}

enum tol_status tol_plan_price(struct tol_plan *plan, struct tol_run *run, struct tol_error *error)
{
    struct pricing pricing = {.plan = plan, .keep = {.allocator = plan->keep.allocator}};
    enum tol_status status = price(&pricing, run, error);
    tol_keep_release(&pricing.keep);
    return status;
}
