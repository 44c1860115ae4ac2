#include "book/builder.h"

#include <assert.h>
#include <math.h>
#include <string.h>

/* Above any economy's output; keeps every sum of lines finite. */
#define MONEY_MAX_EUR 1e18
/* A ratio to a smaller number that is not 0 could be infinite. */
#define NUMBER_MIN 1e-6

void *tol_array_create(const struct tol_allocator *allocator, uint64_t count, size_t element_size)
{
    if (count == 0) {
        count = 1;
    }
    return count > SIZE_MAX / element_size ? NULL : allocator->allocate(allocator->context, count * element_size, 64);
}

void tol_array_destroy(const struct tol_allocator *allocator, void *array, uint64_t count, size_t element_size)
{
    if (array != NULL) {
        allocator->release(allocator->context, array, (count == 0 ? 1 : count) * element_size);
    }
}

enum tol_status tol_builder_no_memory(struct tol_error *error)
{
    return tol_fail(error, TOL_NO_MEMORY, "out of memory while building the book; free memory or split the portfolio");
}

enum tol_status tol_book_builder_create(const struct tol_allocator *allocator, struct tol_book_builder **builder,
                                        struct tol_error *error)
{
    struct tol_book_builder *made = allocator->allocate(allocator->context, sizeof *made, 64);
    if (made == NULL) {
        return tol_builder_no_memory(error);
    }
    *made = (struct tol_book_builder){.allocator = allocator};
    tol_intern_init(&made->firm_id, allocator);
    tol_text_store_init(&made->firm_name, allocator);
    tol_pages_init(&made->firm, allocator, sizeof(struct tol_firm_entry));
    tol_intern_init(&made->sector, allocator);
    tol_intern_init(&made->facts, allocator);
    pthread_mutex_init(&made->facts_mutex, NULL);
    uint32_t none;
    bool added;
    if (!tol_intern_put(&made->facts, "", &none, &added)) {
        tol_book_builder_destroy(made);
        return tol_builder_no_memory(error);
    }
    *builder = made;
    return TOL_OK;
}

static void side_free(struct tol_side_builder *side, enum tol_side which, const struct tol_allocator *allocator,
                      uint64_t firm_count)
{
    tol_kept_free(side, which, allocator, firm_count);
    tol_array_destroy(allocator, side->cell, side->cell_count, sizeof *side->cell);
    tol_rows_free(allocator, &side->lines, firm_count);
    tol_rows_free(allocator, &side->links, firm_count);
    tol_array_destroy(allocator, side->concentration, firm_count, sizeof *side->concentration);
}

void tol_book_builder_destroy(struct tol_book_builder *builder)
{
    if (builder == NULL) {
        return;
    }
    const struct tol_allocator *allocator = builder->allocator;
    uint64_t firm_count = builder->firm.count;
    tol_builder_drop_output(builder);
    for (int i = 0; i < TOL_SIDE_COUNT; i++) {
        side_free(&builder->side[i], (enum tol_side)i, allocator, firm_count);
    }
    tol_lanes_free(builder);
    tol_array_destroy(allocator, builder->home, firm_count, sizeof *builder->home);
    tol_array_destroy(allocator, builder->firm_sorted, firm_count, sizeof *builder->firm_sorted);
    tol_array_destroy(allocator, builder->firm_rank, firm_count, sizeof *builder->firm_rank);
    tol_intern_free(&builder->firm_id);
    tol_text_store_free(&builder->firm_name);
    tol_pages_free(&builder->firm);
    tol_intern_free(&builder->sector);
    tol_intern_free(&builder->facts);
    pthread_mutex_destroy(&builder->facts_mutex);
    allocator->release(allocator->context, builder, sizeof *builder);
}

static enum tol_status bad(struct tol_error *error, const char *column, const char *value, const char *message)
{
    tol_fail(error, TOL_BAD_DATA, "%s", message);
    return tol_fail_at(error, TOL_BAD_DATA, NULL, 0, column, value);
}

static enum tol_status check_firm(const struct tol_book_builder *builder, const struct tol_firm_row *row,
                                  struct tol_error *error)
{
    size_t id_length = strlen(row->firm_id);
    uint32_t index;
    if (id_length == 0 || id_length > 255) {
        return bad(error, "firm_id", row->firm_id, "a firm_id has 1 to 255 bytes");
    }
    if (strlen(row->name) > TOL_TEXT_BYTES_MAX) {
        return bad(error, "name", row->name, "a name has at most 4095 bytes");
    }
    if (strlen(row->sector) > TOL_TEXT_BYTES_MAX) {
        return bad(error, "sector", row->sector, "a sector has at most 4095 bytes");
    }
    if (tol_intern_find(&builder->firm_id, row->firm_id, &index)) {
        return bad(error, "firm_id", row->firm_id, "this firm_id came before; each firm has one row");
    }
    for (int i = 0; i < TOL_FIRM_NUMBER_COUNT; i++) {
        bool missing = isnan(row->number[i]);
        if ((missing && i == TOL_REVENUE) || (!missing && !(fabs(row->number[i]) <= MONEY_MAX_EUR))) {
            return bad(error, tol_firm_number_name((enum tol_firm_number)i), NULL,
                       "a firm's numbers are finite and at most 1e18, and revenue is always given");
        }
        if (row->number[i] != 0 && fabs(row->number[i]) < NUMBER_MIN) {
            return bad(error, tol_firm_number_name((enum tol_firm_number)i), NULL,
                       "smaller than a millionth but not 0; give 0 or the real amount");
        }
    }
    if (builder->firm.count >= UINT32_MAX - 1) {
        return bad(error, NULL, NULL, "a book holds at most 4294967294 firms; split the portfolio");
    }
    return TOL_OK;
}

enum tol_status tol_book_builder_add_firm(struct tol_book_builder *builder, const struct tol_firm_row *row,
                                          struct tol_error *error)
{
    assert(builder->stage == TOL_TAKING_FIRMS);
    enum tol_status status = check_firm(builder, row, error);
    if (status != TOL_OK) {
        return status;
    }
    uint32_t sector;
    uint32_t index;
    bool added;
    if (tol_intern_count(&builder->sector) > UINT16_MAX && !tol_intern_find(&builder->sector, row->sector, &sector)) {
        return bad(error, "sector", row->sector, "a book holds at most 65536 different sectors; check the column");
    }
    struct tol_firm_entry *entry = tol_pages_push(&builder->firm);
    const char *name = entry == NULL ? NULL : tol_text_store_copy(&builder->firm_name, row->name, strlen(row->name));
    if (name == NULL || !tol_intern_put(&builder->sector, row->sector, &sector, &added) ||
        !tol_intern_put(&builder->firm_id, row->firm_id, &index, &added)) {
        return tol_builder_no_memory(error);
    }
    *entry = (struct tol_firm_entry){.name = name, .country = row->country, .sector = (uint16_t)sector};
    for (int i = 0; i < TOL_FIRM_NUMBER_COUNT; i++) {
        entry->number[i] = isnan(row->number[i]) ? NAN : row->number[i] + 0.0; /* one NaN, and no -0 */
    }
    tol_pages_push_done(&builder->firm);
    return TOL_OK;
}

static enum tol_status rank_firms(struct tol_book_builder *builder, struct tol_error *error)
{
    uint64_t count = builder->firm.count;
    builder->firm_sorted = tol_array_create(builder->allocator, count, sizeof *builder->firm_sorted);
    builder->firm_rank = tol_array_create(builder->allocator, count, sizeof *builder->firm_rank);
    builder->home = tol_array_create(builder->allocator, count, sizeof *builder->home);
    if (builder->firm_sorted == NULL || builder->firm_rank == NULL || builder->home == NULL) {
        return tol_builder_no_memory(error);
    }
    tol_intern_rank(&builder->firm_id, builder->firm_sorted, builder->firm_rank);
    for (uint64_t i = 0; i < count; i++) {
        builder->home[i] = tol_book_builder_country(builder, i);
    }
    return TOL_OK;
}

enum tol_status tol_book_builder_begin_lines(struct tol_book_builder *builder, enum tol_side side,
                                             struct tol_error *error)
{
    enum tol_builder_stage next = side == TOL_SALES ? TOL_TAKING_SALES : TOL_TAKING_PURCHASES;
    assert(builder->stage < next);
    if (builder->firm_rank == NULL) {
        enum tol_status status = rank_firms(builder, error);
        if (status != TOL_OK) {
            return status;
        }
    }
    enum tol_status status = TOL_OK;
    if (next == TOL_TAKING_PURCHASES) {
        status = builder->lane == NULL ? tol_lanes_create(builder, error) : TOL_OK; /* no sales were given */
        status = status == TOL_OK ? tol_side_pack(builder, TOL_SALES, error) : status;
    }
    if (status == TOL_OK && builder->firm.count > 0) {
        status = tol_builder_write_ahead(builder, error);
    }
    if (status == TOL_OK) {
        status = tol_lanes_create(builder, error);
    }
    if (status != TOL_OK) {
        return status;
    }
    builder->stage = next;
    return TOL_OK;
}

void tol_book_builder_count_rejected(struct tol_book_builder *builder, uint64_t rows)
{
    builder->rejected_count += rows;
}

bool tol_book_builder_find(const struct tol_book_builder *builder, const char *firm_id, uint64_t *arrival)
{
    uint32_t index;
    bool found = tol_intern_find(&builder->firm_id, firm_id, &index);
    *arrival = index;
    return found;
}

const char *tol_book_builder_firm_id(const struct tol_book_builder *builder, uint64_t arrival, uint32_t *length)
{
    const struct tol_interned *id = tol_intern_at(&builder->firm_id, arrival);
    *length = id->length;
    return id->text;
}

tol_country tol_book_builder_country(const struct tol_book_builder *builder, uint64_t arrival)
{
    return ((const struct tol_firm_entry *)tol_pages_at(&builder->firm, arrival))->country;
}

void tol_book_builder_find_all(const struct tol_book_builder *builder, size_t count, const char *const *firm_id,
                               const uint32_t *length, uint32_t *arrival)
{
    tol_intern_find_all(&builder->firm_id, count, firm_id, length, arrival);
}

void tol_book_builder_counts(const struct tol_book_builder *builder, struct tol_book_builder_counts *counts)
{
    counts->firms = builder->firm.count;
    for (int i = 0; i < TOL_SIDE_COUNT; i++) {
        counts->lines[i] = builder->side[i].row_count;
        counts->unnamed_lines[i] = builder->side[i].unnamed_count;
    }
    enum tol_side side = tol_builder_side(builder);
    for (unsigned i = 0; builder->lane != NULL && i < builder->lane_count; i++) {
        counts->lines[side] += builder->lane[i].row_count;
        counts->unnamed_lines[side] += builder->lane[i].unnamed_count;
    }
}
