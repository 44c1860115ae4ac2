/* A law with some measures changed: the base's rows go through the compiler again, less what is removed, plus what is added. */
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#include "law/build.h"
#include "law/builder.h"
#include "law/verify.h"

#define OVERLAY_FILE "overlay"
#define DEFAULT_IMPORTER "US" /* the importer of an added measure that names none in a field `importer` */

#define BASE_FILE "law tables"
#define SEED_SIZE 64

struct overlay {
    const struct tol_law *base;
    const struct tol_law_change *changes;
    size_t change_count;
    struct tol_law_builder *builder;
    struct tol_buffer matched; /* bool by change: its measure was found in the base */
};

static enum tol_status change_fault(const struct tol_law_change *change, size_t index, const char *column,
                                    const char *value, struct tol_error *error, const char *message)
{
    tol_fail(error, TOL_BAD_DATA, "change of %s: %s", change->id, message);
    return tol_fail_at(error, TOL_BAD_DATA, NULL, index + 1, column, value);
}

static bool starts_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static const struct law_programme *find_programme(const struct tol_law *law, const char *name)
{
    for (uint64_t i = 0; i < law->count[LAW_PROGRAMMES]; i++) {
        if (strcmp(law->strings + law->programme[i].name, name) == 0) {
            return &law->programme[i];
        }
    }
    return NULL;
}

static bool authority_known(const char *name)
{
    for (unsigned i = 0; i < TOL_AUTHORITY_COUNT; i++) {
        if (strcmp(tol_authority_name((enum tol_authority)i), name) == 0) {
            return true;
        }
    }
    return false;
}

/* A relief takes duty away under no authority of its own, so it goes only by its id or programme. */
static bool under_authority(const struct tol_law *law, const char *programme_name, const char *authority)
{
    const struct law_programme *programme = find_programme(law, programme_name);
    return programme != NULL && !programme->relief &&
           strcmp(tol_authority_name((enum tol_authority)programme->authority), authority) == 0;
}

static bool change_names(const struct tol_law *law, const struct tol_law_change *change,
                         const struct law_source_row *row)
{
    if (change->action == TOL_CHANGE_REMOVE && starts_with(change->id, "programme:")) {
        return strcmp(row->field[MEASURE_PROGRAMME], change->id + strlen("programme:")) == 0;
    }
    if (change->action == TOL_CHANGE_REMOVE && starts_with(change->id, "authority:")) {
        return under_authority(law, row->field[MEASURE_PROGRAMME], change->id + strlen("authority:"));
    }
    return strcmp(row->field[MEASURE_ID], change->id) == 0;
}

static int measure_column(const char *name)
{
    const struct law_table_shape *shape = &tol_law_tables[LAW_TABLE_MEASURES];
    for (unsigned i = 0; i < shape->column_count; i++) {
        if (strcmp(shape->column[i], name) == 0) {
            return (int)i;
        }
    }
    return -1;
}

/* Adds the measure that a change states; columns it leaves out are empty. */
static enum tol_status add_measure(const struct overlay *overlay, size_t index, const char *importer,
                                   struct tol_error *error)
{
    const struct tol_law_change *change = &overlay->changes[index];
    const char *field[LAW_COLUMNS_MAX];
    for (unsigned i = 0; i < LAW_COLUMNS_MAX; i++) {
        field[i] = "";
    }
    for (size_t i = 0; i < change->field_count; i++) {
        const char *name = change->field[i].column;
        if (strcmp(name, "importer") == 0) {
            importer = change->field[i].value;
            continue;
        }
        int column = measure_column(name);
        if (column < 0) {
            return change_fault(change, index, name, change->field[i].value, error,
                                "a measure has no such column; docs/law.md lists them");
        }
        field[column] = change->field[i].value;
    }
    if (field[MEASURE_ID][0] != '\0' && strcmp(field[MEASURE_ID], change->id) != 0) {
        return change_fault(change, index, "id", field[MEASURE_ID], error,
                            "the measure's id differs from the change's");
    }
    field[MEASURE_ID] = change->id;
    return tol_law_builder_add(overlay->builder, LAW_TABLE_MEASURES, importer, "", field, OVERLAY_FILE, index + 1,
                               error);
}

/* One measure of the base: kept, left out, or stated anew. Where several changes name it, the last one counts. */
static enum tol_status carry_measure(struct overlay *overlay, const struct law_source_row *row, struct tol_error *error)
{
    size_t last = overlay->change_count;
    for (size_t i = 0; i < overlay->change_count; i++) {
        if (change_names(overlay->base, &overlay->changes[i], row)) {
            *(bool *)build_at(&overlay->matched, i) = true;
            last = i;
        }
    }
    if (last == overlay->change_count) {
        return tol_law_builder_add(overlay->builder, row->table, row->importer, row->list, row->field, BASE_FILE, 0,
                                   error);
    }
    const struct tol_law_change *change = &overlay->changes[last];
    if (change->action == TOL_CHANGE_ADD) {
        return change_fault(change, last, "id", change->id, error,
                            "there is a measure with this id; replace it or choose another id");
    }
    return change->action == TOL_CHANGE_REPLACE ? add_measure(overlay, last, row->importer, error) : TOL_OK;
}

static enum tol_status carry_base(struct overlay *overlay, struct tol_error *error)
{
    struct law_source_row row;
    uint64_t at = 0;
    while (tol_law_source_next(overlay->base, &at, &row)) {
        enum tol_status status = row.table == LAW_TABLE_MEASURES
                                     ? carry_measure(overlay, &row, error)
                                     : tol_law_builder_add(overlay->builder, row.table, row.importer, row.list,
                                                           row.field, BASE_FILE, 0, error);
        if (status != TOL_OK) {
            return status;
        }
    }
    return TOL_OK;
}

static enum tol_status finish_changes(struct overlay *overlay, struct tol_error *error)
{
    for (size_t i = 0; i < overlay->change_count; i++) {
        const struct tol_law_change *change = &overlay->changes[i];
        if (change->action == TOL_CHANGE_ADD) {
            enum tol_status status = add_measure(overlay, i, DEFAULT_IMPORTER, error);
            if (status != TOL_OK) {
                return status;
            }
            continue;
        }
        bool programme = change->action == TOL_CHANGE_REMOVE && starts_with(change->id, "programme:") &&
                         find_programme(overlay->base, change->id + strlen("programme:")) != NULL;
        bool authority = change->action == TOL_CHANGE_REMOVE && starts_with(change->id, "authority:") &&
                         authority_known(change->id + strlen("authority:"));
        if (!*(bool *)build_at(&overlay->matched, i) && !programme && !authority) {
            return change_fault(change, i, "id", change->id, error,
                                "the law has no such measure, programme or authority");
        }
    }
    return TOL_OK;
}

/* Hash of the base's version and every text of the changes, each with its final zero. */
static enum tol_status version_seed(const struct overlay *overlay, char seed[SEED_SIZE], struct tol_error *error)
{
    XXH3_state_t *hash = XXH3_createState();
    if (hash == NULL) {
        return tol_build_no_memory(error);
    }
    XXH3_64bits_reset(hash);
    for (size_t i = 0; i < overlay->change_count; i++) {
        const struct tol_law_change *change = &overlay->changes[i];
        const char action = (char)('0' + (int)change->action);
        XXH3_64bits_update(hash, &action, 1);
        XXH3_64bits_update(hash, change->id, strlen(change->id) + 1);
        for (size_t f = 0; f < change->field_count; f++) {
            XXH3_64bits_update(hash, change->field[f].column, strlen(change->field[f].column) + 1);
            XXH3_64bits_update(hash, change->field[f].value, strlen(change->field[f].value) + 1);
        }
    }
    snprintf(seed, SEED_SIZE, "%s+%016llx", overlay->base->meta->version, (unsigned long long)XXH3_64bits_digest(hash));
    XXH3_freeState(hash);
    return TOL_OK;
}

static enum tol_status compile_overlay(struct overlay *overlay, struct tol_law **law, struct tol_error *error)
{
    const struct tol_law *base = overlay->base;
    char seed[SEED_SIZE];
    enum tol_status status = carry_base(overlay, error);
    status = status != TOL_OK ? status : finish_changes(overlay, error);
    status = status != TOL_OK ? status : version_seed(overlay, seed, error);
    status = status != TOL_OK ? status
                              : tol_law_builder_weights(overlay->builder, base->weight_product, base->weight_usd,
                                                        base->weight_count, error);
    status = status != TOL_OK ? status : tol_law_builder_finish(overlay->builder, seed, law, error);
    if (status == TOL_OK) {
        (*law)->weight_product = base->weight_product;
        (*law)->weight_usd = base->weight_usd;
        (*law)->weight_count = base->weight_count;
    }
    return status;
}

enum tol_status tol_law_overlay(const struct tol_law *base, const struct tol_law_change *changes, size_t change_count,
                                const struct tol_allocator *allocator, struct tol_law **law, struct tol_error *error)
{
    struct overlay overlay = {.base = base, .changes = changes, .change_count = change_count};
    enum tol_status status = TOL_OK;
    if (base->sections != NULL) {
        status = tol_sections_verify(base->sections, LAW_SOURCE_SECTION, error);
        status = status != TOL_OK ? status : tol_law_verify_source(base, error);
    }
    if (status == TOL_OK) {
        status = tol_law_builder_create(allocator, &overlay.builder, error);
    }
    if (status != TOL_OK) {
        return status;
    }
    tol_buffer_start(&overlay.matched, allocator, sizeof(bool));
    if (tol_buffer_add(&overlay.matched, change_count) == NULL) {
        status = tol_build_no_memory(error);
    } else {
        status = compile_overlay(&overlay, law, error);
    }
    tol_buffer_free(&overlay.matched);
    tol_law_builder_destroy(overlay.builder);
    return status;
}
