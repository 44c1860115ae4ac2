/* Lines on their way into the book, from several threads at once: each fills a lane of its own. */
#include <assert.h>
#include <string.h>

#include "book/builder.h"

/* Above any economy's output; keeps every sum of lines finite. */
#define MONEY_MAX_EUR 1e18

unsigned tol_builder_workers(const struct tol_book_builder *builder)
{
    return builder->run == NULL ? 1 : tol_run_threads(builder->run);
}

void tol_book_builder_use(struct tol_book_builder *builder, struct tol_run *run)
{
    assert(builder->stage == TOL_TAKING_FIRMS);
    builder->run = run;
}

enum tol_status tol_lanes_create(struct tol_book_builder *builder, struct tol_error *error)
{
    unsigned count = tol_builder_workers(builder);
    builder->lane = tol_array_create(builder->allocator, count, sizeof *builder->lane);
    if (builder->lane == NULL) {
        return tol_builder_no_memory(error);
    }
    memset(builder->lane, 0, count * sizeof *builder->lane);
    builder->lane_count = count;
    bool made = true;
    for (unsigned i = 0; i < count && made; i++) {
        struct tol_book_lane *lane = &builder->lane[i];
        tol_cell_table_init(&lane->table, builder->allocator);
        made = tol_record_store_init(&lane->line, builder->allocator, builder->firm.count) &&
               tol_record_store_init(&lane->link, builder->allocator, builder->firm.count);
    }
    return made ? TOL_OK : tol_builder_no_memory(error);
}

void tol_lanes_free(struct tol_book_builder *builder)
{
    for (unsigned i = 0; builder->lane != NULL && i < builder->lane_count; i++) {
        struct tol_book_lane *lane = &builder->lane[i];
        if (lane->table.cell.allocator != NULL) {
            tol_cell_table_free(&lane->table);
        }
        tol_record_store_free(&lane->line);
        tol_record_store_free(&lane->link);
    }
    tol_array_destroy(builder->allocator, builder->lane, builder->lane_count, sizeof *builder->lane);
    builder->lane = NULL;
    builder->lane_count = 0;
}

enum tol_status tol_book_builder_facts(struct tol_book_builder *builder, const char *text, uint32_t *facts,
                                       struct tol_error *error)
{
    if (strlen(text) > TOL_TEXT_BYTES_MAX) {
        tol_fail(error, TOL_BAD_DATA, "facts have at most 4095 bytes");
        return tol_fail_at(error, TOL_BAD_DATA, NULL, 0, "facts", text);
    }
    bool added;
    pthread_mutex_lock(&builder->facts_mutex);
    bool put = tol_intern_put(&builder->facts, text, facts, &added);
    pthread_mutex_unlock(&builder->facts_mutex);
    if (!put) {
        return tol_builder_no_memory(error);
    }
    if (*facts >= TOL_BOOK_FACTS_MAX) {
        tol_fail(error, TOL_BAD_DATA, "a book holds at most 2147483648 fact texts; split the portfolio");
        return tol_fail_at(error, TOL_BAD_DATA, NULL, 0, "facts", text);
    }
    return TOL_OK;
}

static struct tol_cell cell_of(const struct tol_book_builder *builder, const struct tol_line_block *block, size_t i)
{
    uint32_t firm = block->firm[i];
    return (struct tol_cell){
        .product = block->product[i],
        .importer = block->importer[i] == 0 ? builder->home[firm] : block->importer[i],
        .origin = block->origin[i] == 0 ? builder->home[firm] : block->origin[i],
        .facts = block->facts[i] & (TOL_BOOK_FACTS_MAX - 1),
        .named = block->counterpart[i] != TOL_BOOK_NO_FIRM && block->counterpart[i] != firm,
    };
}

static enum tol_status add_one(const struct tol_book_builder *builder, struct tol_book_lane *lane,
                               const struct tol_line_block *block, size_t i, bool named, uint32_t cell,
                               struct tol_error *error)
{
    const struct tol_side_builder *side = &builder->side[tol_builder_side(builder)];
    double value_eur = block->value_eur[i] + 0.0; /* no -0 */
    uint32_t rank = builder->firm_rank[block->firm[i]];
    assert(value_eur >= 0 && value_eur <= MONEY_MAX_EUR);
    if (side->kept.older != NULL && side->kept.older_firm[rank] != TOL_BOOK_NO_FIRM) {
        return tol_fail(error, TOL_INTERNAL, "a line of a firm whose lines are kept");
    }
    if (!tol_record_store_put(&lane->line, (struct tol_row_record){rank, cell, value_eur})) {
        return tol_builder_no_memory(error);
    }
    if (named) {
        uint32_t other = builder->firm_rank[block->counterpart[i]];
        if (!tol_record_store_put(&lane->link, (struct tol_row_record){rank, other, value_eur})) {
            lane->line.last[rank >> lane->line.shift]->used--; /* a line without its link is no line */
            lane->line.count--;
            return tol_builder_no_memory(error);
        }
    }
    lane->unnamed_count += !named;
    if (side->digest != NULL && !named) {
        __atomic_fetch_add(&side->digest[rank].unnamed_count, 1, __ATOMIC_RELAXED);
    }
    lane->row_count++;
    return TOL_OK;
}

enum tol_status tol_book_builder_add_block(struct tol_book_builder *builder, unsigned worker,
                                           const struct tol_line_block *block, struct tol_error *error)
{
    assert(builder->stage == TOL_TAKING_SALES || builder->stage == TOL_TAKING_PURCHASES);
    struct tol_book_lane *lane = &builder->lane[worker];
    enum tol_status status = TOL_OK;
    for (size_t from = 0; from < block->count && status == TOL_OK; from += TOL_CELLS_AT_ONCE) {
        struct tol_cell cell[TOL_CELLS_AT_ONCE];
        uint32_t index[TOL_CELLS_AT_ONCE];
        size_t count = block->count - from < TOL_CELLS_AT_ONCE ? block->count - from : TOL_CELLS_AT_ONCE;
        for (size_t i = 0; i < count; i++) {
            cell[i] = cell_of(builder, block, from + i);
        }
        status = tol_cell_table_put(&lane->table, cell, count, index, error);
        for (size_t i = 0; i < count && status == TOL_OK; i++) {
            status = add_one(builder, lane, block, from + i, cell[i].named, index[i], error);
        }
    }
    return status;
}

enum tol_status tol_book_builder_add_line(struct tol_book_builder *builder, const struct tol_line_row *row,
                                          struct tol_error *error)
{
    assert(builder->stage == TOL_TAKING_SALES || builder->stage == TOL_TAKING_PURCHASES);
    uint32_t firm, facts;
    if (!tol_intern_find(&builder->firm_id, row->firm_id, &firm)) {
        tol_fail(error, TOL_BAD_DATA, "no such firm in the firms table; add it there or drop the line");
        return tol_fail_at(error, TOL_BAD_DATA, NULL, 0, "firm_id", row->firm_id);
    }
    if (!(row->value_eur >= 0) || row->value_eur > MONEY_MAX_EUR) {
        tol_fail(error, TOL_BAD_DATA, "a value is finite, not negative and at most 1e18");
        return tol_fail_at(error, TOL_BAD_DATA, NULL, 0, "value_eur", NULL);
    }
    enum tol_status status = tol_book_builder_facts(builder, row->facts, &facts, error);
    if (status != TOL_OK) {
        return status;
    }
    uint32_t counterpart = TOL_BOOK_NO_FIRM;
    if (row->counterpart_id[0] == '\0' || !tol_intern_find(&builder->firm_id, row->counterpart_id, &counterpart)) {
        counterpart = TOL_BOOK_NO_FIRM;
    }
    const struct tol_line_block one = {.count = 1,
                                       .firm = &firm,
                                       .counterpart = &counterpart,
                                       .facts = &facts,
                                       .product = &row->product,
                                       .importer = &row->importer,
                                       .origin = &row->origin,
                                       .value_eur = &row->value_eur};
    return tol_book_builder_add_block(builder, 0, &one, error);
}
