#include "book/builder.h"

#include <math.h>
#include <stdlib.h>

struct cell_order {
    const struct tol_pages *cell;
    const uint32_t *facts_rank;
    enum tol_side side;
};

static int compare(uint64_t a, uint64_t b)
{
    return (a > b) - (a < b);
}

/* Sales by importer, origin, product, facts, named; purchases by origin, importer, product, facts, named. Facts count by their text. */
static int compare_cells(const void *a, const void *b, void *context)
{
    const struct cell_order *order = context;
    const struct tol_cell *left = tol_pages_at(order->cell, *(const uint32_t *)a);
    const struct tol_cell *right = tol_pages_at(order->cell, *(const uint32_t *)b);
    bool sales = order->side == TOL_SALES;
    int by = compare(sales ? left->importer : left->origin, sales ? right->importer : right->origin);
    if (by == 0) {
        by = compare(sales ? left->origin : left->importer, sales ? right->origin : right->importer);
    }
    if (by == 0) {
        by = compare(left->product, right->product);
    }
    if (by == 0) {
        by = compare(order->facts_rank[left->facts], order->facts_rank[right->facts]);
    }
    return by != 0 ? by : compare(left->named, right->named);
}

/* The cells of all lanes in the first lane's table; map[lane][index] is where a lane's cell now is. */
static enum tol_status unite_cells(struct tol_book_builder *builder, enum tol_side which, uint32_t *const *map,
                                   struct tol_error *error)
{
    struct tol_cell_table *united = &builder->lane[0].table;
    for (unsigned i = 0; i < builder->lane_count; i++) {
        struct tol_cell_table *table = &builder->lane[i].table;
        for (uint64_t c = 0, count = table->cell.count; c < count; c++) {
            map[i][c] = (uint32_t)c;
            enum tol_status status =
                i == 0 ? TOL_OK : tol_cell_table_put(united, tol_pages_at(&table->cell, c), 1, &map[i][c], error);
            if (status != TOL_OK) {
                return status;
            }
        }
        if (i > 0) {
            tol_cell_table_free(table);
        }
    }
    return tol_kept_unite(builder, which, united, error);
}

/* Sorts the united cells into side->cell and gives back their table; place[index] is where each went. */
static enum tol_status sort_cells(struct tol_book_builder *builder, enum tol_side which, const uint32_t *facts_rank,
                                  uint32_t *sorted, uint32_t *place, struct tol_error *error)
{
    struct tol_side_builder *side = &builder->side[which];
    struct tol_cell_table *table = &builder->lane[0].table;
    uint64_t count = table->cell.count;
    struct cell_order order = {&table->cell, facts_rank, which};
    for (uint64_t i = 0; i < count; i++) {
        sorted[i] = (uint32_t)i;
    }
    qsort_r(sorted, count, sizeof *sorted, compare_cells, &order);
    side->cell = tol_array_create(builder->allocator, count, sizeof *side->cell);
    side->cell_count = count;
    if (side->cell == NULL) {
        return tol_builder_no_memory(error);
    }
    for (uint64_t i = 0; i < count; i++) {
        side->cell[i] = *(const struct tol_cell *)tol_pages_at(&table->cell, sorted[i]);
        place[sorted[i]] = (uint32_t)i;
    }
    tol_cell_table_free(table);
    return TOL_OK;
}

/* place: [cells of the united table]. */
static enum tol_status place_cells(struct tol_book_builder *builder, enum tol_side which, uint32_t *place,
                                   struct tol_error *error)
{
    const struct tol_allocator *allocator = builder->allocator;
    uint64_t cell_count = builder->lane[0].table.cell.count;
    uint64_t facts_count = tol_intern_count(&builder->facts);
    uint32_t *facts_sorted = tol_array_create(allocator, facts_count, sizeof *facts_sorted);
    uint32_t *facts_rank = tol_array_create(allocator, facts_count, sizeof *facts_rank);
    uint32_t *sorted = tol_array_create(allocator, cell_count, sizeof *sorted);
    enum tol_status status;
    if (facts_sorted == NULL || facts_rank == NULL || sorted == NULL) {
        status = tol_builder_no_memory(error);
    } else {
        tol_intern_rank(&builder->facts, facts_sorted, facts_rank);
        status = sort_cells(builder, which, facts_rank, sorted, place, error);
    }
    tol_array_destroy(allocator, facts_sorted, facts_count, sizeof *facts_sorted);
    tol_array_destroy(allocator, facts_rank, facts_count, sizeof *facts_rank);
    tol_array_destroy(allocator, sorted, cell_count, sizeof *sorted);
    return status;
}

struct tol_concentration tol_concentration_of(const struct tol_side_builder *side, enum tol_side which, uint64_t firm)
{
    static const tol_country united_states = 'U' << 8 | 'S';
    static const tol_country china = 'C' << 8 | 'N';
    struct tol_concentration result = {0, 0, NAN, NAN};
    uint64_t end = side->lines.start[firm + 1];
    for (uint64_t i = side->lines.start[firm]; i < end; i++) {
        result.total_eur += side->lines.value_eur[i];
    }
    if (!(result.total_eur > 0)) {
        return result;
    }
    result.hhi = 0;
    /* Cells are sorted by the country that counts, so each country's lines are neighbours. */
    for (uint64_t i = side->lines.start[firm]; i < end;) {
        const struct tol_cell *cell = &side->cell[side->lines.other[i]];
        tol_country country = which == TOL_SALES ? cell->importer : cell->origin;
        double country_eur = 0;
        for (; i < end; i++) {
            cell = &side->cell[side->lines.other[i]];
            if ((which == TOL_SALES ? cell->importer : cell->origin) != country) {
                break;
            }
            country_eur += side->lines.value_eur[i];
        }
        double share = country_eur / result.total_eur;
        result.hhi = fma(share, share, result.hhi);
        if (country == (which == TOL_SALES ? united_states : china)) {
            result.watched_eur = country_eur;
        }
    }
    result.hhi = fmin(result.hhi, 1); /* rounding may pass it by a unit in the last place */
    double largest_eur = 0;
    for (uint64_t i = side->links.start[firm]; i < side->links.start[firm + 1]; i++) {
        largest_eur = fmax(largest_eur, side->links.value_eur[i]);
    }
    result.largest_partner_share = fmin(largest_eur / result.total_eur, 1);
    return result;
}

enum { FIRMS_PER_BLOCK = 4096 };

struct concentrating {
    const struct tol_side_builder *side;
    enum tol_side which;
    uint64_t firm_count;
};

static enum tol_status concentrate_block(void *context, unsigned worker, uint64_t block, struct tol_error *error)
{
    (void)worker;
    (void)error;
    const struct concentrating *work = context;
    uint64_t first = block * FIRMS_PER_BLOCK;
    for (uint64_t f = first; f < work->firm_count && f < first + FIRMS_PER_BLOCK; f++) {
        work->side->concentration[f] = tol_concentration_of(work->side, work->which, f);
    }
    return TOL_OK;
}

static enum tol_status concentrate(struct tol_book_builder *builder, enum tol_side which, struct tol_error *error)
{
    struct tol_side_builder *side = &builder->side[which];
    uint64_t firm_count = builder->firm.count;
    side->concentration = tol_array_create(builder->allocator, firm_count, sizeof *side->concentration);
    if (side->concentration == NULL) {
        return tol_builder_no_memory(error);
    }
    struct concentrating work = {side, which, firm_count};
    return tol_run_blocks(builder->run, (firm_count + FIRMS_PER_BLOCK - 1) / FIRMS_PER_BLOCK, concentrate_block, &work,
                          error);
}

/* map[lane]: [cells of the lane]. */
static enum tol_status pack_lines(struct tol_book_builder *builder, enum tol_side which, uint32_t *const *map,
                                  const uint64_t *cells, struct tol_error *error)
{
    enum tol_status status = unite_cells(builder, which, map, error);
    if (status != TOL_OK) {
        return status;
    }
    uint64_t united = builder->lane[0].table.cell.count;
    uint32_t *place = tol_array_create(builder->allocator, united, sizeof *place);
    if (place == NULL) {
        return tol_builder_no_memory(error);
    }
    status = place_cells(builder, which, place, error);
    for (unsigned i = 0; status == TOL_OK && i < builder->lane_count; i++) {
        for (uint64_t c = 0; c < cells[i]; c++) {
            map[i][c] = place[map[i][c]];
        }
    }
    struct tol_side_builder *side = &builder->side[which];
    tol_kept_place(side, which, place);
    tol_array_destroy(builder->allocator, place, united, sizeof *place);
    const struct tol_kept_rows kept = tol_kept_rows(side, which, false);
    return status == TOL_OK ? tol_rows_pack(builder, false, (const uint32_t *const *)map, &kept, &side->lines, error)
                            : status;
}

static enum tol_status map_and_pack(struct tol_book_builder *builder, enum tol_side which, uint32_t **map,
                                    uint64_t *cells, struct tol_error *error)
{
    bool made = true;
    for (unsigned i = 0; i < builder->lane_count; i++) {
        cells[i] = builder->lane[i].table.cell.count;
        map[i] = tol_array_create(builder->allocator, cells[i], sizeof **map);
        made = made && map[i] != NULL;
    }
    enum tol_status status = made ? pack_lines(builder, which, map, cells, error) : tol_builder_no_memory(error);
    for (unsigned i = 0; i < builder->lane_count; i++) {
        tol_array_destroy(builder->allocator, map[i], cells[i], sizeof **map);
    }
    return status;
}

enum tol_status tol_side_pack(struct tol_book_builder *builder, enum tol_side which, struct tol_error *error)
{
    struct tol_side_builder *side = &builder->side[which];
    unsigned lanes = builder->lane_count;
    for (unsigned i = 0; i < lanes; i++) {
        side->row_count += builder->lane[i].row_count;
        side->unnamed_count += builder->lane[i].unnamed_count;
    }
    uint32_t **map = tol_array_create(builder->allocator, lanes, sizeof *map);
    uint64_t *cells = tol_array_create(builder->allocator, lanes, sizeof *cells);
    enum tol_status status =
        map == NULL || cells == NULL ? tol_builder_no_memory(error) : map_and_pack(builder, which, map, cells, error);
    tol_array_destroy(builder->allocator, map, lanes, sizeof *map);
    tol_array_destroy(builder->allocator, cells, lanes, sizeof *cells);
    if (status == TOL_OK) {
        const struct tol_kept_rows kept = tol_kept_rows(side, which, true);
        status = tol_rows_pack(builder, true, NULL, &kept, &side->links, error);
    }
    tol_lanes_free(builder);
    return status == TOL_OK ? concentrate(builder, which, error) : status;
}
