#include "book/builder.h"

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

static uint64_t slot_of(const struct tol_cell_table *table, const struct tol_cell *cell)
{
    uint64_t mask = table->slot_count - 1;
    uint64_t slot = hash_of(cell) & mask;
    while (table->slot[slot] != 0 &&
           memcmp(tol_pages_at(&table->cell, table->slot[slot] - 1), cell, sizeof *cell) != 0) {
        slot = (slot + 1) & mask;
    }
    return slot;
}

static bool make_room(struct tol_cell_table *table)
{
    if (3 * (table->cell.count + 1) <= 2 * table->slot_count) {
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

enum tol_status tol_cell_table_put(struct tol_cell_table *table, const struct tol_cell *cell, uint32_t *index,
                                   struct tol_error *error)
{
    if (table->cell.count >= UINT32_MAX - 1) {
        return tol_fail(error, TOL_BAD_DATA, "a book holds at most 4294967294 different cells; split the portfolio");
    }
    if (!make_room(table)) {
        return tol_builder_no_memory(error);
    }
    uint64_t slot = slot_of(table, cell);
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
