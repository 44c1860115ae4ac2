/* What only the law can tell, asked about a few cells, markets and firms: how long its answers take here, how often some unknown fact leaves them open,
 * and how much of the book some duty moves. */
#include <math.h>
#include <stdlib.h>
#include <xxhash.h>

#include "exposure/forecast.h"
#include "exposure/markets.h"
#include "exposure/rates.h"

/* Neighbours are asked about one after the other, as a run does: some runs of them, spread evenly. */
#define RUNS 12
#define CELLS_PER_RUN 40
#define CELLS 768
#define MARKETS_PER_RUN 6
#define FIRMS 64
#define LINES_PER_FIRM_MOST 64
#define OPEN_MOST 48

struct sampling {
    struct tol_plan *plan;
    struct tol_forecast_counts *counts;
    struct tol_keep keep;
    struct tol_rate_desk desk;
    struct tol_facts *facts; /* [CELLS_PER_RUN][world_count] of the cells at hand */
    struct tol_facts no_facts;
    struct tol_rates *rates; /* [origins of the largest market][world_count] */
    uint32_t *notes;         /* [world_count] */
    tol_country *origin;     /* [origins of the largest market] */
    uint8_t *market_moves;   /* [market of the economy][world_count] 1: not, 2: some duty moves it; 0: not asked yet */
    uint64_t asked, questions, open;
    uint64_t *row_hash;        /* [row_count] of one side */
    size_t row_count, unmoved; /* of them without any change of duty */
    double open_seconds, open_answers;
};

static bool allocate(struct sampling *sampling)
{
    const struct tol_plan *plan = sampling->plan;
    size_t origins = (size_t)sampling->counts->origins_most + 1;
    size_t markets = (size_t)sampling->counts->market_count;
    sampling->facts =
        tol_keep_array(&sampling->keep, CELLS_PER_RUN * (size_t)plan->world_count, sizeof *sampling->facts);
    size_t together = origins > CELLS_PER_RUN ? origins : CELLS_PER_RUN;
    sampling->rates = tol_keep_array(&sampling->keep, together * plan->world_count, sizeof *sampling->rates);
    sampling->notes = tol_keep_array(&sampling->keep, plan->world_count, sizeof *sampling->notes);
    sampling->row_hash = tol_keep_array(&sampling->keep, CELLS > RUNS * CELLS_PER_RUN ? CELLS : RUNS * CELLS_PER_RUN,
                                        sizeof *sampling->row_hash);
    sampling->origin = tol_keep_array(&sampling->keep, origins, sizeof *sampling->origin);
    sampling->market_moves = tol_keep_zeroed(&sampling->keep, markets * plan->world_count, 1);
    return sampling->facts != NULL && sampling->rates != NULL && sampling->notes != NULL &&
           sampling->row_hash != NULL && sampling->origin != NULL && sampling->market_moves != NULL &&
           tol_rate_desk_set(plan, &sampling->keep, origins, &sampling->desk);
}

/* ---- cells ----------------------------------------------------------------------------------------------------- */

/* What is known of a cell's goods, [world_count]. */
static enum tol_status read_facts(const struct tol_plan *plan, const struct tol_cell *cell, struct tol_facts *facts,
                                  struct tol_error *error)
{
    unsigned digits = tol_product_digits(cell->product);
    if (cell->facts >= plan->book->facts_count || digits < 2 || digits > 10) {
        return tol_fail(error, TOL_BAD_DATA, "a cell of the book is damaged; build the book again");
    }
    enum tol_status status = TOL_OK;
    for (uint32_t w = 0; w < plan->world_count && status == TOL_OK; w++) {
        status = tol_facts_parse(plan->world[w].law, tol_book_facts(plan->book, cell->facts), &facts[w], error);
    }
    return status;
}

static void set_facts(struct sampling *sampling, const struct tol_facts *facts)
{
    for (uint32_t w = 0; w < sampling->plan->world_count; w++) {
        sampling->desk.facts[w] = &facts[w];
    }
}

/* The change of duty is not the same in all readings. */
static bool is_open(const struct tol_plan *plan, const struct tol_rates *rates)
{
    bool open = false;
    for (uint32_t w = 1; w < plan->world_count; w++) {
        for (int r = 0; r < TOL_READING_COUNT && rates[0].known && rates[w].known; r++) {
            double central = rates[w].of[TOL_READING_CENTRAL] - rates[0].of[TOL_READING_CENTRAL];
            open = open || rates[w].of[r] - rates[0].of[r] != central;
        }
    }
    return open;
}

/* Why its duty is open, in each world: what `unknown` asks. */
static enum tol_status ask_open(struct sampling *sampling, const struct tol_cell *cell, const struct tol_facts *facts,
                                struct tol_error *error)
{
    const struct tol_plan *plan = sampling->plan;
    enum tol_status status = TOL_OK;
    double started = tol_forecast_clock();
    for (uint32_t w = 0; w < plan->world_count && status == TOL_OK; w++) {
        struct tol_rate_answer answer;
        const struct tol_rate_query query = {.into = cell->importer,
                                             .from = cell->origin,
                                             .product = cell->product,
                                             .on = plan->world[w].on,
                                             .facts = &facts[w],
                                             .assume = plan->settings.assume};
        status = tol_law_rate(plan->world[w].law, &query, &answer, error);
        sampling->open_answers++;
    }
    sampling->open_seconds += tol_forecast_clock() - started;
    return status;
}

/* What a cell's factors follow from; the same for cells that no duty moves. */
static uint64_t hash_row(const struct tol_plan *plan, const struct tol_cell *cell, const struct tol_rates *rates)
{
    double from[4] = {0};
    bool estimated, changes = false;
    uint64_t hash = 0;
    for (uint32_t w = 1; w < plan->world_count; w++) {
        changes = changes || tol_rates_change(rates, w);
    }
    if (!changes) {
        return 0;
    }
    const struct tol_response response = tol_response_of(plan, cell->product, &estimated);
    from[0] = response.sigma;
    from[1] = response.rho;
    from[2] = response.eta;
    from[3] = (double)(tol_markets_slot(plan, cell) + 1);
    hash = XXH3_64bits(from, sizeof from);
    for (uint32_t w = 0; w < plan->world_count; w++) {
        hash = XXH3_64bits_withSeed(rates[w].of, sizeof rates[w].of, hash);
    }
    return hash;
}

static int by_value(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

/* How many there are in all, from those met once and twice in the sample (Chao's estimate of the number of species). */
static double different_rows(const struct sampling *sampling)
{
    double all = 0, once = 0, twice = 0;
    qsort(sampling->row_hash, sampling->row_count, sizeof *sampling->row_hash, by_value);
    for (size_t i = 0, end; i < sampling->row_count; i = end) {
        for (end = i + 1; end < sampling->row_count && sampling->row_hash[end] == sampling->row_hash[i]; end++) {
        }
        all++;
        once += end - i == 1;
        twice += end - i == 2;
    }
    return all + once * (once - 1) / (2 * (twice + 1));
}

/* One run of neighbours. */
static enum tol_status ask_cells(struct sampling *sampling, const struct tol_cell *cell, size_t count, double *seconds,
                                 struct tol_error *error)
{
    const struct tol_plan *plan = sampling->plan;
    uint32_t worlds = plan->world_count;
    enum tol_status status = TOL_OK;
    for (size_t c = 0; c < count && status == TOL_OK; c++) {
        status = read_facts(plan, &cell[c], sampling->facts + c * worlds, error);
    }
    double started = 0;
    for (size_t c = 0; c < 2 * count && status == TOL_OK; c++) {
        started = c == count ? tol_forecast_clock() : started; /* the first time brings the law's pages in */
        size_t at = c % count;
        set_facts(sampling, sampling->facts + at * worlds);
        status = tol_rates_ask(plan, &sampling->desk, &cell[at], sampling->rates + at * worlds, sampling->notes, error);
    }
    *seconds += tol_forecast_clock() - started;
    sampling->asked += count;
    for (size_t c = 0; c < count && status == TOL_OK; c++) {
        uint64_t hash = hash_row(plan, &cell[c], sampling->rates + c * worlds);
        sampling->row_hash[sampling->row_count++] = hash;
        sampling->unmoved += hash == 0;
        if (is_open(plan, sampling->rates + c * worlds)) {
            sampling->open++;
            status = sampling->open <= OPEN_MOST ? ask_open(sampling, &cell[c], sampling->facts + c * worlds, error)
                                                 : TOL_OK;
        }
    }
    return status;
}

/* How long: neighbours. */
static enum tol_status time_cells(struct sampling *sampling, enum tol_side which, double *seconds,
                                  struct tol_error *error)
{
    const struct tol_book_side *side = &sampling->plan->book->side[which];
    enum tol_status status = TOL_OK;
    for (uint64_t run = 0; run < RUNS && status == TOL_OK; run++) {
        uint64_t first = run * side->cell_count / RUNS;
        uint64_t left = side->cell_count - first;
        status = ask_cells(sampling, side->cell + first, left < CELLS_PER_RUN ? (size_t)left : CELLS_PER_RUN, seconds,
                           error);
    }
    return status;
}

/* How many are open or differ: spread evenly. */
static enum tol_status look_at_cells(struct sampling *sampling, enum tol_side which, struct tol_error *error)
{
    struct tol_forecast_counts *counts = sampling->counts;
    const struct tol_book_side *side = &sampling->plan->book->side[which];
    uint64_t count = side->cell_count < CELLS ? side->cell_count : CELLS;
    double seconds = 0;
    enum tol_status status = TOL_OK;
    sampling->open = 0;
    sampling->row_count = 0;
    sampling->unmoved = 0;
    for (uint64_t i = 0; i < count && status == TOL_OK; i++) {
        status = ask_cells(sampling, side->cell + i * side->cell_count / count, 1, &seconds, error);
    }
    counts->open_cells += count > 0 ? (double)side->cell_count * (double)sampling->open / (double)count : 0;
    double moved = (double)side->cell_count * (double)(count - sampling->unmoved) / (double)(count > 0 ? count : 1);
    counts->factor_rows[which] = fmin(different_rows(sampling), moved + 1);
    return status;
}

static enum tol_status sample_cells(struct sampling *sampling, struct tol_error *error)
{
    struct tol_forecast_counts *counts = sampling->counts;
    double seconds = 0;
    enum tol_status status = TOL_OK;
    for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT && status == TOL_OK; side++) {
        sampling->row_count = 0;
        status = time_cells(sampling, side, &seconds, error);
    }
    counts->cell_question_ns = sampling->asked > 0 ? 1e9 * seconds / (double)sampling->asked : 0;
    for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT && status == TOL_OK; side++) {
        status = look_at_cells(sampling, side, error);
    }
    counts->open_question_ns = sampling->open_answers > 0 ? 1e9 * sampling->open_seconds / sampling->open_answers : 0;
    return status;
}

/* ---- markets --------------------------------------------------------------------------------------------------- */

static enum tol_status ask_market(struct sampling *sampling, uint64_t number, double *seconds, struct tol_error *error)
{
    const struct tol_plan *plan = sampling->plan;
    const struct tol_market market = tol_market_at(plan->economy, number);
    const struct tol_cell cell = {.product = market.product, .importer = market.importer};
    uint8_t *moves = sampling->market_moves + number * plan->world_count;
    for (uint32_t w = 0; w < plan->world_count; w++) {
        sampling->desk.facts[w] = &sampling->no_facts;
        moves[w] = 1;
    }
    for (uint32_t k = 0; k < market.origin_count; k++) {
        sampling->origin[k] = market.origin[k].origin;
    }
    double started = tol_forecast_clock();
    enum tol_status status = tol_rates_ask_origins(plan, &sampling->desk, &cell, market.origin_count, sampling->origin,
                                                   sampling->rates, error);
    *seconds += tol_forecast_clock() - started;
    sampling->questions += market.origin_count;
    for (size_t i = 0; i < (size_t)market.origin_count * plan->world_count && status == TOL_OK; i++) {
        const struct tol_rates *base = &sampling->rates[i - i % plan->world_count];
        if (tol_rates_change(base, (uint32_t)(i % plan->world_count))) {
            moves[i % plan->world_count] = 2;
        }
    }
    return status;
}

static enum tol_status sample_markets(struct sampling *sampling, struct tol_error *error)
{
    struct tol_forecast_counts *counts = sampling->counts;
    double seconds = 0;
    enum tol_status status = TOL_OK;
    for (uint64_t j = 0; j < 2 * RUNS * MARKETS_PER_RUN && status == TOL_OK && counts->market_count > 0; j++) {
        uint64_t i = j % (RUNS * MARKETS_PER_RUN);
        if (j == RUNS * MARKETS_PER_RUN) { /* the first time brings the law's pages in */
            seconds = 0;
            sampling->questions = 0;
        }
        uint64_t number = i / MARKETS_PER_RUN * counts->market_count / RUNS + i % MARKETS_PER_RUN;
        if (number < counts->market_count) {
            status = ask_market(sampling, number, &seconds, error);
        }
    }
    counts->market_question_ns = sampling->questions > 0 ? 1e9 * seconds / (double)sampling->questions : 0;
    return status;
}

/* ---- what is touched ------------------------------------------------------------------------------------------- */

/* Worlds in which the duty of a line of this cell changes, or the market that it is sold in moves. */
static enum tol_status count_worlds(struct sampling *sampling, enum tol_side side, const struct tol_cell *cell,
                                    uint32_t *worlds, struct tol_error *error)
{
    const struct tol_plan *plan = sampling->plan;
    double seconds = 0;
    uint64_t market = side == TOL_SALES ? tol_markets_slot(plan, cell) : TOL_NO_MARKET;
    const uint8_t *moves = market == TOL_NO_MARKET ? NULL : sampling->market_moves + market * plan->world_count;
    enum tol_status status = TOL_OK;
    if (moves != NULL && moves[0] == 0) {
        status = ask_market(sampling, market, &seconds, error);
    }
    status = status == TOL_OK ? read_facts(plan, cell, sampling->facts, error) : status;
    if (status == TOL_OK) {
        set_facts(sampling, sampling->facts);
        status = tol_rates_ask(plan, &sampling->desk, cell, sampling->rates, sampling->notes, error);
    }
    *worlds = 0;
    for (uint32_t w = 1; w < plan->world_count && status == TOL_OK; w++) {
        bool known = sampling->rates[0].known && sampling->rates[w].known;
        *worlds += tol_rates_change(sampling->rates, w) || (known && moves != NULL && moves[w] == 2);
    }
    return status;
}

/* Parts of all lines and firms, over FIRMS of them spread evenly and their first lines. */
struct touched {
    double lines[TOL_SIDE_COUNT], all_lines[TOL_SIDE_COUNT];
    double firms, all_firms;
};

static enum tol_status look_at_firm(struct sampling *sampling, uint64_t firm, struct touched *touched,
                                    struct tol_error *error)
{
    const struct tol_book *book = sampling->plan->book;
    double others = (double)(sampling->plan->world_count > 1 ? sampling->plan->world_count - 1 : 1);
    double most = 0;
    enum tol_status status = TOL_OK;
    for (enum tol_side s = TOL_SALES; s < TOL_SIDE_COUNT; s++) {
        const struct tol_book_side *side = &book->side[s];
        uint64_t first = side->line_start[firm];
        uint64_t end = side->line_start[firm + 1] < side->line_count ? side->line_start[firm + 1] : side->line_count;
        for (uint64_t i = first; i < end && i < first + LINES_PER_FIRM_MOST && status == TOL_OK; i++) {
            uint32_t worlds = 0;
            status = side->line_cell[i] < side->cell_count
                         ? count_worlds(sampling, s, &side->cell[side->line_cell[i]], &worlds, error)
                         : tol_fail(error, TOL_BAD_DATA, "a line of the book is damaged; build the book again");
            touched->lines[s] += worlds / others;
            touched->all_lines[s]++;
            most = worlds / others > most ? worlds / others : most;
        }
    }
    touched->firms += most;
    touched->all_firms++;
    return status;
}

static enum tol_status sample_touched(struct sampling *sampling, struct tol_error *error)
{
    struct tol_forecast_counts *counts = sampling->counts;
    struct touched touched = {0};
    enum tol_status status = TOL_OK;
    uint64_t firms = counts->firm_count < FIRMS ? counts->firm_count : FIRMS;
    for (uint64_t i = 0; i < firms && status == TOL_OK; i++) {
        status = look_at_firm(sampling, i * counts->firm_count / firms, &touched, error);
    }
    for (enum tol_side side = TOL_SALES; side < TOL_SIDE_COUNT; side++) {
        double part = touched.all_lines[side] > 0 ? touched.lines[side] / touched.all_lines[side] : 0;
        counts->touched_lines[side] = part * (double)counts->line_count[side];
        counts->touched_cells[side] = part * (double)counts->cell_count[side];
    }
    counts->touched_firms = touched.all_firms > 0 ? touched.firms / touched.all_firms * (double)counts->firm_count : 0;
    double moved = 0, asked = 0;
    for (uint64_t i = 0; i < counts->market_count * counts->world_count; i++) {
        asked += sampling->market_moves[i] != 0 && i % counts->world_count != 0;
        moved += sampling->market_moves[i] == 2;
    }
    counts->moved_questions = asked > 0 ? moved / asked * (double)counts->sold_question_count : 0;
    return status;
}

enum tol_status tol_forecast_sample(struct tol_plan *plan, struct tol_forecast_counts *counts, struct tol_error *error)
{
    struct sampling sampling = {.plan = plan, .counts = counts, .keep = {.allocator = plan->keep.allocator}};
    enum tol_status status =
        allocate(&sampling) ? TOL_OK : tol_fail(error, TOL_NO_MEMORY, "out of memory for the forecast");
    if (status == TOL_OK) {
        status = sample_cells(&sampling, error);
    }
    if (status == TOL_OK) {
        status = sample_markets(&sampling, error);
    }
    if (status == TOL_OK && counts->draw_count > 0) {
        status = sample_touched(&sampling, error);
    }
    tol_keep_release(&sampling.keep);
    return status;
}
