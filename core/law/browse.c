/* Finding the rows of the tables again behind the compiled measures. */
#include "law/browse.h"
#include "law/verify.h"

#include <stdlib.h>
#include <string.h>

static enum tol_status no_memory(struct tol_error *error)
{
    return tol_fail(error, TOL_NO_MEMORY, "out of memory while reading the law tables");
}

/* ---- rows ------------------------------------------------------------------------------------------------------ */

static bool is_schedule(enum law_table table)
{
    return table == LAW_TABLE_BASE_RATES || table == LAW_TABLE_TARIFF_LINES;
}

static enum tol_status index_rows(struct tol_law_browser *browser, struct tol_error *error)
{
    struct law_source_row row;
    uint64_t at = 0;
    uint64_t here = 0;
    for (uint64_t ordinal = 0; tol_law_source_next(browser->law, &at, &row); ordinal++, here = at) {
        if (is_schedule(row.table)) {
            continue;
        }
        struct browse_row *kept = tol_buffer_add(&browser->row[row.table], 1);
        if (kept == NULL) {
            return no_memory(error);
        }
        *kept = (struct browse_row){.at = here, .ordinal = ordinal};
    }
    return TOL_OK;
}

size_t tol_browse_row_count(const struct tol_law_browser *browser, enum law_table table)
{
    return browser->row[table].count;
}

void tol_browse_row(const struct tol_law_browser *browser, enum law_table table, size_t index,
                    struct law_source_row *row, struct tol_law_place *place)
{
    const struct tol_law *law = browser->law;
    const struct browse_row *kept = tol_buffer_at(&browser->row[table], index);
    uint64_t at = kept->at;
    memset(row, 0, sizeof *row);
    (void)tol_law_source_next(law, &at, row); /* it was there when the rows were indexed */
    *place = (struct tol_law_place){.file = ""};
    if (kept->ordinal < law->place_count) {
        place->file = law->strings + law->place[kept->ordinal].file;
        place->row = law->place[kept->ordinal].row;
    }
}

/* ---- measures -------------------------------------------------------------------------------------------------- */

/* Measure rows are sorted by importer and id. */
static size_t find_measure_row(const struct tol_law_browser *browser, const char *importer, const char *id)
{
    size_t low = 0;
    size_t high = tol_browse_row_count(browser, LAW_TABLE_MEASURES);
    struct law_source_row row;
    struct tol_law_place place;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        tol_browse_row(browser, LAW_TABLE_MEASURES, middle, &row, &place);
        int order = strcmp(row.importer, importer);
        order = order != 0 ? order : strcmp(row.field[MEASURE_ID], id);
        if (order == 0) {
            return middle;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return SIZE_MAX;
}

static enum tol_status index_measures(struct tol_law_browser *browser, struct tol_error *error)
{
    const struct tol_law *law = browser->law;
    uint32_t *row = tol_buffer_add(&browser->measure_row, law->count[LAW_MEASURES]);
    uint32_t *owner = tol_buffer_add(&browser->measure_importer, law->count[LAW_MEASURES]);
    if (row == NULL || owner == NULL) {
        return no_memory(error);
    }
    for (uint32_t i = 0; i < law->count[LAW_IMPORTERS]; i++) {
        const struct law_importer *importer = &law->importer[i];
        char country[TOL_COUNTRY_TEXT_SIZE];
        tol_country_format(importer->country, country);
        for (uint32_t m = 0; m < importer->measure_count; m++) {
            uint32_t measure = importer->measure_first + m;
            size_t found = find_measure_row(browser, country, law->strings + law->measure[measure].id);
            if (found == SIZE_MAX) {
                return tol_fail(error, TOL_BAD_DATA,
                                "the rows in the law tables do not fit their measures; compile the tables again");
            }
            row[measure] = (uint32_t)found;
            owner[measure] = i;
        }
    }
    return TOL_OK;
}

size_t tol_law_measure_count(const struct tol_law_browser *browser)
{
    return browser->measure_row.count;
}

static const char *authority_text(const struct law_programme *programme)
{
    return programme->relief ? "relief" : tol_authority_name((enum tol_authority)programme->authority);
}

void tol_law_measure_get(const struct tol_law_browser *browser, size_t index, struct tol_law_measure *measure)
{
    const struct tol_law *law = browser->law;
    const struct law_measure *compiled = &law->measure[index];
    struct law_source_row row;
    memset(measure, 0, sizeof *measure);
    tol_browse_row(browser, LAW_TABLE_MEASURES, *(const uint32_t *)tol_buffer_at(&browser->measure_row, index), &row,
                   &measure->place);
    measure->importer = row.importer;
    measure->id = row.field[MEASURE_ID];
    measure->programme = row.field[MEASURE_PROGRAMME];
    measure->authority = authority_text(&law->programme[compiled->programme]);
    measure->partners = row.field[MEASURE_PARTNERS];
    measure->partners_except = row.field[MEASURE_PARTNERS_EXCEPT];
    measure->products = row.field[MEASURE_PRODUCTS];
    measure->products_except = row.field[MEASURE_PRODUCTS_EXCEPT];
    measure->effect = row.field[MEASURE_EFFECT];
    measure->rate = row.field[MEASURE_RATE];
    measure->base = row.field[MEASURE_BASE][0] != '\0' ? row.field[MEASURE_BASE] : law->strings + compiled->base_text;
    measure->from = compiled->from;
    measure->until = compiled->until;
    measure->collected_from = compiled->collected_from;
    measure->collected_until = compiled->collected_until;
    measure->conditions = row.field[MEASURE_CONDITIONS];
    measure->yields_to = row.field[MEASURE_YIELDS_TO];
    measure->source = row.field[MEASURE_SOURCE];
    measure->status = row.field[MEASURE_STATUS];
    measure->note = row.field[MEASURE_NOTE];
}

size_t tol_law_measure_facts(const struct tol_law_browser *browser, size_t index, size_t fact[TOL_FACTS_MAX])
{
    const struct law_measure *measure = &browser->law->measure[index];
    uint64_t asked = measure->condition_facts;
    if (measure->base == LAW_CONTENT || measure->base == LAW_REST) {
        asked |= (uint64_t)1 << measure->base_fact;
    }
    size_t count = 0;
    for (; asked != 0 && count < TOL_FACTS_MAX; asked &= asked - 1) {
        fact[count++] = (size_t)__builtin_ctzll(asked);
    }
    return count;
}

/* ---- the other tables ------------------------------------------------------------------------------------------ */

void tol_law_fact_get(const struct tol_law_browser *browser, size_t fact, struct tol_law_fact *text)
{
    struct law_source_row row;
    struct tol_law_place place;
    tol_browse_row(browser, LAW_TABLE_FACTS, fact, &row, &place);
    *text = (struct tol_law_fact){
        .name = row.field[FACT_NAME],
        .type = row.field[FACT_TYPE],
        .values = row.field[FACT_VALUES],
        .central = row.field[FACT_CENTRAL],
        .missing = row.field[FACT_MISSING],
        .meaning = row.field[FACT_MEANING],
    };
}

size_t tol_law_programme_count(const struct tol_law_browser *browser)
{
    return tol_browse_row_count(browser, LAW_TABLE_PROGRAMMES);
}

void tol_law_programme_get(const struct tol_law_browser *browser, size_t index, struct tol_law_programme *programme)
{
    struct law_source_row row;
    struct tol_law_place place;
    tol_browse_row(browser, LAW_TABLE_PROGRAMMES, index, &row, &place);
    *programme = (struct tol_law_programme){
        .programme = row.field[PROGRAMME_NAME],
        .authority = row.field[PROGRAMME_AUTHORITY],
        .title = row.field[PROGRAMME_TITLE],
    };
}

size_t tol_law_list_find(const struct tol_law_browser *browser, const char *importer, const char *list, size_t *first)
{
    size_t count = 0;
    size_t rows = tol_browse_row_count(browser, LAW_TABLE_PRODUCTS);
    struct law_source_row row;
    struct tol_law_place place;
    for (size_t i = 0; i < rows; i++) {
        tol_browse_row(browser, LAW_TABLE_PRODUCTS, i, &row, &place);
        if (strcmp(row.importer, importer) == 0 && strcmp(row.list, list) == 0) {
            if (count++ == 0) {
                *first = i;
            }
        }
    }
    return count;
}

void tol_law_code_get(const struct tol_law_browser *browser, size_t index, struct tol_law_code *code)
{
    struct law_source_row row;
    tol_browse_row(browser, LAW_TABLE_PRODUCTS, index, &row, &code->place);
    code->hs = row.field[PRODUCT_HS];
    code->from = row.field[PRODUCT_FROM];
    code->until = row.field[PRODUCT_UNTIL];
    code->source = row.field[PRODUCT_SOURCE];
}

/* ---- opening --------------------------------------------------------------------------------------------------- */

static enum tol_status verify(const struct tol_law *law, struct tol_error *error)
{
    if (law->source_size == 0) {
        return tol_fail(error, TOL_BAD_DATA, "the law tables hold no rows; compile them again");
    }
    if (law->sections == NULL) {
        return TOL_OK;
    }
    enum tol_status status = tol_sections_verify(law->sections, LAW_SOURCE_SECTION, error);
    if (status == TOL_OK && law->place_count > 0) {
        status = tol_sections_verify(law->sections, LAW_PLACES_SECTION, error);
    }
    return status != TOL_OK ? status : tol_law_verify_source(law, error);
}

enum tol_status tol_law_browser_open(const struct tol_law *law, struct tol_law_browser **browser,
                                     struct tol_error *error)
{
    const struct tol_allocator *allocator = law->allocator;
    enum tol_status status = verify(law, error);
    if (status != TOL_OK) {
        return status;
    }
    struct tol_law_browser *opened = allocator->allocate(allocator->context, sizeof *opened, 64);
    if (opened == NULL) {
        return no_memory(error);
    }
    opened->law = law;
    for (unsigned i = 0; i < LAW_TABLE_COUNT; i++) {
        tol_buffer_start(&opened->row[i], allocator, sizeof(struct browse_row));
    }
    tol_buffer_start(&opened->measure_row, allocator, sizeof(uint32_t));
    tol_buffer_start(&opened->measure_importer, allocator, sizeof(uint32_t));
    status = index_rows(opened, error);
    status = status != TOL_OK ? status : index_measures(opened, error);
    if (status != TOL_OK) {
        tol_law_browser_close(opened);
        return status;
    }
    *browser = opened;
    return TOL_OK;
}

void tol_law_browser_close(struct tol_law_browser *browser)
{
    if (browser == NULL) {
        return;
    }
    const struct tol_allocator *allocator = browser->law->allocator;
    for (unsigned i = 0; i < LAW_TABLE_COUNT; i++) {
        tol_buffer_free(&browser->row[i]);
    }
    tol_buffer_free(&browser->measure_row);
    tol_buffer_free(&browser->measure_importer);
    allocator->release(allocator->context, browser, sizeof *browser);
}
