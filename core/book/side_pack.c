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

/* Sorts the cells into side->cell and gives back their table; map[arrival] = place. */
static enum tol_status sort_cells(struct tol_book_builder *builder, enum tol_side which, const uint32_t *facts_rank,
                                  uint32_t *sorted, uint32_t *map, struct tol_error *error)
{
    struct tol_side_builder *side = &builder->side[which];
    uint64_t count = side->table.cell.count;
    struct cell_order order = {&side->table.cell, facts_rank, which};
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
        side->cell[i] = *(const struct tol_cell *)tol_pages_at(&side->table.cell, sorted[i]);
        map[sorted[i]] = (uint32_t)i;
    }
    tol_cell_table_free(&side->table);
    return TOL_OK;
}

/* map: the cells' places, [cell count]; the caller's to release. */
static enum tol_status place_cells(struct tol_book_builder *builder, enum tol_side which, uint32_t *map,
                                   uint64_t cell_count, struct tol_error *error)
{
    const struct tol_allocator *allocator = builder->allocator;
    uint64_t facts_count = tol_intern_count(&builder->facts);
    uint32_t *facts_sorted = tol_array_create(allocator, facts_count, sizeof *facts_sorted);
    uint32_t *facts_rank = tol_array_create(allocator, facts_count, sizeof *facts_rank);
    uint32_t *sorted = tol_array_create(allocator, cell_count, sizeof *sorted);
    enum tol_status status;
    if (facts_sorted == NULL || facts_rank == NULL || sorted == NULL) {
        status = tol_builder_no_memory(error);
    } else {
        tol_intern_rank(&builder->facts, facts_sorted, facts_rank);
        status = sort_cells(builder, which, facts_rank, sorted, map, error);
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

static enum tol_status concentrate(struct tol_book_builder *builder, enum tol_side which, struct tol_error *error)
{
    struct tol_side_builder *side = &builder->side[which];
    uint64_t firm_count = builder->firm.count;
    side->concentration = tol_array_create(builder->allocator, firm_count, sizeof *side->concentration);
    if (side->concentration == NULL) {
        return tol_builder_no_memory(error);
    }
    for (uint64_t f = 0; f < firm_count; f++) {
        side->concentration[f] = tol_concentration_of(side, which, f);
    }
    return TOL_OK;
}

enum tol_status tol_side_pack(struct tol_book_builder *builder, enum tol_side which, struct tol_error *error)
{
    struct tol_side_builder *side = &builder->side[which];
    const struct tol_allocator *allocator = builder->allocator;
    uint64_t cell_count = side->table.cell.count;
    uint32_t *map = tol_array_create(allocator, cell_count, sizeof *map);
    if (map == NULL) {
        return tol_builder_no_memory(error);
    }
    enum tol_status status = place_cells(builder, which, map, cell_count, error);
    if (status == TOL_OK) {
        status = tol_rows_pack(allocator, &side->line, builder->firm.count, map, &side->lines, error);
    }
    tol_array_destroy(allocator, map, cell_count, sizeof *map);
    if (status == TOL_OK) {
        status = tol_rows_pack(allocator, &side->link, builder->firm.count, NULL, &side->links, error);
    }
    return status == TOL_OK ? concentrate(builder, which, error) : status;
}
