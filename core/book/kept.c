/* Firms whose lines are copied from an older book: which, and how cells and counterparts are called now. */
#include <assert.h>
#include <string.h>

#include "book/builder.h"

#define NO_CELL UINT32_MAX /* that no kept line uses */

static const struct tol_book_side *side_of(const struct tol_kept *kept, enum tol_side which)
{
    return &kept->older->side[which];
}

void tol_kept_free(struct tol_side_builder *side, enum tol_side which, const struct tol_allocator *allocator,
                   uint64_t firm_count)
{
    struct tol_kept *kept = &side->kept;
    if (kept->older != NULL) {
        tol_array_destroy(allocator, kept->older_firm, firm_count, sizeof *kept->older_firm);
        tol_array_destroy(allocator, kept->rank, kept->older->firm_count, sizeof *kept->rank);
        tol_array_destroy(allocator, kept->cell, side_of(kept, which)->cell_count, sizeof *kept->cell);
    }
    tol_array_destroy(allocator, side->digest, firm_count, sizeof *side->digest);
    *kept = (struct tol_kept){0};
    side->digest = NULL;
}

/* Counts of the kept firms' rows go to the side. */
static void count_kept(struct tol_side_builder *side, enum tol_side which, uint64_t firm_count)
{
    const struct tol_rows_digest *older = tol_book_digests(side->kept.older, which);
    for (uint64_t f = 0; f < firm_count; f++) {
        uint32_t from = side->kept.older_firm[f];
        if (from != TOL_BOOK_NO_FIRM) {
            side->digest[f].unnamed_count = older[from].unnamed_count;
            side->row_count += older[from].row_count;
            side->unnamed_count += older[from].unnamed_count;
        }
    }
}

enum tol_status tol_book_builder_keep(struct tol_book_builder *builder, enum tol_side which,
                                      const struct tol_book_kept_side *given, struct tol_error *error)
{
    struct tol_side_builder *side = &builder->side[which];
    struct tol_kept *kept = &side->kept;
    uint64_t firm_count = builder->firm.count;
    assert(tol_builder_side(builder) == which && builder->lane != NULL && side->digest == NULL);
    side->digest = tol_array_create(builder->allocator, firm_count, sizeof *side->digest);
    if (side->digest == NULL) {
        return tol_builder_no_memory(error);
    }
    for (uint64_t f = 0; f < firm_count; f++) {
        side->digest[f] = given->digest[builder->firm_sorted[f]];
        side->digest[f].unnamed_count = 0;
    }
    if (given->older == NULL) {
        return TOL_OK;
    }
    uint64_t older_count = given->older->firm_count;
    kept->older = given->older;
    kept->older_firm = tol_array_create(builder->allocator, firm_count, sizeof *kept->older_firm);
    kept->rank = tol_array_create(builder->allocator, older_count, sizeof *kept->rank);
    if (kept->older_firm == NULL || kept->rank == NULL) {
        return tol_builder_no_memory(error);
    }
    for (uint64_t f = 0; f < firm_count; f++) {
        kept->older_firm[f] = given->older_firm[builder->firm_sorted[f]];
    }
    for (uint64_t f = 0; f < older_count; f++) {
        uint32_t arrival = given->arrival[f];
        kept->rank[f] = arrival == TOL_BOOK_NO_FIRM ? TOL_BOOK_NO_FIRM : builder->firm_rank[arrival];
    }
    count_kept(side, which, firm_count);
    return TOL_OK;
}

void tol_book_builder_write_digests(struct tol_book_builder *builder, const char *maker)
{
    builder->digest_maker = maker;
}

/* The older book's cell as this builder writes it. */
static enum tol_status put_cell(struct tol_book_builder *builder, const struct tol_kept *kept, enum tol_side which,
                                uint32_t number, struct tol_cell_table *united, struct tol_error *error)
{
    struct tol_cell cell = side_of(kept, which)->cell[number];
    uint32_t facts;
    enum tol_status status = tol_book_builder_facts(builder, tol_book_facts(kept->older, cell.facts), &facts, error);
    cell.facts = facts & (TOL_BOOK_FACTS_MAX - 1);
    return status == TOL_OK ? tol_cell_table_put(united, &cell, 1, &kept->cell[number], error) : status;
}

enum tol_status tol_kept_unite(struct tol_book_builder *builder, enum tol_side which, struct tol_cell_table *united,
                               struct tol_error *error)
{
    struct tol_kept *kept = &builder->side[which].kept;
    if (kept->older == NULL) {
        return TOL_OK;
    }
    const struct tol_book_side *older = side_of(kept, which);
    kept->cell = tol_array_create(builder->allocator, older->cell_count, sizeof *kept->cell);
    if (kept->cell == NULL) {
        return tol_builder_no_memory(error);
    }
    memset(kept->cell, 0xff, older->cell_count * sizeof *kept->cell); /* NO_CELL */
    enum tol_status status = TOL_OK;
    for (uint64_t f = 0; f < builder->firm.count; f++) {
        uint32_t from = kept->older_firm[f];
        uint64_t line = from == TOL_BOOK_NO_FIRM ? 0 : older->line_start[from];
        uint64_t end = from == TOL_BOOK_NO_FIRM ? 0 : older->line_start[from + 1];
        for (; line < end && status == TOL_OK; line++) {
            uint32_t cell = older->line_cell[line];
            status = kept->cell[cell] == NO_CELL ? put_cell(builder, kept, which, cell, united, error) : TOL_OK;
        }
    }
    return status;
}

void tol_kept_place(struct tol_side_builder *side, enum tol_side which, const uint32_t *place)
{
    uint64_t count = side->kept.older == NULL ? 0 : side_of(&side->kept, which)->cell_count;
    for (uint64_t c = 0; c < count; c++) {
        if (side->kept.cell[c] != NO_CELL) {
            side->kept.cell[c] = place[side->kept.cell[c]];
        }
    }
}

struct tol_kept_rows tol_kept_rows(const struct tol_side_builder *side, enum tol_side which, bool links)
{
    const struct tol_kept *kept = &side->kept;
    if (kept->older == NULL) {
        return (struct tol_kept_rows){0};
    }
    const struct tol_book_side *older = side_of(kept, which);
    return (struct tol_kept_rows){
        .older_firm = kept->older_firm,
        .start = links ? older->link_start : older->line_start,
        .other = links ? older->link_firm : older->line_cell,
        .value_eur = links ? older->link_value_eur : older->line_value_eur,
        .map = links ? kept->rank : kept->cell,
    };
}
