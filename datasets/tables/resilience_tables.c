#include "tables/resilience_tables.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "law/buffer.h"
#include "law/facts.h"
#include "parameters/resilience.h"
#include "tables/table_reading.h"
#include "tolmuur/sector.h"

/* One known value. */
struct entry {
    tol_country country; /* 0: any */
    uint16_t sector;     /* division, or TOL_SECTION_CODE */
    unsigned term;
    double value;
};

struct tables {
    struct resilience_scale scale[TOL_RESILIENCE_TERM_COUNT];
    struct tol_buffer entry;   /* struct entry, by country, sector, term */
    struct tol_buffer country; /* uint64_t, ascending, 0 first */
    struct tol_buffer value;   /* struct resilience_values */
};

/* ---- reading ------------------------------------------------------------------------------------------------------ */

static bool term_named(const char *name, unsigned *term)
{
    const char *known;
    for (*term = 0; (known = tol_resilience_term_name(*term)) != NULL; ++*term) {
        if (strcmp(known, name) == 0) {
            return true;
        }
    }
    return false;
}

static enum tol_status read_place(const char *country, const char *nace, struct entry *entry, const char *file,
                                  uint64_t row, struct tol_error *error)
{
    uint16_t division;
    uint16_t section;
    entry->country = 0;
    if (strcmp(country, "*") != 0 &&
        (!tol_country_parse(country, &entry->country) || !tol_country_exists(entry->country))) {
        return tol_table_fault(error, file, row, "country", country,
                               "no such country; write an ISO 3166 two-letter code or *");
    }
    if (!tol_sector_parse(nace, &division, &section)) {
        return tol_table_fault(error, file, row, "nace", nace, "not a NACE Rev. 2 section or division; write C or C28");
    }
    entry->sector = division != 0 ? division : section;
    return TOL_OK;
}

static enum tol_status add_entry(struct tables *tables, const struct entry *entry, struct tol_error *error)
{
    struct entry *added = tol_buffer_add(&tables->entry, 1);
    if (added == NULL) {
        return tol_table_no_memory(error);
    }
    *added = *entry;
    return TOL_OK;
}

static enum tol_status indicator_row(void *context, const char *const *field, const char *file, uint64_t row,
                                     struct tol_error *error)
{
    struct entry entry;
    enum tol_status status = read_place(field[0], field[1], &entry, file, row, error);
    if (status != TOL_OK) {
        return status;
    }
    if (!term_named(field[2], &entry.term) || entry.term >= TOL_RESILIENCE_INDICATOR_COUNT) {
        return tol_table_fault(
            error, file, row, "indicator", field[2],
            "no such indicator; names are those of the firms table, vacancy_difficulty to liquidity");
    }
    if (!tol_law_number_parse(field[3], &entry.value)) {
        return tol_table_fault(error, file, row, "value", field[3], "not a number; write a fraction, 25 % as 0.25");
    }
    return add_entry(context, &entry, error);
}

/* One year's growth where only one is known, else the mean of both. */
static enum tol_status momentum_row(void *context, const char *const *field, const char *file, uint64_t row,
                                    struct tol_error *error)
{
    static const char *const columns[] = {"outcome_2024", "outlook_2025"};
    struct entry entry = {.term = TOL_SECTOR_MOMENTUM};
    enum tol_status status = read_place(field[0], field[1], &entry, file, row, error);
    double sum = 0;
    unsigned known = 0;
    for (unsigned i = 0; status == TOL_OK && i < 2; i++) {
        double growth;
        if (field[2 + i][0] == '\0') {
            continue;
        }
        if (!tol_law_number_parse(field[2 + i], &growth) || !(growth > -1 && growth < 1)) {
            return tol_table_fault(error, file, row, columns[i], field[2 + i],
                                   "not a growth rate; write -5 % as -0.05");
        }
        sum += growth;
        known++;
    }
    if (status == TOL_OK && known == 0) {
        return tol_table_fault(error, file, row, columns[0], "", "neither year has a figure; leave the row out");
    }
    entry.value = sum / known;
    return status == TOL_OK ? add_entry(context, &entry, error) : status;
}

static enum tol_status scale_row(void *context, const char *const *field, const char *file, uint64_t row,
                                 struct tol_error *error)
{
    struct tables *tables = context;
    struct resilience_scale scale;
    unsigned term;
    if (!term_named(field[0], &term)) {
        return tol_table_fault(error, file, row, "indicator", field[0], "no such indicator");
    }
    if (!isnan(tables->scale[term].deviation)) {
        return tol_table_fault(error, file, row, "indicator", field[0], "the indicator stands in the table twice");
    }
    if (!tol_law_number_parse(field[1], &scale.mean)) {
        return tol_table_fault(error, file, row, "mean", field[1], "not a number");
    }
    if (!tol_law_number_parse(field[2], &scale.deviation) || !(scale.deviation > 0)) {
        return tol_table_fault(error, file, row, "deviation", field[2], "not a deviation; write a number above 0");
    }
    if (!tol_law_number_parse(field[3], &scale.beta) || !(fabs(scale.beta) <= 1)) {
        return tol_table_fault(error, file, row, "beta", field[3], "not a weight; write a number from -1 to 1");
    }
    tables->scale[term] = scale;
    return TOL_OK;
}

static enum tol_status read_files(const char *folder, struct tables *tables, struct tol_error *error)
{
    static const char *const scale_columns[] = {"indicator", "mean", "deviation", "beta", "source", "why"};
    static const char *const indicator_columns[] = {"country", "nace",   "indicator", "value",
                                                    "year",    "source", "status"};
    static const char *const momentum_columns[] = {"country",      "nace",   "outcome_2024",
                                                   "outlook_2025", "source", "status"};
    const struct csv_shape scale = {scale_columns, 6, 4};
    const struct csv_shape indicator = {indicator_columns, 7, 4};
    const struct csv_shape momentum = {momentum_columns, 6, 4};
    enum tol_status status =
        tol_table_read_if_there(folder, "parameters/resilience.csv", &scale, scale_row, tables, error);
    if (status == TOL_OK) {
        status = tol_table_read_if_there(folder, "sectors/resilience.csv", &indicator, indicator_row, tables, error);
    }
    if (status == TOL_OK) {
        status = tol_table_read_if_there(folder, "sectors/momentum.csv", &momentum, momentum_row, tables, error);
    }
    return status;
}

/* ---- filling ------------------------------------------------------------------------------------------------------ */

static int by_key(const void *left, const void *right)
{
    const struct entry *a = left;
    const struct entry *b = right;
    if (a->country != b->country) {
        return a->country < b->country ? -1 : 1;
    }
    if (a->sector != b->sector) {
        return a->sector < b->sector ? -1 : 1;
    }
    return (a->term > b->term) - (a->term < b->term);
}

static enum tol_status sort_entries(struct tables *tables, struct tol_error *error)
{
    struct entry *entry = tables->entry.data;
    size_t count = tables->entry.count;
    if (count > 0) {
        qsort(entry, count, sizeof *entry, by_key);
    }
    uint64_t *country = tol_buffer_add(&tables->country, 1);
    if (country == NULL) {
        return tol_table_no_memory(error);
    }
    uint64_t last = *country = 0;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && by_key(&entry[i - 1], &entry[i]) == 0) {
            return tol_table_fault(
                error, entry[i].term == TOL_SECTOR_MOMENTUM ? "sectors/momentum.csv" : "sectors/resilience.csv", 0,
                "nace", NULL, "a figure of a country's sector stands in the table twice");
        }
        if (entry[i].country != last) {
            country = tol_buffer_add(&tables->country, 1);
            if (country == NULL) {
                return tol_table_no_memory(error);
            }
            last = *country = entry[i].country;
        }
    }
    return TOL_OK;
}

static void fill_gaps(struct resilience_values *to, const struct resilience_values *from)
{
    for (unsigned t = 0; t < TOL_RESILIENCE_TERM_COUNT; t++) {
        to->term[t] = isnan(to->term[t]) ? from->term[t] : to->term[t];
    }
}

/* A country's divisions from their section; then, in a country, all from any country's, which is filled already. */
static void fill_country(struct resilience_values *country, const struct resilience_values *any)
{
    for (int letter = 'A'; letter <= 'U'; letter++) {
        uint16_t first;
        uint16_t last;
        tol_section_divisions((char)letter, &first, &last);
        for (uint16_t division = first; division <= last; division++) {
            fill_gaps(&country[division], &country[TOL_SECTION_CODE(letter)]);
        }
    }
    for (unsigned slot = 0; country != any && slot < RESILIENCE_SECTOR_SLOTS; slot++) {
        fill_gaps(&country[slot], &any[slot]);
    }
}

static enum tol_status fill_values(struct tables *tables, struct tol_error *error)
{
    const uint64_t *country = tables->country.data;
    size_t slots = tables->country.count * RESILIENCE_SECTOR_SLOTS;
    struct resilience_values *value = tol_buffer_add(&tables->value, slots);
    if (value == NULL) {
        return tol_table_no_memory(error);
    }
    for (size_t i = 0; i < slots; i++) {
        for (unsigned t = 0; t < TOL_RESILIENCE_TERM_COUNT; t++) {
            value[i].term[t] = NAN;
        }
    }
    size_t row = 0;
    for (size_t i = 0; i < tables->entry.count; i++) {
        const struct entry *entry = tol_buffer_at(&tables->entry, i);
        while (country[row] != entry->country) {
            row++;
        }
        value[row * RESILIENCE_SECTOR_SLOTS + entry->sector].term[entry->term] = entry->value;
    }
    for (row = 0; row < tables->country.count; row++) {
        fill_country(&value[row * RESILIENCE_SECTOR_SLOTS], value);
    }
    return TOL_OK;
}

/* ---- writing ------------------------------------------------------------------------------------------------------ */

static enum tol_status append(struct tol_sections_writer *writer, const char *name, const struct tol_buffer *buffer,
                              struct tol_error *error)
{
    return tol_sections_append(writer, name, buffer->data, buffer->count * buffer->element_size, error);
}

enum tol_status tol_resilience_tables_write(const char *folder, struct tol_sections_writer *writer,
                                            struct tol_error *error)
{
    struct tables tables;
    for (unsigned t = 0; t < TOL_RESILIENCE_TERM_COUNT; t++) {
        tables.scale[t] = (struct resilience_scale){NAN, NAN, NAN};
    }
    tol_buffer_start(&tables.entry, tol_allocator_default(), sizeof(struct entry));
    tol_buffer_start(&tables.country, tol_allocator_default(), sizeof(uint64_t));
    tol_buffer_start(&tables.value, tol_allocator_default(), sizeof(struct resilience_values));
    enum tol_status status = read_files(folder, &tables, error);
    status = status != TOL_OK ? status : sort_entries(&tables, error);
    status = status != TOL_OK ? status : fill_values(&tables, error);
    status = status != TOL_OK
                 ? status
                 : tol_sections_append(writer, RESILIENCE_SCALE_SECTION, tables.scale, sizeof tables.scale, error);
    status = status != TOL_OK ? status : append(writer, RESILIENCE_COUNTRY_SECTION, &tables.country, error);
    status = status != TOL_OK ? status : append(writer, RESILIENCE_VALUE_SECTION, &tables.value, error);
    tol_buffer_free(&tables.entry);
    tol_buffer_free(&tables.country);
    tol_buffer_free(&tables.value);
    return status;
}
