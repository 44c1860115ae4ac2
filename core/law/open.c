#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "law/verify.h"

const struct law_section_shape tol_law_sections[LAW_SECTION_COUNT] = {
    [LAW_META] = {"law.meta", sizeof(struct law_meta)},
    [LAW_STRINGS] = {"law.strings", 1},
    [LAW_FACTS] = {"law.facts", sizeof(struct law_fact)},
    [LAW_FACT_VALUES] = {"law.fact_values", sizeof(uint32_t)},
    [LAW_PROGRAMMES] = {"law.programmes", sizeof(struct law_programme)},
    [LAW_IMPORTERS] = {"law.importers", sizeof(struct law_importer)},
    [LAW_GAPS] = {"law.gaps", sizeof(struct law_gap)},
    [LAW_MEASURES] = {"law.measures", sizeof(struct law_measure)},
    [LAW_TERMS] = {"law.terms", sizeof(struct law_term)},
    [LAW_YIELDS] = {"law.yields", sizeof(uint8_t)},
    [LAW_PRODUCTS] = {"law.products", sizeof(uint64_t)},
    [LAW_NODES] = {"law.nodes", sizeof(struct law_node)},
    [LAW_ENTRIES] = {"law.entries", sizeof(struct law_entry)},
    [LAW_BASE_ROWS] = {"law.base_rows", sizeof(struct law_base_row)},
    [LAW_LINE_ROWS] = {"law.line_rows", sizeof(struct law_line_row)},
    [LAW_AVERAGES] = {"law.averages", sizeof(struct law_average)},
    [LAW_LINKS] = {"law.links", sizeof(struct law_link)},
    [LAW_EPOCHS] = {"law.epochs", sizeof(int32_t)},
    [LAW_BITS] = {"law.bits", sizeof(uint64_t)},
};

static enum tol_status section(struct tol_law *law, enum law_section which, const void **data, struct tol_error *error)
{
    if (law->memory != NULL) {
        *data = law->memory[which].data;
        law->count[which] = law->memory[which].count;
        return TOL_OK;
    }
    const struct law_section_shape *shape = &tol_law_sections[which];
    return tol_sections_array(law->sections, shape->name, shape->element_size, data, &law->count[which], error);
}

static enum tol_status bind_sections(struct tol_law *law, struct tol_error *error)
{
    const void **const where[LAW_SECTION_COUNT] = {
        [LAW_META] = (const void **)&law->meta,
        [LAW_STRINGS] = (const void **)&law->strings,
        [LAW_FACTS] = (const void **)&law->fact,
        [LAW_FACT_VALUES] = (const void **)&law->fact_value,
        [LAW_PROGRAMMES] = (const void **)&law->programme,
        [LAW_IMPORTERS] = (const void **)&law->importer,
        [LAW_GAPS] = (const void **)&law->gap,
        [LAW_MEASURES] = (const void **)&law->measure,
        [LAW_TERMS] = (const void **)&law->term,
        [LAW_YIELDS] = (const void **)&law->yield,
        [LAW_PRODUCTS] = (const void **)&law->product,
        [LAW_NODES] = (const void **)&law->node,
        [LAW_ENTRIES] = (const void **)&law->entry,
        [LAW_BASE_ROWS] = (const void **)&law->base_row,
        [LAW_LINE_ROWS] = (const void **)&law->line_row,
        [LAW_AVERAGES] = (const void **)&law->average,
        [LAW_LINKS] = (const void **)&law->link,
        [LAW_EPOCHS] = (const void **)&law->epoch,
        [LAW_BITS] = (const void **)&law->bits,
    };
    for (unsigned i = 0; i < LAW_SECTION_COUNT; i++) {
        enum tol_status status = section(law, (enum law_section)i, where[i], error);
        if (status != TOL_OK) {
            return status;
        }
    }
    if (law->count[LAW_META] != 1 || law->count[LAW_FACTS] > LAW_FACTS_LIMIT) {
        return tol_fail(error, TOL_BAD_DATA, "the tables file holds no law; build it again");
    }
    return TOL_OK;
}

/* The choice value's index, -1 when the fact has no such value. */
static int choice_index(const struct tol_law *law, const struct law_fact *fact, const char *value)
{
    for (uint32_t i = 0; i < fact->value_count; i++) {
        if (strcmp(law->strings + law->fact_value[fact->value_first + i], value) == 0) {
            return (int)i;
        }
    }
    return -1;
}

static void resolve_facts(struct tol_law *law)
{
    law->ave_fact = law->unit_value_fact = law->view_fact = LAW_NONE;
    for (uint32_t i = 0; i < law->count[LAW_FACTS]; i++) {
        const struct law_fact *fact = &law->fact[i];
        const char *name = law->strings + fact->name;
        law->assumed[i] = fact->central;
        if (fact->assume) {
            law->assumed_facts |= (uint64_t)1 << i;
        }
        if (strcmp(name, "ave") == 0 && fact->type != LAW_CHOICE) {
            law->ave_fact = i;
        }
        if (strcmp(name, "unit_value") == 0 && fact->type == LAW_POSITIVE) {
            law->unit_value_fact = i;
        }
        int on_the_day = fact->type == LAW_CHOICE ? choice_index(law, fact, "on_the_day") : -1;
        if (strcmp(name, "view") == 0 && on_the_day >= 0) {
            law->view_fact = i;
            law->view_on_the_day = on_the_day;
        }
    }
}

static void resolve_importers(struct tol_law *law)
{
    int16_t eu = -1;
    for (unsigned slot = 0; slot < LAW_COUNTRY_SLOTS; slot++) {
        tol_country country = (tol_country)(('A' + slot / 26) << 8 | ('A' + slot % 26));
        law->importer_of[slot] = -1;
        law->in_eu[slot] = slot < LAW_COUNTRY_SLOTS - 1 && tol_country_in_eu(country);
    }
    for (uint64_t i = 0; i < law->count[LAW_IMPORTERS]; i++) {
        tol_country country = law->importer[i].country;
        law->importer_of[law_country_slot(country)] = (int16_t)i;
        if (country == TOL_COUNTRY_EU) {
            eu = (int16_t)i;
            law->in_eu[law_country_slot(country)] = true;
        }
    }
    for (unsigned slot = 0; slot < LAW_COUNTRY_SLOTS; slot++) {
        if (law->in_eu[slot] && law->importer_of[slot] < 0) {
            law->importer_of[slot] = eu;
        }
    }
}

enum tol_status tol_law_bind(struct tol_law *law, struct tol_error *error)
{
    enum tol_status status = bind_sections(law, error);
    if (status == TOL_OK && law->sections != NULL) {
        status = tol_law_verify_rules(law, error);
    }
    if (status == TOL_OK) {
        resolve_facts(law);
        resolve_importers(law);
    }
    return status;
}

/* What an answer reads; the source rows and the parameters are left out, so that opening stays cheap. */
static enum tol_status verify(const struct tol_law *law, struct tol_error *error)
{
    for (unsigned i = 0; i < LAW_SECTION_COUNT; i++) {
        enum tol_status status = tol_sections_verify(law->sections, tol_law_sections[i].name, error);
        if (status != TOL_OK) {
            return status;
        }
    }
    return TOL_OK;
}

static enum tol_status open_mapped(struct tol_law *law, const char *path, struct tol_error *error)
{
    enum tol_status status = tol_sections_open(path, LAW_KIND, LAW_FORMAT_VERSION, &law->sections, error);
    if (status == TOL_OK) {
        status = verify(law, error);
    }
    if (status == TOL_OK) {
        status = tol_law_bind(law, error);
    }
    if (status != TOL_OK) {
        return status;
    }
    law->source = tol_sections_find(law->sections, LAW_SOURCE_SECTION, &law->source_size);
    law->place = tol_sections_find(law->sections, LAW_PLACES_SECTION, &law->place_count);
    law->place_count /= sizeof *law->place;
    uint64_t products;
    uint64_t values;
    law->weight_product = tol_sections_find(law->sections, LAW_IMPORT_PRODUCT_SECTION, &products);
    law->weight_usd = tol_sections_find(law->sections, LAW_IMPORT_USD_SECTION, &values);
    law->weight_count = products == values ? products / sizeof(uint64_t) : 0;
    return TOL_OK;
}

enum tol_status tol_law_open(const char *path, struct tol_law **law, struct tol_error *error)
{
    const struct tol_allocator *allocator = tol_allocator_default();
    struct tol_law *opened = allocator->allocate(allocator->context, sizeof *opened, 64);
    if (opened == NULL) {
        return tol_fail(error, TOL_NO_MEMORY, "out of memory while opening the law tables");
    }
    memset(opened, 0, sizeof *opened);
    opened->allocator = allocator;
    enum tol_status status = open_mapped(opened, path, error);
    if (status != TOL_OK) {
        tol_law_close(opened);
        return status;
    }
    *law = opened;
    return TOL_OK;
}

void tol_law_close(struct tol_law *law)
{
    if (law == NULL) {
        return;
    }
    const struct tol_allocator *allocator = law->allocator;
    if (law->memory != NULL) {
        for (unsigned i = 0; i < LAW_BUFFER_COUNT; i++) {
            tol_buffer_free(&law->memory[i]);
        }
        allocator->release(allocator->context, law->memory, LAW_BUFFER_COUNT * sizeof *law->memory);
    }
    tol_sections_close(law->sections);
    allocator->release(allocator->context, law, sizeof *law);
}

const char *tol_law_version(const struct tol_law *law)
{
    return law->meta->version;
}

void tol_law_coverage(const struct tol_law *law, tol_day *first, tol_day *last)
{
    *first = law->meta->first_day;
    *last = law->meta->last_day;
}

tol_day tol_law_last_day(const struct tol_law *law, tol_country into)
{
    int importer = law->importer_of[law_country_slot(into)];
    int32_t until = importer < 0 ? TOL_DAY_MAX : law->importer[importer].until;
    return until == TOL_DAY_MAX ? TOL_DAY_MAX : until - 1;
}
