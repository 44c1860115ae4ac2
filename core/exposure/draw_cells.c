/* Duties of a scenario in every world that is drawn, and cells that answer alike brought together. */
#include <string.h>

#include "exposure/draws.h"
#include "exposure/markets.h"
#include "exposure/rates.h"
#include "exposure/row_set.h"

#define CELLS_PER_BLOCK 256
#define FACTS_PER_BLOCK 1024

/* ---- worlds ---- */

static uint32_t world_of_mask(struct tol_draw_job *job, uint32_t *mask, uint32_t fallen)
{
    uint32_t w = 0;
    while (w < job->world_count && mask[w] != fallen) {
        w++;
    }
    if (w == job->world_count) {
        mask[job->world_count++] = fallen;
    }
    return w;
}

static const struct tol_law *law_of_mask(const struct tol_draw_job *job, uint32_t fallen)
{
    const struct tol_scenario_doubts *doubts = &job->options->scenario[job->scenario];
    for (size_t i = 0; i < doubts->law_count; i++) {
        if (doubts->law[i].fallen == fallen) {
            return doubts->law[i].law;
        }
    }
    return NULL;
}

/* Which world each lane is in; central and padding lanes are in that of the scenario itself. */
static void set_lanes(struct tol_draw_job *job, uint32_t *mask)
{
    uint32_t fallen[TOL_DRAW_MASKS_AT_ONCE];
    mask[0] = 0;
    job->world_count = 1;
    for (uint32_t first = 0; job->options->scenario != NULL && first < job->options->count;
         first += TOL_DRAW_MASKS_AT_ONCE) {
        uint32_t left = job->options->count - first;
        uint32_t count = left < TOL_DRAW_MASKS_AT_ONCE ? left : TOL_DRAW_MASKS_AT_ONCE;
        tol_draws_masks(job->options, &job->options->scenario[job->scenario], first, count, fallen);
        for (uint32_t n = 0; n < count; n++) {
            job->world[first + n] = world_of_mask(job, mask, fallen[n]);
        }
    }
}

/* Worlds with the same law share their parsed facts. */
static uint32_t facts_table_of(const struct tol_world *world, uint32_t count, const struct tol_law *law)
{
    uint32_t tables = 0;
    for (uint32_t w = 0; w < count; w++) {
        if (world[w].law == law) {
            return world[w].facts_table;
        }
        tables = world[w].facts_table >= tables ? world[w].facts_table + 1 : tables;
    }
    return tables;
}

enum tol_status tol_draw_worlds_set(struct tol_draw_job *job, struct tol_error *error)
{
    const struct tol_plan *plan = job->plan;
    uint32_t mask[1 << TOL_DOUBTS_MAX];
    job->world = tol_keep_zeroed(&job->keep, job->lanes->lane_count, sizeof *job->world);
    struct tol_world *world = tol_keep_array(&job->keep, sizeof mask / sizeof mask[0] + 1, sizeof *world);
    if (job->world == NULL || world == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory for the worlds of the draws");
    }
    set_lanes(job, mask);
    const struct tol_world *central = &plan->world[plan->scenario_world[job->scenario]];
    world[0] = plan->world[0];
    world[0].facts_table = 0;
    for (uint32_t w = 0; w < job->world_count; w++) {
        const struct tol_law *law = mask[w] == 0 ? central->law : law_of_mask(job, mask[w]);
        if (law == NULL) {
            return tol_fail(error, TOL_USAGE, "draws of scenario %zu: no law for the fallen programmes 0x%x",
                            job->scenario + 1, (unsigned)mask[w]);
        }
        world[1 + w] =
            (struct tol_world){.law = law, .on = central->on, .facts_table = facts_table_of(world, 1 + w, law)};
    }
    job->view = *plan;
    job->view.world = world;
    job->view.world_count = 1 + job->world_count;
    return TOL_OK;
}

/* ---- duties ---- */

/* Working memory of one worker. */
struct bench {
    struct tol_rate_desk desk;
    struct tol_rates *rates; /* [origins of the largest market][1 + world_count] */
    tol_country *origin;     /* [origins of the largest market] */
    uint32_t *notes;         /* [1 + world_count], not used */
    double *base_rate;       /* [wedge_rows][TOL_LANES], as all three */
    double *new_rate;
    double *log_g;
};

/* How a row answers, as bytes that are equal where it answers alike: these numbers, then ln g in each world. */
enum { KEY_CHAPTER = 0, KEY_SIGMA, KEY_ETA, KEY_RHO, KEY_MARKET, KEY_LOG_G };

struct cells {
    struct tol_draw_job *job;
    struct tol_keep keep; /* what is gone again when rows are made */
    uint32_t facts_table_count;
    struct tol_facts *facts; /* [facts_table_count][facts_count] */
    struct tol_facts no_facts;
    struct bench *bench; /* [workers] */
    size_t wedge_rows;
    size_t key_size;             /* doubles */
    double *key[TOL_SIDE_COUNT]; /* [cell_count][key_size] */
    uint64_t blocks[TOL_SIDE_COUNT];
    uint32_t *slot; /* [market of the economy] 1 + market of the job; 0: not asked for */
};

static unsigned chapter_of(tol_product product)
{
    return (unsigned)(product / 16 / 100000000u);
}

static enum tol_status parse_facts(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)worker;
    const struct cells *cells = context;
    const struct tol_plan *view = &cells->job->view;
    uint64_t end = (block + 1) * FACTS_PER_BLOCK;
    end = end < view->facts_count ? end : view->facts_count;
    for (uint32_t i = (uint32_t)(block * FACTS_PER_BLOCK); i < end; i++) {
        const char *text = tol_book_facts(view->book, view->facts_text == NULL ? i : view->facts_text[i]);
        for (uint32_t w = 0; w < view->world_count; w++) {
            struct tol_facts *facts = &cells->facts[(size_t)view->world[w].facts_table * view->facts_count + i];
            enum tol_status status = tol_facts_parse(view->world[w].law, text, facts, error);
            if (status != TOL_OK) {
                return tol_fail_at(error, status, NULL, 0, "facts", text);
            }
        }
    }
    return TOL_OK;
}

/* ln g in each world, central reading, from duties [1 + world_count]; 0 where either duty is unknown. Tells whether any is not 0, and whether all are
 * known. */
static void take_wedges(const struct cells *cells, struct bench *bench, const struct tol_rates *rates, double *log_g,
                        bool *changes, bool *all_known)
{
    const struct tol_draw_job *job = cells->job;
    *all_known = true;
    for (uint32_t w = 0; w < job->world_count; w++) {
        bool known = rates[1 + w].known && rates[0].known;
        *all_known = *all_known && known;
        bench->base_rate[w] = known ? rates[0].of[TOL_READING_CENTRAL] : 0;
        bench->new_rate[w] = known ? rates[1 + w].of[TOL_READING_CENTRAL] : 0;
    }
    job->plan->kernels->log_wedges(cells->wedge_rows, bench->base_rate, bench->new_rate, bench->log_g);
    *changes = false;
    for (uint32_t w = 0; w < job->world_count; w++) {
        log_g[w] = bench->log_g[w];
        *changes = *changes || log_g[w] != 0;
    }
}

/* The key of one cell; all zero where the cell's own duty does not change. Its market comes later: sales keep its number + 1. */
static enum tol_status price_cell(const struct cells *cells, struct bench *bench, enum tol_side side, uint64_t at,
                                  struct tol_error *error)
{
    const struct tol_plan *view = &cells->job->view;
    const struct tol_cell *cell = &view->side[side].cell[at];
    double *key = cells->key[side] + at * cells->key_size;
    bool changes, all_known, estimated;
    for (uint32_t w = 0; w < view->world_count; w++) {
        bench->desk.facts[w] = &cells->facts[(size_t)view->world[w].facts_table * view->facts_count + cell->facts];
    }
    enum tol_status status = tol_rates_ask(view, &bench->desk, cell, bench->rates, bench->notes, error);
    if (status != TOL_OK) {
        return status;
    }
    take_wedges(cells, bench, bench->rates, key + KEY_LOG_G, &changes, &all_known);
    struct tol_response response = tol_response_of(view, cell->product, &estimated);
    /* A sale whose own duty nobody knows is not moved by its rivals' either; programmes that fall change nothing about that. */
    uint64_t market = side == TOL_SALES && all_known ? tol_markets_slot(view, cell) : TOL_NO_MARKET;
    key[KEY_CHAPTER] = side == TOL_SALES ? chapter_of(cell->product) : 0;
    key[KEY_SIGMA] = side == TOL_SALES ? response.sigma : 1;
    key[KEY_ETA] = side == TOL_SALES ? response.eta : 0;
    key[KEY_RHO] = response.rho;
    key[KEY_MARKET] = market == TOL_NO_MARKET ? 0 : (double)(market + 1);
    if (!changes && market == TOL_NO_MARKET) {
        memset(key, 0, cells->key_size * sizeof *key);
    }
    return TOL_OK;
}

static enum tol_status price_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    const struct cells *cells = context;
    enum tol_side side = block < cells->blocks[TOL_SALES] ? TOL_SALES : TOL_PURCHASES;
    uint64_t first = (block - (side == TOL_SALES ? 0 : cells->blocks[TOL_SALES])) * CELLS_PER_BLOCK;
    uint64_t count = cells->job->view.side[side].cell_count;
    enum tol_status status = TOL_OK;
    for (uint64_t at = first; at < first + CELLS_PER_BLOCK && at < count && status == TOL_OK; at++) {
        status = price_cell(cells, &cells->bench[worker], side, at, error);
    }
    return status;
}

/* ---- markets ---- */

static bool allocate_market(struct tol_draw_job *job, uint64_t number, struct tol_draw_market *to)
{
    const struct tol_market market = tol_market_at(job->plan->economy, number);
    double *share = tol_keep_array(&job->keep, market.origin_count, sizeof *share);
    double *log_g = tol_keep_array(&job->keep, (size_t)market.origin_count * job->world_count, sizeof *log_g);
    bool estimated;
    struct tol_response response = tol_response_of(job->plan, market.product, &estimated);
    const double *rho = tol_draw_lanes_rho(job->plan, &job->keep, job->lanes, response.rho);
    if (share == NULL || log_g == NULL || rho == NULL) {
        return false;
    }
    double home_share = market.home_share > 0 ? market.home_share : 0;
    for (uint32_t k = 0; k < market.origin_count; k++) {
        share[k] = (1 - home_share) * market.origin[k].import_share;
    }
    *to = (struct tol_draw_market){
        .number = number,
        .origin_count = market.origin_count,
        .share = share,
        .log_g = log_g,
        .home_share = home_share,
        .response = {.scale = job->lanes->scale[chapter_of(market.product)],
                     .rho = rho,
                     .sigma = response.sigma,
                     .eta = response.eta},
    };
    size_t power = (size_t)market.origin_count * TOL_LANES;
    job->power_size = power > job->power_size ? power : job->power_size;
    return true;
}

/* The markets that some sale is made in. */
static bool list_markets(struct cells *cells)
{
    struct tol_draw_job *job = cells->job;
    uint64_t all = job->plan->economy != NULL ? tol_market_count(job->plan->economy) : 0;
    cells->slot = tol_keep_zeroed(&cells->keep, all, sizeof *cells->slot);
    uint64_t *number = tol_keep_array(&cells->keep, all, sizeof *number);
    if (cells->slot == NULL || number == NULL) {
        return false;
    }
    for (uint64_t c = 0; c < job->view.side[TOL_SALES].cell_count; c++) {
        uint64_t market = (uint64_t)cells->key[TOL_SALES][c * cells->key_size + KEY_MARKET];
        if (market != 0 && cells->slot[market - 1] == 0) {
            number[job->market_count++] = market - 1;
            cells->slot[market - 1] = job->market_count;
        }
    }
    job->market = tol_keep_zeroed(&job->keep, job->market_count, sizeof *job->market);
    for (uint32_t m = 0; job->market != NULL && m < job->market_count; m++) {
        if (!allocate_market(job, number[m], &job->market[m])) {
            return false;
        }
    }
    return job->market != NULL;
}

static enum tol_status ask_market(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    const struct cells *cells = context;
    struct tol_draw_job *job = cells->job;
    struct bench *bench = &cells->bench[worker];
    struct tol_draw_market *to = &job->market[block];
    const struct tol_market market = tol_market_at(job->plan->economy, to->number);
    for (uint32_t w = 0; w < job->view.world_count; w++) {
        bench->desk.facts[w] = &cells->no_facts;
    }
    const struct tol_cell cell = {.product = market.product, .importer = market.importer};
    for (uint32_t k = 0; k < market.origin_count; k++) {
        bench->origin[k] = market.origin[k].origin;
    }
    enum tol_status status =
        tol_rates_ask_origins(&job->view, &bench->desk, &cell, market.origin_count, bench->origin, bench->rates, error);
    for (uint32_t k = 0; k < market.origin_count && status == TOL_OK; k++) {
        bool changes, all_known;
        take_wedges(cells, bench, bench->rates + (size_t)k * job->view.world_count,
                    to->log_g + (size_t)k * job->world_count, &changes, &all_known);
        to->moves = to->moves || changes;
    }
    return status;
}

/* ---- rows ---- */

/* The number of a market that no duty moves is worth nothing to a row; and a sale whose duty does not change either has row 0. */
static void settle_key(const struct cells *cells, double *key)
{
    const struct tol_draw_job *job = cells->job;
    if (key[KEY_MARKET] == 0) {
        return;
    }
    uint32_t market = cells->slot[(uint64_t)key[KEY_MARKET] - 1];
    key[KEY_MARKET] = job->market[market - 1].moves ? market : 0;
    bool changes = key[KEY_MARKET] != 0;
    for (uint32_t w = 0; w < job->world_count && !changes; w++) {
        changes = key[KEY_LOG_G + w] != 0;
    }
    if (!changes) {
        memset(key, 0, cells->key_size * sizeof *key);
    }
}

static bool set_row(struct tol_draw_job *job, enum tol_side which, uint32_t number, const double *key, double *log_g)
{
    struct tol_draw_side *side = &job->side[which];
    const double *rho = tol_draw_lanes_rho(job->plan, &job->keep, job->lanes, key[KEY_RHO]);
    if (rho == NULL) {
        return false;
    }
    memcpy(log_g, key + KEY_LOG_G, job->world_count * sizeof *log_g);
    side->row_market[number] = (uint32_t)key[KEY_MARKET];
    side->row[number] = (struct tol_draw_cell){
        .log_g = log_g,
        .response = {.scale = job->lanes->scale[(unsigned)key[KEY_CHAPTER]],
                     .rho = rho,
                     .sigma = key[KEY_SIGMA],
                     .eta = key[KEY_ETA]},
    };
    return true;
}

static bool make_rows(const struct cells *cells, enum tol_side which)
{
    struct tol_draw_job *job = cells->job;
    struct tol_draw_side *side = &job->side[which];
    uint64_t count = job->view.side[which].cell_count;
    size_t bytes = cells->key_size * sizeof(double);
    struct tol_row_set set = {.keep = {.allocator = job->keep.allocator}, .row_bytes = bytes};
    double *none = tol_keep_zeroed(&set.keep, cells->key_size, sizeof *none);
    uint32_t number;
    side->cell_row = tol_keep_array(&job->keep, count, sizeof *side->cell_row);
    bool fits = none != NULL && side->cell_row != NULL && tol_row_set_number(&set, none, &number);
    for (uint64_t c = 0; c < count && fits; c++) {
        double *key = cells->key[which] + c * cells->key_size;
        settle_key(cells, key);
        fits = tol_row_set_number(&set, key, &side->cell_row[c]);
    }
    side->row_count = set.count;
    side->row = tol_keep_zeroed(&job->keep, set.count, sizeof *side->row);
    side->row_market = tol_keep_zeroed(&job->keep, set.count, sizeof *side->row_market);
    double *log_g = tol_keep_array(&job->keep, (size_t)set.count * job->world_count, sizeof *log_g);
    fits = fits && side->row != NULL && side->row_market != NULL && log_g != NULL;
    for (uint32_t i = 0; i < set.count && fits; i++) {
        fits =
            set_row(job, which, i, (const double *)set.row + i * cells->key_size, log_g + (size_t)i * job->world_count);
    }
    tol_keep_release(&set.keep);
    return fits;
}

/* ---- all of it ---- */

/* Of the largest market, and at least 1. */
static size_t origins_most(const struct tol_plan *plan)
{
    size_t most = 1;
    for (uint64_t m = 0; plan->economy != NULL && m < tol_market_count(plan->economy); m++) {
        const struct tol_market market = tol_market_at(plan->economy, m);
        most = market.origin_count > most ? market.origin_count : most;
    }
    return most;
}

static bool allocate_bench(struct cells *cells, size_t origins, struct bench *bench)
{
    const struct tol_plan *view = &cells->job->view;
    struct tol_keep *keep = &cells->keep;
    size_t lanes = cells->wedge_rows * TOL_LANES;
    bench->rates = tol_keep_array(keep, origins * view->world_count, sizeof *bench->rates);
    bench->origin = tol_keep_array(keep, origins, sizeof *bench->origin);
    bench->notes = tol_keep_array(keep, view->world_count, sizeof *bench->notes);
    bench->base_rate = tol_keep_zeroed(keep, lanes, sizeof(double));
    bench->new_rate = tol_keep_zeroed(keep, lanes, sizeof(double));
    bench->log_g = tol_keep_zeroed(keep, lanes, sizeof(double));
    return bench->rates != NULL && bench->origin != NULL && bench->notes != NULL && bench->base_rate != NULL &&
           bench->new_rate != NULL && bench->log_g != NULL && tol_rate_desk_set(view, keep, origins, &bench->desk);
}

static bool allocate(struct cells *cells)
{
    struct tol_draw_job *job = cells->job;
    const struct tol_plan *view = &job->view;
    for (uint32_t w = 0; w < view->world_count; w++) {
        uint32_t tables = view->world[w].facts_table + 1;
        cells->facts_table_count = tables > cells->facts_table_count ? tables : cells->facts_table_count;
    }
    cells->wedge_rows = (job->world_count + TOL_LANES - 1) / TOL_LANES;
    cells->key_size = KEY_LOG_G + job->world_count;
    cells->facts =
        tol_keep_array(&cells->keep, (size_t)cells->facts_table_count * view->facts_count, sizeof *cells->facts);
    cells->bench = tol_keep_zeroed(&cells->keep, job->workers, sizeof *cells->bench);
    bool fits = cells->facts != NULL && cells->bench != NULL;
    size_t origins = origins_most(job->plan);
    for (unsigned i = 0; i < job->workers && fits; i++) {
        fits = allocate_bench(cells, origins, &cells->bench[i]);
    }
    for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT && fits; side++) {
        uint64_t count = view->side[side].cell_count;
        cells->blocks[side] = (count + CELLS_PER_BLOCK - 1) / CELLS_PER_BLOCK;
        cells->key[side] = tol_keep_array(&cells->keep, count, cells->key_size * sizeof(double));
        fits = cells->key[side] != NULL;
    }
    return fits;
}

static enum tol_status price(struct cells *cells, struct tol_error *error)
{
    struct tol_draw_job *job = cells->job;
    uint64_t facts_blocks = ((uint64_t)job->view.facts_count + FACTS_PER_BLOCK - 1) / FACTS_PER_BLOCK;
    bool fits = allocate(cells);
    enum tol_status status = TOL_OK;
    if (fits) {
        status = tol_run_blocks(job->run, facts_blocks, parse_facts, cells, error);
    }
    if (fits && status == TOL_OK) {
        status = tol_run_blocks(job->run, cells->blocks[TOL_SALES] + cells->blocks[TOL_PURCHASES], price_block, cells,
                                error);
    }
    if (status != TOL_OK) {
        return status;
    }
    fits = fits && list_markets(cells);
    if (fits) {
        status = tol_run_blocks(job->run, job->market_count, ask_market, cells, error);
    }
    if (status != TOL_OK) {
        return status;
    }
    fits = fits && make_rows(cells, TOL_SALES) && make_rows(cells, TOL_PURCHASES);
    return fits ? TOL_OK : tol_fail(error, TOL_NO_MEMORY, "out of memory for the cells of the draws");
}

enum tol_status tol_draw_cells_price(struct tol_draw_job *job, struct tol_error *error)
{
    struct cells cells = {.job = job, .keep = {.allocator = job->keep.allocator}};
    enum tol_status status = price(&cells, error);
    tol_keep_release(&cells.keep);
    return status;
}
