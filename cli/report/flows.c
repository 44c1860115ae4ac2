/* Additional duty on all sales: from the seller's sector over the product's chapter to the destination and the authority whose duty rises. */
#include "report.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    CELLS_AT_ONCE = 1 << 16,
    CELLS_OF_BLOCK = 1 << 10,
    CHAPTERS = 100,
    COUNTRIES = 1 << 16,
    DESTINATIONS_MOST = 26 * 26
};

struct flowing {
    const struct report *report;
    const struct tol_book *book;
    const struct tol_book_side *sales;
    const struct tol_scenario *baseline;
    const struct tol_scenario *scenario;
    double *value_eur;                     /* [cells] */
    double *rise;                          /* [cells] of the customs value, duties that rise */
    uint64_t first;                        /* cell of the window */
    double (*change)[TOL_AUTHORITY_COUNT]; /* [CELLS_AT_ONCE] by authority, of the customs value */
    size_t destination_count;
    uint16_t *destination_of; /* [COUNTRIES] 1 + its place; 0: none */
    tol_country destination[DESTINATIONS_MOST];
    /* EUR between nodes of two layers, before nodes are chosen. */
    double *sector_chapter;        /* [sector_count][CHAPTERS] */
    double *chapter_destination;   /* [CHAPTERS][DESTINATIONS_MOST] */
    double *destination_authority; /* [DESTINATIONS_MOST][TOL_AUTHORITY_COUNT] */
};

static size_t chapter_of(const struct tol_cell *cell)
{
    return (size_t)((cell->product >> 4) / UINT64_C(100000000)) % CHAPTERS;
}

/* ---- duties ---------------------------------------------------------------------------------------------------- */

static enum tol_status ask(const struct flowing *flowing, const struct tol_scenario *world, const struct tol_cell *cell,
                           struct tol_rate_query *query, struct tol_facts *facts, struct tol_error *error)
{
    *query = (struct tol_rate_query){.into = cell->importer,
                                     .from = cell->origin,
                                     .product = cell->product,
                                     .on = world->on,
                                     .facts = facts,
                                     .assume = report_side(flowing->report)->settings.assume};
    return tol_facts_parse(world->law, tol_book_facts(flowing->book, cell->facts), facts, error);
}

/* Change of every authority's duty on a cell, in the central reading; nothing where the law does not tell. */
static enum tol_status price_cell(const struct flowing *flowing, const struct tol_cell *cell, double *change,
                                  struct tol_error *error)
{
    struct tol_rate_query before, after;
    struct tol_facts facts_before, facts_after;
    memset(change, 0, TOL_AUTHORITY_COUNT * sizeof *change);
    enum tol_status status = ask(flowing, flowing->baseline, cell, &before, &facts_before, error);
    if (status == TOL_OK) {
        status = ask(flowing, flowing->scenario, cell, &after, &facts_after, error);
    }
    if (status != TOL_OK) {
        return status;
    }
    struct tol_rate_answer base, new;
    status = tol_law_rate(flowing->baseline->law, &before, &base, error);
    if (status == TOL_OK) {
        status = tol_law_rate(flowing->scenario->law, &after, &new, error);
    }
    for (size_t a = 0; status == TOL_OK && a < TOL_AUTHORITY_COUNT; a++) {
        bool known = !isnan(base.central) && !isnan(new.central);
        change[a] = known ? new.by_authority[a] - base.by_authority[a] : 0;
    }
    return status;
}

static enum tol_status price_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)worker;
    const struct flowing *flowing = context;
    enum tol_status status = TOL_OK;
    uint64_t first = block * CELLS_OF_BLOCK;
    for (uint64_t i = first; i < first + CELLS_OF_BLOCK && status == TOL_OK; i++) {
        uint64_t cell = flowing->first + i;
        if (i < CELLS_AT_ONCE && cell < flowing->sales->cell_count) {
            status = price_cell(flowing, &flowing->sales->cell[cell], flowing->change[i], error);
        }
    }
    return status;
}

/* In the order of the cells, whoever priced them. */
static void add_cell(struct flowing *flowing, struct report_flow *flow, uint64_t cell, const double *change)
{
    const struct tol_cell *of = &flowing->sales->cell[cell];
    size_t destination = flowing->destination_of[of->importer] - (size_t)1;
    double rise = 0;
    for (size_t a = 0; a < TOL_AUTHORITY_COUNT; a++) {
        double eur = flowing->value_eur[cell] * change[a];
        if (change[a] > 0) {
            rise += change[a];
            flow->rise_eur += eur;
            flowing->destination_authority[destination * TOL_AUTHORITY_COUNT + a] += eur;
        } else {
            flow->fall_eur += eur;
        }
    }
    flowing->rise[cell] = rise;
    flowing->chapter_destination[chapter_of(of) * DESTINATIONS_MOST + destination] += flowing->value_eur[cell] * rise;
}

static enum tol_status price(struct flowing *flowing, struct report_flow *flow, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    uint64_t count = flowing->sales->cell_count;
    for (flowing->first = 0; flowing->first < count && status == TOL_OK; flowing->first += CELLS_AT_ONCE) {
        status =
            tol_run_blocks(flowing->report->base.workers, CELLS_AT_ONCE / CELLS_OF_BLOCK, price_block, flowing, error);
        for (uint64_t i = 0; i < CELLS_AT_ONCE && flowing->first + i < count && status == TOL_OK; i++) {
            add_cell(flowing, flow, flowing->first + i, flowing->change[i]);
        }
    }
    return status;
}

/* ---- lines ----------------------------------------------------------------------------------------------------- */

static void add_values(struct flowing *flowing)
{
    const struct tol_book_side *sales = flowing->sales;
    for (uint64_t line = 0; line < sales->line_count; line++) {
        flowing->value_eur[sales->line_cell[line]] += sales->line_value_eur[line];
    }
}

static void add_sectors(struct flowing *flowing)
{
    const struct tol_book_side *sales = flowing->sales;
    for (uint64_t firm = 0; firm < flowing->book->firm_count; firm++) {
        double *to =
            flowing->sector_chapter + (size_t)flowing->report->sector_of[flowing->book->firm_sector[firm]] * CHAPTERS;
        for (uint64_t line = sales->line_start[firm]; line < sales->line_start[firm + 1]; line++) {
            uint32_t cell = sales->line_cell[line];
            to[chapter_of(&sales->cell[cell])] += sales->line_value_eur[line] * flowing->rise[cell];
        }
    }
}

/* ---- nodes ----------------------------------------------------------------------------------------------------- */

/* A table between two layers. */
struct between {
    const double *eur;
    size_t rows, columns;
};

/* Where the nodes of a layer go: the greatest to a place of their own, the others to the last one. */
struct choice {
    size_t count;
    double *size;
    uint32_t *place; /* UINT32_MAX: nothing flows */
};

static enum tol_status choose(struct choice *choice, struct report_flow *flow, enum report_layer layer,
                              struct tol_error *error)
{
    size_t taken = 0, left = 0;
    choice->place = calloc(choice->count + 1, sizeof *choice->place);
    flow->node[layer] = calloc(REPORT_FLOW_TOP + 1, sizeof *flow->node[layer]);
    if (choice->place == NULL || flow->node[layer] == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < choice->count; i++) {
        choice->place[i] = UINT32_MAX;
        left += choice->size[i] > 0;
    }
    for (; taken < REPORT_FLOW_TOP && taken < left; taken++) {
        size_t best = choice->count;
        for (size_t i = 0; i < choice->count; i++) {
            bool open = choice->place[i] == UINT32_MAX && choice->size[i] > 0;
            best = open && (best == choice->count || choice->size[i] > choice->size[best]) ? i : best;
        }
        choice->place[best] = (uint32_t)taken;
    }
    for (size_t i = 0; i < choice->count; i++) {
        bool rest = choice->place[i] == UINT32_MAX && choice->size[i] > 0;
        choice->place[i] = rest ? (uint32_t)taken : choice->place[i];
    }
    flow->node_count[layer] = taken + (left > taken);
    return TOL_OK;
}

static void name_node(const struct flowing *flowing, enum report_layer layer, size_t i, char text[64])
{
    switch (layer) {
    case REPORT_SECTOR:
        snprintf(text, 64, "%s", report_sector_title(flowing->report, i));
        break;
    case REPORT_CHAPTER:
        snprintf(text, 64, "%02zu", i);
        break;
    case REPORT_DESTINATION:
        tol_country_format(flowing->destination[i], text);
        break;
    default:
        snprintf(text, 64, "%s", tol_authority_name((enum tol_authority)i));
    }
}

static enum tol_status link_layers(struct report_flow *flow, size_t step, const struct between *table,
                                   const struct choice *from, const struct choice *to, struct tol_error *error)
{
    size_t columns = flow->node_count[step + 1];
    double *sum = calloc(flow->node_count[step] * columns + 1, sizeof *sum);
    flow->link[step] = calloc(flow->node_count[step] * columns + 1, sizeof *flow->link[step]);
    if (sum == NULL || flow->link[step] == NULL) {
        free(sum);
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < table->rows * table->columns; i++) {
        uint32_t a = from->place[i / table->columns], b = to->place[i % table->columns];
        if (table->eur[i] > 0 && a != UINT32_MAX && b != UINT32_MAX) {
            sum[a * columns + b] += table->eur[i];
        }
    }
    for (size_t i = 0; i < flow->node_count[step] * columns; i++) {
        if (sum[i] > 0) {
            flow->link[step][flow->link_count[step]++] =
                (struct report_link){.from = (uint32_t)(i / columns), .to = (uint32_t)(i % columns), .eur = sum[i]};
        }
    }
    free(sum);
    return TOL_OK;
}

/* What flows through each node: the sum of its row, in the last layer of its column. */
static enum tol_status measure(struct choice *choice, const struct between *table, bool rows, struct tol_error *error)
{
    choice->count = rows ? table->rows : table->columns;
    choice->size = calloc(choice->count + 1, sizeof *choice->size);
    if (choice->size == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < table->rows * table->columns; i++) {
        choice->size[rows ? i / table->columns : i % table->columns] += table->eur[i];
    }
    return TOL_OK;
}

static enum tol_status build(const struct flowing *flowing, struct report_flow *flow, struct tol_error *error)
{
    const struct between table[REPORT_LAYERS - 1] = {
        {flowing->sector_chapter, flowing->report->sector_count, CHAPTERS},
        {flowing->chapter_destination, CHAPTERS, DESTINATIONS_MOST},
        {flowing->destination_authority, DESTINATIONS_MOST, TOL_AUTHORITY_COUNT},
    };
    struct choice choice[REPORT_LAYERS] = {{0}};
    enum tol_status status = TOL_OK;
    for (int layer = REPORT_SECTOR; layer < REPORT_LAYERS && status == TOL_OK; layer++) {
        bool last = layer == REPORT_AUTHORITY;
        status = measure(&choice[layer], &table[last ? layer - 1 : layer], !last, error);
        if (status == TOL_OK) {
            status = choose(&choice[layer], flow, (enum report_layer)layer, error);
        }
        for (size_t i = 0; status == TOL_OK && i < choice[layer].count; i++) {
            if (choice[layer].place[i] < REPORT_FLOW_TOP) {
                name_node(flowing, (enum report_layer)layer, i, flow->node[layer][choice[layer].place[i]]);
            }
        }
    }
    for (size_t step = 0; step + 1 < REPORT_LAYERS && status == TOL_OK; step++) {
        status = link_layers(flow, step, &table[step], &choice[step], &choice[step + 1], error);
    }
    for (int layer = REPORT_SECTOR; layer < REPORT_LAYERS; layer++) {
        free(choice[layer].size);
        free(choice[layer].place);
    }
    return status;
}

/* ---- the whole ------------------------------------------------------------------------------------------------- */

static void find_destinations(struct flowing *flowing)
{
    for (uint64_t cell = 0; cell < flowing->sales->cell_count; cell++) {
        tol_country importer = flowing->sales->cell[cell].importer;
        if (flowing->destination_of[importer] == 0 && flowing->destination_count < DESTINATIONS_MOST) {
            flowing->destination[flowing->destination_count++] = importer;
            flowing->destination_of[importer] = (uint16_t)flowing->destination_count;
        }
    }
}

static enum tol_status make_room(struct flowing *flowing, struct tol_error *error)
{
    uint64_t cells = flowing->sales->cell_count;
    flowing->value_eur = calloc(cells + 1, sizeof *flowing->value_eur);
    flowing->rise = calloc(cells + 1, sizeof *flowing->rise);
    flowing->change = calloc(CELLS_AT_ONCE, sizeof *flowing->change);
    flowing->destination_of = calloc(COUNTRIES, sizeof *flowing->destination_of);
    flowing->sector_chapter = calloc(flowing->report->sector_count * CHAPTERS, sizeof(double));
    flowing->chapter_destination = calloc((size_t)CHAPTERS * DESTINATIONS_MOST, sizeof(double));
    flowing->destination_authority = calloc((size_t)DESTINATIONS_MOST * TOL_AUTHORITY_COUNT, sizeof(double));
    bool good = flowing->value_eur != NULL && flowing->rise != NULL && flowing->change != NULL &&
                flowing->destination_of != NULL && flowing->sector_chapter != NULL &&
                flowing->chapter_destination != NULL && flowing->destination_authority != NULL;
    return good ? TOL_OK : tol_fail(error, TOL_NO_MEMORY, "out of memory for the flows of duty");
}

static void clear(struct flowing *flowing)
{
    memset(flowing->sector_chapter, 0, flowing->report->sector_count * CHAPTERS * sizeof(double));
    memset(flowing->chapter_destination, 0, (size_t)CHAPTERS * DESTINATIONS_MOST * sizeof(double));
    memset(flowing->destination_authority, 0, (size_t)DESTINATIONS_MOST * TOL_AUTHORITY_COUNT * sizeof(double));
}

static void release(struct flowing *flowing)
{
    free(flowing->destination_authority);
    free(flowing->chapter_destination);
    free(flowing->sector_chapter);
    free(flowing->destination_of);
    free(flowing->change);
    free(flowing->rise);
    free(flowing->value_eur);
}

enum tol_status report_flows(struct report *report, struct tol_error *error)
{
    const struct diff_side *side = report_side(report);
    struct flowing flowing = {.report = report, .book = side->book, .sales = &side->book->side[TOL_SALES]};
    report->flow = calloc(report->scenario_count, sizeof *report->flow);
    enum tol_status status = report->flow == NULL ? tol_fail(error, TOL_NO_MEMORY, "out of memory") : TOL_OK;
    if (status == TOL_OK) {
        status = make_room(&flowing, error);
    }
    if (status == TOL_OK) {
        find_destinations(&flowing);
        add_values(&flowing);
    }
    for (size_t i = 0; i < report->scenario_count && status == TOL_OK; i++) {
        flowing.baseline = &side->worlds.baseline;
        flowing.scenario = &side->worlds.scenario[i];
        clear(&flowing);
        status = price(&flowing, &report->flow[i], error);
        if (status == TOL_OK) {
            add_sectors(&flowing);
            status = build(&flowing, &report->flow[i], error);
        }
    }
    release(&flowing);
    return status;
}
