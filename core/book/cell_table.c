#include "book/builder.h"

#include <assert.h>
#include <string.h>

_Static_assert(sizeof(struct tol_cell) == 16, "a cell is hashed and stored as 16 bytes without padding");

void tol_cell_table_init(struct tol_cell_table *table, const struct tol_allocator *allocator)
{
    *table = (struct tol_cell_table){0};
    tol_pages_init(&table->cell, allocator, sizeof(struct tol_cell));
}

void tol_cell_table_free(struct tol_cell_table *table)
{
    tol_array_destroy(table->cell.allocator, table->slot, table->slot_count, sizeof *table->slot);
    table->slot = NULL;
    table->slot_count = 0;
    tol_pages_free(&table->cell);
}

/* Of 16 bytes, inline: this is asked once for every line. */
static uint64_t hash_of(const struct tol_cell *cell)
{
    uint64_t half[2];
    memcpy(half, cell, sizeof half);
    uint64_t mixed = (half[0] ^ half[1] * UINT64_C(0x9e3779b97f4a7c15)) * UINT64_C(0xd6e8feb86659fd93);
    mixed ^= mixed >> 32;
    return mixed * UINT64_C(0xd6e8feb86659fd93) >> 20;
}

static uint64_t slot_from(const struct tol_cell_table *table, const struct tol_cell *cell, uint64_t hash)
{
    uint64_t mask = table->slot_count - 1;
    uint64_t slot = hash & mask;
    while (table->slot[slot] != 0 &&
           memcmp(tol_pages_at(&table->cell, table->slot[slot] - 1), cell, sizeof *cell) != 0) {
        slot = (slot + 1) & mask;
    }
    return slot;
}

static uint64_t slot_of(const struct tol_cell_table *table, const struct tol_cell *cell)
{
    return slot_from(table, cell, hash_of(cell));
}

/* For so many cells more, at two thirds full. */
static bool make_room(struct tol_cell_table *table, uint64_t more)
{
    if (3 * (table->cell.count + more) <= 2 * table->slot_count) {
        return true;
    }
    const struct tol_allocator *allocator = table->cell.allocator;
    struct tol_cell_table larger = *table;
    larger.slot_count = table->slot_count == 0 ? 1024 : table->slot_count * 2;
    larger.slot = tol_array_create(allocator, larger.slot_count, sizeof *larger.slot);
    if (larger.slot == NULL) {
        return false;
    }
    memset(larger.slot, 0, larger.slot_count * sizeof *larger.slot);
    for (uint64_t i = 0; i < table->cell.count; i++) {
        larger.slot[slot_of(&larger, tol_pages_at(&table->cell, i))] = (uint32_t)(i + 1);
    }
    tol_array_destroy(allocator, table->slot, table->slot_count, sizeof *table->slot);
    *table = larger;
    return true;
}

/* The cell's slot is known and, when the cell is new, empty. */
static enum tol_status put_at(struct tol_cell_table *table, const struct tol_cell *cell, uint64_t slot, uint32_t *index,
                              struct tol_error *error)
{
    if (table->slot[slot] == 0) {
        struct tol_cell *entry = tol_pages_push(&table->cell);
        if (entry == NULL) {
            return tol_builder_no_memory(error);
        }
        *entry = *cell;
        tol_pages_push_done(&table->cell);
        table->slot[slot] = (uint32_t)table->cell.count;
    }
    *index = table->slot[slot] - 1;
    return TOL_OK;
}

enum tol_status tol_cell_table_put(struct tol_cell_table *table, const struct tol_cell *cell, size_t count,
                                   uint32_t *index, struct tol_error *error)
{
    uint64_t hash[TOL_CELLS_AT_ONCE];
    assert(count <= TOL_CELLS_AT_ONCE);
    if (table->cell.count + count >= UINT32_MAX) {
        return tol_fail(error, TOL_BAD_DATA, "a book holds at most 4294967294 different cells; split the portfolio");
    }
    if (!make_room(table, count)) {
        return tol_builder_no_memory(error);
    }
    /* Step by step for all, so that they wait for memory together. */
    uint64_t mask = table->slot_count - 1;
    for (size_t i = 0; i < count; i++) {
        hash[i] = hash_of(&cell[i]);
        __builtin_prefetch(&table->slot[hash[i] & mask]);
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t number = table->slot[hash[i] & mask];
        if (number != 0) {
            __builtin_prefetch(tol_pages_at(&table->cell, number - 1));
        }
    }
    enum tol_status status = TOL_OK;
    for (size_t i = 0; i < count && status == TOL_OK; i++) {
        status = put_at(table, &cell[i], slot_from(table, &cell[i], hash[i]), &index[i], error);
    }
    return status;
}
