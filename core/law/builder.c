#include "law/builder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "law/build.h"

struct plain_buffer {
    size_t offset;
    size_t element_size;
};

/* The builder's own buffers, by place in the structure. */
static const struct plain_buffer plain_buffers[] = {
    {offsetof(struct tol_law_builder, text), 1},
    {offsetof(struct tol_law_builder, rows), sizeof(struct build_row)},
    {offsetof(struct tol_law_builder, weight_product), sizeof(uint64_t)},
    {offsetof(struct tol_law_builder, weight_usd), sizeof(double)},
    {offsetof(struct tol_law_builder, string_slots), sizeof(uint32_t)},
    {offsetof(struct tol_law_builder, groups), sizeof(struct build_group)},
    {offsetof(struct tol_law_builder, lists), sizeof(struct build_list)},
    {offsetof(struct tol_law_builder, entries), sizeof(struct build_entry)},
    {offsetof(struct tol_law_builder, uses), sizeof(struct build_use)},
    {offsetof(struct tol_law_builder, bases), sizeof(struct build_base)},
    {offsetof(struct tol_law_builder, lines), sizeof(struct build_line)},
    {offsetof(struct tol_law_builder, averages), sizeof(struct build_average)},
    {offsetof(struct tol_law_builder, measure_rows), sizeof(struct build_row *)},
    {offsetof(struct tol_law_builder, ranks), sizeof(uint32_t)},
};
#define PLAIN_BUFFERS (sizeof plain_buffers / sizeof plain_buffers[0])

static struct tol_buffer *plain_buffer(struct tol_law_builder *builder, size_t index)
{
    return (struct tol_buffer *)(void *)((char *)builder + plain_buffers[index].offset);
}

static void *allocate_zeroed(const struct tol_allocator *allocator, size_t size)
{
    void *memory = allocator->allocate(allocator->context, size, 64);
    if (memory != NULL) {
        memset(memory, 0, size);
    }
    return memory;
}

enum tol_status tol_law_builder_create(const struct tol_allocator *allocator, struct tol_law_builder **builder,
                                       struct tol_error *error)
{
    struct tol_law_builder *created = allocate_zeroed(allocator, sizeof *created);
    if (created == NULL) {
        return tol_build_no_memory(error);
    }
    created->allocator = allocator;
    for (size_t i = 0; i < PLAIN_BUFFERS; i++) {
        tol_buffer_start(plain_buffer(created, i), allocator, plain_buffers[i].element_size);
    }
    size_t size = LAW_BUFFER_COUNT * sizeof *created->section;
    created->section = allocate_zeroed(allocator, size);
    created->law = allocate_zeroed(allocator, sizeof *created->law);
    if (created->section == NULL || created->law == NULL) {
        tol_law_builder_destroy(created);
        return tol_build_no_memory(error);
    }
    for (unsigned i = 0; i < LAW_SECTION_COUNT; i++) {
        tol_buffer_start(&created->section[i], allocator, tol_law_sections[i].element_size);
    }
    tol_buffer_start(&created->section[LAW_SOURCE_INDEX], allocator, 1);
    tol_buffer_start(&created->section[LAW_PLACES_INDEX], allocator, sizeof(struct law_place));
    *builder = created;
    return TOL_OK;
}

void tol_law_builder_destroy(struct tol_law_builder *builder)
{
    if (builder == NULL) {
        return;
    }
    const struct tol_allocator *allocator = builder->allocator;
    for (size_t i = 0; i < PLAIN_BUFFERS; i++) {
        tol_buffer_free(plain_buffer(builder, i));
    }
    if (builder->section != NULL) {
        for (unsigned i = 0; i < LAW_BUFFER_COUNT; i++) {
            tol_buffer_free(&builder->section[i]);
        }
        allocator->release(allocator->context, builder->section, LAW_BUFFER_COUNT * sizeof *builder->section);
    }
    if (builder->law != NULL) {
        allocator->release(allocator->context, builder->law, sizeof *builder->law);
    }
    allocator->release(allocator->context, builder, sizeof *builder);
}

enum tol_status tol_law_builder_weights(struct tol_law_builder *builder, const uint64_t *product, const double *usd,
                                        uint64_t count, struct tol_error *error)
{
    uint64_t *products = tol_buffer_add(&builder->weight_product, count);
    double *values = tol_buffer_add(&builder->weight_usd, count);
    if (products == NULL || values == NULL) {
        return tol_build_no_memory(error);
    }
    if (count > 0) {
        memcpy(products, product, count * sizeof *products);
        memcpy(values, usd, count * sizeof *values);
    }
    return TOL_OK;
}

/* ---- the string pool ------------------------------------------------------------------------------------------ */

static void place(struct tol_law_builder *builder, uint32_t offset)
{
    uint32_t *slot = builder->string_slots.data;
    size_t mask = builder->string_slots.count - 1;
    const char *text = build_at(&builder->section[LAW_STRINGS], offset);
    size_t at = XXH3_64bits(text, strlen(text)) & mask;
    while (slot[at] != LAW_NONE) {
        at = (at + 1) & mask;
    }
    slot[at] = offset;
}

/* Slots stay at most half full. */
static bool grow_slots(struct tol_law_builder *builder)
{
    if (builder->string_slots.count > 2 * builder->string_count) {
        return true;
    }
    size_t size = builder->string_slots.count == 0 ? 1024 : 2 * builder->string_slots.count;
    tol_buffer_free(&builder->string_slots);
    uint32_t *slot = tol_buffer_add(&builder->string_slots, size);
    if (slot == NULL) {
        return false;
    }
    memset(slot, 0xff, size * sizeof *slot);
    const struct tol_buffer *pool = &builder->section[LAW_STRINGS];
    for (size_t offset = 0; offset < pool->count;) {
        place(builder, (uint32_t)offset);
        offset += strlen(build_at(pool, offset)) + 1;
    }
    return true;
}

bool tol_build_string(struct tol_law_builder *builder, const char *text, uint32_t *offset)
{
    if (!grow_slots(builder)) {
        return false;
    }
    struct tol_buffer *pool = &builder->section[LAW_STRINGS];
    const uint32_t *slot = builder->string_slots.data;
    size_t mask = builder->string_slots.count - 1;
    size_t length = strlen(text);
    for (size_t at = XXH3_64bits(text, length) & mask; slot[at] != LAW_NONE; at = (at + 1) & mask) {
        if (strcmp(build_at(pool, slot[at]), text) == 0) {
            *offset = slot[at];
            return true;
        }
    }
    if (pool->count + length + 1 >= LAW_NONE) {
        return false;
    }
    *offset = (uint32_t)pool->count;
    char *to = tol_buffer_add(pool, length + 1);
    if (to == NULL) {
        return false;
    }
    memcpy(to, text, length + 1);
    builder->law->strings = pool->data;
    builder->string_count++;
    place(builder, *offset);
    return true;
}

/* ---- compiling ------------------------------------------------------------------------------------------------ */

static int compare_rows(const void *left, const void *right, void *text)
{
    const struct build_row *a = left;
    const struct build_row *b = right;
    char letter = *((const char *)text + a->record);
    if (letter == tol_law_tables[LAW_TABLE_FACTS].letter && letter == *((const char *)text + b->record)) {
        return a->record < b->record ? -1 : a->record > b->record;
    }
    size_t shorter = a->length < b->length ? a->length : b->length;
    int order = memcmp((const char *)text + a->record, (const char *)text + b->record, shorter);
    if (order != 0) {
        return order;
    }
    return a->length < b->length ? -1 : a->length > b->length;
}

/* Sorted, so that neither the order of rows nor that of files matters to anything; but facts keep theirs, which docs/law.md gives a meaning. */
static enum tol_status keep_source(struct tol_law_builder *builder, struct tol_error *error)
{
    struct tol_buffer *source = &builder->section[LAW_SOURCE_INDEX];
    if (builder->rows.count > 0) {
        qsort_r(builder->rows.data, builder->rows.count, sizeof(struct build_row), compare_rows, builder->text.data);
    }
    for (size_t i = 0; i < builder->rows.count; i++) {
        const struct build_row *row = build_at(&builder->rows, i);
        char *to = tol_buffer_add(source, row->length);
        if (to == NULL) {
            return tol_build_no_memory(error);
        }
        memcpy(to, build_at(&builder->text, row->record), row->length);
    }
    return TOL_OK;
}

/* Length of the folder, with its slash, that all files of the rows share. */
static size_t shared_folder(const struct tol_law_builder *builder)
{
    const char *first = NULL;
    uint64_t last = 0;
    size_t shared = 0;
    for (size_t i = 0; i < builder->rows.count; i++) {
        const struct build_row *row = build_at(&builder->rows, i);
        const char *file = build_at(&builder->text, row->file);
        if (first == NULL) {
            const char *slash = strrchr(file, '/');
            first = file;
            shared = slash == NULL ? 0 : (size_t)(slash - file) + 1;
        } else if (row->file != last) {
            while (shared > 0 && strncmp(first, file, shared) != 0) {
                do {
                    shared--;
                } while (shared > 0 && first[shared - 1] != '/');
            }
        }
        last = row->file;
    }
    return shared;
}

/* Where each row of the source was written: beneath the shared folder, so that it does not matter where the tables were compiled. */
static enum tol_status keep_places(struct tol_law_builder *builder, struct tol_error *error)
{
    size_t skipped = shared_folder(builder);
    uint64_t last = UINT64_MAX;
    uint32_t file = 0;
    struct law_place *place = tol_buffer_add(&builder->section[LAW_PLACES_INDEX], builder->rows.count);
    if (place == NULL) {
        return tol_build_no_memory(error);
    }
    for (size_t i = 0; i < builder->rows.count; i++) {
        const struct build_row *row = build_at(&builder->rows, i);
        const char *path = build_at(&builder->text, row->file);
        if (row->file != last && !tol_build_string(builder, path + skipped, &file)) {
            return tol_build_no_memory(error);
        }
        last = row->file;
        place[i] = (struct law_place){.file = file, .row = (uint32_t)row->row};
    }
    return TOL_OK;
}

static void set_version(struct tol_law_builder *builder, const char *seed)
{
    struct law_meta *meta = builder->section[LAW_META].data;
    const struct tol_buffer *source = &builder->section[LAW_SOURCE_INDEX];
    uint64_t hash = seed[0] == '\0' ? XXH3_64bits(source->data, source->count) : XXH3_64bits(seed, strlen(seed));
    snprintf(meta->version, sizeof meta->version, "%016llx", (unsigned long long)hash);
}

static enum tol_status compile(struct tol_law_builder *builder, struct tol_error *error)
{
    static enum tol_status (*const steps[])(struct tol_law_builder *, struct tol_error *) = {
        keep_source,        keep_places,
        tol_build_facts,    tol_build_programmes,
        tol_build_groups,   tol_build_coverage,
        tol_build_links,    tol_build_ranks,
        tol_build_lists,    tol_build_measures,
        tol_build_schedule, tol_build_product_bits,
        tol_build_nodes,    tol_build_partner_bits,
    };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        enum tol_status status = steps[i](builder, error);
        if (status != TOL_OK) {
            return status;
        }
    }
    /* Empty sections still need an address. */
    for (unsigned i = 0; i < LAW_SECTION_COUNT; i++) {
        if (tol_buffer_add(&builder->section[i], 0) == NULL) {
            return tol_build_no_memory(error);
        }
    }
    return TOL_OK;
}

enum tol_status tol_law_builder_finish(struct tol_law_builder *builder, const char *version_seed, struct tol_law **law,
                                       struct tol_error *error)
{
    enum tol_status status = compile(builder, error);
    if (status != TOL_OK) {
        return status;
    }
    set_version(builder, version_seed);
    struct tol_law *made = builder->law;
    memset(made, 0, sizeof *made);
    made->allocator = builder->allocator;
    made->memory = builder->section;
    made->source = builder->section[LAW_SOURCE_INDEX].data;
    made->source_size = builder->section[LAW_SOURCE_INDEX].count;
    made->place = builder->section[LAW_PLACES_INDEX].data;
    made->place_count = builder->section[LAW_PLACES_INDEX].count;
    builder->law = NULL;
    builder->section = NULL;
    status = tol_law_bind(made, error);
    if (status != TOL_OK) {
        tol_law_close(made);
        return status;
    }
    *law = made;
    return TOL_OK;
}

enum tol_status tol_law_write(const struct tol_law *law, struct tol_sections_writer *writer, struct tol_error *error)
{
    enum tol_status status = TOL_OK;
    for (unsigned i = 0; i < LAW_SECTION_COUNT && status == TOL_OK; i++) {
        const struct tol_buffer *section = &law->memory[i];
        status = tol_sections_append(writer, tol_law_sections[i].name, section->data,
                                     section->count * section->element_size, error);
    }
    if (status == TOL_OK) {
        status = tol_sections_append(writer, LAW_SOURCE_SECTION, law->source, law->source_size, error);
    }
    if (status == TOL_OK) {
        status =
            tol_sections_append(writer, LAW_PLACES_SECTION, law->place, law->place_count * sizeof *law->place, error);
    }
    return status;
}
